package judge

import (
	"cmp"
	"slices"

	"github.com/assay-app/assay/checks"
)

// Questions is what has to be looked up about the packages of a change.
type Questions struct {
	Refs   []Ref      // versions, of both revisions, that advisories may be about
	Hidden []Ref      // likewise, but nobody outside may be asked: the names may be private
	Names  []Question // names that the change adds
}

// Question asks whether a name exists, since when, and whether these versions of it do.
type Question struct {
	Name
	Versions []string
}

// Ask lists the questions about packages, each once: the advisories of every package that comes from a registry, and
// the existence of every name that is at the head and was not at the merge base. A name that policy reserves is among
// the latter, since a public namesake is found in no other way. Direct names come before those that
// only a lockfile has, so that whoever answers a limited number answers those.
func Ask(packages []checks.Package) Questions {
	known := namesBefore(packages)
	refs := map[Ref]bool{} // whether others may be asked
	names := map[Name]map[string]bool{}
	direct := map[Name]bool{}
	for i := range packages {
		p := &packages[i]
		if named(p) && Matchable(p) {
			refs[refOf(p)] = refs[refOf(p)] || Public(p) && !p.Reserved
		}
		if p.Revision != checks.AtHead || known[nameOf(p)] || !askable(p) {
			continue
		}
		for _, name := range namesOf(p) {
			if names[name] == nil {
				names[name] = map[string]bool{}
			}
			if p.Version != "" {
				names[name][p.Version] = true
			}
			direct[name] = direct[name] || p.Role != checks.Transitive
		}
	}
	var q Questions
	for ref, public := range refs {
		if public {
			q.Refs = append(q.Refs, ref)
		} else {
			q.Hidden = append(q.Hidden, ref)
		}
	}
	slices.SortFunc(q.Refs, compareRefs)
	slices.SortFunc(q.Hidden, compareRefs)
	for name, versions := range names {
		question := Question{Name: name}
		for v := range versions {
			question.Versions = append(question.Versions, v)
		}
		slices.Sort(question.Versions)
		q.Names = append(q.Names, question)
	}
	first := func(n Name) int {
		if direct[n] {
			return 0
		}
		return 1
	}
	slices.SortFunc(q.Names, func(a, b Question) int {
		return cmp.Or(cmp.Compare(first(a.Name), first(b.Name)), compareNames(a.Name, b.Name))
	})
	return q
}

// namesBefore are the names that the merge base has in the files that the change touches. They exist, or it was said when
// they came.
func namesBefore(packages []checks.Package) map[Name]bool {
	known := map[Name]bool{}
	for i := range packages {
		if p := &packages[i]; p.Revision == checks.AtMergeBase {
			known[nameOf(p)] = true
		}
	}
	return known
}

// Matchable reports whether advisories about the name are about this package: what comes from a folder, a git repository
// or a registry of the organisation's own may be called like a public package and be another. Matching asks nobody
// outside when there is an index; see [Public] for when there is none.
func Matchable(p *checks.Package) bool {
	return (Public(p) || p.Origin == checks.Mirror) && p.Ecosystem != "conda" // which nobody keeps advisories of
}

// Public reports whether others may be asked about a package by its name. One that only a private registry is asked for
// stays private.
func Public(p *checks.Package) bool { return p.Origin == "" || p.Origin == checks.Mixed }

// askable reports whether somebody keeps a list of names in which this one could be. Actions and images are in none.
func askable(p *checks.Package) bool { return Public(p) && registries[p.Ecosystem] }

// named reports whether advisories can hold for a package as it is named. Without a version only those do that hold for
// every version, as of a package that was made to harm. What an import names is a guess.
func named(p *checks.Package) bool { return p.Version != "" || p.Role != checks.Imported }

// registries are the ecosystems, as OSV writes them, whose names somebody can be asked about.
var registries = map[string]bool{
	"PyPI": true, "npm": true, "Go": true, "crates.io": true, "Maven": true, "RubyGems": true, "Packagist": true, "NuGet": true,
}

// namesOf are the name of a package and, of an import, the other names under which it may be published.
func namesOf(p *checks.Package) []Name {
	names := []Name{nameOf(p)}
	for _, guess := range p.Guesses {
		names = append(names, Name{p.Ecosystem, guess})
	}
	return names
}

func nameOf(p *checks.Package) Name { return Name{p.Ecosystem, p.Name} }

func refOf(p *checks.Package) Ref { return Ref{nameOf(p), p.Version} }

func compareNames(a, b Name) int {
	return cmp.Or(cmp.Compare(a.Ecosystem, b.Ecosystem), cmp.Compare(a.Name, b.Name))
}

func compareRefs(a, b Ref) int {
	return cmp.Or(compareNames(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
}
