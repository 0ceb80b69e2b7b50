package output

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/assay-app/assay/checks"
)

func sarifOf(t *testing.T, r Report) *sarif.Run {
	t.Helper()
	report, err := sarif.FromString(render(t, SARIF, r, Style{}))
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Runs) != 1 {
		t.Fatalf("%d runs", len(report.Runs))
	}
	return report.Runs[0]
}

// TestSARIFSatisfiesTheStandardsSchema validates against the schema of OASIS that go-sarif carries.
func TestSARIFSatisfiesTheStandardsSchema(t *testing.T) {
	for name, r := range reports() {
		report, err := sarif.FromString(render(t, SARIF, r, Style{}))
		if err != nil {
			t.Fatal(err)
		}
		if err := report.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSARIFHoldsWhatGitHubAsksFor: the fields that code scanning requires or sorts by.
func TestSARIFHoldsWhatGitHubAsksFor(t *testing.T) {
	for name, r := range reports() {
		run := sarifOf(t, r)
		rules := run.Tool.Driver.Rules
		for _, result := range run.Results {
			switch {
			case result.RuleIndex < 0 && len(rules) > 1, *rules[max(0, result.RuleIndex)].ID != *result.RuleID:
				t.Errorf("%s: a result of %s points to rule %d", name, *result.RuleID, result.RuleIndex)
			case *result.Message.Text == "", len(result.Locations) != 1:
				t.Errorf("%s: a result of %s has no message or place", name, *result.RuleID)
			case result.PartialFingerprints["primaryLocationLineHash"] == "":
				t.Errorf("%s: a result of %s has no fingerprint", name, *result.RuleID)
			}
			at := result.Locations[0].PhysicalLocation.ArtifactLocation
			if parsed, err := url.Parse(*at.URI); err != nil || parsed.IsAbs() || *at.URIBaseID != "%SRCROOT%" {
				t.Errorf("%s: %q is no relative URI: %v", name, *at.URI, err)
			}
		}
		for _, rule := range rules {
			if *rule.Help.Text == "" || *rule.Help.Markdown == "" || *rule.ShortDescription.Text == "" || rule.Properties.Properties["security-severity"] == "" {
				t.Errorf("%s: rule %s does not explain itself", name, *rule.ID)
			}
			if len(rule.Properties.Tags) > maxTags || rule.Properties.Tags[0] != "security" {
				t.Errorf("%s: rule %s has tags %v", name, *rule.ID, rule.Properties.Tags)
			}
		}
	}
}

func TestSARIFFingerprintsTellEqualFindingsOfAFileApart(t *testing.T) {
	one := found("r", checks.Low, at("a.py", 1, 1, 1, 2), "x")
	other := found("r", checks.Low, at("b.py", 1, 1, 1, 2), "x")
	run := sarifOf(t, reportOf([]checks.Finding{one, one, other}))
	for i, want := range []string{":1", ":2", ":1"} {
		if got := run.Results[i].PartialFingerprints[lineHashKey]; got != string(one.Fingerprint)+want {
			t.Errorf("finding %d: %s, want …%s", i, got, want)
		}
	}
}

func TestSARIFColumnsCountUTF16(t *testing.T) {
	redacted := committedKey()
	tests := map[string]struct {
		finding checks.Finding
		want    string
	}{
		"ASCII is as in bytes":                           {found("r", checks.Low, at("a", 1, 3, 1, 5), "abcdef"), "1:3-1:5"},
		"two bytes are one unit":                         {found("r", checks.Low, at("a", 1, 3, 1, 5), "éabc"), "1:2-1:4"},
		"an emoji is two units":                          {found("r", checks.Low, at("a", 1, 5, 1, 6), "👍abc"), "1:3-1:4"},
		"a byte that is not UTF-8 is one unit":           {found("r", checks.Low, at("a", 1, 2, 1, 3), "\xffabc"), "1:2-1:3"},
		"an end on a later line":                         {found("r", checks.Low, at("a", 1, 1, 2, 4), "x\néa"), "1:1-2:3"},
		"an end at the start of a line":                  {found("r", checks.Low, at("a", 1, 1, 3, 1), "x\ny"), "1:1-3:1"},
		"an end on a line that is not known is left out": {found("r", checks.Low, at("a", 1, 1, 9, 5), "1\n2\n3\n4\n…"), "1:1-9:0"},
		"a place without a text is its lines":            {found("r", checks.Low, at("a", 4, 7, 4, 9), ""), "4:0-4:0"},
		"a place in a line cut before it is its line":    {found("r", checks.Low, at("a", 1, 500, 1, 510), "…"+strings.Repeat("é", 90)), "1:0-1:0"},
		"a place of no width":                            {found("r", checks.Low, at("a", 1, 3, 1, 3), "abc"), "1:3-1:3"},
		"a credential ends where it does in the file":    {redacted, "3:14-3:122"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			region := sarifOf(t, reportOf([]checks.Finding{test.finding})).Results[0].Locations[0].PhysicalLocation.Region
			n := func(p *int) int {
				if p == nil {
					return 0
				}
				return *p
			}
			got := fmt.Sprintf("%d:%d-%d:%d", n(region.StartLine), n(region.StartColumn), n(region.EndLine), n(region.EndColumn))
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestSARIFWholeFileHasNoRegion(t *testing.T) {
	run := sarifOf(t, reportOf([]checks.Finding{found("r", checks.Low, checks.Location{Path: "model.pkl"}, "")}))
	if region := run.Results[0].Locations[0].PhysicalLocation.Region; region != nil {
		t.Errorf("got %+v", region)
	}
}

func TestSARIFPathsAreURIs(t *testing.T) {
	for path, want := range map[checks.Path]string{
		"src/a.py":      "src/a.py",
		"a b#c?d%e":     "a%20b%23c%3Fd%25e",
		"c:/x":          "c%3A/x",
		"größe":         "gr%C3%B6%C3%9Fe",
		"\xff\n":        "%FF%0A",
		"-._~":          "-._~",
		"[id]/(x)/page": "%5Bid%5D/%28x%29/page",
	} {
		got := uri(path)
		if got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
		if back, err := url.PathUnescape(got); err != nil || back != string(path) {
			t.Errorf("%q came back as %q: %v", path, back, err)
		}
	}
}

func TestSARIFSaysWhatWasNotScanned(t *testing.T) {
	run := sarifOf(t, reports()["unscanned-only"])
	invocation := run.Invocations[0]
	if *invocation.ExecutionSuccessful || len(invocation.ToolExecutionNotifications) != 26 {
		t.Errorf("successful: %v, %d notifications", *invocation.ExecutionSuccessful, len(invocation.ToolExecutionNotifications))
	}
	if !*sarifOf(t, reports()["clean"]).Invocations[0].ExecutionSuccessful {
		t.Error("a complete scan is called unsuccessful")
	}
}

func TestSARIFNotificationsAreBounded(t *testing.T) {
	many := make([]checks.Unscanned, maxNotifications+5)
	for i := range many {
		many[i] = checks.Unscanned{Path: checks.Path(fmt.Sprint(i)), Reason: "unreadable", Kind: checks.Failed}
	}
	notifications := sarifOf(t, reportOf(nil, many...)).Invocations[0].ToolExecutionNotifications
	if last := *notifications[len(notifications)-1].Message.Text; len(notifications) != maxNotifications+1 || !strings.HasPrefix(last, "5 more") {
		t.Errorf("%d notifications, the last %q", len(notifications), last)
	}
}

func TestSARIFStaysWithinGitHubsLimits(t *testing.T) {
	findings := make([]checks.Finding, maxResults+3)
	for i := range findings {
		findings[i] = found("r", checks.Low, at("a.py", i+1, 1, i+1, 2), "x")
		findings[i].Status = checks.Existing
	}
	findings[len(findings)-1].Status = checks.New
	text := render(t, SARIF, reportOf(findings), Style{}) // too much to parse
	if n := strings.Count(text, `"ruleId"`); n != maxResults || strings.Index(text, `"new"`) > strings.Index(text, `"unchanged"`) {
		t.Errorf("%d results, or the new one is not the first", n)
	}
	if !strings.Contains(text, `"text": "3 findings were left out`) {
		t.Error("it is not said that findings were left out")
	}

	tagged := found("r", checks.Low, at("a.py", 1, 1, 1, 2), "x")
	for i := range 30 {
		tagged.Taxonomy.CWE = append(tagged.Taxonomy.CWE, fmt.Sprintf("CWE-%d", i))
	}
	tagged.Trace = make([]checks.Step, maxThreadSteps+1)
	run := sarifOf(t, reportOf([]checks.Finding{tagged}))
	if n := len(run.Tool.Driver.Rules[0].Properties.Tags); n != maxTags {
		t.Errorf("%d tags", n)
	}
	if n := len(run.Results[0].CodeFlows[0].ThreadFlows[0].Locations); n != maxThreadSteps {
		t.Errorf("%d steps", n)
	}
}

func TestSARIFMarksWhatIsNotNew(t *testing.T) {
	states := map[string]int{}
	for _, result := range sarifOf(t, reports()["review"]).Results {
		states[fmt.Sprintf("%s, %d suppressions", *result.BaselineState, len(result.Suppressions))]++
	}
	if states["new, 0 suppressions"] != 3 || states["unchanged, 0 suppressions"] != 2 || states["unchanged, 1 suppressions"] != 1 || len(states) != 3 {
		t.Errorf("got %v", states)
	}
}

func TestSARIFMessagesAreNoLinks(t *testing.T) {
	f := found("r", checks.Low, at("a.py", 1, 1, 1, 2), "x")
	f.Message = "see [here](https://example.com) and C:\\x"
	if got := *sarifOf(t, reportOf([]checks.Finding{f})).Results[0].Message.Text; got != `see \[here\](https://example.com) and C:\\x` {
		t.Errorf("got %s", got)
	}
}

func TestSARIFGivesNoFixThatItCannotPlace(t *testing.T) {
	f := shellFlow()
	if fixes := sarifOf(t, reportOf([]checks.Finding{f})).Results[0].Fixes; len(fixes) != 1 {
		t.Fatalf("%d fixes", len(fixes))
	}
	for name, change := range map[string]func(*checks.Finding){
		"a column in another file":   func(f *checks.Finding) { f.Remediation.Edits[0].Path = "other.py" },
		"a line that was cut":        func(f *checks.Finding) { f.Snippet = "…" + f.Snippet },
		"a column beyond the line":   func(f *checks.Finding) { f.Remediation.Edits[0].End.Column = 900 },
		"a text that is not UTF-8":   func(f *checks.Finding) { f.Remediation.Edits[0].NewText = "\xff" },
		"a place only in one commit": func(f *checks.Finding) { f.Location.Commit = "0123" },
	} {
		f := shellFlow()
		change(&f)
		if fixes := sarifOf(t, reportOf([]checks.Finding{f})).Results[0].Fixes; len(fixes) != 0 {
			t.Errorf("%s: a fix is given", name)
		}
	}
}

func TestSARIFIsWrittenWithoutEmptyLists(t *testing.T) {
	text := render(t, SARIF, reports()["clean"], Style{})
	if strings.Contains(text, "-1") || strings.Count(text, "[]") != 2 { // results and rules must be there
		t.Errorf("got %s", text)
	}
}
