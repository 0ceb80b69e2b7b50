package taint

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// switchOn runs the cases of a switch. A case that ends without leaving falls through where the language says so.
// As an expression its value is what its cases give.
func (f *frame) switchOn(id ast.ID, s *state) *cell {
	t := f.unit.tree
	test := t.Child(id, ast.Test)
	f.run(t.Child(id, ast.Init), s)
	subject := f.eval(test, s)
	value, known := names.Value{}, false
	if test != ast.None {
		value, known = f.unit.info.Constant(test)
	}
	l := &loop{only: true, ended: unreached(), again: unreached()}
	l.valued = t.Nodes[id].Role != ast.Stmt
	f.loops = append(f.loops, l)
	falls := fallsThrough(t.Language)
	through := unreached()
	cases := t.Children(id, ast.CaseOf)
	rest := s.clone()      // no case matched so far
	otherwise := s.clone() // none matches at all: then the default runs, wherever it stands
	for _, c := range cases {
		if t.Nodes[c].Flags&ast.FlagDefault == 0 && known {
			_, certain := f.matchesCase(c, value)
			otherwise.dead = otherwise.dead || certain
		}
	}
	out := unreached()
	for _, c := range cases {
		var in *state
		if t.Nodes[c].Flags&ast.FlagDefault != 0 {
			in, otherwise = merge(otherwise, through), unreached()
		} else {
			matches, certain := true, false
			if known {
				matches, certain = f.matchesCase(c, value)
			}
			in = unreached()
			if matches {
				in = rest.clone()
			}
			if certain {
				rest.dead = true
			}
			in = merge(in, through)
		}
		through = unreached()
		f.caseBody(c, subject, in, l)
		if falls && !f.unit.arrowCase(c) || f.unit.fallsThrough(c) {
			through = in
		} else {
			out = merge(out, in)
		}
	}
	f.loops = f.loops[:len(f.loops)-1]
	s.become(merge(merge(out, through), merge(otherwise, l.ended)))
	return l.value
}

// arrowCase reports whether a case of Java is written `case x -> …`, which does not fall through.
func (u *unit) arrowCase(c ast.ID) bool {
	body := u.tree.Child(c, ast.Body)
	if body == ast.None {
		return false
	}
	return strings.HasPrefix(strings.TrimLeft(u.tree.Text(body), " \t\r\n"), "->")
}

// caseBody runs the code of a case.
func (f *frame) caseBody(c ast.ID, subject *cell, in *state, l *loop) {
	t := f.unit.tree
	if in.dead {
		return
	}
	for _, pattern := range t.Children(c, ast.Test) {
		f.bindPattern(pattern, subject, in)
	}
	f.run(t.Child(c, ast.Guard), in)
	body := t.Child(c, ast.Body)
	if !l.valued || body == ast.None || t.Nodes[body].Kind != ast.Block {
		f.run(body, in)
		return
	}
	for stmt := t.Nodes[body].First; stmt != ast.None && !in.dead; stmt = t.Nodes[stmt].Next {
		v := f.eval(stmt, in)
		if t.Nodes[stmt].Next == ast.None {
			l.value = join(l.value, v)
		}
	}
}

// bindPattern gives the names in the pattern of a case what they are matched with.
func (f *frame) bindPattern(pattern ast.ID, subject *cell, s *state) {
	t := f.unit.tree
	if language := t.Language; language != "python" && language != "rust" && language != "kotlin" && language != "scala" {
		f.eval(pattern, s)
		return
	}
	if t.Nodes[pattern].Kind == ast.Ident {
		f.assign(pattern, subject, s, false)
		return
	}
	for c := t.Nodes[pattern].First; c != ast.None; c = t.Nodes[c].Next {
		if role := t.Nodes[c].Role; role != ast.Callee && role != ast.Key && role != ast.TypeOf {
			f.bindPattern(c, tainted(subject.all()), s)
		}
	}
}

// matchesCase says whether a case may match a constant, and whether it certainly does.
func (f *frame) matchesCase(c ast.ID, value names.Value) (may, certain bool) {
	tests := f.unit.tree.Children(c, ast.Test)
	if f.unit.tree.Child(c, ast.Guard) != ast.None {
		return true, false
	}
	for _, test := range tests {
		v, ok := f.unit.info.Constant(test)
		switch {
		case !ok:
			may = true
		case v.Kind == value.Kind && v.Text == value.Text:
			return true, true
		}
	}
	return may, false
}

// fallsThrough reports whether a case ends in the statement of Go that says so.
func (u *unit) fallsThrough(c ast.ID) bool {
	t := u.tree
	body := t.Child(c, ast.Body)
	if t.Language != "go" || body == ast.None {
		return false
	}
	last := ast.None
	for stmt := t.Nodes[body].First; stmt != ast.None; stmt = t.Nodes[stmt].Next {
		last = stmt
	}
	return last != ast.None && t.Nodes[last].Kind == ast.Other && strings.HasPrefix(t.Nodes[last].Name, "fallthrough")
}

func fallsThrough(language ast.Language) bool {
	switch language {
	case "javascript", "typescript", "java", "c", "cpp", "csharp", "php":
		return true
	}
	return false
}
