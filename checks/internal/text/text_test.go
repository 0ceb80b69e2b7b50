package text

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
)

func TestPosition(t *testing.T) {
	text := New([]byte("ab\r\ncafé\n\xffz\n"))
	tests := map[string]struct {
		offset int
		want   checks.Position
	}{
		"the first byte is line 1, column 1":             {0, checks.Position{Line: 1, Column: 1}},
		"a carriage return belongs to its line":          {2, checks.Position{Line: 1, Column: 3}},
		"the byte after a newline starts a line":         {4, checks.Position{Line: 2, Column: 1}},
		"columns count bytes, not characters":            {9, checks.Position{Line: 2, Column: 6}},
		"a byte that is not UTF-8 is one column":         {11, checks.Position{Line: 3, Column: 2}},
		"the end of the text after a newline is a line":  {13, checks.Position{Line: 4, Column: 1}},
		"an offset beyond the end counts as the end":     {99, checks.Position{Line: 4, Column: 1}},
		"an offset before the start counts as the start": {-1, checks.Position{Line: 1, Column: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := text.Position(test.offset); got != test.want {
				t.Errorf("Position(%d) = %v, want %v", test.offset, got, test.want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	for content, want := range map[string]int{"": 1, "a": 1, "a\n": 1, "a\nb": 2, "\n": 1, "\n\n": 2} {
		if got := New([]byte(content)).Lines(); got != want {
			t.Errorf("%q has %d lines, want %d", content, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	tests := map[string]struct {
		raw  string
		want string
		text bool
	}{
		"UTF-8 is kept":                               {"key = é", "key = é", true},
		"bytes that are not UTF-8 are kept":           {"caf\xe9", "caf\xe9", true},
		"a byte order mark of UTF-8 is kept":          {"\ufeffx", "\ufeffx", true},
		"UTF-16 little endian is decoded":             {"\xff\xfea\x00\xe9\x00", "aé", true},
		"UTF-16 big endian is decoded":                {"\xfe\xff\x00a\x00\xe9", "aé", true},
		"a surrogate pair is one character":           {"\xff\xfe\x3d\xd8\x00\xde", "😀", true},
		"an unpaired surrogate is replaced":           {"\xff\xfe\x3d\xd8a\x00", "\ufffda", true},
		"an odd last byte is replaced":                {"\xff\xfea\x00b", "a\ufffd", true},
		"a NUL makes a file binary":                   {"GIF89a\x00", "", false},
		"a NUL after the probed bytes does not":       {strings.Repeat("a", binaryProbe) + "\x00", strings.Repeat("a", binaryProbe) + "\x00", true},
		"UTF-16 with a NUL character early is binary": {"\xff\xfe\x10\x01\x00\x00", "", false},
		"UTF-32 is binary":                            {"\xff\xfe\x00\x00a\x00\x00\x00", "", false},
		"an empty file is a text":                     {"", "", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, ok := Decode([]byte(test.raw))
			if ok != test.text {
				t.Fatalf("is a text: %v, want %v", ok, test.text)
			}
			if ok && string(text.Bytes) != test.want {
				t.Errorf("decoded to %q, want %q", text.Bytes, test.want)
			}
		})
	}
}

func TestReadRefusesWhatIsNoTextOrTooLarge(t *testing.T) {
	tree := fstest.MapFS{
		"plain":  {Data: []byte("hello")},
		"binary": {Data: []byte("\x00\x01")},
		"module": {Mode: fs.ModeDir | fs.ModeIrregular},
		"device": {Mode: fs.ModeDevice},
		"full":   {Data: bytes.Repeat([]byte("a"), MaxFile)},
		"over":   {Data: bytes.Repeat([]byte("a"), MaxFile+1)},
	}
	for path, want := range map[checks.Path]error{
		"plain": nil, "full": nil, "binary": ErrNotText, "module": ErrNotText, "device": ErrNotText, "over": ErrTooLarge,
	} {
		if _, err := Read(tree, path); !errors.Is(err, want) {
			t.Errorf("reading %s: %v, want %v", path, err, want)
		}
	}
	if _, err := Read(tree, "absent"); err == nil {
		t.Error("reading an absent file: no error")
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("a", 1000) + "KEY" + strings.Repeat("é", 1000)
	tests := map[string]struct {
		content    string
		start, end int
		cuts       []Cut
		want       string
	}{
		"a whole line is quoted without its newline": {"one\ntwo\r\nthree", 5, 6, nil, "two"},
		"every touched line is quoted":               {"one\ntwo\nthree", 1, 6, nil, "one\ntwo"},
		"an end at a line's start leaves it out":     {"one\ntwo\n", 0, 4, nil, "one"},
		"a cut is replaced":                          {"a=SECRET;", 2, 8, []Cut{{Span{2, 8}, "[x]"}}, "a=[x];"},
		"overlapping cuts become one":                {"a=SECRET;", 2, 8, []Cut{{Span{4, 9}, "[y]"}, {Span{2, 6}, "[x]"}}, "a=[x]"},
		"two cuts on a line are both replaced":       {"A B", 0, 1, []Cut{{Span{0, 1}, "1"}, {Span{2, 3}, "2"}}, "1 2"},
		"a cut over several lines is shown once":     {"k=A\nB\nC;\n", 2, 7, []Cut{{Span{2, 7}, "[x]"}}, "k=[x]\n;"},
		"many lines are cut short":                   {"1\n2\n3\n4\n5\n6", 0, 11, nil, "1\n2\n3\n4\n…"},
		"the empty text has an empty snippet":        {"", 0, 0, nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := New([]byte(test.content)).Snippet(test.start, test.end, test.cuts...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("a long line is cut around the place, between characters", func(t *testing.T) {
		got := New([]byte(long)).Snippet(1000, 1003)
		if len(got) > MaxSnippet+2*len(ellipsis) || !strings.Contains(got, "aKEYé") || !utf8.ValidString(got) {
			t.Errorf("got %d bytes: %q", len(got), got)
		}
	})
	t.Run("a cut that begins left of what is shown leaves nothing of itself", func(t *testing.T) {
		got := New([]byte(long)).Snippet(1000, 1003, Cut{Span{500, 1003}, "[x]"})
		if strings.Contains(got, "KEY") || strings.Contains(got, "a") {
			t.Errorf("got %q", got)
		}
	})
}

func TestQuote(t *testing.T) {
	const limit = 40
	tests := map[string]string{
		"say \"hi\"":      `"say \"hi\""`,
		"two\nlines\x1b[": `"two\nlines\x1b["`,
		"rtl\u202etag\U000e0041vs\ufe0ffill\u3164": `"rtl\u202etag\U000e0041vs\u{fe0f}fill\u{3164}"`,
		"\xff":                             `"\xff"`,
		"日本語":                              `"日本語"`,
		strings.Repeat("0", limit-1) + "é": `"` + strings.Repeat("0", limit-1) + `…"`,
	}
	for in, want := range tests {
		if got := Quote(in, limit); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a\r\nb\xff\n"), 1, 3)
	f.Add([]byte("\xff\xfea\x00\n\x00\x3d\xd8"), 0, 9)
	f.Add([]byte("\xfe\xff\xd8\x3d\xde\x00"), -1, 2)
	f.Fuzz(func(t *testing.T, raw []byte, start, end int) {
		text, ok := Decode(raw)
		if !ok {
			return
		}
		for offset := range len(text.Bytes) + 1 {
			if back := text.Offset(text.Position(offset)); back != offset {
				t.Fatalf("offset %d became %v and then %d", offset, text.Position(offset), back)
			}
		}
		if got, want := text.Lines(), 1+bytes.Count(bytes.TrimSuffix(text.Bytes, newline), newline); got != want {
			t.Fatalf("%q: %d lines, want %d", text.Bytes, got, want)
		}
		start, end = max(0, min(start, len(text.Bytes))), max(0, min(end, len(text.Bytes)))
		snippet := text.Snippet(start, end, Cut{Span{start, end}, ""})
		if limit := (MaxSnippetLines + 1) * (MaxSnippet + 2*len(ellipsis) + 1); len(snippet) > limit {
			t.Fatalf("a snippet of %d bytes", len(snippet))
		}
	})
}

func FuzzDecodeUTF16(f *testing.F) {
	f.Add("plain")
	f.Add("😀é\n")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return
		}
		raw := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(s)) {
			raw = append(raw, byte(unit), byte(unit>>8))
		}
		if text, ok := Decode(raw); !ok || string(text.Bytes) != s || !text.Decoded {
			t.Fatalf("%q did not survive UTF-16", s)
		}
	})
}
