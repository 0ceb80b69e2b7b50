package dependency_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
	"github.com/assay-app/assay/checks/internal/text"
)

// answersAtRandom are answers to all questions about packages, the same for the same seed.
func answersAtRandom(packages []checks.Package, seed uint64) judge.Answers {
	random := rand.New(rand.NewPCG(seed, 4))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	a := judge.Answers{
		Now: today, Advisories: map[judge.Ref][]judge.Advisory{}, Safe: map[judge.Ref]string{}, Standings: map[judge.Name]judge.Standing{},
	}
	questions := judge.Ask(packages)
	for _, ref := range append(questions.Refs, questions.Hidden...) {
		for range random.IntN(3) {
			a.Advisories[ref] = append(a.Advisories[ref], judge.Advisory{
				ID: pick("GHSA-1", "CVE-2026-1", "MAL-2026-1", "`\n"), Summary: pick("", "a [b](c) `d` @e\n<f>", "{package}", "\xff\u202e"),
				Severity: checks.Severity(pick("", "critical", "low")), Fixed: pick("", "2.0.0", "; rm"), Malicious: random.IntN(4) == 0,
				Aliases: []string{pick("CVE-2026-2", "\x00")}, EPSS: random.Float64(), Exploited: random.IntN(2) == 0,
			})
		}
		if random.IntN(2) == 0 {
			a.Safe[ref] = pick("1.0.1", "$(x)", ref.Version)
		}
	}
	for _, q := range questions.Names {
		s := judge.Standing{
			State:  []judge.State{judge.Exists, judge.Nonexistent, judge.Removed, judge.Unanswered}[random.IntN(4)],
			Source: pick("deps.dev", "a.example", "`\n"), Authoritative: random.IntN(2) == 0, Releases: random.IntN(5), Versions: judge.Presence{},
		}
		if random.IntN(2) == 0 {
			s.First = today.Add(-time.Duration(random.IntN(1000)) * time.Hour)
		}
		for _, v := range q.Versions {
			s.Versions[v] = random.IntN(2) == 0
		}
		a.Standings[q.Name] = s
	}
	return a
}

// FuzzCheck reads two revisions of a file and judges what it names, whatever the answers are.
func FuzzCheck(f *testing.F) {
	files := fixtures(f)
	names := slices.Sorted(maps.Keys(files))
	names = append(names, "a.sh", "Dockerfile", ".github/workflows/a.yml", ".mcp.json", "AGENTS.md", "a.py", "a.ts", "a.go", "a.ipynb")
	const most = 1 << 14
	for i, name := range names {
		whole := files[name]
		f.Add(i, whole[:min(len(whole), most/4)], whole[:min(len(whole), most)], uint64(i))
	}
	f.Add(len(files), "npx a", "npx -y b@latest\npip install -i http://a.example/ c", uint64(1))
	check, err := ours()
	if err != nil {
		f.Fatal(err)
	}
	j, err := judge.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, kind int, before, after string, seed uint64) {
		name := names[uint(kind)%uint(len(names))]
		if len(before)+len(after) > 2*most {
			return
		}
		base, head := map[string]string{name: before, "package.json": "{}"}, map[string]string{name: after, "package.json": "{}"}
		if seed%4 == 0 {
			base = nil
		}
		c := memoryChange(base, head, nil)
		if seed%5 == 0 {
			c.MergeBaseSHA = ""
		}
		if seed%3 == 0 {
			c.Options.PrivateNames = []string{"@acme/*", "a*", "*"}
		}
		run := func() (checks.Report, []checks.Finding) {
			report, err := check.Run(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			return report, j.Findings(report.Packages, answersAtRandom(report.Packages, seed))
		}
		report, judged := run()
		again, judgedAgain := run()
		if !reflect.DeepEqual(report, again) || !reflect.DeepEqual(judged, judgedAgain) {
			t.Fatalf("a second run says something else: %s", difference(report, again))
		}
		s := &sound{t, c, map[seen]*text.Text{}}
		s.report(&report)
		s.findings(judged)
	})
}

func difference(a, b checks.Report) string {
	return strings.Join([]string{fmt.Sprint(len(a.Findings), len(b.Findings)), fmt.Sprint(len(a.Packages), len(b.Packages)), fmt.Sprint(len(a.Unscanned), len(b.Unscanned))}, "; ")
}
