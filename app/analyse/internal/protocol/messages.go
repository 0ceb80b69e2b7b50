package protocol

import (
	"encoding/binary"
	"io/fs"
	"math"
	"strings"

	"github.com/assay-app/assay/checks"
)

// Bounds of what is asked and answered.
const (
	FirstRead  = 256 << 10 // what opening a file brings with it: nearly every source file as a whole
	MaxRead    = 1 << 20   // one later read
	MaxEntries = 100_000   // entries of one directory
	MaxPath    = 4096      // bytes; Linux's PATH_MAX, which git obeys in practice
)

// Greeting tells the child what to do.
type Greeting struct {
	Checks      []checks.Name `json:"checks"` // in this order
	Required    bool          `json:"required"`
	MemoryBytes int64         `json:"memory_bytes"`
	CPUSeconds  uint64        `json:"cpu_seconds"`
	Without     []string      `json:"without,omitempty"` // layers left out, in tests of what happens then
}

// Subject is the change, less its trees: those are named by [Revision].
type Subject struct {
	Change       *checks.Change `json:"change"`
	HasMergeBase bool           `json:"has_merge_base"`
	HasHead      bool           `json:"has_head"`
	HasCommits   []bool         `json:"has_commits,omitempty"` // whether a commit has a tree
	HasResults   bool           `json:"has_results"`           // whether earlier runs may be asked for theirs
}

// Revision numbers the trees of a change.
type Revision uint32

// The numbers of the two sides; commit i of the change is FirstCommit + i.
const (
	MergeBase   Revision = 0
	Head        Revision = 1
	FirstCommit Revision = 2
)

// Ending closes a check.
type Ending struct {
	Check    checks.Name `json:"check"`
	Panicked bool        `json:"panicked,omitempty"` // the reason says how
	Reason   string      `json:"reason,omitempty"`   // of a failure; empty when all is well
}

// ItemKind says what an [Item] is.
type ItemKind byte

// The kinds of items, one for each list of a [checks.Report].
const (
	FindingItem   ItemKind = 'f'
	ComponentItem ItemKind = 'c'
	PackageItem   ItemKind = 'p'
	EvidenceItem  ItemKind = 'e'
	UnscannedItem ItemKind = 'u'
)

// ValidPath reports whether p can name a file of a tree: relative, slash-separated, no empty, "." or ".." element, no
// NUL. It need not be UTF-8. The root is ".".
func ValidPath(p string) bool {
	if p == "." {
		return true
	}
	if p == "" || len(p) > MaxPath || strings.IndexByte(p, 0) >= 0 {
		return false
	}
	for element := range strings.SplitSeq(p, "/") {
		if element == "" || element == "." || element == ".." {
			return false
		}
	}
	return true
}

// FileName is a file of a revision.
type FileName struct {
	Revision Revision
	Path     string
}

// Append writes n to b.
func (n FileName) Append(b []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(n.Revision)), n.Path...)
}

// ParseFileName reads what [FileName.Append] wrote.
func ParseFileName(b []byte) (FileName, error) {
	if len(b) < 4 {
		return FileName{}, Violate("a file's name is cut short")
	}
	n := FileName{Revision: Revision(binary.BigEndian.Uint32(b)), Path: string(b[4:])}
	if !ValidPath(n.Path) {
		return FileName{}, Violate("a name is not a path in a tree")
	}
	return n, nil
}

// OpenRequest asks for a file. Ahead marks one that is not looked at yet, so that a crash is not put down to it.
type OpenRequest struct {
	FileName
	Ahead bool
}

// Append writes r to b.
func (r OpenRequest) Append(b []byte) []byte {
	ahead := byte(0)
	if r.Ahead {
		ahead = 1
	}
	return r.FileName.Append(append(b, ahead))
}

// ParseOpen reads what [OpenRequest.Append] wrote.
func ParseOpen(b []byte) (OpenRequest, error) {
	if len(b) < 1 || b[0] > 1 {
		return OpenRequest{}, Violate("a request to open a file is cut short")
	}
	name, err := ParseFileName(b[1:])
	return OpenRequest{FileName: name, Ahead: b[0] == 1}, err
}

// FileID names an open file of the conversation; 0 is none.
type FileID uint32

// Append writes h to b.
func (h FileID) Append(b []byte) []byte { return binary.BigEndian.AppendUint32(b, uint32(h)) }

// ParseFileID reads what [FileID.Append] wrote.
func ParseFileID(b []byte) (FileID, error) {
	if len(b) != 4 {
		return 0, Violate("the id of an open file has %d bytes", len(b))
	}
	return FileID(binary.BigEndian.Uint32(b)), nil
}

// ReadRequest asks for Length bytes of an open file from Offset on. Fewer come only at its end.
type ReadRequest struct {
	FileID FileID
	Offset int64
	Length int
}

// Append writes r to b.
func (r ReadRequest) Append(b []byte) []byte {
	b = r.FileID.Append(b)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Offset))
	return binary.BigEndian.AppendUint32(b, uint32(r.Length))
}

// ParseRead reads what [ReadRequest.Append] wrote.
func ParseRead(b []byte) (ReadRequest, error) {
	if len(b) != 16 {
		return ReadRequest{}, Violate("a request to read has %d bytes", len(b))
	}
	offset, length := binary.BigEndian.Uint64(b[4:]), binary.BigEndian.Uint32(b[12:])
	if offset > math.MaxInt64-MaxRead || length == 0 || length > MaxRead {
		return ReadRequest{}, Violate("%d bytes from %d on cannot be read at once", length, offset)
	}
	return ReadRequest{FileID: FileID(binary.BigEndian.Uint32(b)), Offset: int64(offset), Length: int(length)}, nil
}

// PathList is files of one revision.
type PathList struct {
	Revision Revision
	Paths    []checks.Path
}

// Append writes l to b: the revision, then each path with its length.
func (l PathList) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(l.Revision))
	for _, p := range l.Paths {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(p))), p...)
	}
	return b
}

// ParsePathList reads what [PathList.Append] wrote.
func ParsePathList(b []byte) (PathList, error) {
	if len(b) < 4 {
		return PathList{}, Violate("a list of paths is cut short")
	}
	l := PathList{Revision: Revision(binary.BigEndian.Uint32(b))}
	for b = b[4:]; len(b) > 0; {
		name, rest, ok := cutString(b)
		if !ok || !ValidPath(name) {
			return PathList{}, Violate("a list of paths is cut short or names none")
		}
		l.Paths, b = append(l.Paths, checks.Path(name)), rest
	}
	return l, nil
}

// cutString takes a string that follows its length from b.
func cutString(b []byte) (s string, rest []byte, ok bool) {
	if len(b) < 2 {
		return "", nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if len(b) < 2+n {
		return "", nil, false
	}
	return string(b[2 : 2+n]), b[2+n:], true
}

// Attributes are what is known of a file without its content.
type Attributes struct {
	Mode fs.FileMode
	Size int64
}

const attributesSize = 12

// Append writes a to b.
func (a Attributes) Append(b []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, uint32(a.Mode)), uint64(a.Size))
}

func cutAttributes(b []byte) (a Attributes, rest []byte, ok bool) {
	if len(b) < attributesSize {
		return a, nil, false
	}
	a = Attributes{Mode: fs.FileMode(binary.BigEndian.Uint32(b)), Size: int64(binary.BigEndian.Uint64(b[4:]))}
	return a, b[attributesSize:], a.Size >= 0
}
