package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"
)

// table is what is printed when all benchmarks have run.
type table struct{ rows []row }

type row struct{ what, measured, aim string }

// say adds a figure without an aim.
func (t *table) say(what, measured string) {
	t.rows = append(t.rows, row{what: what, measured: measured})
}

// aim adds a figure and whether it is below what is wanted.
func (t *table) aim(what string, measured, below float64, unit string) {
	verdict := "met"
	if measured >= below {
		verdict = "missed"
	}
	t.rows = append(t.rows, row{what, figure(measured) + " " + unit, fmt.Sprintf("< %s %s: %s, ratio %.2f", figure(below), unit, verdict, measured/below)})
}

// least adds a figure and whether it reaches what is wanted.
func (t *table) least(what string, measured, atLeast float64, unit string) {
	verdict := "met"
	if measured < atLeast {
		verdict = "missed"
	}
	t.rows = append(t.rows, row{what, figure(measured) + " " + unit, fmt.Sprintf("≥ %s %s: %s, ratio %.2f", figure(atLeast), unit, verdict, measured/atLeast)})
}

// figure writes three significant digits.
func figure(x float64) string {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return fmt.Sprint(x)
	}
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(x)))))
	return fmt.Sprintf("%.*f", digits, x)
}

func (t *table) print(w io.Writer, machine string) {
	if len(t.rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n\n", machine)
	columns := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, r := range t.rows {
		fmt.Fprintf(columns, "%s\t%s\t%s\n", r.what, r.measured, r.aim)
	}
	_ = columns.Flush() // standard output
	fmt.Fprintln(w)
}

// sample is a set of durations.
type sample []time.Duration

// at is the smallest duration that a share q of the sample does not exceed.
func (s sample) at(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[max(0, int(math.Ceil(q*float64(len(s))))-1)]
}

func (s sample) median() time.Duration { return s.at(0.5) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// spread is a sample in one line.
func (s sample) spread() string {
	return fmt.Sprintf("median %s ms, %s to %s ms, n = %d", figure(milliseconds(s.median())), figure(milliseconds(s.at(0))), figure(milliseconds(s.at(1))), len(s))
}
