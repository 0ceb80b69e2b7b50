package taint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// cell is what a value carries. It is immutable; nil is a value that carries nothing.
type cell struct {
	own   set    // of the whole value, and of each part that is not in parts
	parts []part // sorted by name
	refs  []ref  // the functions and classes that it may be
	size  int    // of a list whose length is known: the length and 1

	weight int // how much there is in it
}

// part is a field (".name") or an element ("[key]"; anyElem for those whose key is unknown) of a value.
type part struct {
	name string
	cell *cell
}

// anyElem is the name of the elements whose keys are not known; what they carry, any element may carry.
const anyElem = "[]"

// ref says that a value is a function, a class or an object of a class.
type ref struct {
	unit *unit
	node ast.ID
	kind refKind
}

type refKind uint8

const (
	refCode    refKind = iota // a Func, or a Class as the value that makes objects
	refObject                 // an object of the Class
	refModule                 // a module of the repository; node is its File
	refPackage                // a package of the repository, of several files; node is the Import of it
	refMore                   // something else besides, that was one too many; unit is nil
)

func tainted(s set) *cell {
	if len(s) == 0 {
		return nil
	}
	return &cell{own: s}
}

func isElem(name string) bool { return name[0] == '[' }

// all is every taint of the value and its parts.
func (c *cell) all() set {
	if c == nil {
		return nil
	}
	out := c.own
	for _, p := range c.parts {
		if !isCapture(p.name) {
			out = union(out, p.cell.all())
		}
	}
	return out
}

// find is the part of exactly that name.
func (c *cell) find(name string) (*cell, bool) {
	if c == nil {
		return nil, false
	}
	i, ok := slices.BinarySearchFunc(c.parts, name, func(p part, name string) int { return strings.Compare(p.name, name) })
	if !ok {
		return nil, false
	}
	return c.parts[i].cell, true
}

// at is what reading a part gives.
func (c *cell) at(name string) *cell {
	if c == nil {
		return nil
	}
	if name == anyElem {
		return c.element()
	}
	found, ok := c.find(name)
	if !ok {
		found = tainted(c.own)
	}
	if isElem(name) {
		if others, ok := c.find(anyElem); ok {
			return join(found, others)
		}
	}
	return found
}

// element is what any element may carry.
func (c *cell) element() *cell {
	if c == nil {
		return nil
	}
	out := tainted(c.own)
	for _, p := range c.parts {
		if isElem(p.name) {
			out = join(out, p.cell)
		}
	}
	return out
}

// with is the value after a part was given another.
func (c *cell) with(name string, value *cell) *cell {
	if c == nil {
		if value == nil {
			return nil
		}
		return &cell{parts: []part{{name, value}}}
	}
	out := &cell{own: c.own, refs: c.refs, size: c.size}
	i, ok := slices.BinarySearchFunc(c.parts, name, func(p part, name string) int { return strings.Compare(p.name, name) })
	switch {
	case ok:
		out.parts = slices.Clone(c.parts)
		out.parts[i].cell = value
	case len(c.parts) >= maxElems:
		return &cell{own: union(c.own, value.all()), parts: c.parts, refs: c.refs}
	default:
		out.parts = slices.Insert(slices.Clone(c.parts), i, part{name, value})
	}
	return out.bounded()
}

// bounded is a new value that is no larger than the bound, with what differs deep inside taken for one.
func (c *cell) bounded() *cell {
	for depth := maxPath - 1; depth >= 0; depth-- {
		c.weight = 1 + len(c.own)
		for _, p := range c.parts {
			c.weight++
			if p.cell != nil {
				c.weight += max(p.cell.weight, 1+len(p.cell.own))
			}
		}
		if c.weight <= maxWeight {
			break
		}
		c = c.flat(depth)
	}
	return c
}

// put is the value after something was written to a part of it at the end of a path. A weak write may not have
// happened, or to another part.
func (c *cell) put(path []string, value *cell, weak bool) *cell {
	if len(path) == 0 {
		if weak {
			return join(c, value)
		}
		return value
	}
	name := path[0]
	if name == anyElem {
		weak = true
	}
	if len(path) == 1 && name == anyElem {
		old, _ := c.find(anyElem)
		return c.with(anyElem, join(old, value))
	}
	return c.with(name, c.at(name).put(path[1:], value, weak))
}

// join is what a value carries that is one of two.
func join(a, b *cell) *cell {
	switch {
	case a == b || b == nil:
		return a
	case a == nil:
		return b
	case a.size == b.size && slices.Equal(a.parts, b.parts) && slices.Equal(a.refs, b.refs): // as most are
		switch {
		case contains(a.own, b.own):
			return a
		case contains(b.own, a.own):
			return b
		}
	}
	out := &cell{own: union(a.own, b.own), refs: joinRefs(a.refs, b.refs)}
	if a.size == b.size {
		out.size = a.size
	}
	x, y := a.parts, b.parts
	for len(x) > 0 || len(y) > 0 {
		var name string
		switch {
		case len(x) == 0:
			name = y[0].name
		case len(y) == 0:
			name = x[0].name
		default:
			name = min(x[0].name, y[0].name)
		}
		var p, q *cell
		if len(x) > 0 && x[0].name == name {
			p, x = x[0].cell, x[1:]
		} else if name != anyElem {
			p = tainted(a.own)
		}
		if len(y) > 0 && y[0].name == name {
			q, y = y[0].cell, y[1:]
		} else if name != anyElem {
			q = tainted(b.own)
		}
		if len(out.parts) >= maxElems {
			out.own = union(out.own, union(p.all(), q.all()))
			continue
		}
		out.parts = append(out.parts, part{name, join(p, q)})
	}
	return out.bounded()
}

func (c *cell) ownSet() set {
	if c == nil {
		return nil
	}
	return c.own
}

func (c *cell) refList() []ref {
	if c == nil {
		return nil
	}
	return c.refs
}

func joinRefs(a, b []ref) []ref {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := slices.Clone(a)
	for _, r := range b {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, compareRefs)
	if len(out) > maxRefs {
		out = out[:maxRefs]
		out[maxRefs-1] = ref{kind: refMore}
	}
	return out
}

// number is where the unit of a reference stands among all; what has none stands last.
func (r ref) number() int {
	if r.unit == nil {
		return 1 << 30
	}
	return r.unit.number
}

func compareRefs(a, b ref) int {
	if a.unit != b.unit {
		return a.number() - b.number()
	}
	if a.node != b.node {
		return int(a.node - b.node)
	}
	return int(a.kind) - int(b.kind)
}

func equalCells(a, b *cell) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil {
		other := a
		if other == nil {
			other = b
		}
		return len(other.own) == 0 && len(other.refs) == 0 && len(other.parts) == 0 && other.size == 0
	}
	if !equalSets(a.own, b.own) || !slices.Equal(a.refs, b.refs) || a.size != b.size {
		return false
	}
	return slices.EqualFunc(a.parts, b.parts, func(p, q part) bool {
		return p.name == q.name && equalCells(p.cell, q.cell)
	})
}

// each makes a value whose sets are what change makes of them.
func (c *cell) each(change func(set) set) *cell {
	if c == nil {
		return nil
	}
	own := change(c.own)
	var parts []part
	for i, p := range c.parts {
		changed := p.cell.each(change)
		if changed != p.cell && parts == nil {
			parts = slices.Clone(c.parts)
		}
		if parts != nil {
			parts[i].cell = changed
		}
	}
	if parts == nil && len(own) == len(c.own) && (len(own) == 0 || &own[0] == &c.own[0]) {
		return c
	}
	if parts == nil {
		parts = c.parts
	}
	return &cell{own: own, parts: parts, refs: c.refs, size: c.size, weight: c.weight}
}

// adding is the value with the whole of it tainted too.
func (c *cell) adding(s set) *cell {
	if len(s) == 0 {
		return c
	}
	return c.each(func(own set) set { return union(own, s) }).orTainted(s)
}

func (c *cell) orTainted(s set) *cell {
	if c == nil {
		return &cell{own: s}
	}
	return c
}

// flat is the value with all taints of its parts on the whole, as far as the path of it leaves no room for parts.
func (c *cell) flat(depth int) *cell {
	if c == nil || len(c.parts) == 0 {
		return c
	}
	if depth <= 0 {
		return &cell{own: c.all(), refs: c.refs}
	}
	out := &cell{own: c.own, refs: c.refs, size: c.size, parts: make([]part, len(c.parts))}
	for i, p := range c.parts {
		out.parts[i] = part{p.name, p.cell.flat(depth - 1)}
	}
	return out
}

// plain is the value without what tells its parts apart.
func (c *cell) plain() *cell {
	if c == nil || len(c.parts) == 0 && c.size == 0 {
		return c
	}
	out := &cell{own: c.all(), refs: c.refs}
	for _, p := range c.parts {
		out.refs = joinRefs(out.refs, p.cell.refList())
	}
	if len(out.own) == 0 && len(out.refs) == 0 {
		return nil
	}
	return out
}

// key writes what matters of a value for a function that it is passed to.
func (c *cell) key(b *strings.Builder) {
	if c == nil {
		b.WriteByte('-')
		return
	}
	b.WriteByte('{')
	last := int32(-1)
	for _, e := range c.own {
		if e.label != last {
			b.WriteString(strconv.Itoa(int(e.label)))
			b.WriteByte(',')
			last = e.label
		}
	}
	if c.size > 0 {
		b.WriteByte('#')
		b.WriteString(strconv.Itoa(c.size))
	}
	for _, r := range c.refs {
		b.WriteByte('@')
		b.WriteString(strconv.Itoa(r.number()))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(int(r.node)))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(int(r.kind)))
	}
	for _, p := range c.parts {
		b.WriteByte('|')
		b.WriteString(strconv.Quote(p.name))
		p.cell.key(b)
	}
	b.WriteByte('}')
}

// partList are the parts that differ from the whole.
func (c *cell) partList() []part {
	if c == nil {
		return nil
	}
	return c.parts
}
