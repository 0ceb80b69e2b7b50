package review

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// listed is an analyser that lists packages and finds nothing.
type listed []checks.Package

func (l listed) Run(context.Context, *checks.Change, []checks.Name) (checks.Report, error) {
	return checks.Report{Packages: l}, nil
}

// answering is a judge that answers the same whatever it is asked.
type answering struct {
	findings []checks.Finding
	answers  judge.Answers
	err      error
}

func (a answering) Judge(context.Context, []checks.Package) ([]checks.Finding, judge.Answers, error) {
	return a.findings, a.answers, a.err
}

func npm(at checks.Revision, name, version string) checks.Package {
	return checks.Package{Ecosystem: "npm", Name: name, Version: version, Revision: at}
}

func from(origin checks.Origin, p checks.Package) checks.Package {
	p.Origin = origin
	return p
}

func reserved(p checks.Package) checks.Package {
	p.Reserved = true
	return p
}

func noAnswer(name, version string) judge.Unknown {
	return judge.Unknown{Ref: judge.Ref{Name: judge.Name{Ecosystem: "npm", Name: name}, Version: version}, Reason: "it is late"}
}

var today = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func TestAdvisoriesThatAreMissingMatterOnlyToVersionsThatAreAdded(t *testing.T) {
	const head, base = checks.AtHead, checks.AtMergeBase
	tests := map[string]struct {
		packages []checks.Package
		want     bool // that the review is incomplete
	}{
		"no packages":                  {nil, false},
		"a package added":              {[]checks.Package{npm(head, "left", "1.0.0")}, true},
		"a package upgraded":           {[]checks.Package{npm(base, "left", "1.0.0"), npm(head, "left", "2.0.0")}, true},
		"a package removed":            {[]checks.Package{npm(base, "left", "1.0.0")}, false},
		"one that was there":           {[]checks.Package{npm(base, "left", "1.0.0"), npm(head, "left", "1.0.0")}, false},
		"one that moved":               {[]checks.Package{npm(head, "left", "1.0.0"), npm(base, "left", "1.0.0")}, false},
		"a range added":                {[]checks.Package{npm(head, "left", "")}, true},
		"a range that was there":       {[]checks.Package{npm(base, "left", ""), npm(head, "left", "")}, false},
		"one of the repository itself": {[]checks.Package{from(checks.Local, npm(head, "left", "1.0.0"))}, false},
		"one from a private registry":  {[]checks.Package{from(checks.Private, npm(head, "left", "1.0.0"))}, false},
		"one from a mirror":            {[]checks.Package{from(checks.Mirror, npm(head, "left", "1.0.0"))}, true},
		"one that policy reserves":     {[]checks.Package{reserved(npm(head, "left", "1.0.0"))}, false},
		"one that became a public one": {[]checks.Package{from(checks.Local, npm(base, "left", "1.0.0")), npm(head, "left", "1.0.0")}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := Input{Change: &checks.Change{}, Packages: answering{answers: judge.Answers{Now: today, Database: judge.Database{Missing: "it is gone"}}}}
			result, err := Run(t.Context(), listed(test.packages), in)
			if err != nil {
				t.Fatal(err)
			}
			if got := len(result.Unscanned) == 1 && strings.HasSuffix(result.Unscanned[0].Reason, "it is gone"); got != test.want {
				t.Errorf("not scanned: %+v", result.Unscanned)
			}
		})
	}
}

func TestLookupsSayWhatTheChangeLeavesUnanswered(t *testing.T) {
	packages := []checks.Package{
		npm(checks.AtMergeBase, "old", "1.0.0"), npm(checks.AtHead, "old", "1.0.0"),
		npm(checks.AtMergeBase, "raised", "1.0.0"), npm(checks.AtHead, "raised", "2.0.0"),
		npm(checks.AtMergeBase, "range", ""), npm(checks.AtHead, "range", ""), npm(checks.AtHead, "fresh", ""),
	}
	all := []judge.Unknown{noAnswer("old", "1.0.0"), noAnswer("range", ""), noAnswer("raised", "1.0.0"), noAnswer("raised", "2.0.0"), noAnswer("fresh", "")}
	in := Input{Change: &checks.Change{}, Packages: answering{answers: judge.Answers{Now: today, Unknown: all}}}
	result, err := Run(t.Context(), listed(packages), in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(all[3:], result.Lookups.Unknown); diff != "" || result.Unanswered() != 2 {
		t.Errorf("%d are unanswered: %s", result.Unanswered(), diff)
	}
	if said := result.Lookups.Unanswered(); said != "2 look-ups without an answer, such as npm raised: it is late" {
		t.Errorf("it is said so: %q", said)
	}
}

func TestLookupsSayWhereAdvisoriesCameFrom(t *testing.T) {
	index := func(age time.Duration) judge.Database {
		return judge.Database{Source: "index", Built: today.Add(-age), Records: 3}
	}
	const day = 24 * time.Hour
	tests := map[string]struct {
		database judge.Database
		want     string
	}{
		"an index of today":                   {index(time.Hour), "advisories: index of 2026-05-20, less than a day old"},
		"an index of yesterday":               {index(day), "advisories: index of 2026-05-19, 1 day old"},
		"an index at the end of its time":     {index(judge.StaleAfter), "advisories: index of 2026-05-13, 7 days old"},
		"an index beyond it":                  {index(judge.StaleAfter + day), "advisories: index of 2026-05-12, stale: 8 days old; run assay advisories update"},
		"an index of tomorrow, by its clock":  {index(-day), "advisories: index of 2026-05-21, less than a day old"},
		"OSV":                                 {judge.Database{Source: "osv.dev"}, "advisories: osv.dev"},
		"nobody, as nobody wanted it":         {judge.Database{Off: true}, "advisories: look-ups are switched off"},
		"nobody, though somebody should have": {judge.Database{Missing: "it is gone"}, "advisories: none (it is gone)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := Input{Change: &checks.Change{}, Packages: answering{answers: judge.Answers{Now: today, Database: test.database}}}
			result, err := Run(t.Context(), listed(nil), in)
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Lookups.Source(); got != test.want || result.Lookups.Unanswered() != "" {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNothingIsLookedUpWhenNobodyAsksForIt(t *testing.T) {
	broken := answering{err: errors.New("it was asked")}
	for name, in := range map[string]Input{
		"nobody to ask":                   {},
		"other checks alone are asked of": {Packages: broken, Only: []checks.Name{checks.Secret}},
	} {
		in.Change = &checks.Change{}
		result, err := Run(t.Context(), listed{npm(checks.AtHead, "left", "1.0.0")}, in)
		if err != nil || result.Lookups != nil || result.Unanswered() != 0 || result.Lookups.Source() != "" {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
	if _, err := Run(t.Context(), listed(nil), Input{Change: &checks.Change{}, Packages: broken, Only: []checks.Name{checks.Dependency}}); !errors.Is(err, broken.err) {
		t.Errorf("a judge that was stopped: %v", err)
	}
	if n := (*Result)(nil).Unanswered(); n != 0 {
		t.Errorf("%d unanswered look-ups of no result", n)
	}
}

func TestPackagesOfAResultHoldOnlyWhatTheHeadHasAndPeopleMaySee(t *testing.T) {
	p := npm(checks.AtHead, "left", "1.0.0")
	p.Snippet, p.Pin, p.Guesses = "left==1.0.0", &checks.Range{}, []string{"right"}
	result, err := Run(t.Context(), listed{npm(checks.AtMergeBase, "left", "0.9.0"), p}, Input{Change: &checks.Change{}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]checks.Package{npm(checks.AtHead, "left", "1.0.0")}, result.Packages); diff != "" {
		t.Error(diff)
	}
}
