package advisories

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/dependency/judge"
)

func TestOptionsThatCannotBeMeant(t *testing.T) {
	dir := export(t, sample)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no catalogue"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		options Options
		reason  string
	}{
		{"an ecosystem that nobody knows", Options{From: dir, Ecosystems: []string{"Pypi"}}, `no advisories of "Pypi" can be matched; known are PyPI, npm`},
		{"an ecosystem that leads elsewhere", Options{From: dir, Ecosystems: []string{"../npm"}}, `no advisories of "../npm" can be matched`},
		{"a folder that is not there", Options{From: filepath.Join(dir, "nowhere")}, "no such file or directory"},
		{"a file for a folder", Options{From: file}, "is no folder"},
		{"an address of another kind", Options{From: "ftp://exports.example"}, "neither a folder nor an address"},
		{"an address without a host", Options{From: "https://"}, "neither a folder nor an address"},
		{"a catalogue that is not there", Options{From: dir, KEV: filepath.Join(dir, "kev")}, "known exploited vulnerabilities: "},
		{"a catalogue that is none", Options{From: dir, KEV: file}, "not CISA's catalogue"},
		{"scores that are none", Options{From: dir, EPSS: file}, "line 1 is no CVE and score"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Path = filepath.Join(t.TempDir(), "advisories.db")
			_, err := Run(t.Context(), test.options)
			if wrong := (OptionError{}); !errors.As(err, &wrong) || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("%v, want %s", err, test.reason)
			}
			if _, err := os.Stat(test.options.Path); err == nil {
				t.Error("there is an index all the same")
			}
		})
	}
}

func TestASourceWithoutAnyArchiveIsAnError(t *testing.T) {
	_, err := Run(t.Context(), Options{From: t.TempDir(), Path: filepath.Join(t.TempDir(), "advisories.db")})
	if err == nil || !strings.HasSuffix(err.Error(), "there is no all.zip of any ecosystem") {
		t.Error(err)
	}
}

func TestOnlyTheEcosystemsThatAreNamedAreRead(t *testing.T) {
	path := built(t, Options{From: export(t, sample), Ecosystems: []string{"npm", "npm"}})
	if e := opened(t, path).About().Ecosystems; len(e) != 1 || e[0].Name != "npm" {
		t.Errorf("%+v", e)
	}
}

func TestAnUpdateThatIsInterruptedLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "advisories.db")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, Options{From: export(t, sample), Path: path, Progress: func(string) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestWhatAKilledUpdateLeftIsSweptUp(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * abandonedAfter)
	for _, name := range []string{".advisories-1.tmp", ".advisories-2.tmp", "advisories.db.bak", ".other.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if name != ".advisories-2.tmp" { // which somebody may still be writing
			if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	built(t, Options{From: export(t, sample), Path: filepath.Join(dir, "advisories.db")})
	var left []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if diff := cmp.Diff([]string{".advisories-2.tmp", ".other.tmp", "advisories.db", "advisories.db.bak"}, left); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAnOperatorKnowsIsInTheIndex(t *testing.T) {
	var packedScores bytes.Buffer
	w := gzip.NewWriter(&packedScores)
	scores := "#model_version:v2025.03.14,score_date:2026-06-01T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1,0.12345,0.9\nCVE-2026-99999,0.5,0.9\n"
	if _, err := w.Write([]byte(scores)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	dir := t.TempDir()
	for name, text := range map[string][]byte{"kev.json": []byte(`{"title":"x","vulnerabilities":[{"cveID":"CVE-2026-1","vendorProject":"y"},{"cveID":"CVE-1999-1"}]}`), "epss.csv": []byte(scores), "epss.csv.gz": packedScores.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, epss := range []string{"epss.csv", "epss.csv.gz"} {
		x := opened(t, built(t, Options{From: export(t, sample), KEV: filepath.Join(dir, "kev.json"), EPSS: filepath.Join(dir, epss)}))
		if about := x.About(); about.KEV != 2 || about.EPSS != 2 {
			t.Errorf("%+v", about)
		}
		question := ref("PyPI", "flask-thing", "1.5")
		got, err := x.Lookup(t.Context(), []judge.Ref{question, ref("npm", "left", "1.0.0")})
		if err != nil {
			t.Fatal(err)
		}
		if a := got.Advisories[question][0]; !a.Exploited || a.EPSS != 0.12345 {
			t.Errorf("%s: %+v", epss, a)
		}
		if a := got.Advisories[ref("npm", "left", "1.0.0")][0]; a.Exploited || a.EPSS != 0 {
			t.Errorf("%s: %+v", epss, a)
		}
	}
}

func TestFilesOfAnOperatorThatAreWrong(t *testing.T) {
	for _, test := range []struct{ name, text, reason string }{
		{"no score", "CVE-2026-1\n", "line 1 is no CVE and score"},
		{"no number", "cve,epss,percentile\nCVE-2026-1,much,0\n", "line 2: the score is no probability"},
		{"more than certain", "CVE-2026-1,1.5,0\n", "line 1: the score is no probability"},
		{"not a number", "CVE-2026-1,NaN,0\n", "line 1: the score is no probability"},
		{"nothing", "# nothing\n", "it holds no scores"},
		{"an endless line", strings.Repeat("a", maxScoreLine+1), "token too long"},
		{"a packed file that is cut off", "\x1f\x8b\x08\x00", "unexpected EOF"},
	} {
		if _, err := readEPSS(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: %v, want %s", test.name, err, test.reason)
		}
	}
	for _, test := range []struct{ name, text, reason string }{
		{"no JSON", "cveID\n", "not CISA's catalogue"},
		{"something else", "{}", "it names no CVE"},
		{"no CVE", `{"vulnerabilities":[{"cveID":"GHSA-x"}]}`, "it names no CVE"},
		{"too much", strings.Repeat(" ", maxCatalogue+1), "larger than 64 MiB"},
	} {
		if _, err := readKEV(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: %v, want %s", test.name, err, test.reason)
		}
	}
	t.Run("a file that unpacks to too much", func(t *testing.T) {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		line := bytes.Repeat([]byte("#"+strings.Repeat("-", 1022)+"\n"), 1024)
		for range maxScores>>20 + 1 {
			if _, err := w.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		w.Close()
		if _, err := readEPSS(&packed); err == nil || err.Error() != "larger than 128 MiB" {
			t.Error(err)
		}
	})
}

// FuzzOperatorFiles: whatever is in an operator's files ends in scores or an error.
func FuzzOperatorFiles(f *testing.F) {
	f.Add([]byte("cve,epss,percentile\nCVE-2026-1,0.1,0.9\n"))
	f.Add([]byte(`{"vulnerabilities":[{"cveID":"CVE-2026-1"}]}`))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if scores, err := readEPSS(bytes.NewReader(text)); err == nil && len(scores) == 0 {
			t.Error("no scores and no error")
		}
		if exploited, err := readKEV(bytes.NewReader(text)); err == nil && len(exploited) == 0 {
			t.Error("no catalogue and no error")
		}
	})
}
