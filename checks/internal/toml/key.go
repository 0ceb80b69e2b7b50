package toml

import "strings"

// keys reads a key, dotted or not, and its equals sign. The tables that its parts name are found or made below table;
// its last part awaits the value.
func (p *parser) keys(table int32) bool {
	start := p.at
	parts := p.dotted()
	p.target, p.key = p.descend(table, parts)
	switch {
	case len(parts) == 0:
		p.problem("%.20q where a key should be", p.Source[p.at:min(len(p.Source), p.at+20)])
	case p.at >= len(p.Source) || p.Source[p.at] != '=':
		p.problemAt(start, "a key without a value")
	case p.target == None:
		p.Incomplete = true
		p.problemAt(start, "a name of more than %d parts", MaxDepth)
	default:
		p.at++
		p.blank()
		if p.at >= len(p.Source) || p.Source[p.at] == '\n' {
			p.problemAt(start, "a key without a value")
			return false
		}
		if len(p.open) == 0 {
			p.remember(p.target, p.key, int32(len(p.Nodes)))
		}
		return true
	}
	if len(p.open) > 0 {
		p.abandon()
	}
	p.line()
	return false
}

// dotted reads the parts of a name, up to what follows it.
func (p *parser) dotted() []Range {
	var parts []Range
	for {
		start := p.at
		if p.word(); p.at == start {
			if len(parts) > 0 {
				p.problem("a name that ends in a dot")
			}
			return parts
		}
		if strings.HasPrefix(p.Source[start:], fences[0]) || strings.HasPrefix(p.Source[start:], fences[1]) {
			p.problemAt(start, "a name of several lines")
		}
		if len(parts) <= MaxDepth { // one more than there may be, so that descend sees it
			parts = append(parts, Range{uint32(start), uint32(p.at)})
		}
		p.blank()
		if p.at >= len(p.Source) || p.Source[p.at] != '.' {
			return parts
		}
		p.at++
		p.blank()
	}
}

// descend finds or makes the tables that all parts but the last name, below table. It gives the innermost and the last
// part, or [None] for a name that leads too deep.
func (p *parser) descend(table int32, parts []Range) (int32, Range) {
	if len(parts) == 0 || len(parts) > MaxDepth {
		return None, Range{}
	}
	for _, part := range parts[:len(parts)-1] {
		if table = p.enter(table, part); int(p.Nodes[table].Depth) >= MaxDepth {
			return None, Range{}
		}
	}
	return table, parts[len(parts)-1]
}

// enter finds or makes the table that a part of a name stands for; of an array of tables, that is its last one.
func (p *parser) enter(table int32, part Range) int32 {
	key := name{table, unquote(p.Source[part.Start:part.End])}
	if found, ok := p.names[key]; ok {
		if p.Nodes[found].Kind == Array && p.last[found] != None {
			found = p.last[found]
		}
		if p.Nodes[found].Kind == Table {
			return found
		}
		p.problemAt(int(part.Start), "a name that already stands for something else")
	}
	n := p.add(Table, part, table, part)
	p.names[key] = n
	return n
}

// remember notes a member of a table that is not inline, and that there is one with its key already.
func (p *parser) remember(table int32, part Range, n int32) {
	key := name{table, unquote(p.Source[part.Start:part.End])}
	if _, ok := p.names[key]; ok {
		p.problemAt(int(part.Start), "a key that occurs twice")
	}
	p.names[key] = n
}

// header reads "[name]" or "[[name]]".
func (p *parser) header() {
	start := p.at
	mark := "]"
	if p.at++; strings.HasPrefix(p.Source[p.at:], "[") {
		p.at++
		mark = "]]"
	}
	p.blank()
	parts := p.dotted()
	table, part := p.descend(Root, parts)
	if strings.HasPrefix(p.Source[p.at:], mark) {
		p.at += len(mark)
	} else {
		p.problemAt(start, "a header that isn't closed")
		p.line()
	}
	r := Range{uint32(start), uint32(p.at)}
	switch {
	case table == None && len(parts) > 0:
		p.Incomplete = true
		p.problemAt(start, "a name of more than %d parts", MaxDepth)
		fallthrough
	case table == None:
		// What follows belongs to no table that anyone could name.
		p.problemAt(start, "a header without a name")
		p.table = p.add(Table, r, Root, Range{})
	case mark == "]]":
		p.table = p.add(Table, r, p.array(table, part, r), Range{})
	default:
		p.table = p.headed(table, part, r)
	}
}

// array finds or makes an array of tables.
func (p *parser) array(table int32, part, r Range) int32 {
	key := name{table, unquote(p.Source[part.Start:part.End])}
	if found, ok := p.names[key]; ok {
		if p.Nodes[found].Kind == Array {
			return found
		}
		p.problemAt(int(part.Start), "a name that already stands for something else")
	}
	n := p.add(Array, r, table, part)
	p.names[key] = n
	return n
}

// headed finds or makes a table with a header. One that a longer name made before stands at its own header from now on.
func (p *parser) headed(table int32, part, r Range) int32 {
	key := name{table, unquote(p.Source[part.Start:part.End])}
	if found, ok := p.names[key]; ok && p.Nodes[found].Kind == Table {
		if node := &p.Nodes[found]; node.Range == node.Key {
			node.Range, node.Key = r, part
		} else {
			p.problemAt(int(r.Start), "a table that occurs twice")
		}
		return found
	} else if ok {
		p.problemAt(int(part.Start), "a name that already stands for something else")
	}
	n := p.add(Table, r, table, part)
	p.names[key] = n
	return n
}
