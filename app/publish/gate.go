package publish

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	md "github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// Conclude publishes the verdict on a commit: the check run that is the gate, and one for each family of findings. What
// stands on GitHub already is not written again.
//
// The families come first. Whoever sees the gate concluded sees all there is.
func (p *Publisher) Conclude(ctx context.Context, g Gate) error {
	g.order()
	b, err := p.board(ctx, g.Head)
	if err != nil {
		return err
	}
	if g.Failure == "" && len(g.Pending) == 0 {
		for _, family := range p.families(&g, slices.Sorted(maps.Keys(b.runs))) {
			if err := b.write(ctx, family); err != nil {
				return err
			}
		}
	}
	if err := b.write(ctx, p.gate(&g)); err != nil {
		return err
	}
	return b.done(ctx)
}

// order makes what is published the same however the caller came by it.
func (g *Gate) order() {
	g.Pulls = slices.Clone(g.Pulls)
	slices.SortStableFunc(g.Pulls, func(a, b Pull) int { return cmp.Compare(a.Number, b.Number) })
	g.Pending = slices.Sorted(slices.Values(g.Pending))
}

// gate is the check run that a ruleset requires.
func (p *Publisher) gate(g *Gate) run {
	switch decides := worst(g.Pulls); {
	case g.Failure != "":
		return p.failed(g)
	case len(g.Pending) > 0:
		return p.waiting(g)
	case decides == nil:
		// Passing would open the gate for a push of this commit by hand.
		return run{
			name: g.Name, status: completed, conclusion: cancelled,
			title:   "No open pull request",
			summary: "No open pull request has this commit as its head. When one is opened, it is reviewed.",
		}
	default:
		return p.decided(g, decides)
	}
}

func (p *Publisher) decided(g *Gate, decides *Pull) run {
	r := run{
		name: g.Name, status: completed, conclusion: conclusion(decides.Decision), title: decides.title(),
		summary: p.summary(g), text: p.explanations(g), annotations: annotations(g), stats: p.statistics(g),
	}
	if len(g.Pulls) > 1 {
		r.title = fmt.Sprintf("#%d: %s", decides.Number, r.title)
	}
	return r
}

// waiting is the gate while a pull request with this head has no verdict.
func (p *Publisher) waiting(g *Gate) run {
	var numbers []string
	for _, n := range g.Pending {
		numbers = append(numbers, fmt.Sprintf("#%d", n))
	}
	who := oneLine(strings.Join(numbers, ", "), maxTitle/2)
	return run{
		name: g.Name, status: inProgress, title: "Waiting for the review of " + who,
		summary: md.Blocks(
			md.Paragraph("A check belongs to a commit. It concludes when every open pull request with this commit as its head has been reviewed."),
			p.verdicts(g),
		),
	}
}

// failed is the gate when there is no verdict and none will come by itself.
func (p *Publisher) failed(g *Gate) run {
	reason := oneLine(g.Failure, maxMessage)
	return run{
		name: g.Name, status: completed, conclusion: failure, title: "The review failed: " + reason,
		summary: md.Blocks(
			md.Prose(reason),
			"**What to do:** re-run this check, or push again. If it fails again, whoever runs Assay finds the job and its log under this commit. What was not checked does not pass.",
			p.verdicts(g),
		),
	}
}

// verdicts is what each pull request says, when several share the commit.
func (p *Publisher) verdicts(g *Gate) md.Block {
	if len(g.Pulls)+len(g.Pending) < 2 {
		return ""
	}
	var rows [][]md.Inline
	for i := range g.Pulls {
		pull := &g.Pulls[i]
		rows = append(rows, []md.Inline{p.pullLink(pull.Number), md.Text(pull.title())})
	}
	for _, number := range g.Pending {
		rows = append(rows, []md.Inline{p.pullLink(number), "not reviewed yet"})
	}
	return rowsOf([]md.Inline{"Pull request", "Verdict"}, rows[:min(len(rows), maxRows)], len(rows))
}

func (p *Publisher) pullLink(number int) md.Inline {
	return md.Link(numbered("#%d", number), p.pullPage(number))
}

// rowsOf is a table of the first of so many rows. It says how many are missing.
func rowsOf(header []md.Inline, rows [][]md.Inline, of int) md.Block {
	if len(rows) == 0 {
		return ""
	}
	table := md.Table(header, rows)
	if left := of - len(rows); left > 0 {
		return md.Blocks(table, md.Paragraph(numbered("…and %d more that are not shown.", left)))
	}
	return table
}

// families are the check runs beside the gate: one for each check that found something new, and those of before that
// have nothing to say any more. They inform and never fail: a gate that shuts for two reasons in two places can't be
// reasoned about.
func (p *Publisher) families(g *Gate, known []string) []run {
	found := map[string][]placedFinding{}
	for _, name := range known {
		if strings.HasPrefix(name, g.Name+": ") {
			found[name] = nil
		}
	}
	for _, f := range allFound(g) {
		name := familyName(g.Name, f.Check)
		found[name] = append(found[name], f)
	}
	var runs []run
	for _, name := range slices.Sorted(maps.Keys(found)) {
		runs = append(runs, p.family(g, name, found[name]))
	}
	return runs
}

func familyName(gate string, check checks.Name) string { return gate + ": " + string(check) }

func (p *Publisher) family(g *Gate, name string, found []placedFinding) run {
	if len(found) == 0 {
		return run{
			name: name, status: completed, conclusion: success, title: "No new findings",
			summary: "Nothing new was found at this commit.",
		}
	}
	counts := map[checks.Severity]int{}
	for _, f := range found {
		counts[f.Severity]++
	}
	title := fmt.Sprintf("%s: %s", counted(len(found), "new finding"), severityList(counts))
	return run{
		name: name, status: completed, conclusion: neutral, title: title,
		summary: md.Blocks(
			md.Paragraph(md.Join(" ", "This check informs; whether the change may be merged is decided by", md.Join("", md.Code(g.Name), "."))),
			p.table(g, found),
		),
	}
}
