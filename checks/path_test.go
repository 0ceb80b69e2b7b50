package checks

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func TestPathText(t *testing.T) {
	tests := map[string]struct {
		path Path
		text string
	}{
		"a plain path is written verbatim":                   {"src/app.py", "src/app.py"},
		"valid UTF-8 is written verbatim":                    {"docs/café.md", "docs/café.md"},
		"a newline is written verbatim, JSON escapes it":     {"a\nb", "a\nb"},
		"a path that begins with a quotation mark is quoted": {`"a".txt`, `"\"a\".txt"`},
		"bytes that are not UTF-8 become octal escapes":      {"caf\xe9\n\\", `"caf\351\n\\"`},
		"the empty path is empty":                            {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := test.path.MarshalText()
			if err != nil || string(text) != test.text {
				t.Fatalf("MarshalText(%q) = %q, %v; want %q", string(test.path), text, err, test.text)
			}
			var back Path
			if err := back.UnmarshalText(text); err != nil || back != test.path {
				t.Errorf("UnmarshalText(%q) = %q, %v; want %q", text, string(back), err, string(test.path))
			}
		})
	}
}

func TestPathUnmarshalRefuses(t *testing.T) {
	for _, text := range []string{`"a`, `"\`, `"\"`, `"\9"`, `"\400"`, `"\12"`, `"\x41"`} {
		var p Path
		if err := p.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("UnmarshalText(%q) = %q, want an error", text, string(p))
		}
	}
}

func TestPathQuotedIsSafeInATerminal(t *testing.T) {
	tests := map[Path]string{
		"src/app.py":          "src/app.py",
		"naïve.py":            "naïve.py",
		"a\x1b[31m.py":        `"a\033[31m.py"`,
		"two\nlines":          `"two\nlines"`,
		"rtl\u202egpj.exe":    `"rtl\342\200\256gpj.exe"`,
		"tag\U000e0041.md":    `"tag\363\240\201\201.md"`,
		"latin1\xe9":          `"latin1\351"`,
		`say "hi"`:            `"say \"hi\""`,
		"c1\u009b31m control": `"c1\302\23331m control"`,
	}
	for path, want := range tests {
		if got := path.Quoted(); got != want {
			t.Errorf("Quoted(%q) = %s, want %s", string(path), got, want)
		}
	}
}

func FuzzPathRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "a/b", "\"", "\xff\xfe", "\\", "a\"\\\n\x00\xe9", "\u202e\U000e0041"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		text, err := json.Marshal(Path(raw))
		if err != nil {
			t.Fatal(err)
		}
		var back Path
		if err := json.Unmarshal(text, &back); err != nil || string(back) != raw {
			t.Fatalf("%q became %s and then %q, %v", raw, text, string(back), err)
		}
		if quoted := Path(raw).Quoted(); !utf8.ValidString(quoted) {
			t.Fatalf("Quoted(%q) is not UTF-8: %q", raw, quoted)
		}
	})
}
