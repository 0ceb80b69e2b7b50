package text

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/assay-app/assay/checks"
)

// MaxFile is the largest file that is read as a text. The largest lockfiles and data files that people commit by hand
// stay below it, GitHub warns from 50 MiB on, and a scan of one this size takes seconds.
const MaxFile = 50 << 20

// ErrTooLarge says that a file exceeds MaxFile.
var ErrTooLarge = fmt.Errorf("larger than %d MiB", MaxFile>>20)

// ErrNotText says that a file is no text: binary, a symbolic link, a submodule.
var ErrNotText = errors.New("not a text file")

// Read reads and decodes a file of a tree.
func Read(tree checks.Tree, path checks.Path) (*Text, error) {
	f, err := tree.Open(string(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, ErrNotText
	}
	if stat.Size() > MaxFile {
		return nil, ErrTooLarge
	}
	raw, err := readAll(f, stat.Size())
	if err != nil {
		return nil, err
	}
	t, ok := Decode(raw)
	if !ok {
		return nil, ErrNotText
	}
	return t, nil
}

// readAll reads the whole file, trusting its stated size for the buffer but not for the bound.
func readAll(f fs.File, size int64) ([]byte, error) {
	raw := make([]byte, 0, size+1)
	for {
		if len(raw) == cap(raw) {
			raw = append(raw, 0)[:len(raw)]
		}
		n, err := f.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if len(raw) > MaxFile {
			return nil, ErrTooLarge
		}
		if errors.Is(err, io.EOF) {
			return raw, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Unreadable says why a file could not be read, without its name.
func Unreadable(err *fs.PathError) string {
	const what = "could not be read"
	if reason := err.Err.Error(); reason != what {
		return what + ": " + reason
	}
	return what
}
