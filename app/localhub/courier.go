package localhub

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// courier carries webhooks to their receivers, one after another, so that a test sees them in the order of what
// happened. (GitHub promises no order; redeliver an old one to test that.)
type courier struct {
	hub    *Hub
	client *http.Client
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	changed *sync.Cond
	waiting []*Delivery
	held    bool
	busy    bool
	closed  bool
}

func newCourier(h *Hub) *courier {
	ctx, cancel := context.WithCancel(context.Background())
	c := &courier{hub: h, cancel: cancel, done: make(chan struct{}), client: &http.Client{
		Transport: &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
		// GitHub does not follow redirects.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	c.changed = sync.NewCond(&c.mu)
	go c.run(ctx)
	return c
}

func (c *courier) add(d *Delivery) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, d)
	c.changed.Broadcast()
}

func (c *courier) run(ctx context.Context) {
	defer close(c.done)
	for {
		c.mu.Lock()
		c.busy = false
		c.changed.Broadcast()
		for !c.closed && (c.held || len(c.waiting) == 0) {
			c.changed.Wait()
		}
		if c.closed {
			c.mu.Unlock()
			return
		}
		next := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.busy = true
		c.mu.Unlock()
		c.hub.post(ctx, c.client, next)
	}
}

func (c *courier) close() {
	c.mu.Lock()
	c.closed = true
	c.changed.Broadcast()
	c.mu.Unlock()
	c.cancel()
	<-c.done
	c.client.CloseIdleConnections()
}

// HoldWebhooks keeps webhooks back until ReleaseWebhooks.
func (h *Hub) HoldWebhooks() { h.courier.hold(true) }

// ReleaseWebhooks sends what HoldWebhooks kept back.
func (h *Hub) ReleaseWebhooks() { h.courier.hold(false) }

func (c *courier) hold(held bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = held
	c.changed.Broadcast()
}

// Flush waits until every webhook so far was answered or given up.
func (h *Hub) Flush() {
	c := h.courier
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closed && (c.busy || len(c.waiting) > 0 && !c.held) {
		c.changed.Wait()
	}
}
