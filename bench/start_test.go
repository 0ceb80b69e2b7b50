package bench

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

const (
	// starts is how often the program is started for each figure.
	starts = 15
	// idleFor is how long a server is left alone before it counts as idle: the queue has looked for work many times.
	idleFor = 5 * time.Second
)

// BenchmarkStart measures from the start of the process until it has done what it was started for.
func BenchmarkStart(b *testing.B) {
	b.Run("version", func(b *testing.B) {
		var all sample
		for range starts {
			began := time.Now()
			if out, err := exec.Command(suite.binary, "version").CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			all = append(all, time.Since(began))
		}
		reportStart(b, "assay version", all)
	})
	b.Run("serve", func(b *testing.B) {
		w := newWorld(b, 1, fillRepository)
		var all, again sample
		for range starts {
			p := serve(b, w.hub, w.app)
			all = append(all, p.ready)
			p.stop()
			p = serveOn(b, p.data, w.hub, w.app)
			again = append(again, p.ready)
			p.stop()
		}
		reportStart(b, "assay serve, until /healthz answers", again)
		suite.table.say("  the first time, with the database to make", all.spread())
	})
	file, err := os.Stat(suite.binary)
	if err != nil {
		b.Fatal(err)
	}
	suite.table.say("the program's file", figure(float64(file.Size())/1e6)+" MB")
}

func reportStart(b *testing.B, what string, all sample) {
	b.ReportMetric(0, "ns/op") // of a whole series
	b.ReportMetric(milliseconds(all.median()), "median-ms")
	suite.table.aim(what+": median", milliseconds(all.median()), 100, "ms")
	suite.table.say("  all", all.spread())
}

// BenchmarkMemory measures what a server takes that has nothing to do.
func BenchmarkMemory(b *testing.B) {
	const aim = 80
	w := newWorld(b, 1, fillRepository)
	time.Sleep(idleFor)
	resident, own := w.assay.memory()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(resident, "start-MB")
	suite.table.aim("assay serve idle after its start, resident", resident, aim, "MB")
	suite.table.say("  without the pages of its file", figure(own)+" MB")

	w.review(0, 0)
	time.Sleep(idleFor)
	resident, own = w.assay.memory()
	b.ReportMetric(resident, "reviewed-MB")
	suite.table.aim("assay serve idle after a review, resident", resident, aim, "MB")
	suite.table.say("  without the pages of its file", figure(own)+" MB")
}
