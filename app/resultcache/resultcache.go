// Package resultcache keeps what was found in files, in a folder, from one run on the command line to the next. It is a
// convenience: any of it may be deleted at any time, and whatever goes wrong with it costs time and no finding.
package resultcache

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assay-app/assay/app/analyse"
)

const (
	// MaxBytes bounds the folder, in bytes on the disk. Entries that nobody asked for in the longest time leave first.
	MaxBytes = 256 << 20

	// maxEntry bounds an entry, in bytes: a result with the names of all that it depends on.
	maxEntry = 8 << 20

	block = 4 << 10 // of the disk: the least that a file takes

	// fresh is how old the time of an entry's last use may be before it is written anew.
	fresh = time.Hour

	extension = ".result"
)

// Folder is an open cache. Several processes may use one folder at a time.
type Folder struct {
	dir     string
	max     int64
	written atomic.Bool
}

// Open opens a folder, and makes it if it is not there. Only its owner can read it, for it quotes code.
func Open(dir string) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("open the cache of results: %w", err)
	}
	return &Folder{dir: dir, max: MaxBytes}, nil
}

// place is where an entry lies: entries are spread over 256 folders.
func (f *Folder) place(key analyse.ResultKey) (dir, name string) {
	id := hex.EncodeToString(key[:])
	dir = filepath.Join(f.dir, id[:2])
	return dir, filepath.Join(dir, id[2:]+extension)
}

// Get implements [analyse.ResultStore].
func (f *Folder) Get(key analyse.ResultKey) ([]byte, bool) {
	_, name := f.place(key)
	file, err := os.Open(name)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	all, err := io.ReadAll(io.LimitReader(file, maxEntry+sha256.Size+1))
	if err != nil || len(all) < sha256.Size || len(all) > maxEntry+sha256.Size {
		return nil, false
	}
	entry := all[sha256.Size:]
	if is := sha256.Sum256(entry); !bytes.Equal(is[:], all[:sha256.Size]) {
		return nil, false // cut short when the disk was full, or the machine went down
	}
	if stat, err := file.Stat(); err == nil && time.Since(stat.ModTime()) > fresh {
		_ = os.Chtimes(name, time.Time{}, time.Now()) // it leaves earlier otherwise
	}
	return entry, true
}

// Put implements [analyse.ResultStore].
func (f *Folder) Put(key analyse.ResultKey, entry []byte) {
	if len(entry) > maxEntry {
		return
	}
	dir, name := f.place(key)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return
	}
	file, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return
	}
	f.written.Store(true)
	sum := sha256.Sum256(entry)
	_, err = file.Write(append(sum[:], entry...))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // or Close does
	}
}

// kept is an entry as it lies on the disk.
type kept struct {
	name string
	size int64
	used time.Time
}

// Close brings the folder down to its bound if something was added. The error says what could not be removed.
func (f *Folder) Close() error {
	if !f.written.Load() {
		return nil
	}
	entries, total, err := f.list()
	if err != nil {
		return fmt.Errorf("tidy the cache of results: %w", err)
	}
	slices.SortFunc(entries, func(a, b kept) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.name, b.name)) })
	var errs []error
	for _, e := range entries {
		if total <= f.max {
			break
		}
		total -= e.size
		if err := os.Remove(e.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("tidy the cache of results: %w", err))
		}
	}
	return errors.Join(errs...)
}

// list finds all entries, and what was left of some that were never finished.
func (f *Folder) list() (entries []kept, total int64, err error) {
	folders, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, 0, err
	}
	for _, folder := range folders {
		if len(folder.Name()) != 2 || !folder.IsDir() {
			continue // not ours
		}
		files, err := os.ReadDir(filepath.Join(f.dir, folder.Name()))
		if err != nil {
			return nil, 0, err
		}
		for _, file := range files {
			ours := strings.HasSuffix(file.Name(), extension) || strings.HasPrefix(file.Name(), "new-")
			stat, err := file.Info()
			if !ours || err != nil || !stat.Mode().IsRegular() {
				continue // gone meanwhile, or not ours
			}
			size := (stat.Size() + block - 1) / block * block
			entries = append(entries, kept{filepath.Join(f.dir, folder.Name(), file.Name()), size, stat.ModTime()})
			total += size
		}
	}
	return entries, total, nil
}
