package queue

import (
	"fmt"
	"time"
)

// Snooze is returned by a worker that cannot go on now and knows when it can, such as when GitHub names a time. The
// job runs again after at least d, and the attempt is not counted.
func Snooze(d time.Duration) error { return snooze{max(d, 0)} }

type snooze struct{ after time.Duration }

func (s snooze) Error() string { return fmt.Sprintf("to be run again after %v", s.after) }

// Permanent is returned by a worker for an error that no further attempt can mend. The job fails at once.
func Permanent(err error) error { return permanent{err} }

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }
