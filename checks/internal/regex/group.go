package regex

import "strings"

// group reads a parenthesis and what it encloses, or a setting (nil).
func (p *parser) group() (*node, error) {
	outer := p.flags
	p.at++
	if p.peek() == '*' {
		return nil, p.errorf("verbs such as (*SKIP) are not supported")
	}
	if !p.accept("?") {
		if outer.noCapture {
			return p.enclosed(nil, outer)
		}
		return p.capture("", outer)
	}
	switch {
	case p.accept(":"):
		return p.enclosed(nil, outer)
	case p.accept(">"):
		return p.enclosed(&node{op: opAtomic}, outer)
	case p.accept("="):
		return p.enclosed(&node{op: opLook}, outer)
	case p.accept("!"):
		return p.enclosed(&node{op: opLook, negative: true}, outer)
	case p.accept("<="):
		return p.enclosed(&node{op: opLook, behind: true}, outer)
	case p.accept("<!"):
		return p.enclosed(&node{op: opLook, behind: true, negative: true}, outer)
	case p.accept("|"):
		return p.branchReset(outer)
	case p.accept("P=") || p.accept("P>"):
		isReference := p.text[p.at-1] == '='
		name, err := p.until(')')
		if err != nil {
			return nil, err
		}
		if !isReference {
			return nil, p.errorf("recursion is not supported")
		}
		return p.reference(name)
	case p.accept("P<") || p.accept("<"):
		return p.named('>', outer)
	case p.accept("'"):
		return p.named('\'', outer)
	case p.accept("("):
		return p.conditional(outer)
	}
	switch c := p.peek(); {
	case c == 'R' || c == '&' || c == '+' || '0' <= c && c <= '9',
		c == '-' && p.at+1 < len(p.text) && '0' <= p.text[p.at+1] && p.text[p.at+1] <= '9':
		return nil, p.errorf("recursion is not supported")
	case c == 'C':
		return nil, p.errorf("callouts are not supported")
	}
	return p.settings(outer)
}

// enclosed reads the inside of a group into its node, if it has one. The settings made inside end with it.
func (p *parser) enclosed(n *node, outer flags) (*node, error) {
	sub, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, p.errorf(") is missing")
	}
	p.flags = outer
	if n == nil && sub.op != opAssert && sub.op != opKeep {
		return sub, nil
	}
	if n == nil { // unlike the place itself, a group around it can be repeated
		n = &node{op: opConcat}
	}
	n.subs = []*node{sub}
	return parent(n), nil
}

func (p *parser) capture(name string, outer flags) (*node, error) {
	if len(p.names) > maxGroups {
		return nil, p.errorf("more than %d groups", maxGroups)
	}
	n := &node{op: opGroup, n: len(p.names)}
	p.names = append(p.names, name)
	return p.enclosed(n, outer)
}

func (p *parser) named(end byte, outer flags) (*node, error) {
	name, err := p.until(end)
	if err != nil {
		return nil, err
	}
	if !isName(name) {
		return nil, p.errorf("%.40q is not a name for a group", name)
	}
	if _, taken := p.groups[name]; taken {
		return nil, p.errorf("two groups are named %.40q", name)
	}
	p.groups[name] = len(p.names)
	return p.capture(name, outer)
}

func isName(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isWord(c) || i == 0 && '0' <= c && c <= '9' {
			return false
		}
	}
	return name != "" && len(name) <= 128
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// reference is a back-reference by name, also to a group that comes later.
func (p *parser) reference(name string) (*node, error) {
	if !isName(name) {
		return nil, p.errorf("%.40q is not the name of a group", name)
	}
	n := &node{op: opBackref, fold: p.flags.fold}
	p.open, p.wanted = append(p.open, n), append(p.wanted, name)
	return n, nil
}

// branchReset reads (?|…), whose alternatives number their groups alike.
func (p *parser) branchReset(outer flags) (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf("groups nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	first := len(p.names)
	names := p.names
	var branches []*node
	for {
		p.names = append([]string(nil), names[:first]...)
		branch, err := p.sequence()
		if err != nil {
			return nil, err
		}
		branches = append(branches, branch)
		if len(names) < len(p.names) {
			names = append(names, p.names[len(names):]...)
		}
		if !p.accept("|") {
			break
		}
	}
	p.names = names
	if !p.accept(")") {
		return nil, p.errorf(") is missing")
	}
	p.flags = outer
	return alternate(branches), nil
}

// conditional reads (?(1)yes|no), (?(<name>)yes|no) and (?(?=look)yes|no), after the second parenthesis.
func (p *parser) conditional(outer flags) (*node, error) {
	n := &node{op: opCond, subs: []*node{empty(), nil, empty()}}
	switch {
	case p.peek() == '?':
		p.at--
		look, err := p.group()
		if err != nil {
			return nil, err
		}
		if look == nil || look.op != opLook {
			return nil, p.errorf("a condition must be a group or look around")
		}
		n.subs[0] = look
	default:
		name, err := p.until(')')
		if err != nil {
			return nil, err
		}
		if number, ok := whole(name); ok && number > 0 {
			n.n = number
			break
		}
		if len(name) > 2 && (name[0] == '<' && strings.HasSuffix(name, ">") || name[0] == '\'' && strings.HasSuffix(name, "'")) {
			name = name[1 : len(name)-1]
		}
		if !isName(name) || name == "R" || name == "DEFINE" {
			return nil, p.errorf("the condition %.40q is not supported", name)
		}
		p.open, p.wanted = append(p.open, n), append(p.wanted, name)
	}
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf("groups nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	var err error
	if n.subs[1], err = p.sequence(); err != nil {
		return nil, err
	}
	if p.accept("|") {
		if n.subs[2], err = p.sequence(); err != nil {
			return nil, err
		}
	}
	if !p.accept(")") {
		return nil, p.errorf("a condition ends after its second branch")
	}
	p.flags = outer
	return parent(n), nil
}

func whole(text string) (int, bool) {
	p := parser{text: text}
	n, ok := p.number()
	return n, ok && !p.more()
}

// settings reads (?i) and (?i:…), after the question mark.
func (p *parser) settings(outer flags) (*node, error) {
	on := true
	if p.accept("^") {
		p.flags.fold, p.flags.multiLine, p.flags.dotAll = false, false, false
		p.flags.extended, p.flags.extendedClass, p.flags.noCapture = false, false, false
	}
	for p.more() {
		c := p.peek()
		p.at++
		switch c {
		case 'i':
			p.flags.fold = on
		case 'm':
			p.flags.multiLine = on
		case 's':
			p.flags.dotAll = on
		case 'x':
			p.flags.extended = on
			p.flags.extendedClass = on && p.accept("x")
		case 'U':
			p.flags.ungreedy = on
		case 'n':
			p.flags.noCapture = on
		case '-':
			on = false
		case ')':
			return nil, nil
		case ':':
			return p.enclosed(nil, outer)
		default:
			p.at--
			return nil, p.errorf("unknown kind of group (?%c", c)
		}
	}
	return nil, p.errorf(") is missing")
}
