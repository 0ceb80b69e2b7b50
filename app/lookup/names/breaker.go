package names

import (
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
}

// open says why the host is not asked now; nil when it may be.
func (b *breaker) open(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !now.Before(b.until):
		return nil
	case b.held:
		return &errLater{b.until.Sub(now), errHeld}
	}
	return b.why
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
