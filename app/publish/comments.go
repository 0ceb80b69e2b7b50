package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v62/github"
)

// comment is an inline comment of ours on a finding.
type comment struct {
	marker
	line    int // where it stands now; 0 when its line is gone
	address string
}

// ownComments finds all that was said inline about a pull request. It reports false when there is more than can be
// read, so that nobody can know what was said.
func (p *Publisher) ownComments(ctx context.Context, number int) (said []comment, whole bool, err error) {
	options := github.PullRequestListCommentsOptions{ListOptions: github.ListOptions{Page: 1, PerPage: perPage}}
	for range maxCommentPages {
		page, response, err := p.client.PullRequests.ListComments(ctx, p.owner, p.repo, number, &options)
		if err != nil {
			return nil, false, fmt.Errorf("list the comments on pull request %d: %w", number, err)
		}
		said = append(said, p.own(page)...)
		if response.NextPage == 0 {
			return said, true, nil
		}
		options.Page = response.NextPage
	}
	return said, false, nil
}

// own keeps the comments that we wrote about findings. Anyone can copy a mark; the author can't be copied.
func (p *Publisher) own(all []*github.PullRequestComment) []comment {
	var own []comment
	for _, c := range all {
		mark, ok := readMarker(c.GetBody())
		if ok && c.GetUser().GetType() == "Bot" && strings.EqualFold(c.GetUser().GetLogin(), p.id.BotLogin) {
			own = append(own, comment{marker: mark, line: c.GetLine(), address: c.GetHTMLURL()})
		}
	}
	return own
}

// match pairs comments with findings, each with one at most: of several equal findings in a file the one at whose lines
// the comment stands, else any, else an equal one in another file, to which the code has moved. It gives back the
// findings that nothing was said about.
func match(said []comment, pull *Pull, indices []int) (placed Placed, left []int) {
	placed, left = Placed{}, slices.Clone(indices)
	said = slices.Clone(said)
	for _, same := range []func(c comment, m marker, first, last int) bool{
		func(c comment, m marker, first, last int) bool {
			return c.path == m.path && first <= c.line && c.line <= last
		},
		func(c comment, m marker, _, _ int) bool { return c.path == m.path },
		func(comment, marker, int, int) bool { return true },
	} {
		left = slices.DeleteFunc(left, func(i int) bool {
			f := &pull.Result.Findings[i]
			m := newMarker(f, "")
			at := slices.IndexFunc(said, func(c comment) bool {
				return c.finding == m.finding && same(c, m, f.Location.Start.Line, f.Location.LastLine())
			})
			if at < 0 {
				return false
			}
			placed[i] = said[at].address
			said = slices.Delete(said, at, at+1)
			return true
		})
	}
	return placed, left
}
