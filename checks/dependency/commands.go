package dependency

import (
	"cmp"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/command"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// use is a file that installs or runs packages, actions and images, at both revisions.
type use struct {
	change *checks.FileChange
	head   *used
	base   *used // nil when the file was not there or could not be read
}

// used is what one revision of a file installs and runs.
type used struct {
	*command.Found
	path checks.Path
	text *text.Text
	npm  map[string]bool // packages of npm's that it installs; nil until somebody asks
}

// readCommands reads what the change installs elsewhere than in manifests.
func (r *review) readCommands() error {
	var now, before []checks.Path
	for i := range r.change.Files {
		f := &r.change.Files[i]
		if f.Status == checks.Deleted || !f.Mode.IsRegular() || !command.Claims(f.Path) {
			continue
		}
		r.uses = append(r.uses, &use{change: f})
		now = append(now, f.Path)
		if old := older(f); old != "" {
			before = append(before, old)
		}
	}
	prefetch(r.ctx, r.change.Head, now)
	prefetch(r.ctx, r.change.MergeBase, before)
	kept := r.uses[:0]
	for _, u := range r.uses {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if u.head = r.used(r.change.Head, u.change.Path, checks.AtHead); u.head == nil {
			continue
		}
		if old := older(u.change); old != "" && !r.whole() && command.Claims(old) {
			u.base = r.used(r.change.MergeBase, old, checks.AtMergeBase)
		}
		kept = append(kept, u)
	}
	r.uses = kept
	return r.included()
}

// included reads the requirements that commands name, where their own names tell nothing.
func (r *review) included() error {
	first := len(r.pairs)
	for _, u := range r.uses {
		for _, include := range u.head.Includes {
			for _, candidate := range include.Candidates {
				r.include(candidate, "requirements.txt")
			}
		}
	}
	kept := r.pairs[:first]
	for _, p := range r.pairs[first:] {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if r.both(p) {
			kept = append(kept, p)
		}
	}
	r.pairs = kept
	return nil
}

// used reads one revision of a file; nil when it is no text or cannot be read, the latter with the reason in the report.
func (r *review) used(tree checks.Tree, path checks.Path, at checks.Revision) *used {
	t, err := r.text(tree, path)
	var found *command.Found
	if err == nil {
		found, err = command.Read(path, t)
	}
	switch {
	case errors.Is(err, text.ErrNotText), r.ctx.Err() != nil:
		return nil
	case err != nil:
		r.unscanned(path, at, reason(err))
		return nil
	}
	if at == checks.AtHead && !r.manifests.Claims(path) {
		r.report.Stats.Files++
		r.report.Stats.Bytes += int64(len(t.Bytes))
	}
	if found.Lossy != "" {
		r.unscanned(path, at, found.Lossy)
	}
	return &used{Found: found, path: path, text: t}
}

// installs lists the packages that one revision of a file installs or runs. Where its commands name another index, that one
// may have what the public one has not; a new index is a finding of its own.
func (r *review) installs(u *used, at checks.Revision) {
	trust := r.settingsOf(u.path)
	elsewhere := slices.ContainsFunc(u.Sources, func(s manifest.Source) bool { return !r.isPublicAnywhere(hostOf(s.URL)) })
	for i := range u.Installs {
		in := &u.Installs[i]
		if in.Name == "" || in.LocalFirst && (r.declared(u, in.Name)) {
			continue
		}
		s := &side{&manifest.File{Path: u.path}, u.text}
		p := r.packageOf(s, &in.Entry, at)
		p.Role, p.Program = checks.Command, in.LocalFirst && r.hasPrograms(u)
		if p.Origin = r.origin(trust, &in.Entry); p.Origin == "" && elsewhere {
			p.Origin = checks.Mixed
		}
		r.report.Packages = append(r.report.Packages, p)
	}
}

// released is a version of an action that advisories can be compared with. A tag such as v4 stands for the newest of its
// series.
var released = regexp.MustCompile(`^v?(\d+(?:\.\d+){0,2})$`)

// actionPackages lists the actions of others that are used in a known version, by tag or by the comment behind a commit.
func (r *review) actionPackages(u *used, at checks.Revision) {
	for i := range u.Actions {
		a := &u.Actions[i]
		version := released.FindStringSubmatch(cmp.Or(a.Version, a.Ref))
		parts := strings.SplitN(a.Name, "/", 3)
		if a.Local || version == nil || len(parts) < 2 {
			continue
		}
		e := manifest.Entry{Ecosystem: "GitHub Actions", Name: parts[0] + "/" + parts[1], Version: version[1], At: a.At, Direct: true}
		p := r.packageOf(&side{&manifest.File{Path: u.path}, u.text}, &e, at)
		p.Role = checks.Command
		r.report.Packages = append(r.report.Packages, p)
	}
}

// hasPrograms reports whether programs may be installed that packages of other names brought: a package.json is in a
// file's folder or one above it, the file installs other packages itself, or it is a script or a workflow, which may
// change to any folder, in a repository with a package.json in some folder.
func (r *review) hasPrograms(u *used) bool {
	if r.above(u.path, func(at checks.Path) bool { return len(r.named(at)) > 0 }) {
		return true
	}
	return len(u.packages()) > 0 || !u.Prose && r.anyScripts()
}

// anyScripts reports whether a package.json is in some folder of the head, not too far from the root.
func (r *review) anyScripts() bool {
	if r.scripted == nil {
		found := slices.ContainsFunc(r.below("."), func(dir checks.Path) bool {
			_, err := r.change.Head.Stat(path.Join(string(dir), "package.json"))
			return err == nil
		})
		r.scripted = &found
	}
	return *r.scripted
}

// packages are those of npm's that a file installs before it may run their programs.
func (u *used) packages() map[string]bool {
	if u.npm != nil {
		return u.npm
	}
	names := map[string]bool{}
	u.npm = names
	for i := range u.Installs {
		if in := &u.Installs[i]; in.Ecosystem == "npm" && !in.Runs {
			names[in.Name] = true
		}
	}
	return names
}

// declared reports whether a file installs a package itself, or the head's package.json in its folder, or one above it,
// names the package: npx then runs what is installed.
func (r *review) declared(u *used, name string) bool {
	return brings(u.packages(), name) || r.above(u.path, func(at checks.Path) bool { return brings(r.named(at), name) })
}

// brings reports whether packages of these names bring a program: by its own name, or as the usual one of its scope.
func brings(names map[string]bool, program string) bool {
	for _, suffix := range []string{"cli", program} {
		if names["@"+program+"/"+suffix] {
			return true
		}
	}
	return names[program]
}

// above reports whether something holds for the package.json in a file's folder or one above it.
func (r *review) above(file checks.Path, holds func(checks.Path) bool) bool {
	dir := folder(file)
	for range maxFolders {
		if holds(checks.Path(path.Join(string(dir), "package.json"))) {
			return true
		}
		if dir == "." {
			return false
		}
		dir = folder(dir)
	}
	return false
}

// named are the packages that a manifest of the head names, under the names that they are installed as.
func (r *review) named(at checks.Path) map[string]bool {
	if known, ok := r.manifestNames[at]; ok {
		return known
	}
	names := map[string]bool{}
	r.manifestNames[at] = names
	file, err := r.manifests.Read(r.ctx, r.change.Head, at, "")
	if err != nil {
		return names // not there, or said already
	}
	for i := range file.Entries {
		names[file.Entries[i].Name] = true
		names[file.Entries[i].Alias] = true
	}
	return names
}
