package markdown

import (
	"slices"
	"strings"
)

// Limits of GitHub. Its documentation counts characters, but what it refuses are bytes ("exceeds a maximum bytesize of
// 65535", github/docs#35252); a text has at least as many bytes as it has characters of any kind, so bytes are counted.
const (
	// MaxCheckText is the most that the summary and the text of a check run may have.
	MaxCheckText = 65_535
	// MaxBody is the most that a comment or a review may have.
	MaxBody = 65_536
)

// Truncate shortens finished Markdown to at most so many bytes. It cuts between lines, closes the fence and the folded
// parts that are open there, and adds a paragraph that says so.
func Truncate(text Block, bytes int, note Inline) Block {
	if len(text) <= bytes {
		return text
	}
	lines := strings.SplitAfter(string(text), "\n")
	var open nesting
	kept, length := 0, 0
	best, bestClosing := 0, "" // the most lines that fit together with what closes them
	for _, line := range lines {
		length += len(line)
		open.read(strings.TrimRight(line, "\n"))
		kept++
		closing := open.closing()
		if length+len(closing)+len("\n\n")+len(note) > bytes {
			if length > bytes {
				break
			}
			continue // a closing fence further on may make it shorter again
		}
		best, bestClosing = kept, closing
	}
	head := strings.TrimRight(strings.Join(lines[:best], ""), "\n")
	if bestClosing != "" && head != "" {
		head += "\n" + bestClosing
	}
	if len(note) > bytes {
		note = ""
	}
	return Blocks(Block(head), Block(note))
}

// nesting is what is open at a line of Markdown that this package wrote.
type nesting struct {
	fence   string // the backticks that close it
	details int
}

func (n *nesting) read(line string) {
	ticks := len(line) - len(strings.TrimLeft(line, "`"))
	switch {
	case n.fence != "":
		if line == n.fence {
			n.fence = ""
		}
	case ticks >= 3 && !strings.Contains(line[ticks:], "`"):
		n.fence = line[:ticks]
	case line == detailsOpen:
		n.details++
	case line == detailsClose && n.details > 0:
		n.details--
	}
}

// closing is what must follow to close all that is open, line by line.
func (n *nesting) closing() string {
	var lines []string
	if n.fence != "" {
		lines = append(lines, n.fence)
	}
	lines = append(lines, slices.Repeat([]string{"", detailsClose}, n.details)...)
	return strings.Join(lines, "\n")
}

// Fit puts as many of n blocks under each other as so many bytes take, in order, and asks for no more of them than that.
// When some are left over, a last block says so; more is given their number and must not grow as it falls.
func Fit(bytes, n int, block func(i int) Block, more func(left int) Block) Block {
	var text Block
	fits := Truncate(more(n), bytes, "") // when not even the first fits
	for i := range n {
		if text = Blocks(text, block(i)); len(text) > bytes {
			return fits
		}
		left := n - i - 1
		if left == 0 {
			return text
		}
		if noted := Blocks(text, more(left)); len(noted) <= bytes {
			fits = noted
		}
	}
	return text
}
