package advisories

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// Behind the pages of bbolt, which ignores them, the last bytes of the file say what it is, how long the pages are, and
// their checksum. Without it, a bit that flipped in a page of keys would hide packages, and nobody would know.
const (
	magic       = "ASSAYADV"
	format      = 1 // of the buckets and records; there is no reader for others
	trailerSize = len(magic) + 4 + 8 + 4 + 4
)

// maxIndex bounds what is read of an index: many times that of all ecosystems of today.
const maxIndex = 8 << 30

// Reasons why a file is refused.
var (
	errForeign   = errors.New("this is no advisory index, or not all of one; build it again with assay advisories update")
	errChecksum  = errors.New("it is damaged: its checksum is wrong; build it again with assay advisories update")
	errNotAFile  = errors.New("this is no regular file")
	errTooLarge  = fmt.Errorf("it is larger than %d GiB", maxIndex>>30)
	errTruncated = errors.New("it is damaged: a part of it is missing; build it again with assay advisories update")
)

// seal writes the trailer behind the pages, which end where the file ends.
func seal(file *os.File) error {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	sum, err := checksum(file, size)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(trailer(size, sum), size)
	return err
}

func trailer(size int64, sum uint32) []byte {
	t := append(make([]byte, 0, trailerSize), magic...)
	t = binary.LittleEndian.AppendUint32(t, format)
	t = binary.LittleEndian.AppendUint64(t, uint64(size))
	t = binary.LittleEndian.AppendUint32(t, sum)
	return binary.LittleEndian.AppendUint32(t, crc32.Checksum(t, castagnoli))
}

// checksumBlock is how much is read at a time.
const checksumBlock = 256 << 10

func checksum(file io.ReaderAt, size int64) (uint32, error) {
	h := crc32.New(castagnoli)
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, io.NewSectionReader(file, 0, size), make([]byte, checksumBlock))
	if err == nil && n < size {
		err = errTruncated
	}
	return h.Sum32(), err
}

// openVerified opens a file if it is an index, whole and as it was written.
func openVerified(path string) (file *os.File, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait
		return nil, errNotAFile
	}
	if file, err = os.Open(path); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			file.Close()
		}
	}()
	if info, err = file.Stat(); err != nil {
		return nil, err
	}
	size := info.Size() - int64(trailerSize)
	switch {
	case !info.Mode().IsRegular():
		return nil, errNotAFile
	case size <= 0:
		return nil, errForeign
	case size > maxIndex:
		return nil, errTooLarge
	}
	found := make([]byte, trailerSize)
	if _, err := file.ReadAt(found, size); err != nil {
		return nil, err
	}
	body, last := found[:trailerSize-4], found[trailerSize-4:]
	if string(found[:len(magic)]) != magic || crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(last) {
		return nil, errForeign
	}
	if is := binary.LittleEndian.Uint32(found[len(magic):]); is != format {
		return nil, fmt.Errorf("it has format %d, and this program reads format %d; build it again with assay advisories update", is, format)
	}
	if binary.LittleEndian.Uint64(found[len(magic)+4:]) != uint64(size) {
		return nil, errTruncated
	}
	sum, err := checksum(file, size)
	if err != nil {
		return nil, err
	}
	if sum != binary.LittleEndian.Uint32(found[len(magic)+12:]) {
		return nil, errChecksum
	}
	return file, nil
}
