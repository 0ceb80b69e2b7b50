//go:build linux

package analyse

import (
	"errors"
	"io/fs"
	"sync"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
)

const (
	cacheBytes    = 64 << 20 // of file content that the child keeps: both sides of an ordinary change
	entryOverhead = 256      // what an entry costs besides its content, counted so that empty files are bounded too
)

// cached is a file's answer, perhaps still on its way.
type cached struct {
	came   chan struct{} // closed when the rest is set
	opened protocol.Opened
	err    error
}

func (e *cached) resolve(body []byte, err error) {
	defer close(e.came)
	if err == nil {
		e.opened, err = protocol.ParseOpened(body)
	}
	e.err = err
}

// whole reports whether nothing is left to ask. A file that is still lent, or that was too long to be sent ahead, is not;
// nor is one that failed in a way that may pass.
func (e *cached) whole() bool {
	if e.err != nil {
		return errors.Is(e.err, fs.ErrNotExist) || errors.Is(e.err, protocol.ErrRefused)
	}
	if !e.opened.Mode.IsRegular() {
		return true
	}
	return e.opened.FileID == 0 && int64(len(e.opened.First)) == e.opened.Size
}

func (e *cached) cost() int { return entryOverhead + len(e.opened.First) }

// cache keeps whole files, the oldest leaving first.
type cache struct {
	mu      sync.Mutex
	entries map[protocol.FileName]*cached
	order   []protocol.FileName // of those that have come
	bytes   int
	total   int // of all that ever came
}

func (c *cache) get(name protocol.FileName) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[name]
}

func (c *cache) received() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// reserve announces an entry on its way; false when there is one already.
func (c *cache) reserve(name protocol.FileName, e *cached) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[name] != nil {
		return false
	}
	c.entries[name] = e
	return true
}

// settle counts an entry that has come, or forgets it when it is of no use.
func (c *cache) settle(name protocol.FileName, e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !e.whole() {
		delete(c.entries, name)
		return
	}
	c.count(name, e)
}

// put adds an entry that has come.
func (c *cache) put(name protocol.FileName, e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[name] != nil {
		return
	}
	c.entries[name] = e
	c.count(name, e)
}

func (c *cache) count(name protocol.FileName, e *cached) {
	c.order = append(c.order, name)
	c.bytes += e.cost()
	c.total += e.cost()
	for c.bytes > cacheBytes {
		oldest := c.order[0]
		c.order = c.order[1:]
		c.bytes -= c.entries[oldest].cost()
		delete(c.entries, oldest)
	}
}
