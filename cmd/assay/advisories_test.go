package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/lookup/lookuptest"
)

// leaky has twelve known holes in 1.0.0, of which the last is closed in 2.0.0, and trap was made to harm.
func knownAdvisories() []lookuptest.Advisory {
	var all []lookuptest.Advisory
	for _, letter := range "abcdefghijkl" {
		id := strings.Repeat(string(letter), 4)
		severity := "MODERATE"
		if letter == 'c' {
			severity = "HIGH"
		}
		all = append(all, lookuptest.Advisory{
			ID: "GHSA-" + id + "-" + id + "-" + id, Ecosystem: "npm", Package: "leaky", Fixed: "2.0.0", Versions: []string{"1.0.0"},
			Summary: "Leaks by way " + string(letter), Severity: severity,
		})
	}
	return append(all,
		lookuptest.Advisory{ID: "MAL-2026-1", Ecosystem: "npm", Package: "trap", Versions: []string{"1.0.0"}, Summary: "Steals"},
		lookuptest.Advisory{ID: "PYSEC-2026-1", Ecosystem: "PyPI", Package: "porous", Fixed: "1.5", Versions: []string{"1.4"}, Summary: "Runs what it reads", Severity: "CRITICAL"})
}

func TestAdvisoriesAreUpdatedAndTheirStateIsSaid(t *testing.T) {
	index := filepath.Join(t.TempDir(), "new", "advisories.db")
	export := lookuptest.Export(t, knownAdvisories()...)
	got := assay(t, "advisories", "update", "--index", index, "--from", export)
	want := "PyPI: 1 advisory about 1 package\nnpm: 13 advisories about 2 packages\nNot there: "
	if got.code != 0 || !strings.HasPrefix(got.stdout, want) || !strings.HasSuffix(got.stdout, index+" holds 14 advisories.\n") || got.stderr != "" {
		t.Errorf("got %+v", got)
	}
	got = assay(t, "advisories", "status", "--index", index)
	for _, want := range []string{index, "14 advisories from " + export, " old", "npm: 13 advisories about 2 packages"} {
		if got.code != 0 || !strings.Contains(got.stdout, want) {
			t.Errorf("%q is not in %+v", want, got)
		}
	}
	if strings.Contains(got.stdout, "stale") {
		t.Errorf("an index of today is called stale: %s", got.stdout)
	}
	lookuptest.UpdateAsOf(t, index, time.Now().AddDate(0, 0, -30), knownAdvisories()...)
	if got = assay(t, "advisories", "status", "--index", index); got.code != 0 || !strings.Contains(got.stdout, "30 days old: stale; run assay advisories update") {
		t.Errorf("got %+v", got)
	}
}

func TestTheIndexIsWhereTheEnvironmentSays(t *testing.T) {
	export := lookuptest.Export(t, knownAdvisories()...)
	state := map[string]string{"XDG_STATE_HOME": t.TempDir()}
	if got := assayWith(t, state, "", "advisories", "update", "--from", export, "--ecosystems", "npm"); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	if got := assayWith(t, state, "", "advisories", "status"); got.code != 0 || !strings.Contains(got.stdout, filepath.Join(state["XDG_STATE_HOME"], "assay", advisoriesFile)) {
		t.Errorf("without a word: %+v", got)
	}
	data := t.TempDir()
	t.Setenv("ASSAY_DATA", data)
	if got := assay(t, "advisories", "update", "--from", export, "--ecosystems", "npm"); got.code != 0 || !strings.Contains(got.stdout, filepath.Join(data, advisoriesFile)) {
		t.Errorf("with ASSAY_DATA: %+v", got)
	}
	index := filepath.Join(t.TempDir(), "x.db")
	t.Setenv("ASSAY_ADVISORIES", index)
	if got := assay(t, "advisories", "update", "--from", export, "--ecosystems", "npm"); got.code != 0 || !strings.Contains(got.stdout, index) {
		t.Errorf("with ASSAY_ADVISORIES: %+v", got)
	}
}

func TestAnUpdateThatFailsSaysWhyAndLeavesTheIndexAlone(t *testing.T) {
	index := lookuptest.Index(t, knownAdvisories()...)
	before, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(lookuptest.Export(t, knownAdvisories()...), "npm", "all.zip"))
	if err != nil {
		t.Fatal(err)
	}
	cut := t.TempDir()
	lookuptest.PutArchive(t, cut, "npm", whole[:len(whole)/2])
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>Sign in</html>"))
	}))
	t.Cleanup(page.Close)
	nothing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nothing.Close)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}

	tests := map[string]struct {
		args []string
		want int
		says string
	}{
		"a folder that is not there":         {[]string{"--from", filepath.Join(cut, "gone")}, 2, "gone"},
		"a file instead of a folder":         {[]string{"--from", file}, 2, file},
		"a folder without archives":          {[]string{"--from", t.TempDir()}, 3, "there is no all.zip of any ecosystem"},
		"an archive that was cut off":        {[]string{"--from", cut}, 3, "advisories of npm from " + cut},
		"an address of another kind":         {[]string{"--from", "ftp://files.example/osv"}, 2, "ftp://files.example/osv"},
		"an address without a host":          {[]string{"--from", "https:///osv"}, 2, "https:///osv"},
		"an address with pages for people":   {[]string{"--from", page.URL}, 3, page.URL},
		"an address with nothing":            {[]string{"--from", nothing.URL}, 3, "there is no all.zip of any ecosystem"},
		"an ecosystem that there is not":     {[]string{"--from", cut, "--ecosystems", "npm,CPAN"}, 2, `"CPAN"`},
		"a catalogue that is not there":      {[]string{"--from", cut, "--kev", filepath.Join(cut, "kev.json")}, 2, "kev.json"},
		"a catalogue that is something else": {[]string{"--from", cut, "--kev", filepath.Join(cut, "npm", "all.zip")}, 2, "all.zip"},
		"scores that are something else":     {[]string{"--from", cut, "--epss", filepath.Join(cut, "npm", "all.zip")}, 2, "all.zip"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := assay(t, append([]string{"advisories", "update", "--index", index}, test.args...)...)
			if got.code != test.want || !strings.Contains(got.stderr, test.says) || got.stdout != "" {
				t.Errorf("exit %d, want %d; stderr %q, want %q in it; stdout %q", got.code, test.want, got.stderr, test.says, got.stdout)
			}
			if after, err := os.ReadFile(index); err != nil || string(after) != string(before) {
				t.Errorf("the index is another now: %v", err)
			}
			if left, _ := os.ReadDir(filepath.Dir(index)); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestAnUpdateIntoAPlaceThatCannotBeWrittenSaysSo(t *testing.T) {
	export := lookuptest.Export(t, knownAdvisories()...)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, index := range []string{filepath.Join(file, "advisories.db"), t.TempDir()} {
		if got := assay(t, "advisories", "update", "--index", index, "--from", export); got.code == 0 || !strings.Contains(got.stderr, filepath.Dir(index)) || got.stdout != "" {
			t.Errorf("got %+v", got)
		}
	}
	nowhere := map[string]string{"XDG_STATE_HOME": "", "HOME": ""}
	if got := assayWith(t, nowhere, "", "advisories", "update", "--from", export); got.code != 2 || !strings.Contains(got.stderr, "ASSAY_ADVISORIES") {
		t.Errorf("a user without a place: %+v", got)
	}
}

func TestTheStateOfAnIndexThatCannotBeReadIsAnError(t *testing.T) {
	damaged := filepath.Join(t.TempDir(), "advisories.db")
	if err := os.WriteFile(damaged, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		index string
		want  int
		says  string
	}{
		"none":      {filepath.Join(t.TempDir(), "gone.db"), 2, "assay advisories update"},
		"a damaged": {damaged, 3, "build it again with assay advisories update"},
		"a folder":  {t.TempDir(), 3, "no regular file"},
	} {
		if got := assay(t, "advisories", "status", "--index", test.index); got.code != test.want || !strings.Contains(got.stderr, test.says) || got.stdout != "" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
