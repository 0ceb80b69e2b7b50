package code

import "testing"

func TestSuppressions(t *testing.T) {
	tests := map[string]struct {
		text string
		rule string
		line int
		want bool
	}{
		"nosemgrep without a rule speaks of every rule on its line": {"eval(x)  # nosemgrep\n", "a", 1, true},
		"nosem is the same":                                    {"eval(x)  // nosem\n", "a", 1, true},
		"with a rule it speaks of that rule":                   {"eval(x)  # nosemgrep: a\n", "a", 1, true},
		"and of no other":                                      {"eval(x)  # nosemgrep: a\n", "b", 1, false},
		"several rules are separated by commas":                {"eval(x)  # nosemgrep: b, a\n", "a", 1, true},
		"a rule may be named with the folders that it lies in": {"eval(x)  # nosemgrep: python.lang.a\n", "a", 1, true},
		"alone on a line it speaks of the next":                {"# nosemgrep: a\neval(x)\n", "a", 2, true},
		"behind code it does not":                              {"f()  # nosemgrep\neval(x)\n", "a", 2, false},
		"nor of the line after the next":                       {"# nosemgrep\n\neval(x)\n", "a", 3, false},
		"a JavaScript block comment counts":                    {"/* nosemgrep */\neval(x)\n", "a", 2, true},
		"an HTML comment counts":                               {"<!-- nosemgrep: a -->\n<b>\n", "a", 2, true},
		"a word that only begins like it does not":             {"eval(x)  # nosemgrepish\n", "a", 1, false},
		"assay:ignore needs a rule and a reason":               {"eval(x)  # assay:ignore a only constants come here\n", "a", 1, true},
		"without a reason it does not count":                   {"eval(x)  # assay:ignore a\n", "a", 1, false},
		"nor with the end of a comment for a reason":           {"eval(x)  /* assay:ignore a */\n", "a", 1, false},
		"alone on a line assay:ignore speaks of the next":      {"// assay:ignore a reviewed by security\neval(x)\n", "a", 2, true},
		"it never speaks of every rule":                        {"eval(x)  # assay:ignore a why\n", "b", 1, false},
	}
	for name, test := range tests {
		if _, got := findSuppressions(test.text).of(test.rule, test.line); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	s, _ := findSuppressions("x /* assay:ignore a because it is safe */\n").of("a", 1)
	if s.reason != "because it is safe" || s.line != 1 {
		t.Errorf("reason %q on line %d", s.reason, s.line)
	}
}
