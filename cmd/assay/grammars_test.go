package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestTheBinaryReadsEveryLanguage: the grammars are C code that only the linker can leave out.
func TestTheBinaryReadsEveryLanguage(t *testing.T) {
	dir := t.TempDir()
	files := map[string]struct{ language, pattern, text string }{
		"a.py":       {"python", "danger(...)", "danger(1)\n"},
		"a.js":       {"javascript", "danger(...)", "danger(1)\n"},
		"a.ts":       {"typescript", "danger(...)", "const a: number = danger(1)\n"},
		"b.tsx":      {"typescript", "danger(...)", "const b = <A x={danger(1)} />\n"},
		"a.go":       {"go", "danger(...)", "package a\n\nfunc f() { danger(1) }\n"},
		"A.java":     {"java", "danger(...)", "class A { void f() { danger(1); } }\n"},
		"a.rb":       {"ruby", "danger(...)", "danger(1)\n"},
		"a.cs":       {"csharp", "danger(...)", "class A { void F() { danger(1); } }\n"},
		"a.php":      {"php", "danger(...)", "<?php danger(1);\n"},
		"a.rs":       {"rust", "danger(...)", "fn f() { danger(1); }\n"},
		"a.kt":       {"kotlin", "danger(...)", "fun f() { danger(1) }\n"},
		"a.c":        {"c", "danger(...)", "void f() { danger(1); }\n"},
		"a.cpp":      {"cpp", "danger(...)", "void f() { danger(1); }\n"},
		"a.sh":       {"bash", "danger ...", "danger 1\n"},
		"a.tf":       {"terraform", "danger = $X", "resource \"a\" \"b\" {\n  danger = 1\n}\n"},
		"a.yaml":     {"yaml", "danger: $X", "danger: 1\n"},
		"a.json":     {"json", `"danger": $X`, "{\"danger\": 1}\n"},
		"Dockerfile": {"dockerfile", "USER danger", "FROM a\nUSER danger\n"},
	}
	var rules []map[string]any
	for name, f := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(f.text), 0o666); err != nil {
			t.Fatal(err)
		}
		rules = append(rules, map[string]any{"id": "in-" + name, "languages": []string{f.language}, "severity": "ERROR", "message": "m", "pattern": f.pattern})
	}
	text, err := json.Marshal(map[string]any{"rules": rules}) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	got := assay(t, "scan", dir, "--rules", path, "--only-rules", "--format", "json")
	var report struct {
		Findings  []struct{ Rule, Path string }
		Unscanned []struct{ Path, Reason string }
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("exit %d: %v: %s", got.code, err, got.stderr)
	}
	found := map[string]bool{}
	for _, f := range report.Findings {
		found[f.Rule+" "+filepath.Base(f.Path)] = true
	}
	for name := range files {
		if !found["in-"+name+" "+name] {
			t.Errorf("nothing was found in %s", name)
		}
	}
	for _, u := range report.Unscanned {
		t.Errorf("%s: %s", u.Path, u.Reason)
	}
}
