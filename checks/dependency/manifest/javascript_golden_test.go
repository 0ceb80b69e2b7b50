package manifest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// javascriptFixtures calls do for each file of testdata/javascript. But for the folders "everything" and "settings",
// which are written by hand, a real tool of the version in the folder's name wrote each from a small project of ours,
// with packages from a registry, a git repository, an address, a folder and a workspace; only the hosts were renamed.
func javascriptFixtures(t *testing.T, do func(t *testing.T, name, content string)) {
	t.Helper()
	count := 0
	err := filepath.WalkDir("testdata/javascript", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".golden") {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		count++
		name = filepath.ToSlash(name)
		t.Run(strings.TrimPrefix(name, "testdata/javascript/"), func(t *testing.T) { do(t, name, string(content)) })
		return nil
	})
	if err != nil || count < 40 {
		t.Fatalf("%d files, %v", count, err)
	}
}

// TestJavaScriptFilesOfRealTools compares with golden files; WRITE_GOLDEN=1 writes them anew.
func TestJavaScriptFilesOfRealTools(t *testing.T) {
	javascriptFixtures(t, func(t *testing.T, name, content string) {
		file, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		got := outlineOf(file, content)
		if os.Getenv("WRITE_GOLDEN") != "" {
			if err := os.WriteFile(name+".golden", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	})
}

// TestJavaScriptFilesOfWindows: a checkout with carriage returns, or with a mark of byte order, is read alike.
func TestJavaScriptFilesOfWindows(t *testing.T) {
	javascriptFixtures(t, func(t *testing.T, name, content string) {
		plain, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		for what, changed := range map[string]string{
			"carriage returns": strings.ReplaceAll(content, "\n", "\r\n"),
			"a mark":           "\uFEFF" + content,
			"both":             "\uFEFF" + strings.ReplaceAll(content, "\n", "\r\n"),
		} {
			file, err := readAlone(t, name, changed)
			if err != nil {
				t.Errorf("with %s: %v", what, err)
				continue
			}
			if diff := cmp.Diff(namesAndPlaces(plain), namesAndPlaces(file)); diff != "" {
				t.Errorf("with %s: without -, with +:\n%s", what, diff)
			}
			if diff := cmp.Diff([]int{len(plain.Sources), len(plain.Options), len(plain.Scripts)}, []int{len(file.Sources), len(file.Options), len(file.Scripts)}); diff != "" {
				t.Errorf("with %s: without -, with +:\n%s", what, diff)
			}
		}
	})
}

// TestJavaScriptFilesThatBreakOff: what is left of a file is read, or is said to be none, and no package appears that
// the whole file does not have.
func TestJavaScriptFilesThatBreakOff(t *testing.T) {
	const cuts = 40
	javascriptFixtures(t, func(t *testing.T, name, content string) {
		whole, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cuts {
			part := content[:len(content)*i/cuts]
			file, err := readAlone(t, name, part)
			if err != nil {
				if !errors.Is(err, ErrMalformed) {
					t.Errorf("after %d bytes: %v", len(part), err)
				}
				continue
			}
			for j, e := range file.Entries[:max(0, len(file.Entries)-1)] { // the last one may be cut
				if !strings.HasSuffix(name, "pnpm-lock.yaml") && (j >= len(whole.Entries) || e.Name != whole.Entries[j].Name || e.Version != whole.Entries[j].Version) {
					t.Errorf("after %d bytes: %s %s is new", len(part), e.Name, e.Version)
				}
			}
			if strings.HasSuffix(name, ".json") && file.Lossy == "" {
				t.Errorf("after %d bytes: nothing is said to be missing", len(part))
			}
		}
	})
}
