package code

import (
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// Live returns a function that tells whether a rule of ours may find something in a file, so that it has to be parsed;
// all others cost a search for strings. Imports are looked up in the tree; a nil tree has no files.
func (c *Check) Live(tree checks.Tree) func(path checks.Path, source string) bool {
	e := newEngine(c.catalogue.rules, c.catalogue.shelves, c.catalogue.places)
	return func(path checks.Path, source string) bool {
		l := lang.Detect(string(path), source[:min(len(source), generatedHead)])
		if l == nil {
			return strings.HasSuffix(string(path), ".ipynb")
		}
		s := &scan{engine: e, tree: tree, path: path, depends: map[string]struct{}{}}
		return len(e.group(l.Name).alive(path, semgrep.NewOutline(source), s.crosses(l, source))) > 0
	}
}
