package manifest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// readAlone reads one file of a tree that holds nothing else.
func readAlone(t testing.TB, path, content string) (*File, error) {
	t.Helper()
	r, err := NewReader()
	if err != nil {
		t.Fatal(err)
	}
	return r.Read(context.Background(), fstest.MapFS{path: {Data: []byte(content)}}, checks.Path(path), "")
}

// outlineOf writes what was read for a person: where it stands, what the file's text is there for the version, and the rest.
func outlineOf(file *File, content string) string {
	t, ok := text.Decode([]byte(content))
	if !ok {
		return "no text\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", file.Format, file.Kind)
	if file.ChecksumsOnly {
		b.WriteString(", checksums only")
	}
	b.WriteString("\n")
	if file.Project != "" {
		fmt.Fprintf(&b, "of %s\n", file.Project)
	}
	for _, e := range file.Entries {
		fmt.Fprintf(&b, "%s %s %s %q", placeOf(e.At), e.Ecosystem, e.Name, e.Version)
		if e.Direct {
			b.WriteString(" direct")
		}
		for _, field := range []struct{ name, value string }{
			{"wants", e.Requirement}, {"group", e.Group}, {"origin", string(e.Origin)}, {"alias", e.Alias}, {"from", e.Source}, {"hash", strings.Join(e.Hashes, " + ")},
		} {
			if field.value != "" {
				fmt.Fprintf(&b, "  %s: %s", field.name, field.value)
			}
		}
		for _, mark := range []struct {
			name string
			is   bool
		}{{"runs a script", e.Script}, {"override", e.Override}, {"bundled", e.Bundled}} {
			if mark.is {
				b.WriteString("  " + mark.name)
			}
		}
		if e.Pin != nil {
			fmt.Fprintf(&b, "  pin %d:%d %q", e.Pin.Start.Line, e.Pin.Start.Column, t.Bytes[t.Offset(e.Pin.Start):t.Offset(e.Pin.End)])
		}
		b.WriteString("\n")
	}
	for _, s := range file.Sources {
		fmt.Fprintf(&b, "%s source %s", placeOf(s.At), s.URL)
		if s.Scope != "" {
			fmt.Fprintf(&b, "  for %s", s.Scope)
		}
		if s.Extra {
			b.WriteString("  besides another")
		}
		b.WriteString("\n")
	}
	for _, s := range file.Scripts {
		fmt.Fprintf(&b, "%s script %s: %s\n", placeOf(s.At), s.Name, s.Command)
	}
	for _, o := range file.Options {
		fmt.Fprintf(&b, "%s option %s: %s\n", placeOf(o.At), o.Name, o.Value)
	}
	for _, p := range file.Includes {
		fmt.Fprintf(&b, "includes %s\n", p)
	}
	for _, w := range file.Workspaces {
		fmt.Fprintf(&b, "holds %s\n", w)
	}
	if file.Lossy != "" {
		fmt.Fprintf(&b, "lossy: %s\n", file.Lossy)
	}
	return b.String()
}

func placeOf(r checks.Range) string {
	if r.Start.Line == r.End.Line {
		return fmt.Sprintf("%d:%d-%d", r.Start.Line, r.Start.Column, r.End.Column)
	}
	return fmt.Sprintf("%d:%d-%d:%d", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column)
}

// polyglotFolders hold files of the real tools, and beside each what is read from it.
var polyglotFolders = []string{"go", "rust", "jvm", "ruby", "php", "dotnet"}

// polyglotFixtures calls do for each file of the folders.
func polyglotFixtures(t *testing.T, do func(t *testing.T, name, content string)) {
	t.Helper()
	count := 0
	for _, folder := range polyglotFolders {
		err := filepath.WalkDir(filepath.Join("testdata", folder), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(name, ".golden") {
				return err
			}
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			count++
			t.Run(filepath.ToSlash(name), func(t *testing.T) { do(t, filepath.ToSlash(name), string(content)) })
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if count < 4 {
		t.Fatalf("only %d fixtures found", count)
	}
}

// TestPolyglotFilesOfRealTools compares with golden files; WRITE_GOLDEN=1 writes them anew.
func TestPolyglotFilesOfRealTools(t *testing.T) {
	polyglotFixtures(t, func(t *testing.T, name, content string) {
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

// TestPolyglotFilesWithCarriageReturns: a checkout on Windows, perhaps with a mark of byte order, is read alike.
func TestPolyglotFilesWithCarriageReturns(t *testing.T) {
	polyglotFixtures(t, func(t *testing.T, name, content string) {
		plain, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		for what, changed := range map[string]string{
			"carriage returns": strings.ReplaceAll(content, "\n", "\r\n"),
			"a byte order":     "\uFEFF" + content,
		} {
			file, err := readAlone(t, name, changed)
			if err != nil {
				t.Errorf("with %s: %v", what, err)
				continue
			}
			if diff := cmp.Diff(namesAndPlaces(plain), namesAndPlaces(file)); diff != "" {
				t.Errorf("with %s: without -, with +:\n%s", what, diff)
			}
		}
	})
}

// TestPolyglotFilesThatBreakOff: a part of a file is read, or said to be none.
func TestPolyglotFilesThatBreakOff(t *testing.T) {
	const cuts = 20
	polyglotFixtures(t, func(t *testing.T, name, content string) {
		whole, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cuts {
			file, err := readAlone(t, name, content[:len(content)*i/cuts])
			switch {
			case err != nil && !errors.Is(err, ErrMalformed):
				t.Errorf("%d of %d parts: %v", i, cuts, err)
			case err == nil && file.Lossy == "" && len(file.Entries) > len(whole.Entries):
				t.Errorf("%d of %d parts hold %d packages, and the whole %d", i, cuts, len(file.Entries), len(whole.Entries))
			}
		}
	})
}

// namesAndPlaces are the packages of a file without their places.
func namesAndPlaces(file *File) []string {
	names := []string{file.Lossy}
	for _, e := range file.Entries {
		pin := 0
		if e.Pin != nil {
			pin = e.Pin.Start.Line
		}
		names = append(names, fmt.Sprint(e.Name, " ", e.Version, e.Requirement, e.Direct, e.Group, e.Origin, e.Alias, e.Source, e.Hashes, " ", e.At.Start.Line, " ", pin))
	}
	return names
}

// fuzzFormats checks what holds of any text that is read as a file of a name.
func fuzzFormats(f *testing.F) {
	r, err := NewReader()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path, content string) {
		if !fs.ValidPath(path) || path == "." || len(content) > 1<<16 || !r.Claims(checks.Path(path)) {
			return
		}
		file, err := r.Read(context.Background(), fstest.MapFS{path: {Data: []byte(content)}}, checks.Path(path), "")
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, text.ErrNotText) {
				t.Fatal(err)
			}
			return
		}
		decoded, _ := text.Decode([]byte(content))
		inside := func(what string, r checks.Range) {
			start, end := decoded.Offset(r.Start), decoded.Offset(r.End)
			if start > end || decoded.Position(start) != r.Start || decoded.Position(end) != r.End {
				t.Fatalf("%s stands at %s, which is no place of %q", what, placeOf(r), content)
			}
		}
		for _, e := range file.Entries {
			if e.Name == "" || e.Ecosystem == "" {
				t.Fatalf("an entry without a name in %q: %+v", content, e)
			}
			inside(e.Name, e.At)
			if e.Pin != nil {
				inside("the version of "+e.Name, *e.Pin)
				if start, end := decoded.Offset(e.Pin.Start), decoded.Offset(e.Pin.End); string(decoded.Bytes[start:end]) == "" {
					t.Fatalf("an empty pin in %q: %+v", content, e)
				}
			}
		}
		for _, s := range file.Sources {
			inside("a source", s.At)
		}
		for _, s := range file.Scripts {
			inside("a script", s.At)
		}
		for _, o := range file.Options {
			inside("an option", o.At)
		}
		for _, p := range file.Includes {
			if !fs.ValidPath(string(p)) {
				t.Fatalf("%q is outside", p)
			}
		}
	})
}
