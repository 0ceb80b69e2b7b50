package match

import (
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/regex"
)

// text matches a string of the pattern: "..." any, "$X" one whose content is bound, "=~/re/" one that an expression
// matches, and otherwise an equal one. Names that certainly hold such a string match too.
func (m *matcher) text(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	content, start := "", uint32(0)
	switch {
	case tn.Kind == ast.Interp && pn.Name == "..." && m.Tree.Language == "python" && formatted(m.p.Tree, p) && formatted(m.Tree, n):
		return k(env)
	case pn.Name == "..." && m.Tree.Language == "bash": // a text without values in it is a word
		return tn.Kind == ast.Interp && m.source[tn.Start] == '"' && k(env)
	case pn.Name == "..." && pn.Op == ast.OpRegex && tn.Kind == ast.Interp && tn.Op == ast.OpRegex:
		return k(env)
	case tn.Kind == ast.Ident && tn.Flags&ast.FlagBareKey != 0 && pn.Role == ast.Key:
		content, start = tn.Name, tn.Start
	case tn.Kind == ast.Str:
		content = tn.Name
		if at := strings.Index(m.Tree.Text(n), content); at >= 0 {
			start = tn.Start + uint32(at)
		}
	case m.isTerraform() && tn.Kind == ast.Interp && pn.Parent == 0 && isMetavariable(pn.Name) && m.mixedText(n):
		content, start = strings.Trim(m.Tree.Text(n), `"`), tn.Start+1
	case m.isDockerfile() && tn.Kind == ast.Ident && tn.Role == ast.Callee: // the name of a command is a word
		content, start = tn.Name, tn.Start
	case m.asWritten(p, n):
		return k(env)
	case m.options.ConstantPropagation && isExpression(m.Tree, n):
		value, ok := m.Names.Constant(n)
		given := m.valueOf(n)
		if given != ast.None && m.Tree.Nodes[given].Kind == ast.Str {
			// The content stands where the variable was given it.
			if regular := m.Tree.Nodes[given].Op == ast.OpRegex; regular == (pn.Op == ast.OpRegex) && (regular || ok) {
				return m.text(p, given, env, k)
			}
		}
		if !ok && pn.Name == "..." && pn.Op == ast.NoOp && m.Names.IsText(n) {
			return k(env)
		}
		if !ok || value.Kind != ast.Str || pn.Op == ast.OpRegex {
			return m.held(p, n, env, k)
		}
		content = value.Text
	default:
		return false
	}
	switch {
	case tn.Kind == ast.Str && (tn.Op == ast.OpSymbol) != (pn.Op == ast.OpSymbol):
		return false
	case pn.Name == "..." && m.Tree.Language == "python" && formatted(m.p.Tree, p):
		return tn.Kind == ast.Str && formatted(m.Tree, n) && k(env)
	case tn.Kind == ast.Str && (pn.Op == ast.OpRegex) != (tn.Op == ast.OpRegex):
		return false
	case pn.Name == "..." && pn.Op != ast.OpSymbol:
		return k(env)
	case isMetavariable(pn.Name):
		value := Value{Start: start, End: start + uint32(len(content)), First: n, Last: n, Kind: ContentValue, Text: content}
		if tn.Kind != ast.Str && tn.Kind != ast.Interp {
			value.Start, value.End = tn.Start, tn.End
		}
		return m.bind(pn.Name, value, env, k)
	case strings.HasPrefix(pn.Name, "=~/"):
		ok, err := m.expression(pn.Name, content)
		if err != nil {
			m.err = err
			return true
		}
		return ok && k(env)
	case pn.Op != tn.Op && tn.Kind == ast.Str && (pn.Op == ast.OpRegex || tn.Op == ast.OpRegex || pn.Op == ast.OpSymbol || tn.Op == ast.OpSymbol):
		return false
	}
	return pn.Name == content && k(env)
}

// formatted reports whether a text of Python is written as an f-string, with values in it or without.
func formatted(t *ast.Tree, id ast.ID) bool {
	prefix, _, _ := strings.Cut(strings.ReplaceAll(t.Text(id), "'", `"`), `"`)
	return len(prefix) <= 2 && strings.ContainsAny(prefix, "fF")
}

// mixedText reports whether a text has both values and plain pieces in it.
func (m *matcher) mixedText(n ast.ID) bool {
	for c := m.Tree.Nodes[n].First; c != ast.None; c = m.Tree.Nodes[c].Next {
		if m.Tree.Nodes[c].Role == ast.Fragment {
			return true
		}
	}
	return false
}

// expression matches the content of a string with "=~/re/flags".
func (m *matcher) expression(written, content string) (bool, error) {
	end := strings.LastIndexByte(written, '/')
	if end < 3 {
		return false, nil
	}
	re := m.inline[written]
	if re == nil {
		flags := written[end+1:]
		var err error
		re, err = regex.Compile(written[3:end], regex.Options{
			CaseInsensitive: strings.Contains(flags, "i"), MultiLine: strings.Contains(flags, "m"), DotAll: strings.Contains(flags, "s"),
		})
		if err != nil {
			return false, err
		}
		if m.inline == nil {
			m.inline = map[string]*regex.Regex{}
		}
		m.inline[written] = re
	}
	var ok bool
	err := m.budget.regexSteps(func(b *regex.Budget) (err error) {
		ok, err = re.Match(content, b)
		return err
	})
	return ok, err
}

// asWritten reports whether literals of different kinds read alike, which is enough in HCL: "true" is true.
func (m *matcher) asWritten(p, n ast.ID) bool {
	switch m.Tree.Nodes[n].Kind {
	case ast.Str, ast.Num, ast.Bool, ast.Null:
		return m.isTerraform() && m.p.Nodes[p].Name == m.Tree.Nodes[n].Name
	}
	return false
}

// literal matches a number, a boolean or nothing by value.
func (m *matcher) literal(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	if pn.Kind == tn.Kind {
		return (pn.Name == tn.Name || pn.Kind == ast.Num && m.sameNumber(pn.Name, tn.Name)) && k(env)
	}
	if m.asWritten(p, n) {
		return k(env)
	}
	if !m.options.ConstantPropagation || !isExpression(m.Tree, n) {
		return m.held(p, n, env, k)
	}
	value, ok := m.Names.Constant(n)
	if !ok {
		return m.held(p, n, env, k)
	}
	return value.Kind == pn.Kind && m.equalConstant(pn, value) && k(env)
}

func (m *matcher) equalConstant(pn *ast.Node, value names.Value) bool {
	switch pn.Kind {
	case ast.Bool:
		return strings.EqualFold(pn.Name, "true") == value.True
	case ast.Num:
		return pn.Name == value.Text || m.sameNumber(pn.Name, value.Text)
	}
	return pn.Name == value.Text
}

// sameNumber compares whole numbers in whatever base they are written. In JavaScript 255.0 is one too.
func (m *matcher) sameNumber(a, b string) bool {
	if m.isJavaScript() {
		a, b = strings.TrimSuffix(a, ".0"), strings.TrimSuffix(b, ".0")
	}
	x, err := strconv.ParseInt(a, 0, 64)
	if err != nil {
		return false
	}
	y, err := strconv.ParseInt(b, 0, 64)
	return err == nil && x == y
}
