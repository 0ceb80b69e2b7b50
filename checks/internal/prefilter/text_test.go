package prefilter

import "testing"

func TestATextContainsStringsInAnyCase(t *testing.T) {
	tests := map[string]struct {
		text, lower string
		want        bool
	}{
		"as it is written":        {"import pickle", "pickle", true},
		"in another case":         {"import Pickle", "pickle", true},
		"its windows, but apart":  {"picking kleptomania", "pickle", false},
		"other letters are alike": {"ÄÖ", "äö", false},
		"nothing":                 {"", "a", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var text Text
			text.Read(test.text)
			if got := text.Contains(test.lower); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestATextQuotesWhatStandsBetweenQuotationMarks(t *testing.T) {
	tests := map[string]struct {
		text, lower string
		want        bool
	}{
		"in quotes":              {`f("<")`, "<", true},
		"behind a backslash":     {`f('\'')`, "'", true},
		"beside other text":      {`f("<b")`, "<", false},
		"the second time":        {`a < b; f("<")`, "<", true},
		"an operator":            {`a < b`, "<", false},
		"at the end of it":       {`"<`, "<", false},
		"at the beginning":       {`<"`, "<", false},
		"nothing":                {`""`, "", false},
		"a mark that is doubled": {`f("''")`, "''", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var text Text
			text.Read(test.text)
			if got := text.Quotes(test.lower); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestWordsBehindAnAtOnTheirLineAreMarked(t *testing.T) {
	tests := map[string]struct {
		text, word string
		want       bool
	}{
		"a decorator":            {"@app.route(\"/\")\ndef f(): pass", "route", true},
		"what it is of":          {"@app.route(\"/\")\ndef f(): pass", "app", true},
		"a word of another line": {"@app.route(\"/\")\ndef f(): pass", "def", false},
		"the last word":          {"@route", "route", true},
		"none":                   {"route = 1", "route", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var g Grams
			g.Add(test.text)
			if got := g.Holds(MarkedGram(test.word)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func FuzzATextContainsWhatIsInIt(f *testing.F) {
	f.Add("import Pickle", "kle")
	f.Fuzz(func(t *testing.T, before, word string) {
		var text Text
		text.Read(before + word + "'")
		if !text.Contains(Lower(word)) {
			t.Errorf("%q is in %q", word, before+word)
		}
		text.Quotes(Lower(word))
	})
}
