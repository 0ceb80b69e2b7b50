package output

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/assay-app/assay/checks"
)

// location is a place in a file of the repository; a nil region is the whole file.
func location(path checks.Path, region *sarif.Region) *sarif.Location {
	at := sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri(path)).WithURIBaseID(sourceRoot))
	if region != nil {
		at.WithRegion(region)
	}
	return sarif.NewLocation().WithPhysicalLocation(at)
}

// uri is a path as a relative URI reference. Every byte that is not unreserved is percent-encoded, a colon too: before
// the first slash it would end a scheme.
func uri(path checks.Path) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func lineRegion(line int) *sarif.Region {
	if line < 1 {
		return nil
	}
	return sarif.NewRegion().WithStartLine(line)
}

// regionOf is the place of a finding. SARIF counts columns in UTF-16 code units and we count bytes, so a column is
// translated with the line's text; where that is not known, the column is left out rather than guessed.
func regionOf(f checks.Finding) *sarif.Region {
	at := f.Location
	region := lineRegion(at.Start.Line)
	if region == nil {
		return nil
	}
	end := max(at.End.Line, at.Start.Line)
	region.WithEndLine(end)
	start, ok := utf16Column(f, at.Start)
	if !ok {
		return region.WithEndLine(max(at.LastLine(), at.Start.Line))
	}
	region.WithStartColumn(start)
	if stop, ok := endColumn(f, at.Start, at.End, start); ok {
		region.WithEndColumn(stop)
	} else if at.End.Column <= 1 {
		region.WithEndLine(at.LastLine())
	}
	return region
}

// endColumn translates the end of a range whose start is known. What a snippet redacts is a credential, which is ASCII,
// so a range on one line that the snippet does not hold verbatim is as wide in UTF-16 as in bytes.
func endColumn(f checks.Finding, start, end checks.Position, startColumn int) (int, bool) {
	if f.Check == checks.Secret && end.Line == start.Line {
		return startColumn + max(0, end.Column-start.Column), true
	}
	return utf16Column(f, end)
}

// utf16Column translates a column with the text before it.
func utf16Column(f checks.Finding, at checks.Position) (int, bool) {
	if at.Column == 1 {
		return 1, true
	}
	for _, line := range excerptLines(f) {
		if line.number == 0 || line.number != at.Line {
			continue
		}
		if strings.HasPrefix(line.text, ellipsis) || at.Column < 1 || at.Column-1 > len(strings.TrimSuffix(line.text, ellipsis)) {
			return 0, false
		}
		return units(line.text[:at.Column-1]) + 1, true
	}
	return 0, false
}

// units is the length of a text in UTF-16 code units. A byte that is not UTF-8 is read as one replacement character.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// fixOf is the suggested edits, when the columns of every one are known: a fix that is off by one is worse than none.
func fixOf(f checks.Finding) *sarif.Fix {
	if len(f.Remediation.Edits) == 0 {
		return nil
	}
	fix := sarif.NewFix()
	if f.Remediation.Text != "" {
		fix.WithDescription(sarif.NewTextMessage(sarifText(f.Remediation.Text)))
	}
	changes := map[checks.Path]*sarif.ArtifactChange{}
	for _, e := range f.Remediation.Edits {
		region, ok := editRegion(f, e)
		if !ok || !utf8.ValidString(e.NewText) {
			return nil
		}
		change := changes[e.Path]
		if change == nil {
			change = sarif.NewArtifactChange().
				WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri(e.Path)).WithURIBaseID(sourceRoot))
			changes[e.Path] = change
			fix.AddArtifactChange(change)
		}
		change.AddReplacement(sarif.NewReplacement().
			WithDeletedRegion(region).
			WithInsertedContent(sarif.NewArtifactContent().WithText(e.NewText)))
	}
	return fix
}

func editRegion(f checks.Finding, e checks.Edit) (*sarif.Region, bool) {
	inSnippet := f
	if e.Path != f.Location.Path || f.Location.Commit != "" {
		inSnippet.Snippet = ""
	}
	start, ok := utf16Column(inSnippet, e.Start)
	if !ok || e.Start.Line < 1 {
		return nil, false
	}
	end, ok := endColumn(inSnippet, e.Start, e.End, start)
	if !ok {
		return nil, false
	}
	return sarif.NewRegion().
		WithStartLine(e.Start.Line).WithStartColumn(start).
		WithEndLine(e.End.Line).WithEndColumn(end), true
}
