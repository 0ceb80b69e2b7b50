package gitrepo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
)

const (
	// maxAheadFile is the largest file, in bytes, that is read before somebody opens it.
	maxAheadFile = 64 << 10
	// maxAheadBytes is how much one review holds of such files; what comes after that is read when it is opened.
	maxAheadBytes = 8 << 20
)

// readAhead holds small files that were read together. To ask git for one at a time takes two changes of process for
// each, and on a busy machine the time is that of waiting for those.
type readAhead struct {
	mu    sync.Mutex
	files map[objectID][]byte
	bytes int64
}

func (a *readAhead) get(id objectID) ([]byte, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	raw, ok := a.files[id]
	return raw, ok
}

// reserve makes room for a file of that size, unless it is held, or does not fit.
func (a *readAhead) reserve(id objectID, size int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, held := a.files[id]; held || size > maxAheadFile || a.bytes+size > maxAheadBytes {
		return false
	}
	a.bytes += size
	return true
}

func (a *readAhead) put(id objectID, raw []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.files == nil {
		a.files = map[objectID][]byte{}
	}
	a.files[id] = raw
}

// readAhead reads those of the blobs that are here and small.
func (o *objects) readAhead(ctx context.Context, blobs []objectID) error {
	facts, err := o.facts(ctx, blobs)
	if err != nil {
		return err
	}
	var small []objectID
	for i, fact := range facts {
		if fact.kind == "blob" && o.ahead.reserve(blobs[i], fact.size) {
			small = append(small, blobs[i])
		}
	}
	for len(small) > 0 {
		some := small[:min(infoBatch, len(small))] // as many questions as the pipe takes before an answer is read
		small = small[len(some):]
		if err := o.converse(ctx, func(p *catFile) error { return o.takeAhead(p, some) }); err != nil {
			return err
		}
	}
	return nil
}

// takeAhead asks for all of the blobs and then reads them.
func (o *objects) takeAhead(p *catFile, blobs []objectID) error {
	var ask strings.Builder
	for _, id := range blobs {
		fmt.Fprintf(&ask, "contents %s\n", id)
	}
	if _, err := io.WriteString(p.in, ask.String()); err != nil {
		return err
	}
	for _, id := range blobs {
		kind, size, err := p.header(id)
		if err != nil {
			return err
		}
		if kind != "blob" || size > maxAheadFile {
			return fmt.Errorf("asked for the small file %s, was given a %s of %d bytes", id, kind, size)
		}
		raw := make([]byte, size+1)
		if _, err := io.ReadFull(p.out, raw); err != nil {
			return err
		}
		if raw[size] != '\n' {
			return fmt.Errorf("blob %s does not end where it should", id)
		}
		o.ahead.put(id, raw[:size:size])
	}
	return nil
}
