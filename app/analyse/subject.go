//go:build linux

package analyse

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// encodeSubject writes a change as the child will read it. The error is a reason fit for a report.
func encodeSubject(c *checks.Change, hasResults bool) ([]byte, error) {
	s := protocol.Subject{Change: c, HasMergeBase: c.MergeBase != nil, HasHead: c.Head != nil, HasResults: hasResults}
	plain := *c
	plain.Commits = slices.Clone(c.Commits)
	for i := range plain.Commits {
		commit := &plain.Commits[i]
		commit.Author.When, commit.Committer.When = writable(commit.Author.When), writable(commit.Committer.When)
		s.HasCommits = append(s.HasCommits, commit.Tree != nil)
	}
	s.Change = &plain
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("the change cannot be described: %w", err)
	}
	if len(body) > protocol.MaxSubject {
		return nil, fmt.Errorf("the description of the change is larger than %d MiB", protocol.MaxSubject>>20)
	}
	return body, nil
}

// writable is t, or the zero time when JSON has no way to write it: git takes years beyond 9999 from anyone.
func writable(t time.Time) time.Time {
	if _, err := t.MarshalJSON(); err != nil {
		return time.Time{}
	}
	return t
}

// without is the change as if path were not part of it.
func without(c *checks.Change, path checks.Path) *checks.Change {
	if path == "" {
		return c
	}
	concerns := func(f checks.FileChange) bool { return f.Path == path || f.OldPath == path }
	less := *c
	less.Files = slices.DeleteFunc(slices.Clone(c.Files), concerns)
	less.Commits = slices.Clone(c.Commits)
	for i := range less.Commits {
		less.Commits[i].Files = slices.DeleteFunc(slices.Clone(less.Commits[i].Files), concerns)
	}
	return &less
}
