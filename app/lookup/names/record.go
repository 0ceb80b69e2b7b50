package names

import (
	"slices"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

const (
	// maxVersions is how many versions of one package are kept; the packages with most have some thousands. Of more,
	// those that are not kept are neither there nor missing.
	maxVersions = 20_000

	// maxVersionChars is longer than any version that a registry takes.
	maxVersionChars = 256
)

// record is what a place knows of a name.
type record struct {
	state    judge.State
	first    time.Time // of the first release; zero when not told
	releases int       // 0 when not told
	versions []string  // sorted
	more     bool      // there are other versions than these
	module   string    // Go: the module that a package path belongs to
	name     string    // that was asked about, where etag is an answer's: a module, or another spelling
	etag     string    // of the answer; empty when there is none to ask again with
}

// releases gathers what an answer tells of the releases of a package, in any order.
type releases struct {
	versions []string
	dropped  int
	first    time.Time
}

// add takes a release; published is zero when not told.
func (r *releases) add(version string, published time.Time) {
	r.at(published)
	switch {
	case version == "":
	case len(r.versions) >= maxVersions || len(version) > maxVersionChars:
		r.dropped++
	default:
		r.versions = append(r.versions, version)
	}
}

// earliest is before every package registry. Some write a time before it for what is unlisted.
var earliest = time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC)

// at takes the time of a release whose version is told elsewhere.
func (r *releases) at(published time.Time) {
	if published.After(earliest) && (r.first.IsZero() || published.Before(r.first)) {
		r.first = published
	}
}

// record is what all releases make. A package without any can be there or not: nobody can install it.
func (r *releases) record() (record, error) {
	slices.Sort(r.versions)
	versions := slices.Clip(slices.Compact(r.versions))
	if len(versions)+r.dropped == 0 {
		return record{}, errNoRelease
	}
	return record{
		state: judge.Exists, first: r.first.UTC(), versions: versions,
		releases: len(versions) + r.dropped, more: r.dropped > 0,
	}, nil
}

// bytes is about what a record takes in memory.
func (r record) bytes() int {
	n := 160 + len(r.module) + len(r.name) + len(r.etag)
	for _, v := range r.versions {
		n += 16 + len(v)
	}
	return n
}

// published reads a time as JSON interfaces write it; zero when it is none.
func published(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
