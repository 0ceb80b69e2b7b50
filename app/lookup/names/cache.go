package names

import (
	"container/list"
	"sync"
	"time"
)

// maxCacheBytes holds some ten thousand packages with their versions.
const maxCacheBytes = 32 << 20

// entry is an answer, or why there was none.
type entry struct {
	record
	reason  error
	asked   time.Time
	expires time.Time // from then on it is only good to ask again with
}

// cache keeps the answers used last, as many as fit.
type cache struct {
	mu      sync.Mutex
	max     int
	bytes   int
	order   *list.List // of *cached, the one used last in front
	entries map[string]*list.Element
}

type cached struct {
	key string
	entry
}

func (c *cached) weight() int { return 200 + 2*len(c.key) + c.record.bytes() }

func newCache(maxBytes int) *cache {
	return &cache{max: maxBytes, order: list.New(), entries: map[string]*list.Element{}}
}

func (c *cache) get(key string) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return entry{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).entry, true
}

func (c *cache) put(key string, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[key]; ok {
		c.remove(old)
	}
	item := &cached{key, e}
	c.entries[key] = c.order.PushFront(item)
	c.bytes += item.weight()
	for c.bytes > c.max && c.order.Len() > 1 {
		c.remove(c.order.Back())
	}
}

func (c *cache) remove(e *list.Element) {
	item := c.order.Remove(e).(*cached)
	delete(c.entries, item.key)
	c.bytes -= item.weight()
}
