package manifest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// between is the range of the bytes [start, end) of a text.
func between(t *text.Text, start, end int) checks.Range {
	return checks.Range{Start: t.Position(start), End: t.Position(end)}
}

// pinBetween is between for a version that may be replaced. A text that was decoded has no place that an edit could name.
func pinBetween(t *text.Text, start, end int) *checks.Range {
	if t.Decoded || start >= end {
		return nil
	}
	r := between(t, start, end)
	return &r
}

// withoutMark is the bytes of a text with blanks for a mark of byte order, which parsers stumble over, so that offsets stay
// what they are.
func withoutMark(t *text.Text) []byte {
	mark := []byte("\uFEFF")
	if !bytes.HasPrefix(t.Bytes, mark) {
		return t.Bytes
	}
	return append([]byte("   "), t.Bytes[len(mark):]...)
}

// withoutCredentials is an address without the name and the password, or the token, that it may hold. The user of an SSH
// address is not secret and often tells which host it is.
func withoutCredentials(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	at := strings.LastIndexByte(host, '@')
	if at < 0 || strings.HasSuffix(scheme, "ssh") && !strings.Contains(host[:at], ":") {
		return address
	}
	return scheme + "://" + rest[at+1:]
}

// lose notes what of the file could not be understood; the first thing stands for all.
func (f *File) lose(what string) {
	if f.Lossy == "" {
		f.Lossy = what
	}
}

// sortByPlace orders entries as they stand in the file.
func sortByPlace(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.At.Start.Line, b.At.Start.Line), cmp.Compare(a.At.Start.Column, b.At.Start.Column))
	})
}

// add adds an entry, and reports whether it did; one without a name is none, and of too many just one is kept, which tells
// that there are more. Only what a registry offers has other versions to write there.
func (f *File) add(e Entry) bool {
	if e.Origin == checks.Local || e.Origin == checks.Git || e.Origin == checks.URL {
		e.Pin = nil
	}
	if e.Name == "" || len(f.Entries) > MaxEntries {
		return false
	}
	f.Entries = append(f.Entries, e)
	return true
}

func (f *File) addScript(s Script) {
	if !f.full(len(f.Scripts)) {
		f.Scripts = append(f.Scripts, s)
	}
}
