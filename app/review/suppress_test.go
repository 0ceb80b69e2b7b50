package review

import (
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

func TestSuppress(t *testing.T) {
	ignored := func(line int) checks.Finding {
		f := at("a.py", 5, "x")
		f.Status = checks.New
		f.Suppression = &checks.Suppression{Line: line, Reason: "only constants"}
		return f
	}
	files := []checks.FileChange{modified("a.py", added(4, 1))}
	tests := map[string]struct {
		finding checks.Finding
		trusted bool
		want    checks.Status
	}{
		"a comment that stood there before counts":                     {ignored(5), false, checks.Suppressed},
		"one that the change adds is a request":                        {ignored(4), false, checks.New},
		"and counts when whoever runs the review wrote the change":     {ignored(4), true, checks.Suppressed},
		"a finding without a comment stays":                            {func() checks.Finding { f := at("a.py", 5, "x"); f.Status = checks.New; return f }(), true, checks.New},
		"one in a file that the change does not touch is an old story": {func() checks.Finding { f := ignored(4); f.Location.Path = "b.py"; return f }(), false, checks.Suppressed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			findings := []checks.Finding{test.finding}
			Suppress(findings, files, test.trusted)
			if findings[0].Status != test.want {
				t.Errorf("got %s, want %s", findings[0].Status, test.want)
			}
			asks := test.want == checks.New && test.finding.Suppression != nil
			if strings.Contains(findings[0].Message, "only constants") != asks {
				t.Errorf("message %q", findings[0].Message)
			}
		})
	}
}
