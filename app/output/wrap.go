package output

import (
	"strings"
)

// maxProse bounds how much of one explanation is shown as text; JSON and SARIF hold all of it.
const maxProse = 4000

// wrap breaks prose into lines of at most width columns, safe to print. A line break in it stays one; several in a row
// leave one empty line. A word that is longer than a line, such as an address, is not broken, so that it can be copied.
func wrap(prose string, width int) []string {
	if len(prose) > maxProse {
		prose = strings.ToValidUTF8(prose[:maxProse], "") + "…"
	}
	var lines []string
	for paragraph := range strings.Lines(strings.TrimSpace(prose)) {
		line, used := "", 0
		for _, word := range strings.Fields(paragraph) {
			word = visible(word)
			n := columns(word)
			if used > 0 && used+1+n > width {
				lines = append(lines, line)
				line, used = "", 0
			}
			if used > 0 {
				line += " "
				used++
			}
			line += word
			used += n
		}
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return lines
}
