package gitrepo

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/assay-app/assay/checks"
)

// hundredThousand is a repository of 100,000 files and a branch that changes 30 of them.
func hundredThousand(b *testing.B) (*testRepository, FetchRequest) {
	r := newRepository(b)
	bulk(r, "main", "", 100_000, func(i int) string { return fmt.Sprintf("p%02d/q%02d/f%06d.go", i%50, i/50%40, i) })
	r.git("repack", "-adq")
	base := checks.CommitSHA(r.git("rev-parse", "main"))
	bulk(r, "feature", string(base), 30, func(i int) string { return fmt.Sprintf("p%02d/q%02d/f%06d.go", i%50, 1, 50+i) })
	return r, FetchRequest{RepositoryID: 1, Head: checks.CommitSHA(r.git("rev-parse", "feature")), MergeBase: base, Target: base, Commits: 1}
}

// BenchmarkFetch measures a pull request of 30 files in a repository of 100,000, with both sides of all 30 read.
func BenchmarkFetch(b *testing.B) {
	r, q := hundredThousand(b)
	s := newServer(b)
	q.URL = s.serve("o/r", r)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			m, err := NewMirrors(filepath.Join(b.TempDir(), "m"), MirrorOptions{})
			if err != nil {
				b.Fatal(err)
			}
			fetchAndRead(b, m, q)
		}
	})
	b.Run("again", func(b *testing.B) {
		m := newMirrors(b, MirrorOptions{})
		fetchAndRead(b, m, q)
		for b.Loop() {
			fetchAndRead(b, m, q)
		}
	})
}

func fetchAndRead(b *testing.B, m *Mirrors, q FetchRequest) {
	got, err := m.Fetch(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	if n := len(got.Change().Files); n != 30 {
		b.Fatalf("%d files", n)
	}
	for _, changed := range got.Change().Files {
		for _, tree := range []checks.Tree{got.Change().Head, got.Change().MergeBase} {
			f, err := tree.Open(string(changed.Path))
			if err == nil {
				_, err = io.Copy(io.Discard, f)
			}
			if err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := got.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpenPaths measures the walk over 100,000 files.
func BenchmarkOpenPaths(b *testing.B) {
	dir := b.TempDir()
	manyFiles(b, dir, 100_000)
	for b.Loop() {
		r, err := OpenPaths(b.Context(), []string{dir})
		if err != nil {
			b.Fatal(err)
		}
		if n := len(r.Change().Files); n != 100_000 {
			b.Fatalf("%d files", n)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
