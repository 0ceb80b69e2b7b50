package match

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/regex"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// matcher matches one pattern in one file. Its methods call a continuation for every way in which a part of the pattern
// matches, with what metavariables then hold; a continuation says whether that was enough. A method that was told so
// says so too. How deep they call each other is bounded by the size of the pattern, not of the file.
type matcher struct {
	*search
	p       *ast.Pattern
	options *semgrep.Options
	err     error // why it was given up

	byRole        map[ast.ID][]group
	inline        map[string]*regex.Regex // of "=~/re/"
	blockOf       ast.ID                  // whose statements blockList are
	blockList     []ast.ID
	lastStatement ast.ID // that a run which went into blocks ended with; None otherwise
}

// next goes on with the match; true ends it.
type next func(*Env) bool

// step takes from the budget. False means that it is spent, which ends the match.
func (m *matcher) step() bool {
	if m.err == nil {
		m.err = m.budget.spend(1)
	}
	return m.err == nil
}

// node matches a node of the pattern with one of the file.
func (m *matcher) node(p, n ast.ID, env *Env, k next) bool {
	if !m.step() {
		return true
	}
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	switch pn.Kind {
	case ast.Metavar, ast.MetavarRest:
		return m.metavariable(p, n, env, k)
	case ast.Ellipsis:
		return k(env)
	case ast.Deep:
		return m.deep(m.p.Child(p, ast.Value), n, env, k)
	case ast.Chain:
		return m.chain(p, n, env, k)
	case ast.Str:
		return m.text(p, n, env, k)
	case ast.Num, ast.Bool, ast.Null:
		return m.literal(p, n, env, k)
	case ast.Ident:
		return m.ident(p, n, env, k)
	case ast.Member:
		return m.member(p, n, env, k)
	case ast.Assign:
		return m.assign(p, n, env, k)
	case ast.Binary:
		return m.binary(p, n, env, k)
	case ast.Call:
		if m.isDockerfile() {
			return m.command(p, n, env, k)
		}
		if tn.Kind == ast.Decorator && m.options.AttrExpr {
			return m.children(p, n, env, k)
		}
	case ast.Func:
		return m.function(p, n, env, k)
	case ast.Import:
		return m.imported(p, n, env, k)
	case ast.Block:
		return m.block(p, n, env, k)
	case ast.Config:
		return m.config(p, n, env, k)
	case ast.KeywordArg:
		if m.isDockerfile() && tn.Kind == ast.KeywordArg {
			return m.option(p, n, env, k)
		}
	case ast.Instruction:
		return m.instruction(p, n, env, k)
	}
	if (pn.Kind == ast.Dict && tn.Kind == ast.Set || pn.Kind == ast.Set && tn.Kind == ast.Dict) && pn.First != ast.None && pn.After == pn.First+1 && m.p.Nodes[pn.First].Kind == ast.Ellipsis {
		return k(env) // {...}
	}
	if pn.Kind == ast.While && pn.First != ast.None && m.p.Nodes[pn.First].Kind == ast.Ellipsis && m.Tree.Language == "go" ||
		pn.Kind == ast.For && pn.First != ast.None && m.p.Nodes[pn.First].Kind == ast.Ellipsis && m.p.Nodes[pn.First].Role == ast.Init {
		return m.loop(p, n, env, k)
	}
	if pn.Kind != tn.Kind {
		return m.held(p, n, env, k)
	}
	if pn.Kind == ast.Interp && tn.Kind == ast.Interp && m.Tree.Language == "bash" && (m.p.Source[pn.Start] == '"') != (m.source[tn.Start] == '"') {
		return false
	}
	if pn.Kind == ast.JSXElement && !m.options.XMLSingletonLoose && strings.HasSuffix(m.p.Text(p), "/>") != strings.HasSuffix(m.Tree.Text(n), "/>") {
		return false
	}
	if pn.Kind == ast.Class && tn.Flags&^pn.Flags&ast.FlagLambda != 0 {
		return false
	}
	if pn.Kind == ast.Param && m.Tree.Language == "python" && (pn.Flags^tn.Flags)&(ast.FlagRest|ast.FlagRestMap) != 0 {
		return false
	}
	if pn.Op != tn.Op && !(pn.Kind == ast.Class && pn.Op == ast.OpClass && tn.Op == ast.OpEnum) && !(pn.Kind == ast.VarDef && m.sameDeclaration(pn.Op, tn.Op)) {
		return false
	}
	return m.name(p, n, env, func(env *Env) bool { return m.children(p, n, env, k) })
}

// loop matches `for (...) { … }` with every loop that begins with the same word.
func (m *matcher) loop(p, n ast.ID, env *Env, k next) bool {
	switch m.Tree.Nodes[n].Kind {
	case ast.For, ast.ForEach:
	case ast.While:
		if m.Tree.Language != "go" {
			return false
		}
	default:
		return false
	}
	body, own := m.Tree.Child(n, ast.Body), m.p.Child(p, ast.Body)
	if body == ast.None || own == ast.None {
		return own == ast.None && k(env)
	}
	return m.node(own, body, env, k)
}

// sameDeclaration compares var, let and const.
func (m *matcher) sameDeclaration(p, t ast.Op) bool {
	return p == t || p == ast.NoOp || m.options.LetIsVar && p == ast.OpVar
}

// held goes on with the value of a variable, with symbolic propagation.
func (m *matcher) held(p, n ast.ID, env *Env, k next) bool {
	if !m.options.SymbolicPropagation || m.Tree.Nodes[n].Kind != ast.Ident {
		return false
	}
	if value := m.valueOf(n); value != ast.None {
		return m.node(p, value, env, k)
	}
	return false
}

// valueOf is the expression that a variable was given once and for all, if it is simple to tell.
func (m *matcher) valueOf(n ast.ID) ast.ID {
	if m.Tree.Nodes[n].Kind != ast.Ident {
		return ast.None
	}
	v := m.Names.Variable(n)
	if v == nil || v.Parameter || len(v.Assignments) != 1 || v.Assignments[0] >= n {
		return ast.None
	}
	at := v.Assignments[0]
	a := &m.Tree.Nodes[at]
	if a.Kind == ast.WithItem {
		return m.Tree.Child(at, ast.Value)
	}
	if a.Kind != ast.Assign && a.Kind != ast.VarDef || a.Kind == ast.Assign && a.Op != ast.OpAssign {
		return ast.None
	}
	left, right := m.Tree.Child(at, ast.Left), m.Tree.Child(at, ast.Right)
	if left == ast.None || right == ast.None || m.Tree.Nodes[left].Kind != ast.Ident || m.Tree.Contains(at, n) {
		return ast.None
	}
	return right
}

// metavariable binds, or compares with what is bound.
func (m *matcher) metavariable(p, n ast.ID, env *Env, k next) bool {
	if declared := m.p.Child(p, ast.TypeOf); declared != ast.None {
		return m.typed(declared, n, env, func(env *Env) bool { return m.bindNode(p, n, env, k) })
	}
	return m.bindNode(p, n, env, k)
}

// bindNode binds a metavariable to whatever stands there.
func (m *matcher) bindNode(p, n ast.ID, env *Env, k next) bool {
	name := m.p.Metavariable(p)
	if name == "" {
		return k(env)
	}
	tn := &m.Tree.Nodes[n]
	switch role := m.p.Nodes[p].Role; {
	case tn.Kind == ast.Slice && role == ast.Arg:
		return false
	case tn.Kind == ast.Func && role == ast.Arg && m.Tree.Language == "ruby" && tn.Role == ast.Arg && !strings.HasPrefix(m.Tree.Text(n), "->"):
		return false // the block of a call is none of its arguments
	case tn.Kind == ast.Str && role == ast.ChildOf && tn.Role == ast.ChildOf && strings.IndexByte("\"'`", m.source[tn.Start]) < 0:
		return false // {$X} is an expression between the tags, not their text
	}
	return m.bind(name, Value{Start: tn.Start, End: tn.End, First: n, Last: n}, env, k)
}

// bind gives a metavariable a value, or goes on if it has an equal one.
func (m *matcher) bind(name string, value Value, env *Env, k next) bool {
	if name == "$_" {
		return k(env)
	}
	if bound, ok := env.Get(name); ok {
		if m.equal(bound, value) {
			return k(env)
		}
		return false
	}
	return k(env.with(name, value))
}

// deep matches a node of the pattern anywhere within a node of the file: in what that computes itself, not in the statements
// that stand in it.
func (m *matcher) deep(p, n ast.ID, env *Env, k next) bool {
	if p == ast.None {
		return k(env)
	}
	if !m.options.GoDeeperExpr {
		return m.node(p, n, env, k)
	}
	for id := n; id < m.Tree.Nodes[n].After; id++ {
		if id != n && m.Tree.Nodes[id].Kind == ast.Block && (m.Tree.Nodes[id].Flags&ast.FlagImplicit == 0 || m.isJavaScript()) {
			id = m.Tree.Nodes[id].After - 1
			continue
		}
		if id != n && !isExpression(m.Tree, id) {
			continue
		}
		if m.node(p, id, env, k) {
			return true
		}
	}
	return false
}

// isMember reports whether a node of the pattern is a member or the call of one.
func (m *matcher) isMember(p ast.ID) bool {
	if m.p.Nodes[p].Kind == ast.Call {
		p = m.p.Child(p, ast.Callee)
	}
	return p != ast.None && m.p.Nodes[p].Kind == ast.Member
}

// chain matches the start of `a. ... .b`: what is left of a chain of calls and members when some are taken away.
func (m *matcher) chain(p, n ast.ID, env *Env, k next) bool {
	object := m.p.Child(p, ast.Object)
	least := n
	if m.p.Nodes[p].Role != ast.Object && !m.isMember(object) {
		least = ast.None // a. ... takes something away at least; a.b. ... has that in it
	}
	for id := n; id != ast.None; {
		if (id != n || least == n) && m.node(object, id, env, k) {
			return true
		}
		switch m.Tree.Nodes[id].Kind {
		case ast.Call:
			callee := m.Tree.Child(id, ast.Callee)
			if callee == ast.None || m.Tree.Nodes[callee].Kind != ast.Member {
				return false
			}
			id = m.Tree.Child(callee, ast.Object)
		case ast.Member:
			id = m.Tree.Child(id, ast.Object)
		default:
			return false
		}
	}
	return false
}
