//go:build linux

package analyse

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/analyse/internal/hostile"
	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

const someCommit checks.CommitSHA = "1111111111111111111111111111111111111111"

func newAcceptance() *acceptance {
	return &acceptance{
		check:   "test",
		exists:  func(p checks.Path, _ checks.Revision, _ checks.CommitSHA) bool { return p == "a.txt" },
		commits: map[checks.CommitSHA]bool{someCommit: true},
	}
}

func itemOf(tb testing.TB, kind protocol.ItemKind, what any) []byte {
	tb.Helper()
	text, err := json.Marshal(what)
	if err != nil {
		tb.Fatal(err)
	}
	return append([]byte{byte(kind)}, text...)
}

func TestAcceptanceJudgesFindings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(f *checks.Finding)
		ok     bool
	}{
		"an ordinary one":            {func(*checks.Finding) {}, true},
		"one about a whole file":     {func(f *checks.Finding) { f.Location.Start, f.Location.End = checks.Position{}, checks.Position{} }, true},
		"one in a commit":            {func(f *checks.Finding) { f.Location.Commit = someCommit }, true},
		"one on the older side":      {func(f *checks.Finding) { f.Revision = checks.AtMergeBase }, true},
		"one with a trace":           {func(f *checks.Finding) { f.Trace = []checks.Step{{Path: "a.txt", Line: 3}} }, true},
		"of no rule":                 {func(f *checks.Finding) { f.Rule = "" }, false},
		"without fingerprint":        {func(f *checks.Finding) { f.Fingerprint = "" }, false},
		"of another class":           {func(f *checks.Finding) { f.Class = "fun" }, false},
		"of another confidence":      {func(f *checks.Finding) { f.Confidence = "sure" }, false},
		"at another revision":        {func(f *checks.Finding) { f.Revision = "tomorrow" }, false},
		"that ends before it starts": {func(f *checks.Finding) { f.Location.Start.Line, f.Location.End.Line = 9, 3 }, false},
		"on too high a line":         {func(f *checks.Finding) { f.Location.End.Line = maxLine + 1 }, false},
		"with too long a trace":      {func(f *checks.Finding) { f.Trace = make([]checks.Step, maxSteps+1) }, false},
		"with a trace elsewhere":     {func(f *checks.Finding) { f.Trace = []checks.Step{{Path: "b.txt", Line: 3}} }, false},
		"with too many edits":        {func(f *checks.Finding) { f.Remediation.Edits = make([]checks.Edit, maxEdits+1) }, false},
		"with too long an edit": {func(f *checks.Finding) {
			f.Remediation.Edits = []checks.Edit{{Path: "a.txt", NewText: strings.Repeat("x", maxText+1)}}
		}, false},
		"with too many references": {func(f *checks.Finding) { f.Remediation.References = make([]string, maxList+1) }, false},
		"with too long a snippet":  {func(f *checks.Finding) { f.Snippet = strings.Repeat("x", maxText+1) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := hostile.Finding("test", "a.txt")
			c.change(&f)
			a := newAcceptance()
			err := a.add(itemOf(t, protocol.FindingItem, f))
			if (err == nil) != c.ok || (len(a.report.Findings) == 1) != c.ok {
				t.Errorf("error %v", err)
			}
			if _, violation := protocol.IsViolation(err); err != nil && !violation {
				t.Errorf("not a violation: %v", err)
			}
		})
	}
}

func TestAcceptanceJudgesTheRest(t *testing.T) {
	place := checks.Location{Path: "a.txt", Start: checks.Position{Line: 1, Column: 1}}
	for name, c := range map[string]struct {
		kind protocol.ItemKind
		item any
		ok   bool
	}{
		"a component":                    {protocol.ComponentItem, checks.Component{Kind: "model", Name: "m", Location: place}, true},
		"a component without a name":     {protocol.ComponentItem, checks.Component{Kind: "model", Location: place}, false},
		"a component elsewhere":          {protocol.ComponentItem, checks.Component{Kind: "model", Name: "m", Location: checks.Location{Path: "b"}}, false},
		"a component with a long field":  {protocol.ComponentItem, checks.Component{Kind: "model", Name: "m", Location: place, Fields: map[string]string{"a": strings.Repeat("x", maxShort+1)}}, false},
		"a package":                      {protocol.PackageItem, checks.Package{Ecosystem: "PyPI", Name: "p", Role: checks.Direct, Location: place}, true},
		"a package of no role":           {protocol.PackageItem, checks.Package{Ecosystem: "PyPI", Name: "p", Location: place}, false},
		"a package from nowhere":         {protocol.PackageItem, checks.Package{Ecosystem: "PyPI", Name: "p", Role: checks.Direct, Origin: "moon", Location: place}, false},
		"a package imported elsewhere":   {protocol.PackageItem, checks.Package{Ecosystem: "PyPI", Name: "p", Role: checks.Direct, ImportedBy: []checks.Path{"b"}, Location: place}, false},
		"a package pinned backwards":     {protocol.PackageItem, checks.Package{Ecosystem: "PyPI", Name: "p", Role: checks.Direct, Pin: &checks.Range{Start: checks.Position{Line: 3}, End: checks.Position{Line: 2}}, Location: place}, false},
		"a package of no ecosystem":      {protocol.PackageItem, checks.Package{Name: "p", Role: checks.Direct, Location: place}, false},
		"evidence":                       {protocol.EvidenceItem, checks.Evidence{Tier: checks.Declared, Commit: someCommit}, true},
		"evidence of another tier":       {protocol.EvidenceItem, checks.Evidence{Tier: "rumoured"}, false},
		"evidence of another commit":     {protocol.EvidenceItem, checks.Evidence{Tier: checks.Declared, Commit: "2"}, false},
		"evidence on lines backwards":    {protocol.EvidenceItem, checks.Evidence{Tier: checks.Declared, Lines: [2]int{5, 3}}, false},
		"a file not scanned":             {protocol.UnscannedItem, checks.Unscanned{Check: "test", Reason: "r", Kind: checks.Excluded}, true},
		"a file not scanned by another":  {protocol.UnscannedItem, checks.Unscanned{Check: "code", Reason: "r", Kind: checks.Excluded}, false},
		"a file not scanned, upwards":    {protocol.UnscannedItem, checks.Unscanned{Path: "../a", Check: "test", Reason: "r", Kind: checks.Failed}, false},
		"a file not scanned for nothing": {protocol.UnscannedItem, checks.Unscanned{Check: "test", Kind: checks.Failed}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := newAcceptance().add(itemOf(t, c.kind, c.item)); (err == nil) != c.ok {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestAcceptanceIsBounded(t *testing.T) {
	u := itemOf(t, protocol.UnscannedItem, checks.Unscanned{Check: "test", Reason: "r", Kind: checks.Failed})
	t.Run("in items", func(t *testing.T) {
		a := newAcceptance()
		for i := range MaxUnscanned {
			if err := a.add(u); err != nil {
				t.Fatalf("item %d: %v", i, err)
			}
		}
		if err := a.add(u); err == nil {
			t.Error("one more was taken")
		}
	})
	t.Run("in bytes", func(t *testing.T) {
		a := newAcceptance()
		a.bytes = MaxReportBytes - len(u)
		if err := a.add(u); err != nil {
			t.Error(err)
		}
		if err := a.add(u); err == nil {
			t.Error("one more was taken")
		}
	})
}

// TestFitMakesAReportAcceptable: what an honest check reports, however long, is never taken for an attack.
func TestFitMakesAReportAcceptable(t *testing.T) {
	long := strings.Repeat("é\xff<\x01", 100_000)
	f := hostile.Finding("other", "a.txt")
	f.Status, f.Symbol, f.Message, f.Snippet, f.Title = checks.New, long, long, long, long
	f.Remediation = checks.Remediation{Text: long, References: make([]string, 1000), Edits: []checks.Edit{{Path: "a.txt", NewText: long}}}
	f.Taxonomy.CWE = []string{long}
	f.Package = &checks.PackageFact{Ecosystem: long, Name: long, Version: long, Advisory: long, Fixed: long, Aliases: []string{long}}
	for range 1000 {
		f.Trace = append(f.Trace, checks.Step{Path: "a.txt", Text: long})
	}
	place := checks.Location{Path: "a.txt"}
	report := fit("test", checks.Report{
		Findings:   []checks.Finding{f},
		Components: []checks.Component{{Kind: long, Name: long, Version: long, Location: place, Fields: map[string]string{"a": long, "b": "short"}}},
		Packages:   []checks.Package{{Ecosystem: long, Name: long, Version: long, Requirement: long, Group: long, Snippet: long, Guesses: []string{long}, Role: checks.Direct, Location: place}},
		Evidence:   []checks.Evidence{{Tier: checks.Declared, Agent: long, Kind: long, Quote: long}},
		Unscanned:  make([]checks.Unscanned, MaxUnscanned+5),
	})
	if n := len(report.Unscanned); n > MaxUnscanned || report.Unscanned[n-1].Kind != checks.Failed {
		t.Errorf("%d files not scanned, at last %+v", n, report.Unscanned[n-1])
	}
	if len(report.Findings[0].Remediation.Edits) > 0 || len(report.Components[0].Fields) != 1 {
		t.Error("an edit or a field was cut in half")
	}
	a := newAcceptance()
	for kind, item := range map[protocol.ItemKind]any{
		protocol.FindingItem: report.Findings[0], protocol.ComponentItem: report.Components[0],
		protocol.PackageItem: report.Packages[0], protocol.EvidenceItem: report.Evidence[0],
		protocol.UnscannedItem: report.Unscanned[MaxUnscanned-5],
	} {
		body := itemOf(t, kind, item)
		if err := a.add(body); err != nil || len(body) > protocol.MaxItem {
			t.Errorf("kind %c of %d bytes: %v", kind, len(body), err)
		}
	}
}

// FuzzItem: whatever a child reports is taken within bounds or is a violation.
func FuzzItem(f *testing.F) {
	finding := hostile.Finding("test", "a.txt")
	f.Add(itemOf(f, protocol.FindingItem, finding))
	f.Add(itemOf(f, protocol.EvidenceItem, checks.Evidence{Tier: checks.Declared, Lines: [2]int{1, 2}}))
	f.Add(itemOf(f, protocol.PackageItem, checks.Package{Ecosystem: "npm", Name: "p", Role: checks.Direct, Location: finding.Location}))
	f.Add([]byte(`u{"path":"\"\\377\"","check":"test","reason":"r","kind":"failed"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a := newAcceptance()
		err := a.add(body)
		if _, violation := protocol.IsViolation(err); err != nil && !violation {
			t.Fatalf("another error: %v", err)
		}
		for _, f := range a.report.Findings {
			if f.Location.Path != "a.txt" || f.Severity.Rank() == 0 || f.Check != "test" || len(f.Message) > maxText {
				t.Errorf("taken: %+v", f)
			}
		}
		for _, u := range a.report.Unscanned {
			if u.Path != "" && !protocol.ValidPath(string(u.Path)) {
				t.Errorf("taken: %+v", u)
			}
		}
	})
}
