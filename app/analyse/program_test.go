//go:build linux

package analyse

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/assay-app/assay/app/analyse/internal/hostile"
	"github.com/assay-app/assay/checks"
)

// The tests of the wall run against programs that were really built, with the tag that adds the checks of the package
// hostile and nothing else: the child, the wall and the protocol are what is shipped.

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

var built struct {
	once sync.Once
	dir  string
	err  error
}

// program builds the hostile programs once and gives the path of one of them: "child" or "assay".
func program(tb testing.TB, name string) string {
	tb.Helper()
	built.once.Do(func() {
		built.dir, built.err = os.MkdirTemp("", "assay-hostile")
		if built.err != nil {
			return
		}
		built.err = os.Chmod(built.dir, 0o755) // one test runs it as another user
		for out, source := range map[string]string{"child": "./internal/hostile/child", "assay": "../../cmd/assay"} {
			build := exec.Command("go", "build", "-tags", "assay_hostile", "-o", filepath.Join(built.dir, out), source)
			if text, err := build.CombinedOutput(); err != nil && built.err == nil {
				built.err = fmt.Errorf("build %s: %w\n%s", source, err, text)
			}
		}
	})
	if built.err != nil {
		tb.Fatal(built.err)
	}
	return filepath.Join(built.dir, name)
}

// killSwitch ends what should have been ended by a limit.
const killSwitch = 5 * time.Minute

func newRunner(tb testing.TB) *Runner {
	tb.Helper()
	known := Names()
	for _, check := range hostile.Checks() {
		known = append(known, check.Name())
	}
	return &Runner{Executable: program(tb, "assay"), known: known}
}

func mustRun(tb testing.TB, r *Runner, c *checks.Change, only ...checks.Name) checks.Report {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), killSwitch)
	defer cancel()
	report, err := r.Run(ctx, c, only)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

// memory is a tree in memory: content by name.
type memory map[string]string

func (m memory) tree() fstest.MapFS {
	tree := fstest.MapFS{}
	for name, content := range m {
		tree[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return tree
}

// rawTree takes names that are no UTF-8, as git does and [fstest.MapFS] does not.
type rawTree struct{ fstest.MapFS }

func (r rawTree) Open(name string) (fs.File, error) {
	return r.MapFS.Open(strings.ToValidUTF8(name, "?"))
}

// added is a change that adds files, in the order given.
func added(files memory, order ...string) *checks.Change {
	c := &checks.Change{Head: files.tree(), MergeBase: memory{}.tree()}
	for _, name := range order {
		c.Files = append(c.Files, checks.FileChange{Path: checks.Path(name), Status: checks.Added, Mode: fs.FileMode(0o644)})
	}
	return c
}

// oneFile is the smallest change.
func oneFile() *checks.Change { return added(memory{"a.txt": "hello\n"}, "a.txt") }

// quotes maps what was attempted, or read, to what came of it.
func quotes(r checks.Report) map[string]string {
	all := map[string]string{}
	for _, e := range r.Evidence {
		key := e.Kind
		if e.Path != "" {
			key += " " + string(e.Path)
		}
		all[key] = e.Quote
	}
	return all
}
