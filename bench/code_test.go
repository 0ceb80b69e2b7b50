package bench

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/assay-app/assay/bench/corpus"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/code"
)

// sizeVariable sets how much code is generated, in MB of a million bytes.
const (
	sizeVariable = "BENCH_MB"
	defaultSize  = 40
)

// workers is how many scans run at a time, as on a server of two cores.
const workers = 2

// forest is generated code on disk, apart by whether the check has to parse it, and spread over the workers.
type forest struct {
	parsed, dropped [workers]grove

	quiet, quietDropped int64 // bytes of files that are about nothing that rules look at
}

// grove is a folder of files.
type grove struct {
	dir   string
	files int
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
	live := check.Live(nil)
	f := &forest{}
	for i := range workers {
		f.parsed[i].dir = filepath.Join(root, "parsed", strconv.Itoa(i))
		f.dropped[i].dir = filepath.Join(root, "dropped", strconv.Itoa(i))
	}
	for file := range corpus.Files(1, int64(size)*1e6) {
		groves, size := &f.dropped, int64(len(file.Text))
		if live(checks.Path(file.Path), file.Text) {
			groves = &f.parsed
		} else if !file.Busy {
			f.quietDropped += size
		}
		if !file.Busy {
			f.quiet += size
		}
		smallest := &groves[0]
		if groves[1].bytes < smallest.bytes {
			smallest = &groves[1]
		}
		if err := smallest.add(file); err != nil {
			b.Fatal(err)
		}
	}
	return f
}

func (g *grove) add(f corpus.File) error {
	name := filepath.Join(g.dir, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	g.files, g.bytes = g.files+1, g.bytes+int64(len(f.Text))
	return os.WriteFile(name, []byte(f.Text), 0o644)
}

// BenchmarkCode measures the code check on generated code, with all rules that are on, and ast-grep on the same.
func BenchmarkCode(b *testing.B) {
	f := plant(b, b.TempDir())
	b.ResetTimer()
	b.ReportMetric(0, "ns/op") // of a whole series
	empty := b.TempDir()
	var walls, processors sample
	for range starts {
		u := scan(b, empty)
		walls, processors = append(walls, u.wall), append(processors, u.processor)
	}
	suite.table.aim("code check, scan of an empty folder: median", milliseconds(walls.median()), 150, "ms")
	suite.table.say("  processor time", processors.spread())

	start := processors.median()
	parsed, peak := measureGroves(b, f.parsed, scan)
	parsed.processor -= workers * start
	dropped, _ := measureGroves(b, f.dropped, scan)
	dropped.processor -= workers * start
	suite.table.least("code check, files to be parsed, all rules", parsed.speed(), 4, "MB/s a core")
	suite.table.say("  of which", parsed.String())
	suite.table.least("code check, code of no interest to rules that the prefilter drops", 100*float64(f.quietDropped)/float64(f.quiet), 90, "%")
	if dropped.files > 0 {
		suite.table.least("code check, files that the prefilter drops", dropped.speed(), 50, "MB/s a core")
		suite.table.say("  of which", dropped.String())
	}
	suite.table.aim(fmt.Sprintf("code check, peak memory, %d at a time", workers), float64(peak)/1e6, 300, "MB")
	b.ReportMetric(parsed.speed(), "parsed-MB/s")
	b.ReportMetric(dropped.speed(), "dropped-MB/s")
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
	compare(b, f, parsed, dropped)
}

// scan runs the code check alone over a folder.
func scan(b *testing.B, dir string) usage {
	b.Helper()
	const findings, incomplete = 1, 3
	u := measure(b, suite.binary, "scan", dir, "--checks", "code", "--format", "json", "--output", os.DevNull)
	if u.exit == incomplete {
		b.Logf("the scan of %s is incomplete: %s", dir, u.said)
	} else if u.exit > findings {
		b.Fatalf("assay scan: %s", u.said)
	}
	return u
}

// work is what several groves took together.
type work struct {
	usage
	files int
	bytes int64
}

// speed is in MB of a million bytes a second of one core.
func (w work) speed() float64 { return float64(w.bytes) / 1e6 / w.processor.Seconds() }

func (w work) String() string {
	return fmt.Sprintf("%d files, %s MB, %s s of processors, %s s by the clock", w.files, figure(float64(w.bytes)/1e6),
		figure(w.processor.Seconds()), figure(w.wall.Seconds()))
}

// measureGroves scans all at the same time. The peak is what they would take if all were at their largest at once.
func measureGroves(b *testing.B, groves [workers]grove, scan func(*testing.B, string) usage) (all work, peak int64) {
	b.Helper()
	var used [workers]usage
	var group sync.WaitGroup
	for i, g := range groves {
		if g.files > 0 {
			group.Go(func() { used[i] = scan(b, g.dir) })
		}
	}
	group.Wait()
	for i, u := range used {
		all.files += groves[i].files
		all.bytes += groves[i].bytes
		all.processor += u.processor
		all.wall = max(all.wall, u.wall)
		peak += u.resident
	}
	return all, peak
}
