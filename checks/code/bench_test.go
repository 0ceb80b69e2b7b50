package code

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/assay-app/assay/bench/corpus"
	"github.com/assay-app/assay/checks"
)

// benchBytes is how much code of each kind is scanned at a time.
const benchBytes = 2 << 20

// BenchmarkParsed measures the check alone, without a process or git, on files that have to be parsed, language by
// language. A profile of it (-cpuprofile) shows where the time of a scan goes.
func BenchmarkParsed(b *testing.B) { benchmarkFiles(b, true) }

// BenchmarkDropped measures the same on files in which no rule can find anything.
func BenchmarkDropped(b *testing.B) { benchmarkFiles(b, false) }

func benchmarkFiles(b *testing.B, parsed bool) {
	check, err := New()
	if err != nil {
		b.Fatal(err)
	}
	live := check.Live(nil)
	trees := map[string]fstest.MapFS{}
	files, quiet := 0, 0
	for f := range corpus.Files(1, 2*benchBytes) {
		if !f.Busy {
			files++
		}
		if !f.Busy && live(checks.Path(f.Path), f.Text) == parsed {
			quiet++
		}
		if language := path.Ext(f.Path)[1:]; live(checks.Path(f.Path), f.Text) == parsed {
			if trees[language] == nil {
				trees[language] = fstest.MapFS{}
			}
			trees[language][f.Path] = &fstest.MapFile{Data: []byte(f.Text), Mode: 0o644}
		}
	}
	b.Logf("of %d files that are about nothing that rules look at, %d are among these", files, quiet)
	for _, language := range slices.Sorted(maps.Keys(trees)) {
		tree := trees[language]
		b.Run(language, func(b *testing.B) {
			change, bytes := asAdded(tree)
			b.SetBytes(bytes)
			found := 0
			for b.Loop() {
				report, err := check.Run(b.Context(), change)
				if err != nil || len(report.Unscanned) > 0 {
					b.Fatal(report.Unscanned, err)
				}
				found = len(report.Findings)
			}
			b.ReportMetric(float64(len(tree)), "files")
			b.ReportMetric(float64(found), "findings")
		})
	}
}

// asAdded is a tree as if all of it had just been added, and how many bytes that is.
func asAdded(tree fstest.MapFS) (*checks.Change, int64) {
	change := &checks.Change{Head: tree}
	var bytes int64
	_ = fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error { // a map in memory does not fail
		if !entry.IsDir() {
			change.Files = append(change.Files, checks.FileChange{Path: checks.Path(name), Status: checks.Added, Mode: 0o644})
			bytes += int64(len(tree[name].Data))
		}
		return err
	})
	return change, bytes
}
