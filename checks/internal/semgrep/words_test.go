package semgrep

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWordsOf(t *testing.T) {
	tests := map[string]struct{ pattern, words, texts string }{
		"a call":                                {"pickle.loads($DATA, ...)", "pickle loads", ""},
		"a method of a metavariable":            {"$X.execute($SQL)", "execute", ""},
		"a name with a dollar":                  {"$DB.$queryRaw($SQL)", "queryRaw", ""},
		"an ellipsis that has a name":           {"foo($...ARGS).bar()", "foo bar", ""},
		"keywords":                              {"def $F(...): return None", "def return None", ""},
		"a metavariable with its type":          {"($X: flask.Request).form", "Request form", ""},
		"a type before the metavariable":        {"(Request $R).get(...)", "Request get", ""},
		"a type of literals":                    {"($S : string)", "", ""},
		"a directive":                           {"function $F() {\n  \"use-server\";\n}", "function", "use-server"},
		"a text on two lines":                   {"foo(\"abc\"\n  \"def\")", "foo", ""},
		"a call that is no type":                {"open($X)", "open", ""},
		"an argument in quotes":                 {`foo("shell", $X)`, "foo", "shell"},
		"a key in quotes":                       {`{..., "role": "system", ...}`, "", "role system"},
		"an index in quotes":                    {`$X["Location"] = $Y`, "", "Location"},
		"any text":                              {`foo("...")`, "foo", ""},
		"a text that is a metavariable":         {`foo("$X")`, "foo", ""},
		"a regular expression":                  {`foo("=~/abc/")`, "foo", "=~/abc/"},
		"texts that are put together":           {`foo("abc" "def")`, "foo", ""},
		"a text with a prefix":                  {`foo(f"abc")`, "foo", ""},
		"an escape":                             {`foo("a\nb")`, "foo", ""},
		"quotes that do not pair up":            {"foo(\"abc\n", "", ""},
		"a comment":                             {"# nothing\nfoo()", "foo", ""},
		"names that are spread":                 {"foo(...args, ...names)", "foo", ""},
		"short words":                           {"a.rm(b)", "rm", ""},
		"letters outside of ASCII divide words": {"naïve()", "na ve", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			words, texts := wordsOf(test.pattern)
			if diff := cmp.Diff(strings.Fields(test.words), append([]string{}, words...)); diff != "" {
				t.Errorf("words (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(strings.Fields(test.texts), append([]string{}, texts...)); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzWordsOf(f *testing.F) {
	f.Add("pickle.loads(\"$X\", 'a', `b`)")
	f.Add("($X: T)\n// c\n$...Y")
	f.Fuzz(func(t *testing.T, pattern string) {
		words, texts := wordsOf(pattern)
		for _, word := range append(words, texts...) {
			if !strings.Contains(pattern, word) {
				t.Errorf("%q is not in %q", word, pattern)
			}
		}
	})
}

func TestATextLacksTheWindowsAcrossItsSeams(t *testing.T) {
	f := &Formula{Op: PatternOp, Pattern: &Pattern{Text: `{..., "trust_remote_code": True, ...}`, Languages: nil}}
	tests := map[string]struct {
		text string
		want bool
	}{
		"as it is written":  {`{"trust_remote_code": True}`, true},
		"of two pieces":     {`{"trust_" + "remote_code": True}`, true},
		"of two, elsewhere": {`{"trust_rem" + "ote_code": True}`, true},
		"not there":         {`{"revision": "main"}`, false},
		"an empty file":     {``, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := f.Possible(NewOutline(test.text)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
