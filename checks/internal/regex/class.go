package regex

import (
	"strings"
	"unicode"
)

// The classes that a letter after a backslash stands for.
func letterClass(c byte) (ranges []rune, ok bool) {
	switch c {
	case 'd', 'D':
		ranges = []rune{'0', '9'}
	case 'w', 'W':
		ranges = []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}
	case 's', 'S':
		ranges = []rune{'\t', '\r', ' ', ' '}
	case 'h', 'H':
		ranges = []rune{
			'\t', '\t', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x180E, 0x180E, 0x2000, 0x200A, 0x202F, 0x202F,
			0x205F, 0x205F, 0x3000, 0x3000,
		}
	case 'v', 'V':
		ranges = []rune{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029}
	case 'N':
		return inverted([]rune{'\n', '\n'}), true
	default:
		return nil, false
	}
	if c < 'a' {
		return inverted(ranges), true
	}
	return ranges, true
}

// posixClass gives the class [:name:], of ASCII.
func posixClass(name string) ([]rune, bool) {
	switch name {
	case "alnum":
		return []rune{'0', '9', 'A', 'Z', 'a', 'z'}, true
	case "alpha":
		return []rune{'A', 'Z', 'a', 'z'}, true
	case "ascii":
		return []rune{0, 0x7F}, true
	case "blank":
		return []rune{'\t', '\t', ' ', ' '}, true
	case "cntrl":
		return []rune{0, 0x1F, 0x7F, 0x7F}, true
	case "digit":
		return []rune{'0', '9'}, true
	case "graph":
		return []rune{'!', '~'}, true
	case "lower":
		return []rune{'a', 'z'}, true
	case "print":
		return []rune{' ', '~'}, true
	case "punct":
		return []rune{'!', '/', ':', '@', '[', '`', '{', '~'}, true
	case "space":
		return []rune{'\t', '\r', ' ', ' '}, true
	case "upper":
		return []rune{'A', 'Z'}, true
	case "word":
		return letterClass('w')
	case "xdigit":
		return []rune{'0', '9', 'A', 'F', 'a', 'f'}, true
	}
	return nil, false
}

// class reads […].
func (p *parser) class() (*node, error) {
	p.at++
	negated := p.accept("^")
	var ranges []rune
	for first := true; ; first = false {
		if !p.more() {
			return nil, p.errorf("] is missing")
		}
		if p.peek() == ']' && !first && !p.quoted {
			p.at++
			break
		}
		low, members, err := p.classItem()
		if err != nil {
			return nil, err
		}
		if members != nil {
			ranges = append(ranges, members...)
			continue
		}
		if low < 0 {
			continue
		}
		high := low
		if !p.quoted && p.peek() == '-' && p.at+1 < len(p.text) && p.text[p.at+1] != ']' {
			p.at++
			if high, members, err = p.classItem(); err != nil {
				return nil, err
			}
			switch {
			case members != nil:
				return nil, p.errorf("a range that ends with a class")
			case high < low:
				return nil, p.errorf("a range whose end comes before its start")
			}
		}
		if span := []rune{low, high}; p.flags.fold {
			ranges = append(ranges, folded(span)...)
		} else {
			ranges = append(ranges, span...)
		}
	}
	ranges = tidy(ranges)
	if negated {
		ranges = inverted(ranges)
	}
	if len(ranges) == 0 {
		return &node{op: opFail}, nil
	}
	return setNode(ranges), nil
}

// classItem reads one member of a class: a character, several (members), or nothing (-1 and nil).
func (p *parser) classItem() (low rune, members []rune, err error) {
	if p.quoted {
		if p.accept(`\E`) {
			p.quoted = false
			return -1, nil, nil
		}
		return p.rune(), nil, nil
	}
	switch {
	case p.flags.extendedClass && (p.peek() == ' ' || p.peek() == '\t'):
		p.at++
		return -1, nil, nil
	case p.accept("[:"):
		end := strings.Index(p.text[p.at:], ":]")
		name := ""
		if end >= 0 {
			name = p.text[p.at : p.at+end]
		}
		if end < 0 || strings.Trim(name, "^abcdefghijklmnopqrstuvwxyz") != "" {
			p.at--
			return '[', nil, nil
		}
		negated := strings.HasPrefix(name, "^")
		members, ok := posixClass(strings.TrimPrefix(name, "^"))
		if !ok {
			return 0, nil, p.errorf("there is no class [:%.20s:]", name)
		}
		p.at += end + 2
		if p.flags.fold && (name == "upper" || name == "lower") {
			members = folded(members)
		}
		if negated {
			members = inverted(members)
		}
		return 0, members, nil
	case p.peek() != '\\':
		return p.rune(), nil, nil
	}
	p.at++
	if !p.more() {
		return 0, nil, p.errorf("the pattern ends with a backslash")
	}
	c := p.peek()
	switch c {
	case 'b':
		p.at++
		return '\b', nil, nil
	case 'Q':
		p.at++
		p.quoted = true
		return -1, nil, nil
	case 'E':
		p.at++
		return -1, nil, nil
	case 'N', 'R', 'X', 'B':
		return 0, nil, p.errorf(`\%c cannot stand in a class`, c)
	case 'p', 'P':
		p.at++
		members, err = p.property(c == 'P')
		return 0, members, err
	}
	if members, ok := letterClass(c); ok {
		p.at++
		return 0, members, nil
	}
	if '8' <= c && c <= '9' {
		return 0, nil, p.errorf(`\%c is not an octal number`, c)
	}
	low, err = p.character()
	return low, nil, err
}

// property reads what follows \p or \P: a letter, or a name in braces.
func (p *parser) property(negated bool) ([]rune, error) {
	name := ""
	if p.accept("{") {
		var err error
		if name, err = p.until('}'); err != nil {
			return nil, err
		}
	} else if p.more() {
		name = string(p.rune())
	}
	if trimmed := strings.TrimPrefix(name, "^"); trimmed != name {
		name, negated = trimmed, !negated
	}
	ranges, ok := p.properties[name]
	if !ok {
		if ranges, ok = propertyRanges(name); !ok {
			return nil, p.errorf("the property %.40q of characters is not known", name)
		}
		p.properties[name] = ranges
	}
	if negated {
		ranges = inverted(ranges)
	}
	return ranges, nil
}

func propertyRanges(name string) ([]rune, bool) {
	switch name {
	case "Any":
		return inverted(nil), true
	case "L&":
		return join("Lu", "Ll", "Lt"), true
	case "Xan":
		return join("L", "N"), true
	case "Xwd":
		return tidy(append(join("L", "N"), '_', '_')), true
	case "Xsp", "Xps":
		return tidy(append(join("Z"), '\t', '\r', 0x85, 0x85)), true
	case "Cn", "C":
		assigned := join("L", "M", "N", "P", "S", "Z", "Cc", "Cf", "Co", "Cs")
		if name == "C" {
			assigned = join("L", "M", "N", "P", "S", "Z")
		}
		return inverted(assigned), true
	}
	if unicode.Categories[name] == nil && unicode.Scripts[name] == nil {
		return nil, false
	}
	return join(name), true
}

// join gives the ranges of categories and scripts together.
func join(names ...string) []rune {
	var out []rune
	for _, name := range names {
		table := unicode.Categories[name]
		if table == nil {
			table = unicode.Scripts[name]
		}
		for _, r := range table.R16 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				out = append(out, c, c)
			}
		}
		for _, r := range table.R32 {
			if r.Stride == 1 {
				out = append(out, rune(r.Lo), rune(r.Hi))
				continue
			}
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				out = append(out, c, c)
			}
		}
	}
	return tidy(out)
}
