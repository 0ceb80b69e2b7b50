package names

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
)

// resolve reads a source and gives what is asked about: the argument of each call of `ask`.
func resolve(t *testing.T, language, source string) (*ast.Tree, *Info, []ast.ID) {
	t.Helper()
	l, ok := lang.Named(language)
	if !ok {
		t.Fatalf("no language %s", language)
	}
	tree, err := l.Parse(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Errors > 0 {
		t.Fatalf("the source makes no sense:\n%s", tree)
	}
	var asked []ast.ID
	for id := range tree.Nodes {
		if n := &tree.Nodes[id]; n.Kind == ast.Call && tree.Nodes[n.First].Name == "ask" {
			asked = append(asked, tree.Child(ast.ID(id), ast.Arg))
		}
	}
	if len(asked) == 0 {
		t.Fatal("nothing is asked")
	}
	return tree, Resolve(tree), asked
}

func TestQualified(t *testing.T) {
	tests := map[string]struct{ language, source, want string }{
		"a module":                              {"python", "import pickle\nask(pickle.loads)", "pickle.loads"},
		"a module by another name":              {"python", "import pickle as p\nask(p.loads)", "pickle.loads"},
		"a name of a module":                    {"python", "from pickle import loads\nask(loads)", "pickle.loads"},
		"a name of a module by another name":    {"python", "from pickle import loads as l\nask(l)", "pickle.loads"},
		"a module in a package":                 {"python", "import os.path\nask(os.path.join)", "os.path.join"},
		"a module of a package":                 {"python", "from xml.etree import ElementTree as ET\nask(ET.parse)", "xml.etree.ElementTree.parse"},
		"an import in a function":               {"python", "def f():\n    import os\n    ask(os.system)", "os.system"},
		"a use in a function before the import": {"python", "def f():\n    ask(os.system)\nimport os", "os.system"},
		"a variable that hides the import":      {"python", "import os\ndef f(os):\n    ask(os.system)", ""},
		"another name for an imported function": {"python", "import os\nrun = os.system\nask(run)", "os.system"},
		"a variable with two values":            {"python", "import os\nrun = os.system\nrun = print\nask(run)", ""},
		"a name that nothing declares":          {"python", "ask(os.system)", ""},
		"all names of a module":                 {"python", "from os import *\nask(system)", "os.system"},
		"a neighbour":                           {"python", "from . import db\nask(db.run)", ".db.run"},
		"a name of a neighbour":                 {"python", "from .db import run\nask(run)", ".db.run"},
		"a class of a Java package":             {"java", "import java.util.Random;\nclass A { void f() { ask(Random); } }", "java.util.Random"},
		"a whole Java package":                  {"java", "import java.util.*;\nclass A { void f() { ask(Random); } }", "java.util.Random"},
		"a static import of Java":               {"java", "import static a.B.c;\nclass A { void f() { ask(c); } }", "a.B.c"},
		"a Go package":                          {"go", "package a\nimport \"crypto/md5\"\nfunc f() { ask(md5.New) }", "md5.New"},
		"a Go package by another name":          {"go", "package a\nimport m \"crypto/md5\"\nfunc f() { ask(m.New) }", "md5.New"},
		"a Go package of a major version":       {"go", "package a\nimport \"github.com/a/b/v2\"\nfunc f() { ask(b.New) }", "b.New"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, info, asked := resolve(t, test.language, test.source)
			if got := strings.Join(info.Qualified(asked[0]), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestConstant(t *testing.T) {
	tests := map[string]struct{ language, source, want string }{
		"a local value of Terraform":                 {"terraform", "locals {\n  a = \"x\"\n}\nb = ask(local.a)", "x"},
		"what a variable of Terraform is by default": {"terraform", "variable \"a\" {\n  default = \"x\"\n}\nb = ask(var.a)", "x"},
		"a literal":                                      {"python", "ask('a')", "a"},
		"a variable with one value":                      {"python", "x = 'a'\nask(x)", "a"},
		"a global of the file in a function":             {"python", "X = 'a'\ndef f():\n    ask(X)", "a"},
		"a variable given another value before":          {"python", "def f():\n    x = 'a'\n    x = 'b'\n    ask(x)", "b"},
		"a variable given another value behind":          {"python", "def f():\n    x = 'a'\n    ask(x)\n    x = 'b'", "a"},
		"a variable that a branch may change":            {"python", "def f(c):\n    x = 'a'\n    if c:\n        x = 'b'\n    ask(x)", ""},
		"a variable set in the same branch":              {"python", "def f(c):\n    x = 'a'\n    if c:\n        x = 'b'\n        ask(x)", "b"},
		"a variable that a loop changes":                 {"python", "def f(c):\n    x = 'a'\n    for i in c:\n        ask(x)\n        x = 'b'", ""},
		"a variable set in one branch only":              {"python", "def f(c):\n    if c:\n        x = 'a'\n    ask(x)", ""},
		"a variable that both branches give alike":       {"python", "def f(c):\n    if c:\n        x = 'a'\n    else:\n        x = 'a'\n    ask(x)", "a"},
		"a variable that a branch gives what it had":     {"python", "def f(c):\n    x = 'a'\n    if c:\n        x = 'a'\n    ask(x)", "a"},
		"a variable whose other branch leaves":           {"python", "def f(c):\n    x = 'a'\n    if c:\n        x = 'b'\n        return\n    ask(x)", "a"},
		"a choice between two that are alike":            {"python", "ask('a' if c else 'a')", "a"},
		"a number put to a text in JavaScript":           {"javascript", "const n = 1; ask('a' + n)", "a1"},
		"a number put to a text in Python":               {"python", "ask('a' + 1)", ""},
		"a parameter":                                    {"python", "def f(x='a'):\n    ask(x)", ""},
		"a variable that grows":                          {"python", "x = 'a'\nx += 'b'\nask(x)", ""},
		"a loop's variable":                              {"python", "for x in ['a']:\n    ask(x)", ""},
		"texts put together":                             {"python", "x = 'a'\nask(x + 'b' 'c')", "abc"},
		"a text with values in it":                       {"python", "x = 'a'\nask(f'{x}b')", "ab"},
		"a number computed":                              {"python", "x = 7\nask(x * 18 + 1)", "127"},
		"a comparison":                                   {"python", "x = 7\nask(x * 18 > 200)", "false"},
		"a choice between two":                           {"python", "ask('a' if 1 < 2 else y)", "a"},
		"a character of a text":                          {"python", "x = 'abc'\nask(x[1])", "b"},
		"a value that depends on itself":                 {"python", "x = x + 'a'\nask(x)", ""},
		"a division by zero":                             {"python", "ask(1 / 0)", ""},
		"a final field of Java":                          {"java", "class A { static final String X = \"a\"; void f() { ask(X); } }", "a"},
		"a field of Java through this":                   {"java", "class A { String x = \"a\"; void f() { ask(this.x); } }", "a"},
		"a character of a text in Java":                  {"java", "class A { void f() { String g = \"ABC\"; ask(g.charAt(1)); } }", "B"},
		"a constant of Go":                               {"go", "package a\nconst x = \"a\"\nfunc f() { ask(x) }", "a"},
		"a variable of Go in an inner block of its name": {"go", "package a\nfunc f() { x := \"a\"; { x := g(); _ = x }; ask(x) }", "a"},
		"a variable of Go that an inner block changes":   {"go", "package a\nfunc f() { x := \"a\"; { x = g() }; ask(x) }", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree, info, asked := resolve(t, test.language, test.source)
			value, ok := info.Constant(asked[0])
			if got := value.Text; ok != (test.want != "") || got != test.want {
				t.Errorf("got %q, %v; want %q\n%s", got, ok, test.want, tree)
			}
		})
	}
}

func TestBranchesInARowAreFollowedUpToABound(t *testing.T) {
	code := "def f(c):\n    x = 'a'\n" + strings.Repeat("    if c:\n        if c:\n            x = 'a'\n", 200) + "    ask(x)"
	_, info, asked := resolve(t, "python", code)
	if value, ok := info.Constant(asked[0]); ok {
		t.Errorf("got %q", value.Text)
	}
}

func TestType(t *testing.T) {
	tests := map[string]struct{ language, source, want string }{
		"a declared variable":      {"java", "import a.Req;\nclass A { void f() { Req r = g(); ask(r); } }", "Req [a.Req]"},
		"a parameter":              {"java", "class A { void f(Req r) { ask(r); } }", "Req []"},
		"a field":                  {"java", "class A { Req r; void f() { ask(r); ask(this.r); } }", "Req []"},
		"what a constructor makes": {"java", "class A { void f() { var r = new Req(); ask(r); } }", "Req []"},
		"a text":                   {"java", "class A { void f() { ask(\"a\"); } }", "String []"},
		"a parameter of Go":        {"go", "package a\nimport \"net/http\"\nfunc f(r *http.Request) { ask(r) }", "*http.Request []"},
		"a parameter of Python":    {"python", "from a import Req\ndef f(r: Req):\n    ask(r)", "Req [a.Req]"},
		"a class of Python called": {"python", "from a import Req\nr = Req()\nask(r)", "Req [a.Req]"},
		"a function called":        {"python", "r = make()\nask(r)", " []"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, info, asked := resolve(t, test.language, test.source)
			for _, id := range asked {
				of := info.Type(id)
				if got := fmt.Sprintf("%s %v", of.Text, slices.Clone(of.Qualified)); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			}
		})
	}
}
