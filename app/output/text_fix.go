package output

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

const (
	// maxSteps is how many steps of a flow are shown; of a longer one, the first ones and the last.
	maxSteps = 12

	// maxEditLines is how many lines of a suggested edit are shown.
	maxEditLines = 24
)

// flow lays out the way from where bad data enters to where it does harm.
func (p *page) flow(trace []checks.Step) []string {
	steps := trace
	if len(trace) > maxSteps {
		steps = append(append([]checks.Step{}, trace[:maxSteps-1]...), trace[len(trace)-1])
	}
	places := make([]string, len(steps))
	widest := 0
	for i, s := range steps {
		places[i] = fmt.Sprintf("%s:%d", printable(s.Path), s.Line)
		widest = max(widest, columns(places[i]))
	}
	room := p.width - len(margin) - label
	var lines []string
	for i, s := range steps {
		if i == maxSteps-1 && len(trace) > maxSteps {
			lines = append(lines, fmt.Sprintf("… %d more steps", len(trace)-maxSteps))
		}
		text := strings.TrimSpace(s.Text)
		if widest > room/2 { // long paths get a line of their own
			lines = append(lines, p.paint(faint, places[i]), "  "+p.clipped(text, room-2))
			continue
		}
		pad := strings.Repeat(" ", widest-columns(places[i])+2)
		lines = append(lines, p.paint(faint, places[i])+pad+p.clipped(text, room-widest-2))
	}
	return lines
}

// clipped is the beginning of a line of source, in at most width columns.
func (p *page) clipped(text string, width int) string {
	return p.source(look(excerptLine{text: text}, width), plain)
}

// edits lays out the suggested edits: as one difference where the lines are known verbatim, and else as what to put
// where. A credential's line is not known: its snippet is redacted.
func (p *page) edits(f checks.Finding) []string {
	var lines []string
	if old, changed, known := apply(f); known {
		dedent(old, changed)
		for _, line := range old {
			lines = append(lines, p.diffLine(removed, "- ", line))
		}
		for _, line := range changed {
			lines = append(lines, p.diffLine(added, "+ ", line))
		}
	} else {
		for _, e := range f.Remediation.Edits {
			lines = append(lines, p.edit(e)...)
		}
	}
	if more := len(lines) - maxEditLines; more > 0 {
		lines = append(lines[:maxEditLines], fmt.Sprintf("… %d more lines; --format json has them", more))
	}
	return lines
}

// edit says what to put where.
func (p *page) edit(e checks.Edit) []string {
	place := fmt.Sprintf("%s:%d:%d", printable(e.Path), e.Start.Line, e.Start.Column)
	if e.End != e.Start {
		place += fmt.Sprintf(" to %d:%d", e.End.Line, e.End.Column)
	}
	if e.NewText == "" {
		return []string{"remove " + place}
	}
	lines := []string{"replace " + place + " by"}
	if e.End == e.Start {
		lines[0] = "at " + place + " put"
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(e.NewText, "\n"), "\n") {
		lines = append(lines, p.diffLine(added, "+ ", line))
	}
	return lines
}

// dedent takes away the indentation that all lines have, in place.
func dedent(groups ...[]string) {
	common, first := "", true
	for _, line := range slices.Concat(groups...) {
		lead := line[:indent(line)]
		switch {
		case lead == line: // blank
		case first:
			common, first = lead, false
		default:
			for !strings.HasPrefix(lead, common) {
				common = common[:len(common)-1]
			}
		}
	}
	for _, group := range groups {
		for i := range group {
			group[i] = strings.TrimPrefix(group[i], common)
		}
	}
}

func (p *page) diffLine(i ink, sign, line string) string {
	v := look(excerptLine{text: strings.TrimSuffix(line, "\r")}, p.width-len(margin)-label-len(sign))
	var text strings.Builder
	for _, g := range v.glyphs {
		text.WriteString(g.shown)
	}
	return p.paint(i, sign+strings.TrimRight(text.String(), " "))
}

// apply gives the lines that the edits of a finding touch, before and after all of them. It reports false when they are
// not known verbatim or the edits overlap.
func apply(f checks.Finding) (old, changed []string, known bool) {
	edits := slices.Clone(f.Remediation.Edits)
	if len(edits) == 0 {
		return nil, nil, false
	}
	slices.SortStableFunc(edits, func(a, b checks.Edit) int { return order(a.Start, b.Start) })
	first, last := edits[0].Start.Line, edits[len(edits)-1].End.Line
	starts := map[int]int{} // of the lines, in text
	text := ""
	for number := first; number <= last; number++ {
		line, ok := verbatim(f, number)
		if !ok {
			return nil, nil, false
		}
		old = append(old, line)
		starts[number] = len(text)
		text += line + "\n"
	}
	result, at := "", 0
	for _, e := range edits {
		line, inLine := verbatim(f, e.Start.Line)
		endLine, inEndLine := verbatim(f, e.End.Line)
		start, end := starts[e.Start.Line]+e.Start.Column-1, starts[e.End.Line]+e.End.Column-1
		fits := inLine && inEndLine && e.Start.Column-1 <= len(line) && e.End.Column-1 <= len(endLine)
		if !fits || e.Path != f.Location.Path || e.Start.Column < 1 || start < at || end < start {
			return nil, nil, false
		}
		result += text[at:start] + e.NewText
		at = end
	}
	result = strings.TrimSuffix(result+text[at:], "\n")
	if result == "" {
		return old, nil, true
	}
	return old, strings.Split(result, "\n"), true
}

// verbatim is a line, when the snippet holds it as it is in the file.
func verbatim(f checks.Finding, number int) (string, bool) {
	if f.Check == checks.Secret || f.Location.Commit != "" || number < 1 {
		return "", false
	}
	for _, line := range excerptLines(f) {
		whole := !strings.HasPrefix(line.text, ellipsis) && !strings.HasSuffix(line.text, ellipsis)
		if line.number == number && whole {
			return line.text, true
		}
	}
	return "", false
}
