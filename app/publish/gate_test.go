package publish

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

func TestWhatAVerdictDoesToTheMerge(t *testing.T) {
	found := []checks.Finding{finding("new.py", 1)}
	low := finding("new.py", 1)
	low.Severity = checks.Low
	unread := []checks.Unscanned{{Path: "model.bin", Reason: "larger than 50 MiB", Kind: checks.Failed}}
	audit, lenient := policy.Default(), enforcing()
	lenient.OnIncomplete = policy.AllowIncomplete

	for name, test := range map[string]struct {
		rules      policy.Policy
		findings   []checks.Finding
		unscanned  []checks.Unscanned
		conclusion string
		title      string
	}{
		"nothing found":                  {enforcing(), nil, nil, "success", "No new findings"},
		"nothing that blocks":            {enforcing(), []checks.Finding{low}, nil, "success", "1 new finding, none that blocks"},
		"a finding that blocks":          {enforcing(), found, nil, "failure", "Blocked: 1 new finding of severity high or above"},
		"something not scanned":          {enforcing(), nil, unread, "failure", "Not everything could be checked: 1 thing could not be scanned"},
		"both":                           {enforcing(), found, unread, "failure", "Blocked: 1 new finding of severity high or above, 1 thing could not be scanned"},
		"something not scanned, allowed": {lenient, nil, unread, "neutral", "Incomplete, which the policy allows: 1 thing could not be scanned"},
		"nothing found in audit":         {audit, nil, nil, "success", "No new findings"},
		"a finding in audit":             {audit, found, nil, "neutral", "Audit: would have blocked: 1 new finding of severity high or above"},
		"something not scanned in audit": {audit, nil, unread, "neutral", "Audit: would not have passed: 1 thing could not be scanned"},
	} {
		t.Run(name, func(t *testing.T) {
			pull := decidedBy(test.rules, Pull{Number: 1, Head: "c0ffee", Result: &review.Result{Findings: test.findings}, Unscanned: test.unscanned})
			got := offline().gate(&Gate{Name: "Assay", Head: "c0ffee", Pulls: []Pull{pull}})
			if got.status != "completed" || got.conclusion != test.conclusion || got.title != test.title {
				t.Errorf("%s %s: %s", got.status, got.conclusion, got.title)
			}
		})
	}
}

// offline is a publisher that can only write text.
func offline() *Publisher {
	return New(nil, "acme", "shop", Identity{AppID: 1, BotLogin: "assay[bot]"}, testLinks("https://github.example"))
}

func TestTheWorstVerdictDecides(t *testing.T) {
	verdict := func(number int, rules policy.Policy, findings ...checks.Finding) Pull {
		return decidedBy(rules, Pull{Number: number, Head: "c0ffee", Result: &review.Result{Findings: findings}})
	}
	bad := finding("new.py", 1)
	for name, test := range map[string]struct {
		pulls      []Pull
		conclusion string
		title      string
	}{
		"a block beats a pass":                      {[]Pull{verdict(1, enforcing()), verdict(2, enforcing(), bad)}, "failure", "#2: Blocked"},
		"in any order":                              {[]Pull{verdict(2, enforcing(), bad), verdict(1, enforcing())}, "failure", "#2: Blocked"},
		"one that fails beats one that only audits": {[]Pull{verdict(1, policy.Default(), bad), verdict(2, enforcing(), bad)}, "failure", "#2: Blocked"},
		"of equals, the first speaks":               {[]Pull{verdict(2, enforcing()), verdict(1, enforcing())}, "success", "#1: No new findings"},
	} {
		t.Run(name, func(t *testing.T) {
			g := Gate{Name: "Assay", Head: "c0ffee", Pulls: test.pulls}
			g.order()
			got := offline().gate(&g)
			if got.conclusion != test.conclusion || !strings.HasPrefix(got.title, test.title) {
				t.Errorf("%s: %s", got.conclusion, got.title)
			}
		})
	}
}

func TestTheGateBegins(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(3)})
	head := checks.CommitSHA(pull.Head())
	start := func(reopen bool) localhub.CheckRun {
		t.Helper()
		if err := s.publisher().Start(context.Background(), head, "Assay", reopen); err != nil {
			t.Fatal(err)
		}
		return s.run(pull.Head(), "Assay")
	}
	first := start(false)
	if first.Status != "in_progress" {
		t.Errorf("the gate is %s", first.Status)
	}
	if again := start(true); again.ID != first.ID {
		t.Error("one in progress was begun again")
	}
	s.mustPublish(judged(pull))
	if done := s.run(pull.Head(), "Assay"); done.ID != first.ID || done.Conclusion != "success" {
		t.Errorf("the run in progress was not concluded: %+v", done)
	}
	if still := start(false); still.Status != "completed" {
		t.Error("a concluded gate was reopened by a mere update")
	}
	if reopened := start(true); reopened.Status != "in_progress" || reopened.Conclusion != "" {
		t.Errorf("the gate is %s %s", reopened.Status, reopened.Conclusion)
	}
	s.mustPublish(judged(pull))
	if done := s.run(pull.Head(), "Assay"); done.Conclusion != "success" {
		t.Errorf("the gate is %s", done.Conclusion)
	}
}

func TestTheGateWaitsForEveryPullRequest(t *testing.T) {
	s := begin(t)
	a, b := twins(s)
	p, ctx := s.publisher(), context.Background()
	s.mustPublish(judged(a))
	waiting := Gate{Name: "Assay", Head: checks.CommitSHA(a.Head()), Pulls: []Pull{judged(a)}, Pending: []int{b.Number()}}
	if err := p.Conclude(ctx, waiting); err != nil {
		t.Fatal(err)
	}
	gate := s.run(a.Head(), "Assay")
	if gate.Status != "in_progress" || gate.Title != "Waiting for the review of #2" {
		t.Errorf("%s: %s", gate.Status, gate.Title)
	}
	if !strings.Contains(gate.Summary, "| [#1](") || !strings.Contains(gate.Summary, "| not reviewed yet |") {
		t.Errorf("the summary does not say who has what verdict:\n%s", gate.Summary)
	}
	waiting.Failure = "the analysis was given up after 5 attempts: out of memory"
	if err := p.Conclude(ctx, waiting); err != nil {
		t.Fatal(err)
	}
	gate = s.run(a.Head(), "Assay")
	if gate.Conclusion != "failure" || !strings.Contains(gate.Title, "out of memory") {
		t.Errorf("a failure for good does not conclude: %s %s", gate.Conclusion, gate.Title)
	}
}

func TestACommitWithoutPullRequestsDoesNotPass(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(3)})
	if err := s.publisher().Conclude(context.Background(), Gate{Name: "Assay", Head: checks.CommitSHA(pull.Head())}); err != nil {
		t.Fatal(err)
	}
	if gate := s.run(pull.Head(), "Assay"); gate.Conclusion != "cancelled" {
		t.Errorf("the gate is %s", gate.Conclusion)
	}
}

func TestAFamilyThatHasNothingToSayAnyMoreSucceeds(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(30)})
	secret := finding("new.py", 2)
	secret.Check = checks.Secret
	s.mustPublish(judged(pull, finding("new.py", 1), secret))
	s.mustPublish(judged(pull, secret))
	if agent := s.run(pull.Head(), "Assay: agent"); agent.Conclusion != "success" {
		t.Errorf("agent is %s", agent.Conclusion)
	}
	if other := s.run(pull.Head(), "Assay: secret"); other.Conclusion != "neutral" || other.Title != "1 new finding: 1 high" {
		t.Errorf("secret is %s: %s", other.Conclusion, other.Title)
	}
	if n := len(s.repo.AllCheckRuns(pull.Head())); n != 3 {
		t.Errorf("%d check runs, want 3: these are updated in place", n)
	}
}

func TestTheSameVerdictIsNotWrittenAgain(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(150)})
	verdict := judged(pull, findings("new.py", 80)...)
	s.mustPublish(verdict)
	s.wire.revive()
	verdict.Result.Stats.Seconds *= 3
	s.mustPublish(verdict)
	if s.wire.writes != 0 {
		t.Errorf("%d writes because another run took longer", s.wire.writes)
	}
}

func TestAnotherVerdictDoesNotKeepOldAnnotations(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(150)})
	s.mustPublish(judged(pull, findings("new.py", 80)...))
	if n := len(s.run(pull.Head(), "Assay").Annotations); n != 70 {
		t.Fatalf("%d annotations, want 70", n)
	}
	s.mustPublish(judged(pull))
	if gate := s.run(pull.Head(), "Assay"); gate.Conclusion != "success" || len(gate.Annotations) != 0 {
		t.Errorf("%s with %d annotations", gate.Conclusion, len(gate.Annotations))
	}
}

func TestRunsOfOthersAreLeftAlone(t *testing.T) {
	s := begin(t)
	pull := s.pull("feature", localhub.Files{"new.py": lines(3)})
	other := s.hub.App(localhub.AppOptions{Slug: "other", Owner: s.repo.Owner(), Key: appKey(), Permissions: map[string]string{"checks": "write"}})
	theirs := s.publisherOf(s.signIn(other, other.Install(s.repo.Owner())), Identity{AppID: other.ID(), BotLogin: "other[bot]"})
	if err := theirs.Start(context.Background(), checks.CommitSHA(pull.Head()), "Assay", true); err != nil {
		t.Fatal(err)
	}
	s.mustPublish(judged(pull))
	var states []string
	for _, r := range s.repo.AllCheckRuns(pull.Head()) {
		states = append(states, r.Status)
	}
	slices.Sort(states)
	if !slices.Equal(states, []string{"completed", "in_progress"}) {
		t.Errorf("check runs are %v; theirs should be in progress and ours concluded", states)
	}
}
