package output

import (
	"strings"
	"sync"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// at is a range on one line or several.
func at(path checks.Path, line, column, endLine, endColumn int) checks.Location {
	return checks.Location{Path: path, Start: checks.Position{Line: line, Column: column}, End: checks.Position{Line: endLine, Column: endColumn}}
}

// found fills in what every finding has.
func found(rule checks.RuleID, severity checks.Severity, place checks.Location, snippet string) checks.Finding {
	return checks.Finding{
		Fingerprint: checks.NewFingerprint(rule, "", snippet[:min(len(snippet), 100)]), Rule: rule, Check: checks.Code, Class: checks.ClassAI,
		Severity: severity, Confidence: checks.ConfidenceHigh, Status: checks.New,
		Title: "Model output run as a command", Message: "What the model answers is run in a shell. Whoever can steer the model runs commands here.",
		Location: place, Snippet: snippet,
		Remediation: checks.Remediation{Text: "Run a fixed program and pass the answer as one argument."},
	}
}

// shellFlow has everything that a finding can have.
func shellFlow() checks.Finding {
	f := found("shell-from-model", checks.High, at("src/agent.py", 12, 5, 12, 38), "    subprocess.run(reply, shell=True)")
	f.Symbol = "answer"
	f.Trace = []checks.Step{
		{Path: "src/agent.py", Line: 9, Text: "    reply = client.messages.create(prompt)"},
		{Path: "src/agent.py", Line: 12, Text: "    subprocess.run(reply, shell=True)"},
	}
	f.Taxonomy = checks.Taxonomy{CWE: []string{"CWE-78"}, OWASPLLM2025: []string{"LLM05"}, OWASPAgentic: []string{"ASI05"}, MITREATLAS: []string{"AML.T0050"}}
	f.Remediation.Edits = []checks.Edit{{
		Path: "src/agent.py", Start: checks.Position{Line: 12, Column: 20}, End: checks.Position{Line: 12, Column: 37},
		NewText: "[\"lookup\", reply]",
	}}
	f.Remediation.References = []string{"https://docs.python.org/3/library/subprocess.html#security-considerations"}
	return f
}

// committedKey is a credential: its line is redacted, and longer in the file than in the snippet.
func committedKey() checks.Finding {
	f := found("anthropic-api-key", checks.Critical, at("src/größe.py", 3, 15, 3, 123), `schlüssel = "sk-ant-[redacted]" # größer`)
	f.Check, f.Class = checks.Secret, checks.ClassAI
	f.Title = "Anthropic API key committed"
	f.Message = "Anyone who can read this repository can use the key, and it stays in the history."
	f.Taxonomy.CWE = []string{"CWE-798"}
	f.Remediation = checks.Remediation{
		Text:  "Revoke the key, then read it from the environment.",
		Edits: []checks.Edit{{Path: "src/größe.py", Start: checks.Position{Line: 3, Column: 14}, End: checks.Position{Line: 3, Column: 124}, NewText: `os.environ["ANTHROPIC_API_KEY"]`}},
	}
	return f
}

func leftPackage() checks.Finding {
	f := found("vulnerable-package", checks.Medium, at("requirements.txt", 2, 1, 2, 17), "langchain==0.0.1\r")
	f.Check, f.Class, f.Confidence = checks.Dependency, checks.ClassSupplyChain, checks.ConfidenceMedium
	f.Package = &checks.PackageFact{Ecosystem: "PyPI", Name: "langchain", Version: "0.0.1", Advisory: "GHSA-0000-0000-0000", Aliases: []string{"CVE-2023-0000"}, Fixed: "0.0.325"}
	return f
}

// hostile holds everything that could lead a terminal, a browser or a parser astray.
func hostile() []checks.Finding {
	inSnippet := found("hidden-text", checks.High, at("docs/\x1b]0;owned\a/\xff \"x\".md", 7, 1, 7, 60),
		"ok \x1b[2J\x1b[31mred\u009b31m \u202ereversed\u202c \ufeff tag:\U000e0048\U000e0049\U000e004a\U000e004b\U000e004c end\x00 \xc3\x28 bad")
	inSnippet.Title = "Hidden\x1b[1m text | <b>@everyone</b> `#1`"
	inSnippet.Message = "It says \u202eevil\u202c.\r\n\r\n\x1b[2J![x](https://example.com/pixel) [click](https://example.com)\u2028@octocat &amp;"
	inSnippet.Remediation = checks.Remediation{
		Text: "Delete it.</details><script>alert(1)</script>", References: []string{"javascript:alert(1)", "https://example.com/a b)\x1b"},
		Edits: []checks.Edit{{Path: "docs/\x1b]0;owned\a/\xff \"x\".md", Start: checks.Position{Line: 7, Column: 4}, End: checks.Position{Line: 8, Column: 1}, NewText: "\x1b[8mnothing\n"}},
	}
	inSnippet.Trace = []checks.Step{{Path: "a\nb", Line: 1, Text: "\x1b]8;;https://example.com\x07link\x1b]8;;\x07"}}
	zalgo := found("shell-from-model", checks.Low, at("zalgo.txt", 1, 1, 1, 2), "Z"+strings.Repeat("\u0301", 40)+"algo")
	return []checks.Finding{inSnippet, zalgo}
}

func wideText() []checks.Finding {
	const file = "src/表示.py"
	return []checks.Finding{
		found("tabs-before", checks.High, at(file, 1, 3, 1, 9), "\t\tdanger(x)\t# tab"),
		found("wide-before", checks.High, at(file, 2, 17, 2, 23), "名前 = \"あ\"; danger(x)"),
		found("emoji-before", checks.High, at(file, 3, 37, 3, 43), "a = \"👩\u200d💻👍🏽☁️ñ\"; danger(x)"),
		found("joiners-of-persian", checks.High, at(file, 4, 1, 4, 2), "می\u200cخواهم"),
		found("combining-inside", checks.High, at(file, 5, 1, 5, 8), "cafe\u0301 = danger(x)"),
		found("korean-jamo", checks.High, at(file, 6, 11, 6, 17), "\u1112\u1161\u11ab danger(x)"),
	}
}

func shapes() []checks.Finding {
	several := found("many-lines", checks.High, at("a.py", 10, 5, 12, 2), "x = run(\n    reply,\n)")
	many := found("more-lines-than-shown", checks.Medium, at("a.py", 20, 1, 30, 1), "one\ntwo\nthree\nfour\n…")
	empty := found("zero-width", checks.Medium, at("a.py", 40, 4, 40, 4), "a = 1")
	end := found("zero-width-at-the-end", checks.Medium, at("a.py", 41, 6, 41, 6), "a = 1")
	blank := found("blank-line-missing", checks.Low, at("a.py", 50, 1, 52, 2), "a\nb")
	whole := found("whole-file", checks.Critical, checks.Location{Path: "model.pkl"}, "")
	past := found("in-a-commit", checks.High, at("gone.py", 1, 1, 1, 5), "key = 1")
	past.Location.Commit = "0123456789abcdef0123456789abcdef01234567"
	insert := found("edit-that-inserts", checks.Low, at("b.py", 5, 1, 5, 10), "do_it(x)")
	insert.Remediation.Edits = []checks.Edit{{Path: "b.py", Start: checks.Position{Line: 5, Column: 1}, End: checks.Position{Line: 5, Column: 1}, NewText: "if allowed(x):\n    "}}
	remove := found("edit-that-removes", checks.Low, at("b.py", 6, 1, 7, 1), "do_it(x)")
	remove.Remediation.Edits = []checks.Edit{{Path: "b.py", Start: checks.Position{Line: 6, Column: 1}, End: checks.Position{Line: 6, Column: 9}}}
	two := found("edits-on-one-line", checks.Low, at("b.py", 7, 1, 7, 9), "do_it(x)")
	two.Remediation.Edits = []checks.Edit{
		{Path: "b.py", Start: checks.Position{Line: 7, Column: 7}, End: checks.Position{Line: 7, Column: 8}, NewText: "safe(x)"},
		{Path: "b.py", Start: checks.Position{Line: 7, Column: 1}, End: checks.Position{Line: 7, Column: 3}, NewText: "try"},
	}
	overlapping := found("edits-that-overlap", checks.Low, at("b.py", 9, 1, 9, 9), "do_it(x)")
	overlapping.Remediation.Edits = []checks.Edit{
		{Path: "b.py", Start: checks.Position{Line: 9, Column: 1}, End: checks.Position{Line: 9, Column: 8}, NewText: "a"},
		{Path: "b.py", Start: checks.Position{Line: 9, Column: 4}, End: checks.Position{Line: 9, Column: 9}, NewText: ""},
	}
	elsewhere := found("edit-elsewhere", checks.Low, at("b.py", 8, 1, 8, 9), "do_it(x)")
	elsewhere.Remediation.Edits = []checks.Edit{{Path: "c.py", Start: checks.Position{Line: 1, Column: 1}, End: checks.Position{Line: 1, Column: 1}, NewText: "import shlex\n"}}
	return []checks.Finding{whole, several, past, many, empty, end, blank, insert, remove, two, elsewhere, overlapping}
}

// longLines are windows into lines of 20 MB: as a check takes them, and whole.
func longLines() []checks.Finding {
	taken := found("snippet-of-a-long-line", checks.High, at("min.js", 1, 10_000_001, 1, 10_000_007),
		"…"+strings.Repeat("a", 500)+"danger"+strings.Repeat("b", 1494)+"…")
	whole := found("whole-long-line", checks.High, at("min.js", 2, 10_000_001, 2, 10_000_007),
		strings.Repeat("é", 5_000_000)+"danger"+strings.Repeat("b", 10_000_000))
	long := found("long-place", checks.High, at("min.js", 3, 5, 3, 20_000_000), "x = "+strings.Repeat("あ", 7_000_000))
	return []checks.Finding{taken, whole, long}
}

func reportOf(findings []checks.Finding, unscanned ...checks.Unscanned) Report {
	p := policy.Default()
	return Report{
		Result: &review.Result{
			Findings: findings, Unscanned: unscanned,
			Stats: review.Stats{Files: 42, Bytes: 123456, Seconds: 1.23456},
		},
		Decision: policy.Decide(p, findings, unscanned, 0),
		Version:  "1.2.3",
		RuleURL: func(rule checks.RuleID) string {
			if rule == "hidden-text" {
				return ""
			}
			return "https://example.com/rules/" + string(rule)
		},
	}
}

// reports are what every format must be able to render. They are made once, since some are large.
var reports = sync.OnceValue(makeReports)

func makeReports() map[string]Report {
	existing := found("shell-from-model", checks.High, at("old.py", 1, 1, 1, 4), "run(x)")
	existing.Status = checks.Existing
	suppressed := existing
	suppressed.Status, suppressed.Location.Path = checks.Suppressed, "accepted.py"
	unseen := found("note", checks.Info, at("note.py", 1, 1, 1, 4), "run(x)")

	review := reportOf([]checks.Finding{committedKey(), shellFlow(), leftPackage(), existing, existing, suppressed, unseen},
		checks.Unscanned{Path: "big.bin", Check: checks.Model, Reason: "larger than 50 MiB", Kind: checks.Failed})
	review.Range = true
	review.Result.Evidence = []checks.Evidence{
		{Tier: checks.Declared, Agent: "Claude Code", Kind: "trailer", Quote: "Co-Authored-By: Claude <noreply@anthropic.com>", Commit: "1111111111111111111111111111111111111111"},
		{Tier: checks.Identified, Agent: "Copilot", Kind: "author", Quote: "copilot-swe-agent[bot]"},
		{Tier: checks.Attested, Agent: "Claude Code", Kind: "note", Quote: "lines 1-4", Commit: "1111111111111111111111111111111111111111"},
		{Tier: checks.Declared, Agent: "Aider", Kind: "author", Quote: "A (aider)\x1b", Commit: "2222222222222222222222222222222222222222"},
	}
	many := []checks.Unscanned{{Check: checks.Code, Reason: "the check crashed", Kind: checks.Failed}}
	for i := range 25 {
		many = append(many, checks.Unscanned{Path: checks.Path("f" + strings.Repeat("x", i)), Reason: "could not be read", Kind: checks.Failed})
	}
	return map[string]Report{
		"review":         review,
		"hostile":        reportOf(hostile()),
		"wide":           reportOf(wideText()),
		"shapes":         reportOf(shapes()),
		"long":           reportOf(longLines()),
		"clean":          reportOf(nil),
		"unscanned-only": reportOf(nil, many...),
	}
}
