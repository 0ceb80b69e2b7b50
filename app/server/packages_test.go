package server_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/lookup"
	"github.com/assay-app/assay/app/lookup/lookuptest"
	"github.com/assay-app/assay/app/lookup/names"
	"github.com/assay-app/assay/app/lookup/osv"
	"github.com/assay-app/assay/app/server"
)

// market is the world of packages: an index of advisories, deps.dev, an npm registry, and OSV, which is asked only when
// there is no index.
type market struct {
	index                  string
	depsDev, registry, osv *lookuptest.Server
}

// leaks are the holes of the package leaky, all in versions before 2.0.0.
const leaks = 12

// advisories are about leaky, about trap, which harms, and about risen and porous.
func advisoriesOfMarket() []lookuptest.Advisory {
	all := []lookuptest.Advisory{
		{ID: "MAL-2026-1", Ecosystem: "npm", Package: "trap", Versions: []string{"1.0.0"}, Summary: "Steals tokens"},
		{ID: "GHSA-rrrr-rrrr-rrrr", Ecosystem: "npm", Package: "risen", Versions: []string{"1.5.0"}, Summary: "Came with 1.5.0", Severity: "HIGH"},
		{ID: "PYSEC-2026-1", Ecosystem: "PyPI", Package: "porous", Fixed: "1.5", Summary: "Runs <b>what</b> it reads, says @octocat [here](https://evil.example)", Severity: "CRITICAL"},
	}
	for i := range leaks {
		id := fmt.Sprintf("GHSA-%04d-%04d-%04d", i, i, i)
		all = append(all, lookuptest.Advisory{ID: id, Ecosystem: "npm", Package: "leaky", Fixed: "2.0.0", Summary: fmt.Sprintf("Leaks by way %d", i), Severity: "HIGH"})
	}
	return all
}

func openMarket(t *testing.T) *market {
	t.Helper()
	var known []lookuptest.Package
	for _, name := range []string{"leaky", "trap", "risen", "sturdy", "acme-forms"} {
		known = append(known, lookuptest.Package{Ecosystem: "npm", Name: name, Versions: []string{"1.0.0", "1.1.0", "1.5.0", "2.0.0"}, First: time.Now().AddDate(-3, 0, 0)})
	}
	for _, name := range []string{"porous", "solid"} {
		known = append(known, lookuptest.Package{Ecosystem: "PyPI", Name: name, Versions: []string{"1.4", "1.5"}, First: time.Now().AddDate(-3, 0, 0)})
	}
	m := &market{
		index:   lookuptest.Index(t, advisoriesOfMarket()...),
		depsDev: lookuptest.DepsDev(t, known...), registry: lookuptest.NPM(t, known...), osv: lookuptest.OSV(t),
	}
	t.Cleanup(func() {
		if asked := m.osv.Asked(); asked != "" {
			t.Errorf("OSV was asked although there is an index: %s", asked)
		}
	})
	return m
}

// lookingUp is an Assay that looks packages up on the market.
func (m *market) lookingUp(t *testing.T) option {
	t.Helper()
	return with(func(c *server.Config) {
		known, err := names.New(names.Config{DepsDev: m.depsDev.URL, Registries: map[string]string{"npm": m.registry.URL}})
		if err != nil {
			t.Fatal(err)
		}
		online, err := osv.New(osv.Options{Base: m.osv.URL})
		if err != nil {
			t.Fatal(err)
		}
		packages, err := lookup.New(lookup.Config{Index: m.index, Names: known, Online: online})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = packages.Close() }) // it was only read
		c.Packages = packages
	})
}

// project is a project's files: a package.json with a package a line from the fourth on, in alphabetical order, its
// lockfile, and requirements.
func project(t *testing.T, npm map[string]string, requirements ...string) localhub.Files {
	t.Helper()
	locked := map[string]any{"": map[string]any{"name": "shop", "dependencies": npm}}
	for name, version := range npm {
		locked["node_modules/"+name] = map[string]any{"version": version, "integrity": "sha512-" + strings.Repeat("A", 86) + "=="}
	}
	write := func(content map[string]any) string {
		text, err := json.MarshalIndent(content, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return string(text) + "\n"
	}
	return localhub.Files{
		"package.json":      write(map[string]any{"a": "", "dependencies": npm, "name": "shop"}),
		"package-lock.json": write(map[string]any{"name": "shop", "lockfileVersion": 3, "packages": locked}),
		"requirements.txt":  strings.Join(requirements, "\n") + "\n",
	}
}

// placedAt lists the comments of a pull request by their places, in order.
func placedAt(pull *localhub.PullRequest) []string {
	var places []string
	for _, c := range pull.ReviewComments() {
		places = append(places, fmt.Sprintf("%s:%d", c.Original.Path, c.Original.Line))
	}
	slices.Sort(places)
	return places
}

// commentAt is the one comment at a place.
func (w *world) commentAt(pull *localhub.PullRequest, place string) string {
	w.t.Helper()
	var found []string
	for _, c := range pull.ReviewComments() {
		if fmt.Sprintf("%s:%d", c.Original.Path, c.Original.Line) == place {
			found = append(found, c.Body)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d comments at %s, want one", len(found), place)
	}
	return found[0]
}

func TestPackagesThatHarmAreSaidOnceAtTheLineThatAsksForThem(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		m := openMarket(t)
		w := newWorld(t, enforcing(project(t, map[string]string{"sturdy": "1.0.0"}, "solid==1.4")), m.lookingUp(t))
		files := project(t, map[string]string{"leaky": "1.0.0", "made-up-by-a-model": "1.0.0", "risen": "1.0.0", "sturdy": "1.0.0", "trap": "1.0.0"}, "porous==1.4", "solid==1.4")
		pull := w.open("feature", "main", files)
		gate := w.concluded(pull.Head(), "Assay", "failure")

		want := []string{"package.json:4", "package.json:5", "package.json:8", "requirements.txt:1"}
		if places := placedAt(pull); !slices.Equal(places, want) {
			t.Fatalf("comments at %v, want %v\n%s", places, want, gate.Summary)
		}
		leaky := w.commentAt(pull, "package.json:4")
		for i := range leaks {
			if id := fmt.Sprintf("GHSA-%04d-%04d-%04d", i, i, i); !strings.Contains(leaky, id) {
				t.Errorf("the comment on leaky lacks %s:\n%s", id, leaky)
			}
		}
		for place, suggestion := range map[string]string{
			"package.json:4":     "```suggestion\n    \"leaky\": \"2.0.0\",\n```",
			"requirements.txt:1": "```suggestion\nporous==1.5\n```",
		} {
			if body := w.commentAt(pull, place); !strings.Contains(body, suggestion) {
				t.Errorf("the comment at %s lacks the suggestion %q:\n%s", place, suggestion, body)
			}
		}
		for place, said := range map[string]string{"package.json:5": "does not exist", "package.json:8": "Malicious package: trap 1.0.0"} {
			if body := w.commentAt(pull, place); !strings.Contains(body, said) || strings.Contains(body, "```suggestion") {
				t.Errorf("the comment at %s does not say %q, or suggests an edit:\n%s", place, said, body)
			}
		}
		porous := w.commentAt(pull, "requirements.txt:1")
		for _, raw := range []string{"<b>", " @octocat", "](https://evil.example)"} {
			if strings.Contains(porous, raw) {
				t.Errorf("what an advisory says became markup:\n%s", porous)
			}
		}
		if !strings.Contains(gate.Summary, "and 11 more advisories") || !strings.Contains(gate.Summary, "advisories: index of ") || strings.Contains(gate.Summary, "without an answer") {
			t.Errorf("the summary:\n%s", gate.Summary)
		}

		for _, push := range []struct {
			message string
			files   localhub.Files
		}{
			{"Add something else", localhub.Files{"other.txt": "other\n"}},
			{"Move the packages down", localhub.Files{
				"package.json":     strings.Replace(files["package.json"], "{\n", "{\n  \"A\": \"\",\n  \"B\": \"\",\n", 1),
				"requirements.txt": "# what is needed\n" + files["requirements.txt"],
			}},
			{"Change a package that is fine", localhub.Files{"requirements.txt": "porous==1.4\nsolid==1.5\n"}},
		} {
			w.repo.Commit("feature", push.message, w.dev, push.files)
			w.concluded(pull.Head(), "Assay", "failure")
			if n := len(pull.ReviewComments()); n != len(want) || len(pull.Reviews()) != 1 {
				t.Errorf("%s: %d comments in %d reviews, want the %d of before", push.message, n, len(pull.Reviews()), len(want))
			}
		}

		w.repo.Commit("feature", "Put it right", w.dev, project(t, map[string]string{"leaky": "2.0.0", "risen": "1.0.0", "sturdy": "1.0.0"}, "porous==1.5", "solid==1.4"))
		w.concluded(pull.Head(), "Assay", "success")
		if n := len(pull.ReviewComments()); n != len(want) {
			t.Errorf("%d comments once all is right, want the %d of before", n, len(want))
		}
	})
}

func TestOnlyHolesThatAChangeBringsAreItsOwn(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		m := openMarket(t)
		before := map[string]string{"leaky": "1.0.0", "risen": "1.0.0", "trap": "1.0.0"}
		w := newWorld(t, enforcing(project(t, before, "porous==1.4")), m.lookingUp(t))
		for name, test := range map[string]struct {
			npm          map[string]string
			requirements string
			want         []string
		}{
			"a package beside them":            {map[string]string{"leaky": "1.0.0", "risen": "1.0.0", "sturdy": "1.0.0", "trap": "1.0.0"}, "porous==1.4", nil},
			"an upgrade that closes no hole":   {map[string]string{"leaky": "1.1.0", "risen": "1.0.0", "trap": "1.0.0"}, "porous==1.4", nil},
			"one package fewer":                {map[string]string{"leaky": "1.0.0", "trap": "1.0.0"}, "porous==1.4", nil},
			"a line that is written otherwise": {before, "porous == 1.4  # old", nil},
			"an upgrade into a hole":           {map[string]string{"leaky": "1.0.0", "risen": "1.5.0", "trap": "1.0.0"}, "porous==1.4", []string{"package.json:5"}},
		} {
			t.Run(name, func(t *testing.T) {
				pull := w.open(strings.ReplaceAll(name, " ", "-"), "main", project(t, test.npm, test.requirements))
				conclusion := "success"
				if len(test.want) > 0 {
					conclusion = "failure"
				}
				gate := w.concluded(pull.Head(), "Assay", conclusion)
				if places := placedAt(pull); !slices.Equal(places, test.want) {
					t.Errorf("comments at %v, want %v\n%s", places, test.want, gate.Summary)
				}
			})
		}
	})
}

func TestLookUpsWithoutAnAnswerAreSaidAndThePolicyDecides(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		for policy, conclusion := range map[string]string{"allow": "success", "block": "failure"} {
			t.Run(policy, func(t *testing.T) {
				m := openMarket(t)
				m.depsDev.Fail()
				m.registry.Fail()
				files := project(t, nil, "solid==1.4")
				files[".github/assay.yml"] = "mode: enforce\non_unknown: " + policy + "\n"
				w := newWorld(t, enforcing(files), m.lookingUp(t))
				pull := w.open("feature", "main", project(t, map[string]string{"made-up-by-a-model": "1.0.0", "sturdy": "1.0.0"}, "solid==1.4"))
				gate := w.concluded(pull.Head(), "Assay", conclusion)
				says := []string{"2 look-ups without an answer, such as npm made-up-by-a-model", "| `npm made-up-by-a-model` |", "| `npm sturdy` |"}
				if policy == "block" {
					says = append(says, "### Could not be looked up", "re-run this check")
				}
				for _, want := range says {
					if !strings.Contains(gate.Summary, want) {
						t.Errorf("the summary lacks %q:\n%s", want, gate.Summary)
					}
				}
				if places := placedAt(pull); places != nil {
					t.Errorf("comments at %v on what nobody knows", places)
				}
				other := w.open("other", "main", localhub.Files{"requirements.txt": "# no package\nsolid==1.4\n"})
				w.concluded(other.Head(), "Assay", "success")
			})
		}
	})
}

func TestAPublicNamesakeOfAPrivatePackageIsSaidByThePolicyOfTheTarget(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		m := openMarket(t)
		files := project(t, map[string]string{"sturdy": "1.0.0"})
		files[".github/assay.yml"] = "mode: enforce\nprivate_packages: ['acme-*']\n"
		w := newWorld(t, enforcing(files), m.lookingUp(t))
		files = project(t, map[string]string{"acme-forms": "1.0.0", "acme-private": "1.0.0", "sturdy": "1.0.0"})
		files[".github/assay.yml"] = "mode: enforce\n" // judged by what stood there before
		pull := w.open("feature", "main", files)
		w.concluded(pull.Head(), "Assay", "failure")
		if places := placedAt(pull); !slices.Equal(places, []string{"package.json:4"}) {
			t.Fatalf("comments at %v, want one on the package that is public, too", places)
		}
		if body := w.commentAt(pull, "package.json:4"); !strings.Contains(body, "dependency-confusion") {
			t.Errorf("the comment:\n%s", body)
		}
	})
}

func TestTheIndexIsReadAnewWhenItIsUpdatedAndItsAgeIsSaid(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		m := openMarket(t)
		elsewhere := lookuptest.Advisory{ID: "GHSA-0000-0000-0000", Ecosystem: "npm", Package: "elsewhere", Fixed: "2.0.0"}
		lookuptest.UpdateAsOf(t, m.index, time.Now().AddDate(0, 0, -30), elsewhere)
		w := newWorld(t, enforcing(project(t, nil)), m.lookingUp(t))
		pull := w.open("feature", "main", project(t, map[string]string{"leaky": "1.0.0"}))
		gate := w.concluded(pull.Head(), "Assay", "success")
		if !strings.Contains(gate.Summary, "stale: 30 days old; run assay advisories update") {
			t.Errorf("the summary does not say how old the index is:\n%s", gate.Summary)
		}
		lookuptest.Update(t, m.index, advisoriesOfMarket()...)
		w.repo.Rerequest(gate.ID, w.dev)
		gate = w.concluded(pull.Head(), "Assay", "failure")
		if strings.Contains(gate.Summary, "stale") {
			t.Errorf("the summary still says that the index is stale:\n%s", gate.Summary)
		}
		if places := placedAt(pull); !slices.Equal(places, []string{"package.json:4"}) {
			t.Errorf("comments at %v", places)
		}
	})
}

func TestTheProgramUsesTheIndexThatItsUpdateLeavesInTheDataFolder(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(project(t, nil)))
	w.launch(freeAddress(t)) // offline, as all programs of these tests
	files := project(t, map[string]string{"leaky": "1.0.0"})
	early := w.open("early", "main", files)
	if gate := w.concluded(early.Head(), "Assay", "success"); !strings.Contains(gate.Summary, "advisories: look-ups are switched off") {
		t.Errorf("the summary does not say that nothing was looked up:\n%s", gate.Summary)
	}
	export := lookuptest.Export(t, advisoriesOfMarket()...)
	if out, err := exec.Command(binary, "advisories", "update", "--data", w.data, "--from", export).CombinedOutput(); err != nil {
		t.Fatalf("update: %v\n%s", err, out)
	}
	late := w.open("late", "main", files)
	gate := w.concluded(late.Head(), "Assay", "failure")
	if places := placedAt(late); !slices.Equal(places, []string{"package.json:4"}) {
		t.Errorf("comments at %v\n%s", places, gate.Summary)
	}
}

func TestWithoutAdvisoriesAChangeThatAddsPackagesIsIncomplete(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		m := openMarket(t)
		m.index = filepath.Join(t.TempDir(), "gone.db")
		m.osv.Close() // before it was asked anything
		w := newWorld(t, enforcing(project(t, map[string]string{"sturdy": "1.0.0"})), m.lookingUp(t))
		pull := w.open("feature", "main", project(t, map[string]string{"risen": "1.0.0", "sturdy": "1.0.0"}))
		gate := w.concluded(pull.Head(), "Assay", "failure")
		if !strings.Contains(gate.Summary, "packages were not compared with advisories: there is no advisory index, and OSV gave no answer") {
			t.Errorf("the summary does not say why:\n%s", gate.Summary)
		}
		other := w.open("other", "main", localhub.Files{"README.md": "# shop\n"})
		w.concluded(other.Head(), "Assay", "success")
	})
}
