package localhub_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

func TestFilesOfAPullRequest(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{
		"edited.txt": numbered(20), "moved.txt": numbered(30), "gone.txt": "was here\n", "bin": "\x00", "link-to-be": "a\n", "crlf": "a\r\n",
	})
	s.repo.Commit("feature", "all kinds", s.dev, localhub.Files{
		"edited.txt": strings.Replace(numbered(20), "line 10\n", "ten", 1), "new.txt": "one\ntwo", "bin": "\x00\x01", "crlf": "b\r\n", "empty": "",
		"--- odd\n\"+++\" name": "x\n",
	}, localhub.Delete("gone.txt"), localhub.Rename("moved.txt", "dir/moved.txt"), localhub.Symlink("link-to-be", "edited.txt"))
	s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "All kinds", Author: s.dev})

	got := map[string]object{}
	for _, f := range s.list("/repos/acme/shop/pulls/1/files") {
		got[f["filename"].(string)] = f
	}
	for _, c := range []struct {
		name, status string
		patch        any
		additions    float64
	}{
		{"edited.txt", "modified", "@@ -7,8 +7,7 @@ line 6\n line 7\n line 8\n line 9\n-line 10\n-line 11\n+tenline 11\n line 12\n line 13\n line 14", 1},
		{"new.txt", "added", "@@ -0,0 +1,2 @@\n+one\n+two\n\\ No newline at end of file", 2},
		{"gone.txt", "removed", "@@ -1 +0,0 @@\n-was here", 0},
		{"dir/moved.txt", "renamed", nil, 0},
		{"bin", "modified", nil, 0},
		{"empty", "added", nil, 0},
		{"crlf", "modified", "@@ -1 +1 @@\n-a\r\n+b\r", 1},
		{"link-to-be", "changed", "@@ -1 +0,0 @@\n-a\n@@ -0,0 +1 @@\n+edited.txt\n\\ No newline at end of file", 1},
		{"--- odd\n\"+++\" name", "added", "@@ -0,0 +1 @@\n+x", 1},
	} {
		f := got[c.name]
		if f == nil {
			t.Errorf("%q is missing", c.name)
			continue
		}
		if f["status"] != c.status || f["additions"] != c.additions || f["patch"] != c.patch {
			t.Errorf("%q: %v, %v additions, patch %q\nwant %v, %v, %q", c.name, f["status"], f["additions"], f["patch"], c.status, c.additions, c.patch)
		}
	}
	if got["dir/moved.txt"]["previous_filename"] != "moved.txt" {
		t.Errorf("renamed from %v", got["dir/moved.txt"]["previous_filename"])
	}
	if len(got) != 9 {
		t.Errorf("%d files, want 9", len(got))
	}
}

func TestGitHubLeavesLargePatchesOut(t *testing.T) {
	limits := localhub.Limits{FilePatchLines: 50, DiffLines: 120}
	s := begin(t, localhub.Options{Limits: limits}, localhub.Files{"README": "x\n"})
	s.repo.Commit("feature", "large", s.dev, localhub.Files{
		"a": numbered(51), "b": numbered(45), "c": numbered(45), "d": numbered(45),
	})
	p := s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Large", Author: s.dev})
	for i, f := range s.list("/repos/acme/shop/pulls/1/files") {
		_, has := f["patch"]
		if want := i == 1 || i == 2; has != want {
			t.Errorf("%v has a patch: %v, want %v", f["filename"], has, want)
		}
	}
	// Where there is no patch, there is no place for a comment.
	status, _ := s.call("POST", "/repos/acme/shop/pulls/1/reviews", s.token, object{
		"commit_id": p.Head(), "event": "COMMENT", "body": "x", "comments": []object{{"path": "a", "line": 1, "body": "x"}},
	})
	if status != 422 {
		t.Errorf("a comment without a patch: %d", status)
	}
	response, _ := s.request("GET", "/repos/acme/shop/pulls/1", s.token, nil, "Accept", "application/vnd.github.diff")
	if response.StatusCode != http.StatusNotAcceptable {
		t.Errorf("the .diff is given: %d", response.StatusCode)
	}
}

func TestListsComeInPages(t *testing.T) {
	s := begin(t, localhub.Options{Limits: localhub.Limits{Files: 70}}, localhub.Files{"README": "x\n"})
	files := localhub.Files{}
	for i := range 80 {
		files[fmt.Sprintf("f%03d", i)] = "x\n"
	}
	s.repo.Commit("feature", "many", s.dev, files)
	s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Many", Author: s.dev})
	for _, c := range []struct {
		query, rels string
		files       int
	}{
		{"", "next last", 30},
		{"?page=2", "prev next last first", 30},
		{"?page=3", "prev first", 10}, // 70 is the cap
		{"?page=9", "prev first", 0},
		{"?per_page=100", "", 70},
		{"?per_page=1000", "", 70},
	} {
		response, body := s.request("GET", "/repos/acme/shop/pulls/1/files"+c.query, s.token, nil)
		var rels []string
		for _, link := range strings.Split(response.Header.Get("Link"), ", ") {
			if _, rel, ok := strings.Cut(link, `rel="`); ok {
				rels = append(rels, strings.TrimSuffix(rel, `"`))
			}
		}
		if n := strings.Count(string(body), `"filename"`); n != c.files || strings.Join(rels, " ") != c.rels {
			t.Errorf("%q: %d files, links %v; want %d, %s", c.query, n, rels, c.files, c.rels)
		}
	}
	response, _ := s.request("GET", "/repos/acme/shop/pulls/1/files?per_page=50", s.token, nil)
	next, _, _ := strings.Cut(strings.TrimPrefix(response.Header.Get("Link"), "<"), ">")
	if _, body := s.request("GET", next, s.token, nil); strings.Count(string(body), `"filename"`) != 20 {
		t.Errorf("following %s", next)
	}
}

func TestHeadsMoveAndBasesDoNot(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	began := s.repo.Tip("main")
	first := s.repo.Commit("feature", "one", s.dev, localhub.Files{"b": "b\n"})
	p := s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Feature", Author: s.dev})
	s.repo.Commit("main", "meanwhile", s.dev, localhub.Files{"c": "c\n"})

	pull := func() object { return s.must(200, "GET", "/repos/acme/shop/pulls/1", nil) }
	sha := func(side string) any { return pull()[side].(object)["sha"] }
	if sha("base") != began {
		t.Error("the base's SHA moved with its branch; GitHub's does not")
	}
	second := s.repo.Commit("feature", "two", s.dev, localhub.Files{"b": "bb\n"})
	if sha("head") != second || sha("base") != s.repo.Tip("main") || p.MergeBase() != began {
		t.Error("a push did not move the head, or moved the merge base")
	}
	forced := s.repo.Commit("feature", "other", s.dev, localhub.Files{"b": "b2\n"}, localhub.From("main"))
	if sha("head") != forced || p.MergeBase() != s.repo.Tip("main") {
		t.Error("a force-push did not move head and merge base")
	}
	if got, _ := git(t, s.repo.GitDir(), "rev-parse", "refs/pull/1/head"); got != forced {
		t.Errorf("refs/pull/1/head is %s", got)
	}
	if _, err := git(t, s.repo.GitDir(), "cat-file", "-e", first); err != nil {
		t.Error("GitHub keeps what a force-push left behind")
	}
}

func TestPullRequestsFromForks(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	stranger := s.hub.User("stranger")
	fork := s.repo.Fork(stranger)
	fork.Commit("patch", "a gift", stranger, localhub.Files{"b": "b\n"})
	p := s.repo.OpenPull(localhub.NewPull{Head: "patch", HeadRepo: fork, Title: "A gift", Author: stranger})

	if got, _ := git(t, s.repo.GitDir(), "rev-parse", "refs/pull/1/head"); got != p.Head() {
		t.Errorf("refs/pull/1/head in the base repository is %s, want %s", got, p.Head())
	}
	pushed := fork.Commit("patch", "another", stranger, localhub.Files{"c": "c\n"})
	if p.Head() != pushed {
		t.Error("a push to the fork did not move the head")
	}
	found := s.list("/repos/acme/shop/pulls?head=stranger:patch")
	if len(found) != 1 || len(s.list("/repos/acme/shop/pulls?head=acme:patch")) != 0 {
		t.Errorf("by head: %d", len(found))
	}
	run := s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": "Assay", "head_sha": p.Head()})
	if pulls := run["pull_requests"].([]any); len(pulls) != 0 {
		t.Error("a check run names a fork's pull request; GitHub's are empty")
	}
	compared := s.must(200, "GET", "/repos/acme/shop/compare/main...stranger:patch", nil)
	if compared["ahead_by"] != 2.0 || len(compared["commits"].([]any)) != 2 {
		t.Errorf("compare says %v ahead", compared["ahead_by"])
	}
	fork.Delete()
	if head := s.must(200, "GET", "/repos/acme/shop/pulls/1", nil)["head"].(object); head["repo"] != nil || head["sha"] != pushed {
		t.Error("a deleted fork is a head without repository")
	}
	if _, err := git(t, s.repo.GitDir(), "cat-file", "-e", pushed); err != nil {
		t.Error("the base repository lost the fork's commits")
	}
}

func TestCompareAndBelow(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"dir/a": "a\n", "run": "x\n"})
	began := s.repo.Tip("main")
	s.repo.Commit("claude/feature", "one", s.dev, localhub.Files{"b": "b\n"})
	s.repo.Commit("claude/feature", "two", s.dev, localhub.Files{"c": "c\n"})
	s.repo.Commit("main", "meanwhile", s.dev, localhub.Files{"d": "d\n"})
	s.repo.Commit("lonely", "apart", s.dev, localhub.Files{"z": "z\n"}, localhub.Orphan())
	s.repo.Protect("main")
	s.repo.OpenPull(localhub.NewPull{Head: "claude/feature", Title: "Feature", Author: s.dev})

	got := s.must(200, "GET", "/repos/acme/shop/compare/main...claude/feature", nil)
	if got["status"] != "diverged" || got["ahead_by"] != 2.0 || got["behind_by"] != 1.0 || got["total_commits"] != 2.0 ||
		got["merge_base_commit"].(object)["sha"] != began || len(got["files"].([]any)) != 2 {
		t.Errorf("compare: %v ahead, %v behind, %v", got["ahead_by"], got["behind_by"], got["status"])
	}
	if one := s.must(200, "GET", "/repos/acme/shop/compare/main...claude/feature?per_page=1&page=2", nil); len(one["commits"].([]any)) != 1 || len(one["files"].([]any)) != 0 {
		t.Error("files stand on the first page only")
	}
	if status, answer := s.call("GET", "/repos/acme/shop/compare/main...lonely", s.token, nil); status != 404 || !strings.Contains(answer["message"].(string), "No common ancestor") {
		t.Errorf("without a common ancestor: %d %v", status, answer)
	}
	if branch := s.must(200, "GET", "/repos/acme/shop/branches/claude/feature", nil); branch["protected"] != false {
		t.Error("an unprotected branch is protected")
	}
	if branch := s.must(200, "GET", "/repos/acme/shop/branches/main", nil); branch["protected"] != true || branch["commit"].(object)["sha"] != s.repo.Tip("main") {
		t.Error("main is not protected, or not at its tip")
	}
	commit := s.must(200, "GET", "/repos/acme/shop/commits/claude/feature", nil)
	if commit["author"].(object)["login"] != "dev" || len(commit["files"].([]any)) != 1 {
		t.Errorf("commit: %v", commit["author"])
	}
	if pulls := s.list("/repos/acme/shop/commits/" + s.repo.Tip("claude/feature") + "/pulls"); len(pulls) != 1 {
		t.Errorf("pulls of the commit: %d", len(pulls))
	}
	tree := s.must(200, "GET", "/repos/acme/shop/git/trees/main?recursive=1", nil)
	if n := len(tree["tree"].([]any)); n != 4 || tree["truncated"] != false { // dir, dir/a, d, run
		t.Errorf("tree has %d entries", n)
	}
	file := s.must(200, "GET", "/repos/acme/shop/contents/dir/a?ref=main", nil)
	if file["content"] != "YQo=\n" || file["encoding"] != "base64" {
		t.Errorf("content: %v", file["content"])
	}
	if blob := s.must(200, "GET", "/repos/acme/shop/git/blobs/"+file["sha"].(string), nil); blob["content"] != "YQo=\n" {
		t.Errorf("blob: %v", blob)
	}
	if _, raw := s.request("GET", "/repos/acme/shop/contents/dir/a", s.token, nil, "Accept", "application/vnd.github.raw+json"); string(raw) != "a\n" {
		t.Errorf("raw: %q", raw)
	}
	if len(s.list("/repos/acme/shop/contents/dir")) != 1 || len(s.list("/repos/acme/shop/pulls/1/commits")) != 2 {
		t.Error("a directory or the commits are not listed")
	}
	if status, _ := s.call("GET", "/repos/acme/shop/contents/none", s.token, nil); status != 404 {
		t.Errorf("a file that is not there: %d", status)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	writer, stranger := s.hub.User("writer"), s.hub.User("stranger")
	s.acme.AddMember(s.dev)
	s.repo.SetRole(writer, "maintain")
	for login, want := range map[string]string{"dev": "read", "writer": "write", "stranger": "none", "acme": "admin"} {
		got := s.must(200, "GET", "/repos/acme/shop/collaborators/"+login+"/permission", nil)
		if got["permission"] != want {
			t.Errorf("%s: %v, want %s", login, got["permission"], want)
		}
	}
	s.repo.Commit("feature", "x", s.dev, localhub.Files{"b": "b\n"})
	s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "x", Author: s.dev})
	const reviewers = "/repos/acme/shop/pulls/1/requested_reviewers"
	s.must(201, "POST", reviewers, object{"reviewers": []string{"writer"}})
	for _, refused := range []string{"dev", stranger.Login()} {
		if status, _ := s.call("POST", reviewers, s.token, object{"reviewers": []string{refused}}); status != 422 {
			t.Errorf("%s was asked: %d", refused, status)
		}
	}
	if got := s.must(200, "GET", reviewers, nil); len(got["users"].([]any)) != 1 {
		t.Errorf("asked: %v", got)
	}
}

func TestGitHubRefusesPullRequestsThatCanNotBe(t *testing.T) {
	var failure error
	s := begin(t, localhub.Options{Fail: func(err error) { failure = err }}, localhub.Files{"a": "a\n"})
	s.repo.Commit("feature", "x", s.dev, localhub.Files{"b": "b\n"})
	s.repo.Push("same", "main", s.dev)
	s.repo.Push("twin", "feature", s.dev)
	for _, c := range []struct {
		head, base, want string
	}{
		{"feature", "main", ""},
		{"feature", "main", "already exists"},
		{"twin", "main", ""}, // two pull requests with one head commit need two branches, or two bases
		{"same", "main", "no commits between"},
		{"nowhere", "main", "is no branch"},
	} {
		failure = nil
		s.repo.OpenPull(localhub.NewPull{Head: c.head, Base: c.base, Title: "T", Author: s.dev})
		if c.want == "" && failure != nil || c.want != "" && (failure == nil || !strings.Contains(failure.Error(), c.want)) {
			t.Errorf("%s into %s: %v, want %q", c.head, c.base, failure, c.want)
		}
	}
}
