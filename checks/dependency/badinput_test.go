package dependency_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/assay-app/assay/checks"
)

// has reports whether something is said to be unscanned for a reason that holds some words.
func has(unscanned []checks.Unscanned, words string) bool {
	for _, u := range unscanned {
		if strings.Contains(u.Reason, words) {
			return true
		}
	}
	return false
}

// utf16Of is a text in UTF-16 with a mark of byte order.
func utf16Of(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune("\uFEFF" + s)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

// lines joins what a format makes of the numbers below n.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestFilesThatAreBroken(t *testing.T) {
	const mebibyte = 1 << 20
	lock := func(packages string) string { return `{"lockfileVersion": 3, "packages": {` + packages + `}}` }
	tests := map[string]struct {
		name, text string
		packages   string // names, at the head, at most three
		reason     string // of what is unscanned; "" for nothing
	}{
		"a lockfile of 50 MB":              {"package-lock.json", strings.Repeat(" ", 50_000_000), "", "larger than 32 MiB"},
		"a lockfile of 51 MiB":             {"package-lock.json", strings.Repeat(" ", 51*mebibyte), "", "larger than 32 MiB"},
		"10,000 aliases of YAML":           {"pnpm-lock.yaml", "lockfileVersion: '9.0'\na: &a {b: c}\npackages:\n" + lines(10_000, "  p%d@1.0.0: *a\n"), "p0 p1 p2", "references"},
		"aliases that grow":                {"pnpm-lock.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nlockfileVersion: '9.0'\npackages:\n  p@1.0.0: *c\n", "p", "references"},
		"10,000 aliases in an environment": {"environment.yml", "a: &a b\ndependencies:\n" + strings.Repeat("- *a\n", 10_000), "", "references"},
		"a key twice":                      {"package.json", `{"dependencies": {"a": "1.0.0"}, "dependencies": {"b": "1.0.0"}}`, "a b", ""},
		"a package twice":                  {"package-lock.json", lock(`"node_modules/a": {"version": "1.0.0"}, "node_modules/a": {"version": "2.0.0"}`), "a a", ""},
		"a field twice":                    {"package-lock.json", lock(`"node_modules/a": {"version": "1.0.0", "version": "2.0.0"}`), "a", ""},
		"a mark of byte order":             {"requirements.txt", "\uFEFFa==1.0\n", "a", ""},
		"a mark of byte order in JSON":     {"package.json", "\uFEFF" + `{"dependencies": {"a": "1.0.0"}}`, "a", ""},
		"a mark of byte order in TOML":     {"Cargo.toml", "\uFEFF[dependencies]\na = \"1.0.0\"\n", "a", ""},
		"a mark of byte order in YAML":     {"pnpm-lock.yaml", "\uFEFFlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n", "a", ""},
		"lines that end as on Windows":     {"requirements.txt", "a==1.0\r\nb==1.0\r\n", "a b", ""},
		"lines of Windows in TOML":         {"Cargo.toml", "[dependencies]\r\na = \"1.0.0\"\r\n", "a", ""},
		"lines of Windows in YAML":         {"pnpm-lock.yaml", "lockfileVersion: '9.0'\r\npackages:\r\n  a@1.0.0: {}\r\n", "a", ""},
		"UTF-16":                           {"requirements.txt", utf16Of("a==1.0\r\nb==1.0\r\n"), "a b", ""},
		"UTF-16 in JSON":                   {"package.json", utf16Of(`{"dependencies": {"a": "1.0.0"}}`), "a", ""},
		"bytes that are no UTF-8":          {"requirements.txt", "a\xff\xfe==1.0\nb==1.0\n", "a\xff\xfe b", ""},
		"bytes that are no text":           {"package.json", "{\x00\x01", "", "not a text file"},
		"an empty file":                    {"requirements.txt", "", "", ""},
		"an empty lockfile":                {"package-lock.json", "", "", "cannot be understood"},
		"a lockfile that is a list":        {"package-lock.json", "[]", "", "cannot be understood"},
		"a lockfile of another kind":       {"package-lock.json", "a==1.0\n", "", "cannot be understood"},
		"a million brackets":               {"package-lock.json", `{"packages": ` + strings.Repeat("[", mebibyte), "", "cannot be understood"},
		"a file that includes itself":      {"requirements.txt", "-r requirements.txt\na==1.0\n", "a", ""},
		"a file outside the repository":    {"requirements.txt", "-r ../../etc/passwd\na==1.0\n", "a", "not in the repository"},
		"an absolute path":                 {"requirements.txt", "-r /etc/passwd\na==1.0\n", "a", "not in the repository"},
		"a file that is not there":         {"requirements.txt", "-r missing.txt\na==1.0\n", "a", ""},
		"a line of 2 MB":                   {"requirements.txt", "a==1.0\nb" + strings.Repeat(" ", 2*mebibyte) + "==1.0\nc==1.0\n", "a c", "longer than 1024 KiB"},
		"a lockfile on one line":           {"package-lock.json", lock(`"node_modules/a": {"version": "1.0.0"}, "x": {"y": "` + strings.Repeat("z", 3*mebibyte) + `"}`), "a", ""},
		"100,000 packages":                 {"package-lock.json", lock(strings.TrimSuffix(lines(100_000, `"node_modules/p%d": {"version": "1.0.0"},`), ",")), "p0 p1 p2", "more than 50000 packages"},
		"a package without a name":         {"package-lock.json", lock(`"node_modules/": {"version": "1.0.0"}, "node_modules/a": {"version": "1.0.0"}`), "a", ""},
		"values of the wrong kind":         {"package-lock.json", lock(`"node_modules/a": {"version": 1, "resolved": [], "integrity": {}, "hasInstallScript": "x"}, "node_modules/b": 3, "node_modules/c": null`), "a b c", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report := look(t, memoryChange(nil, map[string]string{test.name: test.text}, nil))
			var names []string
			for _, p := range report.Packages[:min(len(report.Packages), 3)] {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, " "); got != test.packages {
				t.Errorf("packages %q, want %q", got, test.packages)
			}
			switch {
			case test.reason == "":
				for _, u := range report.Unscanned {
					t.Errorf("unscanned: %s", u.Reason)
				}
			case !has(report.Unscanned, test.reason):
				t.Errorf("unscanned %+v, want that it says %q", report.Unscanned, test.reason)
			}
		})
	}
}

func TestNamesThatNobodyWouldChoose(t *testing.T) {
	escaped := func(name string) string {
		return strings.NewReplacer("\x00", `\u0000`, "\n", `\n`, "\x1b", `\u001b`, `"`, `\"`).Replace(name)
	}
	const deceptive, lock, manifest = "deceptive-package-name", "package-lock.json", "package.json"
	tests := map[string]struct {
		name string
		rule checks.RuleID // that says something of it; "" for none
	}{
		"a step up":                  {"a/../b", deceptive},
		"a step out":                 {"../../etc/passwd", deceptive},
		"an absolute path":           {"/etc/passwd", deceptive},
		"an encoded slash":           {"a%2fb", deceptive},
		"a control character":        {"a\x1b[31mb", deceptive},
		"a line feed":                {"a\nb", deceptive},
		"a NUL":                      {"a\x00b", deceptive},
		"text that turns round":      {"a\u202eb", deceptive},
		"nothing that can be seen":   {"a\u200bb", deceptive},
		"a letter of another script": {"re\u0430ct", deceptive},
		"10,000 characters":          {strings.Repeat("a", 10_000), ""},
		"10,000 letters of others":   {strings.Repeat("\u0430", 10_000), deceptive},
		"markdown":                   {"[a](https://evil.example)", ""},
		"an image":                   {"![a](https://evil.example/x.png)", ""},
		"somebody's attention":       {"@everyone", ""},
		"a tag":                      {"<img src=x onerror=alert(1)>", ""},
		"the end of a quotation":     {"a` <b> `", ""},
		"a word of ours in braces":   {"{package}", ""},
		"a command":                  {"a; rm -rf $HOME", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			written := escaped(test.name)
			base := map[string]string{manifest: `{}`, lock: `{"lockfileVersion": 3, "packages": {"": {}, "node_modules/o": {"version": "1.0.0", "resolved": "https://registry.example/o/-/o-1.0.0.tgz", "integrity": "sha512-YQ=="}}}`}
			head := map[string]string{
				manifest: `{"dependencies": {"` + written + `": "git+https://git.example/a/b.git"}}`,
				lock: `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"` + written + `": "1.0.0"}},
  "node_modules/` + written + `": {"version": "1.0.0", "resolved": "http://evil.example/` + written + `/-/x-1.0.0.tgz"}}}`,
			}
			report := look(t, memoryChange(base, head, nil))
			found := map[checks.RuleID]bool{}
			for _, f := range report.Findings {
				found[f.Rule] = true
				if len(f.Message) > 2000 || len(f.Title) > 300 {
					t.Errorf("%s says %d bytes under a title of %d", f.Rule, len(f.Message), len(f.Title))
				}
			}
			if found[deceptive] != (test.rule == deceptive) {
				t.Errorf("found %v", found)
			}
			if !found["git-dependency-unpinned"] {
				t.Errorf("the git dependency is not found: %v", found)
			}
			names := 0
			for _, p := range report.Packages {
				if p.Revision == checks.AtHead && strings.HasSuffix(test.name, p.Name) {
					names++
				}
			}
			if names < 2 {
				t.Errorf("%d packages of that name, want those of both files: %+.500v", names, report.Packages)
			}
			for _, u := range report.Unscanned {
				t.Errorf("unscanned: %s", u.Reason)
			}
		})
	}
}

// npmPackages are the entries of n packages as a package-lock.json holds them, with whatever else each has.
func npmPackages(n int, more string) string {
	return strings.TrimSuffix(lines(n, `"node_modules/p%d": {"version": "1.0.0"`+more+`},`), ",")
}

func npmLockOf(packages string) string {
	return `{"lockfileVersion": 3, "packages": {` + packages + `}}`
}

func TestChangesLargerThanAnybodyReviews(t *testing.T) {
	deep := strings.Repeat("d/", 3000)
	many := func(n int, name, text string) map[string]string {
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf(name, i)] = text
		}
		return files
	}
	with := func(files map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	includes := many(1000, "a%d/requirements.txt", lines(1000, "-r ../lists/%d.list\n"))
	for i := range 1000 {
		includes[fmt.Sprintf("lists/%d.list", i)] = fmt.Sprintf("p%d==1.0\n-r %d.list\n-r 0.list\n", i, i+1)
	}
	same := npmLockOf(strings.TrimSuffix(lines(20_000, `"node_modules/q%d/node_modules/p": {"version": "1.0.%[1]d", "integrity": "sha1-a%[1]d"},`), ","))
	hashes := func(kind string) string { return "p==1.0" + lines(11_000, " --hash="+kind+":a%d") + "\n" }
	tests := map[string]struct {
		base, head, links map[string]string
		packages          int      // at the head
		findings          [2]int   // at least and at most
		reasons           []string // of what is unscanned
	}{
		"10,000 manifests":                        {nil, many(10_000, "a%d/package.json", `{"dependencies": {"a": "1.0.0"}}`), nil, 10_000, [2]int{}, nil},
		"10,000 manifests in folders of settings": {many(5000, "a%d/.npmrc", "@b:registry=https://a.example\n"), with(many(5000, "a%d/package.json", `{"dependencies": {"a": "1.0.0"}}`)), nil, 5000, [2]int{}, nil},
		"5,000 files of which none is a manifest": {nil, many(5000, "src/%d.txt", "pip\n"), nil, 0, [2]int{}, nil},
		"3,000 folders inside each other":         {map[string]string{deep + ".npmrc": "registry=https://a.example\n"}, map[string]string{deep + "package.json": `{"dependencies": {"a": "1.0.0"}}`, deep + "a.sh": "npx acme-thing\n"}, nil, 2, [2]int{1, 1}, nil},
		"a file more than are kept":               {nil, many(5, "a%d/package-lock.json", npmLockOf(npmPackages(50_000, ""))), nil, 200_000, [2]int{}, []string{"more than 200000 packages together"}},
		"more bytes than are kept":                {nil, many(9, "a%d/package-lock.json", npmLockOf(npmPackages(1, ""))+strings.Repeat(" ", 30<<20)), nil, 6, [2]int{}, []string{"larger than 192 MiB together"}},
		"more findings than are told":             {nil, map[string]string{"package-lock.json": npmLockOf(npmPackages(12_000, `, "resolved": "http://a%[1]d.example/a.tgz"`))}, nil, 12_000, [2]int{10_000, 10_000}, []string{"more than 10000 findings; 2000 more"}},
		"files that all include the same files":   {nil, includes, nil, 1000, [2]int{}, nil},
		"a name in 20,000 versions":               {map[string]string{"package-lock.json": same}, map[string]string{"package-lock.json": strings.ReplaceAll(same, "sha1-a", "sha1-b")}, nil, 20_000, [2]int{1, 10_000}, nil},
		"a package with 11,000 hashes":            {map[string]string{"requirements.txt": hashes("sha256")}, map[string]string{"requirements.txt": hashes("sha512")}, nil, 1, [2]int{}, nil},
		"a package of which 11,000 hashes change": {map[string]string{"requirements.txt": hashes("sha256")}, map[string]string{"requirements.txt": strings.ReplaceAll(hashes("sha256"), ":a", ":b")}, nil, 1, [2]int{1, 1}, nil},
		"a line changed here and there":           {map[string]string{"requirements.txt": lines(40_000, "p%d==1.0\n")}, map[string]string{"requirements.txt": lines(40_000, "p%d==1.1\n")}, nil, 40_000, [2]int{}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := memoryChange(test.base, test.head, test.links)
			if name == "a line changed here and there" {
				c.Files[0].Hunks = nil
				for i := range 20_000 {
					c.Files[0].Hunks = append(c.Files[0].Hunks, checks.Hunk{OldStart: 2*i + 1, OldLines: 1, NewStart: 2*i + 1, NewLines: 1})
				}
			}
			report := look(t, c)
			packages := 0
			for _, p := range report.Packages {
				if p.Revision == checks.AtHead {
					packages++
				}
			}
			if packages != test.packages {
				t.Errorf("%d packages, want %d", packages, test.packages)
			}
			if n := len(report.Findings); n < test.findings[0] || n > test.findings[1] {
				t.Errorf("%d findings, want %d to %d", n, test.findings[0], test.findings[1])
			}
			for _, reason := range test.reasons {
				if !has(report.Unscanned, reason) {
					t.Errorf("it is not said: %s", reason)
				}
			}
			for _, u := range report.Unscanned {
				if len(test.reasons) == 0 && !has([]checks.Unscanned{u}, "findings") || u.Kind != checks.Failed {
					t.Errorf("unscanned: %+v", u)
				}
			}
		})
	}
}

// TestFilesThatIncludeOthers: each is read once, as what it is taken in as, and no link is followed.
func TestFilesThatIncludeOthers(t *testing.T) {
	tests := map[string]struct {
		head, links map[string]string
		packages    string
		reason      string // of what is unscanned; "" for nothing
	}{
		"two that include each other":        {map[string]string{"requirements.txt": "-r a.list\na==1.0\n", "a.list": "-r requirements.txt\n-r a.list\nb==1.0\n"}, nil, "a b", ""},
		"three in a circle":                  {map[string]string{"a-requirements.txt": "-r b.list\na==1.0\n", "b.list": "-r c.list\nb==1.0\n", "c.list": "-r b.list\nc==1.0\n"}, nil, "a b c", ""},
		"one that two include":               {map[string]string{"a-requirements.txt": "-r c.list\n", "b-requirements.txt": "-r c.list\n", "c.list": "c==1.0\n"}, nil, "c", ""},
		"one in a folder above":              {map[string]string{"a/requirements.txt": "-r ../b.list\n", "b.list": "b==1.0\n"}, nil, "b", ""},
		"a link to a file outside":           {map[string]string{"requirements.txt": "-r a.list\na==1.0\n"}, map[string]string{"a.list": "/etc/passwd"}, "a", "it is a link"},
		"a manifest that is a link":          {map[string]string{"a.list": "a==1.0\n"}, map[string]string{"requirements.txt": "a.list"}, "", "it is a link"},
		"a list that links to another":       {map[string]string{"requirements/prod.txt": "a==1.0\n"}, map[string]string{"requirements.txt": "requirements/prod.txt"}, "a", ""},
		"a manifest that links to another":   {map[string]string{"a/package.json": `{"dependencies": {"a": "1.0.0"}}`}, map[string]string{"b/package.json": "../a/package.json"}, "a", ""},
		"a command that names such a file":   {map[string]string{"a.sh": "pip install -r a.list\n", "a.list": "b==1.0\n-r a.list\n"}, nil, "b", ""},
		"a command that names a link":        {map[string]string{"a.sh": "pip install -r a.list\n"}, map[string]string{"a.list": "../../etc/passwd"}, "", "it is a link"},
		"a command that names a file beyond": {map[string]string{"a.sh": "pip install -r ../../etc/passwd c\n"}, nil, "c", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report := look(t, memoryChange(nil, test.head, test.links))
			var names []string
			for _, p := range report.Packages {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, " "); got != test.packages {
				t.Errorf("packages %q, want %q", got, test.packages)
			}
			switch {
			case test.reason == "" && len(report.Unscanned) > 0:
				t.Errorf("unscanned: %+v", report.Unscanned)
			case test.reason != "" && !has(report.Unscanned, test.reason):
				t.Errorf("unscanned %+v, want that it says %q", report.Unscanned, test.reason)
			}
		})
	}
}

// TestFilesThatBreakOff: files of real tools, cut at several places, against the whole.
func TestFilesThatBreakOff(t *testing.T) {
	const cuts = 5
	for name, whole := range fixtures(t) {
		for i := range cuts {
			part := whole[:len(whole)*i/cuts]
			for _, sides := range [][2]string{{whole, part}, {part, whole}} {
				look(t, memoryChange(map[string]string{name: sides[0]}, map[string]string{name: sides[1]}, nil))
			}
		}
	}
}

// fixtures are the files that real tools wrote, by the path below their project.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	const root = "manifest/testdata"
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".golden") || strings.Contains(path, "/fuzz/") {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(filepath.ToSlash(path), root+"/")] = string(text)
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	return files
}
