// Package advisories answers which public advisories hold for which packages, from an index on disk.
//
// [Update] builds the index from OSV's exports, one archive an ecosystem, and puts it in the place of the one before in
// one step. A built index never changes; whoever has it open keeps it. It is a bbolt file with a checksum behind it:
// what is damaged, cut off or of another format is refused with a reason, and is never an answer.
package advisories

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Result answers a question about versions of packages.
type Result = record.Result

// Ecosystems are those that an index is built of unless somebody names others.
func Ecosystems() []string { return record.Ecosystems() }

// Index is an open index. It may be used by several goroutines at the same time.
type Index struct {
	db    *bbolt.DB
	tx    *bbolt.Tx // the one transaction; a panic where one begins would leave bbolt's locks locked
	about About
	file  os.FileInfo
	path  string
	held  map[string]bool // ecosystems in it

	mu       sync.Mutex // of what is read through the transaction
	packages *bbolt.Bucket
}

// About is what an index says of itself.
type About struct {
	Built      time.Time   `json:"built"`  // when the oldest part of its data was fetched
	Source     string      `json:"source"` // folder or address
	Ecosystems []Ecosystem `json:"ecosystems"`
	KEV        int         `json:"kev,omitempty"`  // known exploited vulnerabilities, when there was a catalogue
	EPSS       int         `json:"epss,omitempty"` // scored vulnerabilities, when there were scores
}

// Ecosystem is one ecosystem's part in an index.
type Ecosystem struct {
	Name       string    `json:"name"`
	Records    int       `json:"records"`              // advisories
	Packages   int       `json:"packages"`             // that they are about
	Withdrawn  int       `json:"withdrawn,omitempty"`  // advisories left out since their authors took them back
	Unreadable int       `json:"unreadable,omitempty"` // members of the archive that are no advisory
	Fetched    time.Time `json:"fetched"`

	// ETag and LastModified are the server's, to fetch the archive again only when it has changed.
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
}

// Records is how many advisories there are in all. One that is about two ecosystems counts in each.
func (a About) Records() int {
	n := 0
	for _, e := range a.Ecosystems {
		n += e.Records
	}
	return n
}

// The buckets of the file. Packages are under ecosystem, a zero byte, and name.
var (
	packagesBucket = []byte("packages")
	aboutBucket    = []byte("about")
	aboutKey       = []byte("about")
)

// lockTimeout is how long to wait for whoever holds the file for writing. Nobody should.
const lockTimeout = time.Second

// Open checks the whole file and opens it for reading. That there is none is [fs.ErrNotExist].
func Open(path string) (*Index, error) {
	x, err := open(path)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err // the path is said once
		}
		return nil, fmt.Errorf("advisory index %s: %w", path, err)
	}
	return x, nil
}

func open(path string) (x *Index, err error) {
	file, err := openVerified(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	x = &Index{path: path, file: info, held: map[string]bool{}}
	if err := guarded(func() error { return x.begin(file) }); err != nil {
		if x.db != nil {
			x.Close()
		}
		return nil, err
	}
	for _, e := range x.about.Ecosystems {
		x.held[e.Name] = true
	}
	return x, nil
}

// begin hands the file to bbolt, which closes it from here on.
func (x *Index) begin(file *os.File) (err error) {
	x.db, err = bbolt.Open(file.Name(), 0, &bbolt.Options{
		ReadOnly: true, Timeout: lockTimeout, NoStatistics: true,
		OpenFile: func(string, int, os.FileMode) (*os.File, error) { return file, nil },
	})
	if errors.Is(err, berrors.ErrTimeout) {
		return errors.New("another program has locked it")
	}
	if err != nil {
		return err
	}
	if x.tx, err = x.db.Begin(false); err != nil {
		return err
	}
	about := x.tx.Bucket(aboutBucket)
	if x.packages = x.tx.Bucket(packagesBucket); about == nil || x.packages == nil {
		return errDamaged
	}
	return json.Unmarshal(about.Get(aboutKey), &x.about)
}

// guarded runs what reads the mapped file. bbolt trusts what it reads; a page that is no longer what was checked, since
// somebody wrote into the file or cut it off, ends in a panic or a fault, and is an error here.
func guarded(read func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the file was changed while it was open: %v", cause)
		}
	}()
	return read()
}

// Close lets go of the file.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.tx != nil {
		_ = x.tx.Rollback() // closed twice
	}
	return x.db.Close()
}

// About says what is in the index.
func (x *Index) About() About { return x.about }

// Replaced reports whether another file is in the place of the index by now, or somebody wrote into this one.
func (x *Index) Replaced() bool {
	now, err := os.Stat(x.path)
	return err != nil || !os.SameFile(x.file, now) || now.Size() != x.file.Size() || !now.ModTime().Equal(x.file.ModTime())
}

// Database says where the answers come from.
func (x *Index) Database() judge.Database {
	return judge.Database{Source: "index", Built: x.about.Built, Records: x.about.Records()}
}

// Lookup says which advisories hold for versions of packages. An error means that the index cannot be read any more.
func (x *Index) Lookup(ctx context.Context, refs []judge.Ref) (Result, error) {
	result := record.NewResult()
	if err := x.lookup(ctx, refs, &result); err != nil {
		return Result{}, fmt.Errorf("advisory index %s: %w", x.path, err)
	}
	return result, nil
}

func (x *Index) lookup(ctx context.Context, refs []judge.Ref, result *Result) error {
	known := map[judge.Name][]record.Record{}
	asked := make(map[judge.Ref]bool, len(refs))
	for _, ref := range refs {
		if asked[ref] {
			continue
		}
		asked[ref] = true
		if err := ctx.Err(); err != nil {
			return err
		}
		if ecosystem := record.Ecosystem(ref.Ecosystem); !x.held[ecosystem] {
			result.Add(ref, "the index holds no advisories of "+orNone(ecosystem))
			continue
		}
		records, read := known[ref.Name]
		if !read {
			var err error
			if records, err = x.records(ref.Name); err != nil {
				return err
			}
			if records == nil {
				continue
			}
			known[ref.Name] = records
		}
		judged := record.Judge(ref, records)
		if len(judged.Advisories) > 0 {
			result.Advisories[ref] = judged.Advisories
		}
		if judged.Safe != "" {
			result.Safe[ref] = judged.Safe
		}
		if judged.Unknown != "" {
			result.Add(ref, judged.Unknown)
		}
	}
	return nil
}

// records gives all records of a package, and nil when there are none.
func (x *Index) records(name judge.Name) ([]record.Record, error) {
	var text string
	err := guarded(func() (err error) {
		x.mu.Lock()
		defer x.mu.Unlock()
		if value := x.packages.Get(packageKey(name.Ecosystem, name.Name)); value != nil {
			text, err = unsealed(value)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return readRecords(text)
}

func orNone(ecosystem string) string {
	if ecosystem == "" || len(ecosystem) > record.MaxID {
		return "such an ecosystem"
	}
	return ecosystem
}

// packageKey is where the records of a package are.
func packageKey(ecosystem, name string) []byte {
	return []byte(record.Ecosystem(ecosystem) + "\x00" + record.Name(ecosystem, name))
}
