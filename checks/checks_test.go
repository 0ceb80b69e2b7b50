package checks

import "testing"

func TestFileChangeTouches(t *testing.T) {
	modified := FileChange{Status: Modified, Hunks: []Hunk{
		{OldStart: 3, OldLines: 1, NewStart: 3, NewLines: 2}, // lines 3 and 4
		{OldStart: 10, OldLines: 2, NewStart: 10, NewLines: 0},
	}}
	tests := map[string]struct {
		file       FileChange
		start, end int
		want       bool
	}{
		"a line before the hunk is untouched":      {modified, 2, 3, false},
		"the first line of the hunk is touched":    {modified, 3, 4, true},
		"the last line of the hunk is touched":     {modified, 4, 5, true},
		"the line after the hunk is untouched":     {modified, 5, 6, false},
		"a range that spans the hunk is touched":   {modified, 1, 9, true},
		"a hunk that only deletes touches no line": {modified, 9, 12, false},
		"every line of an added file is touched":   {FileChange{Status: Added}, 700, 701, true},
		"no line of a pure rename is touched":      {FileChange{Status: Renamed}, 1, 2, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.file.Touches(test.start, test.end); got != test.want {
				t.Errorf("Touches(%d, %d) = %v, want %v", test.start, test.end, got, test.want)
			}
		})
	}
}

func TestFingerprint(t *testing.T) {
	base := NewFingerprint("rule", "func", "exec( x )")
	if got := NewFingerprint("rule", "func", "\texec(\n x   )"); got != base {
		t.Error("white space changes the fingerprint")
	}
	for name, other := range map[string]Fingerprint{
		"another rule":                         NewFingerprint("rule2", "func", "exec( x )"),
		"another symbol":                       NewFingerprint("rule", "func2", "exec( x )"),
		"another snippet":                      NewFingerprint("rule", "func", "exec( y )"),
		"a character moved between the fields": NewFingerprint("rulef", "unc", "exec( x )"),
	} {
		if other == base {
			t.Errorf("%s gives the same fingerprint", name)
		}
	}
}

func TestSeverityRank(t *testing.T) {
	order := Severities()
	for i := 1; i < len(order); i++ {
		if !order[i-1].AtLeast(order[i]) || order[i].AtLeast(order[i-1]) {
			t.Errorf("%s should be worse than %s", order[i-1], order[i])
		}
	}
	if Severity("urgent").AtLeast(Info) {
		t.Error("an unknown severity ranks above info")
	}
}

func TestLocationLastLine(t *testing.T) {
	tests := map[string]struct {
		location Location
		want     int
	}{
		"an end at the first column excludes its line": {Location{Start: Position{3, 1}, End: Position{5, 1}}, 4},
		"an end inside a line includes it":             {Location{Start: Position{3, 1}, End: Position{5, 2}}, 5},
		"an empty range is its line":                   {Location{Start: Position{3, 1}, End: Position{3, 1}}, 3},
		"no end is the start's line":                   {Location{Start: Position{3, 1}}, 3},
	}
	for name, test := range tests {
		if got := test.location.LastLine(); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}
