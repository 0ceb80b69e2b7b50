// Package markdown writes GitHub-flavoured Markdown out of text that nobody vouches for.
//
// There are two types of finished Markdown, [Inline] and [Block]. Untrusted text is a plain string and becomes one of
// them only through a function of this package, so that a forgotten escape does not compile. Words of our own are
// constants and need no function.
//
// What comes out shows the text and does nothing else: no formatting, HTML, image, link, mention, reference to an issue
// or commit, emoji or formula, no break-out of a fence, a table or a folded part, and no character that is not seen.
package markdown

import (
	"strconv"
	"strings"
)

// Inline is finished Markdown within a line. It holds no line break and no "|", so it may stand in a paragraph, in a
// link's text and in a cell of a table.
type Inline string

// Block is finished Markdown of whole lines, without a line break at its end.
type Block string

// Join puts parts into one line with a separator between them, leaving out empty ones.
func Join(separator Inline, parts ...Inline) Inline {
	var b strings.Builder
	for _, part := range parts {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(string(separator))
		}
		b.WriteString(string(part))
	}
	return Inline(b.String())
}

// Blocks puts blocks under each other, leaving out empty ones.
func Blocks(blocks ...Block) Block {
	var b strings.Builder
	for _, block := range blocks {
		if block == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(string(block))
	}
	return Block(b.String())
}

// Bold must stand between spaces or at the end of a line: GitHub does not see the stars elsewhere.
func Bold(text Inline) Inline {
	if text == "" {
		return ""
	}
	return "**" + text + "**"
}

// Heading is a heading of level 1 to 6.
func Heading(level int, text Inline) Block {
	return Block(strings.Repeat("#", min(max(level, 1), 6)) + " " + string(text))
}

// Paragraph is one line that stands alone.
func Paragraph(text Inline) Block { return Block(text) }

// List is a bullet list.
func List(items ...Inline) Block {
	return list(items, func(int) string { return "- " })
}

// Numbered is a list of steps.
func Numbered(items ...Inline) Block {
	return list(items, func(i int) string { return strconv.Itoa(i+1) + ". " })
}

func list(items []Inline, bullet func(i int) string) Block {
	lines := make([]string, 0, len(items))
	for i, item := range items {
		lines = append(lines, bullet(i)+string(item))
	}
	return Block(strings.Join(lines, "\n"))
}

// Table is a table. Rows shorter than the header are filled up; what exceeds it is an error of the caller and is cut.
func Table(header []Inline, rows [][]Inline) Block {
	var b strings.Builder
	row := func(cells []Inline) {
		for i := range header {
			b.WriteString("|")
			if i < len(cells) && cells[i] != "" {
				b.WriteString(" " + string(cells[i]))
			}
			b.WriteString(" ")
		}
		b.WriteString("|")
	}
	row(header)
	b.WriteString("\n" + strings.Repeat("| --- ", len(header)) + "|")
	for _, cells := range rows {
		b.WriteString("\n")
		row(cells)
	}
	return Block(b.String())
}

// Details folds a block under a line of plain text. The line is HTML to GitHub, where neither stars nor backticks mean
// anything; therefore it is not an [Inline].
func Details(summary string, body Block) Block {
	return Blocks(detailsOpen+"\n<summary>"+Block(Text(summary))+"</summary>", body, detailsClose)
}

const (
	detailsOpen  = "<details>"
	detailsClose = "</details>"
)

// Small is text of a footer.
func Small(text Inline) Inline { return "<sub>" + text + "</sub>" }

// Comment is a mark that GitHub does not show. The text must be of our own making: what could end the comment is
// removed, nothing is escaped.
func Comment(text string) Block {
	return Block("<!-- " + strings.NewReplacer("-->", "", "--!>", "", "<!--", "", "\n", " ", "\r", " ").Replace(text) + " -->")
}
