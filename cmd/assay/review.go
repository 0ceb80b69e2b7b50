package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/policy"
)

type reviewCommand struct {
	Repo     string `default:"." placeholder:"DIR" help:"The repository."`
	Base     string `placeholder:"REV" help:"What the change is for, such as origin/main. The policy is read there."`
	Head     string `placeholder:"REV" help:"The change. Default: HEAD."`
	Staged   bool   `help:"Review what is staged, against --base or HEAD."`
	Branch   string `help:"The branch's name, as GitHub would say it. Default: --head, if that is a branch."`
	Title    string `help:"The pull request's title."`
	BodyFile string `placeholder:"FILE" help:"A file with the pull request's text; - for standard input."`
	verdictFlags
}

// maxBody bounds the text of a pull request; GitHub takes 65,536 characters, of four bytes at most.
const maxBody = 4 * 65_536

// Run reviews a range of commits, or the index.
func (c *reviewCommand) Run(p *process) error {
	opened, err := c.open(p)
	if err != nil {
		return cannotOpen(err)
	}
	defer opened.Close()
	if err := c.describe(p, opened); err != nil {
		return err
	}
	rules, err := policyAt(p, opened)
	if err != nil {
		return err
	}
	return c.judge(p, opened, rules, true, c.Repo)
}

// cannotOpen says whose fault it is that there is nothing to look at: most often that of who named it. Content that is
// missing or too large is no mistake of theirs; then the review is incomplete.
func cannotOpen(err error) error {
	for _, other := range []error{gitrepo.ErrMissing, gitrepo.ErrTooLarge, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, other) {
			return err
		}
	}
	return usage(err)
}

func (c *reviewCommand) open(p *process) (*gitrepo.Range, error) {
	head := "HEAD"
	switch {
	case c.Staged && c.Head != "":
		return nil, usage(errors.New("--staged and --head exclude each other"))
	case c.Staged:
		base := c.Base
		if base == "" {
			base = "HEAD"
		}
		return gitrepo.OpenStaged(p.ctx, c.Repo, base)
	case c.Base == "":
		return nil, usage(errors.New("--base is missing: say what the change is for, such as --base origin/main"))
	case c.Head != "":
		head = c.Head
	}
	return gitrepo.OpenRange(p.ctx, c.Repo, c.Base, head)
}

// describe adds what GitHub would say of a pull request.
func (c *reviewCommand) describe(p *process, opened *gitrepo.Range) error {
	change := opened.Change()
	change.PullRequest.Title = c.Title
	change.PullRequest.Branch = cmp.Or(c.Branch, opened.Branch())
	if c.BodyFile == "" {
		return nil
	}
	from := p.stdin
	if c.BodyFile != "-" {
		file, err := os.Open(c.BodyFile)
		if err != nil {
			return usage(fmt.Errorf("--body-file: %w", err))
		}
		defer file.Close()
		from = file
	}
	body, err := io.ReadAll(io.LimitReader(from, maxBody+1))
	if err != nil {
		return usage(fmt.Errorf("--body-file: %w", err))
	}
	if len(body) > maxBody {
		return usage(fmt.Errorf("--body-file: more than %d bytes, which GitHub would not take", maxBody))
	}
	change.PullRequest.Body = string(body)
	return nil
}

// policyAt reads the policy of the target: a change is not judged by rules of its own.
func policyAt(p *process, opened *gitrepo.Range) (policy.Policy, error) {
	text, err := opened.ReadFile(p.ctx, opened.Target(), policy.File, policy.MaxBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return policy.Default(), nil
	}
	if err != nil {
		return policy.Policy{}, usage(fmt.Errorf("policy: %w", err))
	}
	rules, err := policy.Parse(policy.File, text, policy.Default())
	if err != nil {
		return policy.Policy{}, usage(fmt.Errorf("policy at the base: %w", err))
	}
	return rules, nil
}
