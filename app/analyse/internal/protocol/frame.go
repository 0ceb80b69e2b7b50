// Package protocol is what the analysing child and its parent say to each other over one socket.
//
// A conversation: the parent sends [Hello]; the child builds its wall and answers [Wall]; the parent sends [Change]; for
// every check the child says [Started], asks for files ([Stat], [Open], [Read], [ReadDir], [Prefetch]) and for what
// earlier runs found in them ([Recall]), hands over what later runs may use ([Keep]) and an [Item] for everything found,
// and says [Finished]; then [Done].
//
// The child meets hostile files, so the parent takes every byte from it as hostile: each frame type has its own bound,
// everything is checked, and whatever breaks a rule is a [Violation], which ends the child.
package protocol

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Version is the first byte of every frame. Both sides are the same executable, so another one means a stray writer.
const Version = 1

// Type says what a frame holds.
type Type uint8

// The frames that the parent sends.
const (
	Hello  Type = 1 // JSON of a [Greeting]
	Change Type = 2 // JSON of a [Subject]
	Answer Type = 3 // a [Status], then what was asked for; the id is that of the question
)

// The frames that the child sends.
const (
	Wall     Type = 16 // JSON: the layers that hold
	Started  Type = 17 // the name of the check that begins
	Opening  Type = 18 // a [FileName] that is looked at without asking, from the child's cache
	Open     Type = 19 // an [OpenRequest]: answered by attributes, an id and the first [FirstRead] bytes
	Stat     Type = 20 // a [FileName]: answered by attributes
	Read     Type = 21 // a [ReadRequest]: answered by bytes
	ReadDir  Type = 22 // a [FileName]: answered by a directory
	Prefetch Type = 23 // a [PathList]: a hint, not answered
	Close    Type = 24 // the id of an open file: four bytes: not answered
	Item     Type = 25 // an [ItemKind], then its JSON
	Finished Type = 26 // JSON of an [Ending]
	Done     Type = 27 // nothing follows
	Recall   Type = 28 // a [FileName]: answered by the result that was kept for it
	Keep     Type = 29 // a [Result]: not answered
)

const headerSize = 12 // version, type, two zero bytes, id, length

// Bounds of a frame's body.
const (
	MaxGreeting = 1 << 20   // a dozen check names and a few numbers
	MaxSubject  = 256 << 20 // 10,000 files in 250 commits need about 100 MiB
	MaxAnswer   = 16 << 20  // a directory of MaxEntries names of 160 bytes; file content is at most MaxRead
	MaxLayers   = 64 << 10
	MaxRequest  = 8 << 10 // one path and a few numbers
	MaxPathList = 1 << 20 // some 10,000 paths
	MaxItem     = 1 << 20 // one finding; the child cuts what is longer
	MaxKeep     = 1 << 20 // one result; longer ones are not kept
	MaxName     = 64
)

// maxBody is how long the body of a frame may be; 0 also stands for types that do not exist.
func (t Type) maxBody() uint32 {
	switch t {
	case Hello:
		return MaxGreeting
	case Change:
		return MaxSubject
	case Answer:
		return MaxAnswer
	case Wall:
		return MaxLayers
	case Started:
		return MaxName
	case Opening, Open, Stat, Read, ReadDir, Close, Finished, Recall:
		return MaxRequest
	case Prefetch:
		return MaxPathList
	case Item:
		return MaxItem
	case Keep:
		return MaxKeep
	}
	return 0
}

// FromChild reports whether a child may send frames of this type.
func (t Type) FromChild() bool { return t >= Wall && t <= Keep }

// FromParent reports whether a parent may send frames of this type.
func (t Type) FromParent() bool { return t >= Hello && t <= Answer }

// Violation is a breach of the protocol. Nothing that its sender says afterwards is worth reading.
type Violation struct{ Reason string }

func (v *Violation) Error() string { return "protocol broken: " + v.Reason }

// Violate makes a [Violation]. It is shown to people, so of what the other side sent only numbers may be part of it.
func Violate(format string, args ...any) error {
	return &Violation{Reason: fmt.Sprintf(format, args...)}
}

// IsViolation reports whether err is one, and why.
func IsViolation(err error) (reason string, ok bool) {
	var v *Violation
	if errors.As(err, &v) {
		return v.Reason, true
	}
	return "", false
}

// Frame is one message.
type Frame struct {
	Type Type
	ID   uint32 // of a question and its answer; 0 elsewhere
	Body []byte
}

// Append writes the frame to b.
func (f Frame) Append(b []byte) []byte {
	b = append(b, Version, byte(f.Type), 0, 0)
	b = binary.BigEndian.AppendUint32(b, f.ID)
	b = binary.BigEndian.AppendUint32(b, uint32(len(f.Body)))
	return append(b, f.Body...)
}

// WriteTo sends the frame. A body beyond the bound of its type is refused before a byte is written.
func (f Frame) WriteTo(w io.Writer) (int64, error) {
	if uint64(len(f.Body)) > uint64(f.Type.maxBody()) {
		return 0, Violate("a frame of type %d with %d bytes is too long to send", f.Type, len(f.Body))
	}
	n, err := w.Write(f.Append(make([]byte, 0, headerSize+len(f.Body))))
	return int64(n), err
}

// Reader takes frames from one side.
type Reader struct {
	r       *bufio.Reader
	allowed func(Type) bool
	header  [headerSize]byte
}

// NewReader reads the frames that allowed admits; see [Type.FromChild] and [Type.FromParent].
func NewReader(r io.Reader, allowed func(Type) bool) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 64<<10), allowed: allowed}
}

// Next returns the next frame; its body belongs to the caller. The error is [io.EOF] between two frames,
// [io.ErrUnexpectedEOF] inside one, or a [Violation].
func (r *Reader) Next() (Frame, error) {
	if _, err := io.ReadFull(r.r, r.header[:]); err != nil {
		return Frame{}, err
	}
	h := r.header
	f := Frame{Type: Type(h[1]), ID: binary.BigEndian.Uint32(h[4:])}
	length := binary.BigEndian.Uint32(h[8:])
	switch {
	case h[0] != Version || h[2] != 0 || h[3] != 0:
		return Frame{}, Violate("a frame does not begin as one")
	case !r.allowed(f.Type):
		return Frame{}, Violate("a frame of type %d is not expected", f.Type)
	case length > f.Type.maxBody():
		return Frame{}, Violate("a frame of type %d has %d bytes, more than %d", f.Type, length, f.Type.maxBody())
	}
	body, err := readBody(r.r, int(length))
	f.Body = body
	return f, err
}

// readBody grows with what arrives, so that a length alone reserves little.
func readBody(r io.Reader, length int) ([]byte, error) {
	const step = 2 << 20
	body := make([]byte, 0, min(length, step))
	for len(body) < length {
		if cap(body) == len(body) {
			grown := make([]byte, len(body), min(length, 2*len(body)))
			copy(grown, body)
			body = grown
		}
		n, err := io.ReadFull(r, body[len(body):min(cap(body), length)])
		body = body[:len(body)+n]
		if err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
	return body, nil
}
