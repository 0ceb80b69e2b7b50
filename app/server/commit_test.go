package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// A check run belongs to a commit. These tests are about several pull requests that share one.

// twins are two branches into which the same commit can be opened: under main the commit adds a key, under lax the key
// is there already.
func twins(t *testing.T, newWorld ground) *world {
	w := newWorld(t, enforcing(nil))
	w.repo.Commit("lax", "Has the key already", w.dev, settings(anthropicKey(1)), localhub.From("main"))
	w.repo.Commit("feature", "Add a line", w.dev, localhub.Files{"app.py": "x = 1\n"}, localhub.From("lax"))
	return w
}

// noGit lets no fetch succeed.
func noGit(r *http.Request) *localhub.Fault {
	if strings.Contains(r.URL.Path, ".git/") {
		return &localhub.Fault{Status: http.StatusInternalServerError}
	}
	return nil
}

func (w *world) openFeature(base string) *localhub.PullRequest {
	w.t.Helper()
	return w.repo.OpenPull(localhub.NewPull{Head: "feature", Base: base, Title: "Into " + base, Author: w.dev})
}

func TestTheWorstVerdictOfTwoPullRequestsWithOneHeadDecides(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		for name, order := range map[string][]string{
			"the bad one first": {"main", "lax"},
			"the bad one last":  {"lax", "main"},
		} {
			t.Run(name, func(t *testing.T) {
				w := twins(t, newWorld)
				w.repo.Protect("lax")
				pulls := map[string]*localhub.PullRequest{}
				for _, base := range order {
					pulls[base] = w.openFeature(base)
					w.hub.Flush()
				}
				head := pulls["main"].Head()
				w.concluded(head, "Assay", "failure")

				pulls["main"].Close(w.dev)
				w.concluded(head, "Assay", "success")

				pulls["main"].Reopen(w.dev)
				w.concluded(head, "Assay", "failure")
			})
		}
	})
}

func TestTheSameCommitOpenedIntoALaxBranchBuysNoGreenGate(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := twins(t, newWorld)
		lax := w.openFeature("lax")
		w.concluded(lax.Head(), "Assay (branch not gated)", "success")
		if run, ok := w.check(lax.Head(), "Assay"); ok {
			t.Fatalf("the gate is %s %s before anyone asked to merge into main", run.Status, run.Conclusion)
		}
		w.openFeature("main")
		w.concluded(lax.Head(), "Assay", "failure")
		w.concluded(lax.Head(), "Assay (branch not gated)", "success")
	})
}

func TestRetargetingIsJudgedAgainstTheNewBase(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := twins(t, newWorld)
		pull := w.openFeature("lax")
		w.concluded(pull.Head(), "Assay (branch not gated)", "success")
		pull.Retarget("main", w.dev)
		w.concluded(pull.Head(), "Assay", "failure")
	})
}

func TestTheGateIsShutFromTheMomentASecondPullRequestIsOpened(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := twins(t, newWorld)
		w.repo.Protect("lax")
		lax := w.openFeature("lax")
		w.concluded(lax.Head(), "Assay", "success")

		// The fetch for the second one gets no answer: until it is reviewed, the green of the first must not count.
		w.hub.Faults(noGit)
		w.openFeature("main")
		w.eventually(func() bool {
			run, _ := w.check(lax.Head(), "Assay")
			return run.Status != "completed"
		}, func() string { return "the gate stays green while the second pull request waits" })
		w.hub.Faults(nil)
		w.concluded(lax.Head(), "Assay", "failure")
	})
}

func TestAPullRequestFromTheDefaultBranchIntoAReleaseIsSeen(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		w.repo.Commit("release", "Fork off", w.dev, localhub.Files{"VERSION": "1\n"}, localhub.From("main"))
		w.repo.Protect("release")
		w.repo.Commit("main", "Add settings", w.dev, settings(anthropicKey(1)))
		pull := w.repo.OpenPull(localhub.NewPull{Head: "main", Base: "release", Title: "Release", Author: w.dev})
		w.concluded(pull.Head(), "Assay", "failure")
		if n := len(pull.ReviewComments()); n != 1 {
			t.Errorf("%d comments, want one", n)
		}
	})
}

func TestAMergeGroupIsAlwaysConcluded(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		pull := w.open("feature", "main", clean())
		w.concluded(pull.Head(), "Assay", "success")
		head := pull.QueueMerge(w.dev)
		w.concluded(head, "Assay", "success")
	})
}

func TestAPullRequestClosedDuringItsReviewLeavesNoCheckInProgress(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		w.hub.Faults(noGit)
		pull := w.open("feature", "main", clean())
		w.eventually(func() bool {
			run, ok := w.check(pull.Head(), "Assay")
			return ok && run.Status == "in_progress"
		}, func() string { return "the review did not begin" })
		pull.Close(w.dev)
		w.hub.Faults(nil)
		w.concluded(pull.Head(), "Assay", "cancelled")
	})
}
