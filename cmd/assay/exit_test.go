package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExitCodes(t *testing.T) {
	clean := folder(t, map[string]string{"a.py": "print(1)\n"})
	found := folder(t, map[string]string{"a.py": keyLine("a")})
	// A pipe can't be scanned by anybody, so that the test also holds for root.
	pipe := folder(t, nil)
	both := folder(t, map[string]string{"a.py": keyLine("a")})
	for _, dir := range []string{pipe, both} {
		if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	repo := newRepository(t, map[string]string{"a.py": "print(1)\n"})
	badPolicy := newRepository(t, map[string]string{".github/assay.yml": "blok_at: high\n"})
	largeBody := filepath.Join(folder(t, map[string]string{"body": strings.Repeat("x", maxBody+1)}), "body")

	tests := map[string]struct {
		args []string
		want int
		says string // in what is written to stderr
	}{
		"nothing found is 0":                      {args: []string{"scan", clean}, want: 0},
		"a finding at the threshold is 1":         {args: []string{"scan", found}, want: 1},
		"one at a threshold that is named is 1":   {args: []string{"scan", found, "--block-at", "critical"}, want: 1},
		"what was asked of another check is 0":    {args: []string{"scan", found, "--checks", "agent"}, want: 0},
		"something that can't be scanned is 3":    {args: []string{"scan", pipe}, want: 3},
		"a finding counts for more than that":     {args: []string{"scan", both}, want: 1},
		"flags may follow paths":                  {args: []string{"scan", clean, found, "--format", "json", "--checks=secret"}, want: 1},
		"flags may stand between paths":           {args: []string{"scan", clean, "--format=json", found}, want: 1},
		"a path may look like a flag after --":    {args: []string{"scan", "--format=json", "--", "--gone"}, want: 2, says: "--gone: no such file"},
		"every format ends alike":                 {args: []string{"scan", found, "--format", "sarif"}, want: 1},
		"offline alone is not incomplete":         {args: []string{"scan", clean, "--offline"}, want: 0},
		"version is 0":                            {args: []string{"version"}, want: 0},
		"help is 0":                               {args: []string{"scan", "--help"}, want: 0},
		"no command is 2":                         {args: nil, want: 2},
		"an unknown command is 2":                 {args: []string{"scna"}, want: 2, says: "scna"},
		"an unknown flag is 2":                    {args: []string{"scan", clean, "--colour"}, want: 2, says: "--colour"},
		"an unknown format is 2":                  {args: []string{"scan", clean, "--format", "xml"}, want: 2, says: "xml"},
		"an unknown severity is 2":                {args: []string{"scan", clean, "--block-at", "info"}, want: 2, says: "info"},
		"an unknown check is 2":                   {args: []string{"scan", clean, "--checks", "secret,nope"}, want: 2, says: `there is no check "nope"`},
		"no path is 2":                            {args: []string{"scan"}, want: 2, says: "<path>"},
		"a path that is not there is 2":           {args: []string{"scan", filepath.Join(clean, "gone")}, want: 2, says: "gone"},
		"an output in a folder that is not there": {args: []string{"scan", clean, "--output", "/nonexistent/x"}, want: 2, says: "/nonexistent"},
		"an output that is a folder":              {args: []string{"scan", clean, "--output", clean}, want: 2, says: "is a folder"},
		"a review without a base is 2":            {args: []string{"review", "--repo", repo.dir}, want: 2, says: "--base"},
		"a review of nothing is 0":                {args: []string{"review", "--repo", repo.dir, "--base", "HEAD", "--head", "HEAD"}, want: 0},
		"a revision that is not there is 2":       {args: []string{"review", "--repo", repo.dir, "--base", "gone"}, want: 2, says: "gone"},
		"a revision that looks like an option":    {args: []string{"review", "--repo", repo.dir, "--base=--upload-pack=x"}, want: 2},
		"a folder that is no repository is 2":     {args: []string{"review", "--repo", clean, "--base", "HEAD"}, want: 2, says: clean},
		"a head beside what is staged is 2":       {args: []string{"review", "--repo", repo.dir, "--staged", "--head", "HEAD"}, want: 2, says: "--staged"},
		"a policy that does not parse is 2":       {args: []string{"review", "--repo", badPolicy.dir, "--base", "HEAD"}, want: 2, says: "blok_at"},
		"a text that GitHub would not take is 2":  {args: []string{"review", "--repo", repo.dir, "--base", "HEAD", "--body-file", largeBody}, want: 2, says: "--body-file"},
		"a text that is not there is 2":           {args: []string{"review", "--repo", repo.dir, "--base", "HEAD", "--body-file", "/nonexistent"}, want: 2, says: "--body-file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := assay(t, test.args...)
			if got.code != test.want {
				t.Errorf("exit %d, want %d\n%s%s", got.code, test.want, got.stdout, got.stderr)
			}
			if !strings.Contains(got.stderr, test.says) {
				t.Errorf("stderr is %q, want %q in it", got.stderr, test.says)
			}
			if test.want != 2 && got.stderr != "" {
				t.Errorf("stderr of a command that went well: %q", got.stderr)
			}
		})
	}
}

func TestExitOfAnInterruptedScanIsIncomplete(t *testing.T) {
	got := cancelled(t, "scan", folder(t, map[string]string{"a.py": "x\n"}))
	if got.code != 3 || got.stderr != "assay: interrupted\n" || got.stdout != "" {
		t.Errorf("got %+v", got)
	}
}

func TestAnErrorCanNotSteerTheTerminal(t *testing.T) {
	got := assay(t, "scan", "/nonexistent/\x1b]0;x\a")
	if got.code != 2 || strings.ContainsAny(got.stderr, "\x1b\a") {
		t.Errorf("got %d, %q", got.code, got.stderr)
	}
}

func TestConfigurationThatIsWrongIsUsage(t *testing.T) {
	dir := folder(t, map[string]string{"a.py": "x\n"})
	state := t.TempDir()
	if err := os.MkdirAll(filepath.Join(state, "assay"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "assay", keyFile), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ variable, value, says string }{
		"a sandbox mode that there is not": {sandboxVariable, "off", "ASSAY_SANDBOX"},
		"a key file without a key":         {"XDG_STATE_HOME", state, keyFile},
	} {
		got := assayWith(t, map[string]string{test.variable: test.value}, "", "scan", dir)
		if got.code != 2 || !strings.Contains(got.stderr, test.says) {
			t.Errorf("%s: exit %d, %q", name, got.code, got.stderr)
		}
	}
}
