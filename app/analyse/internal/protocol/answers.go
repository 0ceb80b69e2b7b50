package protocol

import (
	"encoding/binary"
	"errors"
	"io/fs"
)

// Status begins every answer.
type Status byte

// The statuses. The child learns what kind of failure it was and no more: a text could name places on this machine.
const (
	OK          Status = 0
	NotExist    Status = 1
	Refused     Status = 2
	Unreadable  Status = 3
	TooManyOpen Status = 4
)

// The failures that an answer can stand for, besides [fs.ErrNotExist].
var (
	ErrRefused     = errors.New("left out of this check")
	ErrUnreadable  = errors.New("could not be read")
	ErrTooManyOpen = errors.New("too many files are open")
)

// StatusOf is the status that stands for err.
func StatusOf(err error) Status {
	switch {
	case err == nil:
		return OK
	case errors.Is(err, fs.ErrNotExist):
		return NotExist
	case errors.Is(err, ErrRefused):
		return Refused
	case errors.Is(err, ErrTooManyOpen):
		return TooManyOpen
	}
	return Unreadable
}

// Err is the failure that s stands for.
func (s Status) Err() error {
	switch s {
	case OK:
		return nil
	case NotExist:
		return fs.ErrNotExist
	case Refused:
		return ErrRefused
	case TooManyOpen:
		return ErrTooManyOpen
	}
	return ErrUnreadable
}

// CutStatus takes the status from an answer.
func CutStatus(b []byte) (rest []byte, err error) {
	if len(b) == 0 {
		return nil, Violate("an answer is empty")
	}
	return b[1:], Status(b[0]).Err()
}

// Opened answers [Open]. FileID is 0 when First is all there is.
type Opened struct {
	Attributes
	FileID FileID
	First  []byte
}

// Append writes o to b.
func (o Opened) Append(b []byte) []byte {
	return append(o.FileID.Append(o.Attributes.Append(b)), o.First...)
}

// ParseOpened reads what [Opened.Append] wrote; First shares b's memory.
func ParseOpened(b []byte) (Opened, error) {
	a, rest, ok := cutAttributes(b)
	if !ok || len(rest) < 4 || len(rest)-4 > FirstRead {
		return Opened{}, Violate("an opened file is cut short")
	}
	return Opened{Attributes: a, FileID: FileID(binary.BigEndian.Uint32(rest)), First: rest[4:]}, nil
}

// ParseAttributes reads what [Attributes.Append] wrote.
func ParseAttributes(b []byte) (Attributes, error) {
	a, rest, ok := cutAttributes(b)
	if !ok || len(rest) != 0 {
		return Attributes{}, Violate("attributes have %d bytes", len(b))
	}
	return a, nil
}

// Entry is one name in a directory, with its kind; the rest of its attributes may cost a look, so they are asked for.
type Entry struct {
	Kind fs.FileMode // the type bits
	Name string
}

// Append writes e to b.
func (e Entry) Append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(e.Kind.Type()))
	return append(binary.BigEndian.AppendUint16(b, uint16(len(e.Name))), e.Name...)
}

// ParseEntries reads a sequence of [Entry.Append].
func ParseEntries(b []byte) ([]Entry, error) {
	var entries []Entry
	for len(b) > 0 {
		if len(b) < 4 || len(entries) == MaxEntries {
			return nil, Violate("a directory is cut short or too long")
		}
		kind := fs.FileMode(binary.BigEndian.Uint32(b)).Type()
		name, rest, ok := cutString(b[4:])
		if !ok {
			return nil, Violate("a directory is cut short")
		}
		entries, b = append(entries, Entry{Kind: kind, Name: name}), rest
	}
	return entries, nil
}
