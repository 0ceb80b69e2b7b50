package corpus

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// grammar holds the alternatives of each name. A grammar file is a list of alternatives: a line "= name" or
// "= name weight", and below it the text, in which «name» stands for one of that name's alternatives, «name*2-5» for
// two to five of them line by line, and «name,0-3» for up to three with commas between.
//
// The first alternative of a name is the plain one, which is taken where code is nested deep enough already.
type grammar map[string][]alternative

type alternative struct {
	weight int
	lines  []line
}

// line is one line of an alternative: how far it is indented, and its parts.
type line struct {
	indent string
	parts  []part
}

// part is text, or a name with how often it stands there.
type part struct {
	text, name  string
	least, most int
	separator   byte // '*' or ',' when it is repeated
}

var (
	heading   = regexp.MustCompile(`^= ([A-Za-z.-]+)(?: (\d+))?$`)
	reference = regexp.MustCompile(`«([A-Za-z.-]+)(?:([*,])(\d+)-(\d+))?»`)
)

// read adds the alternatives of a grammar file. What it can't read is a mistake of ours.
func (g grammar) read(text string) {
	name, weight := "", 1
	var body []string
	flush := func() {
		if name != "" {
			g[name] = append(g[name], alternative{weight, parse(body)})
		}
		body = nil
	}
	for _, content := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		m := heading.FindStringSubmatch(content)
		if m == nil {
			body = append(body, content)
			continue
		}
		flush()
		name, weight = m[1], 1
		if m[2] != "" {
			weight = number(m[2])
		}
	}
	flush()
}

func parse(body []string) []line {
	var lines []line
	for _, content := range body {
		text := strings.TrimLeft(content, " \t")
		l := line{indent: content[:len(content)-len(text)]}
		at := 0
		for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
			if m[0] > at {
				l.parts = append(l.parts, part{text: text[at:m[0]]})
			}
			p := part{name: text[m[2]:m[3]], least: 1, most: 1}
			if m[4] >= 0 {
				p.separator, p.least, p.most = text[m[4]], number(text[m[6]:m[7]]), number(text[m[8]:m[9]])
			}
			l.parts, at = append(l.parts, p), m[1]
		}
		if at < len(text) {
			l.parts = append(l.parts, part{text: text[at:]})
		}
		lines = append(lines, l)
	}
	return lines
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(fmt.Sprintf("the grammar counts to %s", digits)) // only digits come here
	}
	return n
}
