package gitrepo

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func TestAFetchBringsTheChangeAndNothingElse(t *testing.T) {
	r := newRepository(t)
	r.write("unchanged", "secret of the rest\n")
	r.write("a", lines(9))
	for i := range 20 {
		r.write("b", lines(i))
		r.commit("old")
	}
	base := r.head()
	r.git("checkout", "-q", "-b", "feature")
	r.write("a", lines(10))
	first := r.commit("first")
	r.write("c", "c\n")
	head := r.commit("second")
	r.git("checkout", "-q", "main")
	r.write("b", "main went on\n")
	target := r.commit("third")

	s := newServer(t)
	s.token = exampleToken()
	m := newMirrors(t, MirrorOptions{})
	q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Token: s.token, Head: head, MergeBase: base, Target: target, Commits: 2}
	got := fetch(t, m, q)

	if diff := cmp.Diff("modified a -9,0+10,1\nadded c -0,0+1,1\n", show(got.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	var commits []checks.CommitSHA
	for _, c := range got.Change().Commits {
		commits = append(commits, c.SHA)
	}
	if diff := cmp.Diff([]checks.CommitSHA{first, head}, commits); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
	if len(got.Unscanned()) > 0 {
		t.Errorf("unscanned: %v", got.Unscanned())
	}
	blob := objectID(r.git("rev-parse", "HEAD:unchanged"))
	if absent, err := got.objects.missing(t.Context(), []objectID{blob}); err != nil || len(absent) != 1 {
		t.Errorf("the content of an unchanged file was fetched (%v)", err)
	}
	if got := readTree(t, got.Change().Head, "unchanged"); got != "secret of the rest\n" {
		t.Errorf("unchanged holds %q", got)
	}
	before := s.count("POST")
	fetch(t, m, q)
	if s.count("POST") != before {
		t.Error("a second fetch of the same asked the server again")
	}
}
