package secret

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
)

func TestRedactCleansWhatOthersQuote(t *testing.T) {
	c := newCheck(t)
	key := assemble(t, anthropic, "1")
	plain := assemble(t, "{{hex 32}}", "2")
	tags, err := ruleset.Expand("{{tags "+key+"}}", "")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path         checks.Path
		quoted, want string
	}{
		"a key, and another time":                        {"", `call("` + key + `") // ` + key, `call("sk-ant-api03-[redacted]") // sk-ant-api03-[redacted]`},
		"a key in quotes of a message":                   {"", `an agent can read: "use ` + key + `".`, `an agent can read: "use sk-ant-api03-[redacted]".`},
		"a key that an invisible character interrupts":   {"", key[:40] + "\u200b" + key[40:] + " rest", "sk-ant-api03-[redacted] rest"},
		"a key in tag characters":                        {"", "Be kind." + tags + " Always.", "Be kind.sk-ant-api03-[redacted] Always."},
		"a key beside text in tag characters":            {"", key + "\U000e0048\U000e0069", "sk-ant-api03-[redacted]\U000e0048\U000e0069"},
		"a key that only the file's name gives away":     {"deepseek.py", "k = 'sk-" + plain + "'", "k = 'sk-[redacted]'"},
		"the beginning of a key that the quote cuts off": {"", "deploy with " + key[:60] + "…", "deploy with [redacted]…"},
		"the end of a key that the quote cuts off":       {"", "…" + key[70:] + " and more", "…[redacted] and more"},
		"words that the quote cuts off":                  {"", "the internationalisation…", "the internationalisation…"},
		"a text without credentials":                     {"", "Always run the tests.\u200b ok", "Always run the tests.\u200b ok"},
		"bytes that are no UTF-8":                        {"", "\xff\u200b\xfe x", "\xff\u200b\xfe x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := c.Redact(t.Context(), test.path, test.quoted)
			if err != nil || got != test.want {
				t.Errorf("got %+q, %v; want %+q", got, err, test.want)
			}
		})
	}
}

func TestRedactShowsNothingOfATextThatTakesTooLong(t *testing.T) {
	quoted := strings.Repeat("okta facebook atlasv1 meraki sumo ", 200_000)
	if got, err := newCheck(t).Redact(t.Context(), "", quoted); err == nil || got != redacted {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}

func FuzzRedact(f *testing.F) {
	c := newCheck(f)
	key := assemble(f, anthropic, "1")
	f.Add("x \u200b\U000e0041 ", " y…")
	f.Add("\xff\xfe\u202e", "'")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 4096 {
			return
		}
		got, err := c.Redact(t.Context(), "a.py", before+" "+key+" "+after)
		if err == nil && strings.Contains(got, key[20:]) {
			t.Errorf("the key is still there: %+q", got)
		}
		if utf8.ValidString(before) && utf8.ValidString(after) && !utf8.ValidString(got) {
			t.Errorf("a character was split: %+q", got)
		}
	})
}
