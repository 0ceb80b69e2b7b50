package protocol

import (
	"encoding/binary"

	"github.com/assay-app/assay/checks"
)

// Result is what a check found in a file, as a later run will have it again.
type Result struct {
	FileName
	Others []string // the files of the same revision that it depends on, present or not
	Found  []byte   // in the check's own words
}

// Append writes r to b: the name, the number of others and each of them, what was found.
func (r Result) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(r.Revision))
	b = appendString(b, r.Path)
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.Others)))
	for _, other := range r.Others {
		b = appendString(b, other)
	}
	return append(b, r.Found...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

// ParseResult reads what [Result.Append] wrote; Found shares b's memory.
func ParseResult(b []byte) (Result, error) {
	if len(b) < 4 {
		return Result{}, Violate("a result is cut short")
	}
	r := Result{FileName: FileName{Revision: Revision(binary.BigEndian.Uint32(b))}}
	path, rest, ok := cutString(b[4:])
	if !ok || !ValidPath(path) || len(rest) < 2 {
		return Result{}, Violate("a result is cut short or is for no path")
	}
	others := int(binary.BigEndian.Uint16(rest))
	if others > checks.MaxDependencies {
		return Result{}, Violate("a result depends on more than %d files", checks.MaxDependencies)
	}
	r.Path, rest = path, rest[2:]
	for range others {
		var other string
		if other, rest, ok = cutString(rest); !ok || !ValidPath(other) {
			return Result{}, Violate("a result is cut short or depends on no path")
		}
		r.Others = append(r.Others, other)
	}
	if len(rest) > checks.MaxResult {
		return Result{}, Violate("a result has %d bytes, more than %d", len(rest), checks.MaxResult)
	}
	r.Found = rest
	return r, nil
}
