package gitrepo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGitTrustsTheCAFileBesidesTheSystem(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own, system := file("own", "OWN"), file("system", "SYSTEM")
	absent := filepath.Join(dir, "absent")
	huge := file("huge", strings.Repeat("x", maxAuthorities+1))
	for name, test := range map[string]struct {
		ca     string
		system []string
		want   string
		fails  string
	}{
		"the first system file that is there counts": {own, []string{"", absent, system, huge}, "SYSTEM\nOWN", ""},
		"a system without certificates":              {own, []string{absent}, "OWN", ""},
		"a CA file that is not there":                {absent, nil, "", "no such file"},
		"a CA file that is huge":                     {huge, nil, "", "larger than 4 MiB"},
		"a system file that is huge":                 {own, []string{huge}, "", "larger than 4 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			mirrors := t.TempDir()
			path, err := trustAlso(mirrors, test.ca, test.system)
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != test.want {
				t.Errorf("git trusts %q, %v; want %q", text, err, test.want)
			}
			if left, err := os.ReadDir(mirrors); err != nil || len(left) != 1 {
				t.Errorf("%v are left, %v", left, err)
			}
		})
	}
}
