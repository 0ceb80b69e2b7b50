package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/checks"
)

func TestFindingsAreSaidAtTheirLinesOnce(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
	s.mustPublish(judged(pull, finding("new.py", 3), finding("new.py", 7)))

	if n := len(pull.Reviews()); n != 1 {
		t.Fatalf("%d reviews, want 1", n)
	}
	if r := pull.Reviews()[0]; r.State != "COMMENTED" || r.CommitID != pull.Head() {
		t.Errorf("the review is %s at %s", r.State, r.CommitID)
	}
	comments := pull.ReviewComments()
	if len(comments) != 2 || comments[0].Place.Line != 3 || comments[1].Place.Line != 7 {
		t.Fatalf("comments: %+v", comments)
	}
	gate := s.run(pull.Head(), "Assay")
	if gate.Conclusion != "failure" || gate.Title != "Blocked: 2 new findings of severity high or above" {
		t.Errorf("the gate is %s: %s", gate.Conclusion, gate.Title)
	}
	if len(gate.Annotations) != 0 {
		t.Errorf("what has a comment needs no annotation: %+v", gate.Annotations)
	}
	for _, c := range comments {
		if !strings.Contains(gate.Summary, fmt.Sprintf("#discussion_r%d", c.ID)) {
			t.Errorf("the summary does not link comment %d:\n%s", c.ID, gate.Summary)
		}
	}
	if family := s.run(pull.Head(), "Assay: agent"); family.Conclusion != "neutral" {
		t.Errorf("the family is %s", family.Conclusion)
	}

	s.wire.revive()
	s.mustPublish(judged(pull, finding("new.py", 3), finding("new.py", 7)))
	if s.wire.writes != 0 {
		t.Errorf("the same verdict was written again with %d requests", s.wire.writes)
	}

	// The next push moves the lines and brings one more.
	s.repo.Commit("feature", "more", s.dev, localhub.Files{"new.py": "first\n" + lines(40)})
	moved := []checks.Finding{finding("new.py", 3), finding("new.py", 7), finding("new.py", 35)}
	moved[0].Location.Start.Line, moved[0].Location.End.Line = 4, 5
	moved[1].Location.Start.Line, moved[1].Location.End.Line = 8, 9
	s.mustPublish(judged(pull, moved...))
	if comments := pull.ReviewComments(); len(comments) != 3 || comments[2].Place.Line != 35 || len(pull.Reviews()) != 2 {
		t.Errorf("after the second push: %+v", comments)
	}
}

func TestACleanPullRequestIsLeftInPeace(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(3)})
	old := finding("old.py", 3)
	old.Status = checks.Existing
	s.mustPublish(judged(pull, old))
	if len(pull.Reviews())+len(pull.ReviewComments())+len(pull.Comments()) != 0 {
		t.Error("something was said")
	}
	runs := s.repo.AllCheckRuns(pull.Head())
	if len(runs) != 1 || runs[0].Name != "Assay" || runs[0].Conclusion != "success" || runs[0].Title != "No new findings" {
		t.Errorf("check runs: %+v", runs)
	}
	if !strings.Contains(runs[0].Summary, "not counted: 1 finding from before") {
		t.Errorf("the summary does not say what was not counted:\n%s", runs[0].Summary)
	}
}

func TestOrdinaryReviewsTakeFewCalls(t *testing.T) {
	for name, test := range map[string]struct {
		findings []checks.Finding
		current  bool
		calls    int // from the beginning of the gate to its end
	}{
		"a clean one":       {nil, false, 4},
		"one with findings": {[]checks.Finding{finding("new.py", 3), finding("new.py", 7)}, false, 10},
		"one with findings by a caller who has just read the head": {[]checks.Finding{finding("new.py", 3)}, true, 9},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
			if err := s.publisher().Start(context.Background(), checks.CommitSHA(pull.Head()), "Assay", true); err != nil {
				t.Fatal(err)
			}
			verdict := judged(pull, test.findings...)
			verdict.Current = test.current
			s.mustPublish(verdict)
			if calls := s.wire.reads + s.wire.writes; calls != test.calls {
				t.Errorf("%d calls, want %d", calls, test.calls)
			}
			s.wire.revive()
			s.mustPublish(verdict)
			if calls := s.wire.reads; s.wire.writes > 0 || calls > 2 {
				t.Errorf("deciding the same again takes %d reads and %d writes", calls, s.wire.writes)
			}
		})
	}
}

func TestAMovedHeadIsNotReviewed(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
	stale := judged(pull, finding("new.py", 3))
	s.repo.Commit("feature", "more", s.dev, localhub.Files{"new.py": lines(31)})
	_, err := s.publisher().Review(context.Background(), stale)
	if !errors.Is(err, ErrStale) {
		t.Errorf("error %v, want ErrStale", err)
	}
	if s.wire.writes != 0 {
		t.Error("something was written")
	}
}

func TestRefusedCommentsAreFoundByHalving(t *testing.T) {
	for name, bad := range map[string][]int{
		"one of ten":       {4},
		"the first":        {1},
		"the last and one": {6, 10},
		"half of them":     {1, 3, 5, 7, 9},
		"all":              {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
			var findings []checks.Finding
			for line := range 10 {
				findings = append(findings, finding("new.py", line+1))
			}
			s.refuse(bad)
			s.mustPublish(judged(pull, findings...))
			var at []int
			for _, c := range pull.ReviewComments() {
				at = append(at, c.Place.Line)
			}
			for line := range 10 {
				if line++; slices.Contains(at, line) && slices.Contains(bad, line) {
					t.Errorf("line %d has a comment", line)
				}
			}
			if n := len(pull.Reviews()); n > 1 {
				t.Errorf("%d reviews, want one at most", n)
			}
			gate := s.run(pull.Head(), "Assay")
			if len(gate.Annotations)+len(at) != 10 {
				t.Errorf("%d comments and %d annotations for 10 findings", len(at), len(gate.Annotations))
			}
			if len(bad) <= 2 && len(at) != 10-len(bad) {
				t.Errorf("comments at %v, with %v refused", at, bad)
			}
			if s.wire.writes > 2*maxAttempts+4 {
				t.Errorf("%d writes", s.wire.writes)
			}
		})
	}
}
