package lookup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay/app/lookup/lookuptest"
	"github.com/assay-app/assay/app/lookup/names"
	"github.com/assay-app/assay/app/lookup/osv"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// hole and trap are what is known of two packages.
var (
	hole = lookuptest.Advisory{ID: "GHSA-aaaa-bbbb-cccc", Ecosystem: "npm", Package: "leaky", Fixed: "2.0.0", Versions: []string{"1.0.0"}, Summary: "Leaks", Severity: "HIGH"}
	trap = lookuptest.Advisory{ID: "MAL-2026-1", Ecosystem: "npm", Package: "trap", Versions: []string{"1.0.0"}, Summary: "Steals"}
)

func npm(name string, origin checks.Origin) checks.Package {
	return checks.Package{Ecosystem: "npm", Name: name, Version: "1.0.0", Role: checks.Direct, Origin: origin, Revision: checks.AtHead}
}

// world is a Lookup and those whom it may ask.
type world struct {
	*Lookup
	osv, depsDev *lookuptest.Server
}

// newWorld has OSV and deps.dev answer; change turns that off.
func newWorld(t *testing.T, change func(*Config)) *world {
	t.Helper()
	old := time.Now().AddDate(-3, 0, 0)
	w := &world{
		osv: lookuptest.OSV(t, hole, trap),
		depsDev: lookuptest.DepsDev(t,
			lookuptest.Package{Ecosystem: "npm", Name: "leaky", Versions: []string{"1.0.0"}, First: old},
			lookuptest.Package{Ecosystem: "npm", Name: "trap", Versions: []string{"1.0.0"}, First: old}),
	}
	online, err := osv.New(osv.Options{Base: w.osv.URL, RequestTime: time.Minute, LookupTime: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	known, err := names.New(names.Config{DepsDev: w.depsDev.URL})
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Online: online, Names: known}
	change(&config)
	if w.Lookup, err = New(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// judged gives the rules of what is found, in order, and the answers.
func (w *world) judged(t *testing.T, packages ...checks.Package) (string, judge.Answers) {
	t.Helper()
	found, answers, err := w.Judge(t.Context(), packages)
	if err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range found {
		rules = append(rules, string(f.Rule)+" "+f.Package.Name)
	}
	slices.Sort(rules)
	return strings.Join(rules, ", "), answers
}

const both = "malicious-package trap, vulnerable-package leaky"

func TestAdvisoriesComeFromTheIndexWhenThereIsOne(t *testing.T) {
	path := lookuptest.Index(t, hole, trap)
	w := newWorld(t, func(c *Config) { c.Index = path })
	found, answers := w.judged(t, npm("leaky", ""), npm("trap", checks.Mirror))
	if found != both || answers.Database.Source != "index" || answers.Database.Records != 2 || answers.Database.Built.IsZero() {
		t.Errorf("found %q by %+v", found, answers.Database)
	}
	if asked := w.osv.Asked(); asked != "" {
		t.Errorf("OSV was asked although there is an index: %s", asked)
	}
}

func TestWithoutAnIndexOSVIsAsked(t *testing.T) {
	for name, path := range map[string]string{"none is configured": "", "none is there": filepath.Join(t.TempDir(), "advisories.db")} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *Config) { c.Index = path })
			found, answers := w.judged(t, npm("leaky", ""), npm("trap", ""))
			if found != both || answers.Database.Source != "osv.dev" || len(answers.Unknown) > 0 {
				t.Errorf("found %q by %+v, unknown are %v", found, answers.Database, answers.Unknown)
			}
		})
	}
}

func TestNamesThatMayBePrivateLeaveTheHouseNowhere(t *testing.T) {
	for _, origin := range []checks.Origin{checks.Private, checks.Mirror, checks.Local, checks.Git, checks.URL} {
		t.Run(string(origin), func(t *testing.T) {
			w := newWorld(t, func(*Config) {})
			found, answers := w.judged(t, npm("leaky", ""), npm("trap", origin))
			if found != "vulnerable-package leaky" {
				t.Errorf("found %q", found)
			}
			for _, asked := range []string{w.osv.Asked(), w.depsDev.Asked()} {
				if strings.Contains(asked, "trap") || !strings.Contains(asked, "leaky") {
					t.Errorf("was asked: %s", asked)
				}
			}
			// A mirror may hold the public package of that name: that it was not compared with advisories is said.
			if said := len(answers.Unknown) == 1 && answers.Unknown[0].Ref.Name.Name == "trap"; said != (origin == checks.Mirror) {
				t.Errorf("unknown are %v", answers.Unknown)
			}
		})
	}
}

func TestOfNamesThatPolicyReservesOnlyWhetherTheyArePublicIsAsked(t *testing.T) {
	p := npm("trap", "")
	p.Reserved = true
	w := newWorld(t, func(*Config) {})
	if found, _ := w.judged(t, npm("leaky", ""), p); found != "dependency-confusion trap, vulnerable-package leaky" {
		t.Errorf("found %q", found)
	}
	if asked := w.osv.Asked(); strings.Contains(asked, "trap") {
		t.Errorf("OSV was asked: %s", asked)
	}
	if asked := w.depsDev.Asked(); !strings.Contains(asked, "trap") || strings.Contains(asked, "1.0.0") {
		t.Errorf("deps.dev was asked: %s", asked)
	}
	index := newWorld(t, func(c *Config) { c.Index = lookuptest.Index(t, trap) })
	if found, _ := index.judged(t, p); found != "dependency-confusion trap, malicious-package trap" {
		t.Errorf("with an index: found %q", found)
	}
}

func TestADamagedIndexIsNeverPassedOverInSilence(t *testing.T) {
	whole, err := os.ReadFile(lookuptest.Index(t, hole, trap))
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	tests := map[string]struct {
		content []byte
		says    string
	}{
		"it is something else": {[]byte("advisories"), "no advisory index"},
		"it is empty":          {nil, "no advisory index"},
		"a bit flipped":        {flipped, "checksum"},
		"its end is missing":   {whole[:len(whole)/2], "no advisory index"},
	}
	for name, test := range tests {
		for _, offline := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, offline %t", name, offline), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "advisories.db")
				if err := os.WriteFile(path, test.content, 0o600); err != nil {
					t.Fatal(err)
				}
				w := newWorld(t, func(c *Config) { c.Index, c.Offline = path, offline })
				found, answers := w.judged(t, npm("leaky", ""))
				if found != "" || !strings.Contains(answers.Database.Missing, test.says) || answers.Database.Off {
					t.Errorf("found %q by %+v", found, answers.Database)
				}
				if asked := w.osv.Asked(); asked != "" {
					t.Errorf("OSV was asked instead: %s", asked)
				}
			})
		}
	}
	t.Run("it is a folder", func(t *testing.T) {
		path := t.TempDir()
		w := newWorld(t, func(c *Config) { c.Index = path })
		if _, answers := w.judged(t, npm("leaky", "")); !strings.Contains(answers.Database.Missing, "no regular file") {
			t.Errorf("got %+v", answers.Database)
		}
	})
}

func TestADamagedIndexThatIsPutRightIsUsedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "advisories.db")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.Index = path })
	if _, answers := w.judged(t, npm("leaky", "")); answers.Database.Missing == "" {
		t.Fatal("the damage went unnoticed")
	}
	lookuptest.Update(t, path, hole)
	if found, answers := w.judged(t, npm("leaky", "")); found != "vulnerable-package leaky" {
		t.Errorf("found %q by %+v", found, answers.Database)
	}
}

func TestAnUpdateReachesTheNextReviewAndLeavesThoseUnderWayAlone(t *testing.T) {
	path := lookuptest.Index(t, hole)
	w := newWorld(t, func(c *Config) { c.Index = path })
	held, err := w.open()
	if err != nil {
		t.Fatal(err)
	}
	lookuptest.Update(t, path, hole, trap)
	if found, _ := w.judged(t, npm("leaky", ""), npm("trap", "")); found != both {
		t.Errorf("after the update: found %q", found)
	}
	ref := judge.Ref{Name: judge.Name{Ecosystem: "npm", Name: "leaky"}, Version: "1.0.0"}
	if result, err := held.Lookup(t.Context(), []judge.Ref{ref}); err != nil || len(result.Advisories[ref]) != 1 || held.Database().Records != 1 {
		t.Errorf("the review under way: %v, %v", result, err)
	}
	if n := openFiles(t, path); n != 2 {
		t.Errorf("%d files are open, want the old index and the new one", n)
	}
	held.release()
	if n := openFiles(t, path); n != 1 {
		t.Errorf("%d files are open when nobody uses the old index any more, want the new one", n)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, answers := w.judged(t, npm("leaky", "")); answers.Database.Source != "osv.dev" {
		t.Errorf("after the index was removed: %+v", answers.Database)
	}
}

// openFiles counts the open files of a path, also those that another one has replaced.
func openFiles(t *testing.T, path string) int {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && strings.TrimSuffix(to, " (deleted)") == path {
			n++
		}
	}
	return n
}

func TestAnIndexThatIsOverwrittenInPlaceIsReadAnew(t *testing.T) {
	path := lookuptest.Index(t, hole)
	w := newWorld(t, func(c *Config) { c.Index = path })
	if found, _ := w.judged(t, npm("trap", "")); found != "" {
		t.Fatalf("found %q", found)
	}
	other, err := os.ReadFile(lookuptest.Index(t, hole, trap))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o600); err != nil { // as cp does, unlike mv
		t.Fatal(err)
	}
	if found, answers := w.judged(t, npm("trap", "")); found != "malicious-package trap" {
		t.Errorf("found %q by %+v", found, answers.Database)
	}
}

func TestWhenNobodyAnswersAdvisoriesAreMissing(t *testing.T) {
	w := newWorld(t, func(*Config) {})
	w.osv.Close()
	w.depsDev.Close()
	found, answers := w.judged(t, npm("leaky", ""), npm("trap", ""))
	if found != "" || answers.Database.Source != "" || !strings.Contains(answers.Database.Missing, "there is no advisory index, and OSV gave no answer") {
		t.Errorf("found %q by %+v", found, answers.Database)
	}
	for _, u := range answers.Unknown { // names alone: that versions were not compared is said once
		if u.Version != "" {
			t.Errorf("unknown is also %v", u)
		}
	}
	if len(answers.Unknown) != 2 {
		t.Errorf("unknown are %v, want the two names", answers.Unknown)
	}
}

func TestOfAPackageWithoutAVersionNothingIsMissing(t *testing.T) {
	ranged := npm("leaky", "")
	ranged.Version = ""
	for _, index := range []string{"", lookuptest.Index(t, hole)} {
		w := newWorld(t, func(c *Config) { c.Index, c.Names = index, nil })
		found, answers := w.judged(t, ranged)
		if found != "" || answers.Database.Missing != "" || len(answers.Unknown) > 0 {
			t.Errorf("index %q: found %q by %+v, unknown are %v", index, found, answers.Database, answers.Unknown)
		}
		w.osv.Close()
		if _, answers = w.judged(t, ranged); (answers.Database.Missing == "") != (index != "") {
			t.Errorf("index %q, and OSV is gone: %+v", index, answers.Database)
		}
	}
}

func TestWhatOSVCannotTellOfOnePackageIsUnknown(t *testing.T) {
	w := newWorld(t, func(*Config) {})
	strange := npm("le\x01aky", "")
	w.config.Names = nil
	for name, packages := range map[string][]checks.Package{
		"beside others": {npm("leaky", ""), strange},
		"alone":         {strange},
	} {
		t.Run(name, func(t *testing.T) {
			_, answers := w.judged(t, packages...)
			if answers.Database.Missing != "" || len(answers.Unknown) != 1 || answers.Unknown[0].Ref != (judge.Ref{Name: judge.Name{Ecosystem: "npm", Name: strange.Name}, Version: "1.0.0"}) {
				t.Errorf("got %+v, unknown are %v", answers.Database, answers.Unknown)
			}
		})
	}
}

func TestOfflineNobodyIsAsked(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "advisories.db")
	tests := map[string]struct {
		change func(*Config)
		off    bool
		says   string
	}{
		"no index":                        {func(*Config) {}, true, ""},
		"no index where it would be":      {func(c *Config) { c.Index = gone }, true, ""},
		"no index where somebody says so": {func(c *Config) { c.Index, c.Named = gone, true }, false, "there is no advisory index at " + gone},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *Config) {
				c.Offline, c.Names = true, nil
				test.change(c)
			})
			found, answers := w.judged(t, npm("leaky", ""), npm("trap", ""))
			if d := answers.Database; found != "" || d.Off != test.off || d.Missing != test.says || len(answers.Unknown) > 0 {
				t.Errorf("found %q by %+v, unknown are %v", found, answers.Database, answers.Unknown)
			}
			if asked := w.osv.Asked() + w.depsDev.Asked(); asked != "" {
				t.Errorf("somebody was asked: %s", asked)
			}
		})
	}
}

func TestOfflineListsOfNamesAreAskedAndNothingElseIsMissed(t *testing.T) {
	list := filepath.Join(t.TempDir(), "npm.txt")
	if err := os.WriteFile(list, []byte("leaky\ntrap\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := names.New(names.Config{DepsDev: names.Off, Lists: map[string]string{"npm": list}})
	if err != nil {
		t.Fatal(err)
	}
	python := checks.Package{Ecosystem: "PyPI", Name: "made-up", Version: "1.0", Role: checks.Direct, Revision: checks.AtHead}
	for _, offline := range []bool{true, false} {
		w := newWorld(t, func(c *Config) { c.Offline, c.Names = offline, known })
		found, answers := w.judged(t, npm("leaky", ""), npm("made-up", ""), python)
		if !strings.Contains(found, "unknown-package made-up") {
			t.Errorf("offline %t: found %q", offline, found)
		}
		if n := len(answers.Unknown); (n == 0) != offline {
			t.Errorf("offline %t: %d questions without an answer: %v", offline, n, answers.Unknown)
		}
	}
}

func TestTheOneErrorIsThatNobodyWaitsAnyMore(t *testing.T) {
	w := newWorld(t, func(*Config) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := w.Judge(ctx, []checks.Package{npm("leaky", "")}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// reviewsAtOnce is how many reviews share a Lookup in the test, and updates how often the index is replaced meanwhile.
const (
	reviewsAtOnce = 8
	updates       = 5
)

func TestManyReviewsShareOneLookupWhileTheIndexIsReplaced(t *testing.T) {
	path := lookuptest.Index(t, hole, trap)
	w := newWorld(t, func(c *Config) { c.Index = path })
	done := make(chan struct{})
	var reviews sync.WaitGroup
	for range reviewsAtOnce {
		reviews.Go(func() {
			for {
				found, answers, err := w.Judge(context.WithoutCancel(t.Context()), []checks.Package{npm("leaky", ""), npm("trap", "")})
				if err != nil || len(found) != 2 || answers.Database.Missing != "" {
					t.Errorf("found %v by %+v, %v", found, answers.Database, err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range updates {
		lookuptest.Update(t, path, hole, trap)
	}
	close(done)
	reviews.Wait()
	if w.index == nil || w.index.users != 0 || w.index.old {
		t.Errorf("at the end the index has the state %+v", w.index)
	}
}
