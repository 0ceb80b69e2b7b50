package bench

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/bench/corpus"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/code"
)

// sizeVariable sets how much code is generated, in MB of a million bytes.
const (
	sizeVariable = "BENCH_MB"
	defaultSize  = 40
)

const (
	// workers is how many scans run at a time, as on a server of two cores.
	workers = 2
	// groveSize is how much code one scan is of, in bytes.
	groveSize = 5_000_000
	// seriesTime bounds a series of scans on a machine that is slow or busy: when it is over, none is begun.
	seriesTime = 50 * time.Second
)

// forest is generated code on disk, apart by whether the check has to parse it.
type forest struct {
	root            string
	parsed, dropped []grove

	quiet, quietDropped int64 // bytes of files that are about nothing that rules look at
}

// grove is a folder of files.
type grove struct {
	dir   string
	files []corpus.File
	bytes int64
}

// plant writes the forest. Which files are to be parsed is for the rules to say, not for the generator.
func plant(b *testing.B, root string) *forest {
	b.Helper()
	size, err := strconv.Atoi(cmp.Or(os.Getenv(sizeVariable), strconv.Itoa(defaultSize)))
	if err != nil || size < 1 {
		b.Fatalf("%s=%q: want a number of MB", sizeVariable, os.Getenv(sizeVariable))
	}
	check, err := code.New()
	if err != nil {
		b.Fatal(err)
	}
	f := &forest{root: root}
	live := check.Live(nil)
	for file := range corpus.Files(1, int64(size)*1e6) {
		if live(checks.Path(file.Path), file.Text) {
			err = f.add(&f.parsed, "parsed", file)
		} else {
			err = f.add(&f.dropped, "dropped", file)
		}
		if err != nil {
			b.Fatal(err)
		}
		if !file.Busy {
			f.quiet += int64(len(file.Text))
		}
	}
	// What stands beside a file may wake a rule that its text alone does not.
	for i := range f.dropped {
		if err := f.dropped[i].weed(check, f); err != nil {
			b.Fatal(err)
		}
	}
	return f
}

// add writes a file into the last grove of a kind, or a new one when that is full.
func (f *forest) add(groves *[]grove, kind string, file corpus.File) error {
	n := len(*groves)
	if n == 0 || (*groves)[n-1].bytes >= groveSize {
		*groves = append(*groves, grove{dir: filepath.Join(f.root, kind, strconv.Itoa(n))})
		n++
	}
	g := &(*groves)[n-1]
	name := filepath.Join(g.dir, filepath.FromSlash(file.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	g.files, g.bytes = append(g.files, file), g.bytes+int64(len(file.Text))
	return os.WriteFile(name, []byte(file.Text), 0o644)
}

// weed moves the files that are parsed after all.
func (g *grove) weed(check *code.Check, f *forest) error {
	tree, ok := os.DirFS(g.dir).(checks.Tree)
	if !ok {
		return errors.New("a folder is no tree")
	}
	live := check.Live(tree)
	var kept []corpus.File
	for _, file := range g.files {
		if !live(checks.Path(file.Path), file.Text) {
			kept = append(kept, file)
			if !file.Busy {
				f.quietDropped += int64(len(file.Text))
			}
			continue
		}
		g.bytes -= int64(len(file.Text))
		err := f.add(&f.parsed, "parsed", file)
		if err = errors.Join(err, os.Remove(filepath.Join(g.dir, filepath.FromSlash(file.Path)))); err != nil {
			return err
		}
	}
	g.files = kept
	return nil
}

// BenchmarkCode measures the code check on generated code, with all rules that are on, and ast-grep on the same.
func BenchmarkCode(b *testing.B) {
	f := plant(b, b.TempDir())
	b.ResetTimer()
	b.ReportMetric(0, "ns/op") // of a whole series
	var nothing, little usages
	few := b.TempDir()
	for name, text := range oneOfEach {
		if err := os.WriteFile(filepath.Join(few, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for range starts {
		for dir, into := range map[string]*usages{b.TempDir(): &nothing, few: &little} {
			u, err := scan(b, dir)
			if err != nil {
				b.Fatal(err)
			}
			*into = append(*into, u)
		}
	}
	suite.table.say("code check, scan of an empty folder", nothing.String())
	suite.table.say("  of five files of a line, for which all rules are read", little.String())

	parsed, dropped := measureGroves(b, f.parsed, scan), measureGroves(b, f.dropped, scan)
	parsed.start, dropped.start = little.processor(), little.processor()
	suite.table.least("code check, files to be parsed, all rules", parsed.speed(), 4, "MB/s a core")
	suite.table.say("  of which", parsed.String())
	suite.table.least("code check, code of no interest to rules that the prefilter drops", 100*float64(f.quietDropped)/float64(f.quiet), 90, "%")
	if dropped.bytes > 0 {
		suite.table.least("code check, files that the prefilter drops", dropped.speed(), 50, "MB/s a core")
		suite.table.say("  of which", dropped.String())
	}
	suite.table.aim(fmt.Sprintf("code check, peak memory, %d at a time", workers), float64(parsed.resident)/1e6, 300, "MB")
	b.ReportMetric(parsed.speed(), "parsed-MB/s")
	b.ReportMetric(dropped.speed(), "dropped-MB/s")
	b.ReportMetric(float64(parsed.resident)/1e6, "peak-MB")
	compare(b, f, parsed, dropped)
}

// oneOfEach is a file in each language, with hardly anything in it.
var oneOfEach = map[string]string{"a.py": "a = 1\n", "a.js": "a = 1;\n", "a.ts": "a = 1;\n", "a.go": "package a\n", "a.java": "class A {}\n"}

// scan runs the code check alone over a folder.
func scan(b *testing.B, dir string) (usage, error) {
	const findings, incomplete = 1, 3
	u, err := use(b.Context(), suite.binary, "scan", dir, "--checks", "code", "--format", "json")
	if u.exit == incomplete {
		var result struct {
			Unscanned []struct{ Path, Reason string }
		}
		if err := json.Unmarshal(u.said, &result); err != nil || len(result.Unscanned) == 0 {
			return u, fmt.Errorf("assay scan %s is incomplete and says not why: %.2000s", dir, u.said)
		}
		b.Logf("of %s, %d things could not be scanned, such as %v", dir, len(result.Unscanned), result.Unscanned[0])
	} else if err == nil && u.exit > findings {
		err = fmt.Errorf("assay scan: %s", u.said)
	}
	return u, err
}

// work is what several scans took together.
type work struct {
	usage        // resident: if all workers were at their largest at once
	scans, files int
	bytes        int64
	left         int64         // bytes that there was no time for
	start        time.Duration // of processors, that each scan takes whatever it is of
}

// speed is in MB of a million bytes a second of one core, without the start.
func (w work) speed() float64 {
	return float64(w.bytes) / 1e6 / (w.processor - time.Duration(w.scans)*w.start).Seconds()
}

func (w work) String() string {
	text := fmt.Sprintf("%d files, %s MB in %d scans, %s s of processors, %s s by the clock", w.files, figure(float64(w.bytes)/1e6), w.scans,
		figure(w.processor.Seconds()), figure(w.wall.Seconds()))
	if w.left > 0 {
		text += fmt.Sprintf("; no time for another %s MB", figure(float64(w.left)/1e6))
	}
	return text
}

// measureGroves has the workers scan one after the other, while there is time.
func measureGroves(b *testing.B, groves []grove, scan func(*testing.B, string) (usage, error)) work {
	b.Helper()
	forgetPeak()
	var all work
	var failed error
	var next atomic.Int32
	var mu sync.Mutex
	var group sync.WaitGroup
	began := time.Now()
	for range workers {
		group.Go(func() {
			var largest int64
			for {
				n := int(next.Add(1)) - 1
				if n >= len(groves) {
					break
				}
				late := time.Since(began) > seriesTime
				var u usage
				var err error
				if !late {
					u, err = scan(b, groves[n].dir)
				}
				mu.Lock()
				if failed = errors.Join(failed, err); late {
					all.left += groves[n].bytes
				} else {
					all.scans, all.files, all.bytes = all.scans+1, all.files+len(groves[n].files), all.bytes+groves[n].bytes
					all.processor += u.processor
				}
				mu.Unlock()
				largest = max(largest, u.resident)
			}
			mu.Lock()
			defer mu.Unlock()
			all.resident += largest
		})
	}
	group.Wait()
	if failed != nil {
		b.Fatal(failed)
	}
	all.wall = time.Since(began)
	return all
}
