package gitrepo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks"
)

// objectID is the full lower-case hexadecimal id of an object: 40 digits of SHA-1, or 64 of SHA-256.
type objectID string

func (id objectID) valid() bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(string(id), "0123456789abcdef") == ""
}

const (
	// maxTreeObject bounds one directory: at some 40 bytes an entry it is a folder of 800,000 files.
	maxTreeObject = 32 << 20
	// maxCommitObject bounds one commit; what is kept of its message is bounded by [checks.MaxCommitMessage].
	maxCommitObject = 8 << 20
	// maxInMemory is the largest file content that is held in memory; longer ones go to an unlinked temporary file.
	maxInMemory = 1 << 20
	// maxCachedEntries is how many directory entries are remembered, at some 150 bytes each.
	maxCachedEntries = 1 << 20
	// infoBatch is how many questions are written to cat-file before the first answer is read. They and their answers
	// must fit in the 64 KiB of a pipe, or both sides would wait for each other: 256 × 85 bytes.
	infoBatch = 256
)

// objects reads objects by id from one object store, through one long-lived cat-file. It never looks at refs or at
// where a history was cut, so a fetch into the same store at the same time does not disturb it.
type objects struct {
	git   git
	fetch func(ctx context.Context, blobs []objectID) error // gets what is missing; nil when it cannot be had
	spool string                                            // directory of temporary files

	life context.Context // ends with close
	end  context.CancelFunc

	mu      sync.Mutex // guards the process: one question at a time
	process *catFile

	cacheMu sync.Mutex
	cache   map[objectID]*directory
	cached  int

	ahead readAhead

	extraMu sync.Mutex
	extra   int // blobs fetched on demand so far
}

func newObjects(g git, spool string) *objects {
	life, end := context.WithCancel(context.Background())
	return &objects{git: g, spool: spool, life: life, end: end, cache: map[objectID]*directory{}}
}

func (o *objects) close() {
	o.end()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stop()
}

// catFile is a running `git cat-file --batch-command`.
type catFile struct {
	cmd        *exec.Cmd
	in         io.WriteCloser
	out        *bufio.Reader
	complaints *stderr
}

// start starts the process unless it runs; the caller holds mu.
func (o *objects) start() error {
	if o.life.Err() != nil {
		return ErrClosed
	}
	if o.process != nil {
		return nil
	}
	cmd, complaints := o.git.command(o.life, "cat-file", "--batch-command")
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	if err := start(cmd); err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	o.process = &catFile{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10), complaints: complaints}
	return nil
}

// stop ends the process, if there is one; the next question starts another. The caller holds mu.
func (o *objects) stop() (complaints string) {
	p := o.process
	if p == nil {
		return ""
	}
	o.process = nil
	p.in.Close()
	if err := p.cmd.Cancel(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err.Error()
	}
	// The exit status says nothing: the process was killed.
	_ = p.cmd.Wait()
	return p.complaints.String()
}

// converse runs one exchange with cat-file. When it fails or ctx ends, the process is ended, for what it still has to
// say would be taken for the answer to the next question.
func (o *objects) converse(ctx context.Context, exchange func(p *catFile) error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.start(); err != nil {
		return err
	}
	// The group is killed, not the pointer read again: o.process belongs to the holder of mu.
	kill := o.process.cmd.Cancel
	stop := context.AfterFunc(ctx, func() { _ = kill() })
	err := exchange(o.process)
	if !stop() || err != nil {
		complaints := o.stop()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case o.life.Err() != nil:
			return ErrClosed
		case complaints != "":
			return fmt.Errorf("git cat-file: %w: %s", err, complaints)
		}
	}
	return err
}

// header reads the line that precedes an object. An object that is not there has no kind.
func (p *catFile) header(id objectID) (kind string, size int64, err error) {
	line, err := p.out.ReadSlice('\n')
	if err != nil {
		return "", 0, fmt.Errorf("no answer about %s: %w", id, err)
	}
	rest, ok := strings.CutPrefix(strings.TrimSuffix(string(line), "\n"), string(id)+" ")
	if !ok {
		return "", 0, fmt.Errorf("asked about %s, was told %.100q", id, line)
	}
	if rest == "missing" {
		return "", 0, nil
	}
	kind, digits, _ := strings.Cut(rest, " ")
	size, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 {
		return "", 0, fmt.Errorf("asked about %s, was told %.100q", id, line)
	}
	return kind, size, nil
}

// contents asks for one object and lets read consume all its size bytes.
func (o *objects) contents(ctx context.Context, id objectID, kind string, limit int64, read func(r io.Reader, size int64) error) error {
	if !id.valid() {
		return fmt.Errorf("%.80q is no object id", string(id))
	}
	var verdict error // of an exchange that leaves the process in step
	err := o.converse(ctx, func(p *catFile) error {
		if _, err := fmt.Fprintf(p.in, "contents %s\n", id); err != nil {
			return err
		}
		got, size, err := p.header(id)
		switch {
		case err != nil:
			return err
		case got == "":
			verdict = fmt.Errorf("%s %s: %w", kind, id, ErrMissing)
			return nil
		case got != kind:
			verdict = fmt.Errorf("%s is a %s, not a %s", id, got, kind)
		case size > limit:
			verdict = fmt.Errorf("%s %s: %w: %d bytes, %d are read", kind, id, ErrTooLarge, size, limit)
		}
		body := io.LimitReader(p.out, size)
		if verdict != nil {
			if size > maxInMemory {
				o.stop() // cheaper than reading past it
				return nil
			}
		} else if err := read(body, size); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			return err
		}
		end, err := p.out.ReadByte()
		if err == nil && end != '\n' {
			err = fmt.Errorf("%s %s does not end where it should", kind, id)
		}
		return err
	})
	return errors.Join(err, verdict)
}

// read reads one object into memory.
func (o *objects) read(ctx context.Context, id objectID, kind string, limit int64) ([]byte, error) {
	var raw []byte
	err := o.contents(ctx, id, kind, limit, func(r io.Reader, size int64) error {
		raw = make([]byte, size)
		_, err := io.ReadFull(r, raw)
		return err
	})
	return raw, err
}

// objectFact is what is known of an object without reading it; one that is not there has no kind.
type objectFact struct {
	kind string
	size int64
}

// facts asks about many objects at once.
func (o *objects) facts(ctx context.Context, ids []objectID) ([]objectFact, error) {
	facts := make([]objectFact, 0, len(ids))
	for len(ids) > 0 {
		some := ids[:min(infoBatch, len(ids))]
		ids = ids[len(some):]
		err := o.converse(ctx, func(p *catFile) error {
			var ask strings.Builder
			for _, id := range some {
				fmt.Fprintf(&ask, "info %s\n", id)
			}
			if _, err := io.WriteString(p.in, ask.String()); err != nil {
				return err
			}
			for _, id := range some {
				kind, size, err := p.header(id)
				if err != nil {
					return err
				}
				facts = append(facts, objectFact{kind, size})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// missing is which of the ids are not in the store, in order and each once.
func (o *objects) missing(ctx context.Context, ids []objectID) ([]objectID, error) {
	facts, err := o.facts(ctx, ids)
	if err != nil {
		return nil, err
	}
	var absent []objectID
	seen := map[objectID]bool{}
	for i, fact := range facts {
		if fact.kind == "" && !seen[ids[i]] {
			seen[ids[i]] = true
			absent = append(absent, ids[i])
		}
	}
	return absent, nil
}

// ensure fetches those of the blobs that are missing, up to [maxExtraBlobs] in all.
func (o *objects) ensure(ctx context.Context, blobs []objectID) error {
	if o.fetch == nil {
		return nil
	}
	absent, err := o.missing(ctx, blobs)
	if err != nil || len(absent) == 0 {
		return err
	}
	o.extraMu.Lock()
	defer o.extraMu.Unlock() // two that want the same blob fetch it once
	if absent, err = o.missing(ctx, absent); err != nil || len(absent) == 0 {
		return err
	}
	if o.extra+len(absent) > maxExtraBlobs {
		return fmt.Errorf("%w: a review may open %d files that it does not change", ErrTooLarge, maxExtraBlobs)
	}
	o.extra += len(absent)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(o.life, cancel)()
	return o.fetch(ctx, absent)
}

// commit reads one commit.
func (o *objects) commit(ctx context.Context, sha checks.CommitSHA) (commit, error) {
	raw, err := o.read(ctx, objectID(sha), "commit", maxCommitObject)
	if err != nil {
		if errors.Is(err, ErrMissing) {
			err = fmt.Errorf("%w: %w", ErrNoCommit, err)
		}
		return commit{}, err
	}
	c, err := parseCommit(raw)
	if err != nil {
		return commit{}, fmt.Errorf("commit %s: %w", sha, err)
	}
	c.sha = sha
	return c, nil
}

// directory reads one directory.
func (o *objects) directory(ctx context.Context, id objectID) (*directory, error) {
	if id == emptyTree(len(id)) {
		return &directory{}, nil
	}
	o.cacheMu.Lock()
	d, ok := o.cache[id]
	o.cacheMu.Unlock()
	if ok {
		return d, nil
	}
	raw, err := o.read(ctx, id, "tree", maxTreeObject)
	if err != nil {
		return nil, err
	}
	list, err := parseTree(raw, len(id)/2)
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", id, err)
	}
	d = newDirectory(list)
	o.cacheMu.Lock()
	defer o.cacheMu.Unlock()
	if o.cached += len(list); o.cached > maxCachedEntries {
		clear(o.cache)
		o.cached = len(list)
	}
	o.cache[id] = d
	return d, nil
}

// blob reads a file's content: into memory, or when it is long into a temporary file that has no name any more.
func (o *objects) blob(ctx context.Context, id objectID) (*content, error) {
	if raw, ok := o.ahead.get(id); ok {
		return inMemory(raw), nil
	}
	if err := o.ensure(ctx, []objectID{id}); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", id, err)
	}
	var c *content
	err := o.contents(ctx, id, "blob", MaxBlob, func(r io.Reader, size int64) error {
		var err error
		c, err = readContent(r, size, o.spool)
		return err
	})
	return c, err
}
