package code

import (
	"regexp"
	"strings"
)

// suppressions are the comments of one file that ask to leave a finding out, by the line that they speak of.
type suppressions map[int][]suppression

// suppression is one such comment.
type suppression struct {
	line   int      // where it stands, from 1
	rules  []string // none: every rule
	reason string   // "" where the form has none
}

// What such comments look like: Semgrep's, with an optional list of rules, and ours, which names one rule and says why.
var (
	nosemgrep = regexp.MustCompile(`(?i)(?:#|//|/\*|<!--|--|;|%|'|^)[\s*]*nosem(?:grep)?\b(?:\s*:\s*([\w.-]+(?:\s*,\s*[\w.-]+)*))?`)
	ignore    = regexp.MustCompile(`\bassay:ignore\s+([\w.-]+(?:,[\w.-]+)*)\s+(\S.*)`)
)

// findSuppressions reads the comments of a text. A comment with nothing else on its line speaks of the line after it,
// any other of its own.
func findSuppressions(text string) suppressions {
	if !strings.Contains(text, "nosem") && !strings.Contains(text, "assay:ignore") {
		return nil
	}
	out := suppressions{}
	line := 0
	for content := range strings.Lines(text) {
		line++
		s, at, ok := parseSuppression(content)
		if !ok {
			continue
		}
		s.line = line
		out[line] = append(out[line], s)
		if strings.Trim(content[:at], " \t#/*<!-;%'{(") == "" {
			out[line+1] = append(out[line+1], s)
		}
	}
	return out
}

// parseSuppression finds the comment in a line, and where it begins.
func parseSuppression(line string) (suppression, int, bool) {
	if m := ignore.FindStringSubmatchIndex(line); m != nil {
		reason := strings.TrimSpace(strings.TrimRight(strings.TrimSpace(line[m[4]:m[5]]), "*/->"))
		if reason == "" {
			return suppression{}, 0, false
		}
		return suppression{rules: strings.Split(line[m[2]:m[3]], ","), reason: reason}, m[0], true
	}
	m := nosemgrep.FindStringSubmatchIndex(line)
	if m == nil {
		return suppression{}, 0, false
	}
	var s suppression
	if m[2] >= 0 {
		for _, rule := range strings.Split(line[m[2]:m[3]], ",") {
			s.rules = append(s.rules, strings.TrimSpace(rule))
		}
	}
	return s, m[0], true
}

// of is the suppression that speaks of a rule at a line, if there is one. A rule may be named by the end of its id, as
// Semgrep's ids are the longer the deeper their file lies.
func (s suppressions) of(rule string, line int) (suppression, bool) {
	for _, one := range s[line] {
		if len(one.rules) == 0 {
			return one, true
		}
		for _, name := range one.rules {
			if name == rule || strings.HasSuffix(name, "."+rule) {
				return one, true
			}
		}
	}
	return suppression{}, false
}
