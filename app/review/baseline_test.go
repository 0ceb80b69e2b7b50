package review

import (
	"slices"
	"testing"

	"github.com/assay-app/assay/checks"
)

// at is a finding in short: path, line and fingerprint.
func at(path string, line int, fingerprint string) checks.Finding {
	return checks.Finding{
		Fingerprint: checks.Fingerprint(fingerprint),
		Location:    checks.Location{Path: checks.Path(path), Start: checks.Position{Line: line, Column: 1}, End: checks.Position{Line: line, Column: 9}},
	}
}

func atBase(path string, line int, fingerprint string) checks.Finding {
	f := at(path, line, fingerprint)
	f.Revision = checks.AtMergeBase
	return f
}

func modified(path string, hunks ...checks.Hunk) checks.FileChange {
	return checks.FileChange{Path: checks.Path(path), OldPath: checks.Path(path), Status: checks.Modified, Hunks: hunks}
}

func added(line, n int) checks.Hunk {
	return checks.Hunk{OldStart: line - 1, NewStart: line, NewLines: n}
}

func TestMarkNew(t *testing.T) {
	tests := map[string]struct {
		findings  []checks.Finding
		files     []checks.FileChange
		unscanned []checks.Unscanned
		want      []int // the lines of the new findings, in order
	}{
		"a finding in an added file is new": {
			findings: []checks.Finding{at("a.py", 3, "x")},
			files:    []checks.FileChange{{Path: "a.py", Status: checks.Added}},
			want:     []int{3},
		},
		"a finding that the merge base has too is not": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("a.py", 3, "x")},
			files:    []checks.FileChange{modified("a.py", added(9, 1))},
		},
		"one that moved down in its file is not": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("a.py", 40, "x")},
			files:    []checks.FileChange{modified("a.py", added(1, 37))},
		},
		"a line cut out and put back elsewhere in its file is not": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("a.py", 40, "x")},
			files:    []checks.FileChange{modified("a.py", checks.Hunk{OldStart: 3, OldLines: 1, NewStart: 2}, added(40, 1))},
		},
		"one in a renamed file is not": {
			findings: []checks.Finding{atBase("old.py", 3, "x"), at("new.py", 3, "x")},
			files:    []checks.FileChange{{Path: "new.py", OldPath: "old.py", Status: checks.Renamed}},
		},
		"one in a file renamed and edited is, when the edit added it": {
			findings: []checks.Finding{atBase("old.py", 3, "x"), at("new.py", 3, "x"), at("new.py", 8, "y")},
			files:    []checks.FileChange{{Path: "new.py", OldPath: "old.py", Status: checks.Renamed, Hunks: []checks.Hunk{added(8, 1)}}},
			want:     []int{8},
		},
		"a new file under a renamed file's old name starts afresh": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("b.py", 3, "x"), at("a.py", 5, "x")},
			files:    []checks.FileChange{{Path: "a.py", Status: checks.Added}, {Path: "b.py", OldPath: "a.py", Status: checks.Renamed}},
			want:     []int{5},
		},
		"one in a copy is new": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("a.py", 3, "x"), at("copy.py", 3, "x")},
			files:    []checks.FileChange{modified("a.py", added(9, 1)), {Path: "copy.py", OldPath: "a.py", Status: checks.Copied}},
			want:     []int{3},
		},
		"one in a copy is new even when the original lost it": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("copy.py", 7, "x")},
			files:    []checks.FileChange{modified("a.py", checks.Hunk{OldStart: 3, OldLines: 1, NewStart: 2}), {Path: "copy.py", OldPath: "a.py", Status: checks.Copied}},
			want:     []int{7},
		},
		"code moved to another file is not new": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("b.py", 70, "x")},
			files:    []checks.FileChange{modified("a.py", checks.Hunk{OldStart: 3, OldLines: 1, NewStart: 2}), modified("b.py", added(70, 1))},
		},
		"code moved to another file and doubled there is new once": {
			findings: []checks.Finding{atBase("a.py", 3, "x"), at("b.py", 70, "x"), at("b.py", 90, "x")},
			files:    []checks.FileChange{modified("a.py", checks.Hunk{OldStart: 3, OldLines: 1, NewStart: 2}), modified("b.py", added(70, 1), added(90, 1))},
			want:     []int{90},
		},
		"of two equals where there was one, the one on the added line is new": {
			findings: []checks.Finding{atBase("a.py", 10, "x"), at("a.py", 4, "x"), at("a.py", 11, "x")},
			files:    []checks.FileChange{modified("a.py", added(4, 1))},
			want:     []int{4},
		},
		"of two equals on added lines, the later one is new": {
			findings: []checks.Finding{atBase("a.py", 2, "x"), at("a.py", 4, "x"), at("a.py", 5, "x")},
			files:    []checks.FileChange{modified("a.py", checks.Hunk{OldStart: 2, OldLines: 1, NewStart: 1}, added(4, 2))},
			want:     []int{5},
		},
		"an untouched line that a deleted guard exposes is new": {
			findings: []checks.Finding{at("a.py", 9, "x")},
			files:    []checks.FileChange{modified("a.py", checks.Hunk{OldStart: 7, OldLines: 2, NewStart: 6})},
			want:     []int{9},
		},
		"one in a commit of the change, gone at the head, is new": {
			findings: []checks.Finding{func() checks.Finding { f := at("a.py", 9, "x"); f.Location.Commit = "c0ffee"; return f }()},
			want:     []int{9},
		},
		"nothing is called new in a file whose merge base could not be read": {
			findings:  []checks.Finding{at("a.py", 9, "x"), at("b.py", 1, "x")},
			files:     []checks.FileChange{modified("a.py", added(9, 1)), modified("b.py", added(1, 1))},
			unscanned: []checks.Unscanned{{Path: "a.py", Kind: checks.Failed, Revision: checks.AtMergeBase}},
			want:      []int{1},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []int
			for _, f := range MarkNew(test.findings, test.files, test.unscanned) {
				if f.Revision == checks.AtMergeBase {
					t.Errorf("a finding of the merge base was returned: %+v", f)
				}
				switch f.Status {
				case checks.New:
					got = append(got, f.Location.Start.Line)
				case checks.Existing:
				default:
					t.Errorf("line %d has status %q", f.Location.Start.Line, f.Status)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("new at lines %v, want %v", got, test.want)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	finding := func(check checks.Name, line int, cwe string) checks.Finding {
		f := at("a.py", line, string(check))
		f.Check = check
		f.Taxonomy.CWE = []string{cwe}
		return f
	}
	tests := map[string]struct {
		findings []checks.Finding
		want     []checks.Name
	}{
		"the same weakness on the same line is the more specific check's": {
			[]checks.Finding{finding(checks.Code, 3, "CWE-798"), finding(checks.Secret, 3, "CWE-798")}, []checks.Name{checks.Secret},
		},
		"another weakness stays": {
			[]checks.Finding{finding(checks.Code, 3, "CWE-78"), finding(checks.Secret, 3, "CWE-798")}, []checks.Name{checks.Code, checks.Secret},
		},
		"another line stays": {
			[]checks.Finding{finding(checks.Code, 3, "CWE-798"), finding(checks.Secret, 4, "CWE-798")}, []checks.Name{checks.Code, checks.Secret},
		},
		"two of one check stay": {
			[]checks.Finding{finding(checks.Secret, 3, "CWE-798"), finding(checks.Secret, 3, "CWE-798")}, []checks.Name{checks.Secret, checks.Secret},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []checks.Name
			for _, f := range Merge(test.findings) {
				got = append(got, f.Check)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("kept %v, want %v", got, test.want)
			}
		})
	}
}
