package command

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScriptsAreSplitIntoWords(t *testing.T) {
	tests := map[string]struct {
		script string
		want   string // words between bars, one command a line; nested scripts behind "nested"
	}{
		"words stand between white space":             {"a  b\tc", "a|b|c"},
		"a line ends a command":                       {"a b\nc", "a|b\nc"},
		"a carriage return is white space":            {"a b\r\nc\r\n", "a|b\nc"},
		"signs end a command":                         {"a&&b||c;d|e&f", "a\nb\nc\nd\ne\nf"},
		"a backslash joins lines":                     {"a b \\\n c \\\r\n d", "a|b|c|d"},
		"a backslash within a word joins it":          {"ab\\\ncd", "abcd"},
		"a backslash takes the meaning of a sign":     {`a\ b\;c`, "a b;c"},
		"single quotes keep everything":               {`a 'b $c "d"' e`, `a|b $c "d"|e`},
		"double quotes keep white space and signs":    {`a "b; c" d`, "a|b; c|d"},
		"a backslash in double quotes":                {`a "b\"c\d"`, `a|b"c\d`},
		"quotes are part of a word":                   {`pkg'>=1'"<2"`, "pkg>=1<2"},
		"quotes may span lines":                       {"a 'b\nc' d", "a|b\nc|d"},
		"an apostrophe that nothing closes is a sign": {"don't a", "don't|a"},
		"comments are left out":                       {"a # b\n# c\nd#e", "a\nd#e"},
		"subshells hold commands":                     {"(a b) && (c)", "a|b\nc"},
		"an array holds no command":                   {"x=(pip install y)\nz", "x=\nz"},
		"variables stay as they are written":          {"a $b ${c:-d e} x${f}y", "a|$b|${c:-d e}|x${f}y"},
		"an expression of a workflow is one word":     {"a ${{ matrix.b }}c", "a|${{ matrix.b }}c"},
		"a template is one word":                      {"a {{ b }}-c", "a|{{ b }}-c"},
		"a command in a command":                      {"a $(b c) d", "a|$(b c)|d\nnested b|c"},
		"a command in double quotes":                  {`a "x $(b "c d") y" e`, "a|x $(b \"c d\") y|e\nnested b|c d"},
		"a command in back quotes":                    {"a `b c`", "a|`b c`\nnested b|c"},
		"a command whose output is read as a file":    {"a <(b c) d", "a|<(b c)|d\nnested b|c"},
		"arithmetic holds no command":                 {"a $((b + c))", "a|$((b + c))"},
		"redirections are left out":                   {"a >b 2>&1 <c &>d e>>f 2>/dev/null g", "a|e|g"},
		"a range without quotes is a redirection":     {"pip install x>=1.0 y", "pip|install|x|y"},
		"a here-document is no command":               {"cat <<EOF >f\na b\nEOF\nc", "cat\nc"},
		"a here-document with tabs and quotes":        {"cat <<-'EOF'\n\ta b\n\tEOF\nc", "cat\nc"},
		"a here-document without an end is none":      {"a << b\nc", "a\nc"},
		"a shift is no here-document":                 {"a 1 << 3\nb", "a|1\nb"},
		"a here-string is left out":                   {"a <<< 'b c' d", "a|d"},
		"empty quotes are no word":                    {`a "" b`, "a|b"},
		"a parenthesis that nothing closes":           {"a $(b c", "a|$\nb|c"},
		"a brace that nothing closes":                 {"a ${b c", "a|${b|c"},
		"a backslash at the end":                      {`a \`, "a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := outline(test.script); got != test.want {
				t.Errorf("split %q into\n%s\nwant\n%s", test.script, got, test.want)
			}
		})
	}
}

func outline(source string) string {
	p := split(script{fragment: piece(source, 0)}, MaxCommands)
	var out []string
	write := func(lead string, commands []simple) {
		for _, c := range commands {
			var words []string
			for _, w := range c.words {
				words = append(words, w.text)
			}
			out = append(out, lead+strings.Join(words, "|"))
		}
	}
	write("", p.commands)
	for _, s := range p.nested {
		write("nested ", split(s, MaxCommands).commands)
	}
	return strings.Join(out, "\n")
}

func TestWordsKnowTheirPlaces(t *testing.T) {
	source := "pip install 'a==1.0' \"b\"==2.0 c\\\nd==3"
	p := split(script{fragment: piece(source, 100)}, MaxCommands)
	var got []string
	for _, w := range p.commands[0].words {
		start, end := w.span(0, len(w.text))
		got = append(got, source[start-100:end-100])
	}
	want := []string{"pip", "install", "a==1.0", `b"==2.0`, "c\\\nd==3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places of words (-want +got):\n%s", diff)
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"a $(b `c` \"d\")", "a <<EOF\nb\nEOF", "${${${{{", "x=(a", "'\"`", "a\\", "$(($(", "<<-'A'\n<<B\n\tA\n", "a>b<c 2>&1", "{{}} }}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for work, n := []script{{fragment: piece(source, 0)}}, 0; len(work) > 0 && n < 100; n++ {
			p := split(work[0], MaxCommands)
			for _, c := range p.commands {
				for _, w := range c.words {
					if start, end := w.span(0, len(w.text)); start < 0 || end > len(source) || end-start < len(w.text) {
						t.Fatalf("word %q stands at [%d, %d) of %d bytes", w.text, start, end, len(source))
					}
				}
			}
			work = append(work[1:], p.nested...)
		}
	})
}
