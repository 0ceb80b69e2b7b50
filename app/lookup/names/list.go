package names

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

const (
	// maxListBytes is counted after decompression. All names of npm, the largest, are about a tenth of it.
	maxListBytes = 1 << 30

	// maxListNames is what fits into 160 MiB of memory; npm has some four million.
	maxListNames = 20 << 20

	// maxListLine bounds one name of a list.
	maxListLine = 4 << 10
)

// nameList is all names of an ecosystem on one day. It keeps eight bytes for each: a keyed hash, so that a name that is
// not in it passes for one that is with a probability below one in a million million.
type nameList struct {
	seed   maphash.Seed
	hashes []uint64 // sorted
	date   time.Time
}

// readListFile reads a file with one name a line or in JSON, gzipped or not. Names are brought into canonical form.
func readListFile(name string, eco *ecosystem) (*nameList, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	status, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !status.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	list, err := readList(file, eco, maxListBytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	list.date = status.ModTime()
	return list, nil
}

func readList(r io.Reader, eco *ecosystem, maxBytes int64) (*nameList, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, err := in.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	}
	limited := &io.LimitedReader{R: in, N: maxBytes + 1}
	l := &listReader{nameList: &nameList{seed: maphash.MakeSeed()}, eco: eco}
	text := bufio.NewReaderSize(limited, 64<<10)
	read := l.readLines
	if first, err := firstOf(text); err == nil && (first == '[' || first == '{') {
		read = l.readJSON
	}
	err := read(text)
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("the list is larger than %d MiB", maxBytes>>20)
	case err != nil:
		return nil, err
	case 2*l.refused >= l.checked:
		return nil, fmt.Errorf("of its first %d entries %d are names: is it a list of this ecosystem, with one name a line or in JSON?", l.checked, l.checked-l.refused)
	}
	slices.Sort(l.hashes)
	l.hashes = slices.Clip(slices.Compact(l.hashes))
	return l.nameList, nil
}

// firstOf is the first byte that is no space, after the mark that some editors write.
func firstOf(r *bufio.Reader) (byte, error) {
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		if _, err := r.Discard(3); err != nil {
			return 0, err
		}
	}
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(b)) {
			return b, r.UnreadByte()
		}
	}
}

// maxChecked is how many names of a list are checked against the grammar, to find out whether it is the right list.
// Names that the grammar refuses do no harm in it: nobody asks for them.
const maxChecked = 1000

// listReader gathers names.
type listReader struct {
	*nameList
	eco              *ecosystem
	checked, refused int
}

func (l *listReader) add(name string) error {
	if len(l.hashes) >= maxListNames {
		return fmt.Errorf("the list has more than %d names", maxListNames)
	}
	if l.checked < maxChecked {
		l.checked++
		if _, ok := l.eco.canonical(name); !ok {
			l.refused++
		}
	}
	l.hashes = append(l.hashes, maphash.String(l.seed, l.eco.grammar.key(l.eco.grammar.folded(name))))
	return nil
}

// readLines reads one name a line. Empty lines, and those that start with #, are none.
func (l *listReader) readLines(r *bufio.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxListLine), maxListLine)
	for n := 1; lines.Scan(); n++ {
		name := strings.TrimSpace(lines.Text())
		if name == "" || name[0] == '#' {
			continue
		}
		if err := l.add(name); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line of the list is longer than %d bytes", maxListLine)
	}
	return lines.Err()
}

// readJSON reads an array of names, or of objects with a name (as PyPI lists its projects), at the top or in a member.
func (l *listReader) readJSON(r *bufio.Reader) error {
	first, err := firstOf(r)
	if err != nil {
		return err
	}
	err = whole(r, func(d *json.Decoder) error {
		if first == '[' {
			return l.readArray(d)
		}
		return object(d, func(string) (bool, error) { return true, l.readMember(d) })
	})
	if err != nil {
		return fmt.Errorf("the list starts like JSON and is not: %w", err)
	}
	return nil
}

// readMember reads the value of a member when it is an array.
func (l *listReader) readMember(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		return l.readElements(d)
	case json.Delim('{'):
		return rest(d, 1)
	}
	return nil
}

func (l *listReader) readArray(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return err
	}
	return l.readElements(d)
}

// readElements reads the elements of an array that is open, and its end.
func (l *listReader) readElements(d *json.Decoder) error {
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		var name string
		switch value := token.(type) {
		case string:
			name = value
		case json.Delim:
			if name, err = nameIn(d, value); err != nil {
				return err
			}
		}
		if err := l.add(name); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// nameIn reads the rest of an object, and its name.
func nameIn(d *json.Decoder, opened json.Delim) (name string, err error) {
	if opened != '{' {
		return "", rest(d, 1)
	}
	err = members(d, func(key string) (bool, error) {
		if key == "name" {
			return text(d, &name)
		}
		return false, nil
	})
	return name, err
}

// has reports whether a name in canonical form is in the list; nothing is in no list.
func (l *nameList) has(name string) bool {
	if l == nil {
		return false
	}
	_, ok := slices.BinarySearch(l.hashes, maphash.String(l.seed, name))
	return ok
}

// standing is what the list says of a name. That it holds none says no more than that there was none then.
func (l *nameList) standing(listed bool) judge.Standing {
	s := judge.Standing{State: judge.Nonexistent, Source: "list of " + l.date.UTC().Format(time.DateOnly)}
	if listed {
		s.State = judge.Exists
	}
	return s
}
