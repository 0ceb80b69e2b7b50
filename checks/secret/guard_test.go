package secret

import (
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

func TestWhatIsNoCredential(t *testing.T) {
	tests := map[string]struct {
		path, content string // expanded
		want          string // the rule that reports it all the same, if it should
	}{
		"a prefix that turns up in an image":                      {"cassette.yaml", "data: iVBOR{{base64 80}}7Qb/ABSK{{base64 400}}", ""},
		"a prefix that turns up in a signature for addresses":     {"cassette.yaml", "uri: https://x.example/v?sig=aB3{{base64url 80}}ghp_{{alnum 36}}", ""},
		"a key behind words that end in its separator":            {"a.sh", "curl https://x.example/v1beta/models/Gemini/generate/AIza{{base64url 35}}", "google-ai-api-key"},
		"a key behind an escaped line break":                      {"a.json", `{"env": "A=1\nghp_{{alnum 36}}"}`, "github-pat"},
		"a key in an address":                                     {"a.sh", "git clone https://bot:ghp_{{alnum 36}}@github.com/x/y", "github-pat"},
		"a key that somebody typed on a keyboard":                 {"a.ts", `const KEY = "sk_live_` + `abc123xyz789";`, ""},
		"a key with letters and digits in turn":                   {"a.ts", `const KEY = "sk_live_` + `a1b2c3d4e5f6g7h8";`, ""},
		"a key of the same kind that was drawn":                   {"a.ts", `const KEY = "sk_live_` + `{{alnum 24}}";`, "stripe-access-token"},
		"PostHog's key of a project, which every visitor gets":    {"a.py", `posthog_project_api_key = "phc_{{alnum 43}}"`, ""},
		"Mixpanel's token of a project, which every visitor gets": {"a.py", `mixpanel_project_token = "{{hex 32}}"`, ""},
		"Stripe's publishable key":                                {"a.py", `stripe_api_key = "pk_live_{{alnum 24}}"`, ""},
		"a token that is in nobody's interest to publish":         {"a.py", `internal_project_token = "{{alnum 32}}"`, "generic-api-key"},
	}
	c := newCheck(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := rulesIn(t, c, checks.Path(test.path), assemble(t, test.content, name))
			if strings.Join(got, " ") != test.want {
				t.Errorf("reported by %q, want %q", got, test.want)
			}
		})
	}
}
