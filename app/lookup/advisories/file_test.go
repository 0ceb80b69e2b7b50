package advisories

import (
	"encoding/binary"
	"hash/crc32"
)

func sumOf(text []byte) []byte {
	return binary.LittleEndian.AppendUint32(nil, crc32.Checksum(text, castagnoli))
}
