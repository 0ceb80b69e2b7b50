package advisories

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/assay-app/assay/app/lookup/internal/record"
)

// Options say what to build an index of.
type Options struct {
	Path       string   // of the index
	From       string   // a folder, or an address; DefaultSource when empty
	Ecosystems []string // those of [Ecosystems] when empty
	KEV, EPSS  string   // an operator's files; none when empty

	Transport http.RoundTripper // for addresses; the default one, which knows proxies, when nil
	Progress  func(string)      // is told the ecosystem that is next; may be nil
}

// Update is what an update did.
type Update struct {
	About     About
	Missing   []string         // ecosystems of which the source has no archive
	Unchanged []string         // those that were taken over from the index before
	Problems  map[string]error // the first unreadable member, of ecosystems that have some
}

// OptionError is something wrong in the options, which trying again does not help.
type OptionError struct{ Err error }

func (e OptionError) Error() string { return e.Err.Error() }

func (e OptionError) Unwrap() error { return e.Err }

// Run fetches advisories, builds an index of them and puts it in the place of the one before, which stays when anything
// goes wrong.
func Run(ctx context.Context, o Options) (*Update, error) {
	dir := filepath.Dir(o.Path)
	if o.From == "" {
		o.From = DefaultSource
	}
	if len(o.Ecosystems) == 0 {
		o.Ecosystems = Ecosystems()
	}
	for _, name := range o.Ecosystems {
		if !slices.Contains(Ecosystems(), name) {
			return nil, OptionError{fmt.Errorf("no advisories of %q can be matched; known are %s", name, strings.Join(Ecosystems(), ", "))}
		}
	}
	from, err := parseSource(o.From, dir, o.Transport)
	if err != nil {
		return nil, OptionError{fmt.Errorf("advisories from %q: %w", o.From, err)}
	}
	enrich, err := readEnrichment(o.KEV, o.EPSS)
	if err != nil {
		return nil, OptionError{err}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	now := time.Now()
	sweep(dir, now)
	before := indexBefore(o.Path, from.String())
	if before != nil {
		defer before.Close()
	}
	b := newBuilder(dir, enrich)
	defer b.close()
	u := &Update{Problems: map[string]error{}}
	u.About = About{Source: from.String(), KEV: len(enrich.exploited), EPSS: len(enrich.epss)}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(o.Ecosystems))) {
		if o.Progress != nil {
			o.Progress(name)
		}
		if err := u.ecosystem(ctx, name, from, before, b); err != nil {
			return nil, fmt.Errorf("advisories of %s from %s: %w", name, from, err)
		}
	}
	if len(u.About.Ecosystems) == 0 {
		return nil, fmt.Errorf("advisories from %s: there is no %s of any ecosystem", from, archiveName)
	}
	u.About.Built = now.UTC()
	for _, e := range u.About.Ecosystems {
		if e.Fetched.Before(u.About.Built) {
			u.About.Built = e.Fetched
		}
	}
	if err := b.write(o.Path, &u.About); err != nil {
		return nil, fmt.Errorf("build the advisory index %s: %w", o.Path, err)
	}
	return u, nil
}

// indexBefore opens the index in place, when parts of it can be taken over.
func indexBefore(path, source string) *Index {
	x, err := Open(path)
	if err != nil {
		return nil // then all is fetched
	}
	if x.about.Source != source {
		x.Close()
		return nil
	}
	return x
}

// ecosystem adds the advisories of one ecosystem.
func (u *Update) ecosystem(ctx context.Context, name string, from source, before *Index, b *builder) error {
	var known *Ecosystem
	if before != nil {
		for i := range before.about.Ecosystems {
			if e := &before.about.Ecosystems[i]; e.Name == name {
				known = e
			}
		}
	}
	file, err := from.fetch(ctx, name, known)
	switch {
	case errors.Is(err, errMissing):
		u.Missing = append(u.Missing, name)
		return nil
	case errors.Is(err, errUnchanged):
		if err := before.each(name, func(pkg string, r *record.Record) error { return b.add(name, pkg, r) }); err != nil {
			return err
		}
		same := *known
		same.Fetched = time.Now().UTC().Truncate(time.Second)
		u.About.Ecosystems = append(u.About.Ecosystems, same)
		u.Unchanged = append(u.Unchanged, name)
		return nil
	case err != nil:
		return err
	}
	defer file.Close()
	a, err := readArchive(ctx, file, file.size, name, b)
	if err != nil {
		return err
	}
	if a.first != nil {
		u.Problems[name] = a.first
	}
	u.About.Ecosystems = append(u.About.Ecosystems, Ecosystem{
		Name: name, Records: a.records, Withdrawn: a.withdrawn, Unreadable: a.unreadable,
		Fetched: earlier(file.at, time.Now()).UTC().Truncate(time.Second), ETag: file.etag, LastModified: file.lastModified,
	})
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// each gives all records of an ecosystem.
func (x *Index) each(ecosystem string, do func(pkg string, r *record.Record) error) error {
	return guarded(func() error {
		x.mu.Lock()
		defer x.mu.Unlock()
		prefix := packageKey(ecosystem, "")
		cursor := x.packages.Cursor()
		for key, value := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = cursor.Next() {
			text, err := unsealed(value)
			if err != nil {
				return err
			}
			records, err := readRecords(text)
			if err != nil {
				return err
			}
			for i := range records {
				if err := do(string(key[len(prefix):]), &records[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// IsMissing reports whether an error of [Open] says that there is no index.
func IsMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
