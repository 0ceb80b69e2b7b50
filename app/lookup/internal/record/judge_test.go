package record

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// about reads statements and gives what they say of one package.
func about(t *testing.T, ecosystem, name string, statements ...string) []Record {
	t.Helper()
	var records []Record
	for _, text := range statements {
		s, err := Read([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		all, err := s.About(ecosystem)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if r, ok := all[Name(ecosystem, name)]; ok && !s.Withdrawn {
			records = append(records, r)
		}
	}
	return records
}

// affecting is a statement about package "p" with parts of an affected entry.
func affecting(id, ecosystem, parts string, aliases ...string) string {
	return fmt.Sprintf(`{"id":%q,"aliases":["%s"],"affected":[{"package":{"ecosystem":%q,"name":"p"},%s}]}`, id, strings.Join(aliases, `","`), ecosystem, parts)
}

func ref(ecosystem, version string) judge.Ref {
	return judge.Ref{Name: judge.Name{Ecosystem: ecosystem, Name: "p"}, Version: version}
}

func TestWhichVersionsAnAdvisoryHoldsFor(t *testing.T) {
	ranges := func(kind, events string) string {
		return fmt.Sprintf(`"ranges":[{"type":%q,"events":[%s]}]`, kind, events)
	}
	for _, test := range []struct {
		name, ecosystem, parts string
		holds, not             string // versions, separated by spaces
	}{
		{"from the beginning to a fix", "npm", ranges("SEMVER", `{"introduced":"0"},{"fixed":"1.2.3"}`), "0.0.1 1.2.2 1.2.3-rc.1 0.0.0-alpha", "1.2.3 1.2.4 2.0.0"},
		{"two release lines", "npm", ranges("SEMVER", `{"introduced":"1.0.0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}`), "1.0.0 1.1.9 2.0.5", "0.9.0 1.2.0 1.9.9 2.1.0"},
		{"two release lines told in two ranges", "npm", `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0"},{"fixed":"1.2.0"}]},{"type":"SEMVER","events":[{"introduced":"2.0.0"},{"fixed":"2.1.0"}]}]`, "1.1.0 2.0.5", "1.5.0 2.1.0"},
		{"release lines told newest first", "PyPI", ranges("ECOSYSTEM", `{"introduced":"2.0"},{"fixed":"2.2"},{"introduced":"1.0"},{"fixed":"1.4"}`), "1.0 1.3 2.1", "0.9 1.4 1.9 2.2"},
		{"each event on its own, fix first", "npm", ranges("SEMVER", `{"fixed":"1.2.0"},{"introduced":"0"}`), "1.1.0", "1.2.0"},
		{"nothing is fixed", "npm", ranges("SEMVER", `{"introduced":"1.0.0"}`), "1.0.0 99.0.0", "0.9.9"},
		{"the last affected version is affected", "npm", ranges("SEMVER", `{"introduced":"0"},{"last_affected":"1.5.0"}`), "1.4.0 1.5.0", "1.5.1"},
		{"a single affected version", "npm", ranges("SEMVER", `{"introduced":"1.5.0"},{"last_affected":"1.5.0"}`), "1.5.0", "1.4.9 1.5.1"},
		{"a line begins where another is fixed", "npm", ranges("SEMVER", `{"introduced":"1.0.0"},{"fixed":"2.0.0"},{"introduced":"2.0.0"},{"fixed":"3.0.0"}`), "1.5.0 2.0.0 2.5.0", "3.0.0"},
		{"a line begins where a later one is told to be fixed", "npm", ranges("SEMVER", `{"introduced":"2.0.0"},{"fixed":"3.0.0"},{"introduced":"1.0.0"},{"fixed":"2.0.0"}`), "1.5.0 2.0.0 2.5.0", "3.0.0"},
		{"what is fixed where it is introduced never was", "crates.io", ranges("SEMVER", `{"introduced":"0"},{"fixed":"0.8.0"},{"introduced":"0.10.0"},{"fixed":"0.10.0"}`), "0.7.0", "0.8.0 0.10.0 0.11.0"},
		{"a limit", "npm", ranges("SEMVER", `{"introduced":"1.0.0"},{"limit":"2.0.0"}`), "1.0.0 1.9.9", "2.0.0 0.1.0"},
		{"any of several limits", "npm", ranges("SEMVER", `{"introduced":"1.0.0"},{"limit":"2.0.0"},{"limit":"3.0.0"}`), "2.5.0", "3.0.0"},
		{"no limit at all", "npm", ranges("SEMVER", `{"introduced":"1.0.0"},{"limit":"*"}`), "9.0.0", "0.1.0"},
		{"commits are no versions", "npm", ranges("GIT", `{"introduced":"0"},{"fixed":"aaaaaaaa"}`), "", "1.0.0"},
		{"versions after commits", "npm", `"ranges":[{"type":"GIT","events":[{"introduced":"0"}]},{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.0.0"}]}]`, "0.5.0", "1.0.0"},
		{"versions by name", "npm", `"versions":["1.0.0","1.0.1"]`, "1.0.0 1.0.1", "1.0.2 1.0"},
		{"versions by name or in a range", "npm", `"versions":["3.0.0"],` + ranges("SEMVER", `{"introduced":"0"},{"fixed":"1.0.0"}`), "0.1.0 3.0.0", "1.0.0 3.0.1"},
		{"Python's versions without their zeros", "PyPI", `"versions":["1.0.0","2.0rc1","2.1.0.dev1"]`, "1.0 1 1.0.0 2.0rc1 2.1.dev1", "1.0.1 2.0"},
		{"Python's pre-releases", "PyPI", ranges("ECOSYSTEM", `{"introduced":"0"},{"fixed":"2.0"}`), "2.0rc1 2.0.dev3 1.9.post1", "2.0 2.0.0 2.0.post1"},
		{"Go's versions with and without v", "Go", ranges("SEMVER", `{"introduced":"0"},{"fixed":"1.2.0"}`), "v1.1.0 1.1.0 v0.0.0-20230101000000-abcdefabcdef v1.1.9+incompatible", "v1.2.0 1.2.0"},
		{"Maven's words", "Maven", ranges("ECOSYSTEM", `{"introduced":"0"},{"fixed":"2.0.0"}`), "2.0.0-alpha-1 1.0.RELEASE", "2.0.0 2.0.0.Final 2.1-SNAPSHOT"},
		{"NuGet's four numbers", "NuGet", ranges("ECOSYSTEM", `{"introduced":"1.0.0.1"},{"fixed":"1.0.0.3"}`), "1.0.0.2", "1.0.0 1.0.0.3"},
		{"an action's full tag", actions, ranges("ECOSYSTEM", `{"introduced":"0"},{"fixed":"4.1.7"}`), "v4.1.6 4.1.6 v3", "v4.1.7 v5.0.0"},
		{"a moving tag is the newest that it can be", actions, ranges("ECOSYSTEM", `{"introduced":"2.0.0"},{"fixed":"4.1.7"}`), "v3 v2.5 v4.0", "v4 v4.1 v1 v5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			records := about(t, test.ecosystem, "p", affecting("GHSA-a", test.ecosystem, test.parts))
			for _, version := range strings.Fields(test.holds) {
				if j := Judge(ref(test.ecosystem, version), records); len(j.Advisories) != 1 {
					t.Errorf("%s is not affected (unknown: %q)", version, j.Unknown)
				}
			}
			for _, version := range strings.Fields(test.not) {
				if j := Judge(ref(test.ecosystem, version), records); len(j.Advisories) != 0 || j.Unknown != "" {
					t.Errorf("%s is affected (unknown: %q)", version, j.Unknown)
				}
			}
		})
	}
}

func TestWhatIsNoVersionIsUnknown(t *testing.T) {
	old := `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.0"}]}]`
	for _, test := range []struct{ ecosystem, version, reason string }{
		{"npm", "", "no exact version"},
		{"npm", "latest", "no exact version"},
		{"npm", "^1.0.0", "no exact version"},
		{"npm", "1.0.0 || 2.0.0", "no exact version"},
		{"PyPI", "${VERSION}", "no exact version"},
		{"Packagist", "dev-master", "no exact version"},
		{"Maven", "LATEST", "no exact version"},
		{"Maven", "[1.0,2.0)", "no exact version"},
		{actions, "main", "no exact version"},
		{actions, "8f4b7f84864484a7bf31766abe9204da3cbe65b3", "a commit, and advisories name versions"},
		{"npm", strings.Repeat("1", MaxVersion+1), "a version of more than 128 bytes"},
	} {
		records := about(t, test.ecosystem, "p", affecting("GHSA-a", test.ecosystem, old))
		j := Judge(ref(test.ecosystem, test.version), records)
		if j.Unknown != test.reason || len(j.Advisories) != 0 {
			t.Errorf("%s %q: unknown %q, %d advisories; want unknown %q", test.ecosystem, test.version, j.Unknown, len(j.Advisories), test.reason)
		}
		if j := Judge(ref(test.ecosystem, test.version), nil); j.Unknown != "" {
			t.Errorf("%s %q is unknown (%s), although no advisory is about the package", test.ecosystem, test.version, j.Unknown)
		}
	}
	t.Run("unless all versions are affected", func(t *testing.T) {
		for _, version := range []string{"", "latest", "8f4b7f84864484a7bf31766abe9204da3cbe65b3"} {
			records := about(t, "npm", "p", affecting("MAL-a", "npm", `"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]`))
			if j := Judge(ref("npm", version), records); len(j.Advisories) != 1 || j.Unknown != "" {
				t.Errorf("%q is not affected: %+v", version, j)
			}
		}
	})
	t.Run("unless it is listed by name", func(t *testing.T) {
		records := about(t, "Packagist", "p", affecting("GHSA-a", "Packagist", `"versions":["dev-master"]`))
		if j := Judge(ref("Packagist", "dev-master"), records); len(j.Advisories) != 1 {
			t.Errorf("dev-master is not affected: %+v", j)
		}
	})
	t.Run("and so is one that an advisory's own version cannot be compared with", func(t *testing.T) {
		records := about(t, "CRAN", "p", affecting("GHSA-a", "CRAN", `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"soon"}]}]`))
		if j := Judge(ref("CRAN", "1.0"), records); j.Unknown != `an advisory names "soon", which is no version` {
			t.Errorf("unknown: %q", j.Unknown)
		}
	})
}

func TestWhichVersionIsFixedAndSafe(t *testing.T) {
	events := func(events string) string { return `"ranges":[{"type":"SEMVER","events":[` + events + `]}]` }
	for _, test := range []struct {
		name        string
		statements  []string
		version     string
		fixed, safe string // fixed by the first advisory
	}{
		{"the fix", []string{affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"}`))}, "1.0.0", "1.2.0", "1.2.0"},
		{"the fix of the same release line", []string{affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"fixed":"2.3.0"}`))}, "2.1.0", "2.3.0", "2.3.0"},
		{"none is known after the last affected version", []string{affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"last_affected":"1.2.0"}`))}, "1.0.0", "", ""},
		{"none is known of versions by name", []string{affecting("GHSA-a", "npm", `"versions":["1.0.0"]`)}, "1.0.0", "", ""},
		{"a fix that another advisory holds for is not safe", []string{
			affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"}`)),
			affecting("GHSA-b", "npm", events(`{"introduced":"0"},{"fixed":"1.1.0"},{"introduced":"1.2.0"},{"fixed":"1.2.4"}`)),
		}, "1.0.0", "1.2.0", "1.2.4"},
		{"nothing is safe while one has no fix", []string{
			affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"}`)),
			affecting("GHSA-b", "npm", events(`{"introduced":"0"}`)),
		}, "1.0.0", "1.2.0", ""},
		{"nothing is safe when what covers the fix has none", []string{
			affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"}`)),
			affecting("MAL-b", "npm", `"versions":["1.2.0"]`),
		}, "1.0.0", "1.2.0", ""},
		{"of two records of one advisory, one of which knows no fix", []string{
			affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"}`), "CVE-2026-1"),
			affecting("NSWG-a", "npm", `"versions":["1.0.0"]`, "CVE-2026-1"),
		}, "1.0.0", "", ""},
		{"of two records of one advisory, the later fix", []string{
			affecting("GHSA-a", "npm", events(`{"introduced":"0"},{"fixed":"1.2.0"}`), "CVE-2026-1"),
			affecting("NSWG-a", "npm", events(`{"introduced":"0"},{"fixed":"1.3.0"}`), "CVE-2026-1"),
		}, "1.0.0", "1.3.0", "1.3.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := Judge(ref("npm", test.version), about(t, "npm", "p", test.statements...))
			if len(j.Advisories) == 0 || j.Advisories[0].Fixed != test.fixed || j.Safe != test.safe {
				t.Errorf("%+v\nwant fixed %q and safe %q", j, test.fixed, test.safe)
			}
		})
	}
	t.Run("a chain of fixes ends at a bound", func(t *testing.T) {
		var records []Record
		for i := range maxRises + 5 {
			records = append(records, about(t, "npm", "p", affecting(fmt.Sprint("GHSA-", i), "npm", events(fmt.Sprintf(`{"introduced":"%d.0.0"},{"fixed":"%d.0.0"}`, i, i+1))))...)
		}
		if j := Judge(ref("npm", "0.0.0"), records); j.Safe != "" || len(j.Advisories) != 1 {
			t.Errorf("%+v", j)
		}
		if j := Judge(ref("npm", "10.0.0"), records); j.Safe != fmt.Sprintf("%d.0.0", maxRises+5) {
			t.Errorf("%+v", j)
		}
	})
}

func TestRecordsThatAliasEachOtherAreOneAdvisory(t *testing.T) {
	all := `"versions":["1.0.0"]`
	for _, test := range []struct {
		name       string
		ecosystem  string
		statements []string
		want       []string // ids, each with its aliases
	}{
		{"by a common CVE", "PyPI", []string{affecting("PYSEC-2026-1", "PyPI", all, "CVE-2026-1"), affecting("GHSA-x", "PyPI", all, "CVE-2026-1")}, []string{"GHSA-x PYSEC-2026-1 CVE-2026-1"}},
		{"by each other's id", "Go", []string{affecting("GO-2026-1", "Go", all, "GHSA-x"), affecting("GHSA-x", "Go", all)}, []string{"GHSA-x GO-2026-1"}},
		{"through a third", "PyPI", []string{affecting("PYSEC-1", "PyPI", all, "CVE-2026-1"), affecting("GHSA-x", "PyPI", all, "CVE-2026-2"), affecting("OSV-1", "PyPI", all, "CVE-2026-1", "CVE-2026-2")}, []string{"GHSA-x OSV-1 PYSEC-1 CVE-2026-1 CVE-2026-2"}},
		{"not when they share none", "npm", []string{affecting("GHSA-y", "npm", all, "CVE-2026-2"), affecting("GHSA-x", "npm", all, "CVE-2026-1")}, []string{"GHSA-x CVE-2026-1", "GHSA-y CVE-2026-2"}},
		{"under an id that is only mentioned, when it is better known", "PyPI", []string{affecting("PYSEC-1", "PyPI", all, "CVE-2026-1", "GHSA-m")}, []string{"GHSA-m PYSEC-1 CVE-2026-1"}},
		{"under a record's own id before one that is mentioned", "npm", []string{affecting("GHSA-z", "npm", all, "GHSA-a")}, []string{"GHSA-z GHSA-a"}},
		{"under the ecosystem's own id before a CVE", "crates.io", []string{affecting("RUSTSEC-1", "crates.io", all, "CVE-2026-1")}, []string{"RUSTSEC-1 CVE-2026-1"}},
		{"under that of the malicious package", "npm", []string{affecting("GHSA-x", "npm", all, "MAL-2026-1"), affecting("MAL-2026-1", "npm", all)}, []string{"MAL-2026-1 GHSA-x"}},
		{"and a record that is there twice", "npm", []string{affecting("GHSA-x", "npm", all), affecting("GHSA-x", "npm", all)}, []string{"GHSA-x"}},
		{"but not one that was withdrawn", "npm", []string{affecting("GHSA-x", "npm", all), strings.Replace(affecting("GHSA-w", "npm", all), "{", `{"withdrawn":"2026-01-01T00:00:00Z",`, 1)}, []string{"GHSA-x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, a := range Judge(ref(test.ecosystem, "1.0.0"), about(t, test.ecosystem, "p", test.statements...)).Advisories {
				got = append(got, strings.TrimSpace(a.ID+" "+strings.Join(a.Aliases, " ")))
				if a.Malicious != strings.HasPrefix(a.ID, "MAL-") {
					t.Errorf("%s: malicious is %v", a.ID, a.Malicious)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnAdvisoryTakesTheGraverOfItsRecords(t *testing.T) {
	records := []Record{
		{ID: "PYSEC-1", Aliases: []string{"GHSA-x"}, Summary: "Python's", Severity: checks.Low, Score: 3.1, CWE: []string{"CWE-79"}, Published: time.Unix(200, 0).UTC(), Versions: "\n1\n"},
		{ID: "GHSA-x", Summary: "GitHub's", Severity: checks.High, Score: 7.5, CWE: []string{"CWE-22", "CWE-79"}, Published: time.Unix(100, 0).UTC(), EPSS: 0.4, Exploited: true, Versions: "\n1\n"},
	}
	got := Judge(ref("PyPI", "1.0"), records).Advisories
	want := []judge.Advisory{{ID: "GHSA-x", Aliases: []string{"PYSEC-1"}, Summary: "GitHub's", Severity: checks.High, Score: 7.5, CWE: []string{"CWE-22", "CWE-79"}, Published: time.Unix(100, 0).UTC(), EPSS: 0.4, Exploited: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheGravestComesFirst(t *testing.T) {
	one := func(id string, severity checks.Severity, score float64, exploited bool) Record {
		return Record{ID: id, Severity: severity, Score: score, Exploited: exploited, Versions: "\n1\n"}
	}
	records := []Record{
		one("GHSA-unscored", "", 0, false), one("GHSA-low", checks.Low, 2, false), one("GHSA-b", checks.High, 7.5, false), one("GHSA-a", checks.High, 7.5, false),
		one("GHSA-exploited", checks.High, 7.5, true), one("GHSA-worse", checks.High, 8.1, false), one("GHSA-critical", checks.Critical, 9.8, false), one("MAL-1", "", 0, false),
	}
	var got []string
	for _, a := range Judge(ref("PyPI", "1.0"), records).Advisories {
		got = append(got, a.ID)
	}
	want := []string{"MAL-1", "GHSA-critical", "GHSA-worse", "GHSA-exploited", "GHSA-a", "GHSA-b", "GHSA-low", "GHSA-unscored"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
