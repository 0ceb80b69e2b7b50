package regex

import (
	"fmt"
	"unicode/utf8"
)

// flags are the settings that (?…) changes, up to the end of the group it stands in.
type flags struct {
	fold, multiLine, dotAll bool
	extended, extendedClass bool // x, xx
	ungreedy, noCapture     bool // U, n
}

// parser reads a pattern by recursive descent, maxDepth deep at most.
type parser struct {
	text  string
	at    int
	flags flags
	depth int

	names  []string       // by group
	groups map[string]int // by name
	total  int            // groups in the whole pattern, known from the start, for references forward
	quoted bool           // inside \Q…\E
	open   []*node        // back-references by name, to be resolved at the end
	wanted []string       // their names

	properties map[string][]rune // those of Unicode that the pattern names, as ranges
}

// parse gives the tree of a pattern and the names of its groups, the whole match first.
func parse(pattern string, opts Options) (*node, []string, error) {
	if len(pattern) > MaxPattern {
		return nil, nil, fmt.Errorf("longer than %d bytes", MaxPattern)
	}
	p := &parser{
		text: pattern, names: []string{""}, groups: map[string]int{}, properties: map[string][]rune{},
		flags: flags{fold: opts.CaseInsensitive, multiLine: opts.MultiLine, dotAll: opts.DotAll},
	}
	p.total = countGroups(pattern)
	for p.accept("(*UTF)") || p.accept("(*UTF8)") {
	}
	root, err := p.alternatives()
	if err == nil && p.at < len(p.text) {
		err = p.errorf("unmatched )")
	}
	if err != nil {
		return nil, nil, err
	}
	for i, ref := range p.open {
		n, ok := p.groups[p.wanted[i]]
		if !ok {
			return nil, nil, fmt.Errorf("there is no group named %.40q", p.wanted[i])
		}
		ref.n = n
	}
	err = checkReferences(root, len(p.names))
	return root, p.names, err
}

func checkReferences(root *node, groups int) error {
	missing := 0
	root.any(func(n *node) bool {
		if (n.op == opBackref || n.op == opCond) && n.n >= groups {
			missing = n.n
		}
		return missing > 0
	})
	if missing > 0 {
		return fmt.Errorf("there is no group %d", missing)
	}
	return nil
}

// countGroups estimates how many groups a pattern has, so that \12 can be told from an octal number before all groups
// were seen.
func countGroups(pattern string) int {
	count := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '(':
			if i+1 < len(pattern) && pattern[i+1] != '?' && pattern[i+1] != '*' {
				count++
			}
		}
	}
	return count
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", p.at, fmt.Sprintf(format, args...))
}

func (p *parser) more() bool { return p.at < len(p.text) }

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) accept(prefix string) bool {
	if len(p.text)-p.at >= len(prefix) && p.text[p.at:p.at+len(prefix)] == prefix {
		p.at += len(prefix)
		return true
	}
	return false
}

// until takes everything up to the byte end, and that too.
func (p *parser) until(end byte) (string, error) {
	for i := p.at; i < len(p.text); i++ {
		if p.text[i] == end {
			taken := p.text[p.at:i]
			p.at = i + 1
			return taken, nil
		}
	}
	return "", p.errorf("%q is missing", end)
}

func (p *parser) rune() rune {
	r, size := utf8.DecodeRuneInString(p.text[p.at:])
	p.at += size
	return r
}

// alternatives reads up to the end of the group or pattern.
func (p *parser) alternatives() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf("groups nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	var branches []*node
	for {
		branch, err := p.sequence()
		if err != nil {
			return nil, err
		}
		branches = append(branches, branch)
		if !p.accept("|") {
			return alternate(branches), nil
		}
	}
}

func (p *parser) sequence() (*node, error) {
	var parts []*node
	for {
		p.skip()
		if !p.more() || !p.quoted && (p.peek() == '|' || p.peek() == ')') {
			return concat(parts), nil
		}
		part, err := p.atom()
		if err != nil {
			return nil, err
		}
		if part == nil { // a setting, or the end of a quotation
			continue
		}
		if part, err = p.repeats(part); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
}

// skip passes over what (?x) lets stand between the parts of a pattern, comments, and the end of a quotation.
func (p *parser) skip() {
	for p.more() {
		if p.accept(`\E`) {
			p.quoted = false
			continue
		}
		if p.quoted {
			return
		}
		switch c := p.peek(); {
		case p.flags.extended && (c == ' ' || '\t' <= c && c <= '\r'):
			p.at++
		case p.flags.extended && c == '#':
			for p.more() && p.peek() != '\n' {
				p.at++
			}
		case c == '(' && p.at+2 < len(p.text) && p.text[p.at:p.at+3] == "(?#":
			for p.more() && p.peek() != ')' {
				p.at++
			}
			if p.more() {
				p.at++
			}
		default:
			return
		}
	}
}

// atom reads one part without its repetition, or nothing (nil).
func (p *parser) atom() (*node, error) {
	if p.quoted {
		return p.literal(p.rune()), nil
	}
	switch c := p.peek(); c {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '.':
		p.at++
		if p.flags.dotAll {
			return setNode(inverted(nil)), nil
		}
		return setNode(inverted([]rune{'\n', '\n'})), nil
	case '^':
		p.at++
		if p.flags.multiLine {
			return &node{op: opAssert, assert: lineStart}, nil
		}
		return &node{op: opAssert, assert: textStart}, nil
	case '$':
		p.at++
		if p.flags.multiLine {
			return &node{op: opAssert, assert: lineEnd}, nil
		}
		return &node{op: opAssert, assert: textEndLF}, nil
	case '*', '+', '?':
		return nil, p.errorf("%q has nothing to repeat", c)
	}
	return p.literal(p.rune()), nil
}

func setNode(ranges []rune) *node { return &node{op: opSet, set: newSet(ranges)} }

func (p *parser) literal(r rune) *node {
	if p.flags.fold {
		return setNode(folded([]rune{r, r}))
	}
	return setNode([]rune{r, r})
}

// repeats wraps part in the repetition that follows it.
func (p *parser) repeats(part *node) (*node, error) {
	p.skip()
	start := p.at
	low, high, ok, err := p.quantifier()
	if err != nil || !ok {
		return part, err
	}
	if part.op == opAssert || part.op == opKeep {
		p.at = start
		return nil, p.errorf("%q repeats a place, not a character", p.text[start])
	}
	mode := greedy
	if p.flags.ungreedy {
		mode = lazy
	}
	p.skip()
	switch {
	case p.accept("+"):
		mode = possessive
	case p.accept("?"):
		mode = lazy - mode
	}
	p.skip()
	start = p.at
	if _, _, again, err := p.quantifier(); again || err != nil {
		p.at = start
		return nil, p.errorf("%q repeats a repetition", p.text[start])
	}
	return parent(&node{op: opRepeat, subs: []*node{part}, min: low, max: high, mode: mode}), nil
}

func (p *parser) quantifier() (low, high int, ok bool, err error) {
	if p.quoted {
		return 0, 0, false, nil
	}
	switch {
	case p.accept("*"):
		return 0, -1, true, nil
	case p.accept("+"):
		return 1, -1, true, nil
	case p.accept("?"):
		return 0, 1, true, nil
	case p.peek() != '{':
		return 0, 0, false, nil
	}
	start := p.at
	p.at++
	low, ok = p.number()
	if !ok {
		p.at = start
		return 0, 0, false, nil // a brace that starts no repetition is a character
	}
	high = low
	if p.accept(",") {
		if high, ok = p.number(); !ok {
			high = -1
		}
	}
	if !p.accept("}") {
		p.at = start
		return 0, 0, false, nil
	}
	if low > maxRepeat || high > maxRepeat {
		return 0, 0, false, p.errorf("more than %d repetitions", maxRepeat)
	}
	if high >= 0 && high < low {
		return 0, 0, false, p.errorf("a repetition whose most is less than its least")
	}
	return low, high, true, nil
}

// number reads a decimal number; one too large for any purpose stays too large.
func (p *parser) number() (int, bool) {
	start, n := p.at, 0
	for ; '0' <= p.peek() && p.peek() <= '9'; p.at++ {
		n = min(10*n+int(p.peek()-'0'), 1<<20)
	}
	return n, p.at > start
}
