//go:build linux

package analyse

import (
	"strings"
	"testing"

	"github.com/assay-app/assay/app/analyse/internal/hostile"
	"github.com/assay-app/assay/checks"
)

// TestSandboxBelievesNothing: whatever a child that was taken over says, it costs that check and no other.
func TestSandboxBelievesNothing(t *testing.T) {
	reasons := map[checks.Name]string{
		"says-garbage":                 "a frame does not begin as one",
		"says-unknown-type":            "a frame of type 77 is not expected",
		"says-parents-words":           "a frame of type 3 is not expected",
		"says-four-gibibytes":          "has 4294967295 bytes",
		"says-absolute-path":           "not a path in a tree",
		"says-path-upwards":            "not a path in a tree",
		"says-path-too-long":           "not a path in a tree",
		"says-read-of-nothing":         "a file is read that is not open",
		"says-negative-offset":         "cannot be read at once",
		"says-read-too-long":           "cannot be read at once",
		"says-close-twice":             "a file is closed that is not open",
		"says-started-again":           "a check started out of turn",
		"says-other-finished":          "a check finished out of turn",
		"says-done-early":              "done before its checks are",
		"says-wall-again":              "came out of turn",
		"says-item-of-no-kind":         "of unknown kind",
		"says-item-without-end":        "cannot be read",
		"says-item-with-unknown-field": "cannot be read",
		"says-floods":                  "requests",
		"says-floods-unheard":          "took longer than 2s",
		"lies-a-million-times":         "more than 10000 items",
		"lies-about-a-file":            "does not exist there",
		"lies-about-a-path":            "no path in a tree",
		"lies-about-severity":          "unknown severity",
		"lies-about-status":            "has a status",
		"lies-about-its-name":          "names another check",
		"lies-about-a-commit":          "a commit that is not of this change",
		"lies-about-lines":             "impossible lines",
		"lies-at-length":               "a title is longer",
		"lies-about-an-edit":           "no path in a tree",
	}
	for _, check := range hostile.Checks() {
		name := check.Name()
		if !strings.HasPrefix(string(name), "says-") && !strings.HasPrefix(string(name), "lies-") {
			continue
		}
		want, ok := reasons[name]
		if !ok {
			t.Errorf("no expectation for %s", name)
		}
		t.Run(string(name), func(t *testing.T) {
			r := newRunner(t)
			if name == "says-floods-unheard" {
				r.Limits.Time = shortTime
			}
			report := mustRun(t, r, oneFile(), name, "hostile-reader")
			var all []string
			for _, u := range report.Unscanned {
				if u.Check != name || u.Kind != checks.Failed {
					t.Errorf("not scanned: %+v", u)
				}
				all = append(all, u.Reason)
			}
			if reason := strings.Join(all, "\n"); !strings.Contains(reason, want) {
				t.Errorf("reason %q, want %q", reason, want)
			}
			if len(report.Findings) > 0 || len(report.Evidence) != 1 {
				t.Errorf("reported: %v %v", report.Findings, report.Evidence)
			}
		})
	}
}

func TestSandboxCutsAReportThatIsTooLong(t *testing.T) {
	report := mustRun(t, newRunner(t), oneFile(), "hostile-many-findings")
	if len(report.Findings) != MaxFindings {
		t.Errorf("%d findings", len(report.Findings))
	}
	if u := report.Unscanned; len(u) != 1 || u[0].Reason != "more than 10000 findings; the rest is not listed" || u[0].Kind != checks.Failed {
		t.Errorf("not scanned: %v", u)
	}
}
