package publish

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/checks"
)

// Review says at the lines what is new in a pull request and has not been said there before, in one review for each
// push at most. It gives back which findings have a comment now; the rest is for the check run. A draft gets none until
// it is ready. When the head has moved it is [ErrStale].
func (p *Publisher) Review(ctx context.Context, pull Pull) (Placed, error) {
	wanted, with := pull.together(pull.commentable())
	if len(wanted) == 0 {
		return nil, nil
	}
	said, whole, err := p.ownComments(ctx, pull.Number)
	if err != nil {
		return nil, err
	}
	placed, left := match(said, &pull, wanted)
	defer func() { placed.share(with) }()
	if pull.Draft || !whole || len(left) == 0 || answered(said, pull.push()) {
		return placed, nil
	}
	if !pull.Current {
		if err := p.checkHead(ctx, pull); err != nil {
			return nil, err
		}
	}
	drafts, err := p.drafts(ctx, &pull, left, with)
	if err != nil || len(drafts) == 0 {
		return placed, err
	}
	review, err := p.submit(ctx, pull, drafts)
	if err != nil || review == nil {
		return placed, err
	}
	return placed, p.addPosted(ctx, &pull, review, left, placed)
}

// commentable gives the indices of the findings that deserve a comment, the most severe first.
func (p *Pull) commentable() []int {
	var indices []int
	for _, i := range p.found() {
		if f := &p.Result.Findings[i]; f.Severity.AtLeast(p.CommentAt) && atHead(f) {
			indices = append(indices, i)
		}
	}
	return indices
}

// answered reports whether a push has its review already. A review appears whole or not at all.
func answered(said []comment, push string) bool {
	for _, c := range said {
		if c.push == push {
			return true
		}
	}
	return false
}

// checkHead makes sure that what was reviewed is what people look at. GitHub would take comments on an older commit and
// show them as outdated.
func (p *Publisher) checkHead(ctx context.Context, pull Pull) error {
	now, _, err := p.client.PullRequests.Get(ctx, p.owner, p.repo, pull.Number)
	if err != nil {
		return fmt.Errorf("read the head of pull request %d: %w", pull.Number, err)
	}
	if head := now.GetHead().GetSHA(); head != string(pull.Head) {
		return fmt.Errorf("review of pull request %d at %.12s, now at %.12s: %w", pull.Number, pull.Head, head, ErrStale)
	}
	return nil
}

// draft is a comment that is ready to be sent.
type draft struct {
	severity checks.Severity
	place    place
	path     string
	body     string
	told     int // how many findings it is about
}

// drafts writes the comments on those findings that GitHub shows lines of, up to MaxInline.
func (p *Publisher) drafts(ctx context.Context, pull *Pull, indices []int, with map[int][]int) ([]draft, error) {
	patches, err := p.patches(ctx, pull, indices)
	if err != nil {
		return nil, err
	}
	var drafts []draft
	for _, i := range indices {
		if len(drafts) == MaxInline {
			break
		}
		f := &pull.Result.Findings[i]
		at, ok := placeComment(f, patches[f.Location.Path])
		if !ok {
			continue
		}
		drafts = append(drafts, draft{
			severity: f.Severity,
			place:    at,
			path:     string(f.Location.Path),
			body:     p.commentBody(f, pull.Head, pull.at(with[i]), at.suggestion, newMarker(f, pull.push())),
			told:     1 + len(with[i]),
		})
	}
	return drafts, nil
}

// patches reads what GitHub shows of the files with findings, page by page until all are seen. A file whose content is
// not the one that was analysed is left out, and so is one whose patch is missing or makes no sense.
func (p *Publisher) patches(ctx context.Context, pull *Pull, indices []int) (map[checks.Path]patch, error) {
	missing := map[checks.Path]checks.BlobID{}
	for _, i := range indices {
		missing[pull.Result.Findings[i].Location.Path] = ""
	}
	for _, f := range pull.Result.Files {
		if _, ok := missing[f.Path]; ok {
			missing[f.Path] = f.Blob
		}
	}
	found := map[checks.Path]patch{}
	options := github.ListOptions{Page: 1, PerPage: perPage}
	for range maxFilePages {
		files, response, err := p.client.PullRequests.ListFiles(ctx, p.owner, p.repo, pull.Number, &options)
		if err != nil {
			return nil, fmt.Errorf("list the files of pull request %d: %w", pull.Number, err)
		}
		for _, file := range files {
			path := checks.Path(file.GetFilename())
			blob, ok := missing[path]
			if !ok {
				continue
			}
			delete(missing, path)
			if blob != "" && file.GetSHA() != string(blob) {
				continue
			}
			if parsed, err := parsePatch(file.GetPatch()); err == nil {
				found[path] = parsed
			}
		}
		if response.NextPage == 0 || len(missing) == 0 {
			break
		}
		options.Page = response.NextPage
	}
	return found, nil
}

// addPosted adds the addresses of the comments of a review that was just made.
func (p *Publisher) addPosted(ctx context.Context, pull *Pull, review *github.PullRequestReview, left []int, placed Placed) error {
	posted, _, err := p.client.PullRequests.ListReviewComments(ctx, p.owner, p.repo, pull.Number, review.GetID(),
		&github.ListOptions{PerPage: perPage})
	if err != nil {
		return fmt.Errorf("list the comments of review %d: %w", review.GetID(), err)
	}
	more, _ := match(p.own(posted), pull, left)
	for i, address := range more {
		placed[i] = address
	}
	return nil
}
