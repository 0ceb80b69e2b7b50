package code

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/checks/internal/taint"
	"github.com/assay-app/assay/checks/internal/text"
)

func TestASinkThatSeveralFilesReachIsReportedOnce(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	caller := "from flask import request\nfrom tools import run\n\ndef view():\n    run(request.args[\"a\"])\n"
	report, err := check.Run(context.Background(), added(map[string]string{
		"one.py": caller, "two.py": caller, "tools.py": "import os\n\ndef run(command):\n    os.system(\"ls \" + command)\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range report.Findings {
		if f.Rule == "python-os-command-injection" {
			n++
			if f.Location.Path != "tools.py" || f.Location.Start.Line != 4 || len(f.Trace) < 2 || f.Trace[0].Path != "one.py" {
				t.Errorf("reported at %+v by way of %+v", f.Location, f.Trace)
			}
		}
	}
	if n != 1 {
		t.Errorf("reported %d times, want once", n)
	}
}

func TestFlowsCrossFiles(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	const java = "import javax.servlet.http.*;\npublic class View extends HttpServlet {\n  private Runner runner;\n" +
		"  public void doGet(HttpServletRequest request, HttpServletResponse response) throws Exception {\n    "
	tests := []struct {
		name  string
		files map[string]string
		rule  string
		at    string // path and line
	}{
		{"into a class of the same package of Java", map[string]string{
			"src/a/View.java":   "package a;\n" + java + "runner.run(request.getParameter(\"c\"));\n  }\n}\n",
			"src/a/Runner.java": "package a;\nclass Runner {\n  void run(String c) throws Exception {\n    Runtime.getRuntime().exec(c);\n  }\n}\n",
		}, "java-os-command-injection", "src/a/Runner.java:4"},
		{"out of a class that is written in full", map[string]string{
			"src/a/View.java": "package a;\n" + java + "Runtime.getRuntime().exec(new b.in.Text(request).get());\n  }\n}\n",
			"src/b/in/Text.java": "package b.in;\nimport javax.servlet.http.*;\npublic class Text {\n  private HttpServletRequest r;\n" +
				"  public Text(HttpServletRequest r) { this.r = r; }\n  public String get() { return r.getParameter(\"c\"); }\n}\n",
		}, "java-os-command-injection", "src/a/View.java:6"},
		{"through a path that has a name", map[string]string{
			"tsconfig.json":  `{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}`,
			"src/app.ts":     "import express from \"express\";\nimport { run } from \"@/lib/run\";\nconst app = express();\napp.get(\"/\", (req, res) => { run(req.query.c); });\n",
			"src/lib/run.ts": "import { exec } from \"child_process\";\nexport function run(c: string) {\n  exec(\"ls \" + c);\n}\n",
		}, "js-os-command-injection", "src/lib/run.ts:3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report, err := check.Run(context.Background(), added(test.files))
			if err != nil || len(report.Unscanned) > 0 {
				t.Fatal(err, report.Unscanned)
			}
			var got []string
			for _, f := range report.Findings {
				if string(f.Rule) == test.rule {
					got = append(got, fmt.Sprintf("%s:%d", f.Location.Path, f.Location.Start.Line))
				}
			}
			if !slices.Equal(got, []string{test.at}) {
				t.Errorf("%s at %v, want %s", test.rule, got, test.at)
			}
		})
	}
}

func TestSettingsThatAreTooLargeAreSaid(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.Run(context.Background(), added(map[string]string{
		"tsconfig.json": `{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}` + strings.Repeat(" ", 1<<20),
		"src/app.ts":    "import { run } from \"@/lib/run\";\napp.get(\"/\", (req, res) => { eval(run(req.query.c)); });\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Unscanned) != 1 || report.Unscanned[0].Path != "src/app.ts" || !strings.Contains(report.Unscanned[0].Reason, "tsconfig.json is too large") {
		t.Errorf("unscanned: %+v", report.Unscanned)
	}
}

func TestModulesThatImportEachOtherInACircleAreScanned(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	const view = "from flask import request\n\ndef view():\n    return eval(request.args[\"a\"], Server)\n"
	for name, files := range map[string]map[string]string{
		"a name from the module itself": {"ldap3.py": "from ldap3 import Server\n" + view},
		"a name that two modules pass to and fro": {
			"a.py": "from b import Server\n" + view, "b.py": "from a import Server\n",
		},
		"everything, to and fro": {"a.py": "from b import *\nfrom b import Server\n" + view, "b.py": "from a import *\n"},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := check.Run(context.Background(), added(files))
			if err != nil || len(report.Unscanned) > 0 || len(report.Findings) == 0 {
				t.Errorf("%d findings, not scanned %v, %v", len(report.Findings), report.Unscanned, err)
			}
		})
	}
}

func TestModulesAreReadAnewWhenThereIsTooMuchOfThem(t *testing.T) {
	e := newEngine(nil, nil, nil)
	for i := range 3 {
		tree := &ast.Tree{Language: "python", Source: strings.Repeat("x", maxModuleBytes/2)}
		e.keep(moduleKey{path: fmt.Sprint(i)}, newModule(match.NewFile(tree, names.Resolve(tree)), nil))
	}
	if e.modules[moduleKey{path: "0"}] != nil || e.modules[moduleKey{path: "2"}] == nil {
		t.Errorf("kept %d", len(e.modules))
	}
}

func TestAnImportThatLeadsNowhereIsNoFile(t *testing.T) {
	m := &modules{opened: map[string]*taint.File{}}
	for _, name := range []string{"", "..", "../a.go", "/a.go", "a//b.go"} {
		if file, err := m.Open(t.Context(), name); file != nil || err != nil {
			t.Errorf("%q: got %v, %v", name, file, err)
		}
	}
}

func TestAFileDependsOnWhereTheImportsOfItsImportsWereLookedFor(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	change := added(map[string]string{
		"a.py": "import b\nimport os\nos.system(b.x)\n", "c.py": "import b\nimport os\nos.system(b.y)\n", "b.py": "import later\n",
	})
	r := newReview(check.catalogue, change)
	for _, name := range []checks.Path{"a.py", "c.py"} {
		read, err := text.Read(change.Head, name)
		if err != nil {
			t.Fatal(err)
		}
		s := r.scan(t.Context(), change.Head, checks.AtHead, name, read)
		if _, ok := s.depends["later.py"]; !ok {
			t.Errorf("%s does not depend on later.py", name)
		}
	}
}

func TestReachIsBounded(t *testing.T) {
	files := map[string]string{"a.py": "import os\nimport m0\nos.system(m0.x)\n"}
	for i := range maxReached + 5 {
		files[fmt.Sprintf("m%d.py", i)] = fmt.Sprintf("import m%d\n", i+1)
	}
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	change := added(files)
	r := newReview(check.catalogue, change)
	read, err := text.Read(change.Head, "a.py")
	if err != nil {
		t.Fatal(err)
	}
	s := r.scan(t.Context(), change.Head, checks.AtHead, "a.py", read)
	file, err := s.read(t.Context(), lang.Detect("a.py", ""), files["a.py"], semgrep.NewOutline(files["a.py"]))
	if err != nil {
		t.Fatal(err)
	}
	if reached, _ := (&modules{scan: s}).reach(t.Context(), file.Tree); len(reached) != maxReached {
		t.Errorf("reached %d files", len(reached))
	}
}
