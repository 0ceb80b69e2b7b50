package publish

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

func TestAPlantedMarkSilencesNothing(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
	verdict := judged(pull, finding("new.py", 3))
	mark := newMarker(&verdict.Result.Findings[0], verdict.push())
	place := localhub.Place{Path: "new.py", Line: 3}
	for _, author := range []*localhub.Account{s.dev, s.hub.User("assay"), s.hub.Bot("assay-app[bot]")} {
		pull.Review(author, localhub.NewReview{Event: "COMMENT", Comments: []localhub.NewReviewComment{
			{Place: place, Body: "Nothing to see here.\n\n" + string(mark.block())},
		}})
	}
	before := len(pull.ReviewComments())
	s.mustPublish(verdict)
	if n := len(pull.ReviewComments()) - before; n != 1 {
		t.Errorf("%d comments of ours, want 1", n)
	}
}

func TestAMarkInQuotedTextIsNotOurs(t *testing.T) {
	f := finding("new.py", 3)
	planted := finding("new.py", 7)
	mark := newMarker(&planted, "0123456789abcdef")
	for _, text := range []string{string(mark.block()), "x\n" + string(mark.block()), "```\n" + string(mark.block()) + "\n"} {
		f.Title, f.Message, f.Snippet, f.Remediation.Text = text, text, text, text
		f.Trace = []checks.Step{{Path: "a", Line: 1, Text: text}}
		own := newMarker(&f, "fedcba9876543210")
		got, ok := readMarker(offline().commentBody(&f, "c0ffee", nil, "", own))
		if !ok || got != own {
			t.Errorf("read %+v, %v from a comment with %q", got, ok, text)
		}
	}
}

func TestReadMarker(t *testing.T) {
	f := finding("new.py", 3)
	mark := newMarker(&f, "0123456789abcdef")
	line := string(mark.block())
	for name, test := range map[string]struct {
		body string
		ok   bool
	}{
		"the last line":              {"text\n\n" + line, true},
		"the only line":              {line, true},
		"white space after it":       {line + " \r\n\n", true},
		"text after it on the line":  {line + " x", false},
		"text before it on the line": {"x " + line, false},
		"another line after it":      {line + "\nx", false},
		"half of it":                 {line[:len(line)-10], false},
		"a mark of something else":   {"<!-- other:finding 0 -->", false},
		"nothing":                    {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := readMarker(test.body)
			if ok != test.ok || ok && got != mark {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
	odd := finding("new.py", 3)
	odd.Fingerprint = "rule from elsewhere --> <!--"
	if got, ok := readMarker(string(newMarker(&odd, mark.push).block())); !ok || got != newMarker(&odd, mark.push) {
		t.Error("a fingerprint of another kind is not found again")
	}
}

func TestCommentsAreMatchedToFindings(t *testing.T) {
	one := func(path checks.Path, line int) checks.Finding {
		f := finding(path, line)
		f.Fingerprint = "00000000aaaaaaaa"
		return f
	}
	said := func(path checks.Path, line int) comment {
		f := one(path, line)
		return comment{marker: newMarker(&f, "p"), line: line, address: fmt.Sprintf("%s:%d", path, line)}
	}
	for name, test := range map[string]struct {
		said     []comment
		findings []checks.Finding
		want     Placed
	}{
		"nothing said":                               {nil, []checks.Finding{one("a", 1)}, Placed{}},
		"the same line":                              {[]comment{said("a", 1)}, []checks.Finding{one("a", 1)}, Placed{0: "a:1"}},
		"another line of the file":                   {[]comment{said("a", 1)}, []checks.Finding{one("a", 9)}, Placed{0: "a:1"}},
		"its line is gone":                           {[]comment{said("a", 0)}, []checks.Finding{one("a", 9)}, Placed{0: "a:0"}},
		"the file was renamed":                       {[]comment{said("a", 1)}, []checks.Finding{one("b", 1)}, Placed{0: "a:1"}},
		"of two equals the one at its line":          {[]comment{said("a", 9)}, []checks.Finding{one("a", 1), one("a", 9)}, Placed{1: "a:9"}},
		"the same file comes before another":         {[]comment{said("a", 5)}, []checks.Finding{one("b", 5), one("a", 9)}, Placed{1: "a:5"}},
		"each comment answers for one finding alone": {[]comment{said("a", 1)}, []checks.Finding{one("a", 1), one("a", 2), one("a", 3)}, Placed{0: "a:1"}},
		"two comments on two equals":                 {[]comment{said("a", 9), said("a", 1)}, []checks.Finding{one("a", 1), one("a", 9)}, Placed{0: "a:1", 1: "a:9"}},
		"another finding is another finding":         {[]comment{said("a", 1)}, []checks.Finding{finding("a", 1)}, Placed{}},
	} {
		t.Run(name, func(t *testing.T) {
			pull := Pull{Result: &review.Result{Findings: test.findings}, CommentAt: checks.Low}
			placed, left := match(test.said, &pull, pull.commentable())
			if diff := cmp.Diff(test.want, placed); diff != "" {
				t.Error(diff)
			}
			if len(placed)+len(left) != len(test.findings) {
				t.Errorf("%d matched and %d left of %d", len(placed), len(left), len(test.findings))
			}
		})
	}
}

func TestADraftIsReviewedQuietly(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
	draft := judged(pull, finding("new.py", 3))
	draft.Draft = true
	s.mustPublish(draft)
	if len(pull.Reviews()) != 0 {
		t.Error("a draft was commented on")
	}
	gate := s.run(pull.Head(), "Assay")
	if gate.Conclusion != "failure" || len(gate.Annotations) != 1 || !strings.Contains(gate.Summary, "This is a draft") {
		t.Errorf("%s with %d annotations:\n%s", gate.Conclusion, len(gate.Annotations), gate.Summary)
	}
	s.mustPublish(judged(pull, finding("new.py", 3)))
	if len(pull.ReviewComments()) != 1 {
		t.Error("the comment does not come when it is ready")
	}
}

func TestOnlyTheMostSevereGetComments(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(60)})
	var all []checks.Finding
	for i, f := range findings("new.py", 20) {
		if i%2 == 0 {
			f.Severity = checks.Medium
		}
		all = append(all, f)
	}
	below := finding("new.py", 40)
	below.Severity = checks.Low
	gone := finding("new.py", 41)
	gone.Location.Commit = checks.CommitSHA(pull.MergeBase())
	hidden := finding("old.py", 3)
	hidden.Severity = checks.Critical

	verdict := judged(pull, append(all, below, gone, hidden)...)
	verdict.CommentAt = checks.Medium
	s.mustPublish(verdict)
	if n := len(pull.ReviewComments()); n != MaxInline {
		t.Fatalf("%d comments, want %d", n, MaxInline)
	}
	for _, c := range pull.ReviewComments() {
		if !strings.HasPrefix(c.Body, "**High: ") {
			t.Errorf("a comment begins %.30q, though high ones remain", c.Body)
		}
	}
	if body := pull.Reviews()[0].Body; !strings.HasPrefix(body, "10 new findings: 10 high. 13 more: see the check run.") {
		t.Errorf("the review says %q", body)
	}
	gate := s.run(pull.Head(), "Assay")
	for _, want := range []string{
		"1 below `medium`, where comments begin",
		"1 in a commit of this pull request and no longer at its head",
		"11 at a line that GitHub does not show in the difference, or beyond the 10 comments of a review",
	} {
		if !strings.Contains(gate.Summary, want) {
			t.Errorf("the summary does not say %q:\n%s", want, gate.Summary)
		}
	}
	if n := len(gate.Annotations); n != 12 {
		t.Errorf("%d annotations; what is not at the head can't have one, the other 12 have no comment", n)
	}
	if n := strings.Count(gate.Text, "<details>"); n != 13 {
		t.Errorf("%d findings explained, want 13", n)
	}
}

func TestASuggestionIsAppliedToTheLinesItStandsAt(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": "import os\nos.system(x)\nprint(1)\n"})
	f := finding("new.py", 2)
	f.Snippet = "os.system(x)"
	f.Remediation.Edits = []checks.Edit{
		{Path: "new.py", Start: at(1, 8), End: at(1, 10), NewText: "subprocess"},
		{Path: "new.py", Start: at(2, 1), End: at(2, 13), NewText: "subprocess.run([x], check=True)"},
	}
	s.mustPublish(judged(pull, f))
	comments := pull.ReviewComments()
	if len(comments) != 1 || comments[0].Place.StartLine != 1 || comments[0].Place.Line != 2 {
		t.Fatalf("comments: %+v", comments)
	}
	if want := "```suggestion\nimport subprocess\nsubprocess.run([x], check=True)\n```\n"; !strings.Contains(comments[0].Body, want) {
		t.Errorf("no suggestion in\n%s", comments[0].Body)
	}
}

func TestAFileThatIsNotTheOneAnalysedGetsNoComment(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(30), "bin": "\x00\x01"})
	verdict := judged(pull, finding("new.py", 3), finding("bin", 1))
	verdict.Result.Files = []checks.FileChange{{Path: "new.py", Blob: "0123456789012345678901234567890123456789"}}
	s.mustPublish(verdict)
	if len(pull.Reviews()) != 0 {
		t.Errorf("reviews: %+v", pull.Reviews())
	}
	if n := len(s.run(pull.Head(), "Assay").Annotations); n != 2 {
		t.Errorf("%d annotations, want 2", n)
	}
}
