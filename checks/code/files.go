package code

import (
	"bytes"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/rules"
)

// settings hold for all rules; rules/code.yaml says what they mean.
type settings struct {
	Fixtures       []string `yaml:"fixtures"`
	MachineMade    []string `yaml:"machine_made"`
	GeneratedMarks []string `yaml:"generated_marks"`
}

// places tells which files are scanned, and which are only tests and examples.
type places struct {
	fixtures, machineMade glob.Set
	marks                 [][]byte
}

func newPlaces() (*places, error) {
	var s settings
	if err := ruleset.Decode(rules.FS, "code.yaml", &s); err != nil {
		return nil, err
	}
	var p places
	var err error
	if p.fixtures, err = glob.NewSet(s.Fixtures); err != nil {
		return nil, err
	}
	if p.machineMade, err = glob.NewSet(s.MachineMade); err != nil {
		return nil, err
	}
	for _, mark := range s.GeneratedMarks {
		p.marks = append(p.marks, []byte(mark))
	}
	return &p, nil
}

// Bounds on what is taken for code that somebody wrote.
const (
	// MaxSource is the largest file that is read as code, in bytes. Hand-written ones stay far below; what is larger is
	// data, or machine-made without saying so.
	MaxSource = 2 << 20

	generatedHead = 2 << 10 // bytes at the beginning in which a mark of generated code counts

	// A file is minified when it is at least minifiedSize bytes and its lines are longer than this on average.
	minifiedSize = 5_000
	minifiedLine = 500
)

// leftOut says why a file is no code that somebody wrote, or "".
func (p *places) leftOut(path checks.Path, t *text.Text) string {
	switch {
	case p.machineMade.Match(path):
		return "made by a machine or copied in, by its name"
	case len(t.Bytes) >= minifiedSize && len(t.Bytes)/t.Lines() > minifiedLine && !strings.HasSuffix(string(path), ".ipynb"):
		return "minified"
	}
	head := t.Bytes[:min(len(t.Bytes), generatedHead)]
	for _, mark := range p.marks {
		if bytes.Contains(head, mark) && inComment(head, mark) {
			return "generated, as it says itself"
		}
	}
	return ""
}

// inComment reports whether a mark stands in a comment: on a line that begins like one.
func inComment(head, mark []byte) bool {
	at := bytes.Index(head, mark)
	line := head[bytes.LastIndexByte(head[:at], '\n')+1 : at]
	line = bytes.TrimLeft(line, " \t")
	for _, begin := range []string{"//", "#", "/*", "*", "--", ";", "<!--", "%", "\"\"\""} {
		if bytes.HasPrefix(line, []byte(begin)) {
			return true
		}
	}
	return false
}

// milder is the severity in a test, an example or documentation: one lower, and never one that blocks by default.
func milder(s checks.Severity) checks.Severity {
	switch s {
	case checks.Critical, checks.High:
		return checks.Medium
	case checks.Medium:
		return checks.Low
	}
	return s
}
