package names

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// setting is the expression that local.x or var.x of Terraform stands for: the local value of that name, or what the
// variable is by default. None if the file has none.
func (i *Info) setting(id ast.ID) ast.ID {
	if i.settings == nil {
		i.settings = settings(i.tree)
	}
	if value, ok := i.settings[i.tree.Dotted(id)]; ok {
		return value
	}
	return ast.None
}

// settings are the local values and variables of a file by the names that stand for them.
func settings(t *ast.Tree) map[string]ast.ID {
	out := map[string]ast.ID{}
	for id := ast.ID(0); int(id) < len(t.Nodes); id++ {
		n := &t.Nodes[id]
		body := ast.None
		if n.Kind == ast.Config && (n.Name == "locals" || n.Name == "variable") {
			body = t.Child(id, ast.Body)
		}
		if body == ast.None {
			continue
		}
		for _, attribute := range t.Children(body, ast.Stmt) {
			left, right := t.Child(attribute, ast.Left), t.Child(attribute, ast.Right)
			if t.Nodes[attribute].Kind != ast.Assign || left == ast.None || right == ast.None {
				continue
			}
			name := t.Nodes[left].Name
			if n.Name == "locals" {
				out["local."+name] = right
			} else if label := t.Child(id, ast.Arg); label != ast.None && name == "default" {
				out["var."+strings.Trim(t.Nodes[label].Name, `"`)] = right
			}
		}
	}
	return out
}
