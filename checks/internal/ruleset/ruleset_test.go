package ruleset

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

type match struct {
	Word string `yaml:"word"`
}

const valid = `defaults:
  why: Because.
  severity: high
  confidence: high
  class: ai
  taxonomy: {cwe: [CWE-798]}
rules:
  - id: first-rule
    title: A first rule
    message: Something is wrong.
    remediation: Put it right.
    examples: {bad: [{text: b}], good: [{text: g}]}
    match: {word: w}
`

func load(content string) ([]Rule[match], error) {
	return Load[match](fstest.MapFS{"secret/a.yaml": {Data: []byte(content)}}, "secret/*.yaml")
}

func TestLoadTakesWhatIsMissingFromTheDefaults(t *testing.T) {
	got, err := load(valid)
	if err != nil {
		t.Fatal(err)
	}
	want := []Rule[match]{{
		ID: "first-rule", Title: "A first rule", Message: "Something is wrong.", Why: "Because.",
		Remediation: "Put it right.", Severity: checks.High, Confidence: checks.ConfidenceHigh, Class: checks.ClassAI,
		Taxonomy: checks.Taxonomy{CWE: []string{"CWE-798"}},
		Examples: Examples{Bad: []Example{{Text: "b"}}, Good: []Example{{Text: "g"}}},
		Match:    match{Word: "w"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if message := got[0].Finding(checks.Secret).Message; message != "Something is wrong. Because." {
		t.Errorf("message %q", message)
	}
}

func TestLoadRefuses(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"an unknown key, naming file and line":   {"    title:", "    titel:", "secret/a.yaml:9: unknown field \"titel\""},
		"an unknown key of the check's own part": {"{word: w}", "{wrod: w}", "secret/a.yaml:13: unknown field \"wrod\""},
		"a key given twice":                      {"    message:", "    title: x\n    message:", "secret/a.yaml:10:"},
		"a syntax error, naming the line":        {"title: A", "title: 'A", "secret/a.yaml:9:"},
		"a wrong type":                           {"cwe: [CWE-798]", "cwe: {a: b}", "secret/a.yaml:6:"},
		"an id that is not lower-case words":     {"first-rule", "First_rule", `id "First_rule"`},
		"a title with a full stop":               {"A first rule", "A first rule.", "without a full stop"},
		"a missing message":                      {"    message: Something is wrong.\n", "", "message is missing"},
		"a missing remediation":                  {"    remediation: Put it right.\n", "", "remediation is missing"},
		"a missing why":                          {"  why: Because.\n", "", "why is missing"},
		"an unknown severity":                    {"severity: high", "severity: urgent", `severity "urgent"`},
		"an unknown confidence":                  {"confidence: high", "confidence: sure", `confidence "sure"`},
		"an unknown class":                       {"class: ai", "class: misc", `class "misc"`},
		"a malformed catalogue id":               {"CWE-798", "CWE798", `taxonomy.cwe "CWE798"`},
		"a reference that is no https address":   {"    match:", "    references: [http://x]\n    match:", `reference "http://x"`},
		"a rule without a good example":          {", good: [{text: g}]", "", "a bad and a good one"},
		"a second document":                      {"    match: {word: w}\n", "    match: {word: w}\n---\na: b\n", "more than one YAML document"},
		"the same id twice":                      {valid, valid + strings.SplitAfter(valid, "rules:\n")[1], "stands in secret/a.yaml already"},
		"an empty file":                          {valid, "", "secret/a.yaml: empty file"},
		"a file beyond the bound":                {"w}", "w}\n#" + strings.Repeat("x", MaxFile), "larger than 1024 KiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			content := strings.Replace(valid, test.old, test.new, 1)
			if content == valid {
				t.Fatal("the test changes nothing")
			}
			_, err := load(content)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	if _, err := Load[match](fstest.MapFS{}, "secret/*.yaml"); err == nil {
		t.Error("a pattern that matches no file is no error")
	}
}

func TestExpand(t *testing.T) {
	text := "k = 'sk-{{alnum 20}}-{{alnum 20}}' {{uuid}}"
	got, err := Expand(text, "seed")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len("k = 'sk--' ")+40+36 {
		t.Errorf("got %q", got)
	}
	if parts := strings.Split(got, "-"); parts[1] == strings.TrimRight(parts[2][:20], "'") {
		t.Error("two calls gave the same value")
	}
	if again, _ := Expand(text, "seed"); again != got {
		t.Error("the same seed gave another value")
	}
	if other, _ := Expand(text, "other"); other == got {
		t.Error("another seed gave the same value")
	}
	if elided := Elide(text); elided != "k = 'sk-…-…' …" {
		t.Errorf("elided to %q", elided)
	}
	for call, want := range map[string]string{
		"{{tags Hi}}": "\U000e0048\U000e0069", "{{selectors \x01A}}": "\ufe01\U000e0131",
		"{{u 202e}}": "\u202e", "{{zerowidth A}}": "\u200b\u200c\u200b\u200b\u200b\u200b\u200b\u200c",
	} {
		if got, err := Expand(call, ""); err != nil || got != want {
			t.Errorf("%s gave %q, %v; want %q", call, got, err, want)
		}
	}
	for _, call := range []string{"{{nonsense 3}}", "{{hex}}", "{{hex 0}}", "{{hex 5000}}", "{{u zz}}"} {
		if got, err := Expand(call, ""); err == nil {
			t.Errorf("%s gave %q, want an error", call, got)
		}
	}
}

func TestPageCannotBreakItsFences(t *testing.T) {
	rules, err := load(strings.Replace(valid, "{text: b}", "{path: x.md, text: \"```\\n# out\\n```\"}", 1))
	if err != nil {
		t.Fatal(err)
	}
	page := rules[0].Page(checks.Secret).Markdown
	for _, want := range []string{"# A first rule\n", "## Reported\n\n`x.md`\n````\n```\n# out\n```\n````\n", "- [CWE-798: Use of Hard-coded Credentials](https://cwe.mitre.org/data/definitions/798.html)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestPageLinksWhatTheCataloguesSay(t *testing.T) {
	rule := Rule[match]{
		Taxonomy:   checks.Taxonomy{CWE: []string{"CWE-1007", "CWE-99999"}, OWASPLLM2026: []string{"LLM01"}, MITREATLAS: []string{"AML.T0068"}},
		References: []string{"https://example.org/a_b_c"},
	}
	page := rule.Page(checks.Agent, "A detail.", "Another.").Markdown
	for _, want := range []string{
		"A detail.\n\nAnother.\n",
		"- [CWE-1007: Insufficient Visual Distinction of Homoglyphs Presented to User](https://cwe.mitre.org/data/definitions/1007.html)\n",
		"- [CWE-99999](https://cwe.mitre.org/data/definitions/99999.html)\n",
		"- OWASP Top 10 for LLM Applications 2026 · [LLM01: Prompt Injection](https://genai.owasp.org/llm-top-10/)\n",
		"- MITRE ATLAS · [AML.T0068: LLM Prompt Obfuscation](https://atlas.mitre.org/techniques/AML.T0068)\n",
		"- <https://example.org/a_b_c>\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(valid)
	f.Add("rules: [{id: a, examples: {bad: [{text: '{{hex 3}}'}]}}]")
	f.Add("a: &a [*a, *a]")
	f.Fuzz(func(t *testing.T, content string) {
		rules, err := load(content)
		if err != nil {
			return
		}
		for _, rule := range rules {
			if page := rule.Page(checks.Agent); page.Title == "" || page.Markdown == "" {
				t.Fatalf("a rule without a page: %+v", rule)
			}
		}
	})
}
