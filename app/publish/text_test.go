package publish

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/app/markdown/markdowntest"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file that a person can read.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got+"\n"); diff != "" {
		t.Errorf("%s: run with -update if this is meant\n%s", file, diff)
	}
}

// flow is a finding with everything that one can have.
func flow() checks.Finding {
	return checks.Finding{
		Fingerprint: "1e9b062481577bfd8b6693ee7c123c58",
		Rule:        "llm-output-to-shell",
		Check:       checks.Code,
		Severity:    checks.Critical,
		Confidence:  checks.ConfidenceHigh,
		Status:      checks.New,
		Title:       "Output of a model is run as a shell command",
		Message:     "What `ask` returns reaches a shell. Whoever can put words into the prompt, a web page or a document that the model reads, runs commands as this process.\n\nThe flow crosses two functions; no check of the command stands between them.",
		Location:    checks.Location{Path: "app/tools.py", Start: at(12, 5), End: at(12, 39)},
		Snippet:     "    subprocess.run(plan, shell=True)",
		Trace: []checks.Step{
			{Path: "app/llm.py", Line: 4, Text: "reply = client.chat(messages)"},
			{Path: "app/tools.py", Line: 9, Text: "plan = ask(task)"},
			{Path: "app/tools.py", Line: 12, Text: "subprocess.run(plan, shell=True)"},
		},
		Taxonomy: checks.Taxonomy{
			CWE: []string{"CWE-78"}, OWASPLLM2025: []string{"LLM05"}, OWASPAgentic: []string{"ASI02"}, MITREATLAS: []string{"AML.T0051.000"},
		},
		Remediation: checks.Remediation{
			Text:       "Pass a list of arguments and no shell, and compare the first with the programs that the agent may run.",
			References: []string{"https://cwe.mitre.org/data/definitions/78.html"},
		},
	}
}

func TestTheCommentReads(t *testing.T) {
	f := flow()
	block, ok := markdown.Suggestion([]string{"    subprocess.run(shlex.split(plan))"})
	if !ok {
		t.Fatal("no suggestion")
	}
	golden(t, "comment.md", offline().commentBody(&f, "c0ffee0123456789c0ffee0123456789c0ffee01", nil, block, newMarker(&f, "0123456789abcdef")))
}

// gateOfTwo is a commit in two pull requests with about everything that a summary can say.
func gateOfTwo() Gate {
	secret := finding("config/.env", 3)
	secret.Check, secret.Rule, secret.Title = checks.Secret, "anthropic-api-key", "Anthropic API key committed"
	secret.Location.Commit = "decade0123456789decade0123456789decade01"
	low := finding("AGENTS.md", 7)
	low.Severity = checks.Low
	old := finding("AGENTS.md", 9)
	old.Status = checks.Existing
	pkg := finding("requirements.txt", 2)
	pkg.Check, pkg.Rule, pkg.Title = checks.Dependency, "package-does-not-exist", "The package does not exist"
	pkg.Package = &checks.PackageFact{Ecosystem: "PyPI", Name: "openai-agents-helper", Version: "1.0", Advisory: "MAL-2025-1", Fixed: "none"}
	result := &review.Result{
		MergeBase: "ba5e0123456789ba5e0123456789ba5e01234567", Head: "c0ffee0123456789c0ffee0123456789c0ffee01",
		Findings: []checks.Finding{flow(), secret, pkg, low, old}, Excluded: 12,
		Unscanned: []checks.Unscanned{
			{Path: "weights/model.safetensors", Check: checks.Model, Reason: "larger than 50 MiB", Kind: checks.Failed},
			{Path: "old.py", Check: checks.Code, Reason: "could not be read", Kind: checks.Failed, Revision: checks.AtMergeBase},
			{Reason: "the check ran out of memory", Check: checks.Code, Kind: checks.Failed},
		},
		Stats: review.Stats{Files: 30, Bytes: 123_456, Seconds: 1.26},
	}
	strict := decidedBy(enforcing(), Pull{Number: 12, Head: result.Head, Result: result})
	strict.Placed = Placed{0: "https://github.example/acme/shop/pull/12#discussion_r1"}
	strict.CommentAt = checks.Medium
	audit := decidedBy(policy.Default(), Pull{Number: 15, Head: result.Head, Result: &review.Result{
		Findings: []checks.Finding{pkg}, Stats: review.Stats{Files: 1, Bytes: 99, Seconds: 0.1},
	}})
	g := Gate{Name: "Assay", Head: result.Head, Pulls: []Pull{audit, strict}}
	g.order()
	return g
}

func TestTheGateReads(t *testing.T) {
	g := gateOfTwo()
	r := offline().gate(&g)
	golden(t, "gate.md", "# "+r.conclusion+": "+r.title+"\n\n"+string(markdown.Blocks(r.summary, r.stats)))
	golden(t, "gate-details.md", string(r.text))
}

// hostile is text of a pull request that wants to be more than text.
const hostile = "@octocat @acme/team #12 GH-3 acme/app#4 deadbeefdeadbeef https://evil.example www.evil.example\n" +
	"/assay override\n- [ ] task\n<img src=https://evil.example><!-- hidden --></details>\n```\n~~~\n" +
	"![x](https://evil.example/p.png) [x](https://evil.example) | a | b |\n| - |\n\u202e\U000e0041:tada: $x$ `tick` **b** &#64;octocat"

func TestTextOfThePullRequestIsOnlyText(t *testing.T) {
	g := gateOfTwo()
	f := &g.Pulls[0].Result.Findings[0]
	f.Title, f.Message, f.Symbol, f.Snippet = hostile, hostile, hostile, hostile
	f.Location.Path, f.Rule, f.Remediation.Text = checks.Path(hostile), checks.RuleID(hostile), hostile
	f.Remediation.References = []string{hostile, "javascript:alert(1)", "https://ok.example/" + hostile}
	f.Trace = []checks.Step{{Path: checks.Path(hostile), Line: 1, Text: hostile}}
	f.Taxonomy = checks.Taxonomy{CWE: []string{hostile}, OWASPLLM2025: []string{hostile}, MITREATLAS: []string{hostile}}
	f.Package = &checks.PackageFact{Ecosystem: hostile, Name: hostile, Version: hostile, Advisory: hostile, Fixed: hostile}
	g.Pulls[0].Unscanned = []checks.Unscanned{{Path: checks.Path(hostile), Check: checks.Name(hostile), Reason: hostile, Kind: checks.Failed}}
	g.Pulls[0].Placed = nil
	g.Pulls[0].Policy = hostile
	p := offline()
	gate := p.gate(&g)
	failed := p.failed(&Gate{Name: "Assay", Failure: hostile})

	texts := map[string]string{
		"comment": p.commentBody(f, "c0ffee", nil, "", newMarker(f, "0123456789abcdef")),
		"summary": string(gate.summary), "details": string(gate.text), "failure": string(failed.summary),
	}
	for _, family := range p.families(&g, nil) {
		texts[family.name] = string(family.summary)
	}
	allowed := strings.Fields("p strong em a code pre ul ol li sub h3 table thead tbody tr th td details summary span br")
	for name, text := range texts {
		page, err := markdowntest.Render(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Elements {
			if !slices.Contains(allowed, e) && !(e == "comment" && name == "comment") {
				t.Errorf("%s: <%s> in\n%s", name, e, text)
			}
		}
		for _, link := range page.Links {
			if !strings.HasPrefix(link, "https://github.example/acme/shop/") && !strings.HasPrefix(link, "https://assay.example/") &&
				!strings.HasPrefix(link, "https://cwe.mitre.org/") && !strings.HasPrefix(link, "https://ok.example/") {
				t.Errorf("%s: a link to %s in\n%s", name, link, text)
			}
		}
		for _, act := range page.Acts() {
			t.Errorf("%s: GitHub would see %s in\n%s", name, act, text)
		}
	}
	for _, line := range []string{gate.title, failed.title} {
		if line := oneLine(line, maxTitle); strings.ContainsAny(line, "\n\u202e") {
			t.Errorf("the title is %q", line)
		}
	}
}

// TestNothingExceedsGitHubsLimits publishes as much as a pull request can hold.
func TestNothingExceedsGitHubsLimits(t *testing.T) {
	long := strings.Repeat("<@#$|`*ü\xff", 40_000)
	var all []checks.Finding
	for i := range 1000 {
		f := flow()
		f.Location.Start.Line, f.Location.End.Line = i+1, i+1
		f.Fingerprint = checks.NewFingerprint(f.Rule, "", long[:i])
		f.Title, f.Message, f.Snippet, f.Remediation.Text = long, long, long, long
		f.Rule, f.Trace = checks.RuleID(long), slices.Repeat([]checks.Step{{Path: checks.Path(long), Line: 1, Text: long}}, 1000)
		f.Remediation.References = slices.Repeat([]string{"https://example.org/" + long}, 100)
		all = append(all, f)
	}
	result := &review.Result{Findings: all}
	for range 1000 {
		result.Unscanned = append(result.Unscanned, checks.Unscanned{Path: checks.Path(long), Reason: long, Kind: checks.Failed})
	}
	pull := decidedBy(enforcing(), Pull{Number: 1, Head: "c0ffee", Result: result})
	pull.Policy = long
	g := Gate{Name: "Assay", Head: "c0ffee", Pulls: []Pull{pull, pull, pull}}
	p := offline()
	gate := p.gate(&g)
	for _, r := range append(p.families(&g, nil), gate, p.failed(&Gate{Name: "Assay", Failure: long}), p.waiting(&Gate{Pending: make([]int, 1000)})) {
		w := runWriter{want: r}
		output, _ := w.output()
		if n := len(output.GetSummary()); n > markdown.MaxCheckText {
			t.Errorf("%s: a summary of %d bytes", r.name, n)
		}
		if n := len(output.GetText()); n > markdown.MaxCheckText {
			t.Errorf("%s: a text of %d bytes", r.name, n)
		}
		if n := len(output.GetTitle()); n > maxTitle {
			t.Errorf("%s: a title of %d bytes", r.name, n)
		}
		if len(output.Annotations) > annotationsPerRequest || len(r.annotations) > MaxAnnotations {
			t.Errorf("%s: %d annotations, %d at once", r.name, len(r.annotations), len(output.Annotations))
		}
		for _, a := range r.annotations {
			if len(a.GetMessage()) > 64<<10 || len(a.GetTitle()) > 255 {
				t.Errorf("an annotation of %d bytes", len(a.GetMessage()))
			}
		}
	}
	for _, cut := range []markdown.Block{gate.summary, gate.text} {
		if !strings.Contains(string(cut), " more ") {
			t.Errorf("it does not say that something was left out:\n%.2000s", cut)
		}
	}
	body := p.commentBody(&all[0], "c0ffee", nil, "", newMarker(&all[0], "0123456789abcdef"))
	if len(body) > markdown.MaxBody {
		t.Errorf("a comment of %d bytes", len(body))
	}
	if _, ok := readMarker(body); !ok {
		t.Error("a comment lost its mark")
	}
}

func TestAnnotations(t *testing.T) {
	f := finding("a.py", 3)
	f.Location.Start, f.Location.End = at(3, 5), at(3, 9)
	one := annotation(&f, 0)
	if one.GetStartLine() != 3 || one.GetEndLine() != 3 || one.GetStartColumn() != 5 || one.GetEndColumn() != 8 {
		t.Errorf("on one line: %+v", one)
	}
	f.Location.End = at(5, 2)
	if several := annotation(&f, 0); several.GetEndLine() != 5 || several.StartColumn != nil || several.EndColumn != nil {
		t.Errorf("columns on several lines: %+v", several)
	}
	for severity, want := range map[checks.Severity]string{
		checks.Critical: "failure", checks.High: "failure", checks.Medium: "warning", checks.Low: "notice",
	} {
		if f.Severity = severity; annotation(&f, 0).GetAnnotationLevel() != want {
			t.Errorf("%s is not a %s", severity, want)
		}
	}
}

func TestAdvisoriesAboutOneVersionAreOneComment(t *testing.T) {
	about := func(severity checks.Severity, id string) checks.Finding {
		return checks.Finding{
			Rule: "vulnerable-package", Check: checks.Dependency, Severity: severity, Status: checks.New, Fingerprint: checks.Fingerprint(id),
			Title: "Vulnerable package: ms 1.0.0", Message: "It is.", Location: checks.Location{Path: "package.json", Start: checks.Position{Line: 3}},
			Package: &checks.PackageFact{Ecosystem: "npm", Name: "ms", Version: "1.0.0", Advisory: id, Summary: "Takes @everybody's <b>time</b>"},
		}
	}
	pull := &Pull{Number: 1, Result: &review.Result{Findings: []checks.Finding{about(checks.Low, "GHSA-low"), about(checks.High, "GHSA-high"), about(checks.Medium, "GHSA-medium")}}}
	leaders, with := pull.together(pull.found())
	if len(leaders) != 1 || leaders[0] != 1 {
		t.Fatalf("the worst leads: %v", leaders)
	}
	body := offline().commentBody(&pull.Result.Findings[1], "c0ffee", pull.at(with[1]), "", marker{})
	for _, want := range []string{"Medium: `GHSA-medium`", "Low: `GHSA-low`"} {
		if !strings.Contains(body, want) {
			t.Errorf("the comment lacks %q:\n%s", want, body)
		}
	}
	if strings.Contains(body, "@everybody") || strings.Contains(body, "<b>") {
		t.Errorf("what others wrote is not plain text:\n%s", body)
	}
	pull.Head = "c0ffee"
	marks := annotations(&Gate{Head: pull.Head, Pulls: []Pull{*pull}})
	if len(marks) != 1 || marks[0].GetTitle() != "High: Vulnerable package: ms 1.0.0, and 2 more advisories" {
		t.Errorf("without a comment they are one annotation: %v", marks)
	}
	placed := Placed{1: "https://example.com/1"}
	placed.share(with)
	if placed[0] == "" || placed[2] == "" {
		t.Errorf("those told together share the comment: %v", placed)
	}
}

func TestLookUpsWithoutAnAnswerAreListed(t *testing.T) {
	reviewed := func(onUnknown policy.OnUnknown, unscanned ...checks.Unscanned) *Pull {
		rules := enforcing()
		rules.OnUnknown = onUnknown
		pull := &Pull{Number: 1, Result: &review.Result{Unscanned: unscanned, Lookups: &review.Lookups{}}}
		for i := range maxRows + 2 {
			pull.Result.Lookups.Unknown = append(pull.Result.Lookups.Unknown, judge.Unknown{
				Ref:    judge.Ref{Name: judge.Name{Ecosystem: "npm", Name: fmt.Sprintf("p%d`<b>", i)}, Version: "1.0"},
				Reason: "@everybody is late | <img>",
			})
		}
		pull.Decision = policy.Decide(rules, nil, unscanned, pull.Result.Unanswered())
		return pull
	}
	late := checks.Unscanned{Path: "a", Reason: "too large", Kind: checks.Failed}
	for name, test := range map[string]struct {
		pull   *Pull
		folded bool
	}{
		"folded when they are allowed":                {reviewed(policy.AllowUnknown), true},
		"open when they are why nothing passes":       {reviewed(policy.BlockUnknown), false},
		"folded when something else could not be had": {reviewed(policy.BlockUnknown, late), true},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(notAnswered(test.pull))
			if strings.Contains(got, "<details>") != test.folded || strings.Contains(got, "What to do") == test.folded {
				t.Errorf("got:\n%s", got)
			}
			for _, raw := range []string{"<b>\n", " @everybody", "<img>"} {
				if strings.Contains(got, raw) {
					t.Errorf("text of others became markup:\n%s", got)
				}
			}
			if strings.Count(got, "late") != maxRows || !strings.Contains(got, "…and 2 more") {
				t.Errorf("the table is not cut, or does not say so:\n%s", got)
			}
		})
	}
	if got := notAnswered(&Pull{}); got != "" {
		t.Errorf("of no result: %s", got)
	}
}
