//go:build linux

package analyse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// BenchmarkChildStart: from nothing to a child whose wall was built and tried.
func BenchmarkChildStart(b *testing.B) {
	r := newRunner(b)
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
	for b.Loop() {
		if report := mustRun(b, r, change, "hostile-reader"); len(report.Evidence) != files {
			b.Fatalf("%d files read", len(report.Evidence))
		}
	}
}

// BenchmarkShippedChecks: a whole run of all checks over one small file.
func BenchmarkShippedChecks(b *testing.B) {
	r := &Runner{Executable: program(b, "assay")}
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
	for b.Loop() {
		if report := mustRun(b, r, change, checks.Name("hostile-reader")); len(report.Evidence) != 1 {
			b.Fatal(report)
		}
	}
}
