package code

import (
	"context"
	"fmt"

	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/notebook"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// notebook scans the cells of a Jupyter notebook, language by language. What is found is shown where it stands in the
// notebook's JSON; fixes are left out, since they would have to be written in JSON too.
func (s *scan) notebook(ctx context.Context, source string) {
	n, err := notebook.Parse(source)
	if err != nil {
		s.problems = append(s.problems, fmt.Errorf("the notebook could not be read: %w", err))
		return
	}
	if n.Incomplete {
		s.problems = append(s.problems, fmt.Errorf("the notebook's JSON is broken or too large: some of it was not read"))
	}
	for i := range n.Code {
		cells := &n.Code[i]
		l, ok := lang.Named(cells.Language)
		if !ok {
			continue
		}
		before := len(s.hits)
		s.code(ctx, l, cells.Source, semgrep.NewOutline(cells.Source))
		for j := before; j < len(s.hits); j++ {
			h := &s.hits[j]
			h.start, h.end = cells.OriginRange(h.start, h.end)
			h.unfixable = true
			for k := range h.trace { // the lines of the joined cells say nothing to a reader of the file
				h.trace[k].Line = lineOf(source, cells.Origin(h.offsets[k]))
			}
		}
	}
}
