//go:build linux

package analyse

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

const (
	maxOpen     = 256      // files that a check has open at once; each may hold something in the parent
	maxStreamed = 16 << 20 // a file that cannot be read at an offset is kept whole meanwhile
)

// library lends the files of a change's trees to a child.
type library struct {
	trees   map[protocol.Revision]checks.Tree
	commits map[checks.CommitSHA]bool
	numbers map[checks.CommitSHA]protocol.Revision
	named   map[checks.Path]bool // by the change itself
	without checks.Path
	lent    map[protocol.FileID]*loan
	last    protocol.FileID
	counted map[protocol.FileName]int64
	told    sightings // nil when nobody will ask
}

// loan is an open file.
type loan struct {
	name protocol.FileName
	file io.ReaderAt
	io.Closer
}

func newLibrary(c *checks.Change, without checks.Path, read map[protocol.FileName]int64, told sightings) *library {
	l := &library{
		trees:   map[protocol.Revision]checks.Tree{},
		commits: map[checks.CommitSHA]bool{},
		numbers: map[checks.CommitSHA]protocol.Revision{},
		named:   map[checks.Path]bool{},
		without: without,
		lent:    map[protocol.FileID]*loan{},
		counted: read,
		told:    told,
	}
	name := func(files []checks.FileChange) {
		for i := range files {
			l.named[files[i].Path], l.named[files[i].OldPath] = true, true
		}
	}
	if c.MergeBase != nil {
		l.trees[protocol.MergeBase] = c.MergeBase
	}
	if c.Head != nil {
		l.trees[protocol.Head] = c.Head
	}
	name(c.Files)
	for i := range c.Commits {
		commit, number := &c.Commits[i], protocol.FirstCommit+protocol.Revision(i)
		l.commits[commit.SHA], l.numbers[commit.SHA] = true, number
		if commit.Tree != nil {
			l.trees[number] = commit.Tree
		}
		name(commit.Files)
	}
	delete(l.named, "")
	return l
}

// tree is where name is looked up. Only a file of a tree that exists, and that is not kept from the check, has one.
func (l *library) tree(name protocol.FileName) (checks.Tree, error) {
	if l.without != "" && checks.Path(name.Path) == l.without {
		return nil, protocol.ErrRefused
	}
	tree := l.trees[name.Revision]
	if tree == nil {
		return nil, fs.ErrNotExist
	}
	return tree, nil
}

// answer begins an answer with the status of err.
func answer(err error) []byte { return []byte{byte(protocol.StatusOf(err))} }

func (l *library) stat(name protocol.FileName) []byte {
	tree, err := l.tree(name)
	if err != nil {
		return answer(err)
	}
	found, err := tree.Stat(name.Path)
	if errors.Is(err, fs.ErrNotExist) {
		l.told.note(name, absent)
	}
	if err != nil {
		return answer(err)
	}
	if found.Mode().IsRegular() {
		l.told.note(name, present)
	} else {
		l.told.note(name, irregular)
	}
	return protocol.Attributes{Mode: found.Mode(), Size: max(0, found.Size())}.Append(answer(nil))
}

func (l *library) readDir(name protocol.FileName) []byte {
	tree, err := l.tree(name)
	if err != nil {
		return answer(err)
	}
	entries, err := tree.ReadDir(name.Path)
	if err != nil {
		return answer(err)
	}
	if len(entries) > protocol.MaxEntries {
		return answer(protocol.ErrUnreadable)
	}
	body := answer(nil)
	for _, e := range entries {
		if len(e.Name()) > protocol.MaxPath {
			return answer(protocol.ErrUnreadable)
		}
		body = protocol.Entry{Kind: e.Type(), Name: e.Name()}.Append(body)
	}
	if len(body) > protocol.MaxAnswer {
		return answer(protocol.ErrUnreadable)
	}
	return body
}

func (l *library) open(request protocol.OpenRequest) []byte {
	opened, err := l.lend(request)
	if err != nil {
		return answer(err)
	}
	return opened.Append(answer(nil))
}

// lend opens a file, reads its beginning, and keeps it open if that is not all.
func (l *library) lend(request protocol.OpenRequest) (protocol.Opened, error) {
	tree, err := l.tree(request.FileName)
	if err != nil {
		return protocol.Opened{}, err
	}
	file, err := tree.Open(request.Path)
	if errors.Is(err, fs.ErrNotExist) {
		l.told.note(request.FileName, absent)
	}
	if err != nil {
		return protocol.Opened{}, err
	}
	found, err := file.Stat()
	if err != nil {
		return protocol.Opened{}, errors.Join(err, file.Close())
	}
	opened := protocol.Opened{Attributes: protocol.Attributes{Mode: found.Mode(), Size: max(0, found.Size())}}
	// Directories and submodules have no content; a long file is not sent ahead.
	if found.IsDir() || request.Ahead && opened.Size > protocol.FirstRead {
		if found.IsDir() {
			l.told.note(request.FileName, irregular)
		}
		return opened, file.Close()
	}
	content, size, err := readable(file, opened.Size)
	if err != nil {
		return protocol.Opened{}, errors.Join(err, file.Close())
	}
	opened.Size = size
	opened.First = make([]byte, min(size, protocol.FirstRead))
	n, err := content.ReadAt(opened.First, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return protocol.Opened{}, errors.Join(err, file.Close())
	}
	opened.First = opened.First[:n]
	l.note(request.FileName, int64(n))
	if n < protocol.FirstRead || size == protocol.FirstRead {
		opened.Size = int64(n)
		l.tell(request.FileName, &opened)
		return opened, file.Close()
	}
	l.told.note(request.FileName, unsure)
	if len(l.lent) >= maxOpen {
		return protocol.Opened{}, errors.Join(protocol.ErrTooManyOpen, file.Close())
	}
	l.last++
	opened.FileID = l.last
	l.lent[l.last] = &loan{name: request.FileName, file: content, Closer: file}
	return opened, nil
}

// tell remembers that all of a file was told.
func (l *library) tell(name protocol.FileName, all *protocol.Opened) {
	switch {
	case l.told == nil:
	case all.Mode.IsRegular():
		l.told.note(name, contentOf(all.First))
	default:
		l.told.note(name, irregular)
	}
}

// readable is the file's content and its size.
func readable(file fs.File, size int64) (io.ReaderAt, int64, error) {
	if at, ok := file.(io.ReaderAt); ok {
		return at, size, nil
	}
	content, err := io.ReadAll(io.LimitReader(file, maxStreamed+1))
	if err != nil {
		return nil, 0, err
	}
	if len(content) > maxStreamed {
		return nil, 0, protocol.ErrUnreadable
	}
	return bytes.NewReader(content), int64(len(content)), nil
}

func (l *library) read(request protocol.ReadRequest) ([]byte, error) {
	loan := l.lent[request.FileID]
	if loan == nil {
		return nil, protocol.Violate("a file is read that is not open")
	}
	body := append(answer(nil), make([]byte, request.Length)...)
	n, err := loan.file.ReadAt(body[1:], request.Offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return answer(err), nil
	}
	if n > 0 {
		l.note(loan.name, request.Offset+int64(n))
	}
	return body[:1+n], nil
}

func (l *library) close(id protocol.FileID) error {
	loan := l.lent[id]
	if loan == nil {
		return protocol.Violate("a file is closed that is not open")
	}
	delete(l.lent, id)
	_ = loan.Close() // it was only read
	return nil
}

func (l *library) closeAll() {
	for id := range l.lent {
		_ = l.close(id)
	}
}

func (l *library) prefetch(ctx context.Context, list protocol.PathList) {
	if p, ok := l.trees[list.Revision].(checks.Prefetcher); ok {
		p.Prefetch(ctx, list.Paths)
	}
}

// note counts a file as read up to a byte, once however often.
func (l *library) note(name protocol.FileName, upTo int64) {
	l.counted[name] = max(l.counted[name], upTo)
}

// exists reports whether a report may name p: the change does, the child has read it, or it is there.
func (l *library) exists(p checks.Path, at checks.Revision, commit checks.CommitSHA) bool {
	if l.named[p] {
		return true
	}
	name := protocol.FileName{Revision: protocol.Head, Path: string(p)}
	switch {
	case commit != "":
		name.Revision = l.numbers[commit]
	case at == checks.AtMergeBase:
		name.Revision = protocol.MergeBase
	}
	if _, ok := l.counted[name]; ok {
		return true
	}
	tree, err := l.tree(name)
	if err != nil {
		return false
	}
	_, err = tree.Stat(name.Path)
	return err == nil
}
