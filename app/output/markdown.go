package output

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

const (
	// maxSummary is how many bytes GitHub keeps of the summary of a job's step: 1 MiB. More than that is an error there.
	maxSummary = 1 << 20

	// maxRows is how many findings a summary lists. Nobody reads on, and the other formats hold them all.
	maxRows = 200

	// maxCell bounds a title or a path in bytes, so that a table stays one.
	maxCell = 300
)

// renderMarkdown is a summary for the page of a CI job: a table of what was found, and how to put it right.
func renderMarkdown(r Report) []byte {
	shown := r.shown()
	p := page{width: DefaultWidth}
	blocks := []markdown.Block{
		markdown.Heading(2, markdown.Join(" ", "Assay:", markdown.Text(headline(r, &p)))),
	}
	if reasons := r.Decision.Reasons; len(reasons) > 0 {
		blocks = append(blocks, markdown.Paragraph(markdown.Join(": ", markdown.Bold(markdown.Text(verdictWord(r.Decision.Verdict))), markdown.Text(strings.Join(reasons, "; ")))))
	}
	blocks = append(blocks, findingTable(r, shown), remedies(shown), notScanned(r.Result.Unscanned), footer(r))
	note := markdown.Inline("The rest is left out: GitHub keeps 1 MiB of a summary.")
	return append([]byte(markdown.Truncate(markdown.Blocks(blocks...), maxSummary-1, note)), '\n')
}

func headline(r Report, p *page) string {
	line := strings.ToLower(p.tally(r.shown())[:1]) + p.tally(r.shown())[1:]
	if n := len(r.Result.Unscanned); n > 0 {
		line += fmt.Sprintf(", %d not scanned", n)
	}
	return line
}

func verdictWord(v policy.Verdict) string {
	switch v {
	case policy.Block:
		return "Blocked"
	case policy.Incomplete:
		return "Incomplete"
	}
	return "Passed"
}

// findingTable lists what is told together as one.
func findingTable(r Report, shown []checks.Finding) markdown.Block {
	if len(shown) == 0 {
		return ""
	}
	var rows [][]markdown.Inline
	leaders, with := review.Together(shown, everyOf(shown))
	for _, i := range leaders[:min(len(leaders), maxRows)] {
		f := shown[i]
		rule := markdown.Code(string(f.Rule))
		if url := r.pageOf(f.Rule); url != "" {
			rule = markdown.Link(rule, url)
		}
		rows = append(rows, []markdown.Inline{
			markdown.Text(string(f.Severity)), markdown.Text(markdown.Clip(review.Title(&f, len(with[i])), maxCell)), where(f), rule,
		})
	}
	table := markdown.Table([]markdown.Inline{"Severity", "Finding", "Where", "Rule"}, rows)
	if more := len(leaders) - maxRows; more > 0 {
		table = markdown.Blocks(table, markdown.Paragraph(markdown.Text(fmt.Sprintf("%d more are not listed.", more))))
	}
	return table
}

func where(f checks.Finding) markdown.Inline {
	place := markdown.Clip(f.Location.Path.Quoted(), maxCell)
	if f.Location.Start.Line > 0 {
		place += fmt.Sprintf(":%d", f.Location.Start.Line)
	}
	if f.Location.Commit == "" {
		return markdown.Code(place)
	}
	return markdown.Join(" ", markdown.Code(place), "in commit", markdown.Code(fmt.Sprintf("%.12s", f.Location.Commit)))
}

// remedies says once how to put right what a rule finds, wherever it is the same.
func remedies(shown []checks.Finding) markdown.Block {
	said := map[explanation]bool{}
	var blocks []markdown.Block
	leaders, _ := review.Together(shown, everyOf(shown))
	for _, i := range leaders[:min(len(leaders), maxRows)] {
		f := shown[i]
		remedy := explanation{rule: f.Rule, fix: f.Remediation.Text}
		if f.Remediation.Text == "" || said[remedy] {
			continue
		}
		said[remedy] = true
		blocks = append(blocks,
			markdown.Paragraph(markdown.Join(" ", markdown.Bold(markdown.Text(markdown.Clip(f.Title, maxCell))))),
			markdown.Guidance(markdown.Clip(f.Remediation.Text, maxProse)))
	}
	if len(blocks) == 0 {
		return ""
	}
	return markdown.Details("How to fix", markdown.Blocks(blocks...))
}

func notScanned(all []checks.Unscanned) markdown.Block {
	if len(all) == 0 {
		return ""
	}
	var items []markdown.Inline
	for _, u := range all[:min(len(all), maxUnscanned)] {
		place := markdown.Inline("the whole change")
		if u.Path != "" {
			place = markdown.Code(markdown.Clip(u.Path.Quoted(), maxCell))
		}
		items = append(items, markdown.Join(": ", place, markdown.Text(markdown.Clip(u.Reason, maxCell))))
	}
	if more := len(all) - maxUnscanned; more > 0 {
		items = append(items, markdown.Text(fmt.Sprintf("and %d more", more)))
	}
	return markdown.Blocks(markdown.Heading(3, "Not scanned"), markdown.List(items...))
}

func footer(r Report) markdown.Block {
	line := counted(r.Result.Stats.Files, "file") + " read"
	if n := r.hidden(checks.Existing); n > 0 {
		line += fmt.Sprintf("; %s from before this change not shown", counted(n, "finding"))
	}
	if n := r.hidden(checks.Suppressed); n > 0 {
		line += fmt.Sprintf("; %s suppressed", counted(n, "finding"))
	}
	for _, said := range []string{r.Result.Lookups.Source(), r.Result.Lookups.Unanswered()} {
		if said != "" {
			line += "; " + said
		}
	}
	return markdown.Paragraph(markdown.Small(markdown.Text(markdown.Clip(line, maxProse))))
}
