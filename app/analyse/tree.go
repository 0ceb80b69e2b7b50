//go:build linux

package analyse

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// tree is a revision as the child sees it: every file comes from the parent. It is a [checks.Tree] and a
// [checks.Prefetcher].
type tree struct {
	client   *client
	revision protocol.Revision
}

// name checks a path as the parent will, so that a check's mistake is its own failure and not a breach.
func (t *tree) name(op, p string) (protocol.FileName, error) {
	if !protocol.ValidPath(p) {
		return protocol.FileName{}, &fs.PathError{Op: op, Path: p, Err: fs.ErrInvalid}
	}
	return protocol.FileName{Revision: t.revision, Path: p}, nil
}

// Open implements [fs.FS].
func (t *tree) Open(p string) (fs.File, error) {
	name, err := t.name("open", p)
	if err != nil {
		return nil, err
	}
	opened, err := t.client.open(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: p, Err: err}
	}
	if opened.Mode.IsDir() {
		return &directory{tree: t, described: described{name: path.Base(p), Attributes: opened.Attributes}, path: p}, nil
	}
	return &file{client: t.client, described: described{name: path.Base(p), Attributes: opened.Attributes}, opened: opened}, nil
}

// Stat implements [fs.StatFS].
func (t *tree) Stat(p string) (fs.FileInfo, error) {
	name, err := t.name("stat", p)
	if err != nil {
		return nil, err
	}
	var attributes protocol.Attributes
	if entry := t.client.cache.get(name); entry != nil {
		<-entry.came
		attributes, err = entry.opened.Attributes, entry.err
	} else {
		var body []byte
		if body, err = t.client.ask(protocol.Stat, name.Append(nil)); err == nil {
			attributes, err = protocol.ParseAttributes(body)
		}
	}
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: p, Err: err}
	}
	return described{name: path.Base(p), Attributes: attributes}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (t *tree) ReadDir(p string) ([]fs.DirEntry, error) {
	name, err := t.name("readdir", p)
	if err != nil {
		return nil, err
	}
	body, err := t.client.ask(protocol.ReadDir, name.Append(nil))
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: p, Err: err}
	}
	entries, err := protocol.ParseEntries(body)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: p, Err: err}
	}
	list := make([]fs.DirEntry, len(entries))
	for i, e := range entries {
		list[i] = entry{tree: t, dir: p, Entry: e}
	}
	return list, nil
}

// entry is a name in a directory.
type entry struct {
	protocol.Entry
	tree *tree
	dir  string
}

func (e entry) Name() string               { return e.Entry.Name }
func (e entry) IsDir() bool                { return e.Kind.IsDir() }
func (e entry) Type() fs.FileMode          { return e.Kind }
func (e entry) Info() (fs.FileInfo, error) { return e.tree.Stat(path.Join(e.dir, e.Name())) }

// maxPrefetch is how many paths one hint names.
const maxPrefetch = 200 // of MaxPath bytes each still fit in a frame

// Prefetch implements [checks.Prefetcher].
func (t *tree) Prefetch(_ context.Context, paths []checks.Path) {
	valid := slices.DeleteFunc(slices.Clone(paths), func(p checks.Path) bool { return !protocol.ValidPath(string(p)) })
	for chunk := range slices.Chunk(valid, maxPrefetch) {
		list := protocol.PathList{Revision: t.revision, Paths: chunk}
		if t.client.tell(protocol.Prefetch, list.Append(nil)) != nil {
			return // a broken socket shows at the next question
		}
	}
	t.client.openAhead(t.revision, valid)
}

// described is what is known of a file.
type described struct {
	name string
	protocol.Attributes
}

func (d described) Name() string       { return d.name }
func (d described) Size() int64        { return d.Attributes.Size }
func (d described) Mode() fs.FileMode  { return d.Attributes.Mode }
func (d described) ModTime() time.Time { return time.Time{} } // git stores none
func (d described) IsDir() bool        { return d.Attributes.Mode.IsDir() }
func (d described) Sys() any           { return nil }

// file is an open file. It may be read from many goroutines through ReadAt.
type file struct {
	client    *client
	described described
	opened    protocol.Opened

	mu     sync.Mutex
	offset int64 // of Read
	block  []byte
	start  int64 // of block in the file
	closed bool
}

func (f *file) Stat() (fs.FileInfo, error) { return f.described, nil }

func (f *file) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed, f.block = true, nil
	if f.opened.FileID == 0 {
		return nil
	}
	return f.client.tell(protocol.Close, f.opened.FileID.Append(nil))
}

func (f *file) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.readSome(p, f.offset)
	f.offset += int64(n)
	return n, err
}

// Seek implements [io.Seeker].
func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += f.offset
	case io.SeekEnd:
		offset += f.described.Size()
	case io.SeekStart:
	default:
		return 0, fs.ErrInvalid
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	f.offset = offset
	return offset, nil
}

// ReadAt implements [io.ReaderAt].
func (f *file) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	read := 0
	for read < len(p) {
		n, err := f.readSome(p[read:], offset+int64(read))
		read += n
		if err != nil {
			return read, err
		}
	}
	return read, nil
}

// readSome reads from the first bytes, from the last block, or asks for another block.
func (f *file) readSome(p []byte, offset int64) (int, error) {
	switch {
	case f.closed:
		return 0, fs.ErrClosed
	case len(p) == 0:
		return 0, nil
	case offset < int64(len(f.opened.First)):
		return copy(p, f.opened.First[offset:]), nil
	case f.opened.FileID == 0 || offset >= f.described.Size():
		return 0, io.EOF
	case offset >= f.start && offset < f.start+int64(len(f.block)):
		return copy(p, f.block[offset-f.start:]), nil
	}
	request := protocol.ReadRequest{FileID: f.opened.FileID, Offset: offset, Length: protocol.MaxRead}
	block, err := f.client.ask(protocol.Read, request.Append(nil))
	if err != nil {
		return 0, err
	}
	if len(block) == 0 {
		return 0, io.ErrUnexpectedEOF // shorter than its size says
	}
	f.block, f.start = block, offset
	return copy(p, block), nil
}

// directory is an open directory.
type directory struct {
	tree      *tree
	described described
	path      string
	entries   []fs.DirEntry
	listed    bool
}

func (d *directory) Stat() (fs.FileInfo, error) { return d.described, nil }
func (d *directory) Close() error               { return nil }

func (d *directory) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.path, Err: errors.New("is a directory")}
}

// ReadDir implements [fs.ReadDirFile].
func (d *directory) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.listed {
		entries, err := d.tree.ReadDir(d.path)
		if err != nil {
			return nil, err
		}
		d.entries, d.listed = entries, true
	}
	if n <= 0 || n > len(d.entries) {
		if n > 0 && len(d.entries) == 0 {
			return nil, io.EOF
		}
		n = len(d.entries)
	}
	head := d.entries[:n]
	d.entries = d.entries[n:]
	return head, nil
}
