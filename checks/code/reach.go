package code

import (
	"context"
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
)

// maxReached bounds how many files are looked at to tell whether a flow may go on in one of them, the nearest first.
const maxReached = 64

// maxEnds bounds of how many files it is kept what flows may begin or end in them.
const maxEnds = 4096

// ends is what is kept of a file that others import when the file itself is not: a few KB.
type ends struct {
	name    string
	missing bool // there is no such file that can be read
	targets []string
	sought  []string // where its imports were looked for; what is found by way of it depends on that too
	alive   map[*rule]bool
	known   map[*rule]end
}

// end says which ends of a rule's flows are in a file.
type end struct{ source, sink bool }

// reach gives the files that a file imports, and those that they import, as they are written: without a look at what is called. It
// reports false for languages in which files need no import to use each other.
func (m *modules) reach(ctx context.Context, tree *ast.Tree) ([]*ends, bool) {
	switch tree.Language {
	case "python", "javascript", "typescript":
	default:
		return nil, false
	}
	seen := map[string]bool{string(m.path): true}
	var out []*ends
	own, _ := m.targets(string(m.path), tree)
	for queue := own; len(queue) > 0 && len(out) < maxReached; queue = queue[1:] {
		name := queue[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		if e := m.endsOf(ctx, name); !e.missing {
			out, queue = append(out, e), append(queue, e.targets...)
		}
	}
	return out, true
}

func (m *modules) endsOf(ctx context.Context, name string) *ends {
	m.depends[name] = struct{}{}
	key := moduleKey{m.at, name}
	e := m.ends[key]
	if e == nil {
		e = &ends{name: name, known: map[*rule]end{}}
		if read, err := m.module(ctx, name); read == nil || err != nil {
			e.missing = true
		} else {
			e.targets, e.sought = m.targets(name, read.file.Tree)
			e.alive = read.alive
		}
		if len(m.ends) >= maxEnds {
			clear(m.ends)
		}
		m.ends[key] = e
	}
	for _, name := range e.sought {
		m.depends[name] = struct{}{}
	}
	return e
}

// has reports whether a rule has a source, or else a sink, in one of the files.
func (m *modules) has(ctx context.Context, files []*ends, r *rule, source bool) bool {
	return slices.ContainsFunc(files, func(e *ends) bool {
		if !e.alive[r] {
			return false
		}
		found, known := e.known[r]
		if !known {
			if read, err := m.module(ctx, e.name); read != nil && err == nil {
				hits := m.matches(read, r)
				found = end{len(hits.Sources) > 0, len(hits.Sinks) > 0}
			}
			e.known[r] = found
		}
		return source && found.source || !source && found.sink
	})
}

// read gives the files that were opened.
func (m *modules) read(ctx context.Context) []*ends {
	var out []*ends
	for name, file := range m.opened {
		if file != nil && name != string(m.path) {
			out = append(out, m.endsOf(ctx, name))
		}
	}
	return out
}

// targets are the files of the repository that a file imports, and all that were looked for.
func (m *modules) targets(path string, tree *ast.Tree) (out, sought []string) {
	from := imports.From{Path: path, Language: tree.Language}
	add := func(module string) {
		for _, file := range m.imports().Files(from, module) {
			sought = append(sought, file)
			if m.exists(file) {
				out = append(out, file)
				break
			}
		}
	}
	for id := range tree.Nodes {
		switch n := &tree.Nodes[id]; n.Kind {
		case ast.Import:
			add(n.Name)
			if tree.Language != "python" {
				continue
			}
			for _, item := range tree.Children(ast.ID(id), ast.Item) { // from package import module
				add(n.Name + "." + tree.Nodes[item].Name)
			}
		case ast.Call:
			callee, arg := tree.Child(ast.ID(id), ast.Callee), tree.Child(ast.ID(id), ast.Arg)
			if tree.Language != "python" && callee != ast.None && arg != ast.None && tree.Nodes[arg].Kind == ast.Str &&
				(tree.Nodes[callee].Name == "require" || tree.Nodes[callee].Name == "import") {
				add(tree.Nodes[arg].Name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), sought
}
