package regex

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/internal/prefilter"
)

func compile(t *testing.T, pattern string, opts Options) *Regex {
	t.Helper()
	re, err := Compile(pattern, opts)
	if err != nil {
		t.Fatal(err)
	}
	return re
}

func TestOptions(t *testing.T) {
	tests := map[string]struct {
		pattern, text string
		opts          Options
		want          string
	}{
		"without any, ^ and $ are the ends of the text":       {"^a|a$", "a\na\na\n", Options{}, "0-1; 4-5"},
		"MultiLine makes them the ends of lines":              {"^a|a$", "ba\na", Options{MultiLine: true}, "1-2; 3-4"},
		"CaseInsensitive":                                     {"aB[c-d]", "AbC", Options{CaseInsensitive: true}, "0-3"},
		"a letter of ASCII differs in case only from another": {"sk", "ſk sK", Options{CaseInsensitive: true}, "4-6"},
		"DotAll":                                                   {"a.b", "a\nb", Options{DotAll: true}, "0-3"},
		"Anchored finds what is at the start":                      {"a", "aa", Options{Anchored: true}, "0-1"},
		"Anchored finds nothing further on":                        {"b", "ab", Options{Anchored: true}, ""},
		"Anchored tries every alternative at the start":            {"b|ab", "ab", Options{Anchored: true}, "0-2"},
		"a byte outside UTF-8 is a character equal to U+FFFD":      {`^.[^a]\x{fffd}\W$`, "\xff\xc3\xe2\x82", Options{}, "0-4"},
		"a byte outside UTF-8 does not hide what stands beside it": {`é+`, "\xc3é\xa9é", Options{}, "1-3; 4-6"},
		"the start of a character isn't the character":             {`é`, "\xc3", Options{}, ""},
		"a group may come back by name before it is defined":       {`(?:\k<n>b|(?<n>a))+`, "aab", Options{}, "0-3 (0-1)"},
		"a look-behind may vary in length":                         {`(?<=a[bc]{1,3})d`, "abd acccd accccd", Options{}, "2-3; 8-9"},
		"\\G is where the search goes on":                          {`\Ga`, "aaba", Options{}, "0-1; 1-2"},
		"a counted repetition too large to unroll":                 {`(?:ab){300,500}`, strings.Repeat("ab", 301), Options{}, "0-602"},
		"a lazy one":                         {`^(?:a[bc]){200,500}?d`, strings.Repeat("ac", 450) + "d", Options{}, "0-901"},
		"one of something that can be empty": {`^(?:a|){300,500}$`, strings.Repeat("a", 310), Options{}, "0-310"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			matches, err := compile(t, test.pattern, test.opts).FindAll(test.text, nil)
			if got := show(matches); err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	tests := map[string]struct{ pattern, want string }{
		"a parenthesis that isn't closed":          {`(a`, ") is missing"},
		"one that isn't opened":                    {`a)`, "unmatched )"},
		"a class that isn't closed":                {`[a`, "] is missing"},
		"a backslash at the end":                   {`a\`, "ends with a backslash"},
		"a repetition of nothing":                  {`*a`, "nothing to repeat"},
		"a repetition of a repetition":             {`a**`, "repeats a repetition"},
		"a repetition of a place":                  {`^*`, "repeats a place"},
		"a range backwards":                        {`[z-a]`, "end comes before its start"},
		"a range that ends with a class":           {`[a-\d]`, "ends with a class"},
		"a most below the least":                   {`a{3,2}`, "most is less"},
		"an escape that means nothing":             {`\y`, `\y is not supported`},
		"a reference to no group":                  {`\2(a)`, "no group 2"},
		"a reference to no name":                   {`\k<x>`, "no group named"},
		"a name twice":                             {`(?<x>a)(?<x>b)`, "two groups"},
		"a name that isn't one":                    {`(?<1>a)`, "not a name"},
		"a property of nothing":                    {`\p{Nonsense}`, "not known"},
		"a class of nothing":                       {`[[:nonsense:]]`, "no class"},
		"a look-behind without a longest length":   {`(?<=a+)b`, "longest length"},
		"a look-behind longer than the bound":      {`(?<=a{1,300})b`, "longest length"},
		"recursion":                                {`\((?R)?\)`, "recursion is not supported"},
		"recursion into a group":                   {`(a(?1)?)`, "recursion is not supported"},
		"a verb":                                   {`a(*SKIP)b`, "verbs"},
		"a callout":                                {`a(?C1)`, "callouts"},
		"a condition with three branches":          {`(a)(?(1)a|b|c)`, "second branch"},
		"\\K in a look-around":                     {`(?=a\K)`, `\K`},
		"a pattern longer than the bound":          {strings.Repeat("a", MaxPattern+1), "longer than"},
		"more groups than the bound":               {strings.Repeat("()", maxGroups+1), "groups"},
		"groups nested deeper than the bound":      {strings.Repeat("(?:", maxDepth+1), "nested deeper"},
		"more repetitions than the bound":          {"a{65536}", "repetitions"},
		"a program larger than the bound":          {strings.Repeat("(?:[ab]c){9}", 3000), "instructions"},
		"a character beyond the last":              {`\x{110000}`, "not a character"},
		"a group of an unknown kind":               {`(?ya)`, "unknown kind"},
		"an error says where and of which pattern": {`ab(`, `"ab(": at byte 3`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Compile(test.pattern, Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestGroupNames(t *testing.T) {
	re := compile(t, `(a)(?<first>b)(?:c)(?P<second>d)`, Options{})
	if got, want := re.GroupNames(), []string{"", "", "first", "second"}; !slices.Equal(got, want) || re.NumGroups() != 3 {
		t.Errorf("got %q of %d groups, want %q", got, re.NumGroups(), want)
	}
}

func TestASearchEndsWhenItsBudgetDoes(t *testing.T) {
	text := strings.Repeat("a", 60)
	budget := &Budget{Steps: 100_000}
	_, err := compile(t, `(?=(a+)+b)\1`, Options{}).FindAll(text+"c b", budget)
	if !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want %v", err, ErrBudget)
	}
	if budget.Steps > 0 || budget.Steps < -1000 {
		t.Errorf("%d steps are left, want none", budget.Steps)
	}
}

func TestASearchEndsWhenTooManyPlacesAreLeftToReturnTo(t *testing.T) {
	re := compile(t, `(?!c)(?:[ab]|cc)*d`, Options{})
	if _, err := re.FindAll("d"+strings.Repeat("a", maxStack+1), &Budget{Steps: 1 << 40}); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want %v", err, ErrBudget)
	}
}

func TestATextLongerThanTheBoundIsRefused(t *testing.T) {
	if _, err := compile(t, `a`, Options{}).FindAll(strings.Repeat("a", MaxText+1), nil); err == nil {
		t.Error("got no error")
	}
}

func TestMoreMatchesThanTheBoundAreLeftOut(t *testing.T) {
	matches, err := compile(t, `a`, Options{}).FindAll(strings.Repeat("a", maxMatches+1), &Budget{Steps: 1 << 40})
	if len(matches) != maxMatches || err != nil {
		t.Errorf("got %d matches, %v, want %d", len(matches), err, maxMatches)
	}
}

func TestFailuresAreRememberedWhereThatIsSound(t *testing.T) {
	text := strings.Repeat("a", 2000)
	for _, pattern := range []string{`(?:a|a)*(?:a|a)*(?:a|a)*(?!a)b`, `(?:a+)+$(?<=b)`, `(?!x)(a|aa)+c|(a|aa)+d`} {
		if _, err := compile(t, pattern, Options{}).FindAll(text+"e", &Budget{Steps: 1 << 23}); err != nil {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

func TestACostlyPatternIsHandedToTheLinearEngine(t *testing.T) {
	re := compile(t, `(?:a*)b?(?:a*)b?(?:a*)b?(?:a*)c`, Options{})
	text := strings.Repeat("a", 20000) + "\nc"
	matches, err := re.FindAll(text, nil)
	if err != nil || show(matches) != "20001-20002" {
		t.Errorf("got %q, %v", show(matches), err)
	}
}

func TestLiterals(t *testing.T) {
	tests := map[string]struct{ pattern, want string }{
		"a word is required":                                  {`foo`, `foo`},
		"two words around anything":                           {`foo.*bar`, `foo & bar`},
		"one of two":                                          {`(foo|bar)\(`, `foo(|bar(`},
		"one of two, each with something else":                {`foo\d+|\w+bar`, `foo|bar`},
		"nothing, when one branch requires nothing":           {`foo|\d+`, ``},
		"what is optional is not required":                    {`foo(bar)?\s`, `foo|foobar`},
		"what is repeated is required once":                   {`(?:foo)+`, `foo`},
		"without regard to case, in lower case":               {`(?i)Foo-Bar`, `foo-bar/i`},
		"a small class is several words":                      {`v[12]x`, `v1x|v2x`},
		"a large class ends a word":                           {`sk-[a-z0-9]{20}T3`, `sk- & T3`},
		"what must follow is required":                        {`\w+(?=foo)`, `foo`},
		"what must not follow isn't":                          {`\w+(?!foo)`, ``},
		"a count of a word":                                   {`(?:ab){2}c`, `ababc`},
		"a back-reference requires what its group does":       {`(foo|bar).\1`, `foo|bar`},
		"of a condition, one branch":                          {`(a)?(?(1)foo|bar)`, `foo|bar|afoo|abar`},
		"a letter of other scripts in each case it may have":  {`(?i)éa`, `Éa/i|éa/i`},
		"U+FFFD, which stands for other bytes, is no literal": {`a\x{fffd}b`, `a & b`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shownClauses(required(t, test.pattern).Clauses); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func shownClauses(clauses []prefilter.Clause) string {
	var all []string
	for _, clause := range clauses {
		var any []string
		for _, literal := range clause.Any {
			if literal.Fold {
				literal.Text += "/i"
			}
			any = append(any, literal.Text)
		}
		all = append(all, strings.Join(any, "|"))
	}
	return strings.Join(all, " & ")
}

// met reports whether a text meets every clause.
func met(clauses []prefilter.Clause, text string) bool {
	for _, clause := range clauses {
		if !slices.ContainsFunc(clause.Any, func(l prefilter.Literal) bool {
			if l.Fold {
				return strings.Contains(lowerASCII(text), l.Text)
			}
			return strings.Contains(text, l.Text)
		}) {
			return false
		}
	}
	return true
}

func FuzzFindAll(f *testing.F) {
	f.Add(`(?i)(a|b)*?(?<=c)\1`, "abcABC\n", true)
	f.Add(`(?>x+)y|(?!z)[^\n]{2,300}$`, "xxy zz", false)
	f.Add(`(?x) \Q[\E # [`+"\n(?(1)a|b)(c)", "é\xff", true)
	f.Fuzz(func(t *testing.T, pattern, text string, multiLine bool) {
		re, err := Compile(pattern, Options{MultiLine: multiLine})
		if err != nil || len(text) > 1<<12 {
			return
		}
		budget := &Budget{Steps: 1 << 16}
		matches, err := re.FindAll(text, budget)
		if over := -budget.Steps - 2*len(text) - 64; over > 0 {
			t.Fatalf("%d steps too many", over)
		}
		if needs := required(t, pattern).Clauses; len(matches) > 0 && !met(needs, text) {
			t.Fatalf("%q matches %q without what it requires: %q", pattern, text, shownClauses(needs))
		}
		last := 0
		for _, m := range matches {
			if m.Start() < last || m.End() < m.Start() || m.End() > len(text) {
				t.Fatalf("match %v in %d bytes after %d", m, len(text), last)
			}
			last = m.End()
		}
		if err != nil {
			return
		}
		prog := *re.prog
		prog.memoAfter = 0
		cautious := &Regex{names: re.names, prog: &prog}
		cautious.machines.New = re.machines.New
		again, err := cautious.FindAll(text, &Budget{Steps: 1 << 20})
		if err == nil && show(again) != show(matches) {
			t.Fatalf("%q in %q: got %q, but without short cuts %q", pattern, text, show(matches), show(again))
		}
	})
}

func FuzzAgreesWithGo(f *testing.F) {
	f.Add(`(a|b)*?c+(?i:d)\b`, "abccD", true)
	f.Add(`[^a]{1,3}$|^x`, "ab\nx", true)
	f.Add(`é|\W\D`, "é\xff\xffé", false)
	f.Fuzz(func(t *testing.T, pattern, text string, multiLine bool) {
		if !utf8.ValidString(pattern) || len(text) > 1<<10 {
			return
		}
		re, err := Compile(pattern, Options{MultiLine: multiLine})
		if err != nil || re.linear == nil || re.linear() == nil {
			return
		}
		want, err := findLinear(re.linear(), false, text, &Budget{Steps: 1 << 30}, 1<<20)
		if err != nil {
			return
		}
		re.linear = nil
		got, err := re.FindAll(text, &Budget{Steps: 1 << 20})
		if err == nil && show(got) != show(want) {
			t.Fatalf("%q in %q: got %q, Go's %q", pattern, text, show(got), show(want))
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := Compile(`(?i)(?<![a-z])(password|passwd|secret)["']?\s*[:=]\s*["'][^"'\n]{8,64}["']`, Options{MultiLine: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindAll(b *testing.B) {
	text := strings.Repeat("func main() { fmt.Println(\"hello, world\") } // nothing to see\n", 1<<14)
	patterns := map[string]string{
		"literal":     `secret_key`,
		"words":       `(?i)(password|passwd|secret)\s*[:=]`,
		"class":       `[A-Z0-9]{20}`,
		"look-behind": `(?<![A-Za-z])sk-[A-Za-z0-9]{20,}(?![A-Za-z0-9])`,
		"calls":       `\b(\w+)\.(\w+)\(`,
	}
	for name, pattern := range patterns {
		b.Run(name, func(b *testing.B) {
			re, err := Compile(pattern, Options{MultiLine: true})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := re.FindAll(text, &Budget{Steps: 1 << 30}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("calls with Go's regexp", func(b *testing.B) {
		re := regexp.MustCompile(patterns["calls"])
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			re.FindAllStringSubmatchIndex(text, -1)
		}
	})
}

func required(t *testing.T, pattern string) Requirement {
	t.Helper()
	r, err := Require(pattern, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhole(t *testing.T) {
	tests := map[string][]string{
		`^(GET|POST)$`: {"GET", "POST"},
		`^_?(res|r)$`:  {"res", "r", "_res", "_r"},
		`\Aab\z`:       {"ab"},
		`^ab`:          nil,
		`ab$`:          nil,
		`^a|b$`:        nil,
		`^(a|b+)$`:     nil,
		`^a$|^b$`:      nil,
		`(?m)^ab$`:     nil,
	}
	for pattern, want := range tests {
		var got []string
		for _, literal := range required(t, pattern).Whole {
			got = append(got, literal.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}
