package setup

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/assay-app/assay"
	"github.com/google/go-cmp/cmp"
)

func TestTheManifestThatComesWithAssay(t *testing.T) {
	m, err := ParseManifest(assay.AppManifest)
	if err != nil {
		t.Fatal(err)
	}
	if m.Public || m.Permissions["contents"] != "read" {
		t.Errorf("got %+v", m)
	}
	for name, use := range permissionUses() {
		if got := m.Permissions[name]; got != use.needs {
			t.Errorf("asks for %s: %q, needed is %q: what is optional must be chosen by the owner", name, got, use.needs)
		}
	}
	if got := missingEvents(m.Events); len(got) != 0 {
		t.Errorf("lacks the events %v", got)
	}
}

func TestTheManifestNamesEveryOptionalPermission(t *testing.T) {
	for name, use := range permissionUses() {
		if use.needs == "" && !strings.Contains(string(assay.AppManifest), "# "+name+": "+string(use.most)) {
			t.Errorf("app.yml does not mention %s: %s", name, use.most)
		}
	}
}

func TestManifestsThatAreRefused(t *testing.T) {
	edit := func(old, fresh string) string {
		text := string(assay.AppManifest)
		if !strings.Contains(text, old) {
			t.Fatalf("app.yml does not hold %q", old)
		}
		return strings.Replace(text, old, fresh, 1)
	}
	tests := map[string]struct{ text, want string }{
		"nothing":                          {"", "is empty"},
		"only a comment":                   {"# hello\n", "is empty"},
		"not YAML":                         {"name: [", "does not parse"},
		"a list":                           {"- a\n", "does not parse"},
		"an unknown key":                   {edit("public:", "publik:"), "publik"},
		"an unknown key further in":        {string(assay.AppManifest) + "\nhook_attributes: {uri: x}\n", "uri"},
		"a key twice":                      {string(assay.AppManifest) + "\nname: Other\n", "name"},
		"OAuth, for which there is no use": {string(assay.AppManifest) + "\nrequest_oauth_on_install: true\n", "request_oauth_on_install"},
		"two documents":                    {string(assay.AppManifest) + "\n---\nname: x\n", "more than one document"},
		"no name":                          {edit("name: Assay", "name: ''"), "has no name"},
		"a name too long":                  {edit("name: Assay", "name: "+strings.Repeat("a", 35)), "GitHub takes 34"},
		"an address that is none":          {edit("url: https:", "url: javascript:"), "must be a web address"},
		"the right to push":                {edit("contents: read", "contents: write"), "never needs more than read"},
		"the right to administer":          {edit("issues: read", "issues: admin"), "read or write"},
		"a permission without use":         {edit("issues: read", "administration: read"), `"administration": Assay has no use`},
		"too little to work":               {edit("checks: write", "checks: read"), "lacks checks: write"},
		"a permission left out":            {edit("merge_queues: read", ""), "lacks merge_queues: read"},
		"an event without use":             {edit("- issue_comment", "- push\n  - issue_comment"), `"push": Assay does not take it`},
		"an event twice":                   {edit("- issue_comment", "- issue_comment\n  - issue_comment"), "twice"},
		"an event left out":                {edit("- merge_group", ""), "does not subscribe to merge_group"},
		"a file that is no manifest":       {strings.Repeat("#", maxManifestBytes+1), "larger than 64 KiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseManifest([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestRulesetRequiresTheCheckFromThisAppAlone(t *testing.T) {
	for _, organisation := range []bool{false, true} {
		text, err := ruleset(12345, organisation)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		conditions := map[string]any{"ref_name": map[string]any{"include": []any{"~DEFAULT_BRANCH"}, "exclude": []any{}}}
		if organisation {
			conditions["repository_name"] = map[string]any{"include": []any{"~ALL"}, "exclude": []any{}}
		}
		want := map[string]any{
			"name": "Require Assay", "target": "branch", "enforcement": "active", "bypass_actors": []any{}, "conditions": conditions,
			"rules": []any{map[string]any{"type": "required_status_checks", "parameters": map[string]any{
				"strict_required_status_checks_policy": false, "do_not_enforce_on_create": true,
				"required_status_checks": []any{map[string]any{"context": "Assay", "integration_id": 12345.0}},
			}}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add(assay.AppManifest)
	f.Add([]byte("name: &a [*a]\n"))
	f.Add([]byte("default_permissions: {contents: write}"))
	f.Add([]byte("<<: {name: x}\n---\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseManifest(text)
		if err == nil && m.Permissions["contents"] == "write" {
			t.Error("the right to push got through")
		}
	})
}

func FuzzConversion(f *testing.F) {
	f.Add([]byte(`{"id":1,"slug":"assay","owner":{"login":"octo"},"webhook_secret":"0123456789abcdef0123456789abcdef","pem":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c conversion
		if json.Unmarshal(text, &c) != nil {
			return
		}
		app, _, err := c.check(githubAddress())
		if err == nil && !strings.HasPrefix(app.HTMLURL, "https://github.com/") {
			t.Errorf("the App's page is %q", app.HTMLURL)
		}
	})
}
