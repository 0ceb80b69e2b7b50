package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var formats = []string{"text", "json", "sarif", "markdown"}

func TestScanNeverPrintsACredential(t *testing.T) {
	key := exampleKey("a")
	dir := folder(t, map[string]string{"a.py": keyLine("a"), "b.py": "# " + key + "\n" + key + key + "\n"})
	for _, format := range formats {
		got := assay(t, "scan", dir, "--format", format)
		if strings.Contains(got.stdout+got.stderr, key[20:40]) {
			t.Errorf("%s holds the credential", format)
		}
		if !strings.Contains(got.stdout, "anthropic-api-key") {
			t.Errorf("%s does not name the rule: %s", format, got.stdout)
		}
	}
}

func TestScanToAPipeIsStableAndUncoloured(t *testing.T) {
	dir := folder(t, map[string]string{"a.py": keyLine("a"), "b/c.py": keyLine("b")})
	env := map[string]string{"XDG_STATE_HOME": t.TempDir()}
	for _, format := range []string{"text", "sarif", "markdown"} { // JSON says how long it took
		first := assayWith(t, env, "", "scan", dir, "--format", format)
		second := assayWith(t, env, "", "scan", dir, "--format", format)
		if diff := cmp.Diff(first, second, cmp.AllowUnexported(outcome{})); diff != "" {
			t.Errorf("%s differs from run to run: %s", format, diff)
		}
		if strings.Contains(first.stdout, "\x1b") || first.stderr != "" {
			t.Errorf("%s is coloured or talks: %q %q", format, first.stdout, first.stderr)
		}
	}
}

func TestScanColoursAPipeOnlyWhenTold(t *testing.T) {
	dir := folder(t, map[string]string{"a.py": keyLine("a")})
	for name, test := range map[string]struct {
		colour, noColour string
		want             bool
	}{
		"auto is not":                    {"auto", "", false},
		"always is":                      {"always", "", true},
		"always is in spite of NO_COLOR": {"always", "1", true},
		"never is not":                   {"never", "", false},
	} {
		got := assayWith(t, map[string]string{"NO_COLOR": test.noColour}, "", "scan", dir, "--color", test.colour)
		if strings.Contains(got.stdout, "\x1b[") != test.want {
			t.Errorf("%s: %q", name, got.stdout)
		}
	}
}

func TestScanOfACleanFolderIsOneLine(t *testing.T) {
	got := assay(t, "scan", folder(t, map[string]string{"a.py": "print(1)\n"}))
	if got.stdout != "No findings · 1 file\n" {
		t.Errorf("got %q", got.stdout)
	}
}

func TestScanWritesAFileWholeOrNotAtAll(t *testing.T) {
	dir := folder(t, map[string]string{"a.py": keyLine("a")})
	out := filepath.Join(t.TempDir(), "result.json")
	if err := os.WriteFile(out, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := cancelled(t, "scan", dir, "--format", "json", "--output", out); got.code != 3 {
		t.Fatalf("exit %d", got.code)
	}
	if content, _ := os.ReadFile(out); string(content) != "before" {
		t.Errorf("a scan that did not end wrote %q", content)
	}
	got := assay(t, "scan", dir, "--format", "json", "-o", out)
	if got.code != 1 || got.stdout != "" {
		t.Errorf("exit %d, stdout %q", got.code, got.stdout)
	}
	content, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if d := parse(t, outcome{stdout: string(content)}); d.Schema != "assay/v1" || len(d.Findings) != 1 || d.Authorship != nil {
		t.Errorf("got %+v", d)
	}
	if entries, _ := os.ReadDir(filepath.Dir(out)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestScanWritesIntoWhatIsNoFile(t *testing.T) {
	dir := folder(t, map[string]string{"a.py": "x\n"})
	if got := assay(t, "scan", dir, "--output", "/dev/null"); got.code != 0 || got.stdout != "" {
		t.Errorf("got %+v", got)
	}
	if stat, err := os.Stat("/dev/null"); err != nil || stat.Mode().IsRegular() {
		t.Error("/dev/null was replaced by a file")
	}
}

func TestFingerprintsHoldFromRunToRun(t *testing.T) {
	dir := folder(t, map[string]string{"a.py": keyLine("a")})
	fingerprint := func(env map[string]string) string {
		return parse(t, assayWith(t, env, "", "scan", dir, "--format", "json")).Findings[0].Fingerprint
	}
	kept := map[string]string{"XDG_STATE_HOME": t.TempDir()}
	home := map[string]string{"XDG_STATE_HOME": "relative/is/ignored", "HOME": t.TempDir()}
	named := map[string]string{keyVariable: "a key that machines share"}
	nowhere := map[string]string{"XDG_STATE_HOME": "/dev/null/x"}

	for name, env := range map[string]map[string]string{"a state folder": kept, "a home": home, "a variable": named} {
		if first, second := fingerprint(env), fingerprint(env); first != second {
			t.Errorf("with %s the fingerprint differs from run to run", name)
		}
	}
	if fingerprint(kept) == fingerprint(named) {
		t.Error("the fingerprint does not depend on the key")
	}
	if first, second := fingerprint(nowhere), fingerprint(nowhere); first == second {
		t.Error("without a kept key the fingerprint stays: it is keyed with something that everyone knows")
	}

	file := filepath.Join(home["HOME"], ".local", "state", "assay", keyFile)
	stat, err := os.Stat(file)
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", stat, err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if fingerprint(home) != fingerprint(map[string]string{keyVariable: strings.TrimSpace(string(content))}) {
		t.Error("the key's file, as a variable, is another key")
	}
}

func TestKeyIsMadeOnceByManyAtOnce(t *testing.T) {
	p := &process{env: func(string) string { return "" }}
	dir := filepath.Join(t.TempDir(), "assay")
	var wait sync.WaitGroup
	keys := make([]string, 16)
	for i := range keys {
		wait.Go(func() {
			key, err := keptKey(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	wait.Wait()
	for _, key := range keys {
		if key != keys[0] || len(key) != 2*keyBytes {
			t.Fatalf("keys differ: %q", keys)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if p.dataDirectory() != "" {
		t.Error("a user without a home has a data folder")
	}
}
