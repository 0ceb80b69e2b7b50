package taint

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// program is one analysis: the file, what it imports, and what was learnt so far.
type program struct {
	ctx     context.Context
	rules   []Rule
	modules Modules
	err     error
	steps   int

	labels  []label
	labelOf map[label]int32
	origins []*mark

	units       []*unit
	byPath      map[string]*unit // nil for what is not there
	opens       int              // how often Modules was asked
	bases       []baseOf
	byVar       map[*names.Variable]base
	byName      map[unitName]base
	globalBases map[unitName]base  // of variables of the top level
	globals     *state             // what all functions leave in variables of the files
	objects     map[classKey]*cell // what all methods leave in objects of the classes
	initial     map[classKey]*cell // what the bodies of the classes give their fields

	summaries map[string]*summary
	order     []*summary // those made since the outermost of the functions that call each other
	lowest    int        // the depth of the outermost running call that was relied on
	changed   bool       // a summary changed in this turn
	perFunc   map[classKey]int
	flatFunc  map[classKey]int
	depth     int
	root      bool // the call is made by nobody in the file

	found     map[*mark]*flow
	sinkRules map[int]bool // those with a sink in a file that was read
	missed    map[int]bool // see MissedError

	safeTypes bool // a rule has SafeNumbers or SafeBooleans
	within    bool // a rule has WithinFunctions
}

// label is a label of a rule.
type label struct {
	rule int
	name string
}

type unitName struct {
	unit *unit
	name string
}

type classKey struct {
	unit *unit
	node ast.ID
}

// flow is the best way found into a sink.
type flow struct {
	sink *mark
	elem elem
}

func newProgram(ctx context.Context, rules []Rule, modules Modules) *program {
	p := &program{
		ctx: ctx, rules: rules, modules: modules, labelOf: map[label]int32{}, byPath: map[string]*unit{},
		bases: make([]baseOf, firstBase), byVar: map[*names.Variable]base{}, byName: map[unitName]base{}, globalBases: map[unitName]base{},
		globals: &state{}, objects: map[classKey]*cell{}, initial: map[classKey]*cell{}, summaries: map[string]*summary{}, perFunc: map[classKey]int{},
		found: map[*mark]*flow{}, lowest: nobody, flatFunc: map[classKey]int{}, sinkRules: map[int]bool{}, missed: map[int]bool{},
	}
	for i := range rules {
		if o := &rules[i].Options; o.SafeNumbers || o.SafeBooleans {
			p.safeTypes = true
		}
		p.within = p.within || rules[i].Options.WithinFunctions
	}
	return p
}

func (p *program) label(rule int, name string) int32 {
	if name == "" {
		name = DefaultLabel
	}
	l := label{rule, name}
	id, ok := p.labelOf[l]
	if !ok {
		id = int32(len(p.labels))
		p.labels = append(p.labels, l)
		p.labelOf[l] = id
	}
	return id
}

func (p *program) ruleOf(e elem) int { return p.labels[e.label].rule }

// spend takes a step from the budget; false means that there is none left.
func (p *program) spend() bool {
	if p.err != nil {
		return false
	}
	p.steps++
	switch {
	case p.steps > maxSteps:
		p.err = ErrBound
	case p.steps%4096 == 0:
		p.err = p.ctx.Err()
	}
	return p.err == nil
}

func (p *program) baseOfVariable(u *unit, v *names.Variable) base {
	b, ok := p.byVar[v]
	if !ok {
		b = base(len(p.bases))
		p.bases = append(p.bases, baseOf{variable: v, unit: u, owner: v.Owner})
		p.byVar[v] = b
		if v.Owner == 0 {
			p.globalBases[unitName{u, v.Name}] = b
		}
	}
	return b
}

func (p *program) baseOfName(u *unit, name string) base {
	key := unitName{u, name}
	b, ok := p.byName[key]
	if !ok {
		b = base(len(p.bases))
		p.bases = append(p.bases, baseOf{unit: u, owner: 0})
		p.byName[key] = b
		p.globalBases[key] = b
	}
	return b
}

// run analyses a file: its top level, then each function for what callers outside the file may pass, again as long as
// functions leave something new in globals and fields.
func (p *program) run(file *File) {
	u := p.load(file)
	if !p.worthwhile(u) {
		return
	}
	for range maxRounds {
		globals, objects := p.globals.clone(), p.fieldsNow()
		p.topLevel(u)
		for _, fn := range u.roots {
			p.runRoot(u, fn)
			if p.err != nil {
				return
			}
		}
		if equalStates(globals, p.globals) && p.sameFields(objects) {
			return
		}
	}
	if p.err == nil {
		p.err = ErrBound
	}
}

// worthwhile reports whether a rule has both a source and a sink, in the file or perhaps in one that it imports. Without rules, the
// file is gone through for the others that it leads into.
func (p *program) worthwhile(u *unit) bool {
	if len(p.rules) == 0 && p.modules != nil {
		return true
	}
	for _, h := range u.file.Hits {
		if (len(h.Sources) > 0 || p.modules != nil) && (len(h.Sinks) > 0 || p.modules != nil) && (len(h.Sources) > 0 || len(h.Sinks) > 0) {
			return true
		}
	}
	return false
}

func (p *program) fieldsNow() map[classKey]*cell {
	out := make(map[classKey]*cell, len(p.objects))
	for k, c := range p.objects {
		out[k] = c
	}
	return out
}

func (p *program) sameFields(before map[classKey]*cell) bool {
	for k, c := range p.objects {
		if !equalCells(before[k], c) {
			return false
		}
	}
	return true
}

// report notes a flow, unless a shorter one into the same sink is known.
func (p *program) report(sink *mark, e elem) {
	source := p.origins[e.origin]
	if p.rules[sink.rule].Options.UnifyMetavars && !unifies(source.match.Bindings, sink.match.Bindings) {
		return
	}
	known := p.found[sink]
	if known == nil {
		p.found[sink] = &flow{sink, e}
		return
	}
	length := func(e elem) int {
		if e.trace == nil {
			return 0
		}
		return e.trace.n
	}
	if c := cmp.Compare(length(e), length(known.elem)); c < 0 || c == 0 && e.origin < known.elem.origin {
		known.elem = e
	}
}

// unifies reports whether what both bind is bound to the same.
func unifies(a, b []Binding) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Name == y.Name && x.Text != y.Text && (x.Hash == 0 || x.Hash != y.Hash) {
				return false
			}
		}
	}
	return true
}

// findings are the flows found, in order: those in the file itself first.
func (p *program) findings(file *File) []Finding {
	flows := make([]*flow, 0, len(p.found))
	for _, f := range p.found {
		flows = append(flows, f)
	}
	slices.SortFunc(flows, func(a, b *flow) int {
		x, y := a.sink, b.sink
		return cmp.Or(cmp.Compare(x.unit.number, y.unit.number), cmp.Compare(x.match.Start, y.match.Start),
			cmp.Compare(x.match.End, y.match.End), cmp.Compare(x.rule, y.rule), cmp.Compare(x.match.Item, y.match.Item),
			cmp.Compare(x.number, y.number), cmp.Compare(x.node, y.node))
	})
	var out []Finding
	type place struct {
		unit       *unit
		rule       int
		start, end uint32
		bindings   string
	}
	seen := map[place]bool{}
	for _, f := range flows {
		source := p.origins[f.elem.origin]
		finding := Finding{
			Rule: f.sink.rule, File: f.sink.unit.file, Sink: *f.sink.match, Source: *source.match, Origin: source.unit.file,
			Bindings: mergeBindings(f.sink.match.Bindings, source.match.Bindings),
		}
		key := place{f.sink.unit, f.sink.rule, f.sink.match.Start, f.sink.match.End, bindingsKey(f.sink.match.Bindings)}
		if seen[key] {
			continue
		}
		seen[key] = true
		finding.Trace = f.elem.trace.steps(Step{f.sink.unit.file, f.sink.node})
		out = append(out, finding)
	}
	return out
}

func mergeBindings(sink, source []Binding) []Binding {
	out := slices.Clone(sink)
	for _, b := range source {
		if !slices.ContainsFunc(out, func(known Binding) bool { return known.Name == b.Name }) {
			out = append(out, b)
		}
	}
	return out
}

func bindingsKey(bindings []Binding) string {
	out := ""
	for _, b := range bindings {
		out += strconv.Quote(b.Name) + strconv.Quote(b.Text)
	}
	return out
}
