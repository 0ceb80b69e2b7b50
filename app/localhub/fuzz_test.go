package localhub

import (
	"strings"
	"testing"
)

// FuzzParseGQL: no text makes the parser panic or run for ever.
func FuzzParseGQL(f *testing.F) {
	for _, seed := range []string{
		"{ a }", "query Q($a: [Int!] = 1) { b: a(c: $d, e: [1, -2, {f: null}]) { ...g ... on H { i } } } fragment g on J { k }",
		`mutation { a(b: "c\"d") { e } } # f`, "{", "((", `{a(b:"`, strings.Repeat("{a", 40), "{a(b:" + strings.Repeat("[", 40),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseGQL(text)
		if err == nil && len(d.operations) == 0 {
			t.Error("neither an operation nor an error")
		}
	})
}

// FuzzParseHunks: whatever a patch says, lines keep their order and no line is on a side that its sign forbids.
func FuzzParseHunks(f *testing.F) {
	f.Add("@@ -1,2 +1,2 @@ f\n a\n-b\n+c\n\\ No newline at end of file")
	f.Add("@@ -0,0 +1 @@\n+x")
	f.Add("@@ x y @@\n+")
	f.Add("@@ - + @@\n")
	f.Fuzz(func(t *testing.T, patch string) {
		for _, h := range parseHunks(patch) {
			for _, l := range h.lines {
				if l.kind == added && l.old != 0 || l.kind == deleted && l.new != 0 {
					t.Errorf("%q is on both sides", l.text)
				}
			}
		}
	})
}

// FuzzParseDiff: git's output is trusted, a bug in reading it must still be an error and not a panic.
func FuzzParseDiff(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add(":100644 100644 " + id + " " + id + " M\x00a\x00\x00diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n")
	f.Add(":100644 100644 " + id + " " + id + " R100\x00a\x00b\x00\x00diff --git a/a b/b\n")
	f.Add(":1 2 3 4 R")
	f.Fuzz(func(_ *testing.T, out string) {
		_, _ = parseDiff([]byte(out)) // the property is that it returns
	})
}

// FuzzMarkdown: nothing alive comes out, whatever goes in.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{
		"**a** <b>c</b>", "<script>x</script>", "<details open><summary>a</summary>\n\n```suggestion\n<img>\n```\n</details>", "<!-- a -->b<!--",
		"<<script>script>", "[a](javascript:b)", "![a](b)", "<img\nsrc=x onerror=y>", "<div>\n<style>", "<a href=x>", "<details onclick=x>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := strings.ToLower(string(markdown(text, []string{text})))
		for _, alive := range []string{"<script", "<img", "<style", "<iframe", "<svg", "<form", "<object", "<details on", "<summary on", `href="javascript:`} {
			if strings.Contains(out, alive) {
				t.Errorf("%q came out as %q", text, out)
			}
		}
	})
}
