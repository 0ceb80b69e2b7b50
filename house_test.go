package assay_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The house has four floors, and every import points down: cmd, app, checks, rules. These tests hold it up.

const module = "github.com/assay-app/assay"

// goFile is one parsed file: its directory relative to the root, and what it imports.
type goFile struct {
	name, dir string
	test      bool
	imports   []string // of this module relative to the root, others in full
	syntax    *ast.File
}

func parseHouse(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		file := goFile{name: filepath.ToSlash(name), dir: filepath.ToSlash(filepath.Dir(name)), test: strings.HasSuffix(name, "_test.go"), syntax: syntax}
		for _, spec := range syntax.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			file.imports = append(file.imports, strings.TrimPrefix(imported, module+"/"))
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d Go files found: the test looks in the wrong place", len(files))
	}
	return files
}

// below reports whether a directory is dir or lies in it.
func below(name, dir string) bool { return name == dir || strings.HasPrefix(name, dir+"/") }

func anyBelow(name string, dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return below(name, dir) })
}

func TestHouseImportsPointDown(t *testing.T) {
	forbidden := map[string][]string{
		"app":    {"cmd"},
		"checks": {"cmd", "app"},
		"rules":  {"cmd", "app", "checks"},
	}
	for _, file := range parseHouse(t) {
		for floor, above := range forbidden {
			for _, imported := range file.imports {
				if below(file.dir, floor) && anyBelow(imported, above...) {
					t.Errorf("%s imports %s, which is a floor above it", file.name, imported)
				}
			}
		}
	}
}

// checkOf is the name of the check that a directory belongs to, and "" for the vocabulary and what checks share.
func checkOf(dir string) string {
	rest, ok := strings.CutPrefix(dir, "checks/")
	if name, _, _ := strings.Cut(rest, "/"); ok && name != "internal" {
		return name
	}
	return ""
}

// judged is the pure half of the dependency check. It parses nothing: whoever looks packages up may use it.
const judged = "checks/dependency/judge"

func TestHouseChecksAreIndependent(t *testing.T) {
	for _, file := range parseHouse(t) {
		for _, imported := range file.imports {
			other := checkOf(imported)
			switch {
			case other == "" || imported == judged && below(file.dir, "app"):
			case checkOf(file.dir) != "" && checkOf(file.dir) != other:
				t.Errorf("%s imports another check, %s", file.name, imported)
			case checkOf(file.dir) == "" && !below(file.dir, "app/analyse") && !file.test:
				t.Errorf("%s imports %s; checks are called in one place, app/analyse", file.name, imported)
			}
		}
	}
}

func TestHouseChecksArePure(t *testing.T) {
	for _, file := range parseHouse(t) {
		if !below(file.dir, "checks") || file.test {
			continue
		}
		for _, imported := range file.imports {
			if imported != "net/url" && imported != "net/netip" && anyBelow(imported, "os", "net", "net/http", "os/exec", "database/sql", "syscall", "golang.org/x/sys") {
				t.Errorf("%s imports %s; a check opens nothing", file.name, imported)
			}
		}
	}
}

// TestHouseCommandLineIsThePipeline: what the command line shares with the App knows nothing of GitHub or a database.
func TestHouseCommandLineIsThePipeline(t *testing.T) {
	imports := map[string][]string{}
	for _, file := range parseHouse(t) {
		if !file.test {
			imports[file.dir] = append(imports[file.dir], file.imports...)
		}
	}
	for _, shared := range []string{"app/review", "app/analyse", "app/policy", "app/gitrepo", "app/output"} {
		seen := map[string]bool{}
		var visit func(dir, by string)
		visit = func(dir, by string) {
			if anyBelow(dir, "app/githubapi", "app/publish", "app/store", "app/queue", "app/webhook", "app/jobs") || strings.Contains(dir, "go-github") {
				t.Errorf("%s reaches %s through %s", shared, dir, by)
			}
			if seen[dir] {
				return
			}
			seen[dir] = true
			for _, imported := range imports[dir] {
				visit(imported, dir)
			}
		}
		visit(shared, shared)
	}
}

func TestHouseLocalhubStandsAlone(t *testing.T) {
	for _, file := range parseHouse(t) {
		for _, imported := range file.imports {
			if below(file.dir, "app/localhub") && !file.test && (below(imported, "app") && !below(imported, "app/localhub") || strings.Contains(imported, "go-github") || strings.Contains(imported, "ghinstallation")) {
				t.Errorf("%s imports %s; localhub would then share the mistakes that it is there to find", file.name, imported)
			}
			if below(imported, "app/localhub") && !file.test && !anyBelow(file.dir, "app/localhub", "cmd") {
				t.Errorf("%s imports %s; only commands and tests may", file.name, imported)
			}
		}
	}
}

func TestHouseHasNoInit(t *testing.T) {
	for _, file := range parseHouse(t) {
		for _, decl := range file.syntax.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function; implementations are injected in cmd", file.name)
			}
		}
	}
}

func TestHouseEveryCheckHasAReadme(t *testing.T) {
	entries, err := os.ReadDir("checks")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "internal" || entry.Name() == "testdata" {
			continue
		}
		if _, err := os.Stat(filepath.Join("checks", entry.Name(), "README.md")); err != nil {
			t.Errorf("checks/%s says nowhere what it finds and what not: %v", entry.Name(), err)
		}
	}
}

// TestHouseRepositoryIsClean looks for what no file may hold: host names of package registries, which differ from
// place to place and belong into the reader's own settings, and marks of unfinished work.
func TestHouseRepositoryIsClean(t *testing.T) {
	hosts := []string{"registry." + "npmjs", "pypi." + "org", "files.python" + "hosted", "proxy.gol" + "ang", "sum.gol" + "ang", "repo1." + "maven", "repo.mav" + "en", "index.cra" + "tes", "static.cra" + "tes", "deb.deb" + "ian"}
	marks := []string{"TO" + "DO", "FIX" + "ME", "t.Sk" + "ip("}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{".git", ".cache", "bin", "node_modules"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || path.Ext(name) == ".png" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, host := range hosts {
			if strings.Contains(string(text), host) {
				t.Errorf("%s names the host of a package registry", name)
			}
		}
		for _, mark := range marks {
			if path.Ext(name) == ".go" && strings.Contains(string(text), mark) {
				t.Errorf("%s holds %q", name, mark)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
