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

// edits lays out the suggested edits: as a difference where the lines are known verbatim, and else as what to put where.
// A credential's line is not: its snippet is redacted.
func (p *page) edits(f checks.Finding) []string {
	var lines []string
	for _, e := range f.Remediation.Edits {
		old, changed, known := apply(f, e)
		if !known {
			at := fmt.Sprintf("at %s:%d:%d put", printable(e.Path), e.Start.Line, e.Start.Column)
			if e.End != e.Start {
				at = fmt.Sprintf("replace %s:%d:%d to %d:%d by", printable(e.Path), e.Start.Line, e.Start.Column, e.End.Line, e.End.Column)
			}
			if e.NewText == "" {
				lines = append(lines, fmt.Sprintf("remove %s:%d:%d to %d:%d", printable(e.Path), e.Start.Line, e.Start.Column, e.End.Line, e.End.Column))
				continue
			}
			lines = append(lines, at)
			changed = strings.Split(strings.TrimSuffix(e.NewText, "\n"), "\n")
		}
		dedent(old, changed)
		for _, line := range old {
			lines = append(lines, p.diffLine(removed, "- ", line))
		}
		for _, line := range changed {
			lines = append(lines, p.diffLine(added, "+ ", line))
		}
	}
	if more := len(lines) - maxEditLines; more > 0 {
		lines = append(lines[:maxEditLines], fmt.Sprintf("… %d more lines; --format json has them", more))
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

// apply gives the lines that an edit touches, before and after. It reports false when they are not known verbatim.
func apply(f checks.Finding, e checks.Edit) (old, changed []string, known bool) {
	first, okFirst := verbatim(f, e.Path, e.Start)
	last, okLast := verbatim(f, e.Path, e.End)
	if !okFirst || !okLast {
		return nil, nil, false
	}
	for number := e.Start.Line; number <= e.End.Line; number++ {
		line, ok := verbatim(f, e.Path, checks.Position{Line: number, Column: 1})
		if !ok {
			return nil, nil, false
		}
		old = append(old, line)
	}
	after := first[:e.Start.Column-1] + e.NewText + last[e.End.Column-1:]
	if after == "" && len(old) > 0 {
		return old, nil, true
	}
	return old, strings.Split(after, "\n"), true
}

// verbatim is the line of a place, when the snippet holds it as it is in the file, at least up to the place.
func verbatim(f checks.Finding, path checks.Path, at checks.Position) (string, bool) {
	if f.Check == checks.Secret || path != f.Location.Path || f.Location.Commit != "" {
		return "", false
	}
	for _, line := range excerptLines(f) {
		whole := !strings.HasPrefix(line.text, ellipsis) && !strings.HasSuffix(line.text, ellipsis)
		if line.number > 0 && line.number == at.Line && whole && at.Column >= 1 && at.Column <= len(line.text)+1 {
			return line.text, true
		}
	}
	return "", false
}
