package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExistingCredentials(t *testing.T) {
	for _, name := range []string{appFile, keyFile, secretFile} {
		t.Run(name+" stands, and GitHub is not asked", func(t *testing.T) {
			github := newRegistrar(t)
			o := github.options()
			if err := os.MkdirAll(o.Directory, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(o.Directory, name), []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			o.Open = func(string) error { t.Error("the flow began"); return nil }
			if _, err := Run(context.Background(), o); !errors.Is(err, ErrExists) {
				t.Errorf("got %v", err)
			}
			if text, _ := os.ReadFile(filepath.Join(o.Directory, name)); string(text) != "old" {
				t.Errorf("the file holds %q now", text)
			}
		})
	}
	t.Run("they are replaced when forced, and other files are left alone", func(t *testing.T) {
		github := newRegistrar(t)
		o := github.options()
		o.Force = true
		if err := os.MkdirAll(o.Directory, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{appFile, keyFile, secretFile, "postgres-password"} {
			if err := os.WriteFile(filepath.Join(o.Directory, name), []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		start, wait := run(t, o)
		newBrowser(t).submit(start)
		if _, err := wait(); err != nil {
			t.Fatal(err)
		}
		if c, err := LoadCredentials(o.Directory); err != nil || c.App.ID != 12345 {
			t.Errorf("loaded %v, %v", c, err)
		}
		if text, _ := os.ReadFile(filepath.Join(o.Directory, "postgres-password")); string(text) != "old" {
			t.Errorf("another file holds %q now", text)
		}
	})
	t.Run("those that appear meanwhile are not replaced", func(t *testing.T) {
		github := newRegistrar(t)
		o := github.options()
		start, wait := run(t, o)
		if err := os.WriteFile(filepath.Join(o.Directory, keyFile), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		newBrowser(t).submit(start)
		if _, err := wait(); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "delete it at "+github.URL) {
			t.Errorf("got %v", err)
		}
		if text, _ := os.ReadFile(filepath.Join(o.Directory, keyFile)); string(text) != "old" {
			t.Errorf("the key holds %q now", text)
		}
		if _, err := LoadCredentials(o.Directory); err == nil {
			t.Error("half a set of credentials loads")
		}
		if staged, _ := filepath.Glob(filepath.Join(o.Directory, ".*")); len(staged) != 0 {
			t.Errorf("left behind: %v", staged)
		}
	})
}

func TestCredentialsThatAreRefused(t *testing.T) {
	write := func(t *testing.T) string {
		dir := t.TempDir()
		if err := writeCredentials(dir, false, Registered{ID: 12345, Slug: "assay"}, secrets{string(testKey()), testWebhookSecret}); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, test := range map[string]struct {
		spoil func(dir string) error
		want  string
	}{
		"none at all":                {func(dir string) error { return os.Remove(filepath.Join(dir, appFile)) }, "run `assay setup` if there are none"},
		"a key that everyone reads":  {func(dir string) error { return os.Chmod(filepath.Join(dir, keyFile), 0o644) }, "chmod 600"},
		"a secret that all may read": {func(dir string) error { return os.Chmod(filepath.Join(dir, secretFile), 0o604) }, "chmod 600"},
		"no key":                     {func(dir string) error { return os.Remove(filepath.Join(dir, keyFile)) }, "no such file"},
		"a key that does not parse":  {func(dir string) error { return os.WriteFile(filepath.Join(dir, keyFile), []byte("x"), 0o600) }, "is not PEM"},
		"a damaged app.json":         {func(dir string) error { return os.WriteFile(filepath.Join(dir, appFile), []byte("{"), 0o600) }, "does not parse"},
		"another App's key": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, appFile), []byte(`{"app_id":1,"key_fingerprint":"SHA256:x"}`), 0o600)
		}, "put the right key there"},
		"a file that is no key": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, keyFile), make([]byte, maxCredentialBytes+1), 0o600)
		}, "larger than 64 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t)
			if err := test.spoil(dir); err != nil {
				t.Fatal(err)
			}
			_, err := LoadCredentials(dir)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if said := fmt.Sprint(err); strings.Contains(said, testWebhookSecret) {
				t.Error("the error holds the secret")
			}
		})
	}
}

func TestSecretsPrintAsNothing(t *testing.T) {
	s := secrets{string(testKey()), testWebhookSecret}
	if said := fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s); strings.Contains(said, testWebhookSecret) || strings.Contains(said, "BEGIN") {
		t.Errorf("printed %s", said)
	}
}
