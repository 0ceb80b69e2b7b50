package dependency

import (
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// maxLine is the longest line that a package quotes, in bytes. A lockfile on one line would be quoted thousands of times.
const maxLine = 300

// list reports the packages of both revisions for whoever can look them up.
func (r *review) list() {
	wanted := r.wanted()
	for _, p := range r.pairs {
		if p.base != nil {
			r.packages(p.base, checks.AtMergeBase, nil)
		}
		r.packages(p.head, checks.AtHead, wanted[folder(p.head.Path)])
	}
	for _, u := range r.uses {
		if u.base != nil {
			r.installs(u.base, checks.AtMergeBase)
			r.actionPackages(u.base, checks.AtMergeBase)
		}
		r.installs(u.head, checks.AtHead)
		r.actionPackages(u.head, checks.AtHead)
	}
	r.own()
}

// place is where somebody wrote down that a package is wanted.
type place struct {
	pair  *pair
	entry *manifest.Entry
}

// wanted are, by the folder of the lockfile, the packages that manifests of the head ask for on lines that the change
// touches. What a lockfile then holds of them is said there, where a person can do something about it.
func (r *review) wanted() map[checks.Path]map[string]place {
	locks := r.lockFolders()
	wanted := map[checks.Path]map[string]place{}
	for _, p := range r.pairs {
		if p.head.Kind != manifest.Manifest {
			continue
		}
		for i := range p.head.Entries {
			e := &p.head.Entries[i]
			if !e.Direct || e.Origin != "" || !p.change.Touches(e.At.Start.Line, e.At.End.Line+1) {
				continue
			}
			dir := locks.of(p, e.Ecosystem)
			if wanted[dir] == nil {
				wanted[dir] = map[string]place{}
			}
			if _, ok := wanted[dir][e.Ecosystem+" "+e.Name]; !ok {
				wanted[dir][e.Ecosystem+" "+e.Name] = place{p, e}
			}
		}
	}
	return wanted
}

// lockFolders are the folders with a lockfile that the change touches, each with its ecosystem.
type lockFolders map[string]bool

func (r *review) lockFolders() lockFolders {
	locks := lockFolders{}
	for _, p := range r.pairs {
		if p.head.Kind == manifest.Lockfile && !p.head.ChecksumsOnly {
			locks[string(folder(p.head.Path))+"\x00"+manifest.Ecosystem(p.head.Format)] = true
		}
	}
	return locks
}

// of is the folder of the lockfile that a manifest's packages are in: its own, or of a workspace the nearest above.
func (l lockFolders) of(p *pair, ecosystem string) checks.Path {
	own := folder(p.head.Path)
	dir := own
	for range maxFolders {
		if l[string(dir)+"\x00"+ecosystem] {
			return dir
		}
		if dir == "." {
			break
		}
		dir = folder(dir)
	}
	return own
}

// packages lists the packages of one file at one revision.
func (r *review) packages(s *side, at checks.Revision, wanted map[string]place) {
	if s.ChecksumsOnly {
		return
	}
	trust := r.settingsOf(s.Path)
	named := map[string]int{}
	for i := range s.Entries {
		named[s.Entries[i].Name]++
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Name == "" {
			continue
		}
		p := r.packageOf(s, e, at)
		p.Origin = r.origin(trust, e)
		if asked, ok := wanted[e.Ecosystem+" "+e.Name]; ok && s.Kind == manifest.Lockfile && (e.Direct || named[e.Name] == 1) {
			r.moveTo(&p, asked)
		}
		r.report.Packages = append(r.report.Packages, p)
	}
}

func (r *review) packageOf(s *side, e *manifest.Entry, at checks.Revision) checks.Package {
	p := checks.Package{
		Ecosystem: e.Ecosystem, Name: e.Name, Version: e.Version, Requirement: e.Requirement, Role: checks.Transitive,
		Group: e.Group, Locked: len(e.Hashes) > 0, Revision: at, Reserved: r.reserved(e.Name), Pin: e.Pin,
	}
	where := firstLine(s.text, e.At)
	p.Location = checks.Location{Path: s.Path, Start: where.Start, End: where.End}
	if e.Direct {
		p.Role = checks.Direct
	}
	if at == checks.AtHead {
		p.Snippet = quote(s.text, where)
	} else {
		p.Pin = nil
	}
	return p
}

// moveTo puts what a lockfile holds of a package to the line of the manifest that asks for it.
func (r *review) moveTo(p *checks.Package, asked place) {
	s := asked.pair.head
	where := firstLine(s.text, asked.entry.At)
	p.Location = checks.Location{Path: s.Path, Start: where.Start, End: where.End}
	p.Snippet, p.Pin, p.Role = quote(s.text, where), asked.entry.Pin, checks.Direct
}

// quote is the line of a place, "" if it is long.
func quote(t *text.Text, at checks.Range) string {
	if at.Start.Line < 1 || at.Start.Line > t.Lines() {
		return ""
	}
	if start, end := t.Line(at.Start.Line); end-start > maxLine {
		return ""
	}
	return t.Snippet(t.Offset(at.Start), t.Offset(at.End))
}
