package output

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

const (
	// DefaultWidth is that of text which is not shown in a terminal.
	DefaultWidth = 80

	// minWidth and maxWidth bound what a terminal says of itself: below, columns collapse; above, prose is hard to read.
	minWidth = 40
	maxWidth = 120

	// maxUnscanned is how many things that could not be scanned are listed as text.
	maxUnscanned = 20

	margin = "    " // before the parts of a finding
	label  = 6      // columns for the words why, flow, fix, see
)

// page is text being laid out.
type page struct {
	brush
	strings.Builder
	width     int
	explained map[explanation]string // where each was given first
}

// explanation is what is said only once, however often a rule finds the same.
type explanation struct {
	rule     checks.RuleID
	why, fix string
}

func renderText(r Report, style Style) []byte {
	p := &page{brush: brush{style.Colour}, width: style.Width, explained: map[explanation]string{}}
	if p.width == 0 {
		p.width = DefaultWidth
	}
	p.width = max(minWidth, min(p.width, maxWidth))

	for _, file := range byFile(r.shown()) {
		p.line(p.paint(bold, printable(file[0].Location.Path)))
		leaders, with := review.Together(file, everyOf(file))
		for _, i := range leaders {
			p.finding(file[i], r.pageOf(file[i].Rule))
			p.also(file, with[i])
		}
	}
	p.unscanned(r.Result.Unscanned)
	p.summary(r, style.Live)
	return []byte(p.String())
}

func everyOf(findings []checks.Finding) []int {
	indices := make([]int, len(findings))
	for i := range indices {
		indices[i] = i
	}
	return indices
}

// also lists the findings that are told together with the one before.
func (p *page) also(file []checks.Finding, others []int) {
	for _, i := range others {
		f := &file[i]
		line := visible(f.Package.Advisory)
		if f.Package.Summary != "" {
			line += ": " + visible(f.Package.Summary)
		}
		for n, part := range wrap(line, p.width-len(margin)-2-len(checks.Critical)) {
			if n == 0 {
				p.line(margin, p.paint(severityInk[f.Severity], fmt.Sprintf("%-*s", len(checks.Critical)+2, f.Severity)), part)
				continue
			}
			p.line(margin, strings.Repeat(" ", len(checks.Critical)+2), part)
		}
	}
	if len(others) > 0 {
		p.line()
	}
}

// byFile groups findings by file; the file with the worst finding comes first, and in a file the worst finding.
func byFile(findings []checks.Finding) [][]checks.Finding {
	var files [][]checks.Finding
	at := map[checks.Path]int{}
	for _, f := range findings {
		i, seen := at[f.Location.Path]
		if !seen {
			i = len(files)
			at[f.Location.Path] = i
			files = append(files, nil)
		}
		files[i] = append(files[i], f)
	}
	return files
}

func (p *page) line(parts ...string) {
	p.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	p.WriteByte('\n')
}

// finding lays out one finding: what and where, the source, why it matters, how to put it right.
func (p *page) finding(f checks.Finding, url string) {
	place := ""
	if f.Location.Start.Line > 0 {
		place = fmt.Sprintf("%d:%d  ", f.Location.Start.Line, max(1, f.Location.Start.Column))
	}
	p.title(f, place)
	if f.Location.Commit != "" {
		p.line("  ", p.paint(faint, fmt.Sprintf("in commit %.12s, no longer at the head", visible(string(f.Location.Commit)))))
	}
	p.line()
	if excerpt := p.excerpt(f, p.width-len(margin)); len(excerpt) > 0 {
		for _, line := range excerpt {
			p.line(margin, line)
		}
		p.line()
	}
	p.explain(f, url)
	p.line()
}

// title says where and what; the rule comes last, on a line of its own where the first is full.
func (p *page) title(f checks.Finding, place string) {
	lead := 2 + columns(place) + len(f.Severity) + 2
	rule := visible(string(f.Rule))
	lines := wrap(f.Title, p.width-lead)
	for i, line := range lines {
		lines[i] = p.paint(bold, line)
		if last := i == len(lines)-1; last && lead+columns(line)+2+columns(rule) <= p.width {
			lines[i] += "  " + p.paint(faint, rule)
		} else if last {
			lines = append(lines, p.paint(faint, rule))
		}
	}
	for i, line := range lines {
		if i == 0 {
			p.line("  ", p.paint(faint, place), p.paint(severityInk[f.Severity], string(f.Severity)), "  ", line)
			continue
		}
		p.line(strings.Repeat(" ", lead), line)
	}
}

// explain says why a finding matters and how to put it right, or where that was said already.
func (p *page) explain(f checks.Finding, url string) {
	why := f.Message
	if f.Confidence == checks.ConfidenceMedium || f.Confidence == checks.ConfidenceLow {
		why += fmt.Sprintf(" (%s confidence)", f.Confidence)
	}
	said := explanation{f.Rule, why, f.Remediation.Text}
	before, again := p.explained[said]
	if again {
		p.labelled("why", "as at "+before)
	} else {
		p.explained[said] = fmt.Sprintf("%s:%d", printable(f.Location.Path), f.Location.Start.Line)
		p.labelled("why", p.prose(why)...)
	}
	p.labelled("flow", p.flow(f.Trace)...)
	fix := p.edits(f)
	if !again {
		fix = append(p.prose(f.Remediation.Text), fix...)
	}
	p.labelled("fix", fix...)
	if !again {
		p.labelled("see", p.references(f, url)...)
	}
}

// labelled writes lines with a word before the first.
func (p *page) labelled(word string, lines ...string) {
	for i, line := range lines {
		if i > 0 {
			word = ""
		}
		p.line(margin, p.paint(faint, word), strings.Repeat(" ", label-len(word)), line)
	}
}

func (p *page) prose(text string) []string { return wrap(text, p.width-len(margin)-label) }

// references are the rule's page and what the finding refers to, each once.
func (p *page) references(f checks.Finding, url string) []string {
	var lines []string
	seen := map[string]bool{"": true}
	for _, address := range append([]string{url}, f.Remediation.References...) {
		if !seen[address] {
			seen[address] = true
			lines = append(lines, visible(address))
		}
	}
	return lines
}

// unscanned says what could not be looked at.
func (p *page) unscanned(all []checks.Unscanned) {
	if len(all) == 0 {
		return
	}
	p.line(p.paint(bold, "Not scanned"))
	for _, u := range all[:min(len(all), maxUnscanned)] {
		reason := visible(u.Reason)
		if u.Check != "" {
			reason += " (" + visible(string(u.Check)) + ")"
		}
		p.line("  ", printable(u.Path), ": ", reason)
	}
	if more := len(all) - maxUnscanned; more > 0 {
		p.line("  ", fmt.Sprintf("and %d more; --format json lists them all", more))
	}
	p.line()
}
