package ruletest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpect(t *testing.T) {
	got := Expect(`import os
# ruleid: run-shell
os.system(x)
# ok: run-shell
os.system("ls")
# ruleid: run-shell, other
# todook: third
os.system(y)
def f():  # a line that speaks of nothing
    # todoruleid: run-shell
    g(x)
`)
	want := map[string]*Expectation{
		"run-shell": {Must: []int{3, 8}, Not: []int{5}, Either: []int{11}},
		"other":     {Must: []int{8}},
		"third":     {Either: []int{8}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJudge(t *testing.T) {
	e := &Expectation{Must: []int{3, 8}, Either: []int{11}, Not: []int{5}}
	missing, unexpected := e.Judge([]int{5, 3, 11, 5})
	if !cmp.Equal(missing, []int{8}) || !cmp.Equal(unexpected, []int{5}) {
		t.Errorf("missing %v, unexpected %v", missing, unexpected)
	}
}

func TestPair(t *testing.T) {
	got := Pair([]string{"a/x.yaml", "a/x.py", "a/x.fixed.py", "a/x.test.yaml", "a/x/deep/y.py", "a/xy.py", "b/x.py", "b/z.yml", "b/.hidden.yaml"})
	want := []Case{
		{Rules: "a/x.yaml", Targets: []string{"a/x.py", "a/x.test.yaml", "a/x/deep/y.py"}},
		{Rules: "b/z.yml"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
