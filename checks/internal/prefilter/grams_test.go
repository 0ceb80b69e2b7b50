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
		"a word":                          {"import pickle", "pickle", true},
		"in another case":                 {"import Pickle", "pICKLE", true},
		"a word that is not there":        {"import pickle", "marshal", false},
		"the start of a word":             {"import pick", "pickle", false},
		"a word of two bytes":             {"import OS", "os", true},
		"one that is not there":           {"import so", "os", false},
		"a word of one byte says nothing": {"x", "y", true},
		"an empty text":                   {"", "pickle", false},
		"bytes outside of ASCII":          {"la clé", "clé", true},
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
