package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// errLocked is a lock that somebody else holds.
var errLocked = errors.New("is in use")

const (
	lockSuffix  = ".lock"  // held alone by who fetches into or removes a mirror
	leaseSuffix = ".lease" // shared by who reads a mirror; held alone by who removes one to make room
)

// fileLock is a lock on an open file. Each one is opened anew, so that it excludes others of this process as well as
// of another. The file itself stays: were it removed, two could hold a lock of one name.
type fileLock struct{ file *os.File }

func (l *fileLock) release() error {
	if err := l.file.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("release %s: %w", l.file.Name(), err)
	}
	return nil
}

// lock waits until nobody else fetches into a mirror.
func (m *Mirrors) lock(ctx context.Context, id int64) (*fileLock, error) {
	return m.flock(ctx, id, lockSuffix, unix.LOCK_EX)
}

// lease keeps a mirror from being removed, and notes that it is used.
func (m *Mirrors) lease(ctx context.Context, id int64) (*fileLock, error) {
	l, err := m.flock(ctx, id, leaseSuffix, unix.LOCK_SH)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if err := os.Chtimes(l.file.Name(), now, now); err != nil {
		return nil, errors.Join(fmt.Errorf("note the use of a mirror: %w", err), l.release())
	}
	return l, nil
}

// flock waits for a lock. The kernel would wait too, but not for a context.
func (m *Mirrors) flock(ctx context.Context, id int64, suffix string, how int) (*fileLock, error) {
	for wait := time.Millisecond; ; wait = min(2*wait, 25*time.Millisecond) {
		l, err := m.tryLock(id, suffix, how)
		if !errors.Is(err, errLocked) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the mirror of repository %d: %w", id, context.Cause(ctx))
		case <-time.After(wait):
		}
	}
}

// tryLock takes a lock, or returns errLocked.
func (m *Mirrors) tryLock(id int64, suffix string, how int) (*fileLock, error) {
	path := filepath.Join(m.dir, strconv.FormatInt(id, 10)+suffix)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock a mirror: %w", err)
	}
	for {
		err = unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		if err != unix.EINTR {
			break
		}
	}
	if err == unix.EWOULDBLOCK {
		err = errLocked
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return &fileLock{f}, nil
}
