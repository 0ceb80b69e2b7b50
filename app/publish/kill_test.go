package publish

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/checks"
)

// story is a sequence of jobs. A job that was killed is run again from its start, by a new process.
type story struct {
	pulls []*localhub.PullRequest
	jobs  []func(*scene) error
}

func (st *story) start(pull *localhub.PullRequest) {
	st.jobs = append(st.jobs, func(s *scene) error {
		return s.publisher().Start(context.Background(), checks.CommitSHA(pull.Head()), "Assay", true)
	})
}

func (st *story) decide(pending []int, pulls ...Pull) {
	st.jobs = append(st.jobs, func(s *scene) error {
		p, ctx := s.publisher(), context.Background()
		gate := Gate{Name: "Assay", Head: pulls[0].Head, Pending: pending}
		for _, pull := range pulls {
			placed, err := p.Review(ctx, pull)
			if err != nil {
				return err
			}
			pull.Placed = placed
			gate.Pulls = append(gate.Pulls, pull)
		}
		return p.Conclude(ctx, gate)
	})
}

// fixed opens a pull request whose commits are the same each time.
func (s *scene) fixed(branch, base string, files localhub.Files) *localhub.PullRequest {
	s.Helper()
	s.repo.Commit(branch, "change", s.dev, files, localhub.At(firstDay))
	return s.repo.OpenPull(localhub.NewPull{Head: branch, Base: base, Title: "A change", Author: s.dev})
}

func findings(path checks.Path, n int) []checks.Finding {
	var all []checks.Finding
	for line := range n {
		all = append(all, finding(path, line+1))
	}
	return all
}

// twins opens two pull requests with one head, into branches of which one has less.
func twins(s *scene) (a, b *localhub.PullRequest) {
	s.repo.Push("release", "main", s.dev)
	a = s.fixed("feature", "main", localhub.Files{"new.py": lines(30)})
	b = s.repo.OpenPull(localhub.NewPull{Head: "feature", Base: "release", Title: "The same", Author: s.dev})
	return a, b
}

var stories = map[string]func(*scene) story{
	"a review with findings": func(s *scene) (st story) {
		pull := s.fixed("feature", "main", localhub.Files{"new.py": lines(30)})
		st.pulls = []*localhub.PullRequest{pull}
		st.start(pull)
		st.decide(nil, judged(pull, findings("new.py", 3)...))
		return st
	},
	"more annotations than one request takes": func(s *scene) (st story) {
		pull := s.fixed("feature", "main", localhub.Files{"new.py": lines(150)})
		st.pulls = []*localhub.PullRequest{pull}
		st.start(pull)
		st.decide(nil, judged(pull, findings("new.py", 130)...))
		return st
	},
	"another verdict on the same commit": func(s *scene) (st story) {
		pull := s.fixed("feature", "main", localhub.Files{"new.py": lines(150)})
		st.pulls = []*localhub.PullRequest{pull}
		st.decide(nil, judged(pull, findings("new.py", 70)...))
		st.decide(nil, judged(pull))
		st.decide(nil, judged(pull, finding("new.py", 2)))
		return st
	},
	"comments that GitHub refuses": func(s *scene) (st story) {
		pull := s.fixed("feature", "main", localhub.Files{"new.py": lines(30)})
		st.pulls = []*localhub.PullRequest{pull}
		s.refuse([]int{3, 5})
		st.decide(nil, judged(pull, findings("new.py", 6)...))
		return st
	},
	"two pull requests on one commit": func(s *scene) (st story) {
		a, b := twins(s)
		st.pulls = []*localhub.PullRequest{a, b}
		st.start(a)
		st.decide(nil, judged(a, finding("new.py", 2)))
		st.start(b)
		st.decide([]int{b.Number()}, judged(a, finding("new.py", 2)))
		st.decide(nil, judged(a, finding("new.py", 2)), judged(b))
		return st
	},
	"two pull requests on one commit, the clean one first": func(s *scene) (st story) {
		a, b := twins(s)
		st.pulls = []*localhub.PullRequest{a, b}
		st.start(b)
		st.decide(nil, judged(b))
		st.start(a)
		st.decide([]int{a.Number()}, judged(b))
		st.decide(nil, judged(b), judged(a, finding("new.py", 2)))
		return st
	},
	"a draft that becomes ready": func(s *scene) (st story) {
		pull := s.fixed("feature", "main", localhub.Files{"new.py": lines(30)})
		st.pulls = []*localhub.PullRequest{pull}
		draft := judged(pull, findings("new.py", 3)...)
		draft.Draft = true
		st.decide(nil, draft)
		st.decide(nil, judged(pull, findings("new.py", 3)...))
		return st
	},
}

// TestAKillAfterAnyWriteChangesNothing cuts the connection after the i-th write was applied and before its answer was
// read, for every i, and expects to find on GitHub what an undisturbed run leaves.
func TestAKillAfterAnyWriteChangesNothing(t *testing.T) {
	for name, tell := range stories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, writes := endOf(t, tell, 0)
			if writes < 2 {
				t.Fatalf("%d writes: nothing to cut", writes)
			}
			for i := 1; i <= writes; i++ {
				t.Run(fmt.Sprintf("write %d of %d", i, writes), func(t *testing.T) {
					got, _ := endOf(t, tell, i)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				})
			}
		})
	}
}

// endOf tells a story with a cut, and gives what stands on GitHub then, and how many writes an undisturbed one took.
func endOf(t *testing.T, tell func(*scene) story, cut int) (end []string, writes int) {
	t.Helper()
	s := begin(t)
	st := tell(s)
	s.wire.cutFrom = cut
	for _, job := range st.jobs {
		err := job(s)
		if errors.Is(err, errKilled) {
			s.wire.revive()
			err = job(s)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if cut > 0 && s.wire.cutFrom == cut {
		t.Fatal("nothing was cut")
	}
	return s.standing(st.pulls), s.wire.writes
}

var changing = regexp.MustCompile(`discussion_r[0-9]+`)

// standing is all that can be seen on GitHub, without the numbers that differ each time.
func (s *scene) standing(pulls []*localhub.PullRequest) []string {
	var all []string
	add := func(format string, values ...any) {
		text := strings.ReplaceAll(fmt.Sprintf(format, values...), s.hub.URL(), "https://github.example")
		all = append(all, changing.ReplaceAllString(text, "discussion_rN"))
	}
	seen := map[string]bool{}
	for _, pull := range pulls {
		if !seen[pull.Head()] {
			for _, r := range s.repo.AllCheckRuns(pull.Head()) {
				add("run %s: %s %s: %s\n%s\n%s", r.Name, r.Status, r.Conclusion, r.Title, r.Summary, r.Text)
				for _, a := range r.Annotations {
					add("annotation %s:%d: %s", a.Path, a.StartLine, a.Title)
				}
			}
		}
		seen[pull.Head()] = true
		for _, r := range pull.Reviews() {
			add("review of %d: %s: %s", pull.Number(), r.State, r.Body)
		}
		for _, c := range pull.ReviewComments() {
			add("comment on %d: %s:%d: %s", pull.Number(), c.Place.Path, c.Place.Line, c.Body)
		}
	}
	return all
}

func TestTheOrderOfTwoPullRequestsDoesNotMatter(t *testing.T) {
	first, _ := endOf(t, stories["two pull requests on one commit"], 0)
	second, _ := endOf(t, stories["two pull requests on one commit, the clean one first"], 0)
	for _, name := range []string{"run Assay: completed", "run Assay: agent"} {
		if diff := cmp.Diff(newest(t, first, name), newest(t, second, name)); diff != "" {
			t.Error(diff)
		}
	}
	if gate := newest(t, first, "run Assay: completed"); !strings.HasPrefix(gate, "run Assay: completed failure: #1: Blocked: ") {
		t.Errorf("the gate is\n%s", gate)
	}
}

// newest is the run that counts of several with a name.
func newest(t *testing.T, standing []string, name string) string {
	t.Helper()
	for _, s := range standing { // the newest comes first
		if strings.HasPrefix(s, name) {
			return s
		}
	}
	t.Fatalf("there is no %s", name)
	return ""
}
