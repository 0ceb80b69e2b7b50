package localhub

import (
	"errors"
	"fmt"
	"slices"
)

// Close closes the pull request without merging it.
func (p *PullRequest) Close(by *Account) {
	p.act("close", func() error {
		if !p.open() {
			return errors.New("it is closed already")
		}
		p.close(by)
		return nil
	})
}

func (p *PullRequest) close(by *Account) {
	now := p.hub.now()
	p.closed = &now
	p.touch()
	p.emit("closed", by, nil)
}

// Reopen opens a closed pull request again.
func (p *PullRequest) Reopen(by *Account) {
	p.act("reopen", func() error {
		if p.open() || p.merged != nil {
			return errors.New("it is open or merged")
		}
		head := p.headRepo.branches[p.headRef]
		if p.headRepo.deleted || head == "" || p.repo.branches[p.baseRef] == "" {
			return errors.New("its head or base branch is gone")
		}
		p.closed = nil
		if err := p.moveTo(head); err != nil {
			return err
		}
		p.touch()
		p.emit("reopened", by, nil)
		return nil
	})
}

// Edit changes title and body.
func (p *PullRequest) Edit(title, body string, by *Account) {
	p.act("edit", func() error {
		changes := object{}
		if title != p.title {
			changes["title"] = object{"from": p.title}
		}
		if body != p.body {
			changes["body"] = object{"from": p.body}
		}
		p.title, p.body = title, body
		p.touch()
		p.emit("edited", by, object{"changes": changes})
		return nil
	})
}

// Retarget changes the base branch.
func (p *PullRequest) Retarget(base string, by *Account) {
	p.act("retarget", func() error {
		if p.repo.branches[base] == "" {
			return fmt.Errorf("base %q is no branch", base)
		}
		from := object{"ref": object{"from": p.baseRef}, "sha": object{"from": p.baseSHA}}
		p.baseRef = base
		if err := p.recompute(); err != nil {
			return err
		}
		p.touch()
		p.emit("edited", by, object{"changes": object{"base": from}})
		return nil
	})
}

// ConvertToDraft makes it a draft.
func (p *PullRequest) ConvertToDraft(by *Account) { p.setDraft(true, "converted_to_draft", by) }

// Ready ends its being a draft.
func (p *PullRequest) Ready(by *Account) { p.setDraft(false, "ready_for_review", by) }

func (p *PullRequest) setDraft(draft bool, action string, by *Account) {
	p.act(action, func() error {
		p.draft = draft
		p.touch()
		p.emit(action, by, nil)
		return nil
	})
}

// AddLabel puts a label on it.
func (p *PullRequest) AddLabel(label string, by *Account) {
	p.act("label", func() error {
		if !slices.Contains(p.labels, label) {
			p.labels = append(p.labels, label)
		}
		p.emit("labeled", by, object{"label": p.repo.labelView(label)})
		return nil
	})
}

// RemoveLabel takes a label off.
func (p *PullRequest) RemoveLabel(label string, by *Account) {
	p.act("unlabel", func() error {
		p.labels = slices.DeleteFunc(p.labels, func(l string) bool { return l == label })
		p.emit("unlabeled", by, object{"label": p.repo.labelView(label)})
		return nil
	})
}

// Merge merges it with a merge commit.
func (p *PullRequest) Merge(by *Account) {
	p.act("merge", func() error {
		if !p.open() {
			return errors.New("it is closed")
		}
		base := p.repo.branches[p.baseRef]
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", p.number, p.headRepo.owner.login, p.headRef, p.title)
		sha, ok, err := p.repo.store.merge(base, p.headSHA, message)
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("it conflicts with its base")
		}
		now := p.hub.now()
		p.merged, p.mergedBy, p.testMerge = &now, by, sha
		p.close(by)
		return p.repo.push(p.baseRef, sha, by)
	})
}

// QueueMerge puts the pull request into a merge queue: a merge group with its own commit, head SHA and branch.
func (p *PullRequest) QueueMerge(by *Account) (headSHA string) {
	p.act("queue", func() error {
		base := p.repo.branches[p.baseRef]
		sha, ok, err := p.repo.store.merge(base, p.headSHA, fmt.Sprintf("Merge pull request #%d", p.number))
		if err != nil {
			return err
		}
		if !ok {
			return errors.New("it conflicts with its base")
		}
		ref := fmt.Sprintf("gh-readonly-queue/%s/pr-%d-%s", p.baseRef, p.number, base)
		if err := p.repo.push(ref, sha, by); err != nil {
			return err
		}
		commit, err := p.repo.store.commit(sha)
		if err != nil {
			return err
		}
		headSHA = sha
		p.repo.emit("merge_group", "checks_requested", by, object{"merge_group": object{
			"head_sha": sha, "head_ref": "refs/heads/" + ref,
			"base_sha": base, "base_ref": "refs/heads/" + p.baseRef,
			"head_commit": simpleCommitView(commit),
		}})
		return nil
	})
	return headSHA
}
