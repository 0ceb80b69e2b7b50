package manifest

import (
	"fmt"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// parseTOML reads a text as TOML. Nothing at all is made of a text without any key.
func parseTOML(file *File, t *text.Text) (*toml.Document, error) {
	d, err := toml.Parse(string(withoutMark(t)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	switch {
	case len(d.Problems) > 0 && len(d.Nodes) <= 1:
		return nil, fmt.Errorf("%w: not TOML", ErrMalformed)
	case len(d.Problems) > 0:
		file.lose(fmt.Sprintf("line %d makes no sense", t.Position(int(d.Problems[0].Offset)).Line))
	case d.Incomplete:
		file.lose("nested too deep or too long")
	}
	return d, nil
}

// tomlPlace is where a member of a table stands, its key included.
func tomlPlace(t *text.Text, d *toml.Document, n int32) checks.Range {
	node := d.Nodes[n]
	start := node.Start
	if node.Key.Start < node.Key.End && node.Key.Start < start {
		start = node.Key.Start
	}
	return between(t, int(start), int(node.End))
}
