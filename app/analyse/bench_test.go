//go:build linux

package analyse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// The clock of a busy machine says little, so the processor time of parent and children is reported too.
func reportCPU(b *testing.B) func() {
	start := cpuTime(b)
	return func() {
		b.ReportMetric(float64((cpuTime(b)-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	}
}

func cpuTime(b *testing.B) time.Duration {
	var total int64
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var use unix.Rusage
		if err := unix.Getrusage(who, &use); err != nil {
			b.Fatal(err)
		}
		total += use.Utime.Nano() + use.Stime.Nano()
	}
	return time.Duration(total)
}

// BenchmarkChildStart: from nothing to a child whose wall was built and tried.
func BenchmarkChildStart(b *testing.B) {
	r := newRunner(b)
	defer reportCPU(b)()
	for b.Loop() {
		if _, err := r.Probe(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRoundTrip: one question and its answer, without a wall.
func BenchmarkRoundTrip(b *testing.B) {
	c, _ := connected(b, oneFile(), "")
	tree := &tree{client: c, revision: protocol.Head}
	defer reportCPU(b)()
	for b.Loop() {
		if _, err := tree.Stat("a.txt"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThreeThousandFiles: a whole run over 3,000 added files of 4 KiB, start and hashing included.
func BenchmarkThreeThousandFiles(b *testing.B) {
	const files, size = 3000, 4 << 10
	content := memory{}
	var order []string
	for i := range files {
		name := fmt.Sprintf("dir%02d/file%04d.py", i%50, i)
		content[name] = strings.Repeat("x", size)
		order = append(order, name)
	}
	r, change := newRunner(b), added(content, order...)
	b.SetBytes(files * size)
	defer reportCPU(b)()
	for b.Loop() {
		if report := mustRun(b, r, change, "hostile-reader"); len(report.Evidence) != files {
			b.Fatalf("%d files read", len(report.Evidence))
		}
	}
}

// BenchmarkShippedChecks: a whole run of all checks over one small file.
func BenchmarkShippedChecks(b *testing.B) {
	r := &Runner{Executable: program(b, "assay")}
	defer reportCPU(b)()
	for b.Loop() {
		if report := mustRun(b, r, oneFile()); len(report.Unscanned) > 0 {
			b.Fatal(report.Unscanned)
		}
	}
}

// BenchmarkFiftyMegabytes: one long file, read through the protocol.
func BenchmarkFiftyMegabytes(b *testing.B) {
	const size = 50 << 20
	change := added(memory{"model.bin": strings.Repeat("x", size)}, "model.bin")
	r := newRunner(b)
	b.SetBytes(size)
	defer reportCPU(b)()
	for b.Loop() {
		if report := mustRun(b, r, change, checks.Name("hostile-reader")); len(report.Evidence) != 1 {
			b.Fatal(report)
		}
	}
}
