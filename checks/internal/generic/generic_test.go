package generic

import (
	"errors"
	"strings"
	"testing"
)

func TestParsePatternRefuses(t *testing.T) {
	tests := map[string]struct{ pattern, want string }{
		"an empty pattern":                       {" \n", "is empty"},
		"a named ellipsis after an ellipsis":     {"a ... $...X", "must not follow"},
		"two named ellipses in a row":            {"$...X $...Y", "must not follow"},
		"a pattern longer than the bound":        {strings.Repeat("a", MaxPattern+1), "longer than"},
		"a pattern of more parts than the bound": {strings.Repeat("a ", maxNodes+1), "parts"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := ParsePattern(test.pattern, 10); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestParseRefusesATextLongerThanTheBound(t *testing.T) {
	if _, err := Parse(strings.Repeat("\n", MaxSource+1), NoComments); err == nil {
		t.Error("got no error")
	}
}

func TestASearchEndsWhenItsBudgetDoes(t *testing.T) {
	p, err := ParsePattern("a ... $X ... $X ... b ... c", 10)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(strings.Repeat("a b x ", 300)+"\n c", NoComments)
	if err != nil {
		t.Fatal(err)
	}
	budget := &Budget{Steps: 1000}
	if _, err := p.Match(d, budget); !errors.Is(err, ErrBudget) || budget.Steps < -2000 {
		t.Errorf("got %v with %d steps left", err, budget.Steps)
	}
}

func TestMoreMatchesThanTheBoundAreLeftOut(t *testing.T) {
	if got := len(match(t, "a", strings.Repeat("a ", MaxMatches+1), options{})); got != MaxMatches {
		t.Errorf("got %d matches, want %d", got, MaxMatches)
	}
}

func TestLiteralsAndMetavariables(t *testing.T) {
	p, err := ParsePattern("key: $X\n  $...Y;", 10)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Literals(), " "); got != "key : ;" {
		t.Errorf("literals: got %q", got)
	}
	if got := strings.Join(p.Metavariables(), " "); got != "$X $...Y" {
		t.Errorf("metavariables: got %q", got)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("a ... $X\n  $...Y\nb", "a (b) x\n\t[c]\nb", "c", 3)
	f.Add("{ ... }", "{ a { /* b } */ c", "cpp", 0)
	f.Fuzz(func(t *testing.T, pattern, text, comments string, span int) {
		p, err := ParsePattern(pattern, span%100)
		if err != nil || len(text) > 1<<12 {
			return
		}
		d, err := Parse(text, CommentStyle(comments))
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range d.blocks {
			if b.start > b.end || i > 0 && b.start == b.end || int(b.end) > len(d.tokens) {
				t.Fatalf("block %v of %d tokens", b, len(d.tokens))
			}
		}
		budget := &Budget{Steps: 1 << 16}
		matches, _ := p.Match(d, budget)
		if over := -budget.Steps - 2*len(text) - 4096; over > 0 {
			t.Fatalf("%d steps too many", over)
		}
		last := uint32(0)
		for _, m := range matches {
			if m.Start < last || m.End <= m.Start || int(m.End) > len(text) {
				t.Fatalf("match %v in %d bytes after one at %d", m, len(text), last)
			}
			last = m.Start
			for name, r := range m.Bindings {
				if r.End < r.Start || int(r.End) > len(text) {
					t.Fatalf("%s took %v of %d bytes", name, r, len(text))
				}
			}
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	text := strings.Repeat("server {\n  listen 80;\n  location / {\n    proxy_pass $scheme://host;\n  }\n}\n", 1<<12)
	p, err := ParsePattern("location ... { ... proxy_pass $$X:// ...; ... }", DefaultEllipsisMaxSpan)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("reading", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := Parse(text, ShellComments); err != nil {
				b.Fatal(err)
			}
		}
	})
	d, err := Parse(text, NoComments)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("matching", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := p.Match(d, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
