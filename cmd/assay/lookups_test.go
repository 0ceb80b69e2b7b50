package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/assay-app/assay/app/lookup/lookuptest"
)

// A project before and after a change that adds a package with twelve known holes, a malicious one and one that was made
// up, besides one that everybody knows.
var (
	shopBefore = map[string]string{
		"package.json": "{\n  \"name\": \"shop\",\n  \"dependencies\": {\n    \"left-pad\": \"1.3.0\"\n  }\n}\n",
	}
	shopAfter = map[string]string{
		"package.json":     "{\n  \"name\": \"shop\",\n  \"dependencies\": {\n    \"leaky\": \"1.0.0\",\n    \"left-pad\": \"1.3.0\",\n    \"made-up-by-a-model\": \"^1.0.0\",\n    \"trap\": \"1.0.0\"\n  }\n}\n",
		"requirements.txt": "porous==1.4\n",
	}
)

// places are those who are asked over the network.
type places struct {
	osv, depsDev, registry *lookuptest.Server
}

// online makes the command line ask servers of the test.
func online(t *testing.T) places {
	t.Helper()
	old := time.Now().AddDate(-3, 0, 0)
	known := []lookuptest.Package{
		{Ecosystem: "npm", Name: "leaky", Versions: []string{"1.0.0", "2.0.0"}, First: old},
		{Ecosystem: "npm", Name: "left-pad", Versions: []string{"1.3.0"}, First: old},
		{Ecosystem: "npm", Name: "trap", Versions: []string{"1.0.0"}, First: old},
		{Ecosystem: "PyPI", Name: "porous", Versions: []string{"1.4", "1.5"}, First: old},
	}
	p := places{lookuptest.OSV(t, knownAdvisories()...), lookuptest.DepsDev(t, known...), lookuptest.NPM(t, known...)}
	t.Setenv("ASSAY_OFFLINE", "false")
	t.Setenv("ASSAY_OSV_URL", p.osv.URL)
	t.Setenv("ASSAY_DEPSDEV_URL", p.depsDev.URL)
	t.Setenv("ASSAY_REGISTRY_NPM", p.registry.URL)
	return p
}

func (p places) asked() string { return p.osv.Asked() + p.depsDev.Asked() + p.registry.Asked() }

// dependencies is the part of the JSON output that is about packages.
type dependencies struct {
	Findings []struct {
		Rule, Severity, Status, Path string
		Start                        struct{ Line int }
		Remediation                  struct {
			Edits []struct {
				NewText string `json:"new_text"`
			}
		}
		Package *struct {
			Ecosystem, Name, Version, Advisory, Fixed string
			Aliases                                   []string
		}
	}
	Unscanned []struct{ Path, Reason, Kind string }
	Lookups   *struct {
		Source, Missing string
		Built           *time.Time
		Records         int
		Stale, Off      bool
		Unknown         []struct{ Ecosystem, Name, Version, Reason string }
	}
	Verdict string
}

func parseDependencies(t *testing.T, o outcome) dependencies {
	t.Helper()
	var d dependencies
	if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
		t.Fatalf("%v in %q (stderr %q)", err, o.stdout, o.stderr)
	}
	return d
}

// about lists rule, package and status of the findings, each once.
func (d dependencies) about() string {
	var all []string
	for _, f := range d.Findings {
		if f.Package != nil {
			all = append(all, f.Rule+" "+f.Package.Name+" "+f.Status)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

const (
	byAdvisories = "malicious-package trap new, vulnerable-package leaky new, vulnerable-package porous new"
	byEverybody  = "invented-package made-up-by-a-model new, " + byAdvisories
)

// changed is a repository whose last commit makes the change, and the command line that reviews it.
func changed(t *testing.T) []string {
	t.Helper()
	repo := newRepository(t, shopBefore)
	repo.commit("add packages", shopAfter)
	return []string{"review", "--repo", repo.dir, "--base", "HEAD~1", "--checks", "dependency", "--format", "json"}
}

func TestPackagesAreLookedUp(t *testing.T) {
	scan := []string{"scan", folder(t, shopAfter), "--checks", "dependency", "--format", "json"}
	review := changed(t)
	index := lookuptest.Index(t, knownAdvisories()...)
	gone := filepath.Join(t.TempDir(), "gone.db")
	damaged := filepath.Join(t.TempDir(), "damaged.db")
	if err := os.WriteFile(damaged, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}

	tests := map[string]struct {
		args   []string
		silent bool // nobody answers
		want   int
		about  string
		source string
		says   string // why advisories are missing
	}{
		"in the index and with everybody":           {[]string{"--advisories", index}, false, 1, byEverybody, "index", ""},
		"with everybody, as there is no index":      {nil, false, 1, byEverybody, "osv.dev", ""},
		"in the index alone":                        {[]string{"--advisories", index, "--offline"}, false, 1, byAdvisories, "index", ""},
		"in the index alone, as nobody answers":     {[]string{"--advisories", index}, true, 1, byAdvisories, "index", ""},
		"nowhere, as nobody wants it":               {[]string{"--offline"}, false, 0, "", "", ""},
		"nowhere, as nobody answers":                {nil, true, 3, "", "", "there is no advisory index, and OSV gave no answer"},
		"nowhere, as the index is damaged":          {[]string{"--advisories", damaged, "--offline"}, false, 3, "", "", "this is no advisory index"},
		"nowhere, as there is no index of the name": {[]string{"--advisories", gone, "--offline"}, false, 3, "", "", "there is no advisory index at " + gone},
		"elsewhere, as the index is not there yet":  {[]string{"--advisories", gone}, false, 1, byEverybody, "osv.dev", ""},
	}
	for name, test := range tests {
		for command, args := range map[string][]string{"scan": scan, "review": review} {
			t.Run(command+" "+name, func(t *testing.T) {
				p := online(t)
				if test.silent {
					p.osv.Close()
					p.depsDev.Close()
					p.registry.Close()
				}
				got := assay(t, append(slices.Clone(args), test.args...)...)
				d := parseDependencies(t, got)
				if got.code != test.want || d.about() != test.about || got.stderr != "" {
					t.Errorf("exit %d, want %d; found %q, want %q; stderr %q", got.code, test.want, d.about(), test.about, got.stderr)
				}
				if d.Lookups == nil || d.Lookups.Source != test.source || !strings.Contains(d.Lookups.Missing, test.says) || (test.says == "") != (len(d.Unscanned) == 0) {
					t.Errorf("look-ups: %+v; not scanned: %+v", d.Lookups, d.Unscanned)
				}
				if asked := p.asked(); slices.Contains(test.args, "--offline") && asked != "" {
					t.Errorf("--offline, and somebody was asked: %s", asked)
				}
			})
		}
	}
}

func TestNothingIsMissingWhereNoPackageIsAdded(t *testing.T) {
	p := online(t)
	p.osv.Close()
	p.depsDev.Close()
	p.registry.Close()
	repo := newRepository(t, shopAfter)
	repo.commit("rename the shop and drop a package", map[string]string{
		"package.json":     strings.Replace(strings.Replace(shopAfter["package.json"], "shop", "store", 1), "    \"leaky\": \"1.0.0\",\n", "", 1),
		"requirements.txt": "# what is needed\nporous==1.4\n",
	})
	got := assay(t, "review", "--repo", repo.dir, "--base", "HEAD~1", "--format", "json")
	if d := parseDependencies(t, got); got.code != 0 || d.Verdict != "pass" || len(d.Lookups.Unknown) > 0 {
		t.Errorf("exit %d, %+v", got.code, d)
	}
	got = assay(t, "scan", folder(t, map[string]string{"a.py": "print(1)\n"}))
	if got.code != 0 || got.stdout != "No findings · 1 file\n" && !strings.HasPrefix(got.stdout, "No findings · 1 file\nadvisories: ") {
		t.Errorf("got %+v", got)
	}
}

func TestTheEnvironmentSaysHowToLookUp(t *testing.T) {
	args := []string{"scan", folder(t, shopAfter), "--checks", "dependency", "--format", "json"}
	p := online(t)
	t.Setenv("ASSAY_OFFLINE", "1")
	if got := assay(t, args...); got.code != 0 || !parseDependencies(t, got).Lookups.Off {
		t.Errorf("with ASSAY_OFFLINE: %+v", got)
	}
	t.Setenv("ASSAY_ADVISORIES", lookuptest.Index(t, knownAdvisories()...))
	if got := assay(t, args...); got.code != 1 || parseDependencies(t, got).about() != byAdvisories {
		t.Errorf("with ASSAY_ADVISORIES, too: %+v", got)
	}
	if got := assay(t, append(args, "--advisories", lookuptest.Index(t, lookuptest.Advisory{ID: "MAL-2026-2", Ecosystem: "npm", Package: "left-pad", Versions: []string{"1.3.0"}}))...); parseDependencies(t, got).about() != "malicious-package left-pad new" {
		t.Errorf("with another index on the command line: %+v", got)
	}
	if asked := p.asked(); asked != "" {
		t.Errorf("somebody was asked: %s", asked)
	}
	data := t.TempDir()
	lookuptest.Update(t, filepath.Join(data, advisoriesFile), knownAdvisories()...)
	for name, value := range map[string]string{"ASSAY_OFFLINE": "perhaps", "ASSAY_OSV_URL": "osv", "ASSAY_DEPSDEV_URL": "http://deps.example", "ASSAY_REGISTRY_NPM": "https://me:secret@registry.example"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ASSAY_OFFLINE", "false")
			t.Setenv(name, value)
			if got := assay(t, args...); got.code != 2 || got.stdout != "" || strings.Contains(got.stderr, "secret") {
				t.Errorf("%s=%s: %+v", name, value, got)
			}
		})
	}
}

func TestTheIndexOfTheDataFolderIsUsed(t *testing.T) {
	state := t.TempDir()
	lookuptest.Update(t, filepath.Join(state, "assay", advisoriesFile), knownAdvisories()...)
	got := assayWith(t, map[string]string{"XDG_STATE_HOME": state}, "", "scan", folder(t, shopAfter), "--checks", "dependency", "--format", "json")
	if d := parseDependencies(t, got); got.code != 1 || d.about() != byAdvisories || d.Lookups.Source != "index" {
		t.Errorf("got %+v", d)
	}
}

func TestLookUpsWithoutAnAnswerAreCountedAndThePolicyDecides(t *testing.T) {
	p := online(t)
	p.depsDev.Fail()
	p.registry.Fail()
	index := lookuptest.Index(t, lookuptest.Advisory{ID: "GHSA-aaaa-bbbb-cccc", Ecosystem: "npm", Package: "other", Fixed: "2"}, lookuptest.Advisory{ID: "PYSEC-2026-2", Ecosystem: "PyPI", Package: "other", Fixed: "2"})
	for policy, want := range map[string]struct {
		verdict string
		code    int
	}{
		"":                     {"pass", 0},
		"on_unknown: allow\n":  {"pass", 0},
		"on_unknown: block\n":  {"incomplete", 3},
		"block_at: critical\n": {"pass", 0},
	} {
		files := map[string]string{"package.json": shopBefore["package.json"]}
		if policy != "" {
			files[".github/assay.yml"] = policy
		}
		repo := newRepository(t, files)
		repo.commit("add packages", shopAfter)
		got := assay(t, "review", "--repo", repo.dir, "--base", "HEAD~1", "--advisories", index, "--format", "json")
		d := parseDependencies(t, got)
		if got.code != want.code || d.Verdict != want.verdict || len(d.Lookups.Unknown) != 4 {
			t.Errorf("%q: exit %d, %s; unknown: %+v", policy, got.code, d.Verdict, d.Lookups.Unknown)
		}
		if policy != "" {
			continue
		}
		for _, format := range []string{"text", "markdown", "sarif"} {
			text := assay(t, "review", "--repo", repo.dir, "--base", "HEAD~1", "--advisories", index, "--format", format).stdout
			if !strings.Contains(text, "4 look-ups without an answer, such as ") {
				t.Errorf("%s does not count them: %s", format, text)
			}
		}
	}
}

func TestPrivatePackagesOfThePolicyAreLookedForInPublic(t *testing.T) {
	online(t)
	rules := "private_packages: ['made-up-*', 'leaky']\n"
	repo := newRepository(t, map[string]string{".github/assay.yml": rules, "package.json": shopBefore["package.json"]})
	repo.commit("add packages", shopAfter)
	got := assay(t, "review", "--repo", repo.dir, "--base", "HEAD~1", "--checks", "dependency", "--format", "json", "--advisories", lookuptest.Index(t, knownAdvisories()[12:]...))
	want := "dependency-confusion leaky new, malicious-package trap new, vulnerable-package porous new"
	if d := parseDependencies(t, got); d.about() != want {
		t.Errorf("found %q, want %q", d.about(), want)
	}
	scanned := assay(t, "scan", repo.dir, "--checks", "dependency", "--format", "json", "--advisories", lookuptest.Index(t, knownAdvisories()[12:]...))
	if d := parseDependencies(t, scanned); !strings.Contains(d.about(), "invented-package made-up-by-a-model") {
		t.Errorf("a scan reads a policy, which is one of the files it scans: %q", d.about())
	}
}

func TestJSONTellsEachAdvisoryAndHowToBeRidOfIt(t *testing.T) {
	index := lookuptest.Index(t, knownAdvisories()...)
	d := parseDependencies(t, assay(t, append(changed(t), "--advisories", index)...))
	seen := map[string]bool{}
	for _, f := range d.Findings {
		if f.Rule != "vulnerable-package" || f.Package.Name != "leaky" {
			continue
		}
		p := f.Package
		seen[p.Advisory] = true
		if f.Path != "package.json" || f.Start.Line != 4 || p.Ecosystem != "npm" || p.Version != "1.0.0" || p.Fixed != "2.0.0" || p.Aliases == nil {
			t.Errorf("got %+v", f)
		}
		if len(f.Remediation.Edits) != 1 || f.Remediation.Edits[0].NewText != "2.0.0" {
			t.Errorf("the edits of %s: %+v", p.Advisory, f.Remediation.Edits)
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d advisories about one package, want 12: %v", len(seen), seen)
	}
	l := d.Lookups
	if l.Source != "index" || l.Records != 14 || l.Built == nil || l.Stale || l.Off || l.Unknown == nil {
		t.Errorf("look-ups: %+v", l)
	}
	lookuptest.UpdateAsOf(t, index, time.Now().AddDate(0, 0, -30), knownAdvisories()...)
	if d = parseDependencies(t, assay(t, append(changed(t), "--advisories", index)...)); !d.Lookups.Stale {
		t.Errorf("an index of last month is not called stale: %+v", d.Lookups)
	}
}

func TestAdvisoriesAboutOneVersionAreToldTogether(t *testing.T) {
	index := lookuptest.Index(t, knownAdvisories()...)
	lookuptest.UpdateAsOf(t, index, time.Now().AddDate(0, 0, -30), knownAdvisories()...)
	dir := folder(t, shopAfter)
	printed := func(format string) string {
		return assay(t, "scan", dir, "--checks", "dependency", "--advisories", index, "--format", format).stdout
	}

	text := printed("text")
	if n := strings.Count(text, "Vulnerable package: leaky"); n != 1 || strings.Count(text, "GHSA-") != 12+1 { // one has an address, too
		t.Errorf("the text names leaky %d times:\n%s", n, text)
	}
	if !strings.Contains(text, "14 findings: 2 critical, 1 high, 11 medium") || !strings.Contains(text, "stale: 30 days old; run assay advisories update") {
		t.Errorf("the end of the text:\n%s", text[max(0, len(text)-400):])
	}

	markdown := printed("markdown")
	if !strings.Contains(markdown, "| Vulnerable package: leaky 1.0.0, and 11 more advisories |") || strings.Count(markdown, "| medium |") != 0 {
		t.Errorf("the summary lists advisories one by one:\n%s", markdown)
	}
	for _, want := range []string{"Write `2.0.0` here", "Write `1.5` here", "stale: 30 days old"} {
		if !strings.Contains(markdown, want) {
			t.Errorf("the summary lacks %q:\n%s", want, markdown)
		}
	}

	// Code scanning keeps track of each advisory by itself.
	report, err := sarif.FromString(printed("sarif"))
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Errorf("the SARIF is none: %v", err)
	}
	hashes := map[string]bool{}
	for _, result := range report.Runs[0].Results {
		hashes[result.PartialFingerprints["primaryLocationLineHash"]] = true
	}
	if len(report.Runs[0].Results) != 14 || len(hashes) != 14 {
		t.Errorf("%d results and %d alerts, want 14", len(report.Runs[0].Results), len(hashes))
	}
}
