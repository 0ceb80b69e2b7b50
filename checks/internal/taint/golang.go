package taint

import (
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// writers are the functions and methods of Go that write what they are given into one of their arguments, by the place of
// that argument: decoders fill the last, printers and copiers the first.
var writers = map[string]int{
	"Unmarshal": lastArgument, "UnmarshalStrict": lastArgument, "Decode": lastArgument, "DecodeElement": 0, "ReadJSON": lastArgument,
	"Bind": lastArgument, "BindJSON": lastArgument, "BindQuery": lastArgument, "BindUri": lastArgument, "BindHeader": lastArgument,
	"ShouldBind": 0, "ShouldBindJSON": 0, "ShouldBindQuery": 0, "ShouldBindUri": 0, "ShouldBindWith": 0,
	"BodyParser": 0, "QueryParser": 0, "ParamsParser": 0, "Sscan": lastArgument, "Sscanf": lastArgument, "Sscanln": lastArgument,
	"Fscan": lastArgument, "Fscanf": lastArgument, "Fscanln": lastArgument, "ReadFull": lastArgument, "Read": lastArgument,
	"Fprint": 0, "Fprintf": 0, "Fprintln": 0, "WriteString": 0, "Copy": 0, "CopyN": 0, "CopyBuffer": 0, "copy": 0,
}

const lastArgument = -1

// goCall does what calls of Go do beyond what they return.
func (f *frame) goCall(callee ast.ID, args []argument, s *state, applied set) {
	t := f.unit.tree
	if t.Language != "go" || callee == ast.None || len(args) == 0 {
		return
	}
	name := t.Dotted(callee)
	name = name[strings.LastIndexByte(name, '.')+1:]
	if name == "" && t.Nodes[callee].Kind == ast.Member { // json.NewDecoder(r).Decode
		name = t.Nodes[t.Child(callee, ast.Property)].Name
	}
	if name == "delete" && len(args) == 2 && t.Nodes[callee].Kind == ast.Ident {
		if p, ok := f.place(args[0].node); ok {
			if key := f.elementName(args[1].node); key != anyElem && !p.weak {
				s.write(p, s.read(p).without(key))
			}
		}
		return
	}
	i, ok := writers[name]
	if !ok {
		return
	}
	if i == lastArgument {
		i = len(args) - 1
	}
	to := args[i].node
	method := t.Nodes[callee].Kind == ast.Member
	if name == "WriteString" && len(args) == 1 || method == (name == "copy") || isLiteral(t, to) {
		return
	}
	if p, ok := f.place(to); ok {
		s.write(p, f.via(s.read(p).adding(f.passed(applied).ownSet()), to))
	}
}

func isLiteral(t *ast.Tree, id ast.ID) bool {
	switch t.Nodes[id].Kind {
	case ast.Num, ast.Str, ast.Bool, ast.Null, ast.Call:
		return true
	}
	return false
}

// without is the value without one of its parts.
func (c *cell) without(name string) *cell {
	if _, ok := c.find(name); !ok {
		return c
	}
	return c.with(name, nil)
}

// send is `channel <- value`.
func (f *frame) send(id ast.ID, s *state) {
	t := f.unit.tree
	channel := t.Child(id, ast.Left)
	f.eval(channel, s)
	v := f.eval(t.Child(id, ast.Right), s)
	if channel == ast.None || v == nil {
		return
	}
	if p, ok := f.place(channel); ok {
		s.write(p, s.read(p).put([]string{anyElem}, f.via(v, id), true))
	}
}

// commaOK is the pair that an expression gives where two values are asked of it: `v, ok := m[k]`.
func (f *frame) commaOK(left, right ast.ID, v *cell) *cell {
	t := f.unit.tree
	if t.Language != "go" || t.Nodes[left].Kind != ast.Tuple && t.Nodes[left].Kind != ast.List || v == nil {
		return v
	}
	switch n := &t.Nodes[right]; {
	case n.Kind == ast.Index, n.Kind == ast.Cast, n.Kind == ast.Unary && n.Op == ast.OpReceive:
		return &cell{parts: []part{{indexName(0), v}}, size: 3}
	}
	return v
}

// namedResults are the identifiers that the results of a function of Go are named by.
func (u *unit) namedResults(fn ast.ID) []ast.ID {
	if u.tree.Language != "go" {
		return nil
	}
	var out []ast.ID
	for _, result := range u.tree.Children(fn, ast.Result) {
		if name := u.tree.Child(result, ast.DefName); name != ast.None {
			out = append(out, name)
		}
	}
	return out
}

// giveResults gives named results what a return says; one without values leaves them as they are.
func (f *frame) giveResults(id ast.ID, v *cell, s *state) {
	results := f.results
	if len(results) == 0 || f.unit.tree.Child(id, ast.Value) == ast.None {
		return
	}
	for i, name := range results {
		part := v
		if len(results) > 1 {
			part = v.at(indexName(int64(i)))
		}
		f.assign(name, part, s, false)
	}
}

// leave runs what was deferred, the last first, and gives what named results hold in the end.
func (f *frame) leave() {
	for _, call := range slices.Backward(f.deferred) {
		if !f.exit.dead {
			f.eval(call, f.exit)
		}
	}
	if len(f.results) == 0 || f.exit.dead {
		return
	}
	if len(f.results) == 1 {
		p, _ := f.place(f.results[0])
		f.returned = join(f.returned, f.exit.read(p))
		return
	}
	out := &cell{size: len(f.results) + 1}
	for i, name := range f.results {
		p, _ := f.place(name)
		if v := f.exit.read(p); v != nil {
			size := out.size
			out = out.with(indexName(int64(i)), v)
			out.size = size
		}
	}
	f.returned = join(f.returned, out)
}

// byValue reports whether a method of Go gets a copy of its object.
func (u *unit) byValue(fn ast.ID) bool {
	receiver := u.tree.Child(fn, ast.Receiver)
	if receiver == ast.None || u.tree.Language != "go" {
		return false
	}
	of := u.tree.Child(receiver, ast.TypeOf)
	return of != ast.None && !strings.HasPrefix(u.tree.Nodes[of].Name, "*")
}

// promoted is a field of what a struct of Go embeds.
func (p *program) promoted(object *cell, class classKey, name string) *cell {
	if class.unit.tree.Language != "go" || len(object.partList()) == 0 {
		return nil
	}
	var out *cell
	for _, super := range p.supers(class) {
		if inner, ok := object.find("." + super.unit.defName(super.node)); ok {
			out = join(out, inner.at("."+name))
		}
	}
	return out
}
