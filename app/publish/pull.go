package publish

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// Pull is an open pull request with what is known of it at its head.
type Pull struct {
	Number int
	Head   checks.CommitSHA
	Draft  bool

	// Current says that GitHub named Head as the head of this pull request a moment ago, which saves asking again before
	// comments are placed.
	Current bool

	// Result is what the review found; nil when there is none.
	Result *review.Result

	// Unscanned is what could not be looked at besides Result.Unscanned: a policy that does not parse, an analysis that
	// was given up.
	Unscanned []checks.Unscanned

	Decision  policy.Decision
	CommentAt checks.Severity // new findings this bad or worse get a comment
	Policy    string          // where the policy came from, for people

	// Placed is what [Publisher.Review] gave back.
	Placed Placed
}

// Placed holds the address of the inline comment on each finding that has one, by the finding's index in
// Result.Findings.
type Placed map[int]string

// Gate is the verdict on a commit.
type Gate struct {
	Name string // of the check run
	Head checks.CommitSHA

	// Pulls are the pull requests with this head whose verdict counts. The worst decides.
	Pulls []Pull

	// Pending are pull requests with this head that have no verdict yet. While there are any, the check is in progress.
	Pending []int

	// Failure says why there is no verdict and will be none without a person's help. It concludes the check as failed,
	// whatever else is known: a check must not stay in progress for ever, and must not pass what was not checked.
	Failure string
}

// found gives the indices of the new findings that a person should see, the most severe first.
func (p *Pull) found() []int {
	if p.Result == nil {
		return nil
	}
	var indices []int
	for i, f := range p.Result.Findings {
		if f.Status == checks.New && f.Severity.Rank() > checks.Info.Rank() {
			indices = append(indices, i)
		}
	}
	slices.SortStableFunc(indices, func(a, b int) int {
		return cmp.Compare(p.Result.Findings[b].Severity.Rank(), p.Result.Findings[a].Severity.Rank())
	})
	return indices
}

// existing counts the findings that were there before the change.
func (p *Pull) existing() int {
	if p.Result == nil {
		return 0
	}
	n := 0
	for _, f := range p.Result.Findings {
		if f.Status == checks.Existing && f.Severity.Rank() > checks.Info.Rank() {
			n++
		}
	}
	return n
}

// unscanned is everything that makes the verdict incomplete.
func (p *Pull) unscanned() []checks.Unscanned {
	all := slices.Clone(p.Unscanned)
	if p.Result != nil {
		all = append(all, p.Result.Unscanned...)
	}
	return slices.DeleteFunc(all, func(u checks.Unscanned) bool { return u.Kind != checks.Failed })
}

// atHead reports whether a finding has lines in a file at the head that GitHub's API can name.
func atHead(f *checks.Finding) bool {
	return f.Location.Commit == "" && f.Location.Path != "" && f.Location.Start.Line >= 1 &&
		utf8.ValidString(string(f.Location.Path))
}

// onlyInCommit reports whether a finding stands in a commit of the change and no longer at its head.
func onlyInCommit(f *checks.Finding) bool { return f.Location.Commit != "" }

// together leaves of the findings those that get a comment of their own. The others of their groups are told in it.
func (p *Pull) together(indices []int) (leaders []int, with map[int][]int) {
	if p.Result == nil {
		return nil, nil
	}
	return review.Together(p.Result.Findings, indices)
}

// at are the findings of these indices.
func (p *Pull) at(indices []int) []*checks.Finding {
	var findings []*checks.Finding
	for _, i := range indices {
		findings = append(findings, &p.Result.Findings[i])
	}
	return findings
}

// share gives the findings that were told with another the address of its comment.
func (p Placed) share(with map[int][]int) {
	for leader, others := range with {
		if address, ok := p[leader]; ok {
			for _, i := range others {
				p[i] = address
			}
		}
	}
}
