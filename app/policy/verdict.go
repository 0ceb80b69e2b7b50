package policy

import (
	"fmt"

	"github.com/assay-app/assay/checks"
)

// Verdict is the outcome of a review under a policy.
type Verdict string

// The verdicts.
const (
	Pass       Verdict = "pass"
	Incomplete Verdict = "incomplete" // something that should have been checked was not
	Block      Verdict = "block"
)

// rank orders verdicts, the worst highest.
func (v Verdict) rank() int {
	switch v {
	case Pass:
		return 0
	case Incomplete:
		return 1
	}
	return 2
}

// Worst is the worse of two verdicts: block, then incomplete, then pass.
func Worst(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Decision is a verdict with what led to it.
type Decision struct {
	Verdict Verdict
	Mode    Mode

	// Fails reports whether the gate must stay shut: never in audit mode.
	Fails bool

	// Blocking counts the new findings at or above BlockAt.
	Blocking int
	BlockAt  checks.Severity

	// Incomplete counts the things that should have been scanned and were not.
	Incomplete int

	// Unknown counts the look-ups without an answer.
	Unknown int

	// Reasons are sentences for a person, the weightiest first.
	Reasons []string
}

// Decide judges what is open at the head. An incomplete review never passes: what was not looked at is said, and under
// on_incomplete: block it shuts the gate. Look-ups without an answer make it incomplete under on_unknown: block.
func Decide(p Policy, findings []checks.Finding, unscanned []checks.Unscanned, unknown int) Decision {
	d := Decision{Verdict: Pass, Mode: p.Mode, BlockAt: p.BlockAt, Unknown: unknown}
	for _, f := range findings {
		if f.Status == checks.New && f.Severity.AtLeast(p.BlockAt) {
			d.Blocking++
		}
	}
	for _, u := range unscanned {
		if u.Kind == checks.Failed {
			d.Incomplete++
		}
	}
	if d.Blocking > 0 {
		d.Verdict = Block
		d.Reasons = append(d.Reasons, fmt.Sprintf("%s of severity %s or above", count(d.Blocking, "new finding"), p.BlockAt))
	}
	if d.Incomplete > 0 {
		d.Verdict = Worst(d.Verdict, Incomplete)
		d.Reasons = append(d.Reasons, count(d.Incomplete, "thing")+" could not be scanned")
	}
	if unknown > 0 && p.OnUnknown == BlockUnknown {
		d.Verdict = Worst(d.Verdict, Incomplete)
		d.Reasons = append(d.Reasons, count(unknown, "look-up")+" had no answer")
	}
	d.Fails = p.Mode == Enforce && (d.Verdict == Block || d.Verdict == Incomplete && p.OnIncomplete == BlockIncomplete)
	return d
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
