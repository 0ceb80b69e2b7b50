package markdown

import (
	"strings"
	"testing"
)

// hostile is text that people have tried on bots like this one.
var hostile = []string{
	"plain words, and more.",
	"@octocat and @acme/security, cc admin@example.org",
	"fixes #12, acme/app#3, octocat#4, GH-5, gh-6",
	"1234567 and deadbeefdeadbeefdeadbeefdeadbeefdeadbeef, acme/app@1234567890",
	"https://evil.example/x www.evil.example ftp://evil.example <https://evil.example>",
	"[click](https://evil.example) ![x](https://evil.example/t.png) [ref][1] [^1]",
	"<script>alert(1)</script><img src=x onerror=alert(1)> <!-- hidden --> </details>",
	"&#64;octocat &commat;octocat &lt;b&gt; &amp;",
	"**bold** __bold__ *it* _it_ ~~gone~~ snake_case a__b_",
	"# heading", "## heading", "- [ ] task", "* [x] task", "+ item", "1. one", "12) twelve", "123456789. nine",
	"> quote", "> [!WARNING]", "---", "===", "***", "___", "```", "~~~", "    indented", "\tindented",
	"| a | b |\n| - | - |\n| c | d |", "a\n:-", "a|b", "title\n---", "title\n===",
	"/assay ignore x", "first\n/assay override", "  /assay",
	"`code` ``two`` ```three``` `", "``````", "a\\`b\\", "\\@octocat \\#1",
	":tada: :+1: a:b:c", "$x$ $$y$$ ${{ github.event }} $`z`$",
	"a\u202eb\u2066c\u200bd\ufefff\u00adg", "\U000e0041\U000e0042\U000e0043\U000e0044\U000e0045\U000e0046", "\x1b[31mred\x00",
	"not \xff UTF-8 \xc0\x80", "line\r\nline\rline\u2028line", "", " ", "\n\n", "👩\u200d💻 ❤️ नमस्ते क्\u200dष",
	"[x]: https://evil.example", "[^1]: note", "<!-- assay:finding 1 2 3 -->", "```suggestion\nx\n```",
	strings.Repeat("`", 40), strings.Repeat("[", 200), strings.Repeat("*a ", 100), strings.Repeat("<", 50),
}

func TestTextIsShownAndDoesNothing(t *testing.T) {
	for _, s := range hostile {
		inertInEveryConstruct(t, s)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4<<10 {
			return
		}
		inertInEveryConstruct(t, s)
	})
}

func inertInEveryConstruct(t *testing.T, s string) {
	t.Helper()
	shown := strings.Join(strings.Fields(Visible(s)), " ")
	inline := strings.NewReplacer("\n", " ", "\t", " ").Replace(Visible(s))
	empty := shown == ""

	prose := page{prose: shown}
	for range paragraphs(Visible(s)) {
		prose.elements = append(prose.elements, "p")
	}
	inert(t, Prose(s), prose)

	if !empty {
		inert(t, Paragraph(Join(" ", "Found", Text(s), "here")), page{elements: []string{"p"}, prose: "Found " + shown + " here"})
		inert(t, Paragraph(Bold(Text(s))), page{elements: []string{"p", "strong"}, prose: shown})
		inert(t, Paragraph(Small(Text(s))), page{elements: []string{"p", "sub"}, prose: shown})
		inert(t, Heading(3, Text(s)), page{elements: []string{"h3"}, prose: shown})
		inert(t, List(Text(s), Text(s)), page{elements: []string{"ul", "li", "li"}, prose: shown + "\n" + shown})
		inert(t, Paragraph(Link(Text(s), "https://example.org/a")),
			page{elements: []string{"p", "a"}, links: []string{"https://example.org/a"}})
	}
	// Spaces alone are the one thing whose code GitHub and CommonMark may show differently.
	if strings.TrimSpace(inline) != "" {
		code := inline
		if strings.Contains(code, "|") {
			code = shown
		}
		got := render(t, Paragraph(Join(" ", Code(s), "and", Code(s))))
		if len(got.Code) != 2 || unbroken(got.Code[0]) != unbroken(code) || got.Code[0] != got.Code[1] {
			t.Errorf("the code %q is shown as %q", code, got.Code)
		}
	}
	inert(t, Fence("python", s), page{elements: []string{"pre", "code"}, code: []string{fenced(Visible(s))}})
	inert(t, Details(s, Blocks(Prose(s), Fence("", s))), page{
		elements: append(append([]string{"details", "summary"}, prose.elements...), "pre", "code"),
		prose:    shown + "\n" + shown, code: []string{fenced(Visible(s))},
	})
	cell := Text(s)
	table := render(t, Table([]Inline{"A", "B"}, [][]Inline{{cell, Join(" ", "x", Code(s))}, {"last"}}))
	if cells := count(table.Elements, "td"); cells != 4 || count(table.Elements, "table") != 1 || count(table.Elements, "tr") != 3 {
		t.Errorf("a table with %q has %d cells, %q", s, cells, table.Elements)
	}
}

// fenced is what a block of code reads after a parser: it ends its last line.
func fenced(s string) string {
	if s == "" {
		return ""
	}
	return s + "\n"
}

func paragraphs(s string) []string {
	var all []string
	open := false
	for line := range strings.SplitSeq(s, "\n") {
		if strings.TrimSpace(line) == "" {
			open = false
			continue
		}
		if !open {
			all = append(all, "")
			open = true
		}
	}
	return all
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func TestText(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want Inline
	}{
		"ordinary prose stays as it is":                 {"Uses os.system on user_input; see line 3.", "Uses os.system on user_input; see line 3."},
		"a mention is broken":                           {"ask @octocat", "ask @&#8203;octocat"},
		"a reference is broken":                         {"see #12", "see &#35;&#8203;12"},
		"a commit is broken":                            {"at 1234567f", "at 123456&#8203;7f"},
		"an address is broken":                          {"http://x.example", "http:&#8203;//x.example"},
		"a place in a file is not an emoji":             {"a.py:3:7 and more", "a.py:&#8203;3:7 and more"},
		"a dollar begins no formula":                    {"${{ x }}", "<span>$</span>{{ x }}"},
		"an underscore within a word stays":             {"a_b _c_", "a_b &#95;c&#95;"},
		"a list's number is no list":                    {"1. x", "1&#46; x"},
		"a command is not at the start of a line":       {"/assay x", "&#47;assay x"},
		"hidden text is named and long runs are cut":    {"a\U000e0041\U000e0042\U000e0043\U000e0044\U000e0045\U000e0046b", "a{U+E0041}{U+E0042}{U+E0043}{U+E0044}{and 2 more}b"},
		"a reordering is named":                         {"a\u202eb", "a{U+202E}b"},
		"emoji and joiners of scripts stay":             {"👩\u200d💻 ❤️ क्\u200dष", "👩\u200d💻 ❤️ क्\u200dष"},
		"a variation selector that hides data does not": {"a\ufe01", "a{U+FE01}"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Text(test.in); got != test.want {
				t.Errorf("%q became\n%q, want\n%q", test.in, got, test.want)
			}
		})
	}
}

func TestSuggestion(t *testing.T) {
	for name, test := range map[string]struct {
		in   []string
		want string
		ok   bool
	}{
		"lines":                          {[]string{"a", "\tb"}, "```suggestion\na\n\tb\n```", true},
		"no lines delete":                {nil, "```suggestion\n```", true},
		"an empty line":                  {[]string{""}, "```suggestion\n\n```", true},
		"a fence inside":                 {[]string{"````", "x"}, "`````suggestion\n````\nx\n`````", true},
		"a carriage return would change": {[]string{"a\r", "b"}, "", false},
		"a line break is two lines":      {[]string{"a\nb"}, "", false},
		"something unseen would stay":    {[]string{"a\u200bb"}, "", false},
		"a byte that is not UTF-8":       {[]string{"a\xff"}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Suggestion(test.in)
			if string(got) != test.want || ok != test.ok {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}

func TestLink(t *testing.T) {
	for name, test := range map[string]struct {
		address string
		want    Inline
	}{
		"a page":                             {"https://example.org/a?b=c&d#L3-L4", "[x](https://example.org/a?b=c&amp;d#L3-L4)"},
		"characters that would end it":       {"https://example.org/a b)(<>\"'`|$[]*", "[x](https://example.org/a%20b%29%28%3C%3E%22%27%60%7C%24%5B%5D%2A)"},
		"bytes that are not UTF-8":           {"https://example.org/\xff", "[x](https://example.org/%FF)"},
		"a script is not a page":             {"javascript:alert(1)", "x"},
		"neither is an address without host": {"https:///a", "x"},
		"or one that does not parse":         {"https://exa mple.org/", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Link("x", test.address); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestClip(t *testing.T) {
	for name, test := range map[string]struct {
		in    string
		bytes int
		want  string
	}{
		"what fits stays":               {"abc", 3, "abc"},
		"what does not ends in a mark":  {"abcdefgh", 6, "abc…"},
		"a character is not cut":        {"aéééé", 6, "aé…"},
		"no room for the mark":          {"abcdef", 2, ""},
		"space before the mark is gone": {"ab cdefgh", 6, "ab…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clip(test.in, test.bytes); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTruncate(t *testing.T) {
	const note = "Cut."
	text := Blocks("One.", Details("Fold", Blocks("Two.", Fence("go", "three\nfour"), "Five.")), "Six.")
	for name, test := range map[string]struct {
		bytes int
		want  Block
	}{
		"what fits stays":              {len(text), text},
		"a cut in a fence closes both": {80, "One.\n\n<details>\n<summary>Fold</summary>\n\nTwo.\n\n```go\nthree\n```\n\n</details>\n\nCut."},
		"a cut in a fold closes it":    {70, "One.\n\n<details>\n<summary>Fold</summary>\n\nTwo.\n\n</details>\n\nCut."},
		"a cut outside closes nothing": {12, "One.\n\nCut."},
		"the note alone":               {5, "Cut."},
		"not even the note":            {3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := Truncate(text, test.bytes, note)
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestFit(t *testing.T) {
	blocks := []Block{"one", "two", "three"}
	for name, test := range map[string]struct {
		bytes int
		want  Block
	}{
		"all fit":                       {15, "one\n\ntwo\n\nthree"},
		"some fit, and it says so":      {14, "one\n\ntwo\n\n+1"},
		"the note takes a block's room": {11, "one\n\n+2"},
		"none fits":                     {2, "+3"},
		"not even the note":             {1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			got := Fit(test.bytes, len(blocks), func(i int) Block { asked++; return blocks[i] }, func(left int) Block {
				return Block("+" + string(rune('0'+left)))
			})
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if test.bytes <= 2 && asked > 1 {
				t.Errorf("%d blocks were made for nothing", asked)
			}
		})
	}
}

func FuzzTruncate(f *testing.F) {
	f.Add("text", "code", 10)
	f.Add("```\n</details>", "````\n<details>\n", 150)
	f.Fuzz(func(t *testing.T, prose, code string, bytes int) {
		if len(prose)+len(code) > 4<<10 || bytes < 0 {
			return
		}
		text := Blocks(Prose(prose), Details(prose, Blocks(Fence("go", code), Details(code, Prose(prose)))), Prose(code))
		got := Truncate(text, bytes, "Cut.")
		if len(got) > bytes && len(got) != len(text) {
			t.Fatalf("%d bytes, want at most %d", len(got), bytes)
		}
		after := render(t, Blocks(got, "Outside."))
		if n := len(after.Elements); n == 0 || after.Elements[n-1] != "p" || !strings.HasSuffix(strings.TrimSpace(after.Prose), "Outside.") {
			t.Fatalf("something stays open: %q in\n%s", after.Elements, got)
		}
		var open nesting
		for line := range strings.SplitSeq(string(got), "\n") {
			open.read(line)
		}
		if open != (nesting{}) {
			t.Fatalf("%+v stays open in\n%s", open, got)
		}
	})
}
