package imports

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/internal/ast"
)

// folderOf is a repository in memory.
type folderOf map[string]string

func (f folderOf) Text(name string, limit int) (string, error) {
	if len(f[name]) > limit {
		return "", ErrTooLarge
	}
	return f[name], nil
}

func (f folderOf) Names(folder string) ([]string, error) {
	var out []string
	for name := range f {
		if path.Dir(name) == folder {
			out = append(out, path.Base(name))
		}
	}
	slices.Sort(out)
	return out, nil
}

func TestFilesThatAnImportMayMean(t *testing.T) {
	tree := folderOf{
		"web/tsconfig.json":      `{"extends": "./config/base", "compilerOptions": {"baseUrl": "src"}}`,
		"web/config/base.json":   `{"compilerOptions": {"paths": {"@/*": ["../lib/*", "../gen/*"], "@/exact": ["../one.ts"], "a*b*c": ["x"]}}}`,
		"web/package.json":       `{"imports": {"#db": "./db.js", "#x/*.js": {"default": "./x/*.js"}}}`,
		"broken/tsconfig.json":   `{"compilerOptions": {"paths": ["@/*"], "baseUrl": 3}, "extends": [1]}`,
		"circular/tsconfig.json": `{"extends": "./tsconfig.json"}`,
	}
	tests := []struct {
		name     string
		language ast.Language
		path     string
		pack     string
		module   string
		first    []string // the likeliest
		not      bool     // it is a library
	}{
		{name: "a relative module of JavaScript", language: "javascript", path: "a/b/c.js", module: "../d", first: []string{"a/d.js", "a/d.ts"}},
		{name: "TypeScript imports by the name of what it becomes", language: "typescript", path: "a/c.ts", module: "./d.js", first: []string{"a/d.js", "a/d.js", "a/d.ts"}},
		{name: "nothing outside the repository", language: "javascript", path: "a/c.js", module: "../../d", not: true},
		{name: "a library of JavaScript", language: "javascript", path: "a/c.js", module: "react", not: true},
		{name: "a path with a name, in a configuration that is extended", language: "typescript", path: "web/src/deep/a.ts", module: "@/x/y", first: []string{"web/lib/x/y.js"}},
		{name: "the longest pattern counts", language: "typescript", path: "web/src/a.ts", module: "@/exact", first: []string{"web/one.ts"}},
		{name: "two stars are no pattern", language: "typescript", path: "web/src/a.ts", module: "axbyc", first: []string{"web/src/axbyc.js"}},
		{name: "a module below the base", language: "typescript", path: "web/src/a.ts", module: "util", first: []string{"web/src/util.js"}},
		{name: "imports of a package", language: "javascript", path: "web/src/a.js", module: "#db", first: []string{"web/db.js"}},
		{name: "imports of a package under a condition", language: "javascript", path: "web/src/a.js", module: "#x/y.js", first: []string{"web/x/y.js"}},
		{name: "a configuration that makes no sense", language: "typescript", path: "broken/a.ts", module: "@/x", not: true},
		{name: "a configuration that extends itself", language: "typescript", path: "circular/a.ts", module: "@/x", not: true},
		{name: "a relative module of Python", language: "python", path: "a/b/c.py", module: "..d", first: []string{"a/d.py", "a/d/__init__.py"}},
		{name: "more dots than folders", language: "python", path: "a.py", module: ".....d", first: []string{"d.py"}},
		{name: "an absolute module of Python", language: "python", path: "a/b.py", module: "c.d", first: []string{"a/c/d.py"}},
		{name: "a class of Java", language: "java", path: "m/src/main/java/a/b/C.java", pack: "a.b", module: "x.y.Z", first: []string{"m/src/main/java/x/y/Z.java"}},
		{name: "a nested class of Java", language: "java", path: "a/b/C.java", pack: "a.b", module: "x.Y.Z", first: []string{"x/Y/Z.java", "x/Y.java"}},
		{name: "a test sees the code", language: "java", path: "src/test/java/a/C.java", pack: "a", module: "x.Z", first: []string{"src/test/java/x/Z.java", "src/main/java/x/Z.java"}},
		{name: "a class that stands elsewhere than its package says", language: "java", path: "a/C.java", pack: "b", module: "x.Z", not: true},
		{name: "a class of the platform", language: "java", path: "a/C.java", pack: "a", module: "java.util.List", not: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := New(tree, NewIndex())
			got := r.Files(From{Path: test.path, Language: test.language, Package: test.pack}, test.module)
			if test.not != (len(got) == 0) || len(got) < len(test.first) {
				t.Fatalf("files %v", got)
			}
			if diff := cmp.Diff(test.first, got[:len(test.first)], cmp.Transformer("", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if problems := r.Problems(); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

func TestFilesOfAGoPackageByWhatTheyDeclare(t *testing.T) {
	tree := folderOf{
		"go.mod":         "// of the\nmodule \"example.com/m\" // example\n",
		"a/one.go":       "package a\n\nfunc F[T any](x T) {}\nfunc (s *Set[T]) Add(x T) {}\nfunc (Set[T]) Len() int\ntype Set[T any] struct{}\n",
		"a/two.go":       "package a\nvar (\n\tx, Y = 1, 2\n\t// z\n\tw int\n)\nconst C = 1\ntype (\n\tD int\n)\nfunc (o Other) Len() int\n",
		"a/one_test.go":  "package a\nfunc F() {}\n",
		"nested/go.mod":  "module example.com/m/nested\n",
		"nested/n/n.go":  "package n\nfunc N() {}\n",
		"sub/deep/to.go": "package deep\n",
	}
	tests := []struct{ name, path, module, declared, want string }{
		{"a function", "a/two.go", "", "F", "a/one.go"},
		{"a method", "a/two.go", "", "Set.Add", "a/one.go"},
		{"a method without a body or a name for its receiver", "a/two.go", "", "Set.Len", "a/one.go"},
		{"a type", "a/two.go", "", "Set", "a/one.go"},
		{"variables in brackets", "a/one.go", "", "Y", "a/two.go"},
		{"another variable in brackets", "a/one.go", "", "w", "a/two.go"},
		{"a type in brackets", "a/one.go", "", "D", "a/two.go"},
		{"a constant", "a/one.go", "", "C", "a/two.go"},
		{"nothing of that name", "a/one.go", "", "Gone", ""},
		{"a package of the module", "sub/deep/to.go", "example.com/m/a", "F", "a/one.go"},
		{"a package of another module", "sub/deep/to.go", "example.com/more/a", "F", ""},
		{"the nearest go.mod counts", "nested/n/n.go", "example.com/m/a", "F", ""},
		{"a package of the nearest module", "nested/x.go", "example.com/m/nested/n", "N", "nested/n/n.go"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := New(tree, NewIndex())
			got := strings.Join(r.Declaring(From{Path: test.path, Language: "go"}, test.module, test.declared), " ")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	r := New(tree, NewIndex())
	if got := r.MethodTypes(From{Path: "a/one.go", Language: "go"}, "Len"); !slices.Equal(got, []string{"Set", "Other"}) {
		t.Errorf("types with the method %v", got)
	}
}

func TestBoundsAreSaid(t *testing.T) {
	long := strings.Repeat(" ", maxSettings)
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"#%d": "./x.js",`, i)
		}
		return `{"imports": {` + b.String() + "}}"
	}
	files := func(n int) folderOf {
		tree := folderOf{}
		for i := range n {
			tree[fmt.Sprintf("p/f%d.go", i)] = "package p\nfunc F() {}\n"
		}
		return tree
	}
	large := strings.Repeat("//\n", maxPackageBytes/3)
	ask := func(module string) func(*Resolver) []string {
		return func(r *Resolver) []string { return r.Files(From{Path: "p/a.ts", Language: "typescript"}, module) }
	}
	goes := func(r *Resolver) []string { return r.Declaring(From{Path: "p/f0.go", Language: "go"}, "", "F") }
	imported := func(r *Resolver) []string {
		return r.Declaring(From{Path: "q/a.go", Language: "go"}, "m/p", "F")
	}
	deep := "p" + strings.Repeat("/d", maxFolders) + "/a.ts"
	tests := []struct {
		name  string
		tree  folderOf
		ask   func(*Resolver) []string
		found bool
		said  bool
	}{
		{"a tsconfig.json that is just small enough", folderOf{"tsconfig.json": `{"compilerOptions":{"baseUrl":"."}}` + long[:maxSettings-40]}, ask("x"), true, false},
		{"a tsconfig.json that is too large", folderOf{"tsconfig.json": `{"compilerOptions":{"baseUrl":"."}}` + long}, ask("x"), false, true},
		{"as many aliases as may be", folderOf{"package.json": many(maxAliases)}, ask("#1"), true, false},
		{"too many aliases", folderOf{"package.json": many(maxAliases + 1)}, ask("#200"), false, true},
		{"as many files of a package as may be", files(maxPackageFiles), goes, true, false},
		{"too many files of a package", files(maxPackageFiles + 1), goes, false, true},
		{"too large a package", folderOf{"p/f0.go": "package p\nfunc F() {}\n", "p/f1.go": large}, goes, false, true},
		{"a go.mod that is too large", folderOf{"go.mod": "module m\n" + long, "p/f0.go": "func F() {}"}, imported, false, true},
		{"settings far above the file", folderOf{"tsconfig.json": `{"compilerOptions":{"baseUrl":"."}}`}, func(r *Resolver) []string {
			return r.Files(From{Path: deep, Language: "typescript"}, "x")
		}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := New(test.tree, NewIndex())
			found := len(test.ask(r)) > 0
			said := len(r.Problems()) > 0
			if found != test.found || said != test.said {
				t.Errorf("found %v, problems %v; want %v, %v", found, r.Problems(), test.found, test.said)
			}
			if said && !errors.Is(r.Problems()[0], ErrTooLarge) {
				t.Error(r.Problems())
			}
		})
	}
}

func TestWhatFoldersDeclareIsKeptForTheNextFile(t *testing.T) {
	index := NewIndex()
	from := From{Path: "p/f0.go", Language: "go"}
	New(folderOf{"p/f0.go": "func F() {}"}, index).Declaring(from, "", "F")
	if got := New(folderOf{}, index).Declaring(from, "", "F"); len(got) != 1 {
		t.Errorf("files %v", got)
	}
	for i := range maxIndexed {
		New(folderOf{}, index).Declaring(From{Path: fmt.Sprintf("d%d/x.go", i), Language: "go"}, "", "F")
	}
	if n := len(index.folders); n > maxIndexed {
		t.Errorf("%d folders are kept", n)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add(`{"extends":"./x","compilerOptions":{"baseUrl":".","paths":{"@/*":["a/*"]}}}`, "@/x", "module m\n", "func (x *T[Y]) M() {}\nvar (\n\ta, b = 1\n)\n")
	f.Fuzz(func(t *testing.T, config, module, mod, source string) {
		tree := folderOf{"p/tsconfig.json": config, "p/x.json": config, "package.json": config, "go.mod": mod, "p/a.go": source}
		r := New(tree, NewIndex())
		for _, language := range []ast.Language{"typescript", "python", "java", "go"} {
			from := From{Path: "p/a", Language: language, Package: module}
			for _, file := range append(r.Files(from, module), r.Declaring(from, "", module)...) {
				if path.Clean(file) != file || strings.HasPrefix(file, "../") || strings.HasPrefix(file, "/") {
					t.Fatalf("%s: %q leads to %q", language, module, file)
				}
			}
			r.GoFolder(from, module)
		}
	})
}
