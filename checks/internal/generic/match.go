package generic

import "slices"

// Match finds the matches in d, in order of their starts; they may overlap. Of those that end at one place, the shortest
// counts, or the longest if the pattern ends with an ellipsis. The steps are taken from budget, or [DefaultSteps] if
// that is nil. With [ErrBudget] come the matches found until then.
func (p *Pattern) Match(d *Document, budget *Budget) ([]Match, error) {
	if budget == nil {
		budget = &Budget{Steps: DefaultSteps}
	}
	m := &matcher{p: p, d: d, budget: budget, symbols: make([]uint32, len(p.nodes)), bound: make([]Range, len(p.names))}
	for i, n := range p.nodes {
		if n.kind != literal {
			continue
		}
		symbol, ok := d.symbolOf(n.text)
		if !ok {
			return nil, nil
		}
		m.symbols[i] = symbol
	}
	m.search()
	slices.SortStableFunc(m.found, func(a, b Match) int { return int(a.Start) - int(b.Start) })
	if budget.Steps < 0 {
		return m.found, ErrBudget
	}
	return m.found, nil
}

type matcher struct {
	p       *Pattern
	d       *Document
	budget  *Budget
	symbols []uint32 // of the pattern's literals in this text
	bound   []Range  // by metavariable; unbound if End < Start
	start   uint32   // the token at which this attempt began
	limits  []uint32 // the ends of the blocks that the attempt is bound by, innermost last
	end     uint32   // the token after the match
	found   []Match
}

var unbound = Range{Start: 1}

// search tries every token at which a match could start.
func (m *matcher) search() {
	ends := map[uint32]int{}
	try := func(start uint32) bool {
		if !m.attempt(start) {
			return m.budget.Steps >= 0
		}
		match := m.match()
		if i, seen := ends[match.End]; !seen {
			ends[match.End] = len(m.found)
			m.found = append(m.found, match)
		} else if !m.p.endsWithEllipsis() {
			m.found[i] = match
		}
		return m.budget.Steps >= 0 && len(m.found) < MaxMatches
	}
	first := m.p.nodes[0]
	if first.kind == literal {
		for _, start := range m.d.places[m.symbols[0]] {
			if !try(start) {
				return
			}
		}
		return
	}
	for i, token := range m.d.tokens {
		if first.kind == metavar && !token.word {
			continue
		}
		if m.p.beginsWithEllipsis() && m.d.blocks[m.d.inner[i]].start != uint32(i) {
			continue
		}
		if !try(uint32(i)) {
			return
		}
	}
}

func (m *matcher) attempt(start uint32) bool {
	for i := range m.bound {
		m.bound[i] = unbound
	}
	m.start = start
	m.limits = append(m.limits[:0], m.d.blocks[m.d.inner[start]].end)
	return m.from(0, start) && m.end > start
}

func (m *matcher) match() Match {
	match := Match{Range: Range{m.d.tokens[m.start].Start, m.d.tokens[m.end-1].End}}
	if len(m.bound) > 0 {
		match.Bindings = make(map[string]Range, len(m.bound))
	}
	for i, name := range m.p.names {
		match.Bindings[name] = m.bound[i]
	}
	return match
}

// from matches the pattern from a node on at a token. It nests once for each node at most.
func (m *matcher) from(i int, at uint32) bool {
	for ; i < len(m.p.nodes); i++ {
		if m.budget.Steps--; m.budget.Steps < 0 {
			return false
		}
		n := &m.p.nodes[i]
		limit := m.limits[len(m.limits)-1]
		switch n.kind {
		case literal:
			if at >= limit || m.d.tokens[at].symbol != m.symbols[i] {
				return false
			}
			at++
		case metavar:
			if at >= limit || !m.d.tokens[at].word {
				return false
			}
			if bound := m.bound[n.name]; bound.Start <= bound.End {
				if m.text(bound) != m.text(m.d.tokens[at].Range) {
					return false
				}
				at++
				continue
			}
			m.bound[n.name] = m.d.tokens[at].Range
			if m.from(i+1, at+1) {
				return true
			}
			m.bound[n.name] = unbound
			return false
		case ellipsis:
			return m.ellipsis(i, at, limit)
		case openBlock:
			return m.block(i, at, limit)
		case closeBlock:
			if at != limit {
				return false
			}
			m.limits = m.limits[:len(m.limits)-1]
			if m.from(i+1, at) {
				return true
			}
			m.limits = append(m.limits, limit)
			return false
		}
	}
	m.end = at
	return true
}

func (m *matcher) text(r Range) string { return m.d.source[r.Start:r.End] }

// ellipsis lets node i take as little as it can, or as much if nothing follows it.
func (m *matcher) ellipsis(i int, at, limit uint32) bool {
	n := &m.p.nodes[i]
	lowest := m.lowestLine(n, at)
	if i+1 == len(m.p.nodes) {
		end := at
		for end < limit && m.d.tokens[end].line <= lowest {
			m.budget.Steps--
			end++
		}
		return m.takes(i, at, end)
	}
	next := &m.p.nodes[i+1]
	switch next.kind {
	case closeBlock:
		return m.takes(i, at, limit)
	case literal:
		places := m.d.places[m.symbols[i+1]]
		first, _ := slices.BinarySearch(places, at)
		for _, end := range places[first:] {
			if end >= limit || m.d.tokens[end].line > lowest {
				return false
			}
			if m.takes(i, at, end) {
				return true
			}
		}
		return false
	}
	for end := at; end <= limit; end++ {
		if end < limit && m.d.tokens[end].line > lowest {
			return false
		}
		if m.takes(i, at, end) {
			return true
		}
	}
	return false
}

// lowestLine is the line down to which an ellipsis at a token may go.
func (m *matcher) lowestLine(n *node, at uint32) uint32 {
	before := at
	if at > m.start {
		before--
	}
	return m.d.tokens[before].line + uint32(n.span)
}

// takes goes on after an ellipsis that takes the tokens [at, end).
func (m *matcher) takes(i int, at, end uint32) bool {
	n := &m.p.nodes[i]
	if n.name < 0 {
		return m.from(i+1, end)
	}
	var taken Range
	switch {
	case at > m.start:
		taken.Start = m.d.tokens[at-1].End
	default:
		taken.Start = m.d.tokens[at].Start
	}
	taken.End = taken.Start
	if end > at {
		taken.End = m.d.tokens[end-1].End
	}
	if bound := m.bound[n.name]; bound.Start <= bound.End {
		return m.text(bound) == m.text(taken) && m.from(i+1, end)
	}
	m.bound[n.name] = taken
	if m.from(i+1, end) {
		return true
	}
	m.bound[n.name] = unbound
	return false
}

// block matches a block of the pattern with one that starts here, or with none if it holds only an ellipsis.
func (m *matcher) block(i int, at, limit uint32) bool {
	n := &m.p.nodes[i]
	for _, b := range m.d.blocksAt(at) {
		if b.end > limit || at == m.start { // a match is inside the block in which it starts
			continue
		}
		m.limits = append(m.limits, b.end)
		if m.from(i+1, at) {
			return true
		}
		m.limits = m.limits[:len(m.limits)-1]
	}
	if !n.onlyDots {
		return false
	}
	// The ellipsis takes nothing, and what follows the block goes on as if it weren't there.
	if name := m.p.nodes[i+1].name; name >= 0 && m.bound[name] == unbound {
		end := m.d.tokens[max(at, 1)-1].End
		m.bound[name] = Range{end, end}
	}
	return m.from(n.partner+1, at)
}
