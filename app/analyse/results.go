//go:build linux

package analyse

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"slices"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// ResultCache is where results of earlier runs are kept, and what of them a run may use.
//
// The child says what it found in a file; under which key that is kept is for the parent alone to say, by the bytes that
// it handed out. A child that was taken over can thereby lie about the very files of the change that took it over, as it
// can in its report; but its lie would be believed again wherever the same file comes up in the same scope. Only those
// whose code is analysed should therefore share a scope.
type ResultCache struct {
	Store   ResultStore
	Program string // names the program with its rules, to the byte
	Scope   string // the repository
}

// ResultKey names an entry of a [ResultStore].
type ResultKey [sha256.Size]byte

// ResultStore keeps entries from one run to the next. It may forget any, and drop what it can't keep; it never gives an
// entry that is not byte for byte what was put in.
type ResultStore interface {
	Get(ResultKey) ([]byte, bool)
	Put(ResultKey, []byte)
}

// maxStaged bounds the results that one check keeps, in bytes.
const maxStaged = 64 << 20

// results are those of one run. The zero value remembers nothing.
type results struct {
	store ResultStore
	base  [sha256.Size]byte // of all that findings depend on besides files
	seen  sightings
}

func newResults(c *ResultCache, options *checks.Options) results {
	if c == nil || c.Store == nil {
		return results{}
	}
	described, err := json.Marshal(options)
	if err != nil {
		return results{}
	}
	return results{store: c.Store, base: digest("assay results 1", c.Program, c.Scope, string(described)), seen: sightings{}}
}

// key is for what a check found in a file with that content.
func (r *results) key(check checks.Name, path string, is content) ResultKey {
	return digest(string(r.base[:]), string(check), path, string(is))
}

// digest hashes texts, each after its length.
func digest(texts ...string) [sha256.Size]byte {
	h := sha256.New()
	for _, text := range texts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		io.WriteString(h, text)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// content is what a child was told of a file: its hash, or one of the words below.
type content string

const (
	absent    content = "absent"
	present   content = "present"   // a regular file, and no more
	irregular content = "irregular" // a folder, a link
	unsure    content = "unsure"    // it changed meanwhile, or not all was told
)

func contentOf(b []byte) content {
	hash := sha256.Sum256(b)
	return content(hex.EncodeToString(hash[:]))
}

// isWhole reports whether all that is in the file is known.
func (c content) isWhole() bool { return len(c) == 2*sha256.Size }

// sightings are what children were told of files.
type sightings map[protocol.FileName]content

// note adds what a child was told just now. A file that changes while it is looked at is nothing to rely on.
func (s sightings) note(name protocol.FileName, is content) {
	if s == nil {
		return
	}
	switch was, known := s[name]; {
	case !known, was == present && is != absent:
		s[name] = is
	case was != is && (is != present || was == absent):
		s[name] = unsure
	}
}

// recall is what was kept for a file as it is now.
func (s *session) recall(name protocol.FileName) ([]byte, error) {
	r := &s.run.results
	if r.store == nil || !s.library.named[checks.Path(name.Path)] {
		return nil, fs.ErrNotExist
	}
	is := s.library.content(name)
	if !is.isWhole() {
		return nil, fs.ErrNotExist
	}
	entry, ok := r.store.Get(r.key(s.current, name.Path, is))
	if !ok {
		return nil, fs.ErrNotExist
	}
	var kept keptResult
	if err := json.Unmarshal(entry, &kept); err != nil {
		return nil, err
	}
	for _, other := range kept.Others {
		if !s.library.still(protocol.FileName{Revision: name.Revision, Path: string(other.Path)}, other.Content) {
			return nil, fs.ErrNotExist
		}
	}
	return kept.Found, nil
}

// keptResult is an entry of a [ResultStore].
type keptResult struct {
	Others []keptFile `json:"others,omitempty"`
	Found  []byte     `json:"found"`
}

type keptFile struct {
	Path    []byte  `json:"path"` // bytes, for it need not be UTF-8
	Content content `json:"content"`
}

// stagedResult waits for its check to end well.
type stagedResult struct {
	path  checks.Path
	key   ResultKey
	entry []byte
}

// keep takes a result from the child. One about files of which the child was not told all is dropped.
func (s *session) keep(result protocol.Result) error {
	r := &s.run.results
	is := r.seen[result.FileName]
	if r.store == nil || !s.library.named[checks.Path(result.Path)] || !is.isWhole() {
		return nil
	}
	kept := keptResult{Found: result.Found}
	for _, other := range result.Others {
		told, ok := r.seen[protocol.FileName{Revision: result.Revision, Path: other}]
		if !ok || told == unsure {
			return nil
		}
		kept.Others = append(kept.Others, keptFile{Path: []byte(other), Content: told})
	}
	entry, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	if s.stagedBytes += len(entry); s.stagedBytes <= maxStaged {
		s.staged = append(s.staged, stagedResult{checks.Path(result.Path), r.key(s.current, result.Path, is), entry})
	}
	return nil
}

// settle keeps the results of a check that ended well, save those of files that it says it could not look at.
func (s *session) settle(ok bool, unscanned []checks.Unscanned) {
	for _, staged := range s.staged {
		failed := func(u checks.Unscanned) bool {
			return u.Kind == checks.Failed && (u.Path == staged.path || u.Path == "")
		}
		if ok && !slices.ContainsFunc(unscanned, failed) {
			s.run.results.store.Put(staged.key, staged.entry)
		}
	}
	s.staged, s.stagedBytes = nil, 0
}

// content is what a child would be told of a file if it opened it.
func (l *library) content(name protocol.FileName) content {
	tree, err := l.tree(name)
	if err != nil {
		return unsure
	}
	file, err := tree.Open(name.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return absent
	}
	if err != nil {
		return unsure
	}
	defer file.Close() // it was only read
	found, err := file.Stat()
	if err != nil {
		return unsure
	}
	if !found.Mode().IsRegular() {
		return irregular
	}
	all, err := io.ReadAll(io.LimitReader(file, protocol.FirstRead+1))
	if err != nil || len(all) > protocol.FirstRead {
		return unsure
	}
	l.note(name, int64(len(all)))
	return contentOf(all)
}

// still reports whether a child would be told now what one was told earlier.
func (l *library) still(name protocol.FileName, was content) bool {
	if was != present {
		return l.content(name) == was
	}
	tree, err := l.tree(name)
	if err != nil {
		return false
	}
	found, err := tree.Stat(name.Path)
	return err == nil && found.Mode().IsRegular()
}
