package semgrep

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/internal/ast"
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
			words, texts, _ := wordsOf(test.pattern)
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
		words, texts, parts := wordsOf(pattern)
		for _, word := range slices.Concat(words, texts, parts) {
			if !strings.Contains(pattern, word) {
				t.Errorf("%q is not in %q", word, pattern)
			}
		}
	})
}

func TestAPatternIsPossibleWhereWhatItNeedsIsWritten(t *testing.T) {
	trusted := `{..., "trust_remote_code": True, ...}`
	route := "@$APP.route($ADDRESS)\ndef $F(...): ..."
	tests := map[string]struct {
		pattern, text string
		want          bool
	}{
		"a text as it is written":          {trusted, `{"trust_remote_code": True}`, true},
		"a text of two pieces":             {trusted, `{"trust_" + "remote_code": True}`, true},
		"of two, elsewhere":                {trusted, `{"trust_rem" + "ote_code": True}`, true},
		"of two, the second ahead":         {trusted, `b = "ote_code"; a = "trust_rem" + b`, true},
		"in other letters":                 {trusted, `{"TRUST_REMOTE_CODE".lower(): True}`, true},
		"in other letters that stay":       {trusted, `{"TRUST_REMOTE_CODE": True}`, false},
		"of two, of which one is a part":   {trusted, `{"distrust_rem" + "ote_code": True}`, false},
		"its windows, but apart":           {trusted, `trust trust_r ust_re st_rem t_remo _remot remote emote_c mote_co ote_cod te_code`, false},
		"a text that is not there":         {trusted, `{"revision": "main"}`, false},
		"no text":                          {trusted, ``, false},
		"a text that is compared":          {`$X == "tool_use"`, `a == "tool_use"`, true},
		"a text that is not compared":      {`$X == "tool_use"`, `a == "tool"`, false},
		"a key with a dollar":              {`{..., "$where": $X, ...}`, `{"$where": x}`, true},
		"a key without it":                 {`{..., "$where": $X, ...}`, `{"where": x}`, false},
		"a text that others are added to":  {`return "redirect:" + $X`, `return "redirect:/home/" + x`, true},
		"other text":                       {`return "redirect:" + $X`, `return "forward:" + x`, false},
		"a decorator":                      {route, "@app.route('/')\ndef f(): ...", true},
		"a decorator that was imported":    {route, "from bottle import route\n@route('/')\ndef f(): ...", true},
		"a decorator under another name":   {route, "from bottle import route as r\n@r('/')\ndef f(): ...", true},
		"the name of a decorator, no such": {route, "@app.get('/')\ndef f(): route = 1", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &Formula{Op: PatternOp, Pattern: &Pattern{Text: test.pattern, Languages: []ast.Language{"python"}}}
			if got := f.Possible(NewOutline(test.text)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
