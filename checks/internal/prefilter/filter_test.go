package prefilter

import (
	"fmt"
	"strings"
	"testing"
)

func oneOf(texts ...string) Clause {
	var clause Clause
	for _, text := range texts {
		literal := Literal{Text: strings.TrimSuffix(text, "/i")}
		literal.Fold = literal.Text != text
		clause.Any = append(clause.Any, literal)
	}
	return clause
}

func TestAlive(t *testing.T) {
	tests := map[string]struct {
		clauses []Clause
		text    string
		want    bool
	}{
		"a rule that needs nothing":                        {nil, "", true},
		"a literal that is there":                          {[]Clause{oneOf("pickle")}, "import pickle", true},
		"one that isn't":                                   {[]Clause{oneOf("pickle")}, "import pickl", false},
		"in another case":                                  {[]Clause{oneOf("pickle")}, "import Pickle", false},
		"in another case, where that does not matter":      {[]Clause{oneOf("Pickle/i")}, "import pICKLE", true},
		"one of several":                                   {[]Clause{oneOf("marshal", "pickle")}, "pickle", true},
		"two clauses, one of them met":                     {[]Clause{oneOf("pickle"), oneOf("loads")}, "pickle.load(s)", false},
		"two clauses, both met":                            {[]Clause{oneOf("pickle"), oneOf("loads")}, "loads pickle", true},
		"two clauses met by one literal":                   {[]Clause{oneOf("load"), oneOf("load", "dump")}, "load", true},
		"a literal inside another":                         {[]Clause{oneOf("eval"), oneOf("evaluate")}, "evaluate", true},
		"a literal of one byte":                            {[]Clause{oneOf("%")}, "a % b", true},
		"of two":                                           {[]Clause{oneOf("os")}, "import os", true},
		"of two in any case":                               {[]Clause{oneOf("os/i")}, "import OS", true},
		"of three":                                         {[]Clause{oneOf("md5")}, "md5", true},
		"of three in any case":                             {[]Clause{oneOf("md5/i")}, "x=MD5", true},
		"of three at the end, beside longer ones":          {[]Clause{oneOf("md5"), oneOf("hashlib")}, "hashlib.md5", true},
		"a longer text than the literal has a start of":    {[]Clause{oneOf("hashlib")}, "hashhashlib", true},
		"the text ends within the literal":                 {[]Clause{oneOf("hashlib")}, "hashli", false},
		"bytes outside ASCII":                              {[]Clause{oneOf("clé/i")}, "la CLé", true},
		"an empty literal is in every text":                {[]Clause{oneOf("", "pickle")}, "", true},
		"a clause without literals is never met":           {[]Clause{{}}, "pickle", false},
		"bytes that only the hash confuses":                {[]Clause{oneOf("a@bc")}, "a`bc", false},
		"a literal that occurs again after it was found":   {[]Clause{oneOf("loads"), oneOf("dumps")}, "loads loads loads dumps", true},
		"a literal at the very start, with zero bytes":     {[]Clause{oneOf("\x00\x00\x00\x01")}, "\x00\x00\x00\x01", true},
		"a literal that begins with zero bytes, cut short": {[]Clause{oneOf("\x00\x00\x00\x01")}, "\x00\x01", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := New([][]Clause{test.clauses}).Alive(test.text); got.Has(0) != test.want || got.Any() != test.want {
				t.Errorf("got %v, want %v", got.Has(0), test.want)
			}
		})
	}
}

func TestAliveTellsManyRulesApart(t *testing.T) {
	rules := make([][]Clause, 2000)
	for i := range rules {
		rules[i] = []Clause{oneOf(fmt.Sprintf("name%dx", i)), oneOf("shared")}
	}
	filter := New(rules)
	for range 2 { // the second pass must not remember the first
		alive := filter.Alive("shared name17x name1999x name3")
		for i := range rules {
			if want := i == 17 || i == 1999; alive.Has(i) != want {
				t.Errorf("rule %d: got %v, want %v", i, alive.Has(i), want)
			}
		}
		if filter.Alive("").Any() {
			t.Error("a rule is alive in an empty text")
		}
	}
}

func FuzzAlive(f *testing.F) {
	f.Add("pickle,loads/i;os;md5/i", "import Pickle, OS, MD5")
	f.Add("aaaa,aaa;a/i", "AAAA")
	f.Fuzz(func(t *testing.T, spec, text string) {
		var rules [][]Clause
		for _, rule := range strings.Split(spec, ";") {
			var clauses []Clause
			for _, clause := range strings.Split(rule, "&") {
				clauses = append(clauses, oneOf(strings.Split(clause, ",")...))
			}
			rules = append(rules, clauses)
		}
		alive := New(rules).Alive(text)
		for i, clauses := range rules {
			want := true
			for _, clause := range clauses {
				met := false
				for _, literal := range clause.Any {
					if literal.Fold {
						met = met || strings.Contains(lowered(text), lowered(literal.Text))
					} else {
						met = met || strings.Contains(text, literal.Text)
					}
				}
				want = want && met
			}
			if alive.Has(i) != want {
				t.Fatalf("%v in %q: got %v, want %v", clauses, text, alive.Has(i), want)
			}
		}
	})
}

func BenchmarkAlive(b *testing.B) {
	words := strings.Fields("pickle loads yaml subprocess shell exec eval requests verify torch joblib marshal md5 sha1 " +
		"openai anthropic langchain completion prompt template render innerHTML document cookie session token")
	text := strings.Repeat("func main() {\n\tfmt.Println(\"hello, world\") // nothing to see\n\treturn items[i].name\n}\n", 1<<14)
	for _, count := range []int{100, 2000, 10000} {
		rules := make([][]Clause, count)
		for i := range rules {
			word := fmt.Sprintf("%s_%s%d", words[i%len(words)], words[i/7%len(words)], i)
			rules[i] = []Clause{oneOf(word, word+"/i"), oneOf("import")}
		}
		for name, extra := range map[string][]Clause{"": nil, ", some of three bytes": {oneOf("md5", "ssl", "pty/i")}} {
			filter := New(append(rules, extra))
			if extra == nil {
				filter = New(rules)
			}
			b.Run(fmt.Sprintf("%d rules%s", count, name), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					filter.Alive(text)
				}
			})
		}
	}
	b.Run("a small text", func(b *testing.B) {
		filter := New([][]Clause{{oneOf("pickle")}, {oneOf("yaml")}, {oneOf("subprocess")}})
		b.SetBytes(500)
		for b.Loop() {
			filter.Alive(text[:500])
		}
	})
}
