package localhub_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// numbered is a file of n lines.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String()
}

// pullForPlacement changes lines 10 and 50 of a file of 60 lines: two hunks, 7-13 and 47-53.
func pullForPlacement(t *testing.T) (*scene, *localhub.PullRequest) {
	t.Helper()
	before := numbered(60)
	s := begin(t, localhub.Options{}, localhub.Files{"a.txt": before, "untouched.txt": "x\n", "bin": "\x00\x01"})
	after := strings.NewReplacer("line 10\n", "changed 10\n", "line 50\n", "changed 50\n").Replace(before)
	s.repo.Commit("feature", "change", s.dev, localhub.Files{"a.txt": after, "bin": "\x00\x02"})
	return s, s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Change", Author: s.dev})
}

func TestWhereGitHubTakesInlineComments(t *testing.T) {
	s, p := pullForPlacement(t)
	good := object{"path": "a.txt", "line": 10, "side": "RIGHT", "body": "good"}
	for _, c := range []struct {
		name     string
		comment  object
		accepted bool
	}{
		{"an added line", object{"path": "a.txt", "line": 10, "side": "RIGHT", "body": "x"}, true},
		{"the side is RIGHT unless said", object{"path": "a.txt", "line": 10, "body": "x"}, true},
		{"a line of context, three lines away", object{"path": "a.txt", "line": 13, "body": "x"}, true},
		{"a deleted line on the left", object{"path": "a.txt", "line": 10, "side": "LEFT", "body": "x"}, true},
		{"several lines of one hunk", object{"path": "a.txt", "start_line": 8, "line": 12, "body": "x"}, true},
		{"from a deleted line to an added one", object{"path": "a.txt", "start_line": 10, "start_side": "LEFT", "line": 10, "side": "RIGHT", "body": "x"}, true},
		{"the older position", object{"path": "a.txt", "position": 5, "body": "x"}, true},
		{"not a line four away", object{"path": "a.txt", "line": 14, "body": "x"}, false},
		{"not context on the left", object{"path": "a.txt", "line": 11, "side": "LEFT", "body": "x"}, false},
		{"not from one hunk to another", object{"path": "a.txt", "start_line": 10, "line": 50, "body": "x"}, false},
		{"not backwards", object{"path": "a.txt", "start_line": 12, "line": 10, "body": "x"}, false},
		{"not from a line to itself", object{"path": "a.txt", "start_line": 10, "line": 10, "body": "x"}, false},
		{"not a file that was not changed", object{"path": "untouched.txt", "line": 1, "body": "x"}, false},
		{"not a file that does not exist", object{"path": "nowhere", "line": 1, "body": "x"}, false},
		{"not a binary file", object{"path": "bin", "line": 1, "body": "x"}, false},
		{"not line 0", object{"path": "a.txt", "line": 0, "body": "x"}, false},
		{"not without text", object{"path": "a.txt", "line": 10, "body": ""}, false},
		{"not beyond 65,536 characters", object{"path": "a.txt", "line": 10, "body": strings.Repeat("ü", 65537)}, false},
		{"not a whole file, which only single comments may mean", object{"path": "a.txt", "subject_type": "file", "body": "x"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			reviews, comments := len(p.Reviews()), len(p.ReviewComments())
			status, answer := s.call("POST", "/repos/acme/shop/pulls/1/reviews", s.token, object{
				"commit_id": p.Head(), "event": "COMMENT", "body": "A review", "comments": []object{good, c.comment},
			})
			if c.accepted {
				if status != 200 || len(p.ReviewComments()) != comments+2 {
					t.Errorf("got %d %v, %d comments", status, answer, len(p.ReviewComments())-comments)
				}
				return
			}
			if status != 422 || len(p.Reviews()) != reviews || len(p.ReviewComments()) != comments {
				t.Errorf("got %d %v; one bad comment must take the whole review with it", status, answer)
			}
		})
	}
}

func TestReviewsOfAnotherCommitAreRefused(t *testing.T) {
	s, p := pullForPlacement(t)
	status, answer := s.call("POST", "/repos/acme/shop/pulls/1/reviews", s.token, object{
		"commit_id": s.repo.Tip("main"), "event": "COMMENT", "body": "x",
	})
	if status != 422 || len(p.Reviews()) != 0 {
		t.Errorf("got %d %v", status, answer)
	}
}

func TestSingleCommentsMayStandOnAFile(t *testing.T) {
	s, p := pullForPlacement(t)
	answer := s.must(201, "POST", "/repos/acme/shop/pulls/1/comments", object{
		"commit_id": p.Head(), "path": "bin", "subject_type": "file", "body": "on the file",
	})
	if answer["subject_type"] != "file" || answer["line"] != nil {
		t.Errorf("got %v", answer)
	}
}

func TestInlineCommentsFollowTheirLine(t *testing.T) {
	s, p := pullForPlacement(t)
	s.must(200, "POST", "/repos/acme/shop/pulls/1/reviews", object{
		"commit_id": p.Head(), "event": "COMMENT", "body": "x", "comments": []object{
			{"path": "a.txt", "line": 10, "body": "ten"},
			{"path": "a.txt", "start_line": 49, "line": 50, "body": "fifty"},
			{"path": "a.txt", "line": 50, "side": "LEFT", "body": "what was fifty"},
		},
	})
	content := strings.NewReplacer("line 10\n", "changed 10\n", "line 50\n", "changed again\n").Replace(numbered(60))
	s.repo.Commit("feature", "two lines on top", s.dev, localhub.Files{}, localhub.Rename("a.txt", "b.txt"))
	s.repo.Commit("feature", "two lines on top", s.dev, localhub.Files{"b.txt": "new 1\nnew 2\n" + content})

	comments := s.list("/repos/acme/shop/pulls/1/comments")
	ten, fifty := comments[0], comments[1]
	if ten["line"] != 12.0 || ten["original_line"] != 10.0 || ten["path"] != "b.txt" || ten["commit_id"] != p.Head() {
		t.Errorf("the first stands at %v of %v", ten["line"], ten["path"])
	}
	if fifty["line"] != nil || fifty["position"] != nil || fifty["original_line"] != 50.0 {
		t.Errorf("the second should be outdated: %v", fifty)
	}
	got := p.ReviewComments()
	if outdated := []bool{got[0].Outdated, got[1].Outdated, got[2].Outdated}; !slices.Equal(outdated, []bool{false, true, true}) {
		t.Errorf("outdated: %v", outdated)
	}
}

func TestCommentsAreEditedAndDeleted(t *testing.T) {
	s, p := pullForPlacement(t)
	human := p.Comment(s.dev, "by a person")
	made := s.must(201, "POST", "/repos/acme/shop/issues/1/comments", object{"body": "by the app"})
	number := fmt.Sprintf("%.0f", made["id"])
	s.must(200, "PATCH", "/repos/acme/shop/issues/comments/"+number, object{"body": "edited"})
	if got := p.Comments(); len(got) != 2 || got[1].Body != "edited" || got[1].Author != "assay[bot]" {
		t.Errorf("comments are %+v", got)
	}
	if status, _ := s.call("POST", "/repos/acme/shop/issues/1/comments", s.token, object{"body": strings.Repeat("x", 65537)}); status != 422 {
		t.Errorf("65,537 characters: got %d", status)
	}
	s.must(204, "DELETE", "/repos/acme/shop/issues/comments/"+number, nil)
	if got := s.list("/repos/acme/shop/issues/1/comments"); len(got) != 1 || got[0]["id"] != float64(human) {
		t.Errorf("left: %v", got)
	}

	inline := p.Review(s.dev, localhub.NewReview{Event: "COMMENT", Comments: []localhub.NewReviewComment{
		{Place: localhub.Place{Path: "a.txt", Line: 10}, Body: "mine"},
	}})
	comment := s.list("/repos/acme/shop/pulls/1/reviews/" + id(inline) + "/comments")[0]
	path := fmt.Sprintf("/repos/acme/shop/pulls/comments/%.0f", comment["id"])
	if status, _ := s.call("PATCH", path, s.token, object{"body": "stolen"}); status != 403 {
		t.Errorf("an app changed what a person wrote inline: %d", status)
	}
	reply := s.must(201, "POST", fmt.Sprintf("/repos/acme/shop/pulls/1/comments/%.0f/replies", comment["id"]), object{"body": "an answer"})
	if reply["in_reply_to_id"] != comment["id"] {
		t.Errorf("reply is %v", reply)
	}
}
