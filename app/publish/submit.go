package publish

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v62/github"

	md "github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// submit makes one review of comments. GitHub takes all of a review or nothing: when it refuses, the comments that it
// can't place are found by halving and left out. It is nil when none remains.
//
// The halves are tried as reviews that are begun and deleted again, never submitted, so that people see one review and
// get one message.
func (p *Publisher) submit(ctx context.Context, pull Pull, drafts []draft) (*github.PullRequestReview, error) {
	review, err := p.create(ctx, pull, drafts)
	if err == nil || !isUnprocessable(err) {
		return review, err
	}
	if err := p.checkHead(ctx, pull); err != nil {
		return nil, err
	}
	s := sieve{p: p, pull: pull, attempts: maxAttempts}
	cleared, err := p.deleteBegun(ctx, pull.Number)
	if err != nil {
		return nil, err
	}
	if !cleared {
		drafts, err = s.halves(ctx, drafts)
	}
	if err != nil || len(drafts) == 0 {
		return nil, err
	}
	review, err = p.create(ctx, pull, drafts)
	if cleared && isUnprocessable(err) {
		// A begun review was in the way, and a bad comment is too.
		if drafts, err = s.halves(ctx, drafts); err != nil || len(drafts) == 0 {
			return nil, err
		}
		review, err = p.create(ctx, pull, drafts)
	}
	if isUnprocessable(err) {
		return nil, nil // each alone is fine and together they are not: all of it is in the check run
	}
	return review, err
}

// create submits a review.
func (p *Publisher) create(ctx context.Context, pull Pull, drafts []draft) (*github.PullRequestReview, error) {
	request := github.PullRequestReviewRequest{
		CommitID: github.String(string(pull.Head)),
		Event:    github.String("COMMENT"),
		Body:     github.String(reviewBody(pull, drafts)),
	}
	for _, d := range drafts {
		request.Comments = append(request.Comments, d.request(d.body))
	}
	review, _, err := p.client.PullRequests.CreateReview(ctx, p.owner, p.repo, pull.Number, &request)
	if err != nil {
		return nil, fmt.Errorf("review pull request %d: %w", pull.Number, err)
	}
	return review, nil
}

func (d *draft) request(body string) *github.DraftReviewComment {
	request := &github.DraftReviewComment{
		Path: github.String(d.path),
		Body: github.String(body),
		Line: github.Int(d.place.last),
		Side: github.String("RIGHT"),
	}
	if d.place.first < d.place.last {
		request.StartLine, request.StartSide = github.Int(d.place.first), github.String("RIGHT")
	}
	return request
}

// reviewBody is the text above the comments. It says how many there are and where the rest is.
func reviewBody(pull Pull, drafts []draft) string {
	counts := map[checks.Severity]int{}
	told := 0
	for _, d := range drafts {
		counts[d.severity]++
		told += d.told
	}
	line := md.Join("", md.Text(counted(len(drafts), "new finding")), ": ", md.Text(severityList(counts)), ".")
	if more := len(pull.found()) - told; more > 0 {
		line = md.Join(" ", line, md.Text(fmt.Sprintf("%d more: see the check run.", more)))
	}
	return string(md.Blocks(md.Paragraph(line), md.Comment("assay:review at "+pull.push())))
}

// deleteBegun deletes the review that a process began and did not live to delete. GitHub lets nobody have two, and
// refuses a submitted one too while there is one. Only we see ours.
func (p *Publisher) deleteBegun(ctx context.Context, number int) (deleted bool, err error) {
	options := github.ListOptions{Page: 1, PerPage: perPage}
	for range maxReviewPages {
		reviews, response, err := p.client.PullRequests.ListReviews(ctx, p.owner, p.repo, number, &options)
		if err != nil {
			return deleted, fmt.Errorf("list the reviews of pull request %d: %w", number, err)
		}
		for _, review := range reviews {
			if review.GetState() != "PENDING" || !strings.EqualFold(review.GetUser().GetLogin(), p.id.BotLogin) {
				continue
			}
			if err := p.discard(ctx, number, review.GetID()); err != nil {
				return deleted, err
			}
			deleted = true
		}
		if response.NextPage == 0 {
			break
		}
		options.Page = response.NextPage
	}
	return deleted, nil
}

func (p *Publisher) discard(ctx context.Context, number int, review int64) error {
	_, response, err := p.client.PullRequests.DeletePendingReview(ctx, p.owner, p.repo, number, review)
	if err != nil && (response == nil || response.StatusCode != http.StatusNotFound) { // gone is what was wanted
		return fmt.Errorf("delete a begun review of pull request %d: %w", number, err)
	}
	return nil
}

// sieve finds the comments that GitHub takes.
type sieve struct {
	p        *Publisher
	pull     Pull
	attempts int // left
}

// halves tries a group that is known to be refused.
func (s *sieve) halves(ctx context.Context, group []draft) ([]draft, error) {
	if len(group) < 2 {
		return nil, nil
	}
	middle := len(group) / 2
	first, err := s.try(ctx, group[:middle])
	if err != nil {
		return nil, err
	}
	second, err := s.try(ctx, group[middle:])
	return append(first[:len(first):len(first)], second...), err
}

// try gives back those of a group that GitHub takes. What can't be tried any more counts as refused.
func (s *sieve) try(ctx context.Context, group []draft) ([]draft, error) {
	if len(group) == 0 || s.attempts == 0 {
		return nil, nil
	}
	s.attempts--
	request := github.PullRequestReviewRequest{CommitID: github.String(string(s.pull.Head))}
	for _, d := range group {
		// Without its mark: what is only tried must never be taken for said.
		request.Comments = append(request.Comments, d.request("Can this line be commented on?"))
	}
	review, _, err := s.p.client.PullRequests.CreateReview(ctx, s.p.owner, s.p.repo, s.pull.Number, &request)
	switch {
	case err == nil:
		return group, s.p.discard(ctx, s.pull.Number, review.GetID())
	case isUnprocessable(err):
		return s.halves(ctx, group)
	}
	return nil, fmt.Errorf("try comments on pull request %d: %w", s.pull.Number, err)
}
