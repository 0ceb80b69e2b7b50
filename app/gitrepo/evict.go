package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// goneSuffix marks a mirror that is being removed, newSuffix one that is being made.
const (
	goneSuffix = ".gone"
	newSuffix  = ".new"
)

// create makes an empty mirror unless there is one.
func (f *fetcher) create(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(f.path, "objects")); err == nil {
		return nil
	}
	lock, err := f.mirrors.lock(ctx, f.request.RepositoryID)
	if err != nil {
		return err
	}
	defer lock.release()
	if _, err := os.Stat(filepath.Join(f.path, "objects")); err == nil {
		return nil // somebody was faster
	}
	fresh := f.path + newSuffix
	if err := errors.Join(os.RemoveAll(fresh), os.RemoveAll(f.path)); err != nil {
		return fmt.Errorf("make a mirror: %w", err)
	}
	format := "sha1"
	if len(f.request.Head) == 64 {
		format = "sha256"
	}
	if _, err := f.mirrors.git.output(ctx, nil, "init", "--quiet", "--bare", "--template=", "--object-format="+format, fresh); err != nil {
		return fmt.Errorf("make a mirror: %w", err)
	}
	if err := os.Rename(fresh, f.path); err != nil {
		return fmt.Errorf("make a mirror: %w", err)
	}
	return nil
}

// discard removes a mirror.
func (m *Mirrors) discard(ctx context.Context, id int64) error {
	lock, err := m.lock(ctx, id)
	if err != nil {
		return err
	}
	defer lock.release()
	return m.remove(id)
}

// remove removes a mirror whose lock the caller holds. It is renamed first, so that none is ever half there.
func (m *Mirrors) remove(id int64) error {
	path := m.path(id)
	err := errors.Join(os.RemoveAll(path+goneSuffix), os.RemoveAll(path+newSuffix))
	if err == nil {
		err = os.Rename(path, path+goneSuffix)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err == nil {
		err = os.RemoveAll(path + goneSuffix)
	}
	if err != nil {
		return fmt.Errorf("remove the mirror of repository %d: %w", id, err)
	}
	return nil
}

// kept is a mirror on disk.
type kept struct {
	id    int64
	bytes int64
	used  time.Time
}

// evict removes the least recently used mirrors until the others fit in MaxBytes. One that is leased stays.
func (m *Mirrors) evict() error {
	mirrors, err := m.list()
	if err != nil {
		return err
	}
	var total int64
	for _, k := range mirrors {
		total += k.bytes
	}
	slices.SortFunc(mirrors, func(a, b kept) int { return a.used.Compare(b.used) })
	for _, k := range mirrors {
		if total <= m.options.MaxBytes {
			return nil
		}
		removed, err := m.removeUnused(k.id)
		if err != nil {
			return err
		}
		if removed {
			total -= k.bytes
		}
	}
	return nil
}

// maxPacks is how many packs a mirror may have. Every fetch adds one; among hundreds git's look-ups get slow.
const maxPacks = 256

// renew removes a mirror that has too many packs, unless it is in use: fetching it anew takes about as long as packing
// it together would, and leaves out what nobody needs any more.
func (m *Mirrors) renew(id int64) error {
	packs, err := filepath.Glob(filepath.Join(quoteGlob(m.path(id)), "objects", "pack", "*.pack"))
	if err != nil || len(packs) <= maxPacks {
		return err
	}
	_, err = m.removeUnused(id)
	return err
}

// removeUnused removes a mirror that nobody reads or fetches into.
func (m *Mirrors) removeUnused(id int64) (bool, error) {
	lease, err := m.tryLock(id, leaseSuffix, unix.LOCK_EX)
	if errors.Is(err, errLocked) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer lease.release()
	lock, err := m.tryLock(id, lockSuffix, unix.LOCK_EX)
	if errors.Is(err, errLocked) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer lock.release()
	return true, m.remove(id)
}

// list finds the mirrors on disk.
func (m *Mirrors) list() ([]kept, error) {
	var mirrors []kept
	err := m.each(func(id int64, name string) {
		k := kept{id: id, bytes: diskBytes(filepath.Join(m.dir, name))}
		if at, err := os.Stat(filepath.Join(m.dir, strconv.FormatInt(id, 10)+leaseSuffix)); err == nil {
			k.used = at.ModTime()
		}
		mirrors = append(mirrors, k)
	})
	return mirrors, err
}

// Repositories are the ids of the repositories of which there is a mirror, or what is left of one.
func (m *Mirrors) Repositories() ([]int64, error) {
	var ids []int64
	err := m.each(func(id int64, _ string) { ids = append(ids, id) })
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// each names the directories of mirrors.
func (m *Mirrors) each(found func(id int64, name string)) error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return fmt.Errorf("list mirrors: %w", err)
	}
	for _, e := range entries {
		digits, ok := strings.CutSuffix(strings.TrimSuffix(e.Name(), goneSuffix), ".git")
		if id, err := strconv.ParseInt(digits, 10, 64); ok && err == nil {
			found(id, e.Name())
		}
	}
	return nil
}

// diskBytes is the size of all files below a directory; those that vanish meanwhile count nothing.
func diskBytes(dir string) int64 {
	var sum int64
	// The walk itself cannot fail: what cannot be read is passed over.
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if at, err := e.Info(); err == nil && at.Mode().IsRegular() {
			sum += at.Size()
		}
		return nil
	})
	return sum
}
