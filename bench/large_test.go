package bench

import (
	"bufio"
	"fmt"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

// large is how many commits and how many files the large repository has.
const large = 100_000

// BenchmarkLargeRepository measures the first review of a repository of 100,000 files and 100,000 commits, of which
// nothing is known yet, and then a second one.
func BenchmarkLargeRepository(b *testing.B) {
	w := newWorld(b, 1, fillLarge)
	b.ResetTimer()
	first, steps := w.review(0, 0)
	second, steps2 := w.review(0, 1)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(first.Seconds(), "first-s")
	b.ReportMetric(second.Seconds(), "second-s")
	suite.table.aim("100,000 files and commits, first review", first.Seconds(), 20, "s")
	suite.table.say("  of which", phases{steps}.String())
	suite.table.say("  second review", figure(second.Seconds())+" s")
	suite.table.say("    of which", phases{steps2}.String())
}

// fillLarge writes a history in which each commit adds a file, as one pack with the bitmaps and the commit graph
// that a server keeps.
func fillLarge(repo *localhub.Repository, dev *localhub.Account) {
	run := func(feed func(io.Writer) error, args ...string) error {
		git := exec.Command("git", append([]string{"--git-dir", repo.GitDir()}, args...)...)
		in, err := git.StdinPipe()
		if err != nil {
			return err
		}
		if err := git.Start(); err != nil {
			return err
		}
		if feed != nil {
			err = feed(in)
		}
		in.Close()
		if waited := git.Wait(); err == nil {
			err = waited
		}
		return err
	}
	err := run(writeHistory, "fast-import", "--quiet", "--date-format=raw")
	if err == nil {
		err = run(nil, "repack", "-adbq", "--depth=10", "--window=3")
	}
	if err == nil {
		err = run(nil, "commit-graph", "write", "--reachable")
	}
	if err != nil {
		panic(fmt.Sprintf("make a large repository: %v", err))
	}
	repo.Push("main", "refs/heads/seed", dev)
}

// writeHistory speaks to git fast-import. Files lie 50 to a folder, so that no commit rewrites a large tree.
func writeHistory(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	for i := range large {
		content := fmt.Sprintf("def step_%d(request):\n    return request.history[%d]\n", i, i%97)
		path := fmt.Sprintf("p%02d/q%02d/f%06d.py", i/2500, i/50%50, i)
		if i == 0 {
			path, content = ".github/assay.yml", "mode: enforce\n"
		}
		fmt.Fprintf(out, "commit refs/heads/seed\ncommitter dev <dev@acme.example> %d +0000\ndata 10\nAdd a file\nM 100644 inline %s\ndata %d\n%s\n",
			from+int64(i)*600, path, len(content), content)
	}
	return out.Flush()
}
