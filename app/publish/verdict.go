package publish

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/app/policy"
)

// Conclusions. A required check lets success, neutral and skipped pass and nothing else
// (docs.github.com, "Troubleshooting required status checks").
const (
	success   = "success"
	neutral   = "neutral"
	failure   = "failure"
	cancelled = "cancelled"
)

// conclusion is what a verdict does to the merge.
//
// What fails the gate is a failure, be it a finding or something that could not be scanned. GitHub's action_required
// would say the latter more finely, but shows a button that leads to the app's own pages instead of the explanation
// that stands in the check run. What does not fail it and yet is not clean is neutral: said, and let pass.
func conclusion(d policy.Decision) string {
	switch {
	case d.Fails:
		return failure
	case d.Verdict == policy.Pass:
		return success
	}
	return neutral
}

// severityOf orders conclusions, the worst highest.
func severityOf(conclusion string) int {
	switch conclusion {
	case success:
		return 0
	case neutral:
		return 1
	}
	return 2
}

// worst is the pull request whose verdict decides: by what it does to the merge, then by the verdict itself, then the
// first.
func worst(pulls []Pull) *Pull {
	var w *Pull
	for i := range pulls {
		p := &pulls[i]
		if w == nil || heavier(p.Decision, w.Decision) {
			w = p
		}
	}
	return w
}

func heavier(a, b policy.Decision) bool {
	if x, y := severityOf(conclusion(a)), severityOf(conclusion(b)); x != y {
		return x > y
	}
	return a.Verdict != b.Verdict && policy.Worst(b.Verdict, a.Verdict) == a.Verdict
}

// title is the verdict on a pull request in one line of plain text.
func (p *Pull) title() string {
	reasons := strings.Join(p.Decision.Reasons, ", ")
	audit := p.Decision.Mode == policy.Audit
	switch p.Decision.Verdict {
	case policy.Pass:
		if n := len(p.found()); n > 0 {
			return fmt.Sprintf("%s, none that blocks", counted(n, "new finding"))
		}
		return "No new findings"
	case policy.Incomplete:
		if audit {
			return "Audit: would not have passed: " + reasons
		}
		if !p.Decision.Fails {
			return "Incomplete, which the policy allows: " + reasons
		}
		return "Not everything could be checked: " + reasons
	}
	if audit {
		return "Audit: would have blocked: " + reasons
	}
	return "Blocked: " + reasons
}
