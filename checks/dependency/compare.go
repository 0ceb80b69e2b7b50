package dependency

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// compare says what is wrong with what a file says at the head and did not say at the merge base.
func (r *review) compare(p *pair) {
	before := map[written]int{}
	if p.base != nil {
		for i := range p.base.Entries {
			before[writtenAs(&p.base.Entries[i])]++
		}
	}
	from := len(r.report.Findings)
	defer func() { r.fold(from) }()
	var fresh []*manifest.Entry
	for i := range p.head.Entries {
		e := &p.head.Entries[i]
		if as := writtenAs(e); before[as] > 0 {
			before[as]--
			continue
		}
		fresh = append(fresh, e)
	}
	r.entries(p, fresh)
	r.sources(p)
	r.scripts(p)
	if p.head.Kind == manifest.Lockfile || hashed(p.head.File) {
		r.locked(p, fresh)
	}
}

// written is all of an entry that a change could turn to harm.
type written struct {
	ecosystem, name, version, requirement, alias, source string
	hashes                                               string
	script                                               bool
}

func writtenAs(e *manifest.Entry) written {
	return written{e.Ecosystem, e.Name, e.Version, e.Requirement, e.Alias, e.Source, strings.Join(e.Hashes, " "), e.Script}
}

// hashed reports whether a manifest holds hashes, as requirements files may.
func hashed(f *manifest.File) bool {
	for i := range f.Entries {
		if len(f.Entries[i].Hashes) > 0 {
			return true
		}
	}
	return false
}

// entries looks at single entries that are new or were changed.
func (r *review) entries(p *pair, fresh []*manifest.Entry) {
	before := addresses(p.base)
	for _, e := range fresh {
		if what := deceptive(e); what != "" {
			r.aboutEntry(deceptiveName, p, e, map[string]string{"what": what})
		}
		switch {
		case insecure(e.Source):
			r.aboutEntry(withoutTLS, p, e, map[string]string{"source": plain(e.Source)})
		case e.Origin == checks.Git:
			if ref, pinned := gitRevision(e.Source); !pinned && p.head.Kind == manifest.Manifest && !before[takenFrom(e)] {
				f := r.aboutEntry(gitUnpinned, p, e, map[string]string{"ref": plain(ref)})
				if release.MatchString(ref) {
					f.Severity = r.catalogue.rules[gitUnpinned].Match.Tagged // a release: it moves only if somebody moves it
				}
			}
		case e.Origin == checks.URL && len(e.Hashes) == 0 && !hashInAddress.MatchString(e.Source) && p.head.Kind == manifest.Manifest && !before[takenFrom(e)] && !r.hashedBeside(p, e):
			r.aboutEntry(fromAddress, p, e, map[string]string{"source": plain(e.Source)})
		}
	}
}

// taken is from whom a package is taken that comes from no registry: an update that takes it from the same is no news.
type taken struct {
	name, owner string
	release     bool // in a version that is named
	pinned      bool // so that it can be no other
}

func takenFrom(e *manifest.Entry) taken {
	t := taken{name: e.Name, owner: ownerOf(e.Source), pinned: len(e.Hashes) > 0 || hashInAddress.MatchString(e.Source)}
	if e.Origin == checks.Git {
		ref, pinned := gitRevision(e.Source)
		t.release, t.pinned = release.MatchString(ref), pinned
	}
	return t
}

// addresses are those from which a file takes packages.
func addresses(s *side) map[taken]bool {
	known := map[taken]bool{}
	if s == nil {
		return known
	}
	for i := range s.Entries {
		if e := &s.Entries[i]; e.Origin == checks.Git || e.Origin == checks.URL {
			known[takenFrom(e)] = true
		}
	}
	return known
}

// sources looks at the indexes and switches that the file did not have before.
func (r *review) sources(p *pair) {
	ecosystem := manifest.Ecosystem(p.head.Format)
	known := map[string]bool{}
	r.settingsOf(p.head.Path).all(func(s *settings) {
		for _, source := range s.sources[ecosystem] {
			known[source.URL] = true
		}
	})
	switches := map[manifest.Option]bool{}
	if p.base != nil {
		for _, source := range p.base.Sources {
			known[source.URL] = true
		}
		for _, option := range p.base.Options {
			switches[manifest.Option{Name: option.Name, Value: option.Value}] = true
		}
	}
	if r.whole() {
		known = map[string]bool{} // a scanned tree is no excuse for itself
	}
	for _, source := range p.head.Sources {
		if known[source.URL] {
			continue
		}
		r.source(p, ecosystem, &source)
	}
	for _, option := range p.head.Options {
		if !switches[manifest.Option{Name: option.Name, Value: option.Value}] {
			r.option(p.head.text, p.head.Path, &option)
		}
	}
}

// option is about a setting that is new and weakens a package manager.
func (r *review) option(t *text.Text, path checks.Path, option *manifest.Option) {
	id, known := r.catalogue.switches[option.Name]
	if !known {
		return
	}
	said := strings.TrimSpace(option.Name + " " + option.Value)
	r.about(id, t, path, option.At, said, map[string]string{"option": plain(said)})
}

// source is about one index that is new.
func (r *review) source(p *pair, ecosystem string, source *manifest.Source) {
	words := map[string]string{"source": plain(source.URL)}
	host := hostOf(source.URL)
	switch {
	case insecure(source.URL):
		r.about(withoutTLS, p.head.text, p.head.Path, source.At, source.URL, words)
	case host == "" || here(host) || r.isPublic(ecosystem, host) || r.isKnown(source.URL):
	case source.Extra:
		r.about(extraIndex, p.head.text, p.head.Path, source.At, source.URL, words)
	case !r.whole():
		r.about(indexChanged, p.head.text, p.head.Path, source.At, source.URL, words)
	}
}

// scripts looks at what the installation of the project itself runs and did not run before.
func (r *review) scripts(p *pair) {
	before := map[string]bool{}
	if p.base != nil {
		for _, s := range p.base.Scripts {
			before[s.Name+" "+s.Command] = true
		}
	}
	for _, s := range p.head.Scripts {
		if before[s.Name+" "+s.Command] || s.Name == "prepare" && !r.catalogue.downloads(s.Command) {
			continue
		}
		f := r.about(ownScript, p.head.text, p.head.Path, s.At, s.Name+" "+s.Command,
			map[string]string{"script": plain(s.Name), "command": plain(s.Command)})
		if r.catalogue.downloads(s.Command) {
			f.Severity = r.catalogue.fixtures.Grade(r.catalogue.rules[ownScript].Match.Downloads, p.head.Path)
		}
	}
}

// hashedBeside reports whether a lockfile in the folder of a manifest holds a hash of a package.
func (r *review) hashedBeside(p *pair, e *manifest.Entry) bool {
	dir := path.Dir(string(p.head.Path))
	for _, other := range r.pairs {
		if other.head.Kind != manifest.Lockfile || path.Dir(string(other.head.Path)) != dir {
			continue
		}
		for i := range other.head.Entries {
			if o := &other.head.Entries[i]; o.Ecosystem == e.Ecosystem && o.Name == e.Name && len(o.Hashes) > 0 {
				return true
			}
		}
	}
	return false
}
