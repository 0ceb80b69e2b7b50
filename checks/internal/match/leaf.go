package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/generic"
	"github.com/assay-app/assay/checks/internal/regex"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// leaf finds a pattern. What it finds in the whole file is kept.
func (s *search) leaf(pattern *semgrep.Pattern) ([]Range, error) {
	key := s.keyOf(pattern)
	found, ok := s.found[key]
	if !ok {
		if err := s.errs[key]; err != nil {
			return nil, err
		}
		var err error
		switch {
		case s.language == semgrep.Generic:
			found, err = s.generic(pattern)
		case s.Tree == nil:
		default:
			found, err = s.code(pattern)
		}
		if err != nil {
			s.errs[key] = err
			return nil, err
		}
		s.found[key] = found
	}
	found = s.bounded(found)
	if s.name != nil && s.language != semgrep.Generic && s.Tree != nil {
		return s.named(pattern, found)
	}
	return found, nil
}

// maxNear is how many places a metavariable alone is looked for near; near more of them, it is looked for everywhere.
const maxNear = 1000

// near finds a metavariable alone where it can agree with one of the ranges: within it, and around it.
func (s *search) near(pattern *semgrep.Pattern, ranges []Range) ([]Range, error) {
	if found, ok := s.found[s.keyOf(pattern)]; ok || s.Tree == nil || s.language == semgrep.Generic || s.name != nil {
		if ok {
			return found, nil
		}
		return s.leaf(pattern)
	}
	p, err := pattern.In(s.Tree.Language)
	if err != nil {
		return nil, err
	}
	if len(p.Roots) != 1 {
		return s.leaf(pattern)
	}
	m := &matcher{search: s, p: p, options: s.options}
	all := m.expressions()
	var ids []ast.ID
	for i := range ranges {
		r := &ranges[i]
		if r.kind == anywhereRange || r.Node == ast.None || s.index.unordered {
			return s.leaf(pattern)
		}
		from, _ := slices.BinarySearchFunc(all, r.Start, func(id ast.ID, start uint32) int { return cmp.Compare(s.Tree.Nodes[id].Start, start) })
		for to := from; to < len(all) && s.Tree.Nodes[all[to]].Start < r.End; to++ {
			ids = append(ids, all[to])
		}
		for at := r.Node; at != ast.None; at = s.Tree.Nodes[at].Parent {
			if isExpression(s.Tree, at) {
				ids = append(ids, at)
			}
		}
		if len(ids) > len(all) {
			return s.leaf(pattern)
		}
	}
	slices.Sort(ids)
	return m.from(p.Roots[0], slices.Compact(ids), m.node)
}

func (s *search) keyOf(pattern *semgrep.Pattern) leafKey {
	if s.language == semgrep.Generic {
		return leafKey{pattern: pattern, text: true}
	}
	return leafKey{pattern: pattern, options: optionBits(s.options)}
}

// named adds that the pattern is the very name that is searched, which is found nowhere else since it is no expression.
func (s *search) named(pattern *semgrep.Pattern, found []Range) ([]Range, error) {
	p, err := pattern.In(s.Tree.Language)
	if err != nil || len(p.Roots) != 1 {
		return found, err
	}
	m := &matcher{search: s, p: p, options: s.options}
	add := func(env *Env) bool {
		found = append(found, Range{Start: s.name.Start, End: s.name.End, Node: s.name.First, Last: s.name.Last, Env: env})
		return false
	}
	if s.name.Kind == TextValue {
		m.dotted(p.Roots[0], 0, s.name.Text, nil, add)
	} else {
		m.node(p.Roots[0], s.name.First, nil, add)
	}
	return found, m.err
}

// optionBits are the options that change what a pattern of code matches.
func optionBits(o *semgrep.Options) uint32 {
	var bits uint32
	for i, on := range [...]bool{
		o.ConstantPropagation, o.SymbolicPropagation, o.ACMatching, o.CommutativeBoolop, o.SymmetricEq, o.VardefAssign,
		o.FlddefAssign, o.AttrExpr, o.ArrowIsFunction, o.LetIsVar, o.UnifyIDsStrictly, o.GoDeeperExpr, o.GoDeeperStmt,
		o.ImplicitDeepExprStmt, o.ImplicitEllipsis, o.DecoratorsOrdered, o.XMLSingletonLoose, o.XMLAttrsImplicitEllipsis,
		o.XMLChildrenOrdered,
	} {
		if on {
			bits |= 1 << i
		}
	}
	return bits
}

// bounded leaves out what lies outside of the part of the file that is searched.
func (s *search) bounded(ranges []Range) []Range {
	if s.bounds == nil {
		return ranges
	}
	var out []Range
	for _, r := range ranges {
		if s.bounds.Start <= r.Start && r.End <= s.bounds.End {
			out = append(out, r)
		}
	}
	return out
}

// code finds a pattern of code.
func (s *search) code(pattern *semgrep.Pattern) ([]Range, error) {
	p, err := pattern.In(s.Tree.Language)
	if err != nil {
		return nil, err
	}
	m := &matcher{search: s, p: p, options: s.options}
	if len(p.Roots) == 1 {
		if m.isStatement() {
			return m.from(p.Roots[0], m.starts(), m.statement)
		}
		if role := p.Nodes[p.Roots[0]].Role; role == ast.Finally || role == ast.Else { // only as what it is written
			ids := slices.DeleteFunc(slices.Clone(m.candidates(p.Roots[0])), func(id ast.ID) bool { return s.Tree.Nodes[id].Role != role })
			return m.from(p.Roots[0], ids, m.node)
		}
		return m.from(p.Roots[0], m.candidates(p.Roots[0]), m.node)
	}
	c := collector{}
	m.rows(&c)
	if m.err == nil && c.full {
		m.err = ErrRanges
	}
	return c.ranges, m.err
}

// isStatement reports whether the pattern is an expression that is written as a statement: `f();` is found in statements that
// compute it, but not in conditions. In Go the semicolon means nothing.
func (m *matcher) isStatement() bool {
	switch root := &m.p.Nodes[m.p.Roots[0]]; root.Kind {
	case ast.Metavar, ast.Ellipsis, ast.MetavarRest, ast.Deep, ast.VarDef, ast.Func, ast.Class:
		return false
	default:
		return m.p.Sequence && !root.Kind.IsStatement() && root.Role == ast.Stmt && m.Tree.Language != "go"
	}
}

// from finds the one node of the pattern among those nodes of the file.
func (m *matcher) from(root ast.ID, ids []ast.ID, matches func(p, n ast.ID, env *Env, k next) bool) ([]Range, error) {
	c := collector{}
	at := ast.None
	take := func(env *Env) bool {
		return c.add(Range{Start: m.begin(at), End: m.Tree.Nodes[at].End, Node: at, Last: at, Env: env})
	}
	for _, at = range ids {
		if matches(root, at, nil, take) {
			break
		}
	}
	if m.err == nil && c.full {
		m.err = ErrRanges
	}
	return c.ranges, m.err
}

// begin is where a node starts; an import in a group of Go's starts where the group does.
func (f *File) begin(id ast.ID) uint32 {
	n := &f.Tree.Nodes[id]
	if n.Kind == ast.Import && f.Tree.Language == "go" && !strings.HasPrefix(f.source[n.Start:], "import") {
		if at := strings.LastIndex(f.source[:n.Start], "import"); at >= 0 {
			return uint32(at)
		}
	}
	return n.Start
}

// rows finds several statements in a row.
func (m *matcher) rows(c *collector) {
	t := m.Tree
	for _, first := range m.starts() {
		parent := t.Nodes[first].Parent
		ts, from := m.siblings(first)
		if parent == ast.None {
			continue
		}
		m.lastStatement = ast.None
		stop := m.statements(m.p.Roots, ts[from:], true, nil, func(env *Env, last int) bool {
			end := first
			if last >= 0 {
				end = ts[from+last]
			}
			if m.lastStatement != ast.None {
				end, m.lastStatement = m.lastStatement, ast.None
			}
			return c.add(Range{Start: m.begin(first), End: max(t.Nodes[first].Start, t.Nodes[end].End), Node: first, Last: end, Env: env})
		})
		if stop {
			return
		}
	}
}

// siblings are the statements of the block that a statement stands in, and its place among them.
func (m *matcher) siblings(id ast.ID) ([]ast.ID, int) {
	parent := m.Tree.Nodes[id].Parent
	if m.blockOf != parent || m.blockList == nil {
		m.blockOf, m.blockList = parent, m.Tree.Children(parent, ast.Stmt)
	}
	low, high := 0, len(m.blockList)
	for low < high {
		if mid := (low + high) / 2; m.blockList[mid] < id {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return m.blockList, low
}

// starts are the statements that the first one of the pattern may be.
func (m *matcher) starts() []ast.ID {
	first := m.p.Roots[0]
	switch m.p.Nodes[first].Kind {
	case ast.Metavar, ast.Ellipsis, ast.MetavarRest, ast.Deep:
		all, _ := m.index.inOrder(m.Tree)
		return all
	}
	var out []ast.ID
	last := ast.None
	for _, id := range m.candidates(first) {
		for id != ast.None && m.Tree.Nodes[id].Role != ast.Stmt && !(len(m.p.Roots) == 1 && m.isResource(id)) {
			id = m.Tree.Nodes[id].Parent
		}
		if id != ast.None && id > last {
			out = append(out, id)
			last = id
		}
	}
	return out
}

// isResource reports whether a node declares what a try closes in the end.
func (m *matcher) isResource(id ast.ID) bool {
	n := &m.Tree.Nodes[id]
	return n.Kind == ast.VarDef && n.Role == ast.Item
}

// collector keeps what was found, once.
type collector struct {
	ranges []Range
	seen   map[rangeKey]bool
	full   bool
}

type rangeKey struct {
	start, end uint32
	env        uint64
	kind       rangeKind
}

// add reports whether there is no room for more.
func (c *collector) add(r Range) bool {
	if c.has(r.key()) {
		return false
	}
	if c.seen != nil {
		c.seen[r.key()] = true
	}
	c.ranges = append(c.ranges, r)
	c.full = len(c.ranges) >= MaxRanges
	return c.full
}

// fewCollected is up to how many ranges looking at all of them is cheapest.
const fewCollected = 16

func (c *collector) has(key rangeKey) bool {
	if c.seen == nil {
		if len(c.ranges) <= fewCollected {
			return slices.ContainsFunc(c.ranges, func(r Range) bool { return r.key() == key })
		}
		c.seen = make(map[rangeKey]bool, 4*fewCollected)
		for i := range c.ranges {
			c.seen[c.ranges[i].key()] = true
		}
	}
	return c.seen[key]
}

func (r *Range) key() rangeKey { return rangeKey{r.Start, r.End, r.Env.sum(), r.kind} }

// generic finds a pattern in text.
func (s *search) generic(pattern *semgrep.Pattern) ([]Range, error) {
	p, err := pattern.Generic()
	if err != nil {
		return nil, err
	}
	d, ok := s.texts[s.options.GenericCommentStyle]
	if !ok {
		if d, err = generic.Parse(s.source, generic.CommentStyle(s.options.GenericCommentStyle)); err != nil {
			return nil, err
		}
		if s.texts == nil {
			s.File.texts = map[string]*generic.Document{}
		}
		s.texts[s.options.GenericCommentStyle] = d
	}
	lent := generic.Budget{Steps: s.budget.Steps}
	matches, err := p.Match(d, &lent)
	s.budget.Steps = lent.Steps
	if err != nil {
		return nil, err
	}
	var out []Range
	for _, match := range matches {
		r := Range{Start: match.Start, End: match.End, Node: ast.None, Last: ast.None}
		for _, name := range p.Metavariables() {
			if b, ok := match.Bindings[name]; ok {
				r.Env = r.Env.with(name, s.textValue(b.Start, b.End))
			}
		}
		out = append(out, r)
	}
	return out, nil
}

func (f *File) textValue(start, end uint32) Value {
	return Value{Start: start, End: end, First: ast.None, Last: ast.None, Kind: TextValue, Text: f.source[start:end]}
}

// regex finds a regular expression. Its groups are metavariables: $1, and $NAME of a named one.
func (s *search) regex(e *semgrep.Expression) ([]Range, error) {
	re, err := e.Compiled()
	if err != nil {
		return nil, err
	}
	offset, text := uint32(0), s.source
	if s.bounds != nil {
		offset, text = s.bounds.Start, s.source[s.bounds.Start:s.bounds.End]
	}
	key := leafKey{regex: e}
	if found, ok := s.found[key]; ok && s.bounds == nil {
		return found, nil
	}
	var matches []regex.Match
	err = s.budget.regexSteps(func(b *regex.Budget) (err error) {
		matches, err = re.FindAll(text, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(matches) > MaxRanges {
		return nil, ErrRanges
	}
	var out []Range
	groupNames := re.GroupNames()
	for _, match := range matches {
		if match.Start() == match.End() {
			continue
		}
		r := Range{Start: offset + uint32(match.Start()), End: offset + uint32(match.End()), Node: ast.None, Last: ast.None}
		for group := 1; group <= re.NumGroups(); group++ {
			start, end, ok := match.Group(group)
			if !ok {
				continue
			}
			value := s.textValue(offset+uint32(start), offset+uint32(end))
			r.Env = r.Env.with("$"+decimal(group), value)
			if name := groupNames[group]; name != "" {
				r.Env = r.Env.with("$"+name, value)
			}
		}
		out = append(out, r)
	}
	if s.bounds == nil {
		s.found[key] = out
	}
	return out, nil
}
