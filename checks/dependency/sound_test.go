package dependency_test

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency"
	"github.com/assay-app/assay/checks/internal/text"
)

// ours is the check. Many tests run it.
var ours = sync.OnceValues(dependency.New)

// look runs the check twice, over the same change, and holds what it reports to what is true of every report.
func look(t *testing.T, c *checks.Change) checks.Report {
	t.Helper()
	check, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := check.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(report, again) {
		t.Errorf("a second run reports something else: %d and %d findings, %d and %d packages, %d and %d unscanned",
			len(report.Findings), len(again.Findings), len(report.Packages), len(again.Packages), len(report.Unscanned), len(again.Unscanned))
	}
	(&sound{t, c, map[seen]*text.Text{}}).report(&report)
	return report
}

// sound holds reports to what is true of all of them.
type sound struct {
	t     testing.TB
	c     *checks.Change
	texts map[seen]*text.Text
}

// seen is a file at a revision.
type seen struct {
	path     checks.Path
	revision checks.Revision
}

func (s *sound) report(report *checks.Report) {
	s.findings(report.Findings)
	for i := range report.Packages {
		p := &report.Packages[i]
		s.place(p.Name, p.Location, p.Revision)
		if p.Pin != nil {
			s.place("the version of "+p.Name, checks.Location{Path: p.Location.Path, Start: p.Pin.Start, End: p.Pin.End}, p.Revision)
		}
		if p.Ecosystem == "" || p.Name == "" || p.Role == "" {
			s.t.Errorf("a package without a name: %+v", p)
		}
	}
	for _, u := range report.Unscanned {
		if u.Reason == "" || u.Kind == "" || strings.Contains(u.Reason, "\n") {
			s.t.Errorf("unscanned without a reason: %+v", u)
		}
	}
}

func (s *sound) findings(list []checks.Finding) {
	for i := range list {
		f := &list[i]
		s.place(string(f.Rule), f.Location, f.Revision)
		if f.Revision == checks.AtMergeBase {
			continue // nobody is told
		}
		for _, said := range []string{f.Title, f.Message, f.Remediation.Text} {
			if strings.ContainsFunc(said, unicode.IsControl) || strings.Count(said, "`")%2 != 0 || said == "" || said != strings.ToValidUTF8(said, "") {
				s.t.Errorf("%s says %q", f.Rule, said)
			}
		}
		if f.Severity.Rank() == 0 || f.Fingerprint == "" {
			s.t.Errorf("%s of severity %q with fingerprint %q", f.Rule, f.Severity, f.Fingerprint)
		}
		for _, e := range f.Remediation.Edits {
			s.place(string(f.Rule)+"'s edit", checks.Location{Path: e.Path, Start: e.Start, End: e.End}, f.Revision)
		}
	}
}

// place fails unless a location is one in its file.
func (s *sound) place(what string, at checks.Location, revision checks.Revision) {
	t := s.text(at.Path, revision)
	if t == nil {
		s.t.Errorf("%.100q stands in %q, which is no text", what, at.Path)
		return
	}
	start, end := t.Offset(at.Start), t.Offset(at.End)
	if start > end || t.Position(start) != at.Start || t.Position(end) != at.End {
		s.t.Errorf("%.100q stands at %v to %v, which is no place of %q", what, at.Start, at.End, at.Path)
	}
}

func (s *sound) text(path checks.Path, revision checks.Revision) *text.Text {
	key := seen{path, revision}
	if known, ok := s.texts[key]; ok {
		return known
	}
	tree := s.c.Head
	if revision == checks.AtMergeBase {
		tree = s.c.MergeBase
	}
	t, err := text.Read(tree, path)
	if err != nil {
		t = nil
	}
	s.texts[key] = t
	return t
}
