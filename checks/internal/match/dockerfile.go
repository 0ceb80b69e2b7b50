package match

import (
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

func (m *matcher) isDockerfile() bool { return m.Tree.Language == "dockerfile" }

// command matches a command of a shell word by word. The name of the command is a word too: `... a b` is any command that
// ends with these words, a b itself among them.
func (m *matcher) command(p, n ast.ID, env *Env, k next) bool {
	if m.Tree.Nodes[n].Kind != ast.Call {
		return false
	}
	return m.list(m.words(m.p.Tree, p), m.words(m.Tree, n), false, env, func(env *Env) bool {
		redirections := m.p.Children(p, ast.ModifierOf)
		return m.subset(redirections, m.Tree.Children(n, ast.ModifierOf), env, k)
	})
}

func (m *matcher) words(t *ast.Tree, id ast.ID) []ast.ID {
	return append(t.Children(id, ast.Callee), t.Children(id, ast.Arg)...)
}

// option matches --name=value. What is mounted is said by settings in any order, of which there may be more.
func (m *matcher) option(p, n ast.ID, env *Env, k next) bool {
	wanted, given := m.p.Child(p, ast.Value), m.Tree.Child(n, ast.Value)
	if m.p.Nodes[p].Name != "mount" || m.Tree.Nodes[n].Name != "mount" || wanted == ast.None || given == ast.None || m.p.Nodes[wanted].Kind != ast.Str {
		return m.name(p, n, env, func(env *Env) bool { return m.children(p, n, env, k) })
	}
	settings := strings.Split(m.Tree.Nodes[given].Name, ",")
	for _, setting := range strings.Split(m.p.Nodes[wanted].Name, ",") {
		if !slices.Contains(settings, setting) {
			return false
		}
	}
	return k(env)
}

// instruction matches a line of a Dockerfile. What stands for all of a command stands for the exec form too.
func (m *matcher) instruction(p, n ast.ID, env *Env, k next) bool {
	if m.Tree.Nodes[n].Kind != ast.Instruction {
		return false
	}
	return m.name(p, n, env, func(env *Env) bool {
		switch m.Tree.Nodes[n].Name {
		case "LABEL": // each label is one
			return m.subset(m.p.Children(p, ast.Arg), m.Tree.Children(n, ast.Arg), env, k)
		case "ARG": // one with a default is another
			if arg, has := m.p.Child(p, ast.Arg), m.Tree.Child(n, ast.Arg); arg != ast.None && has != ast.None &&
				m.p.Nodes[arg].Kind == ast.Metavar && m.Tree.Nodes[has].Kind == ast.Pair {
				return false
			}
		}
		body := m.p.Child(p, ast.Body)
		if body == ast.None || m.Tree.Child(n, ast.Body) != ast.None {
			return m.children(p, n, env, k)
		}
		if m.p.Nodes[body].Kind == ast.Metavar && m.Tree.Nodes[n].Name == "HEALTHCHECK" { // HEALTHCHECK $X may be NONE
			arg := m.Tree.Child(n, ast.Arg)
			return arg != ast.None && m.node(body, arg, env, k)
		}
		all := m.p.Children(body, ast.Stmt)
		if len(all) != 1 || m.p.Nodes[all[0]].Kind != ast.Ellipsis && m.p.Nodes[all[0]].Kind != ast.MetavarRest {
			return false
		}
		return m.list(all, m.Tree.Children(n, ast.Arg), false, env, k)
	})
}
