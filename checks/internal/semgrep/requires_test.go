package semgrep

import "testing"

func TestALabelSpeaksForAConditionOrAgainstIt(t *testing.T) {
	tests := []struct {
		condition, label string
		wants            bool
	}{
		{"A", "A", true},
		{"A", "B", false},
		{"not A", "A", false},
		{"A and not B", "A", true},
		{"A and not B", "B", false},
		{"A or (B and C)", "C", true},
	}
	for _, test := range tests {
		r, err := ParseRequires(test.condition)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Wants(test.label); got != test.wants {
			t.Errorf("%q wants %q: %v, want %v", test.condition, test.label, got, test.wants)
		}
	}
	if none := (*Requires)(nil); !none.Wants("A") {
		t.Error("no condition wants whatever there is")
	}
}
