package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRulesList(t *testing.T) {
	text := assay(t, "rules", "list").stdout
	var list []listedRule
	if err := json.Unmarshal([]byte(assay(t, "rules", "list", "--format", "json").stdout), &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, rule := range list {
		if seen[rule.ID] || rule.Title == "" || rule.Severity == "" || !strings.Contains(rule.URL, rule.ID) || !strings.Contains(text, rule.ID) {
			t.Errorf("%+v is listed twice, says too little or is missing in the text", rule)
		}
		seen[rule.ID] = true
	}
	if !seen["anthropic-api-key"] || !seen["hidden-tag-characters"] || strings.Count(text, "\n") != len(list) {
		t.Errorf("%d rules, %d lines", len(list), strings.Count(text, "\n"))
	}
	for line := range strings.Lines(assay(t, "rules", "list", "--checks", "agent").stdout) {
		if !strings.HasPrefix(line, "agent ") {
			t.Errorf("listed for the agent check: %s", line)
		}
	}
}

func TestRulesExplain(t *testing.T) {
	got := assay(t, "rules", "explain", "anthropic-api-key")
	if got.code != 0 || !strings.HasPrefix(got.stdout, "# Anthropic API key committed\n") || !strings.Contains(got.stdout, "## How to fix it") {
		t.Errorf("exit %d: %s", got.code, got.stdout)
	}
	if got := assay(t, "rules", "explain", "no-such-rule"); got.code != 2 || !strings.Contains(got.stderr, `no rule "no-such-rule"`) {
		t.Errorf("exit %d: %s", got.code, got.stderr)
	}
	if got := assay(t, "rules"); got.code != 2 {
		t.Errorf("exit %d: %s", got.code, got.stderr)
	}
}
