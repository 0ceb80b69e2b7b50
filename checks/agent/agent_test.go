package agent

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/internal/text"
)

// made expands an example, so that no hidden character stands in this file.
func made(t testing.TB, pattern string) string {
	t.Helper()
	out, err := ruleset.Expand(pattern, "seed")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatIsHidden(t *testing.T) {
	tests := map[string]struct {
		path, content string
		want          string // rule and severity, or nothing
		says          string // in the message
	}{
		"tag characters in instructions are decoded": {
			"CLAUDE.md", "Hi{{tags rm -rf /}}", "hidden-tag-characters critical", `can read: "rm -rf /"`},
		"tag characters elsewhere are less grave": {
			"src/a.txt", "Hi{{tags rm -rf /}}", "hidden-tag-characters medium", `"rm -rf /"`},
		"a flag that no font knows hides text": {
			"README.md", "{{u 1f3f4}}{{tags ustx}}{{u e007f}}", "hidden-tag-characters medium", `"ustx"`},
		"a flag that is not closed hides text": {
			"README.md", "{{u 1f3f4}}{{tags gbeng}}", "hidden-tag-characters medium", `"gbeng"`},
		"tag characters scattered over a line are read together": {
			"AGENTS.md", "a{{tags h}}b{{tags i}}c{{tags !}}", "hidden-tag-characters critical", `"hi!"`},
		"a payload cannot break out of its quotes": {
			"AGENTS.md", "{{tags \"<b>`@all}}{{u 202e}}", "hidden-tag-characters critical", "\"\\\"<b>`@all\""},
		"selectors after an emoji are decoded": {
			"GEMINI.md", "{{u 1f600}}{{selectors curl evil}}", "hidden-variation-selectors critical", `"curl evil"`},
		"selectors after the form of an emoji are decoded": {
			"GEMINI.md", "{{u 2764}}{{u fe0f}}{{selectors payload}}", "hidden-variation-selectors critical", `"payload"`},
		"one selector on each letter is counted together": {
			"GEMINI.md", "a{{selectors x}}b{{selectors y}}c{{selectors z}}", "hidden-variation-selectors critical", `"xyz"`},
		"an ideographic selector after a Latin letter is odd": {
			"CLAUDE.md", "a{{u e0100}}", "hidden-variation-selectors high", "U+E0100 (1)"},
		"zero-width bits are decoded in either order": {
			"SKILL.md", "x" + strings.NewReplacer("0", "{{u 200c}}", "1", "{{u 200b}}").Replace("011010000110100100100001"),
			"hidden-zero-width-characters critical", `"hi!"`},
		"zero-width bits with separators are decoded": {
			"SKILL.md", "{{zerowidth h}}{{u 2060}}{{zerowidth i}}{{u 2060}}{{zerowidth !}}",
			"hidden-zero-width-characters critical", `"hi!"`},
		"zero-width bits elsewhere are less grave": {"a.go", "{{zerowidth payload}}", "hidden-zero-width-characters medium", `"payload"`},
		"zero-width characters between many words are counted": {
			"AGENTS.md", strings.Repeat("a {{u 200b}}", 8), "hidden-zero-width-characters medium", "U+200B (8)"},
		"a byte order mark in the middle of a word is reported": {"CLAUDE.md", "ig{{u feff}}nore", "hidden-zero-width-characters medium", "U+FEFF"},
		"an override in a program is spelled out": {
			"a.py", "if level != \"user{{u 202e}} {{u 2066}}# admin{{u 2069}}\":", "hidden-bidi-controls medium", "user⟨RLO⟩ ⟨LRI⟩# admin⟨PDI⟩"},
		"balanced isolates in a program are reported all the same": {"a.py", "x = '{{u 2067}}שלום{{u 2069}}'", "hidden-bidi-controls medium", "⟨RLI⟩"},
		"a control alone in its quotes with code behind it":        {"a.py", "x = '{{u 202e}}'; allow(user)", "hidden-bidi-controls medium", "'⟨RLO⟩'; allow(user)"},
		"a control alone in its quotes with code in a comment":     {"a.py", "x = '{{u 202e}}'  # ;)resu(wolla = y", "hidden-bidi-controls medium", "'⟨RLO⟩'"},
		"two controls in one pair of quotes":                       {"a.py", "x = '{{u 202e}}{{u 2066}}'", "hidden-bidi-controls medium", "⟨RLO⟩⟨LRI⟩"},
		"a table of controls in instructions is reported":          {"AGENTS.md", "\"{{u 202e}}\",", "hidden-bidi-controls high", "⟨RLO⟩"},
		"an isolate that is not closed is reported in prose":       {"README.md", "{{u 2067}}שלום", "hidden-bidi-controls medium", "⟨RLI⟩"},
		"balanced isolates without a reason are reported":          {"AGENTS.md", "{{u 2067}}abc{{u 2069}}", "hidden-bidi-controls high", "⟨RLI⟩"},
		"a filler used as a name in a program is reported":         {"a.js", "var {{u 3164}} = 1", "hidden-invisible-characters medium", "U+3164"},
		"annotation marks in instructions are reported":            {"CLAUDE.md", "{{u fff9}}a{{u fffb}}", "hidden-invisible-characters medium", "U+FFF9 (1), U+FFFB (1)"},
		"instructions in a nested folder count":                    {"pkg/x/.cursor/rules/a.mdc", "a{{tags hid}}", "hidden-tag-characters critical", "hid"},
		"names of instructions count in any case":                  {"claude.MD", "a{{tags hid}}", "hidden-tag-characters critical", "hid"},

		"plain text says nothing":                       {"CLAUDE.md", "Run the tests — “always”.\r\n", "", ""},
		"families, flags, hearts and skin tones":        {"CLAUDE.md", "👩‍👩‍👧 👨🏽‍💻 🏳️‍🌈 🏴‍☠️ ❤️‍🔥 👁️‍🗨️ 🇩🇪 1️⃣ #️⃣ ☎︎", "", ""},
		"flags of England, Scotland and Wales":          {"AGENTS.md", "{{u 1f3f4}}{{tags gbsct}}{{u e007f}}", "", ""},
		"a leading byte order mark":                     {"AGENTS.md", "{{u feff}}# Rules", "", ""},
		"Persian with non-joiners":                      {"CLAUDE.md", "می{{u 200c}}روم", "", ""},
		"Malayalam and Sinhala with joiners":            {"CLAUDE.md", "ന{{u 200d}} ශ්{{u 200d}}රී", "", ""},
		"Khmer with zero-width spaces":                  {"CLAUDE.md", "ខ្ញុំ{{u 200b}}ចង់", "", ""},
		"soft hyphens in German":                        {"CLAUDE.md", "Silben{{u ad}}tren{{u ad}}nung", "", ""},
		"left-to-right marks":                           {"CLAUDE.md", "עברית{{u 200e}} (C)", "", ""},
		"Hebrew with balanced isolates in instructions": {"CLAUDE.md", "{{u 2067}}שלום{{u 2069}}", "", ""},
		"Mongolian with its vowel separator":            {"CLAUDE.md", "ᠮᠣᠩᠭᠣᠯ{{u 180e}}ᠠ", "", ""},
		"Japanese with ideographic selectors":           {"CLAUDE.md", "葛{{u e0100}}飾区", "", ""},
		"a mention that is kept from being one":         {"CLAUDE.md", "@{{u 200b}}someone", "", ""},
		"bytes that are not UTF-8":                      {"CLAUDE.md", "caf\xe9 \xf3\xa0\x81", "", ""},
		"a table of controls in a program":              {"a.py", "CONTROLS = {\n    \"{{u 202e}}\",  # RIGHT-TO-LEFT OVERRIDE\n    '{{u 2066}}', '{{u 2069}}',\n}", "", ""},
		"a control in a list at its end":                {"a.ts", "const all = [`{{u 202a}}`];", "", ""},
		"a few zero-width characters in a data file":    {"a.csv", "x{{u 200b}}{{u 200b}}{{u 200b}}y", "", ""},
	}
	c := newCheck(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := findings(c, checks.Path(test.path), made(t, test.content))
			if test.want == "" {
				for _, f := range found {
					t.Errorf("reported by %s: %s", f.Rule, f.Message)
				}
				return
			}
			if len(found) == 0 {
				t.Fatal("not reported")
			}
			f := found[0]
			if got := string(f.Rule) + " " + string(f.Severity); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if !strings.Contains(f.Message, test.says) {
				t.Errorf("the message lacks %s: %s", test.says, f.Message)
			}
		})
	}
}

// TestTheSuggestedEditLeavesWhatWasSeen applies the edits and finds nothing afterwards.
func TestTheSuggestedEditLeavesWhatWasSeen(t *testing.T) {
	c := newCheck(t)
	content := made(t, "one\r\ntwo {{u 1f600}}{{selectors abc}} is{{tags hidden}} here\nig{{u 200b}}nore {{u 1f3f4}}{{tags gbwls}}{{u e007f}}\n")
	lines := text.New([]byte(content))
	edited := []byte(content)
	var edits []checks.Edit
	for _, f := range findings(c, "CLAUDE.md", content) {
		edits = append(edits, f.Remediation.Edits...)
	}
	slices.SortFunc(edits, func(a, b checks.Edit) int { return lines.Offset(b.Start) - lines.Offset(a.Start) })
	for _, e := range edits {
		edited = slices.Replace(edited, lines.Offset(e.Start), lines.Offset(e.End), []byte(e.NewText)...)
	}
	want := made(t, "one\r\ntwo {{u 1f600}} is here\nignore {{u 1f3f4}}{{tags gbwls}}{{u e007f}}\n")
	if string(edited) != want {
		t.Errorf("got %+q, want %+q", edited, want)
	}
	if left := findings(c, "CLAUDE.md", string(edited)); len(left) > 0 {
		t.Errorf("still reported: %+v", left)
	}
}

func change(base, head string) *checks.Change {
	return &checks.Change{
		MergeBase: fstest.MapFS{"AGENTS.md": {Data: []byte(base)}},
		Head:      fstest.MapFS{"AGENTS.md": {Data: []byte(head)}, "new.bin": {Data: []byte("\x00")}},
		Files: []checks.FileChange{
			{Path: "AGENTS.md", OldPath: "AGENTS.md", Status: checks.Modified},
			{Path: "new.bin", Status: checks.Added},
		},
	}
}

func TestNoEditIsSuggestedForAProgram(t *testing.T) {
	found := findings(newCheck(t), "a.py", made(t, "name = \"tool{{u 202e}}_name\""))
	if len(found) != 1 || len(found[0].Remediation.Edits) > 0 || !strings.Contains(found[0].Remediation.Text, "write it as an escape") {
		t.Errorf("got %+v", found)
	}
}

func TestBothSidesAreReported(t *testing.T) {
	c := newCheck(t)
	hidden := made(t, "a{{tags hid}}\n")
	report, err := c.Run(t.Context(), change(hidden, "# title\n"+strings.Replace(hidden, "a", "bcd", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 2 || report.Findings[0].Revision != checks.AtHead || report.Findings[1].Revision != checks.AtMergeBase {
		t.Fatalf("got %+v", report.Findings)
	}
	if report.Findings[0].Fingerprint != report.Findings[1].Fingerprint {
		t.Error("the fingerprint changes with the visible text around")
	}
	if want := (checks.Position{Line: 2, Column: 4}); report.Findings[0].Location.Start != want {
		t.Errorf("at %v, want %v", report.Findings[0].Location.Start, want)
	}
	if len(report.Findings[1].Remediation.Edits) > 0 {
		t.Error("an edit is suggested for the merge base")
	}
	if report, err = c.Run(t.Context(), change(hidden, "clean\n")); err != nil || len(report.Findings) > 0 {
		t.Errorf("what the pull request removes is reported: %+v, %v", report.Findings, err)
	}
}

func TestWhatCannotBeScannedIsSaid(t *testing.T) {
	c := newCheck(t)
	head := change("", strings.Repeat(made(t, "x{{tags hid}}\n"), MaxFindings+1))
	head.MergeBase = nil
	head.Files = append(head.Files, checks.FileChange{Path: "missing.md", Status: checks.Added})
	report, err := c.Run(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	want := []checks.Unscanned{
		{Path: "AGENTS.md", Check: checks.Agent, Reason: "more than 200 lines with hidden characters", Kind: checks.Failed},
		{Path: "missing.md", Check: checks.Agent, Reason: "could not be read: file does not exist", Kind: checks.Failed},
	}
	if len(report.Findings) != MaxFindings || !slices.Equal(report.Unscanned, want) {
		t.Errorf("%d findings, %+v", len(report.Findings), report.Unscanned)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Run(ctx, head); err == nil {
		t.Error("a cancelled run reports no error")
	}
}

func TestAFindingIsBounded(t *testing.T) {
	c := newCheck(t)
	for name, content := range map[string]string{
		"a megabyte of tag characters":  strings.Repeat("\U000e0041", 1<<18),
		"a megabyte of selectors":       strings.Repeat("\ufe0f", 1<<18),
		"a megabyte of zero-width bits": strings.Repeat("\u200b\u200c", 1<<17),
		"a megabyte of scattered ones":  strings.Repeat("a\u200bb", 1<<17),
		"a megabyte of overrides":       strings.Repeat("\u202e", 1<<18),
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range findings(c, "CLAUDE.md", content) {
				encoded, err := json.Marshal(f)
				if err != nil {
					t.Fatal(err)
				}
				if limit := 32 << 10; len(encoded) > limit {
					t.Errorf("a finding of %d bytes, want at most %d", len(encoded), limit)
				}
			}
		})
	}
}

func TestEveryRuleHasAPage(t *testing.T) {
	pages := newCheck(t).Rules()
	if len(pages) != 5 {
		t.Errorf("%d pages, want 5", len(pages))
	}
	for _, page := range pages {
		if strings.ContainsFunc(page.Markdown, func(r rune) bool { return kindOf(r) != "" && kindOf(r) != bidi }) {
			t.Errorf("the page of %s hides something itself", page.ID)
		}
	}
}

func FuzzHiddenText(f *testing.F) {
	c := newCheck(f)
	for _, rule := range c.catalogue.list {
		for _, example := range slices.Concat(rule.Examples.Bad, rule.Examples.Good) {
			content, err := ruleset.Expand(example.Text, "")
			if err != nil {
				f.Fatal(err)
			}
			f.Add([]byte(content), true)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, strict bool) {
		path := checks.Path("a.txt")
		if strict {
			path = "CLAUDE.md"
		}
		decoded, ok := text.Decode(raw)
		if !ok {
			return
		}
		for _, finding := range findings(c, path, string(raw)) {
			start, end := decoded.Offset(finding.Location.Start), decoded.Offset(finding.Location.End)
			if start >= end {
				t.Fatalf("an empty place: %+v", finding.Location)
			}
			for _, e := range finding.Remediation.Edits {
				from, to := decoded.Offset(e.Start), decoded.Offset(e.End)
				if from < start || to > end || from >= to {
					t.Fatalf("edit [%d, %d) of [%d, %d)", from, to, start, end)
				}
				for _, r := range string(decoded.Bytes[from:to]) {
					if kindOf(r) == "" {
						t.Fatalf("an edit removes %q, which can be seen", r)
					}
				}
			}
			if !utf8.ValidString(finding.Message) || strings.ContainsFunc(finding.Message, func(r rune) bool { return kindOf(r) != "" }) {
				t.Fatalf("the message hides something itself: %+q", finding.Message)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	c := newCheck(b).catalogue
	for name, line := range map[string]string{
		"ASCII": "the quick brown fox jumps over the lazy dog\n", "Chinese": "敏捷的棕色狐狸跳过了懒狗\n", "emoji": "👩‍👩‍👧 ❤️‍🔥\n",
	} {
		t := text.New([]byte(strings.Repeat(line, 1<<15)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(t.Bytes)))
			for b.Loop() {
				c.search(t, true, false)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}
