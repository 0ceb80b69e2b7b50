package resultcache

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay/app/analyse"
)

func open(t *testing.T, dir string) *Folder {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func key(n byte) analyse.ResultKey { return analyse.ResultKey{n, 1, 2, 3} }

func TestFolder(t *testing.T) {
	t.Run("gives to another process what was put in", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "not", "there", "yet")
		open(t, dir).Put(key(1), []byte("found nothing"))
		if entry, ok := open(t, dir).Get(key(1)); !ok || string(entry) != "found nothing" {
			t.Errorf("%q, %v", entry, ok)
		}
		if _, ok := open(t, dir).Get(key(2)); ok {
			t.Error("another key has an entry")
		}
		if mode, err := os.Stat(dir); err != nil || mode.Mode().Perm() != 0o700 {
			t.Errorf("the folder is open to others: %v (%v)", mode.Mode(), err)
		}
	})
	t.Run("puts a later entry in the place of an earlier one", func(t *testing.T) {
		f := open(t, t.TempDir())
		f.Put(key(1), []byte("earlier"))
		f.Put(key(1), []byte("later"))
		if entry, _ := f.Get(key(1)); string(entry) != "later" {
			t.Errorf("%q", entry)
		}
	})
	t.Run("forgets an entry that is not as it was", func(t *testing.T) {
		f := open(t, t.TempDir())
		_, name := f.place(key(1))
		for what, damage := range map[string]func([]byte) []byte{
			"cut short": func(b []byte) []byte { return b[:len(b)-1] },
			"empty":     func([]byte) []byte { return nil },
			"changed":   func(b []byte) []byte { return append(b[:len(b)-1], 'X') },
			"too long":  func(b []byte) []byte { return append(b, make([]byte, maxEntry)...) },
		} {
			f.Put(key(1), []byte("found nothing"))
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, damage(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if entry, ok := f.Get(key(1)); ok {
				t.Errorf("%s: %.20q", what, entry)
			}
		}
	})
	t.Run("takes no entry beyond its bound", func(t *testing.T) {
		f := open(t, t.TempDir())
		f.Put(key(1), make([]byte, maxEntry))
		f.Put(key(2), make([]byte, maxEntry+1))
		if _, ok := f.Get(key(1)); !ok {
			t.Error("an entry of the bound was dropped")
		}
		if _, ok := f.Get(key(2)); ok {
			t.Error("an entry beyond it was kept")
		}
	})
	t.Run("loses in the end what was not used for longest", func(t *testing.T) {
		f := open(t, t.TempDir())
		f.max = 2 * block
		for n := range byte(4) {
			f.Put(key(n), bytes.Repeat([]byte{n}, 100))
			_, name := f.place(key(n))
			if err := os.Chtimes(name, time.Time{}, time.Now().Add(time.Duration(n)*time.Minute-48*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		f.Get(key(0)) // is used now
		other := filepath.Join(f.dir, "00", "of-somebody-else")
		if err := os.WriteFile(other, make([]byte, 10*block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		for n, want := range map[byte]bool{0: true, 1: false, 2: false, 3: true} {
			if _, ok := f.Get(key(n)); ok != want {
				t.Errorf("entry %d is there: %v, want %v", n, ok, want)
			}
		}
		if _, err := os.Stat(other); err != nil {
			t.Error(err)
		}
	})
	t.Run("is used by many at a time", func(t *testing.T) {
		dir := t.TempDir()
		var group sync.WaitGroup
		for n := range 8 {
			group.Go(func() {
				f := open(t, dir)
				for range 20 {
					f.Put(key(1), bytes.Repeat([]byte("same"), 1000))
					if entry, ok := f.Get(key(1)); ok && len(entry) != 4000 {
						t.Errorf("%d bytes", len(entry))
					}
				}
				if err := f.Close(); err != nil {
					t.Error(n, err)
				}
			})
		}
		group.Wait()
	})
	t.Run("says when it can't be made", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Join(file, "folder")); err == nil {
			t.Error("a folder in a file was opened")
		}
	})
}
