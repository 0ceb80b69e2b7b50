package judge

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/names"
)

// standing judges whether a name that the change adds exists, and how well it is established. One finding at most: the
// gravest of what is true of it.
func (j *Judge) standing(p *checks.Package, answers *Answers) []checks.Finding {
	if p.Role == checks.Imported {
		return j.imported(p, answers)
	}
	s, asked := answers.Standings[nameOf(p)]
	if !asked {
		return nil
	}
	switch s.State {
	case Removed:
		return j.one(removed, p, &s, nil)
	case Nonexistent:
		return j.missing(p, &s)
	case Exists:
		return j.existing(p, &s, answers.Now)
	}
	return nil
}

func (j *Judge) one(id checks.RuleID, p *checks.Package, s *Standing, words map[string]string) []checks.Finding {
	if words == nil {
		words = map[string]string{}
	}
	words["source"] = plain(s.Source, maxName)
	words["instead"] = j.instead(p)
	f := j.finding(id, p, "", words)
	if id != removed {
		f.Severity = j.fixtures.Grade(f.Severity, p.Location.Path)
	}
	return []checks.Finding{f}
}

// missing is about a name that whoever was asked does not know. Only the registry itself can say that there is no such
// package, and not even it of a scope or of a name that another index may have: private packages are hidden in the
// same way.
func (j *Judge) missing(p *checks.Package, s *Standing) []checks.Finding {
	if p.Origin == checks.Mixed || p.Reserved {
		return nil // another index has it
	}
	words := map[string]string{"near": j.near(p)}
	scoped := strings.HasPrefix(p.Name, "@")
	switch {
	case !s.Authoritative:
		words["lag"] = " It may be so new that it is not known there yet, or private."
	case scoped:
		words["lag"] = " Packages in a private scope are hidden in the same way."
	case p.Program:
		words["lag"] = " A program of that name may be installed with another package; where it is not, whoever registers the name has their code run."
	default:
		return j.one(invented, p, s, words)
	}
	return j.one(unknown, p, s, words)
}

func (j *Judge) existing(p *checks.Package, s *Standing, now time.Time) []checks.Finding {
	if p.Reserved {
		return j.one(confusion, p, s, nil)
	}
	days := -1
	if !s.First.IsZero() {
		days = int(now.Sub(s.First).Hours() / 24)
	}
	isYoung := j.young(s, days)
	wellKnown, how, ok := j.alike(p)
	goesOn := s.Releases > successorReleases && days >= j.rules[young].Match.Days && numbered(p.Name, wellKnown)
	if ok && days >= 0 && days < lookalikeDays && !goesOn {
		return j.one(lookalike, p, s, map[string]string{
			"wellknown": code(wellKnown), "how": how,
			"young": "was first published " + ago(s.First, now) + " ago",
		})
	}
	if p.Version != "" && s.Authoritative && p.Role != checks.Transitive {
		// No public index takes what stands behind a plus: whoever builds a package again for a system says so there.
		local := p.Ecosystem == "PyPI" && strings.Contains(p.Version, "+")
		if exists, known := s.Versions[p.Version]; known && !exists && !local {
			return j.one(noVersion, p, s, nil)
		}
	}
	if isYoung && !j.known.Is(p.Ecosystem, p.Name) && p.Role != checks.Transitive {
		return j.one(young, p, s, map[string]string{"age": ago(s.First, now), "releases": counted(s.Releases, "release")})
	}
	return nil
}

// lookalikeDays is until when a name close to a known one is suspicious: malicious packages are found within a year, and
// nearly all names close to known ones that are older are packages in their own right: of the 10,000 names after the 5,000
// best known of PyPI 3.6 % are within one slip of one of those, and age clears nearly all of them.
const lookalikeDays = 365

// successorReleases is how many releases clear a name that is a known one with a number behind it, past its first weeks: a
// library's next major version may be called so, and goes on; whoever imitates the library is taken down.
const successorReleases = 10

// numbered reports whether a name is another with digits behind it.
func numbered(name, other string) bool {
	digits, ok := strings.CutPrefix(name, other)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func (j *Judge) young(s *Standing, days int) bool {
	r := j.rules[young].Match
	return days >= 0 && days < r.Days && s.Releases > 0 && s.Releases <= r.Releases
}

// alike is the well-known name that a package's is close to. Words put before or behind one make as many harmless names
// as harmful ones, and say nothing by themselves.
func (j *Judge) alike(p *checks.Package) (wellKnown, how string, ok bool) {
	wellKnown, way, ok := j.known.LookAlike(p.Ecosystem, p.Name)
	return wellKnown, differences[way], ok && differences[way] != ""
}

// differences say in words how two names differ.
var differences = map[names.How]string{
	names.Confusable: "with characters that look alike",
	names.Owner:      "under an owner whose name is almost the same",
	names.Separator:  "with other separators",
	names.Order:      "with its parts in another order",
	names.Edit:       "one character apart",
}

// imported is about an import for which no manifest names a package. It is a finding only if none of the names under
// which the package may be published exists.
func (j *Judge) imported(p *checks.Package, answers *Answers) []checks.Finding {
	var tried []string
	var last Standing
	for _, name := range namesOf(p) {
		s, asked := answers.Standings[name]
		if !asked || s.State != Nonexistent {
			return nil
		}
		if last.Source == "" || !s.Authoritative {
			last = s
		}
		tried = append(tried, code(name.Name))
	}
	found := j.one(noImport, p, &last, map[string]string{
		"import": plain(p.Requirement, maxName), "tried": strings.Join(tried, ", "),
	})
	switch {
	case p.Group != "" || p.Ecosystem == "Go":
		found[0].Severity = checks.Low // the code goes on without it, or does not build at all
	case !last.Authoritative:
		found[0].Severity = j.fixtures.Grade(checks.Medium, p.Location.Path) // deps.dev lags behind the registries
	}
	return found
}

// near says which well-known name is close to one that does not exist.
func (j *Judge) near(p *checks.Package) string {
	if wellKnown, how, ok := j.alike(p); ok {
		return fmt.Sprintf(" It is close to %s (%s).", code(wellKnown), how)
	}
	return ""
}

// instead is what was perhaps meant.
func (j *Judge) instead(p *checks.Package) string {
	if wellKnown, _, ok := j.alike(p); ok {
		return fmt.Sprintf("Perhaps %s was meant.", code(wellKnown))
	}
	return ""
}
