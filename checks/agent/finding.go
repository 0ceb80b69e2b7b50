package agent

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds of what a finding shows.
const (
	maxPayload = 300 // bytes of what hidden characters spell
	maxShown   = 200 // bytes of a line with its controls spelled out
	maxEdits   = 64  // stretches that a suggestion removes; a part of them would be no fix
)

// MaxFindings is how many findings are kept of one file. A file with more lines like that was made for it.
const MaxFindings = 200

// finding describes what a line hides.
func (c *catalogue) finding(path checks.Path, t *text.Text, h *hidden, strict bool) checks.Finding {
	rule := c.rules[h.kind]
	f := rule.Finding(checks.Agent)
	switch {
	case !strict:
		f.Severity = rule.Match.Elsewhere
	case h.payload != "" && rule.Match.Decoded != "":
		f.Severity = rule.Match.Decoded
	}
	first, last := h.spans[0], h.spans[len(h.spans)-1]
	f.Location = t.Location(path, first.Start, last.End)
	f.Snippet = t.Snippet(first.Start, last.End)
	f.Message = strings.Join([]string{rule.Message, c.reading(t, h), rule.Why}, " ")
	f.Fingerprint = checks.NewFingerprint(f.Rule, "", string(h.runes)) // the visible part of the line may change
	if !strict && c.programs.Match(path) {
		// Without the characters the program may be another one: no edit would be right verbatim.
		f.Remediation.Text += " If the program needs such a character, write it as an escape, so that everybody sees it."
		return f
	}
	if len(h.spans) <= maxEdits && !t.Decoded {
		for _, span := range h.spans {
			f.Remediation.Edits = append(f.Remediation.Edits,
				checks.Edit{Path: path, Start: t.Position(span.Start), End: t.Position(span.End)})
		}
	}
	return f
}

// reading says what the hidden characters are, and what an agent reads where a person sees nothing.
func (c *catalogue) reading(t *text.Text, h *hidden) string {
	switch {
	case h.payload != "":
		return fmt.Sprintf("A person sees nothing of these %d characters; an agent can read: %s.", len(h.runes), text.Quote(h.payload, maxPayload))
	case h.kind == bidi:
		start, end := t.Line(h.line)
		return "With its controls spelled out the line is: " + text.Quote(spellOut(t.Bytes[start:end]), maxShown) + "."
	}
	return fmt.Sprintf("There are %d of them: %s.", len(h.runes), census(h.runes))
}

// census counts characters by their code points, the commonest first.
func census(runes []rune) string {
	const most = 5
	counts := map[rune]int{}
	for _, r := range runes {
		counts[r]++
	}
	var kinds []rune
	for r := range counts {
		kinds = append(kinds, r)
	}
	slices.SortFunc(kinds, func(a, b rune) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return int(a - b)
	})
	var parts []string
	for i, r := range kinds {
		if i == most {
			parts = append(parts, "and others")
			break
		}
		parts = append(parts, fmt.Sprintf("%U (%d)", r, counts[r]))
	}
	return strings.Join(parts, ", ")
}

var controlNames = map[rune]string{
	0x202a: "LRE", 0x202b: "RLE", 0x202c: "PDF", 0x202d: "LRO", 0x202e: "RLO",
	0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}

// spellOut writes the names of bidirectional controls in their place.
func spellOut(line []byte) string {
	const most = 4 * maxShown // enough to fill the quote
	var b strings.Builder
	for _, r := range string(line[:min(len(line), most)]) {
		if name, ok := controlNames[r]; ok {
			b.WriteString("⟨" + name + "⟩")
			continue
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
