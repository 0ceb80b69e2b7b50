package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRulesAreReadFromFilesAndFolders(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.yaml": "b", "a/c.yml": "c", "a/c.test.yaml": "no", "a/c.fixed.yml": "no", "a/c.py": "no", ".hidden/d.yaml": "no", ".e.yaml": "no",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	files, err := rulePaths{dir, filepath.Join(dir, "a", "c.py")}.read()
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, f := range files {
		got += f.Text + " "
	}
	if got != "c b no " {
		t.Errorf("read %q; a file named on the command line counts whatever its name, others by their ending", got)
	}

	empty := t.TempDir()
	large := filepath.Join(empty, "large.yml")
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "missing.yaml"), "no such file"}, {empty, "no .yaml or .yml file"}, {large, "more than 64 MiB"},
	} {
		if c.path == large {
			if err := os.WriteFile(large, make([]byte, maxRuleBytes+1), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := (rulePaths{c.path}).read(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", c.path, err, c.want)
		}
	}
}
