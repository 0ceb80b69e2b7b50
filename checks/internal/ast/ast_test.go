package ast

import "testing"

func TestNothingSpellsNoName(t *testing.T) {
	if name := new(Tree).Dotted(None); name != "" {
		t.Errorf("None is called %q", name)
	}
}
