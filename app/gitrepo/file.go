package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// content is what a file holds, for random access.
type content struct {
	io.ReaderAt
	size  int64
	close func() error
}

// readContent takes exactly size bytes from r.
func readContent(r io.Reader, size int64, spool string) (*content, error) {
	if size <= maxInMemory {
		raw := make([]byte, size)
		if _, err := io.ReadFull(r, raw); err != nil {
			return nil, err
		}
		return inMemory(raw), nil
	}
	f, err := os.CreateTemp(spool, "blob-")
	if err != nil {
		return nil, fmt.Errorf("spool a file of %d bytes: %w", size, err)
	}
	// Without a name it is gone with the process, however that ends.
	err = os.Remove(f.Name())
	if err == nil {
		_, err = io.CopyN(f, r, size)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("spool a file of %d bytes: %w", size, err), f.Close())
	}
	return &content{ReaderAt: f, size: size, close: f.Close}, nil
}

func inMemory(raw []byte) *content {
	return &content{ReaderAt: bytes.NewReader(raw), size: int64(len(raw)), close: func() error { return nil }}
}

// fileStat describes a file or directory of a tree.
type fileStat struct {
	name string
	size int64
	mode fs.FileMode
}

func (s fileStat) Name() string               { return s.name }
func (s fileStat) Size() int64                { return s.size }
func (s fileStat) Mode() fs.FileMode          { return s.mode }
func (s fileStat) Type() fs.FileMode          { return s.mode.Type() }
func (s fileStat) ModTime() time.Time         { return time.Time{} } // git keeps none
func (s fileStat) IsDir() bool                { return s.mode.IsDir() }
func (s fileStat) Sys() any                   { return nil }
func (s fileStat) Info() (fs.FileInfo, error) { return s, nil }

// openFile is a regular file, or a link that opens as its target's name.
type openFile struct {
	*io.SectionReader
	stat  fileStat
	close func() error
}

func newFile(stat fileStat, c *content) *openFile {
	stat.size = c.size
	return &openFile{SectionReader: io.NewSectionReader(c, 0, c.size), stat: stat, close: c.close}
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.stat, nil }
func (f *openFile) Close() error               { return f.close() }

// openDir is an open directory.
type openDir struct {
	stat    fileStat
	entries []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.stat, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.stat.name, Err: errors.New("is a directory")}
}

// ReadDir hands out the entries as [fs.ReadDirFile] wants it.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		all := d.entries
		d.entries = nil
		return all, nil
	}
	if len(d.entries) == 0 {
		return nil, io.EOF
	}
	some := d.entries[:min(n, len(d.entries))]
	d.entries = d.entries[len(some):]
	return some, nil
}
