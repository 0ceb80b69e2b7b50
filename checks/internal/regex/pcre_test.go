package regex

import (
	"fmt"
	"strings"
	"testing"
)

// What each pattern finds, with ^ and $ at every line: start-end of each match, then of its groups, () for one that took
// no part. The figures are those of PCRE2 10.42.
func TestFindAll(t *testing.T) {
	type example struct{ pattern, text, want string }
	tests := []struct {
		name     string
		examples []example
	}{
		{"characters stand for themselves", []example{
			{"abc", "xabcabc", "1-4; 4-7"},
			{"a.c", "abc a\nc aéc", "0-3; 8-12"},
			{`\.`, "a.b", "1-2"},
			{`\x41\x{42}\103\o{104}`, "ABCD", "0-4"},
			{`\t\n\r\f\e\a\cA`, "\t\n\r\f\u001b\u0007\u0001", "0-7"},
			{"{", "a{b", "1-2"},
			{"a{", "a{", "0-2"},
			{"x{,3}", "x{,3} xx", "0-5"},
			{"x{1", "x{1", "0-3"},
			{`\_\-\/\@`, "_-/@", "0-4"},
			{`\Qa.b*\E+`, "a.b**", "0-5"},
			{`\Qa`, "a", "0-1"},
			{"é", "aé", "1-3"},
			{`\xe9`, "é", "0-2"},
			{`\R+`, "a\r\n\nb", "1-4"},
			{`\R`, "\r\n", "0-2"},
			{`\X`, "aé", "0-1; 1-4"},
			{`\N+`, "ab\ncd", "0-2; 3-5"},
		}},
		{"classes are those of ASCII", []example{
			{`\w+`, "été a_1", "2-3; 6-9"},
			{`\W+`, "a é-b", "1-5"},
			{`\d+`, "٣12", "2-4"},
			{`\D`, "1a", "1-2"},
			{`\s+`, "a \t\n\u000b\f\rb ", "1-7"},
			{`\S+`, " ab c", "1-3; 4-5"},
			{`\h+`, "a \t b", "1-5"},
			{`\v`, "a\u000b ", "1-2; 2-5"},
			{"[[:alpha:]]+", "abé", "0-2"},
			{"[[:^alpha:]]", "a1", "1-2"},
			{"[[:punct:]]+", "a!$%b", "1-4"},
			{"[[:xdigit:]]+", "fFgG09", "0-2; 4-6"},
			{"[[:word:]-]+", "a-b c", "0-3; 4-5"},
			{"[[:space:]]+", "a \n b", "1-4"},
			{"[[:upper:][:digit:]]+", "aB1", "1-3"},
		}},
		{"a class lists characters and ranges", []example{
			{"[abc]+", "xcabx", "1-4"},
			{"[^abc]+", "abxyc", "2-4"},
			{"[a-cx-z]+", "abxd", "0-3"},
			{"[]a]+", "a]b", "0-2"},
			{"[^]a]+", "b]a", "0-1"},
			{"[a-]+", "a-b", "0-2"},
			{"[-a]+", "a-b", "0-2"},
			{`[\w-]+`, "a-b", "0-3"},
			{`[\]\\]+`, `\]`, "0-2"},
			{`[\d.]+`, "1.5x", "0-3"},
			{`[\b]`, "a\b", "1-2"},
			{"[é-ü]+", "éêz", "0-4"},
			{`[a\Qb]\E]+`, "b]a", "0-3"},
			{"[[:foo]+", "f:o[", "0-4"},
			{`[^\S\n]+`, "a \t\nb", "1-3"},
			{"[a[b]", "[b", "0-1; 1-2"},
			{`[\x00-\x1f]`, "a\u0005", "1-2"},
			{`[^\n]*`, "ab\ncd", "0-2; 2-2; 3-5; 5-5"},
			{"[#-&]", "x%", "1-2"},
		}},
		{"properties of Unicode", []example{
			{`\p{Lu}+`, "aÉÀb", "1-5"},
			{`\P{L}+`, "ab1-é", "2-4"},
			{`\pL+`, "1éa", "1-4"},
			{`\p{^L}+`, "a12", "1-3"},
			{`[\p{Greek}]+`, "aαβ", "1-5"},
			{`\p{Han}`, "a漢", "1-4"},
			{`[^\p{L}\d]+`, "a1 -b", "2-4"},
			{`\p{Xan}+`, "-aé1", "1-5"},
			{`\p{Any}`, "\n", "0-1"},
			{`\p{Cyrillic}+`, "аbв", "0-2; 3-5"},
		}},
		{"repetitions are greedy", []example{
			{"a*", "aab", "0-2; 2-2; 3-3"},
			{"a+", "baac", "1-3"},
			{"ab?", "abaab", "0-2; 2-3; 3-5"},
			{"a{2}", "aaaaa", "0-2; 2-4"},
			{"a{2,}", "aaab", "0-3"},
			{"a{1,2}", "aaa", "0-2; 2-3"},
			{"(?:ab)+", "ababa", "0-4"},
			{"(?:a|b)*c", "abac", "0-4"},
			{"x*", "axxb", "0-0; 1-3; 3-3; 4-4"},
			{"(a*)*", "b", "0-0 (0-0); 1-1 (1-1)"},
			{"(a|b)*?c", "abc", "0-3 (1-2)"},
			{"(?:a{2}){2}", "aaaaa", "0-4"},
			{"a{0}b", "ab", "1-2"},
			{".*b", "abab", "0-4"},
			{"(a+|b){0,}c", "aabc", "0-4 (2-3)"},
			{"(?:a?){3}", "aa", "0-2; 2-2"},
			{"(a?)*?b", "aab", "0-3 (1-2)"},
		}},
		{"or lazy or possessive when they say so", []example{
			{"a*?b", "aab", "0-3"},
			{"a+?", "aaa", "0-1; 1-2; 2-3"},
			{"a??b", "ab", "0-2"},
			{"<.+?>", "<a><b>", "0-3; 3-6"},
			{"a{1,3}?", "aaa", "0-1; 1-2; 2-3"},
			{"a++a", "aaa", ""},
			{"a++b", "aab", "0-3"},
			{"a?+a", "a", ""},
			{"(?:ab)*+a", "aba", "0-3"},
			{"\"[^\"]*+\"", "\"ab\"", "0-4"},
			{"(?U)a+", "aa", "0-1; 1-2"},
			{"(?U)a+?", "aa", "0-2"},
			{"(?x)a{2} +", "aaa", "0-2"},
			{"a{2,3}+a", "aaaa", "0-4"},
			{".*?$", "ab\ncd", "0-2; 2-2; 3-5; 5-5"},
		}},
		{"the first alternative that leads to a match wins", []example{
			{"a|ab", "ab", "0-1"},
			{"(a|ab)(c|bcd)", "abcd", "0-4 (0-1) (1-4)"},
			{"ab|a", "ab", "0-2"},
			{"|a", "a", "0-0; 1-1"},
			{"a||b", "b", "0-0; 1-1"},
			{"(?:a|b|cd)+", "abcdx", "0-4"},
			{"foo|bar|", "xbar", "0-0; 1-4; 4-4"},
			{"(?:|a)+", "aaa", "0-0; 1-1; 2-2; 3-3"},
		}},
		{"groups are remembered", []example{
			{"(a)(b)", "ab", "0-2 (0-1) (1-2)"},
			{"(a)|(b)", "b", "0-1 () (0-1)"},
			{"(a)?b", "b", "0-1 ()"},
			{"(?:(a)|b)*", "ab", "0-2 (0-1); 2-2 ()"},
			{"((a)(b))", "ab", "0-2 (0-2) (0-1) (1-2)"},
			{"(?<n>a)(?P<m>b)", "ab", "0-2 (0-1) (1-2)"},
			{"(?'q'x)", "x", "0-1 (0-1)"},
			{"(a|b)+", "ab", "0-2 (1-2)"},
			{"(?|(a)|(b))(c)", "bc", "0-2 (0-1) (1-2)"},
			{"(?n)(a)(?<k>b)", "ab", "0-2 (1-2)"},
		}},
		{"a back-reference takes the same again", []example{
			{`(a|b)\1`, "abb", "1-3 (1-2)"},
			{`(["\x27]).*?\1`, "\"a' \"", "0-5 (0-1)"},
			{`(?<q>.)\k<q>`, "abb", "1-3 (1-2)"},
			{`(?<q>.)\k'q'\k{q}`, "aaa", "0-3 (0-1)"},
			{"(?P<q>.)(?P=q)", "xx", "0-2 (0-1)"},
			{`(.)\g1\g{1}\g{-1}`, "aaaa", "0-4 (0-1)"},
			{`(a)?\1b`, "b ab", ""},
			{`(?i)(a)\1`, "aA", "0-2 (0-1)"},
			{`(\w+) \1`, "the the", "0-7 (0-3)"},
			{`(a\1?){3}`, "aaaaaa", "0-6 (3-6)"},
			{`(?:\1a|(b))+`, "bba", "0-3 (0-1)"},
			{`(é)\1`, "éé", "0-4 (0-2)"},
			{`\12`, "\n", "0-1"},
			{`(a)\g{+1}(b)`, "abb", ""},
		}},
		{"look-ahead sees without taking", []example{
			{"a(?=b)", "ab ac", "0-1"},
			{"a(?!b)", "ab ac", "3-4"},
			{"(?=(a+))a", "aaa", "0-1 (0-3); 1-2 (1-3); 2-3 (2-3)"},
			{"^(?!.*foo).*$", "a foo\nbar", "6-9"},
			{`(?=.*\d)(?=.*[a-z])\w+`, "a1 bb", "0-2"},
			{"(?!)", "a", ""},
			{"(?=)", "a", "0-0; 1-1"},
			{"(?!a|b).", "abc", "2-3"},
			{"(?=a(?=b))a", "acab", "2-3"},
			{"(?:(?!-->).)*", "a-->b", "0-1; 1-1; 2-5; 5-5"},
			{`(?=(\w+))\1:`, "ab:", "0-3 (0-2)"},
			{`foo(?!\s*\()`, "foo( foo", "5-8"},
		}},
		{"look-behind too", []example{
			{"(?<=a)b", "ab cb", "1-2"},
			{"(?<!a)b", "ab cb", "4-5"},
			{"(?<=a|bc)d", "ad bcd xd", "1-2; 5-6"},
			{`(?<!\\)"`, `\" "`, "3-4"},
			{`(?<=\bfoo)bar`, "foobar xfoobar", "3-6"},
			{"(?<=^|,)x", "x,x x", "0-1; 2-3"},
			{"(?<=é)a", "éa", "2-3"},
			{`(?<![\w.])eval`, "eval x.eval", "0-4"},
			{"(?<=(a))b", "ab", "1-2 (0-1)"},
			{"(?<=a{2})b", "aab ab", "2-3"},
			{"(?<=(?<!x)a)b", "ab xab", "1-2"},
			{`(?<=\d{3})(?=\d)`, "12345", "3-3; 4-4"},
		}},
		{"an atomic group is not reconsidered", []example{
			{"(?>a+)b", "aab", "0-3"},
			{"(?>a+)a", "aaa", ""},
			{"(?>a|ab)c", "abc ac", "4-6"},
			{"(?>(a+))b", "aab", "0-3 (0-2)"},
			{"(?>a*?)b", "aab", "2-3"},
			{`(?>[a-z]+)\d`, "ab1", "0-3"},
		}},
		{"conditions", []example{
			{"(a)?(?(1)b|c)", "ab c", "0-2 (0-1); 3-4 ()"},
			{"(<)?a(?(1)>)", "<a> a <a", "0-3 (0-1); 4-5 (); 7-8 ()"},
			{"(?<n>x)?(?(<n>)y|z)", "xy z", "0-2 (0-1); 3-4 ()"},
			{"(?<n>x)?(?('n')y|z)", "xy z", "0-2 (0-1); 3-4 ()"},
			{"(?<n>x)?(?(n)y|z)", "xy z", "0-2 (0-1); 3-4 ()"},
			{"(?(?=a)ab|cd)", "abcd", "0-2; 2-4"},
			{"(?(?!a)b|ac)", "acb", "0-2; 2-3"},
			{"(?(?<=a)b|c)", "abc", "1-2; 2-3"},
		}},
		{"places between characters", []example{
			{"^a", "a\na", "0-1; 2-3"},
			{"a$", "a\na", "0-1; 2-3"},
			{`\Aa`, "a\na", "0-1"},
			{`a\z`, "a\na\n", ""},
			{`a\Z`, "a\na\n", "2-3"},
			{`\ba`, "a ba", "0-1"},
			{`a\b`, "ab a", "3-4"},
			{`\Ba`, "aa", "1-2"},
			{"^", "a\nb\n", "0-0; 2-2"},
			{"$", "a\nb\n", "1-1; 3-3; 4-4"},
			{"^$", "\n\na", "0-0; 1-1"},
			{`^\s*$`, "a\n\n  \nb", "2-5"},
			{`\Gab`, "abab ab", "0-2; 2-4"},
			{`a\Kb`, "ab", "1-2"},
			{"(?-m)^a", "a\na", "0-1"},
			{"(?-m)a$", "a\na\n", "2-3"},
			{`\bé`, "é", ""},
			{"a$\r", "a\r\n", ""},
			{`\b`, "ab cd", "0-0; 2-2; 3-3; 5-5"},
		}},
		{"settings hold to the end of their group", []example{
			{"(?i)aB", "Ab", "0-2"},
			{"a(?i)b|c", "aB C", "0-2; 3-4"},
			{"(?i:a)b", "Ab AB", "0-2"},
			{"(a(?i)b)c", "aBc aBC", "0-3 (0-2)"},
			{"(?s)a.b", "a\nb", "0-3"},
			{"(?s:.)", "\n", "0-1"},
			{"(?-i)a", "A", ""},
			{"(?i)a(?-i)b", "Ab AB", "0-2"},
			{"(?x) a b # c\n c", "abc", "0-3"},
			{`(?x)a\ b[ ]c`, "a b c", "0-5"},
			{"(?xx)[a b]+", "a b", "0-1; 2-3"},
			{"a(?#note)b", "ab", "0-2"},
			{"(?^:a)", "a", "0-1"},
			{"(?^i:a)", "A", "0-1"},
			{"(?)a", "a", "0-1"},
			{"(?i)É", "é", "0-2"},
			{"(?i)[a-c]+", "aBC", "0-3"},
			{"(?i)[^a]", "Ab", "1-2"},
			{"(?i)straße", "STRAßE", "0-7"},
			{`(?i)\p{Lu}`, "aA", "1-2"},
			{"(?im-s)^a.", "A\nAb", "2-4"},
			{"a(?#x)*", "aa", "0-2; 2-2"},
			{"(?m)^a$(?-m)", "a\nb", "0-1"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, example := range test.examples {
				re, err := Compile(example.pattern, Options{MultiLine: true})
				if err != nil {
					t.Error(err)
					continue
				}
				matches, err := re.FindAll(example.text, nil)
				if got := show(matches); err != nil || got != example.want {
					t.Errorf("%q in %q: got %q, %v, want %q", example.pattern, example.text, got, err, example.want)
				}
			}
		})
	}
}

func show(matches []Match) string {
	var shown []string
	for _, m := range matches {
		text := fmt.Sprintf("%d-%d", m.Start(), m.End())
		for n := 1; 2*n < len(m.Groups); n++ {
			if start, end, ok := m.Group(n); ok {
				text += fmt.Sprintf(" (%d-%d)", start, end)
			} else {
				text += " ()"
			}
		}
		shown = append(shown, text)
	}
	return strings.Join(shown, "; ")
}
