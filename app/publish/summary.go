package publish

import (
	"fmt"
	"slices"
	"strings"

	md "github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// placedFinding is a new finding with the address of its comment, if it has one.
type placedFinding struct {
	*checks.Finding
	comment string
	others  []*checks.Finding // told together with it
}

// grouped puts what is told together into one.
func grouped(all []placedFinding) []placedFinding {
	findings := make([]checks.Finding, len(all))
	indices := make([]int, len(all))
	for i := range all {
		findings[i], indices[i] = *all[i].Finding, i
	}
	leaders, with := review.Together(findings, indices)
	groups := make([]placedFinding, 0, len(leaders))
	for _, i := range leaders {
		group := all[i]
		for _, j := range with[i] {
			group.others = append(group.others, all[j].Finding)
		}
		groups = append(groups, group)
	}
	return groups
}

// allFound are the new findings of all pull requests on a commit, each place once.
func allFound(g *Gate) []placedFinding {
	type key struct {
		fingerprint checks.Fingerprint
		location    checks.Location
	}
	at := map[key]int{}
	var all []placedFinding
	for i := range g.Pulls {
		pull := &g.Pulls[i]
		for _, n := range pull.found() {
			f := &pull.Result.Findings[n]
			k := key{f.Fingerprint, f.Location}
			known, ok := at[k]
			switch {
			case !ok:
				at[k] = len(all)
				all = append(all, placedFinding{Finding: f, comment: pull.Placed[n]})
			case all[known].comment == "":
				all[known].comment = pull.Placed[n]
			}
		}
	}
	return all
}

// summary is what a person reads first: the verdict, what led to it, and what to do.
func (p *Publisher) summary(g *Gate) md.Block {
	blocks := []md.Block{p.verdicts(g)}
	for i := range g.Pulls {
		pull := &g.Pulls[i]
		if len(g.Pulls) > 1 {
			blocks = append(blocks, md.Heading(3, p.pullLink(pull.Number)))
		}
		blocks = append(blocks, p.pullSummary(g, pull)...)
	}
	return md.Blocks(blocks...)
}

func (p *Publisher) pullSummary(g *Gate, pull *Pull) []md.Block {
	one := &Gate{Head: g.Head, Pulls: []Pull{*pull}}
	found := allFound(one)
	return []md.Block{
		verdictLine(pull),
		p.table(one, found),
		whereTheRestIs(pull, found),
		p.notScanned(pull),
		notAnswered(pull),
		md.Paragraph(settings(pull)),
	}
}

// verdictLine says in a sentence what the verdict is and what it does.
func verdictLine(pull *Pull) md.Block {
	d := pull.Decision
	does := md.Inline("")
	switch {
	case d.Fails && d.Verdict == policy.Block:
		does = "Fix these, and push again."
	case d.Fails:
		does = "What was not checked does not pass."
	case d.Verdict != policy.Pass && d.Mode == policy.Audit:
		does = "In audit mode nothing is blocked."
	}
	return md.Paragraph(md.Join(" ", md.Bold(md.Join("", md.Text(pull.title()), ".")), does))
}

// table lists findings with their places and comments.
func (p *Publisher) table(g *Gate, found []placedFinding) md.Block {
	var rows [][]md.Inline
	found = grouped(found)
	for _, f := range found[:min(len(found), maxRows)] {
		comment := md.Inline("")
		if f.comment != "" {
			comment = md.Link("comment", f.comment)
		}
		rows = append(rows, []md.Inline{
			md.Text(severityName(f.Severity)),
			md.Text(oneLine(review.Title(f.Finding, len(f.others)), maxTitle)),
			p.placeLink(f.Finding, g.Head),
			p.links.rule(f.Rule),
			comment,
		})
	}
	return rowsOf([]md.Inline{"Severity", "Finding", "Place", "Rule", ""}, rows, len(found))
}

// whereTheRestIs explains why some findings have no comment.
func whereTheRestIs(pull *Pull, found []placedFinding) md.Block {
	var below, gone, other int
	for _, f := range found {
		switch {
		case f.comment != "":
		case !f.Severity.AtLeast(pull.CommentAt):
			below++
		case onlyInCommit(f.Finding):
			gone++
		default:
			other++
		}
	}
	if below+gone+other == 0 {
		return ""
	}
	if pull.Draft {
		return md.Paragraph("This is a draft: comments on the lines come when it is ready for review. Until then everything is explained below.")
	}
	items := make([]md.Inline, 0, 3)
	if below > 0 {
		items = append(items, md.Join(" ", numbered("%d below", below), md.Join("", md.Code(string(pull.CommentAt)), ", where comments begin")))
	}
	if gone > 0 {
		items = append(items, numbered("%d in a commit of this pull request and no longer at its head", gone))
	}
	if other > 0 {
		items = append(items, numbered("%d at a line that GitHub does not show in the difference, or beyond the %d comments of a review", other, MaxInline))
	}
	return md.Blocks(md.Paragraph("Without a comment at the line, and explained in full below:"), md.List(items...))
}

// numbered puts numbers into words of our own.
func numbered(format string, numbers ...any) md.Inline {
	return md.Inline(fmt.Sprintf(format, numbers...))
}

// notScanned lists what was not looked at, and what can be done about it.
func (p *Publisher) notScanned(pull *Pull) md.Block {
	unscanned := pull.unscanned()
	if len(unscanned) == 0 {
		return ""
	}
	var rows [][]md.Inline
	for _, u := range unscanned[:min(len(unscanned), maxRows)] {
		rows = append(rows, []md.Inline{p.unscannedPlace(pull, u), md.Text(oneLine(string(u.Check), maxCell)), md.Text(oneLine(u.Reason, maxCell))})
	}
	return md.Blocks(
		md.Heading(3, "Could not be scanned"),
		rowsOf([]md.Inline{"File", "Check", "Reason"}, rows, len(unscanned)),
		"**What to do:** make the file readable or smaller, or take it out of the change. If the reason is a passing fault, re-run this check. A policy with `on_incomplete: allow` lets such changes pass and still says so.",
	)
}

// notAnswered lists the look-ups without an answer: folded, unless they are what keeps the change from passing.
func notAnswered(pull *Pull) md.Block {
	if pull.Result.Unanswered() == 0 {
		return ""
	}
	unknown := pull.Result.Lookups.Unknown
	var rows [][]md.Inline
	for _, u := range unknown[:min(len(unknown), maxRows)] {
		name := strings.TrimSpace(u.Ecosystem + " " + u.Name.Name + " " + u.Version)
		rows = append(rows, []md.Inline{md.Code(oneLine(name, maxCell)), md.Text(oneLine(u.Reason, maxCell))})
	}
	table := rowsOf([]md.Inline{"Package", "Reason"}, rows, len(unknown))
	if pull.Decision.Verdict != policy.Incomplete || pull.Decision.Incomplete > 0 {
		return md.Details(counted(len(unknown), "look-up")+" without an answer", table)
	}
	return md.Blocks(
		md.Heading(3, "Could not be looked up"),
		table,
		"**What to do:** re-run this check when whoever is asked can be reached. A policy with `on_unknown: allow` lets such changes pass and still says so.",
	)
}

// unscannedPlace is the file that was not looked at, or the change as a whole.
func (p *Publisher) unscannedPlace(pull *Pull, u checks.Unscanned) md.Inline {
	if u.Path == "" {
		return "the whole change"
	}
	name := md.Text(quoted(u.Path))
	if u.Revision == checks.AtMergeBase && pull.Result != nil {
		return md.Join(" ", md.Link(name, p.place(pull.Result.MergeBase, u.Path, 0, 0)), "before the change")
	}
	return md.Link(name, p.place(pull.Head, u.Path, 0, 0))
}

// settings says under which policy the verdict was taken, and what was not counted.
func settings(pull *Pull) md.Inline {
	d := pull.Decision
	parts := []md.Inline{md.Join(" ", md.Code(string(d.Mode)), "mode")}
	if d.BlockAt != "" {
		parts = append(parts, md.Join(" ", "blocks at", md.Code(string(d.BlockAt))))
	}
	if pull.Policy != "" {
		parts = append(parts, md.Join(" ", "policy:", md.Text(oneLine(pull.Policy, maxCell))))
	}
	if n := pull.existing(); n > 0 {
		parts = append(parts, md.Join(" ", "not counted:", md.Text(counted(n, "finding")), "from before the change"))
	}
	if pull.Result != nil {
		for _, said := range []string{pull.Result.Lookups.Source(), pull.Result.Lookups.Unanswered()} {
			if said != "" {
				parts = append(parts, md.Text(oneLine(said, maxMessage)))
			}
		}
	}
	return md.Small(md.Join(" · ", parts...))
}

// statistics is what was read and how long it took. It means nothing for the verdict.
func (p *Publisher) statistics(g *Gate) md.Block {
	var parts []md.Inline
	for i := range g.Pulls {
		r := g.Pulls[i].Result
		if r == nil {
			continue
		}
		line := fmt.Sprintf("Read %s (%s) in %.1f s", counted(r.Stats.Files, "file"), size(r.Stats.Bytes), r.Stats.Seconds)
		if r.Excluded > 0 {
			line += fmt.Sprintf(", left out %s: generated, minified or of no kind that is checked", counted(r.Excluded, "file"))
		}
		part := md.Text(line + ".")
		if len(g.Pulls) > 1 {
			part = md.Join(" ", p.pullLink(g.Pulls[i].Number), part)
		}
		if parts = append(parts, part); len(parts) == maxRows {
			break
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return md.Paragraph(md.Small(md.Join(" ", parts...)))
}

// size is a number of bytes for people.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// explanations are the findings without a comment in full, the most severe first, as many as GitHub takes.
func (p *Publisher) explanations(g *Gate) md.Block {
	silent := grouped(slices.DeleteFunc(allFound(g), func(f placedFinding) bool { return f.comment != "" }))
	explain := func(i int) md.Block { return p.explain(silent[i].Finding, g.Head, silent[i].others) }
	return md.Fit(md.MaxCheckText, len(silent), explain, func(left int) md.Block {
		return md.Paragraph(numbered("…and %d more that GitHub leaves no room to explain here.", left))
	})
}

// severityList is such as "1 critical, 2 high".
func severityList(counts map[checks.Severity]int) string {
	var parts []string
	for _, s := range checks.Severities() {
		if n := counts[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}
