package advisories

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/assay-app/assay/app/lookup/internal/record"
)

// builder collects records in any order and writes an index of them.
type builder struct {
	dir    string // of the index; what is written on the way is beside it
	enrich enrichment

	mu     sync.Mutex
	sorted sorter
	buffer []byte
	key    []byte
}

// temporary is the pattern of files that are not yet an index. They are beside it, since a file can be renamed only
// within one file system.
const temporary = ".advisories-*.tmp"

// abandonedAfter is the age at which such a file belongs to no program that still runs.
const abandonedAfter = 24 * time.Hour

func newBuilder(dir string, enrich enrichment) *builder {
	return &builder{dir: dir, enrich: enrich, sorted: sorter{dir: dir, limit: maxSpill}}
}

func (b *builder) close() { b.sorted.close() }

// add takes what an advisory says of a package. It may be called by several goroutines.
func (b *builder) add(ecosystem, name string, r *record.Record) error {
	b.enrich.apply(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.key = append(append(append(b.key[:0], packageKey(ecosystem, name)...), 0), r.ID...)
	b.buffer = appendRecord(b.buffer[:0], r)
	return b.sorted.add(b.key, b.buffer)
}

const (
	// batchBytes is how much one transaction writes; bbolt holds it in memory twice.
	batchBytes = 4 << 20
	// maxPackage bounds the records of one package, which are read together.
	maxPackage = 32 << 20
)

// write sorts what was added into a new index and puts that in its place. Whoever looks sees the old one or the new one.
func (b *builder) write(path string, about *About) (err error) {
	file, err := os.CreateTemp(b.dir, temporary)
	if err != nil {
		return err
	}
	defer func() {
		file.Close()
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	end, err := b.pages(file.Name(), about)
	if err != nil {
		return err
	}
	if err := file.Truncate(end); err != nil {
		return err
	}
	if err := seal(file); err != nil {
		return err
	}
	if err := file.Chmod(0o644); err != nil { // everything in it is public
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	return syncFolder(b.dir)
}

// pages writes the bbolt file, and says where its pages end.
func (b *builder) pages(name string, about *About) (end int64, err error) {
	db, err := bbolt.Open(name, 0o600, &bbolt.Options{NoSync: true, NoFreelistSync: true, NoStatistics: true, FreelistType: bbolt.FreelistMapType, Timeout: lockTimeout})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w := writer{db: db}
	if err := b.sorted.each(w.add); err != nil {
		w.abandon()
		return 0, err
	}
	if err := w.flush(); err != nil {
		w.abandon()
		return 0, err
	}
	if err := w.commit(); err != nil {
		return 0, err
	}
	for i := range about.Ecosystems {
		about.Ecosystems[i].Packages = w.packages[about.Ecosystems[i].Name]
	}
	text, err := json.Marshal(about)
	if err != nil {
		return 0, err
	}
	return w.finish(text)
}

// writer joins the records of a package, and writes packages in the order of their keys.
type writer struct {
	db       *bbolt.DB
	tx       *bbolt.Tx
	bucket   *bbolt.Bucket
	written  int // bytes since the transaction began
	name     []byte
	records  []byte
	packages map[string]int // by ecosystem
}

// add takes a record. Its key is that of the package, a zero byte, and the record's id, in which no zero byte is.
func (w *writer) add(key, value []byte) error {
	name := key[:bytes.LastIndexByte(key, 0)]
	if !bytes.Equal(name, w.name) {
		if err := w.flush(); err != nil {
			return err
		}
		w.name = append(w.name[:0], name...)
	}
	w.records = append(binary.AppendUvarint(w.records, uint64(len(value))), value...)
	if len(w.records) > maxPackage {
		return fmt.Errorf("more than %d MiB of advisories about %q", maxPackage>>20, w.name)
	}
	return nil
}

// flush writes the package that is complete.
func (w *writer) flush() (err error) {
	if len(w.records) == 0 {
		return nil
	}
	if w.tx == nil {
		if w.tx, err = w.db.Begin(true); err != nil {
			return err
		}
		if w.bucket, err = w.tx.CreateBucketIfNotExists(packagesBucket); err != nil {
			return err
		}
		w.bucket.FillPercent = 1 // nothing will ever come between
	}
	value := sealed(w.records)
	if err := w.bucket.Put(w.name, value); err != nil {
		return err
	}
	if w.packages == nil {
		w.packages = map[string]int{}
	}
	ecosystem, _, _ := bytes.Cut(w.name, []byte{0})
	w.packages[string(ecosystem)]++
	w.records = w.records[:0]
	if w.written += len(w.name) + len(value); w.written < batchBytes {
		return nil
	}
	return w.commit()
}

func (w *writer) commit() error {
	if w.tx == nil {
		return nil
	}
	tx := w.tx
	w.tx, w.bucket, w.written = nil, nil, 0
	return tx.Commit()
}

func (w *writer) abandon() {
	if w.tx != nil {
		_ = w.tx.Rollback() // the file is thrown away
	}
}

// finish writes what the index says of itself.
func (w *writer) finish(about []byte) (end int64, err error) {
	err = w.db.Update(func(tx *bbolt.Tx) error {
		if _, err := tx.CreateBucketIfNotExists(packagesBucket); err != nil {
			return err
		}
		bucket, err := tx.CreateBucketIfNotExists(aboutBucket)
		if err != nil {
			return err
		}
		return bucket.Put(aboutKey, about)
	})
	if err != nil {
		return 0, err
	}
	err = w.db.View(func(tx *bbolt.Tx) error {
		end = tx.Size()
		return nil
	})
	return end, err
}

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// sweep removes what programs left behind that were killed while they built an index.
func sweep(dir string, now time.Time) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // building will say so
	}
	for _, entry := range entries {
		if ours, _ := filepath.Match(temporary, entry.Name()); !ours || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && now.Sub(info.ModTime()) > abandonedAfter {
			_ = os.Remove(filepath.Join(dir, entry.Name())) // somebody else may have been faster
		}
	}
}
