package imports

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// aliases are the names that a project of JavaScript gives to paths: `paths` and `baseUrl` of the nearest tsconfig.json or
// jsconfig.json, and `imports` of the nearest package.json.
type aliases struct {
	list []alias // those with the longest pattern first
	base string  // where other names are looked for too; "" when they are not
}

// alias is a pattern, which may have one star, and the paths that it stands for, which may have one too.
type alias struct {
	pattern string
	targets []string
}

// targets are the paths that a name may stand for.
func (a *aliases) targets(module string) []string {
	for _, one := range a.list {
		before, after, star := strings.Cut(one.pattern, "*")
		if !star {
			if module == one.pattern {
				return one.targets
			}
			continue
		}
		if len(module) < len(before)+len(after) || !strings.HasPrefix(module, before) || !strings.HasSuffix(module, after) {
			continue
		}
		middle := module[len(before) : len(module)-len(after)]
		var out []string
		for _, target := range one.targets {
			out = append(out, path.Clean(strings.Replace(target, "*", middle, 1)))
		}
		return out
	}
	if a.base != "" && module != "" && module[0] != '#' {
		return []string{path.Join(a.base, module)}
	}
	return nil
}

// aliasesOf are those that hold in a folder.
func (r *Resolver) aliasesOf(dir string) *aliases {
	if known := r.aliases[dir]; known != nil {
		return known
	}
	out := &aliases{}
	r.aliases[dir] = out
	config, manifest := false, false
	at := dir
	for range maxFolders {
		for _, name := range []string{"tsconfig.json", "jsconfig.json"} {
			if !config {
				config = r.config(out, path.Join(at, name), maxExtends)
			}
		}
		if !manifest {
			manifest = r.manifest(out, path.Join(at, "package.json"))
		}
		if config && manifest || at == "." {
			break
		}
		at = path.Dir(at)
	}
	slices.SortStableFunc(out.list, func(a, b alias) int { return len(b.pattern) - len(a.pattern) })
	return out
}

// settings reads a file of JSON; nil when there is none.
func (r *Resolver) settings(file string) *jsonc.Document {
	text, err := r.tree.Text(file, maxSettings)
	r.problem(file, err)
	if err != nil || text == "" {
		return nil
	}
	d, err := jsonc.Parse(text)
	if err != nil || d.Root() == jsonc.None || d.Nodes[d.Root()].Kind != jsonc.Object {
		return nil
	}
	return d
}

// config adds what a tsconfig.json says; false when there is none. What it extends counts where it says nothing itself.
func (r *Resolver) config(out *aliases, file string, left int) bool {
	d := r.settings(file)
	if d == nil {
		return false
	}
	dir := path.Dir(file)
	options := d.Member(d.Root(), "compilerOptions")
	base := dir
	if b := d.Member(options, "baseUrl"); b != jsonc.None && d.Nodes[b].Kind == jsonc.String {
		base = path.Join(dir, d.Text(b))
		out.base = base
	}
	paths := d.Member(options, "paths")
	if paths != jsonc.None {
		r.add(out, file, d, paths, base)
	}
	if parent := d.Member(d.Root(), "extends"); parent != jsonc.None && d.Nodes[parent].Kind == jsonc.String && paths == jsonc.None && left > 0 {
		name := d.Text(parent)
		if isRelative(name) {
			if path.Ext(name) != ".json" {
				name += ".json"
			}
			own := out.base
			r.config(out, path.Join(dir, name), left-1)
			if own != "" {
				out.base = own
			}
		}
	}
	return true
}

// manifest adds the `imports` of a package.json; false when there is none.
func (r *Resolver) manifest(out *aliases, file string) bool {
	d := r.settings(file)
	if d == nil {
		return false
	}
	if imports := d.Member(d.Root(), "imports"); imports != jsonc.None {
		r.add(out, file, d, imports, path.Dir(file))
	}
	return true
}

// add adds the members of an object whose keys are patterns and whose values are paths, or lists or conditions of them.
func (r *Resolver) add(out *aliases, file string, d *jsonc.Document, object int32, base string) {
	if d.Nodes[object].Kind != jsonc.Object {
		return
	}
	for _, member := range d.Children(object) {
		if len(out.list) >= maxAliases {
			r.problem(file, ErrTooLarge)
			return
		}
		one := alias{pattern: d.KeyText(member)}
		values := []int32{member}
		if kind := d.Nodes[member].Kind; kind == jsonc.Array || kind == jsonc.Object {
			values = d.Children(member)
		}
		for _, v := range values {
			if d.Nodes[v].Kind == jsonc.String && len(one.targets) < maxAliases {
				one.targets = append(one.targets, path.Join(base, d.Text(v)))
			}
		}
		if strings.Count(one.pattern, "*") <= 1 && len(one.targets) > 0 {
			out.list = append(out.list, one)
		}
	}
}
