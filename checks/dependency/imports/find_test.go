package imports

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// lines reads manifests of a simple kind: a package on each line, "= name" for the project itself, "-r file" for another
// list, "@ name" for a package of the repository.
type lines struct{ reads int }

var kinds = map[string]string{"requirements.txt": PyPI, "pyproject.toml": PyPI, "environment.yml": "conda", "package.json": NPM, "package-lock.json": NPM, "go.mod": Go, "Cargo.toml": Crates}

func (*lines) Claims(p checks.Path) bool { return kinds[path.Base(string(p))] != "" }

func (l *lines) Read(_ context.Context, tree checks.Tree, p checks.Path, as string) (*manifest.File, error) {
	l.reads++
	t, err := text.Read(tree, p)
	if err != nil {
		return nil, err
	}
	format := path.Base(string(p))
	if as != "" {
		format = as
	}
	f := &manifest.File{Path: p, Kind: manifest.Manifest, Format: format}
	if format == "package-lock.json" {
		f.Kind = manifest.Lockfile
	}
	for _, word := range strings.Split(string(t.Bytes), "\n") {
		kind, name, _ := strings.Cut(word, " ")
		switch kind {
		case "":
		case "=":
			f.Project = name
		case "@":
			f.Workspaces = append(f.Workspaces, name)
		case "-r":
			f.Includes = append(f.Includes, checks.Path(path.Join(path.Dir(string(p)), name)))
		default:
			f.Entries = append(f.Entries, manifest.Entry{Ecosystem: kinds[format], Name: word, Direct: f.Kind == manifest.Manifest})
		}
	}
	return f, nil
}

type sources map[string]string

func (s sources) tree() fstest.MapFS {
	tree := fstest.MapFS{}
	for name, content := range s {
		tree[name] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return tree
}

// find reads one file of a tree as if it had just been added.
func find(t testing.TB, tree checks.Tree, files ...string) Result {
	t.Helper()
	f, err := New(&lines{})
	if err != nil {
		t.Fatal(err)
	}
	var changes []checks.FileChange
	for _, file := range files {
		changes = append(changes, checks.FileChange{Path: checks.Path(file), Status: checks.Added})
	}
	result, err := f.Find(t.Context(), tree, changes, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestFind(t *testing.T) {
	tests := []struct {
		what string
		tree sources // the file that is read is the one called "x" with an ending
		want string  // the first candidates, with a question mark where it is optional
	}{
		{"a package that is declared", sources{"requirements.txt": "requests", "x.py": "import requests.adapters"}, ""},
		{"a package that is not", sources{"requirements.txt": "requests", "x.py": "import fastllm_tools"}, "fastllm-tools"},
		{"a package declared under its other name", sources{"requirements.txt": "opencv-python-headless\npyyaml\nscikit-learn", "x.py": "import cv2, yaml\nfrom sklearn import svm"}, ""},
		{"one whose other name is not declared", sources{"requirements.txt": "requests", "x.py": "import cv2"}, "opencv-python"},
		{"a part of a namespace", sources{"requirements.txt": "google-cloud-storage\nazure-data-tables", "x.py": "from google.cloud import storage\nimport azure.data.tables"}, ""},
		{"another part of the namespace", sources{"requirements.txt": "google-cloud-storage", "x.py": "from google.cloud import vision"}, "google-cloud-vision"},
		{"what a declared package brings along", sources{"requirements.txt": "fastapi", "x.py": "import starlette.requests, pydantic"}, ""},
		{"the standard library, of Python 2, too", sources{"requirements.txt": "requests", "x.py": "import tomllib, asyncio.tasks, urllib2, _thread"}, ""},
		{"what a program offers to its scripts", sources{"requirements.txt": "requests", "x.py": "import bpy\nfrom google.colab import files"}, ""},
		{"a module beside the file", sources{"requirements.txt": "requests", "a/x.py": "import helpers_", "a/helpers_.py": ""}, ""},
		{"a folder without __init__.py", sources{"requirements.txt": "requests", "a/x.py": "import tooling.deep", "tooling/deep.py": ""}, ""},
		{"a package under src", sources{"requirements.txt": "requests", "tests/x.py": "import mine", "src/mine/a.py": ""}, ""},
		{"a package elsewhere in the repository", sources{"requirements.txt": "requests", "a/x.py": "import mine", "libs/q/mine/a.py": ""}, ""},
		{"a compiled module", sources{"requirements.txt": "requests", "x.py": "import fast", "fast.cpython-312-x86_64-linux-gnu.so": ""}, ""},
		{"a module that is made when the project is built", sources{"requirements.txt": "requests", "x.py": "import parser_gen", ".gitignore": "/parser_gen.py\n"}, ""},
		{"the project itself", sources{"pyproject.toml": "= My_Tool\nrequests", "x.py": "import mytool"}, ""},
		{"messages that are generated", sources{"requirements.txt": "requests", "x.py": "import a_pb2, a_pb2_grpc"}, ""},
		{"a relative import", sources{"requirements.txt": "requests", "x.py": "from .gone import a"}, ""},
		{"a manifest in a folder above", sources{"requirements.txt": "requests", "a/b/x.py": "import requests, left_out"}, "left-out"},
		{"a manifest in a folder beside", sources{"b/requirements.txt": "left-out", "requirements.txt": "requests", "a/x.py": "import left_out"}, "left-out"},
		{"lists in a folder of requirements", sources{"requirements/base.txt": "requests", "requirements/extras/more.txt": "left-out", "requirements.txt": "-r requirements/base.txt", "x.py": "import left_out, requests"}, ""},
		{"a list that another includes", sources{"requirements.txt": "-r other/all.txt\nrequests", "other/all.txt": "left-out", "x.py": "import left_out"}, ""},
		{"a list that tests have", sources{"requirements.txt": "requests", "tests/requirements.txt": "left-out", "x.py": "import left_out"}, ""},
		{"a package of conda", sources{"environment.yml": "pytorch\nopencv", "x.py": "import torch, cv2"}, ""},
		{"no manifest at all", sources{"x.py": "import left_out"}, ""},
		{"a manifest that declares no package", sources{"pyproject.toml": "= tool", "x.py": "import left_out"}, ""},
		{"a manifest of another language", sources{"package.json": "react", "x.py": "import left_out"}, ""},
		{"a package that tox installs", sources{"requirements.txt": "requests", "tox.ini": "deps =\n  left-out>=2", "x.py": "import left_out"}, ""},
		{"a package that a workflow installs", sources{"requirements.txt": "requests", ".github/workflows/ci.yml": "run: pip install left-out", "x.py": "import left_out"}, ""},
		{"a package that a Dockerfile installs", sources{"requirements.txt": "requests", "Dockerfile": "RUN pip install left_out", "x.py": "import left_out"}, ""},
		{"a file that looks for modules elsewhere", sources{"requirements.txt": "requests", "x.py": "import sys\nsys.path.insert(0, '..')\nimport left_out"}, ""},
		{"a test that makes a module", sources{"requirements.txt": "requests", "tests/x.py": "open('made.py')\nimport made"}, ""},
		{"an import that may fail", sources{"requirements.txt": "requests", "x.py": "try:\n  import left_out\nexcept ImportError:\n  pass"}, "left-out?"},
		{"an example", sources{"requirements.txt": "requests", "examples/x.py": "import left_out"}, "left-out?"},
		{"code of others", sources{"requirements.txt": "requests", "vendor/x.py": "import left_out"}, ""},
		{"what tests read", sources{"requirements.txt": "requests", "tests/my_fixtures/x.py": "import left_out"}, ""},
		{"a template of a project", sources{"requirements.txt": "requests", "{{cookiecutter.name}}/x.py": "import left_out"}, ""},
		{"a package imported twice", sources{"requirements.txt": "requests", "x.py": "import left_out\nfrom left_out import a"}, "left-out"},
		{"a name that no package could have", sources{"requirements.txt": "requests", "x.py": "import größe"}, ""},
		{"a notebook", sources{"requirements.txt": "requests", "x.ipynb": `{"cells":[{"cell_type":"code","source":["import requests\n","import left_out"]}]}`}, "left-out?"},
		{"a notebook that installs it", sources{"requirements.txt": "requests", "x.ipynb": `{"cells":[{"cell_type":"code","source":["!pip install left-out\n","import left_out"]}]}`}, ""},
		{"what is no notebook", sources{"requirements.txt": "requests", "x.ipynb": "import left_out"}, ""},

		{"a declared package of npm", sources{"package.json": "react\n@s/a", "x.ts": "import r from 'react/jsx-runtime'; import a from '@s/a/b'"}, ""},
		{"an undeclared one", sources{"package.json": "react", "x.ts": "import a from 'left-out/b'; import b from '@s/gone'"}, "left-out @s/gone"},
		{"one that only the lockfile has", sources{"package.json": "react", "package-lock.json": "left-out", "x.js": "require('left-out')"}, ""},
		{"the same in a folder that has a package of its own", sources{"package.json": "left-out", "a/package.json": "", "a/x.js": "require('left-out')"}, ""},
		{"a package of which only the types are declared", sources{"package.json": "@types/estree\n@types/s__a", "x.ts": "import {A} from 'estree'; import b from '@s/a'"}, ""},
		{"an import of types", sources{"package.json": "react", "x.ts": "import type {A} from 'left-out'"}, "left-out?"},
		{"modules of Node.js", sources{"package.json": "react", "x.js": "require('fs/promises'); require('node:test'); import('bun:test')"}, ""},
		{"paths and names of bundlers", sources{"package.json": "react", "x.ts": "import '/a'; import './b'; import '#c'; import '@/d'; import '~/e'; import '$lib/f'; import 'virtual:g'; import 'https://a.example/b.js'; import 'Components/a'"}, ""},
		{"a name that tsconfig.json gives", sources{"package.json": "react", "tsconfig.json": `{"compilerOptions":{"paths":{"@ui/*":["./ui/*"]}}}`, "a/x.ts": "import '@ui/button'"}, ""},
		{"a name that the bundler's settings give", sources{"package.json": "react", "vite.config.ts": "alias: { 'shared': '../x' }", "x.ts": "import 'shared/a'"}, ""},
		{"a folder from the root", sources{"package.json": "react", "a/x.ts": "import 'components/b'", "components/b.ts": ""}, ""},
		{"another package of the repository", sources{"a/package.json": "react", "b/package.json": `{"name": "@acme/b"}`, "a/x.ts": "import '@acme/b/c'"}, ""},
		{"a package of the workspace", sources{"package.json": "react\n@ @acme/c", "x.ts": "import '@acme/c'"}, ""},
		{"the package itself", sources{"package.json": "= acme\nreact", "x.ts": "import 'acme'"}, ""},
		{"a build of the package for one platform", sources{"package.json": "= acme\nreact", "x.js": "require('acme-linux-x64')"}, ""},
		{"what browsers load as it is", sources{"package.json": "react", "public/x.js": "import 'left-out'"}, ""},
		{"a folder called public within the program", sources{"package.json": "react", "src/public/x.js": "import 'left-out'"}, "left-out"},
		{"a library that asks whether there are modules", sources{"package.json": "react", "x.js": "typeof exports === 'object' ? f(require('left-out')) : g()"}, ""},
		{"a component", sources{"package.json": "vue", "x.vue": "<script>import 'left-out'</script>"}, "left-out"},
		{"declarations of types", sources{"package.json": "react", "x.d.ts": "import 'left-out'"}, ""},
		{"a manifest of npm without packages", sources{"package.json": "", "x.js": "require('left-out')"}, "left-out"},

		{"a required module", sources{"go.mod": "= acme.example/a\ngithub.com/b/c/v2", "x.go": "package a\nimport \"github.com/b/c/v2/d\""}, ""},
		{"a module that is not required", sources{"go.mod": "= acme.example/a\ngithub.com/b/c", "x.go": "package a\nimport (\"fmt\"; \"github.com/b/cc/d\")"}, "github.com/b/cc"},
		{"one of another major version", sources{"go.mod": "= acme.example/a\ngithub.com/b/c", "x.go": "package a\nimport \"github.com/b/d/v3/e\""}, "github.com/b/d/v3"},
		{"a module of another host", sources{"go.mod": "= acme.example/a", "x.go": "package a\nimport (\"golang.org/x/gone/a\"; \"gopkg.in/gone.v1\"; \"other.example/m/n\")"}, "golang.org/x/gone gopkg.in/gone.v1 other.example/m/n"},
		{"a package of the module itself", sources{"go.mod": "= acme.example/a", "x.go": "package a\nimport \"acme.example/a/b\""}, ""},
		{"another module of the repository", sources{"a/go.mod": "= acme.example/a", "b/go.mod": "module acme.example/b\n", "a/x.go": "package a\nimport \"acme.example/b/c\""}, ""},
		{"a file that is not built", sources{"go.mod": "= acme.example/a", "x.go": "//go:build ignore\n\npackage a\nimport \"github.com/b/c\""}, ""},
		{"C, and the standard library", sources{"go.mod": "= acme.example/a", "x.go": "package a\nimport (\"C\"; \"net/http\")"}, ""},

		{"a declared crate", sources{"Cargo.toml": "tokio-util\nserde_json", "x.rs": "use tokio_util::a; use serde_json::b; use std::c; use crate::d;"}, ""},
		{"an undeclared crate", sources{"Cargo.toml": "serde", "x.rs": "use left_out::a;"}, "left_out"},
		{"the crate itself", sources{"Cargo.toml": "= my-crate\nserde", "src/bin/x.rs": "use my_crate::a;"}, ""},
		{"a module of the crate", sources{"Cargo.toml": "serde", "src/x.rs": "use inner::a;", "src/inner/mod.rs": ""}, ""},
		{"a library of another name", sources{"a/Cargo.toml": "serde", "b/Cargo.toml": "name = \"its_lib\"", "a/x.rs": "use its_lib::a;"}, ""},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			var file string
			for name := range test.tree {
				if strings.HasPrefix(path.Base(name), "x.") {
					file = name
				}
			}
			var got []string
			for _, u := range find(t, test.tree.tree(), file).Undeclared {
				name := u.Candidates[0]
				if u.Optional {
					name += "?"
				}
				got = append(got, name)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

func TestWhatIsSaidOfAnImport(t *testing.T) {
	tree := sources{"requirements.txt": "requests", "a.py": "import os\n\nfrom left_out.part import x  # why\n"}.tree()
	got := find(t, tree, "a.py").Undeclared
	want := []Undeclared{{
		Ecosystem:  PyPI,
		Candidates: []string{"left-out", "python-left-out", "pyleft-out", "left-out-python", "left-out-py", "left-out-sdk"},
		Import:     "left_out.part",
		At:         checks.Location{Path: "a.py", Start: checks.Position{Line: 3, Column: 6}, End: checks.Position{Line: 3, Column: 19}},
		Snippet:    "from left_out.part import x  # why",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAModuleThatIsKnownToBeThereIsCalledKnown(t *testing.T) {
	tree := sources{"requirements.txt": "requests", "a.py": "import cv2, left_out\nfrom google.cloud import gone, storage"}.tree()
	for _, u := range find(t, tree, "a.py").Undeclared {
		if u.Known != (u.Import == "cv2") {
			t.Errorf("%s: %v", u.Import, u.Known)
		}
	}
}

func TestOnlyLinesThatTheChangeAddsAreRead(t *testing.T) {
	f, err := New(&lines{})
	if err != nil {
		t.Fatal(err)
	}
	tree := sources{"requirements.txt": "requests", "a.py": "import old_one\nimport new_one\nimport requests\n", "b.py": "import gone"}.tree()
	result, err := f.Find(t.Context(), tree, []checks.FileChange{
		{Path: "a.py", Status: checks.Modified, Hunks: []checks.Hunk{{OldStart: 1, NewStart: 2, NewLines: 1}}},
		{Path: "b.py", Status: checks.Deleted},
		{Path: "c.py", Status: checks.Added, Mode: fs.ModeSymlink},
	}, nil)
	if err != nil || len(result.Undeclared) != 1 || result.Undeclared[0].Import != "new_one" || result.Files != 1 {
		t.Errorf("%v, %v", result, err)
	}
	if diff := cmp.Diff(map[Name][]checks.Path{{PyPI, "requests"}: {"a.py"}}, result.Importers); diff != "" {
		t.Error(diff)
	}
}

func TestNamesThatCommandsInstallCountAsDeclared(t *testing.T) {
	f, err := New(&lines{})
	if err != nil {
		t.Fatal(err)
	}
	tree := sources{"requirements.txt": "requests", "a.py": "import left_out"}.tree()
	result, err := f.Find(t.Context(), tree, []checks.FileChange{{Path: "a.py", Status: checks.Added}}, map[string][]string{PyPI: {"left-out"}})
	if err != nil || len(result.Undeclared) != 0 {
		t.Errorf("%v, %v", result.Undeclared, err)
	}
}

func TestFilesWithoutAManifestAreCounted(t *testing.T) {
	tree := sources{"a.py": "import x", "b.js": "require('x')", "c.py": "pass"}.tree()
	if result := find(t, tree, "a.py", "b.js", "c.py"); result.NoManifest != 2 || result.Files != 3 || len(result.Undeclared) != 0 {
		t.Errorf("%+v", result)
	}
}

func TestFindIsBounded(t *testing.T) {
	t.Run("a file too large is left out", func(t *testing.T) {
		tree := sources{"requirements.txt": "requests", "a.py": strings.Repeat("#", MaxBytes) + "\nimport x", "b.ipynb": strings.Repeat(" ", maxNotebook+1)}.tree()
		result := find(t, tree, "a.py", "b.ipynb")
		if len(result.Unscanned) != 2 || result.Unscanned[0].Kind != checks.Excluded || result.Files != 0 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("a file that cannot be read makes the result incomplete", func(t *testing.T) {
		result := find(t, broken{sources{"requirements.txt": "requests"}.tree()}, "a.py")
		if len(result.Unscanned) != 1 || result.Unscanned[0].Kind != checks.Failed {
			t.Errorf("%+v", result.Unscanned)
		}
	})
	t.Run("more imports than are given are counted", func(t *testing.T) {
		source := ""
		for i := range MaxUndeclared + 5 {
			source += fmt.Sprintf("import left_out_%d\n", i)
		}
		result := find(t, sources{"requirements.txt": "requests", "a.py": source}.tree(), "a.py")
		if len(result.Undeclared) != MaxUndeclared || result.More != 5 {
			t.Errorf("%d and %d more", len(result.Undeclared), result.More)
		}
	})
	t.Run("of a repository with too many folders nothing is said", func(t *testing.T) {
		tree := sources{"requirements.txt": "requests", "a.py": "import left_out"}
		for i := range MaxFolders {
			tree[fmt.Sprintf("f/%d/a.txt", i)] = ""
		}
		if result := find(t, tree.tree(), "a.py"); len(result.Undeclared) != 0 || result.TooManyDirs != 1 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("only so many manifests are read", func(t *testing.T) {
		tree := sources{"a/x.py": "import left_out"}
		for i := range maxManifests + 50 {
			tree[fmt.Sprintf("requirements/d%d/requirements.txt", i)] = fmt.Sprintf("requests-%d", i)
		}
		reader := &lines{}
		f, err := New(reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Find(t.Context(), tree.tree(), []checks.FileChange{{Path: "a/x.py", Status: checks.Added}}, nil); err != nil || reader.reads != maxManifests {
			t.Errorf("%d read, %v", reader.reads, err)
		}
	})
	t.Run("manifests that include each other end", func(t *testing.T) {
		tree := sources{"requirements.txt": "-r other.txt\nrequests", "other.txt": "-r requirements.txt\n-r other.txt\n-r gone.txt", "a.py": "import left_out"}.tree()
		if result := find(t, tree, "a.py"); len(result.Undeclared) != 1 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("a manifest that is included too deep is not read", func(t *testing.T) {
		tree := sources{"requirements.txt": "-r 0.txt\nrequests", "a.py": "import left_out"}
		for i := range maxIncludes {
			tree[fmt.Sprintf("%d.txt", i)] = fmt.Sprintf("-r %d.txt", i+1)
		}
		tree[fmt.Sprintf("%d.txt", maxIncludes)] = "left-out"
		if result := find(t, tree.tree(), "a.py"); len(result.Undeclared) != 1 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("a file below too many folders has the manifests that are near", func(t *testing.T) {
		deep := strings.Repeat("d/", maxParents+5)
		tree := sources{"requirements.txt": "requests", deep + "a.py": "import left_out"}.tree()
		if result := find(t, tree, deep+"a.py"); result.NoManifest != 1 {
			t.Errorf("%+v", result)
		}
	})
	t.Run("a review that is called off ends", func(t *testing.T) {
		f, err := New(&lines{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.Find(ctx, sources{"a.py": ""}.tree(), []checks.FileChange{{Path: "a.py", Status: checks.Added}}, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// broken is a tree in which no source file can be had.
type broken struct{ fstest.MapFS }

func (b broken) Stat(name string) (fs.FileInfo, error) {
	if path.Ext(name) == ".py" {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: errors.New("gone away")}
	}
	return b.MapFS.Stat(name)
}

func TestSettingsHoldWhatTheySay(t *testing.T) {
	s, err := loadSettings()
	if err != nil {
		t.Fatal(err)
	}
	names := func(where string, list map[string][]string) {
		for key, values := range list {
			for _, name := range values {
				if name != normal(name) {
					t.Errorf("%s of %s: %s is not as names are compared", where, key, name)
				}
			}
		}
	}
	names("distributions", s.python.distributions)
	names("brings", s.python.brings)
	names("files", s.python.files)
	for module := range s.python.distributions {
		if top, _, _ := strings.Cut(module, "."); s.python.standard[module] || s.python.standard[top] {
			t.Errorf("%s comes with Python", module)
		}
	}
	if len(s.python.standard) < 200 || len(s.script.standard) < 40 || len(s.python.distributions) < 400 {
		t.Error("the lists are short")
	}
}

func BenchmarkFind(b *testing.B) {
	source := ""
	for i := range 40 {
		source += fmt.Sprintf("import requests.a%d\nfrom mine.b%d import (c,\n  d)\n\ndef f%d():\n    \"\"\"text\"\"\"\n    return {'a': [1, 2, 3]}\n", i, i, i)
	}
	tree := sources{"requirements.txt": "requests", "src/mine/a.py": ""}
	var files []checks.FileChange
	for i := range 200 {
		name := fmt.Sprintf("src/mine/m%d.py", i)
		tree[name] = source
		files = append(files, checks.FileChange{Path: checks.Path(name), Status: checks.Added})
	}
	f, err := New(&lines{})
	if err != nil {
		b.Fatal(err)
	}
	m := tree.tree()
	b.SetBytes(int64(len(source) * len(files)))
	for b.Loop() {
		if _, err := f.Find(b.Context(), m, files, nil); err != nil {
			b.Fatal(err)
		}
	}
}
