package prefilter

import (
	"strings"
	"testing"
)

func TestATextHoldsTheWindowsOfWhatItContains(t *testing.T) {
	tests := map[string]struct {
		text, word string
		want       bool
	}{
		"a word":                   {"import pickle", "pickle", true},
		"in another case":          {"import Pickle", "pICKLE", true},
		"a word that is not there": {"import pickle", "marshal", false},
		"the start of a word":      {"import pick", "pickle", false},
		"a word of two bytes":      {"import OS", "os", true},
		"one that is not there":    {"import so", "os", false},
		"a letter says nothing":    {"x", "y", true},
		"a byte that is no letter": {"a < b", "<", true},
		"another such byte":        {"a < b", ">", false},
		"an empty text":            {"", "pickle", false},
		"bytes outside of ASCII":   {"la clé", "clé", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var g Grams
			g.Add(test.text)
			if got := g.HoldsAll(GramsOf(test.word)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestATextHoldsItsWords(t *testing.T) {
	tests := map[string]struct {
		text, word string
		want       bool
	}{
		"a word":                                {"app.route(x)", "route", true},
		"a part of a word":                      {"simple_route = 1", "route", false},
		"in another case":                       {"Route", "route", false},
		"at the end":                            {"import re", "re", true},
		"behind digits":                         {"10px", "px", true},
		"with digits":                           {"md5(x)", "md5", true},
		"a word without its digits":             {"md5(x)", "md", false},
		"a word of one letter":                  {"f(x)", "x", true},
		"between letters that are not of ASCII": {"naïve", "na", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var g Grams
			g.Add(test.text)
			if got := g.Holds(WordGram(test.word)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	text := strings.Repeat("func main() {\n\tfmt.Println(\"hello, world\") // nothing to see\n\treturn items[i].name\n}\n", 200)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var g Grams
		g.Add(text)
	}
}

func FuzzGramsNeverDenyWhatIsThere(f *testing.F) {
	f.Add("import pickle", "kle")
	f.Fuzz(func(t *testing.T, text, word string) {
		var g Grams
		g.Add(text)
		if strings.Contains(text, word) && !g.HoldsAll(GramsOf(word)) {
			t.Errorf("%q is in %q", word, text)
		}
	})
}
