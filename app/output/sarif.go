package output

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/checks"
)

// GitHub's limits for an upload, from "Results exceed limit" in its documentation of code scanning. A file beyond the
// first kind is refused as a whole, so we cut; what is beyond the second is merely not shown.
const (
	maxResults     = 25_000 // a run
	shownResults   = 5_000
	maxRules       = 25_000 // a run
	maxTags        = 20     // a rule; 10 are shown, so the weightiest come first
	maxThreadSteps = 10_000 // locations of a flow
)

// maxNotifications bounds the list of what was not scanned; the last one says how many more there are.
const maxNotifications = 1_000

const (
	sarifName = "Assay"
	sarifHome = "https://github.com/assay-app/assay"

	// sarifSchema is where OASIS publishes the schema of SARIF 2.1.0 with its first errata.
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

	// sourceRoot is the conventional name for the root of the repository, which paths are relative to.
	sourceRoot = "%SRCROOT%"

	// fingerprintKey holds the finding's own fingerprint: rule, enclosing symbol and snippet, no line number.
	fingerprintKey = "assay/v1"

	// lineHashKey is the one partial fingerprint that GitHub tells alerts apart by. Its value is the fingerprint and a
	// colon and which of several equal findings of the file this is, counted from 1.
	lineHashKey = "primaryLocationLineHash"
)

func renderSARIF(r Report) ([]byte, error) {
	var findings []checks.Finding
	for _, f := range r.Result.Findings {
		if f.Severity.AtLeast(checks.Low) {
			findings = append(findings, f)
		}
	}
	slices.SortStableFunc(findings, func(a, b checks.Finding) int {
		return cmp.Compare(statusRank(a.Status), statusRank(b.Status))
	})
	kept := findings[:min(len(findings), maxResults)]

	run := sarif.NewRunWithInformationURI(sarifName, sarifHome)
	run.WithColumnKind("utf16CodeUnits")
	if r.Version != "" {
		run.Tool.Driver.WithVersion(r.Version)
	}
	index := newRuleIndex(kept, r)
	run.Tool.Driver.Rules = index.descriptors
	run.Tool.Driver.SupportedTaxonomies = index.taxa.references()
	run.Taxonomies = index.taxa.components()
	seen := map[string]int{}
	for _, f := range kept {
		run.AddResult(result(f, index, seen))
	}
	run.AddInvocation(invocation(r, len(findings)))

	report := sarif.NewReport()
	report.Schema = sarifSchema
	report.AddRun(run)
	return encodeSARIF(report)
}

// statusRank puts what is new first, so that it is what remains when there is more than can be shown.
func statusRank(s checks.Status) int {
	return slices.Index([]checks.Status{checks.New, checks.Existing, checks.Suppressed}, s)
}

// result is one finding. seen counts equal findings of a file.
func result(f checks.Finding, index *ruleIndex, seen map[string]int) *sarif.Result {
	same := string(f.Location.Path) + "\x00" + string(f.Fingerprint)
	seen[same]++
	out := sarif.NewRuleResult(string(f.Rule)).
		WithRuleIndex(index.at[f.Rule]).
		WithLevel(level(f.Severity)).
		WithMessage(sarif.NewTextMessage(sarifText(messageOf(f)))).
		WithPartialFingerprints(map[string]string{
			fingerprintKey: string(f.Fingerprint),
			lineHashKey:    fmt.Sprintf("%s:%d", f.Fingerprint, seen[same]),
		}).
		AddLocation(location(f.Location.Path, regionOf(f)))
	for _, id := range index.taxa.of(f.Taxonomy) {
		out.AddTaxa(id)
	}
	switch f.Status {
	case checks.New:
		out.WithBaselineState("new")
	case checks.Existing:
		out.WithBaselineState("unchanged")
	case checks.Suppressed:
		out.WithBaselineState("unchanged")
		out.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted"))
	}
	if len(f.Trace) > 0 {
		out.AddCodeFlow(codeFlow(f.Trace))
	}
	if fix := fixOf(f); fix != nil {
		out.AddFixe(fix)
	}
	out.WithProperties(resultProperties(f))
	return out
}

func resultProperties(f checks.Finding) *sarif.PropertyBag {
	bag := sarif.NewPropertyBag()
	bag.Properties["check"] = f.Check
	bag.Properties["class"] = f.Class
	bag.Properties["severity"] = f.Severity
	bag.Properties["confidence"] = f.Confidence
	if f.Location.Commit != "" {
		bag.Properties["commit"] = f.Location.Commit
	}
	if f.Package != nil {
		bag.Properties["package"] = jsonFinding(f).Package
	}
	return bag
}

func messageOf(f checks.Finding) string {
	message := cmp.Or(f.Message, f.Title)
	if f.Location.Commit != "" {
		message += fmt.Sprintf("\nThe line is in commit %s and no longer at the head.", f.Location.Commit)
	}
	return message
}

func level(s checks.Severity) string {
	switch s {
	case checks.Critical, checks.High:
		return "error"
	case checks.Medium:
		return "warning"
	}
	return "note"
}

func codeFlow(trace []checks.Step) *sarif.CodeFlow {
	thread := sarif.NewThreadFlow()
	for _, s := range trace[:min(len(trace), maxThreadSteps)] {
		at := location(s.Path, lineRegion(s.Line)).WithMessage(sarif.NewTextMessage(sarifText(strings.TrimSpace(s.Text))))
		thread.AddLocation(sarif.NewThreadFlowLocation().WithLocation(at))
	}
	return sarif.NewCodeFlow().WithThreadFlows([]*sarif.ThreadFlow{thread})
}

// invocation says whether everything that should have been scanned was.
func invocation(r Report, findings int) *sarif.Invocation {
	out := sarif.NewInvocation().WithExecutionSuccessful(len(r.Result.Unscanned) == 0 && r.Decision.Verdict != policy.Incomplete)
	notify := func(level, text string, at *sarif.Location) {
		n := sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(sarifText(text)))
		if at != nil {
			n.AddLocation(at)
		}
		out.AddToolExecutionNotification(n)
	}
	for i, u := range r.Result.Unscanned {
		if i == maxNotifications {
			notify("error", fmt.Sprintf("%d more could not be scanned", len(r.Result.Unscanned)-i), nil)
			break
		}
		var at *sarif.Location
		if u.Path != "" {
			at = location(u.Path, nil)
		}
		notify("error", "not scanned: "+u.Reason, at)
	}
	if l := r.Result.Lookups; l != nil {
		if said := l.Unanswered(); said != "" {
			notify("warning", said, nil)
		}
		if l.Stale {
			notify("warning", l.Source(), nil)
		}
	}
	if findings > maxResults {
		notify("warning", fmt.Sprintf("%d findings were left out: GitHub takes %d", findings-maxResults, maxResults), nil)
	} else if findings > shownResults {
		notify("note", fmt.Sprintf("GitHub shows the first %d of %d findings", shownResults, findings), nil)
	}
	return out
}

// encodeSARIF writes a report without what says nothing: go-sarif spells out every empty list and every default of -1,
// which triples the size of a result. The keys come out in alphabetical order.
func encodeSARIF(report *sarif.Report) ([]byte, error) {
	full, err := json.Marshal(report)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	decoder := json.NewDecoder(bytes.NewReader(full))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	return encode(prune("", tree))
}

func prune(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, child := range v {
			if child = prune(k, child); child == nil {
				delete(v, k)
				continue
			}
			v[k] = child
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			if child := prune("", v[i]); child != nil {
				v[i] = child
			}
		}
		if len(v) == 0 && key != "results" && key != "rules" {
			return nil
		}
	case json.Number:
		if v == "-1" {
			return nil
		}
	}
	return v
}
