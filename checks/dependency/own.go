package dependency

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
)

// Bounds of what is read to learn which packages the repository itself holds.
const (
	maxMembers = 500    // folders of all workspaces of a repository
	maxBelow   = 4      // folders below one another that "**" stands for
	maxLooks   = 20_000 // listings of folders, of all files of a change together; what would come then counts as somebody else's
)

// own marks the packages that are new and that the repository itself holds: a workspace takes them from a folder, and what
// will only be published with this change cannot be at a registry yet. What is looked for are names that nobody else
// answers for; a lockfile says of its other packages where they come from.
func (r *review) own() {
	before := map[[2]string]bool{}
	for i := range r.report.Packages {
		if p := &r.report.Packages[i]; p.Revision == checks.AtMergeBase {
			before[[2]string{p.Ecosystem, p.Name}] = true
		}
	}
	for i := range r.report.Packages {
		p := &r.report.Packages[i]
		if p.Revision == checks.AtHead && p.Origin == "" && p.Role != checks.Transitive && !before[[2]string{p.Ecosystem, p.Name}] &&
			r.owned(p.Location.Path, p.Ecosystem, p.Name) {
			p.Origin = checks.Local
		}
	}
}

// owned reports whether the repository holds a package, as the manifests that the change touches, those in a file's folder
// and above it, and the members of their workspaces say.
func (r *review) owned(file checks.Path, ecosystem, name string) bool {
	key := ecosystem + " " + name
	if r.touched == nil {
		r.touched = map[string]bool{}
		for _, p := range r.pairs {
			if p.head.Kind == manifest.Manifest {
				projects(r.touched, p.head.File)
			}
		}
	}
	if r.touched[key] {
		return true
	}
	for dir := range upwards(folder(file)) {
		if r.projectsIn(dir)[key] {
			return true
		}
	}
	return false
}

// upwards yields a folder and those above it, at most [maxFolders].
func upwards(dir checks.Path) func(yield func(checks.Path) bool) {
	return func(yield func(checks.Path) bool) {
		for range maxFolders {
			if !yield(dir) || dir == "." {
				return
			}
			dir = folder(dir)
		}
	}
}

// projects adds the packages that a manifest says it is of, or that the repository holds.
func projects(names map[string]bool, file *manifest.File) {
	ecosystem := manifest.Ecosystem(file.Format)
	if file.Project != "" {
		names[ecosystem+" "+file.Project] = true
	}
	for _, name := range file.Workspaces {
		names[ecosystem+" "+name] = true
	}
}

// projectsIn are the packages of which a folder holds a manifest, and those of its workspaces' members.
func (r *review) projectsIn(dir checks.Path) map[string]bool {
	if known := r.projects[dir]; known != nil {
		return known
	}
	names := map[string]bool{}
	r.projects[dir] = names
	queue, seen := []checks.Path{dir}, map[checks.Path]bool{dir: true}
	for n := 0; n < len(queue); n++ {
		for _, file := range r.manifestsIn(queue[n]) {
			projects(names, file)
			for _, pattern := range file.Workspaces {
				for _, member := range r.members(queue[n], pattern) {
					if !seen[member] && len(queue) <= maxMembers {
						seen[member] = true
						queue = append(queue, member)
					}
				}
			}
		}
	}
	return names
}

// manifestsIn reads the manifests of a folder of the head, and settings that say where members of a workspace are.
func (r *review) manifestsIn(dir checks.Path) []*manifest.File {
	var files []*manifest.File
	var names []checks.Path
	for _, name := range r.namesIn(dir, false) {
		at := checks.Path(path.Join(string(dir), name))
		if projectFiles[name] && r.manifests.Claims(at) {
			names = append(names, at)
		}
	}
	prefetch(r.ctx, r.change.Head, names)
	for _, name := range names {
		if file, err := r.manifests.Read(r.ctx, r.change.Head, name, ""); err == nil {
			files = append(files, file)
		}
	}
	return files
}

// projectFiles are the manifests that name the package that they are of, or the members of a workspace.
var projectFiles = map[string]bool{
	"package.json": true, "pnpm-workspace.yaml": true, "deno.json": true, "deno.jsonc": true, "pyproject.toml": true, "setup.cfg": true,
	"setup.py": true, "Cargo.toml": true, "pom.xml": true, "go.mod": true, "go.work": true, "composer.json": true,
}

// members are the folders that a workspace's pattern stands for, in which "*" stays within a name and "**" does not.
func (r *review) members(dir checks.Path, pattern string) []checks.Path {
	if strings.HasPrefix(pattern, "!") || strings.ContainsAny(pattern, ":\\") {
		return nil
	}
	at := []checks.Path{dir}
	for segment := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		if len(at) > maxMembers {
			return at[:maxMembers]
		}
		var next []checks.Path
		for _, in := range at {
			switch {
			case segment == "" || segment == ".":
				next = append(next, in)
			case segment == "**":
				next = append(next, r.below(in)...)
			case segment == "..":
				if in != "." {
					next = append(next, folder(in))
				}
			case !strings.ContainsAny(segment, "*?[{"):
				next = append(next, checks.Path(path.Join(string(in), segment)))
			default:
				for _, name := range r.namesIn(in, true) {
					if ok, err := path.Match(segment, name); ok && err == nil {
						next = append(next, checks.Path(path.Join(string(in), name)))
					}
				}
			}
		}
		at = next
	}
	return at
}

// below is a folder and those below it, down to [maxBelow].
func (r *review) below(dir checks.Path) []checks.Path {
	out, level := []checks.Path{dir}, []checks.Path{dir}
	for range maxBelow {
		var next []checks.Path
		for _, in := range level {
			for _, name := range r.namesIn(in, true) {
				if len(out)+len(next) < maxMembers {
					next = append(next, checks.Path(path.Join(string(in), name)))
				}
			}
		}
		out, level = append(out, next...), next
	}
	return out
}

// namesIn lists the files of a folder of the head, or the folders in which somebody may keep a project.
func (r *review) namesIn(dir checks.Path, folders bool) []string {
	if r.looks++; r.looks > maxLooks {
		return nil
	}
	entries, err := r.change.Head.ReadDir(string(dir))
	if err != nil {
		return nil // it is not there
	}
	var names []string
	for _, e := range entries {
		if folders && e.IsDir() && e.Name() != "node_modules" && e.Name() != ".git" || !folders && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}
