package names

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// failuresInARow is after how many failures a host is left alone, and leftAlone how long. The first failure after
	// that opens the breaker again.
	failuresInARow = 3
	leftAlone      = time.Minute

	// maxHold is how long a host may have us wait with one Retry-After.
	maxHold = 10 * time.Minute
)

// errHeld is why a host is not asked that said when to come back.
var errHeld = fmt.Errorf("%w: it wants to be left alone", errNotAsked)

// breaker leaves a host alone that does not answer, so that the names of a change do not each wait for it.
type breaker struct {
	mu       sync.Mutex
	failures int
	until    time.Time // before it, nobody asks
	held     bool      // the host said so itself
	why      error

	opened context.Context // ends when the breaker opens next; nil until somebody enters
	tell   context.CancelCauseFunc
}

// enter says why the host is not asked now. When it may be asked, what is returned ends as soon as the breaker opens.
func (b *breaker) enter(now time.Time) (opened context.Context, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case now.Before(b.until) && b.held:
		return nil, &errLater{b.until.Sub(now), errHeld}
	case now.Before(b.until):
		return nil, b.why
	}
	if b.opened == nil {
		b.opened, b.tell = context.WithCancelCause(context.Background())
	}
	return b.opened, nil
}

func (b *breaker) succeed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = 0
}

// fail counts a failure and reports whether it was the one that opened the breaker.
func (b *breaker) fail(now time.Time, why error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if b.failures < failuresInARow || now.Before(b.until) {
		return false
	}
	b.until, b.held = now.Add(leftAlone), false
	b.why = fmt.Errorf("%w for a minute after %d failures in a row, the last: %w", errNotAsked, failuresInARow, why)
	if b.opened != nil {
		b.tell(b.why)
		b.opened = nil
	}
	return true
}

// hold does as the host says that asked not to be asked for a while.
func (b *breaker) hold(now time.Time, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := now.Add(min(wait, maxHold)); until.After(b.until) {
		b.until, b.held = until, true
	}
}
