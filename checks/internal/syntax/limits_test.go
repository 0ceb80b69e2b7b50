package syntax

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := map[string]struct {
		lang   Language
		source string
		limits Limits
		want   error
	}{
		"as many bytes as allowed":               {Python, "a = 1", Limits{Bytes: 5}, nil},
		"a byte too many":                        {Python, "a = 12", Limits{Bytes: 5}, ErrTooLarge},
		"as many nodes as allowed":               {Python, "a = 1", Limits{Nodes: 6}, nil},
		"a node too many":                        {Python, "a = 1", Limits{Nodes: 5}, ErrTooManyNodes},
		"as deep as allowed":                     {Python, "[[]]", Limits{Depth: 4}, nil},
		"a level too deep":                       {Python, "[[]]", Limits{Depth: 3}, ErrTooDeep},
		"as many steps as allowed":               {Python, "a = 1", Limits{Steps: 60}, nil},
		"more steps than allowed":                {Python, strings.Repeat("a = 1\n", 1000), Limits{Steps: 1000}, ErrTooComplex},
		"more memory than allowed":               {Python, strings.Repeat("a = 1\n", 100_000), Limits{Memory: 1 << 20}, ErrTooComplex},
		"a file of 20 MB in one line":            {JavaScript, "a='" + strings.Repeat("x", 20<<20) + "'", Limits{}, ErrTooLarge},
		"a file at the limit in one line":        {JavaScript, "a='" + strings.Repeat("x", MaxBytes-4) + "'", Limits{}, nil},
		"brackets nested as deep as code can be": {JavaScript, nested(2000), Limits{}, nil},
		"a million brackets opened":              {JavaScript, strings.Repeat("[", 1_000_000), Limits{}, ErrTooDeep},
		"half a million brackets closed again":   {JavaScript, nested(500_000), Limits{}, ErrTooDeep},
		"an ambiguity at each of many levels":    {PHP, "<?php " + strings.Repeat("$(", 500_000), Limits{}, ErrTooDeep},
		"tokens that each end a hopeless search": {Python, strings.Repeat("a ? b :", 150_000), Limits{}, ErrTooComplex},
		"a scanner that aborts":                  {Kotlin, strings.Repeat(`"${`, 2000), Limits{}, ErrParser},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree, err := Parse(context.Background(), test.lang, []byte(test.source), test.limits)
			if !errors.Is(err, test.want) || (tree == nil) != (err != nil) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestWhatWasRefusedOnceIsRefusedAgain(t *testing.T) {
	source := []byte(strings.Repeat("a ? b :", 500))
	tree, err := Parse(context.Background(), Python, source, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := Parse(context.Background(), Python, source, Limits{Steps: tree.Steps}); err != nil {
			t.Errorf("as many steps as it takes: %v", err)
		}
		if _, err := Parse(context.Background(), Python, source, Limits{Steps: tree.Steps - 1}); !errors.Is(err, ErrTooComplex) {
			t.Errorf("one step fewer than it takes: %v", err)
		}
	}
}

// TestNothingLeaks holds the memory of the process steady over 10,000 parses, a fifth of which fail.
func TestNothingLeaks(t *testing.T) {
	parse := func(n int) {
		for i := range n {
			lang := Language(i % int(languages))
			limits := Limits{}
			if i%5 == 0 {
				limits.Steps = 1 + i%60
			}
			_, err := Parse(context.Background(), lang, []byte(samples[lang].source), limits)
			if err != nil && !errors.Is(err, ErrTooComplex) {
				t.Fatal(err)
			}
		}
	}
	parse(1000)
	before := residentPages(t)
	parse(10_000)
	const allowed = 16 << 20 // of a heap that Go has not collected yet; a parser that leaked would hold 640 MB
	if grown := (residentPages(t) - before) * os.Getpagesize(); grown > allowed {
		t.Errorf("%d bytes more than before", grown)
	}
}

func residentPages(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages
}
