package taint

import (
	"slices"
	"strconv"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// unit is a file as the analysis sees it.
type unit struct {
	file   *File
	number int
	tree   *ast.Tree
	info   *names.Info

	markIndex []int32 // by node: 1 and the index of marks, or 0
	marks     [][]*mark

	roots   []ast.ID                     // functions and methods that are in no other function
	classes map[string]ast.ID            // Class nodes by name
	methods map[ast.ID]map[string]ast.ID // of each class
	outside map[string]map[string]ast.ID // methods declared outside their type, by its name
	fields  map[ast.ID]map[string]bool   // of each class: what its body declares
	exports map[string]ast.ID            // functions and classes of the top level

	fieldTypes map[ast.ID]map[string]string // of each class: the types that its fields are declared with

	implicitThis  bool // a field may be named without `this`
	keysAreFields bool // x["a"] is x.a

	dottedImports map[string]bool                // see importedNames
	importNames   map[string]importedAs          // see importOf
	types         map[string]classKey            // see typeNamed
	siblings      map[string]*unit               // see sibling
	overloaded    map[ast.ID]map[string][]ast.ID // methods of each class, by name
	captures      map[ast.ID][]base              // see captured
	wildcards     []string                       // packages of Java all of whose classes are imported
	packageName   string                         // of Java
}

// mark says that a node is what an item of a rule matches.
type mark struct {
	kind   markKind
	rule   int
	match  *Match
	unit   *unit
	node   ast.ID
	number int
	label  int32 // of a source
	origin int32 // of a source
	exact  bool  // only the node itself is meant, not what is in it
}

type markKind uint8

const (
	markSource markKind = iota
	markSanitizer
	markGuard
	markSink
	markFrom
	markTo
)

// load reads a file into the program.
func (p *program) load(file *File) *unit {
	t := file.Tree
	u := &unit{
		file: file, number: len(p.units), tree: t, info: file.Names, markIndex: make([]int32, len(t.Nodes)),
		classes: map[string]ast.ID{}, methods: map[ast.ID]map[string]ast.ID{}, outside: map[string]map[string]ast.ID{},
		fields: map[ast.ID]map[string]bool{}, exports: map[string]ast.ID{}, fieldTypes: map[ast.ID]map[string]string{},
		types: map[string]classKey{}, siblings: map[string]*unit{}, captures: map[ast.ID][]base{}, overloaded: map[ast.ID]map[string][]ast.ID{},
	}
	switch t.Language {
	case "java", "csharp", "kotlin", "scala", "swift", "cpp":
		u.implicitThis = true
	case "javascript", "typescript", "php":
		u.keysAreFields = true
	}
	p.units = append(p.units, u)
	p.byPath[file.Path] = u
	u.survey()
	for rule := range file.Hits {
		p.markAll(u, rule)
	}
	return u
}

// survey finds functions and classes.
func (u *unit) survey() {
	t := u.tree
	for i := range t.Nodes {
		id, n := ast.ID(i), &t.Nodes[i]
		switch n.Kind {
		case ast.Class:
			if name := u.defName(id); name != "" {
				if _, ok := u.classes[name]; !ok {
					u.classes[name] = id
				}
				u.export(name, id)
			}
			u.surveyClass(id)
		case ast.Import:
			if n.Flags&ast.FlagWildcard != 0 && t.Language == "java" {
				u.wildcards = append(u.wildcards, n.Name)
			}
		case ast.Other:
			if n.Name == "package_declaration" && n.Parent == 0 {
				u.packageName = t.Dotted(t.Child(id, ast.Part))
			}
		case ast.Func:
			around := t.Enclosing(id, ast.Func, ast.Class, ast.File)
			name := u.defName(id)
			ofField := n.Role == ast.Right && t.Nodes[around].Kind == ast.Class && t.Nodes[n.Parent].Role == ast.Stmt
			if t.Nodes[around].Kind != ast.Func && (name != "" || n.Role == ast.Stmt || ofField) {
				u.roots = append(u.roots, id)
			}
			if receiver := t.Child(id, ast.Receiver); receiver != ast.None {
				typeName := u.receiverType(receiver)
				if u.outside[typeName] == nil {
					u.outside[typeName] = map[string]ast.ID{}
				}
				u.outside[typeName][name] = id
			} else if name != "" {
				u.export(name, id)
			}
		}
	}
}

func (u *unit) export(name string, id ast.ID) {
	if around := u.tree.Enclosing(id, ast.Func, ast.Class, ast.File); u.tree.Nodes[around].Kind == ast.File {
		u.exports[name] = id
	}
}

func (u *unit) defName(id ast.ID) string {
	if name := u.tree.Child(id, ast.DefName); name != ast.None {
		return u.tree.Nodes[name].Name
	}
	return ""
}

func (u *unit) surveyClass(class ast.ID) {
	t := u.tree
	methods, fields, types := map[string]ast.ID{}, map[string]bool{}, map[string]string{}
	u.methods[class], u.fields[class], u.fieldTypes[class] = methods, fields, types
	u.overloaded[class] = map[string][]ast.ID{}
	for _, param := range t.Children(class, ast.ParamOf) { // of a record
		u.fieldParam(param, fields, types)
	}
	body := t.Child(class, ast.Body)
	if body == ast.None {
		return
	}
	for c := t.Nodes[body].First; c != ast.None; c = t.Nodes[c].Next {
		switch t.Nodes[c].Kind {
		case ast.Func:
			if name := u.defName(c); name != "" {
				if u.keysAreFields && u.hasModifier(c, "set") {
					name = setterName(name)
				}
				methods[name] = c
				if t.Child(c, ast.Body) != ast.None && u.implicitThis {
					u.overloaded[class][name] = append(u.overloaded[class][name], c)
				}
			}
			for _, param := range t.Children(c, ast.ParamOf) { // of a constructor of TypeScript
				if t.Child(param, ast.ModifierOf) != ast.None && u.keysAreFields {
					u.fieldParam(param, fields, types)
				}
			}
		case ast.VarDef, ast.Assign:
			left := t.Child(c, ast.Left)
			if left == ast.None || t.Nodes[left].Kind != ast.Ident {
				continue
			}
			fields[t.Nodes[left].Name] = true
			types[t.Nodes[left].Name] = u.typeText(t.Child(c, ast.TypeOf))
			if right := t.Child(c, ast.Right); right != ast.None && t.Nodes[right].Kind == ast.Func {
				methods[t.Nodes[left].Name] = right
			}
		}
	}
}

// setterName is what the method is kept under that an assignment to a property calls.
func setterName(property string) string { return "set " + property }

// fieldParam notes a parameter that is a field too.
func (u *unit) fieldParam(param ast.ID, fields map[string]bool, types map[string]string) {
	if name := u.defName(param); name != "" {
		fields[name] = true
		types[name] = u.typeText(u.tree.Child(param, ast.TypeOf))
	}
}

// receiverType is the name of the type that a method of Go is for.
func (u *unit) receiverType(receiver ast.ID) string {
	t := u.tree
	for id := receiver; id < t.Nodes[receiver].After; id++ {
		if t.Nodes[id].Role != ast.TypeOf {
			continue
		}
		for inner := id; inner < t.Nodes[id].After; inner++ {
			if t.Nodes[inner].Kind == ast.Ident {
				return t.Nodes[inner].Name
			}
		}
		return trimPointer(t.Nodes[id].Name)
	}
	return ""
}

func trimPointer(name string) string {
	for len(name) > 0 && name[0] == '*' {
		name = name[1:]
	}
	return name
}

// marksAt are the marks of a node.
func (u *unit) marksAt(id ast.ID) []*mark {
	if i := u.markIndex[id]; i > 0 {
		return u.marks[i-1]
	}
	return nil
}

func (u *unit) mark(id ast.ID, m mark) {
	m.unit, m.node, m.number = u, id, len(u.marks)
	i := u.markIndex[id]
	if i == 0 {
		u.marks = append(u.marks, nil)
		i = int32(len(u.marks))
		u.markIndex[id] = i
	}
	u.marks[i-1] = append(u.marks[i-1], &m)
}

// markAll marks what one rule matches.
func (p *program) markAll(u *unit, rule int) {
	h, r := &u.file.Hits[rule], &p.rules[rule]
	for i := range h.Sources {
		m := &h.Sources[i]
		item := &r.Sources[m.Item]
		origin := int32(-1)
		for _, at := range u.covered(m) {
			made := mark{kind: markSource, rule: rule, match: m, label: p.label(rule, item.Label), exact: item.Exact, origin: origin}
			if origin < 0 {
				origin = int32(len(p.origins))
				made.origin = origin
				u.mark(at, made)
				marks := u.marksAt(at)
				p.origins = append(p.origins, marks[len(marks)-1])
				continue
			}
			u.mark(at, made)
		}
	}
	if len(h.Sinks) > 0 {
		p.sinkRules[rule] = true
	}
	for i := range h.Sinks {
		m := &h.Sinks[i]
		nodes := u.covered(m)
		exact := !r.Sinks[m.Item].Inexact
		if len(nodes) > 1 {
			exact = false
		}
		for _, at := range nodes {
			u.mark(at, mark{kind: markSink, rule: rule, match: m, exact: exact})
		}
	}
	for i := range h.Sanitizers {
		m := &h.Sanitizers[i]
		item := &r.Sanitizers[m.Item]
		if item.NotConflicting && slices.ContainsFunc(append(slices.Clone(h.Sources), h.Sinks...), func(o Match) bool { return o.Start == m.Start && o.End == m.End }) {
			continue
		}
		kind := markSanitizer
		if item.Guard != NoGuard {
			kind = markGuard
		}
		for _, at := range u.covered(m) {
			u.mark(at, mark{kind: kind, rule: rule, match: m, exact: item.Exact})
		}
	}
	for i := range h.Propagators {
		m := &h.Propagators[i]
		if m.From != ast.None && m.To != ast.None {
			u.mark(m.From, mark{kind: markFrom, rule: rule, match: m, exact: true})
			u.mark(m.To, mark{kind: markTo, rule: rule, match: m, exact: true})
		}
	}
}

// covered are the nodes that a match covers: the one it names if that covers the range, else the outermost that lie in
// it, else the one it names.
func (u *unit) covered(m *Match) []ast.ID {
	nodes := u.tree.Nodes
	if m.Node != ast.None && nodes[m.Node].Start == m.Start && nodes[m.Node].End == m.End {
		return []ast.ID{m.Node}
	}
	var out []ast.ID
	for id := ast.ID(0); int(id) < len(nodes); {
		n := &nodes[id]
		switch {
		case n.Start >= m.Start && n.End <= m.End && n.End > n.Start:
			out = append(out, id)
			id = n.After
		case n.End <= m.Start || n.Start >= m.End:
			id = n.After
		default:
			id++
		}
	}
	if len(out) == 0 && m.Node != ast.None {
		out = append(out, m.Node)
	}
	return out
}

func indexName(i int64) string { return "[" + strconv.FormatInt(i, 10) }
