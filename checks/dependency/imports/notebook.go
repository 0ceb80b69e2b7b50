package imports

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/notebook"
)

const notebookEnd = ".ipynb"

// notebookStatements reads the imports of the Python cells of a notebook.
func notebookStatements(source []byte) statements {
	n, err := notebook.Parse(string(source))
	if err != nil {
		return nil // no notebook, or one that cannot be understood
	}
	var found statements
	for i := range n.Code {
		code := &n.Code[i]
		if code.Language != "python" {
			continue
		}
		for _, s := range pythonStatements([]byte(code.Source)) {
			s.start, s.end = code.OriginRange(s.start, s.end)
			if s.start < s.end && s.end <= len(source) {
				found.add(s)
			}
		}
	}
	return found
}

// installsItself reports whether a notebook has one of the packages installed on a line of its own.
func installsItself(p *project, file checks.Path, names []string) bool {
	if path.Ext(string(file)) != notebookEnd {
		return false
	}
	t, err := p.text(file)
	if err != nil {
		return false
	}
	for line := range strings.Lines(strings.ToLower(string(t.Bytes))) {
		if strings.Contains(line, "install") && mentionsAny(line, names) {
			return true
		}
	}
	return false
}
