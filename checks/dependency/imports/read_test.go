package imports

import (
	"slices"
	"strings"
	"testing"
)

// written gives the statements as "module", "module:item,item", with a question mark where they are optional.
func written(found statements) []string {
	var out []string
	for _, s := range found {
		text := s.module
		if len(s.items) > 0 {
			text += ":" + strings.Join(s.items, ",")
		}
		if s.optional {
			text += "?"
		}
		out = append(out, text)
	}
	return out
}

type reading struct {
	what, source, want string
}

func check(t *testing.T, read func([]byte) statements, tests []reading) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			found := read([]byte(test.source))
			if got := strings.Join(written(found), " "); got != test.want {
				t.Errorf("%s\ngives %s\nwant  %s", test.source, got, test.want)
			}
			for _, s := range found {
				if test.source[s.start:s.end] != s.module {
					t.Errorf("%s stands at %q", s.module, test.source[s.start:s.end])
				}
			}
		})
	}
}

func TestPython(t *testing.T) {
	check(t, pythonStatements, []reading{
		{"modules on one line", "import os, a.b as c ,d", "os a.b d"},
		{"names of a module", "from a.b import c as d, e", "a.b:c,e"},
		{"names in brackets over lines", "from a import (\n    b,  # why\n    c,\n)\nimport d", "a:b,c d"},
		{"everything of a module", "from a import *", "a"},
		{"a relative import", "from . import a\nfrom .b import c\nfrom ..d import e", ""},
		{"statements parted by semicolons", "import a; import b; x = 1", "a b"},
		{"a line that goes on", "from a \\\n  import b", "a:b"},
		{"an import in a function", "def f():\n    import a", "a"},
		{"an import on the line of its block", "if x: import a", "a"},
		{"words in a string", "x = 'import a'\ny = \"\"\"\nimport b\nfrom c import d\n\"\"\"\nimport e", "e"},
		{"words in a docstring with quotes", "def f():\n    '''it's\n    import a\n    '''\n    import b", "b"},
		{"words in a comment", "# import a\nimport b  # import c", "b"},
		{"words that only begin so", "import_a = 1\nimports = 2\nfrom_b = 3\nfromage import x", ""},
		{"text that is no statement", "from here to there\nimport this and that", ""},
		{"a dictionary over lines with words", "x = {\n  'a': 1,\n}\nimport b", "b"},
		{"a bracket that is never closed", "x = (1,\nimport a\n", "a"},
		{"a string that is never closed", "x = 'abc\nimport a", "a"},
		{"an import that may fail", "try:\n    import a\nexcept ImportError:\n    a = None\nimport b", "a? b"},
		{"one that may fail among others", "try:\n    import a\nexcept (OSError, ModuleNotFoundError) as e:\n    pass", "a?"},
		{"one that may fail in any way", "try:\n    import a\nexcept:\n    pass", "a?"},
		{"one whose failure is not caught", "try:\n    import a\nexcept ValueError:\n    pass\nfinally:\n    x()", "a"},
		{"what stands in for one that failed", "try:\n    import a\nexcept ImportError:\n    import b", "a? b?"},
		{"one that may fail, on one line", "try: import a\nexcept ImportError: a = None", "a?"},
		{"a nested one that may fail", "try:\n  if x:\n    import a\nexcept ImportError:\n  pass", "a?"},
		{"an import behind such a block", "try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import a", "a?"},
		{"an import for types", "if TYPE_CHECKING:\n    import a\nelse:\n    import b\nimport c", "a? b? c"},
		{"an import for a version", "if sys.version_info >= (3, 11):\n    import a\nimport b", "a? b"},
		{"one whose absence is suppressed", "with suppress(ImportError):\n    import a", "a?"},
		{"one that a test asks for first", "np = pytest.importorskip(\"numpy\")\nimport numpy.linalg", "numpy.linalg?"},
		{"an import under an ordinary condition", "if debug:\n    import a", "a"},
		{"Windows line ends", "import a\r\nfrom b import c\r\n", "a b:c"},
		{"a module with a number", "import 3d", ""},
		{"an import of Cython", "cimport numpy", ""},
		{"a prompt of a notebook", "!pip install a\n%load_ext b\nimport c", "c"},
		{"nothing behind the word", "import", ""},
		{"from and nothing", "from", ""},
		{"from, a module and nothing", "from a import", ""},
	})
}

func TestJavaScript(t *testing.T) {
	check(t, scriptStatements, []reading{
		{"a default import", `import a from "a"`, "a"},
		{"names", `import { b, c as d } from 'a/b'; x()`, "a/b"},
		{"names over lines", "import {\n  b, // why\n  c,\n} from '@s/a'", "@s/a"},
		{"a namespace", `import * as a from "a"`, "a"},
		{"a default and names", `import a, { b } from "a"`, "a"},
		{"an import for what it does", `import "a/style.css"`, "a/style.css"},
		{"a dynamic import", `const a = await import("a")`, "a"},
		{"a dynamic import of what is not known", "import(name)\nimport(`a/${x}`)\nimport('a' + x)", ""},
		{"a dynamic import with attributes", `import("./a.json", { with: { type: "json" } })`, "./a.json"},
		{"require", `const a = require("a")`, "a"},
		{"require of what is not known", `require(name); require("a" + b)`, ""},
		{"require.resolve", `require.resolve("a")`, "a"},
		{"a method called require", `x.require("a")`, ""},
		{"a function called require", `function require(a) {}`, ""},
		{"an import of TypeScript", `import a = require("a")`, "a"},
		{"a re-export", "export * from 'a'\nexport { b } from 'b'\nexport * as c from 'c'", "a b c"},
		{"exports of the file itself", "export { a }\nimport b from 'b'\nexport const c = require('c')\nexport default function from() {}\nexport class D { from = 'd' }", "b c"},
		{"types alone", "import type { A } from 'a'\nimport { type B, type C } from 'b'\nexport type { D } from 'd'", "a? b? d?"},
		{"types among others", "import { type B, c } from 'b'", "b"},
		{"a default import called type", "import type from 'a'\nimport type, { b } from 'b'", "a b"},
		{"the type of a module", `let x: typeof import("a"); let y: import("b").C`, "a? b?"},
		{"a type that is a module's", `export type X = import("a").Y`, "a"},
		{"meta", `import.meta.url; import a from "a"`, "a"},
		{"a comment", "// import a from 'a'\n/* import b from 'b'\nimport c from 'c' */ import d from 'd'", "d"},
		{"a string", `x = "import a from 'a'"; y = 'require("b")'`, ""},
		{"a template", "x = `import a from 'a' ${require('b')} require('c')`; require('d')", "b d"},
		{"nested templates", "x = `a ${ {b: `${require('c')}`} } '`; require('d')", "c d"},
		{"a regular expression with a quotation mark", `x = /['"]/; y = a / b; require("c")`, "c"},
		{"a class in a regular expression", "x = /[/']/.test(y); require('c')", "c"},
		{"an apostrophe between tags", "<p>Don't</p>\nrequire('a')", "a"},
		{"tags", "const a = <div className=\"x\">{b}</div>; const c = <br />; require('d')", "d"},
		{"require that may fail", "try { a = require('a') } catch { }\nrequire('b')", "a? b"},
		{"a method called import", "x.import('a'); y.from('b')", ""},
		{"an object with such keys", "x = { import: 'a', from: 'b', export: 'c', require: 'd' }", ""},
		{"a name with a dollar", "$require('a'); require$('b')", ""},
		{"a decorator", "@Component({}) export class A {}\nimport a from 'a'", "a"},
		{"a first line for the shell", "#!/usr/bin/env node\nimport a from 'a'", "a"},
		{"a comment that is never closed", "import a from 'a' /* x", "a"},
		{"a template that is never closed", "import a from 'a'; `x ${", "a"},
		{"the word alone", "import", ""},
		{"import of nothing", "import from", ""},
		{"an import inside a class", "export class A { m() { return import('a') } }", "a"},
	})
}

func TestPages(t *testing.T) {
	check(t, pageStatements, []reading{
		{"scripts of a component", "<template>import x from 'x'</template>\n<script setup lang=\"ts\">\nimport a from 'a'\n</script>\n<script>import b from 'b'", "a b"},
		{"no script", "<p>import a from 'a'</p>", ""},
		{"a tag that is never closed", "<script", ""},
	})
}

func TestGo(t *testing.T) {
	check(t, goStatements, []reading{
		{"one import", "package a\nimport \"fmt\"", "fmt"},
		{"several", "package a\nimport (\n\tx \"github.com/a/b\"\n\t_ `c.d/e`\n)\nvar s = \"import\"", "github.com/a/b c.d/e"},
		{"none", "package a", ""},
		{"what is no Go", "import \"a\"", ""},
	})
}

func TestRust(t *testing.T) {
	check(t, rustStatements, []reading{
		{"a path", "use serde::Deserialize;", "serde"},
		{"a group of names", "use serde::{Deserialize, Serialize as S};", "serde"},
		{"a group of paths", "use {a::b, c::{d, e}, f};", "a c f"},
		{"a path from the root of all crates", "use ::a::b;", "a"},
		{"names of a path from the root", "use ::a::{b, c};", "a"},
		{"a crate by itself", "use regex;", "regex"},
		{"a path that is passed on", "pub use a::b; pub(crate) use c::d;", "a c"},
		{"a path under an attribute", "#[cfg(test)]\nuse a::b;", "a"},
		{"a crate of the old way", "extern crate a; extern \"C\" {}", "a"},
		{"a raw name", "use r#async::b;", "async"},
		{"a module of the file", "mod a; use a::b; use c::d;", "c"},
		{"a module that another path brings", "use a::b; use b::c;", "a"},
		{"a name that another path is given", "use a::b as d; use d::c;", "a"},
		{"a macro of the file", "macro_rules! a { () => {} } pub use a;", ""},
		{"an enumeration", "use Kind::*;", ""},
		{"all names of something else", "use a::*; use b::c;", ""},
		{"all names of the module above", "use super::*; use b::c;", "super b"},
		{"a comment and a string", "// use a::b;\n/* use c::d; /* x */ */ let s = \"use e::f;\"; let r = r#\"; use g::h;\"#; use i::j;", "i"},
		{"a character and a lifetime", "let c = '\"'; fn f<'a>() {} use a::b;", "a"},
		{"the word where it is none", "let reuse = use_it; x.use::y", ""},
		{"a path that is never ended", "use a::b", "a"},
		{"nothing behind the word", "use", ""},
	})
}

func TestReadersAreBounded(t *testing.T) {
	for name, read := range map[string]func([]byte) statements{"python": pythonStatements, "javascript": scriptStatements} {
		if got := len(read([]byte(strings.Repeat("import a;import 'a'\n", maxStatements)))); got != maxStatements {
			t.Errorf("%s: %d statements", name, got)
		}
		if got := read([]byte("import " + strings.Repeat("a", maxName+1) + "\nimport '" + strings.Repeat("a", maxName+1) + "'")); len(got) != 0 {
			t.Errorf("%s: a name of %d bytes", name, len(got[0].module))
		}
	}
	deep := "import a\n"
	for i := range maxBlocks + 50 {
		deep += strings.Repeat(" ", i) + "if x:\n"
	}
	if got := written(pythonStatements([]byte(deep + strings.Repeat(" ", maxBlocks+50) + "import b"))); !slices.Equal(got, []string{"a", "b"}) {
		t.Error(got)
	}
	if got := written(scriptStatements([]byte(strings.Repeat("{", 2*maxBlocks) + strings.Repeat("}", 3*maxBlocks) + "require('a')"))); !slices.Equal(got, []string{"a"}) {
		t.Error(got)
	}
}

// TestNoFileTakesForever would take minutes if a reader went over a file again for each of its parts.
func TestNoFileTakesForever(t *testing.T) {
	parts := []string{
		"'\\'", "\"\\", "/[", "`${", "`", "import ", "import(", "export {", "import {a} ", "require(", "{", "}", "<script", "<script>", "import('a' ", "/* ", "'",
		"try:", "if x:;", "from a import (", "import a,", "import a;", "\"\"\"", "(", "except (", "x: ", "# ", "\\\n", "import a\n if x:\n",
		"use a::{", "use {", ", ", "{}", "r#\"", "r###", "/*/", "mod ", "extern ", "use a;", "'\\ ", "pub ", " ",
	}
	for _, part := range parts {
		for _, before := range []string{"", "use {", "x = ", "import"} {
			source := []byte(before + strings.Repeat(part, MaxBytes/16/len(part)))
			for _, read := range []func([]byte) statements{pythonStatements, scriptStatements, pageStatements, rustStatements, goStatements} {
				read(source)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("try:\n  import a\nexcept ImportError: import b\nfrom c import (d,\n e)\n")
	f.Add("import a, {type b} from 'c'; `${require('d')}` /[']/ export * from \"e\"")
	f.Add("<script>import a from 'a'</script>")
	f.Add("package a\nimport (\n\"b\"\n)")
	f.Add("use a::{b, c::*}; extern crate d; mod e;")
	f.Add(`{"cells":[{"cell_type":"code","source":["import a"]}]}`)
	f.Fuzz(func(t *testing.T, source string) {
		for _, read := range []func([]byte) statements{pythonStatements, scriptStatements, pageStatements, goStatements, rustStatements, notebookStatements} {
			for _, s := range read([]byte(source)) {
				if s.start < 0 || s.end > len(source) || s.start >= s.end || s.module == "" {
					t.Errorf("%+v of %d bytes", s, len(source))
				}
			}
		}
	})
}
