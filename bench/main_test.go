// Package bench measures what a person notices: how long GitHub waits for an answer, how long a pull request waits for
// its verdict, how much memory an idle server takes. It runs the shipped program as a process of its own, against a
// local GitHub over real HTTP, with real git and a real database:
//
//	go test -timeout 30m -run '^$' -bench . ./bench
//
// Everything is bounded in count, so that a run on two cores takes some ten minutes; -deliver and -rounds make it
// shorter or longer. Nothing fails for being slow, since a loaded machine is no defect: the table at the end says which
// aim was met. What fails is work that was lost or done twice.
package bench

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	deliverFor = flag.Duration("deliver", time.Minute, "how long webhooks are delivered")
	rounds     = flag.Int("rounds", 3, "how many pull requests each repository gets; the first of them is its first review")
	logs       = flag.String("logs", "", "folder to keep the server's logs in")
)

// suite is what the benchmarks of one run share.
var suite struct {
	binary string // the assay program, built as it is shipped
	dir    string // that is removed in the end
	table  table
}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		flag.Parse()
		if flag.Lookup("test.bench").Value.String() == "" {
			return m.Run() // no benchmark was asked for, and there are no tests
		}
		// Each benchmark counts by itself, and gives medians of its own.
		if err := flag.Set("test.benchtime", "1x"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		dir, err := os.MkdirTemp("", "assay-bench-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		suite.dir, suite.binary = dir, filepath.Join(dir, "assay")
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", suite.binary, "github.com/assay-app/assay/cmd/assay")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
			return 1
		}
		before := machine()
		code := m.Run()
		suite.table.print(os.Stdout, before)
		return code
	}())
}

// machine says where figures come from, and how busy it was before the first of them.
func machine() string {
	model, load := "unknown processor", "unknown"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
			}
		}
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load, _, _ = strings.Cut(string(text), " ")
	}
	git, _ := exec.Command("git", "--version").Output() // without git no benchmark would have run
	return fmt.Sprintf("%s, %d × %s, %s, %s; load before: %s", runtime.GOARCH, runtime.NumCPU(), model, runtime.Version(), strings.TrimSpace(string(git)), load)
}
