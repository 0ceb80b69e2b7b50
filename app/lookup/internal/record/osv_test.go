package record

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

func TestWhatIsReadOfAStatement(t *testing.T) {
	text := "\xef\xbb\xbf" + `{
		"schema_version": "1.7.0", "id": "GHSA-xxxx-yyyy-zzzz", "modified": "2026-03-01T00:00:00Z", "published": "2026-02-01T10:00:00.5Z",
		"aliases": ["CVE-2026-1", "not an id", "GHSA-xxxx-yyyy-zzzz"], "related": ["CVE-2026-9"],
		"summary": "  Two\n lines\u202e with\u0000 what is\tnot seen ", "details": "Long.",
		"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
		"affected": [
			{"package": {"ecosystem": "PyPI", "name": "My_Package"}, "ranges": [
				{"type": "GIT", "repo": "https://git.example/x", "events": [{"introduced": "0"}]},
				{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.2"}]}], "versions": ["1.1.0", "1.0"]},
			{"package": {"ecosystem": "PyPI", "name": "my.package"}, "versions": ["0.9"]},
			{"package": {"ecosystem": "npm", "name": "my-package"}, "versions": ["7.0.0"]},
			{"package": {"ecosystem": "Maven:https://repo.example", "name": "g:a"}, "versions": ["1"]},
			{"ranges": [{"type": "GIT", "events": []}]}
		],
		"database_specific": {"severity": "LOW", "cwe_ids": ["CWE-22", "nothing", "CWE-22", 7], "other": {"deep": [1]}}
	}`
	s, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.About("PyPI")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Record{"my-package": {
		ID: "GHSA-xxxx-yyyy-zzzz", Aliases: []string{"CVE-2026-1"}, Summary: "Two lines with what is not seen",
		Severity: checks.Critical, Score: 9.8, CWE: []string{"CWE-22"}, Published: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC),
		Versions: "\n0.9\n1\n1.1\n",
		Ranges:   []Range{{Events: []Event{{Introduced, "1.0"}, {Fixed, "1.2"}}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for ecosystem, name := range map[string]string{"npm": "my-package", "Maven": "g:a"} {
		if all, err := s.About(ecosystem); err != nil || len(all) != 1 || all[name].ID == "" {
			t.Errorf("%s: %v, %v", ecosystem, all, err)
		}
	}
}

func TestWhatIsNoStatement(t *testing.T) {
	for _, text := range []string{"", "nonsense", "[]", "null", "{}", `{"id":""}`, `{"id":7}`, `{"id":"GHSA-a b"}`, `{"id":"../x"}`, `{"id":"` + strings.Repeat("a", MaxID+1) + `"}`, `{"id":"GHSA-a","affected":"all"}`} {
		if s, err := Read([]byte(text)); err == nil {
			t.Errorf("%.40q is read as %s", text, s.ID)
		}
	}
}

func TestWhoeverTakesAnAdvisoryBackSaysWhen(t *testing.T) {
	for withdrawn, want := range map[string]bool{`"2026-01-01T00:00:00Z"`: true, `""`: false, `null`: false, `"0001-01-01T00:00:00Z"`: false, `"never"`: false} {
		s, err := Read([]byte(`{"id":"GHSA-a","withdrawn":` + withdrawn + `}`))
		if err != nil || s.Withdrawn != want {
			t.Errorf("withdrawn %s: %v, %v", withdrawn, s, err)
		}
	}
}

func TestHowGraveAnAdvisoryIs(t *testing.T) {
	v3 := `{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}`
	for _, test := range []struct {
		name, general, specific, affected string
		severity                          checks.Severity
		score                             float64
	}{
		{"nobody scored it", ``, ``, ``, "", 0},
		{"a vector", v3, ``, ``, checks.High, 7.5},
		{"a vector before a word", v3, `"severity":"LOW"`, ``, checks.High, 7.5},
		{"the newest CVSS", v3 + `,{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"},{"type":"CVSS_V2","score":"AV:N/AC:L/Au:N/C:C/I:C/A:C"}`, ``, ``, checks.Critical, 9.3},
		{"an older CVSS when the newer is garbled", v3 + `,{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"}`, ``, ``, checks.High, 7.5},
		{"what is said of the package alone", v3, ``, `"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"}]`, checks.Low, 3.7},
		{"RustSec's vector beside the package", ``, ``, `"database_specific":{"cvss":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}`, checks.High, 7.5},
		{"a word", ``, `"severity":"MODERATE"`, ``, checks.Medium, 0},
		{"a word in small letters", ``, `"severity":"critical"`, ``, checks.Critical, 0},
		{"a word that says nothing", ``, `"severity":"UNKNOWN"`, ``, "", 0},
		{"something else than a word", ``, `"severity":{"level":3},"cwe_ids":"CWE-1"`, ``, "", 0},
		{"a scoring system that is no CVSS", `{"type":"Ubuntu","score":"high"}`, ``, ``, "", 0},
		{"a score of 0 is none", `{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}`, ``, ``, "", 0},
		{"a notice that nobody maintains it any more", ``, ``, `"database_specific":{"informational":"unmaintained"}`, checks.Low, 0},
		{"a notice that it is unsound", ``, ``, `"database_specific":{"informational":"unsound"}`, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.affected != "" {
				test.affected += ","
			}
			text := fmt.Sprintf(`{"id":"GHSA-a","severity":[%s],"database_specific":{%s},"affected":[{%s"package":{"ecosystem":"npm","name":"p"}}]}`, test.general, test.specific, test.affected)
			r := about(t, "npm", "p", text)[0]
			if r.Severity != test.severity || r.Score != test.score {
				t.Errorf("%q with %g, want %q with %g", r.Severity, r.Score, test.severity, test.score)
			}
		})
	}
}

// TestScores has vectors whose scores FIRST gives in its specifications and examples.
func TestScores(t *testing.T) {
	for vector, want := range map[string]float64{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N":                    6.1, // CVE-2013-1937
		"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N":                    6.4, // CVE-2013-0375
		"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N":                    3.1, // CVE-2014-3566
		"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N":                    7.5, // CVE-2014-0160
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O":           9.8, // only the base counts
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H": 10,
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": 9.3,
		"AV:N/AC:L/Au:N/C:N/I:N/A:C":                                      7.8, // CVE-2002-0392
		"(AV:N/AC:L/Au:N/C:C/I:C/A:C)":                                    10,  // CVE-2003-0818
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/":                   9.8,
	} {
		if got, ok := score(vector); !ok || got != want {
			t.Errorf("%s scores %g, want %g", vector, got, want)
		}
	}
	for _, vector := range []string{"", "9.8", "CVSS:3.1", "CVSS:3.1/AV:N", "CVSS:5.0/AV:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", strings.Repeat("CVSS:3.1/AV:N/", 100)} {
		if got, ok := score(vector); ok {
			t.Errorf("%.30q scores %g", vector, got)
		}
	}
}

func TestASummaryIsOneShortLine(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{" \n ", ""},
		{"one\r\ntwo", "one two"},
		{"a\x00b\x1b[31m", "ab[31m"},
		{"broken \xff\xfe text", "broken text"},
		{strings.Repeat("word ", 100), strings.TrimSpace(strings.Repeat("word ", 59)) + "…"},
		{strings.Repeat("ß", 400), strings.Repeat("ß", 148) + "…"},
	} {
		got := oneLine(test.text)
		if got != test.want || len(got) > MaxSummary || !utf8.ValidString(got) {
			t.Errorf("%.30q becomes %q, want %q", test.text, got, test.want)
		}
	}
	details := about(t, "npm", "p", `{"id":"GHSA-a","details":"What happens.\nMore.","affected":[{"package":{"ecosystem":"npm","name":"p"}}]}`)
	if got := details[0].Summary; got != "What happens. More." {
		t.Errorf("without a summary it is %q", got)
	}
}

func TestBoundsOfAStatement(t *testing.T) {
	many := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	long := strings.Repeat("1", MaxVersion+1)
	for _, test := range []struct{ name, parts, reason string }{
		{"events", `"ranges":[{"type":"SEMVER","events":[` + many(MaxEvents+1, `{"introduced":"1.0.0"}`) + `]}]`, "GHSA-a: more than 10000 events"},
		{"versions", `"versions":[` + many(MaxVersions/100+100, `"`+strings.Repeat("1", 100)+`"`) + `]`, "GHSA-a: more than 1048576 bytes of versions"},
		{"a version", `"ranges":[{"type":"SEMVER","events":[{"fixed":"` + long + `"}]}]`, "GHSA-a: a version of more than 128 bytes"},
		{"a limit", `"ranges":[{"type":"SEMVER","events":[{"limit":"` + long + `"}]}]`, "GHSA-a: a version of more than 128 bytes"},
	} {
		s, err := Read([]byte(affecting("GHSA-a", "npm", test.parts)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.About("npm"); err == nil || err.Error() != test.reason {
			t.Errorf("%s: %v, want %s", test.name, err, test.reason)
		}
	}
	for _, name := range []string{"", strings.Repeat("n", MaxName+1), "a\x00b"} {
		quoted, _ := json.Marshal(name)
		s, err := Read([]byte(`{"id":"GHSA-a","affected":[{"package":{"ecosystem":"npm","name":` + string(quoted) + `}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.About("npm"); err == nil {
			t.Errorf("a package named %.20q is taken", name)
		}
	}
	t.Run("of lists the rest is left out", func(t *testing.T) {
		var aliases, cwe []string
		for i := range 2 * MaxAliases {
			aliases = append(aliases, fmt.Sprintf(`"CVE-2026-%d"`, i))
			cwe = append(cwe, fmt.Sprintf(`"CWE-%d"`, i))
		}
		text := fmt.Sprintf(`{"id":"GHSA-a","aliases":[%s],"database_specific":{"cwe_ids":[%s]},"affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":[%q,""]}]}`, strings.Join(aliases, ","), strings.Join(cwe, ","), long)
		r := about(t, "npm", "p", text)[0]
		if len(r.Aliases) != MaxAliases || len(r.CWE) != MaxCWE || r.Versions != "" {
			t.Errorf("%d aliases, %d weaknesses, versions %q", len(r.Aliases), len(r.CWE), r.Versions)
		}
	})
}

func TestNamesAreComparedAsTheirEcosystemDoes(t *testing.T) {
	for _, test := range []struct{ ecosystem, name, want string }{
		{"PyPI", "Zope._-Interface", "zope-interface"},
		{"npm", "JSONStream", "JSONStream"},
		{"Go", "github.com/BurntSushi/toml", "github.com/BurntSushi/toml"},
		{"crates.io", "Serde_JSON", "serde-json"},
		{"NuGet", "Newtonsoft.Json", "newtonsoft.json"},
		{"Packagist", "Symfony/Yaml", "symfony/yaml"},
		{actions, "Actions/Checkout", "actions/checkout"},
		{"Maven", "org.Example:Thing", "org.Example:Thing"},
		{"RubyGems", "RedCloth", "RedCloth"},
	} {
		if got := Name(test.ecosystem, test.name); got != test.want {
			t.Errorf("%s %s is %s, want %s", test.ecosystem, test.name, got, test.want)
		}
	}
}

// FuzzRead: whatever a database publishes, and whatever version is asked about, ends in an answer.
func FuzzRead(f *testing.F) {
	f.Add([]byte(affecting("GHSA-a", "PyPI", `"versions":["1.0"],"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2rc1"}]}]`, "CVE-2026-1")), "1.0")
	f.Add([]byte(affecting("MAL-1", "npm", `"ranges":[{"type":"SEMVER","events":[{"introduced":"1.0.0-a.1"},{"last_affected":"2.0.0"},{"limit":"3"}]}]`)), "1.0.0-b")
	f.Add([]byte(affecting("GHSA-m", "Maven", `"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1-alpha.b"},{"fixed":"2.Final"}]}]`)), "1.0-SNAPSHOT")
	f.Add([]byte(`{"id":"a","severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"}],"affected":[{"package":{"ecosystem":"RubyGems","name":"p"},"ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"1.a"}]}]}]}`), "0.b")
	f.Fuzz(func(t *testing.T, text []byte, version string) {
		s, err := Read(text)
		if err != nil {
			return
		}
		for _, ecosystem := range Ecosystems() {
			all, err := s.About(ecosystem)
			if err != nil {
				continue
			}
			for name, r := range all {
				if len(r.Summary) > MaxSummary || strings.ContainsAny(r.Summary, "\n\x00") {
					t.Errorf("summary %q", r.Summary)
				}
				for _, a := range Judge(judge.Ref{Name: judge.Name{Ecosystem: ecosystem, Name: name}, Version: version}, []Record{r}).Advisories {
					if a.ID == "" {
						t.Error("an advisory without an id")
					}
				}
			}
		}
	})
}
