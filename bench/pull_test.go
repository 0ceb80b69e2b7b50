package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/bench/corpus"
)

const (
	// pulls is how many pull requests are reviewed on the command line, and pullRounds how often each is.
	pulls, pullRounds = 8, 2
	// inRepository is how many files the repository has that they are for.
	inRepository = 300
	// addedFiles is how many of the changedFiles are new.
	addedFiles = 5
)

// checkout is a repository of generated code on disk.
type checkout struct {
	b   *testing.B
	dir string
}

func (c checkout) git(args ...string) {
	c.b.Helper()
	git := exec.Command("git", append([]string{"-C", c.dir, "-c", "user.name=dev", "-c", "user.email=dev@example.com"}, args...)...)
	if out, err := git.CombinedOutput(); err != nil {
		c.b.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

func (c checkout) write(name, text string) {
	c.b.Helper()
	name = filepath.Join(c.dir, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o644)
	}
	if err != nil {
		c.b.Fatal(err)
	}
}

// newCheckout makes a repository with a branch for each pull request: 25 files changed in some lines, 5 added.
func newCheckout(b *testing.B) checkout {
	b.Helper()
	c := checkout{b, b.TempDir()}
	c.git("init", "--quiet", "--initial-branch", "main")
	var files []corpus.File
	for i := range inRepository {
		files = append(files, corpus.Nth(2, i, i%2 == 0))
		c.write(files[i].Path, files[i].Text)
	}
	c.git("add", ".")
	c.git("commit", "--quiet", "--message", "Begin")
	for n := range pulls {
		c.git("checkout", "--quiet", "-b", fmt.Sprint("pull-", n), "main")
		for i := range changedFiles - addedFiles {
			f := files[(n*37+i*11)%len(files)]
			c.write(f.Path, touched(f.Text, n))
		}
		for i := range addedFiles {
			f := corpus.Nth(uint64(3+n), inRepository+i, i%2 == 0)
			c.write(f.Path, f.Text)
		}
		c.git("add", ".")
		c.git("commit", "--quiet", "--message", fmt.Sprintf("Change %d files", changedFiles))
	}
	return c
}

var wholeNumber = regexp.MustCompile(`\b[1-9][0-9]{0,2}\b`)

// touched is a text with other numbers in some of its lines.
func touched(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	for i := n % 7; i < len(lines); i += 40 {
		for at := i; at < min(i+5, len(lines)); at++ {
			lines[at] = wholeNumber.ReplaceAllString(lines[at], fmt.Sprint(401+n))
		}
	}
	return strings.Join(lines, "")
}

// BenchmarkPullRequest measures `assay review` of a pull request of 30 files, from the start of the process to its end,
// and of the same again after a push that changes one of them.
func BenchmarkPullRequest(b *testing.B) {
	c := newCheckout(b)
	b.ResetTimer()
	b.ReportMetric(0, "ns/op") // of a whole series
	review := func(n int, args ...string) usage {
		b.Helper()
		args = append([]string{"review", "--repo", c.dir, "--base", "main", "--head", fmt.Sprint("pull-", n), "--format", "json", "--output", os.DevNull}, args...)
		u := measure(b, suite.binary, args...)
		if u.exit > 1 {
			b.Fatalf("assay review ends with %d: %s", u.exit, u.said)
		}
		return u
	}
	for _, series := range []struct {
		name string
		args []string
		aim  float64
	}{
		{"code check", []string{"--checks", "code"}, 300},
		{"all checks", nil, 1500},
	} {
		var all, processor sample
		for range pullRounds {
			for n := range pulls {
				u := review(n, series.args...)
				all, processor = append(all, u.wall), append(processor, u.processor)
			}
		}
		suite.table.aim("assay review of 30 files, "+series.name+": p50", milliseconds(all.at(0.5)), series.aim, "ms")
		suite.table.say("  p95, p99", fmt.Sprintf("%s ms, %s ms, n = %d", figure(milliseconds(all.at(0.95))), figure(milliseconds(all.at(0.99))), len(all)))
		suite.table.say("  processor time", processor.spread())
	}

	cache := []string{"--checks", "code", "--cache", b.TempDir()}
	var first, again, plain usages
	for n := range pulls {
		first = append(first, review(n, cache...))
		c.git("checkout", "--quiet", fmt.Sprint("pull-", n))
		f := corpus.Nth(uint64(3+n), inRepository, true) // one of those that it adds
		c.write(f.Path, touched(f.Text, n))
		c.git("commit", "--quiet", "--all", "--message", "Change one more")
		again = append(again, review(n, cache...))
		plain = append(plain, review(n, cache[:2]...))
	}
	suite.table.say("  with --cache, the first time", first.String())
	suite.table.say("  … after a push that changes one file", again.String())
	suite.table.say("  … and without --cache", plain.String())
}

// usages are those of several runs.
type usages []usage

// String gives the medians.
func (all usages) String() string {
	var wall sample
	for _, u := range all {
		wall = append(wall, u.wall)
	}
	return fmt.Sprintf("median %s ms, %s ms of processors", figure(milliseconds(wall.median())), figure(milliseconds(all.processor())))
}

// processor is the median of the processor time.
func (all usages) processor() time.Duration {
	var processor sample
	for _, u := range all {
		processor = append(processor, u.processor)
	}
	return processor.median()
}
