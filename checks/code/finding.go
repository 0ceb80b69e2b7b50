package code

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/regex"
	"github.com/assay-app/assay/checks/internal/text"
)

// MaxFindings bounds the findings of one file; more say nothing that these do not.
const MaxFindings = 500

var errTooManyFindings = fmt.Errorf("more than %d findings; the rest is not listed", MaxFindings)

// hit is a place that a rule reports.
type hit struct {
	rule       *rule
	start, end int               // bytes of the text
	bindings   map[string]string // what each metavariable covers, by name
	values     map[string]string // the constant that it has, where that is known
	symbol     string            // the function or class around it
	trace      []checks.Step
	offsets    []int // of each step, in its file
	unfixable  bool  // the place is no place of the rule's own text
}

// finding writes a hit down.
func (h *hit) finding(path checks.Path, t *text.Text, fixture bool, ignored suppressions) checks.Finding {
	f := h.rule.finding
	f.Location = t.Location(path, h.start, h.end)
	f.Message = h.interpolate(f.Message)
	f.Remediation.Text = h.interpolate(f.Remediation.Text)
	f.Title = h.interpolate(f.Title)
	f.Snippet = t.Snippet(h.start, h.end)
	f.Symbol = h.symbol
	f.Trace = h.trace
	f.Fingerprint = checks.NewFingerprint(f.Rule, f.Symbol, f.Snippet)
	if fixture && h.rule.own && f.Class == checks.ClassCode {
		f.Severity = milder(f.Severity)
	}
	if edit, ok := h.edit(path, t); ok {
		f.Remediation.Edits = []checks.Edit{edit}
	}
	if s, ok := ignored.of(string(f.Rule), f.Location.Start.Line); ok {
		f.Suppression = &checks.Suppression{Line: s.line, Reason: s.reason}
	}
	return f
}

// mention is a metavariable in a message or a fix: $X, $1 of a regular expression, $...ARGS, value($X).
var mention = regexp.MustCompile(`value\(\$[A-Z_][A-Z_0-9]*\)|\$(?:\.\.\.)?[A-Z_][A-Z_0-9]*|\$[0-9]+`)

// maxQuoted bounds what a metavariable may bring into a message, in bytes.
const maxQuoted = 200

// interpolate puts what metavariables stand for into a message.
func (h *hit) interpolate(message string) string {
	if !strings.Contains(message, "$") {
		return message
	}
	return mention.ReplaceAllStringFunc(message, func(m string) string {
		value, ok := "", false
		if name, isValue := strings.CutPrefix(m, "value("); isValue {
			name = strings.TrimSuffix(name, ")")
			if value, ok = h.values[name]; !ok {
				value, ok = h.bindings[name]
			}
		} else {
			value, ok = h.bindings[m]
		}
		if !ok {
			return m
		}
		if len(value) > maxQuoted {
			value = strings.ToValidUTF8(value[:maxQuoted], "") + "…"
		}
		return value
	})
}

// edit is the rule's fix for this place.
func (h *hit) edit(path checks.Path, t *text.Text) (checks.Edit, bool) {
	matched := string(t.Bytes[h.start:h.end])
	var replacement string
	switch {
	case h.unfixable:
		return checks.Edit{}, false
	case h.rule.HasFix:
		complete := true
		replacement = mention.ReplaceAllStringFunc(strings.TrimRight(h.rule.Fix, "\n"), func(m string) string {
			value, ok := h.bindings[m]
			complete = complete && ok
			return value
		})
		if !complete {
			return checks.Edit{}, false
		}
		replacement = indent(replacement, indentation(t, h.start))
	case h.rule.FixRegex != nil:
		var err error
		if replacement, err = replace(h.rule.FixRegex.Regex.Compiled, matched, h.rule.FixRegex.Replacement, h.rule.FixRegex.Count); err != nil {
			return checks.Edit{}, false
		}
	default:
		return checks.Edit{}, false
	}
	if replacement == matched {
		return checks.Edit{}, false
	}
	at := t.Location(path, h.start, h.end)
	return checks.Edit{Path: path, Start: at.Start, End: at.End, NewText: replacement}, true
}

// indentation is the white space that the line of an offset begins with.
func indentation(t *text.Text, offset int) string {
	start, end := t.Line(t.Position(offset).Line)
	line := string(t.Bytes[start:end])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// indent indents all lines but the first.
func indent(s, by string) string { return strings.ReplaceAll(s, "\n", "\n"+by) }

// fixSteps bounds the search of a fix-regex.
const fixSteps = 1 << 20

// reference is a group in a replacement, as Semgrep writes it (\1) and as others do.
var reference = regexp.MustCompile(`\\(\d)|\\g<(\d)>`)

// replace replaces what an expression matches, count times at most (0: always).
func replace(compiled func() (*regex.Regex, error), in, by string, count int) (string, error) {
	expression, err := compiled()
	if err != nil {
		return "", err
	}
	matches, err := expression.FindAll(in, &regex.Budget{Steps: fixSteps})
	if err != nil {
		return "", err
	}
	if len(matches) == 0 {
		return "", errors.New("the fix matches nothing")
	}
	var b strings.Builder
	at := 0
	for i, m := range matches {
		if count > 0 && i == count {
			break
		}
		b.WriteString(in[at:m.Groups[0]])
		b.WriteString(reference.ReplaceAllStringFunc(by, func(r string) string {
			digit := reference.FindStringSubmatch(r)
			group := int((digit[1] + digit[2])[0] - '0')
			if 2*group+1 >= len(m.Groups) || m.Groups[2*group] < 0 {
				return ""
			}
			return in[m.Groups[2*group]:m.Groups[2*group+1]]
		}))
		at = m.Groups[1]
	}
	b.WriteString(in[at:])
	return b.String(), nil
}
