package manifest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// pythonFixtures calls do for each file of testdata/python. Lockfiles, exports and frozen lists are what pip 26.3,
// pip-tools 7, uv, Poetry 1.1, 1.4 and 2.5, PDM 2.25 and pipenv wrote for small projects of ours, with other hosts.
func pythonFixtures(t *testing.T, do func(t *testing.T, name, content string)) {
	t.Helper()
	count := 0
	err := filepath.WalkDir(filepath.Join("testdata", "python"), func(name string, entry fs.DirEntry, err error) error {
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
	if err != nil {
		t.Fatal(err)
	}
	if count < 25 {
		t.Fatalf("only %d fixtures found", count)
	}
}

// TestPythonFilesOfRealTools compares with golden files; WRITE_GOLDEN=1 writes them anew.
func TestPythonFilesOfRealTools(t *testing.T) {
	pythonFixtures(t, func(t *testing.T, name, content string) {
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

// TestPythonFilesWithCarriageReturns: a checkout on Windows, perhaps with a mark of byte order, is read alike.
func TestPythonFilesWithCarriageReturns(t *testing.T) {
	pythonFixtures(t, func(t *testing.T, name, content string) {
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

// TestPythonFilesCutOff: whatever is missing, nothing panics, and what is read stands in the file.
func TestPythonFilesCutOff(t *testing.T) {
	r, err := NewReader()
	if err != nil {
		t.Fatal(err)
	}
	pythonFixtures(t, func(t *testing.T, name, content string) {
		for end := 0; end < len(content); end += 1 + len(content)/150 {
			checkPlaces(t, r, name, content[:end])
		}
	})
}

// checkPlaces reads a text and checks that all places lie in it, in order, and that pins hold versions.
func checkPlaces(t *testing.T, r *Reader, path, content string) {
	t.Helper()
	file, err := r.Read(context.Background(), fstest.MapFS{path: {Data: []byte(content)}}, checks.Path(path), "")
	if err != nil {
		if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, text.ErrNotText) {
			t.Fatalf("%s: %v", path, err)
		}
		return
	}
	decoded, ok := text.Decode([]byte(content))
	if !ok {
		return
	}
	inside := func(r checks.Range) {
		start, end := decoded.Offset(r.Start), decoded.Offset(r.End)
		if r.Start.Line < 1 || start > end || decoded.Position(start) != r.Start || decoded.Position(end) != r.End {
			t.Fatalf("%s: a place that is none, %+v, in %q", path, r, content)
		}
	}
	before := checks.Position{}
	for _, e := range file.Entries {
		inside(e.At)
		if e.At.Start.Line < before.Line {
			t.Fatalf("%s: %s stands before the entry above it in %q", path, e.Name, content)
		}
		before = e.At.Start
		if e.Pin != nil {
			inside(*e.Pin)
			if got := string(decoded.Bytes[decoded.Offset(e.Pin.Start):decoded.Offset(e.Pin.End)]); got != e.Version {
				t.Fatalf("%s: the pin of %s holds %q, not %q, in %q", path, e.Name, got, e.Version, content)
			}
		}
	}
	for _, s := range file.Sources {
		inside(s.At)
	}
	for _, o := range file.Options {
		inside(o.At)
	}
	for _, include := range file.Includes {
		if !fs.ValidPath(string(include)) && !strings.Contains(string(include), "\x00") && slices.Contains(strings.Split(string(include), "/"), "..") {
			t.Fatalf("%s includes %q", path, include)
		}
	}
}

// FuzzPython: no text of any Python format panics or gives a place outside of it.
func FuzzPython(f *testing.F) {
	r, err := NewReader()
	if err != nil {
		f.Fatal(err)
	}
	var names []string
	for _, format := range slices.Concat(pythonFormats(), condaFormats()) {
		names = append(names, strings.ReplaceAll(format.claims[0], "*", ""))
	}
	f.Add(1, "a[b]==1.0;x \\\n --hash=sha256:aa # c\n-r ../x\n-e git+https://h/x@y#egg=z\n")
	f.Add(2, "[project]\ndependencies = [\"a==1\", 'b @ https://h/b-1.zip']\n[tool.poetry.dependencies]\nc = {version = \"1\"}\n[tool.uv.sources]\na = [{git=\"x\"}]\n")
	f.Add(3, "R = ['a']\nsetup(install_requires=R + ['b==1'], extras_require={'x': '''c\nd'''})\n")
	f.Add(4, "[options]\ninstall_requires = a; b==1\n  c\n")
	f.Add(6, `{"default": {"a": {"version": "==1", "hashes": ["sha256:a"]}}, "_meta": {"sources": [{"url": "u"}]}}`)
	f.Add(9, "[[package]]\nname = 'a'\nversion = '1'\nsource = {registry = 'r'}\nwheels = [{url = 'u', hash = 'sha256:a'}]\n")
	fixtures, err := filepath.Glob("testdata/python/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range fixtures {
		content, err := os.ReadFile(name)
		i := slices.IndexFunc(names, func(ending string) bool { return strings.HasSuffix(name, ending) })
		if err == nil && i >= 0 {
			f.Add(i, string(content))
		}
	}
	f.Add(13, "dependencies:\n- a=1=b\n- 'c==1'\n- pip:\n  - d==1\n  - -e .\n")
	f.Fuzz(func(t *testing.T, format int, content string) {
		if len(content) < 1<<16 {
			checkPlaces(t, r, "x/"+names[uint(format)%uint(len(names))], content)
		}
	})
}

func TestRequirementLines(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"one version":                           {"a==1.0", `a "1.0" pin "1.0"`},
		"blanks everywhere":                     {"  A_b  ==  1.0  ; x ", `a-b "1.0" pin "1.0"`},
		"three equals signs":                    {"a===1.0+cu118", `a "1.0+cu118" pin "1.0+cu118"`},
		"a range":                               {"numpy>=1.20", `numpy "" wants >=1.20`},
		"a wildcard":                            {"a==1.*", `a "" wants ==1.*`},
		"a compatible release":                  {"a~=1.4.2", `a "" wants ~=1.4.2`},
		"an exact version beside a range":       {"a<2,==1.0", `a "1.0"`},
		"brackets":                              {"a (==1.0)", `a "1.0" pin "1.0"`},
		"extras":                                {"a[b, c]==1.0", `a "1.0" pin "1.0"`},
		"hashes":                                {"a==1.0 --hash=sha256:aa --hash sha256:bb", `a "1.0" hash sha256:aa+sha256:bb`},
		"an address":                            {"a @ https://h.example/a-1.0.zip", `a "1.0" url https://h.example/a-1.0.zip`},
		"an address with a password":            {"a@https://u:p@h.example/b.zip", `a "" url https://h.example/b.zip`},
		"a wheel's address alone":               {"https://h.example/A_b-1.0-py3-none-any.whl", `a-b "1.0" url https://h.example/A_b-1.0-py3-none-any.whl`},
		"a git address":                         {"git+https://h.example/x/Y.git@v1", `y "" git git+https://h.example/x/Y.git@v1`},
		"a git address with a name":             {"-e git+ssh://git@h.example/x/y@main#egg=z[w]", `z "" git git+ssh://git@h.example/x/y@main#egg=z[w]`},
		"a git address by name":                 {"a @ git+https://h.example/x/y", `a "" git git+https://h.example/x/y`},
		"a name in capital Cyrillic and Latin":  {"Requеsts==1", "requеsts \"1\" pin \"1\""},
		"a character that only looks like a K":  {"\u212Abot", "\u212Abot \"\""},
		"a control character in a name":         {"a\x01b==1", "a\x01b \"1\" pin \"1\""},
		"a wheel in the repository":             {"./w/a-1.0-py3-none-any.whl", `a "1.0" local ./w/a-1.0-py3-none-any.whl`},
		"a version that continues in a line":    {"a==1.\\\n2", `a "1.2"`},
		"a name that continues in a line":       {"re\\\nquests==1.0", `requests "1.0" pin "1.0"`},
		"a second package after U+2028":         {"# x\u2028evil==1", `evil "1" pin "1"`},
		"a second package after a line feed":    {"a\vb", `a ""; b ""`},
		"a comment after a backslash":           {"a==1 \\\n# x\nb", `a "1" pin "1"; b ""`},
		"a number sign inside of an address":    {"a @ https://h.example/x#y", `a "" url https://h.example/x#y`},
		"a comment":                             {"a==1 # b==2", `a "1" pin "1"`},
		"two files in a line of options":        {"--extra-index https://x.example --pre", ``},
		"a line that is no requirement":         {"Python 3.6", ``},
		"a single equals sign":                  {"a=1.0", ``},
		"a folder":                              {"./libs/a", ``},
		"a version after two files of a letter": {"x", `x ""`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := readAlone(t, "requirements.txt", tt.line)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			decoded := text.New([]byte(tt.line))
			for _, e := range file.Entries {
				s := fmt.Sprintf("%s %q", e.Name, e.Version)
				if e.Requirement != "" {
					s += " wants " + e.Requirement
				}
				if e.Origin != "" {
					s += " " + string(e.Origin) + " " + e.Source
				}
				if len(e.Hashes) > 0 {
					s += " hash " + strings.Join(e.Hashes, "+")
				}
				if e.Pin != nil {
					s += fmt.Sprintf(" pin %q", tt.line[decoded.Offset(e.Pin.Start):decoded.Offset(e.Pin.End)])
				}
				got = append(got, s)
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

func TestPythonFilesThatAreHostile(t *testing.T) {
	tests := map[string]struct{ path, content, want string }{
		"requirements outside of the repository":      {"a/requirements.txt", "-r ../../etc/passwd\n-r /etc/passwd\n-r file:///etc/passwd\n-c ../constraints.txt\nx\n", "includes constraints.txt\nlossy: line 1 takes in a file that is not in the repository"},
		"requirements from an address":                {"requirements.txt", "-r https://h.example/r.txt\n", "1:1-27 option requirement: https://h.example/r.txt\nlossy: line 1 takes requirements from an address"},
		"a file that includes itself":                 {"a/requirements.txt", "-r requirements.txt\n", ""},
		"options in short":                            {"requirements.txt", "--trust h.example --ext=https://h.example\n", "1:19-42 source https://h.example  besides another\n1:1-18 option trusted-host: h.example"},
		"an option without its value":                 {"requirements.txt", "-e\n--index-url\n--hash\n", "lossy: line 1 is no requirement"},
		"a quoted option":                             {"requirements.txt", "--index-url \"https://h.example\"\n", "1:1-32 source https://h.example"},
		"a table twice":                               {"pyproject.toml", "[project]\ndependencies = ['a']\n[project]\ndependencies = ['b==1']\n", "2:17-20 PyPI a \"\" direct\n4:17-23 PyPI b \"1\" direct  pin 4:21 \"1\"\nlossy: line 3 makes no sense"},
		"a list that is none":                         {"pyproject.toml", "[project]\ndependencies = 'a'\n[project.optional-dependencies]\nx = {y = ['z']}\n", ""},
		"a lockfile whose packages are no list":       {"uv.lock", "package = 1\n", "lossy: package is no list of packages"},
		"a package without a name":                    {"uv.lock", "[[package]]\nversion = '1'\n", "lossy: a package without a name"},
		"a lockfile cut off":                          {"poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nfiles = [\n {file = \"x", "2:1-5:12 PyPI a \"1\"\nlossy: line 5 makes no sense"},
		"a key twice in JSON":                         {"Pipfile.lock", `{"default": {"a": {"version": "==1"}, "a": {"version": "==2"}}}`, "1:14-37 PyPI a \"1\"\n1:39-62 PyPI a \"2\""},
		"a pin in escapes":                            {"pyproject.toml", "project.dependencies = [\"a==1\\u002e0\"]\n", "1:25-38 PyPI a \"1.0\" direct"},
		"a wheel among many that was exchanged":       {"uv.lock", "[[package]]\nname = 'a'\nwheels = [{url='https://f.example/a-1.whl'},{url='https://e.example/a-2.whl'},{url='https://f.example/a-3.whl'}]\n", "2:1-3:113 PyPI a \"\"  from: https://e.example/a-2.whl"},
		"requirements of another package manager":     {"apt-requirements.txt", "curl\n", ""},
		"a list in setup.py that needs itself":        {"setup.py", "a = a + ['x']\nsetup(install_requires=a)\n", "1:11-12 PyPI x \"\" direct\nlossy: line 1 computes requirements"},
		"a dictionary in setup.py that is filled":     {"setup.py", "x = {}\nx['test'] = ['a==1']\nx['all'] = x['test'] + ['b']\nsetup(extras_require=x)\n", "2:15-19 PyPI a \"1\" direct  group: test  pin 2:18 \"1\"\n3:26-27 PyPI b \"\" direct  group: optional"},
		"requirements of people, in prose":            {"hr_requirements.txt", "# Applicants\n- Name and address\n- No gaps\nPython\nSalary below 70k\n", ""},
		"an option that pip does not know":            {"requirements.txt", "a\n--evil x\n", "1:1-2 PyPI a \"\" direct\nlossy: line 2 is no requirement"},
		"an extra that asks for another extra":        {"pyproject.toml", "[project]\nname = 'Acme_Shop'\noptional-dependencies.all = ['acme-shop[fast]']\n", "of acme-shop\n3:30-47 PyPI acme-shop \"\" direct  group: optional  origin: local"},
		"references in an environment":                {"environment.yml", "x: &a [b]\ndependencies: *a\n", "lossy: references between its parts"},
		"a name of nothing but dots":                  {"requirements.txt", "...==1\n", "1:1-7 PyPI - \"1\" direct  pin 1:6 \"1\""},
		"a conda package with a build keeps no pin":   {"environment.yml", "dependencies: [a=1.0=b, a==1.0]\n", "1:16-23 conda a \"1.0\" direct\n1:25-31 conda a \"1.0\" direct  pin 1:28 \"1.0\""},
		"an explicit index is for those that name it": {"pyproject.toml", "[tool.poetry.dependencies]\na = {version='^1', source='m'}\nb = '1.2'\n[[tool.poetry.source]]\nname='m'\nurl='https://m.example'\npriority='explicit'\n", "2:1-31 PyPI a \"\" direct  wants: ^1  from: https://m.example\n3:1-10 PyPI b \"1.2\" direct  pin 3:6 \"1.2\"\n4:1-7:20 source https://m.example  for a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := readAlone(t, tt.path, tt.content)
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(outlineOf(file, tt.content), "\n")
			if tt.path == "a/requirements.txt" && len(file.Entries) > 0 {
				_, got, _ = strings.Cut(got, "\n")
			}
			if strings.TrimSpace(got) != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestPythonBounds(t *testing.T) {
	long := strings.Repeat("a", 10_000)
	file, err := readAlone(t, "requirements.txt", long+"==1\n")
	if err != nil || len(file.Entries) != 1 || file.Entries[0].Name != long {
		t.Errorf("a long name was not kept: %v", err)
	}
	file, err = readAlone(t, "requirements.txt", strings.Repeat("a==1\n", MaxEntries+1))
	if err != nil || len(file.Entries) != MaxEntries || file.Lossy == "" {
		t.Errorf("%d entries, lossy %q, %v", len(file.Entries), file.Lossy, err)
	}
	file, err = readAlone(t, "requirements.txt", "a\n"+numbered(maxNotes+1, "-i https://h.example/%d\n./d%[1]d\n-r x%[1]d\n--trusted-host %[1]d\n"))
	if err != nil || len(file.Sources) != maxNotes || len(file.Workspaces) != maxNotes || len(file.Includes) != maxNotes || len(file.Options) != maxNotes || file.Lossy == "" {
		t.Errorf("%d sources, %d folders, %d files, %d options, lossy %q, %v", len(file.Sources), len(file.Workspaces), len(file.Includes), len(file.Options), file.Lossy, err)
	}
	if _, err = readAlone(t, "uv.lock", strings.Repeat("#", MaxBytes+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a lockfile of more than MaxBytes: %v", err)
	}
	file, err = readAlone(t, "requirements.txt", "a "+strings.Repeat("x\\\n", maxLine+10)+" b\nx\ny\nc\n")
	if err != nil || file.Entries[len(file.Entries)-1].Name != "c" {
		t.Errorf("an endless line swallowed the rest: %v", err)
	}
	for path, content := range map[string]string{
		"requirements.txt": strings.Repeat("x", maxLine+1) + "\nc\n",
		"setup.cfg":        "[options]\ninstall_requires =\n  c\n  " + strings.Repeat("x", maxLine) + "\n",
	} {
		file, err = readAlone(t, path, content)
		if err != nil || len(file.Entries) != 1 || !strings.Contains(file.Lossy, "a line longer than 1024 KiB") {
			t.Errorf("%s with a line longer than the bound: %+v, %v", path, file, err)
		}
	}
	file, err = readAlone(t, "requirements.txt", "a\n"+strings.Repeat("#\n", maxLines/2)+"b\n")
	if err != nil || len(file.Entries) != 1 || file.Lossy == "" {
		t.Errorf("what is beyond the bound on lines: %d entries, lossy %q, %v", len(file.Entries), file.Lossy, err)
	}
	file, err = readAlone(t, "setup.py", "setup()\n"+strings.Repeat("#", maxSetup))
	if err != nil || !strings.Contains(file.Lossy, "too large") {
		t.Errorf("a setup.py beyond the bound: lossy %q, %v", file.Lossy, err)
	}
	if _, err = readAlone(t, "setup.py", "setup("+strings.Repeat("'a',", maxSetup/5)+")"); err != nil {
		t.Errorf("a setup.py that takes much memory: %v", err)
	}
	sum := "setup(install_requires=[]" + strings.Repeat("+['a']", maxSetupDepth+1) + ")"
	file, err = readAlone(t, "setup.py", sum)
	if err != nil || !strings.Contains(file.Lossy, "computes") {
		t.Errorf("a sum deeper than the bound: lossy %q, %v", file.Lossy, err)
	}
	for path, content := range map[string]string{
		"pyproject.toml":  "a = " + strings.Repeat("[", 100_000),
		"setup.py":        "a = " + strings.Repeat("[", 100_000),
		"Pipfile.lock":    strings.Repeat(`{"a":`, 100_000),
		"environment.yml": strings.Repeat("- ", 100_000) + "a",
	} {
		file, err := readAlone(t, path, content)
		if err == nil && file.Lossy == "" {
			t.Errorf("%s: deep nesting was not noticed", path)
		}
	}
	for path, content := range map[string]string{"poetry.lock": "}", "Pipfile.lock": "[]", "pyproject.toml": "?"} {
		if _, err := readAlone(t, path, content); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestPythonReaderStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := readSetupPy(ctx, &File{Path: "setup.py"}, text.New([]byte("setup()")))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// numbered repeats a format with the numbers up to n.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
