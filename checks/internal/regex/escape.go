package regex

import "strings"

// escape reads what a backslash begins outside a class.
func (p *parser) escape() (*node, error) {
	p.at++
	if !p.more() {
		return nil, p.errorf("the pattern ends with a backslash")
	}
	c := p.peek()
	if ranges, ok := letterClass(c); ok {
		p.at++
		if c == 'N' && p.at+1 < len(p.text) && p.text[p.at] == '{' && p.text[p.at+1] > '9' {
			return nil, p.errorf("characters by name are not supported")
		}
		return setNode(tidy(ranges)), nil
	}
	if '1' <= c && c <= '9' {
		return p.numbered()
	}
	places := map[byte]assertion{'A': textStart, 'z': textEnd, 'Z': textEndLF, 'b': boundary, 'B': noBoundary, 'G': searchOrigin}
	if place, ok := places[c]; ok {
		p.at++
		return &node{op: opAssert, assert: place}, nil
	}
	switch c {
	case 'Q':
		p.at++
		p.quoted = true
		return nil, nil
	case 'K':
		p.at++
		return &node{op: opKeep}, nil
	case 'R':
		p.at++
		return lineBreak(), nil
	case 'X':
		p.at++
		return grapheme(), nil
	case 'p', 'P':
		p.at++
		ranges, err := p.property(c == 'P')
		if err != nil {
			return nil, err
		}
		return setNode(ranges), nil
	case 'k':
		p.at++
		return p.namedReference()
	case 'g':
		p.at++
		return p.relativeReference()
	}
	r, err := p.character()
	if err != nil {
		return nil, err
	}
	return p.literal(r), nil
}

// lineBreak is \R: CR LF as one, or any one character that ends a line.
func lineBreak() *node {
	pair := concat([]*node{setNode([]rune{'\r', '\r'}), setNode([]rune{'\n', '\n'})})
	ends, _ := letterClass('v')
	return parent(&node{op: opAtomic, subs: []*node{alternate([]*node{pair, setNode(ends)})}})
}

// grapheme is \X, simplified: CR LF, or a character with the marks and joiners that follow it.
func grapheme() *node {
	extend := tidy(append(join("M"), 0x200D, 0x200D))
	marks := parent(&node{op: opRepeat, subs: []*node{setNode(extend)}, max: -1, mode: possessive})
	pair := concat([]*node{setNode([]rune{'\r', '\r'}), setNode([]rune{'\n', '\n'})})
	return parent(&node{op: opAtomic, subs: []*node{alternate([]*node{pair, concat([]*node{setNode(inverted(nil)), marks})})}})
}

// numbered reads \1 or, when there are fewer groups than that, an octal number.
func (p *parser) numbered() (*node, error) {
	start := p.at
	n, _ := p.number()
	if n < 10 || n <= p.total || p.text[start] >= '8' {
		return p.numberedReference(n)
	}
	p.at = start
	r, err := p.character()
	if err != nil {
		return nil, err
	}
	return p.literal(r), nil
}

// numberedReference checks only the bound; whether the group exists is known at the end of the pattern.
func (p *parser) numberedReference(n int) (*node, error) {
	if n < 1 || n > maxGroups {
		return nil, p.errorf("there is no group %d", n)
	}
	return &node{op: opBackref, n: n, fold: p.flags.fold}, nil
}

func (p *parser) namedReference() (*node, error) {
	closing := map[byte]byte{'<': '>', '{': '}', '\'': '\''}[p.peek()]
	if closing == 0 {
		return nil, p.errorf(`\k needs the name of a group`)
	}
	p.at++
	name, err := p.until(closing)
	if err != nil {
		return nil, err
	}
	return p.reference(name)
}

// relativeReference reads \g1, \g{1}, \g{-1} and \g{name}.
func (p *parser) relativeReference() (*node, error) {
	var name string
	switch {
	case p.peek() == '<' || p.peek() == '\'':
		return nil, p.errorf("recursion is not supported")
	case p.accept("{"):
		var err error
		if name, err = p.until('}'); err != nil {
			return nil, err
		}
	default:
		start := p.at
		if !p.accept("-") {
			p.accept("+")
		}
		p.number()
		name = p.text[start:p.at]
	}
	digits := strings.TrimLeft(name, "+-")
	n, ok := whole(digits)
	switch {
	case !ok:
		return p.reference(name)
	case len(name)-len(digits) > 1:
		return nil, p.errorf("%.40q is not a group", name)
	case name[0] == '-':
		n = len(p.names) - n
	case name[0] == '+':
		n += len(p.names) - 1
	}
	return p.numberedReference(n)
}

// character reads an escaped character, after the backslash.
func (p *parser) character() (rune, error) {
	c := p.peek()
	if !isWord(c) || c == '_' || c >= 0x80 {
		return p.rune(), nil
	}
	p.at++
	switch c {
	case 'a':
		return '\a', nil
	case 'e':
		return 0x1B, nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'c':
		if letter := p.peek(); ' ' <= letter && letter <= '~' {
			p.at++
			if 'a' <= letter && letter <= 'z' {
				letter -= 0x20
			}
			return rune(letter ^ 0x40), nil
		}
		return 0, p.errorf(`\c needs a character`)
	case 'x':
		if p.accept("{") {
			return p.braced(16)
		}
		return p.digits(16, 2), nil
	case 'o':
		if p.accept("{") {
			return p.braced(8)
		}
		return 0, p.errorf(`\o needs a number in braces`)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		p.at--
		return p.digits(8, 3), nil
	}
	p.at--
	return 0, p.errorf(`\%c is not supported`, c)
}

func (p *parser) digits(base rune, most int) rune {
	var r rune
	for range most {
		digit := digitOf(p.peek())
		if digit >= base {
			break
		}
		r = r*base + digit
		p.at++
	}
	return r
}

func (p *parser) braced(base rune) (rune, error) {
	name, err := p.until('}')
	if err != nil {
		return 0, err
	}
	var r rune
	for i := 0; i < len(name); i++ {
		digit := digitOf(name[i])
		if digit >= base || r > 0x10FFFF/base {
			return 0, p.errorf("%.20q is not a character", name)
		}
		r = r*base + digit
	}
	if name == "" || r > 0x10FFFF || 0xD800 <= r && r <= 0xDFFF {
		return 0, p.errorf("%.20q is not a character", name)
	}
	return r, nil
}

func digitOf(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return 99
}
