package gitrepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

const (
	// maxRawFiles is how many names are read of one comparison before it is given up; a merge of a long-lived branch
	// may list everything that the branch changed.
	maxRawFiles = 100_000
	// maxTouchedMerges is how many merges with lines of their own are looked into, at one git process each.
	maxTouchedMerges = 64
	// blobBatch is how many blobs are asked for in one fetch: half a megabyte of ids.
	blobBatch = 10_000
)

// comparison finds out how two trees differ, and what each commit between them changed, in as few git processes as
// possible: one that lists names, so that the contents can be fetched together, and one that compares contents.
type comparison struct {
	objects *objects
	ctx     context.Context
	pairs   []*pair
	commits []commit

	unscanned []checks.Unscanned
	said      map[checks.Unscanned]bool
}

// pair is one comparison to make: of the whole change, or of a commit with one of its parents.
type pair struct {
	old, new objectID
	commit   int     // -1 for the whole change
	parents  int     // of the commit: 2 or more for a merge
	siblings []*pair // the same commit with each of its parents, in their order
	raw      []checks.FileChange
	files    []checks.FileChange
	done     bool // files is final
}

// compare compares two trees, and each commit of the history between them with its parents.
func (o *objects) compare(ctx context.Context, base, head objectID, h history) (*comparison, error) {
	c := &comparison{objects: o, ctx: ctx, commits: h.commits, said: map[checks.Unscanned]bool{}}
	c.pairs = []*pair{{old: base, new: head, commit: -1}}
	for i, commit := range h.commits {
		c.plan(i, commit, h.known)
	}
	if err := c.list(); err != nil {
		return nil, err
	}
	if err := c.gather(); err != nil {
		return nil, err
	}
	if err := c.patch(); err != nil {
		return nil, err
	}
	return c, c.mergePatches()
}

// plan adds the comparisons of one commit.
func (c *comparison) plan(i int, of commit, known map[checks.CommitSHA]commit) {
	if len(of.parents) == 0 {
		c.pairs = append(c.pairs, &pair{old: emptyTree(len(of.tree)), new: of.tree, commit: i, parents: 1})
		return
	}
	var pairs []*pair
	for _, parent := range of.parents {
		p, ok := known[parent]
		if !ok {
			c.fail(i, "", "its parent "+string(parent)+" is not in this repository, whose history is cut there")
			return
		}
		pairs = append(pairs, &pair{old: p.tree, new: of.tree, commit: i, parents: len(of.parents)})
	}
	for _, p := range pairs {
		p.siblings = pairs
	}
	c.pairs = append(c.pairs, pairs...)
}

// fail records what could not be read of the whole change (-1) or of a commit.
func (c *comparison) fail(commit int, path checks.Path, reason string) {
	if commit >= 0 {
		reason = fmt.Sprintf("in commit %.12s: %s", c.commits[commit].sha, reason)
	}
	// What both passes stumble over is said once.
	if u := (checks.Unscanned{Path: path, Kind: checks.Failed, Reason: reason}); !c.said[u] {
		c.said[u] = true
		c.unscanned = append(c.unscanned, u)
	}
}

func (c *comparison) failAll(commit int, list []checks.Unscanned) {
	for _, u := range list {
		c.fail(commit, u.Path, u.Reason)
	}
}

// diff runs diff-tree over some of the pairs and hands on what it says of each.
func (c *comparison) diff(g git, pairs []*pair, limit int, left func(*pair) *budget, each func(*pair, treeDiff), args ...string) error {
	if len(pairs) == 0 {
		return nil
	}
	var ask strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&ask, "%s %s\n", p.old, p.new)
	}
	return g.stream(c.ctx, strings.NewReader(ask.String()), func(r io.Reader) error {
		d := newDiffReader(r, limit)
		for _, p := range pairs {
			t, err := d.next(left(p))
			if err != nil {
				return noEOF(err)
			}
			if t.old != p.old || t.new != p.new {
				return fmt.Errorf("%w: asked for %s and %s", errDiff, p.old, p.new)
			}
			each(p, t)
		}
		if _, err := d.next(&budget{}); err != io.EOF {
			return errors.Join(errDiff, err)
		}
		return nil
	}, args...)
}

// list finds the names that differ.
func (c *comparison) list() error {
	left := budget{files: maxRawFiles + 2*maxCommitFiles}
	return c.diff(c.objects.git, c.pairs, maxRawFiles, func(*pair) *budget { return &left }, func(p *pair, t treeDiff) {
		p.raw = t.files
		if p.parents > 1 {
			left.files += len(t.files) // few are kept, see mergeNames
		}
		c.failAll(p.commit, t.unscanned)
		if cutShort(t.unscanned) {
			// What git would compare is more than was listed: keep the names alone.
			p.files, p.done = p.raw[:min(len(p.raw), MaxFiles)], true
		}
		c.mergeNames(p)
	}, append(diffArguments(), "--no-renames")...)
}

// cutShort reports whether any of the reasons concerns the list as a whole.
func cutShort(list []checks.Unscanned) bool {
	return slices.ContainsFunc(list, func(u checks.Unscanned) bool { return u.Path == "" })
}

// mergeNames narrows the pairs of a merge to the names that differ from every parent, once the last one is listed.
func (c *comparison) mergeNames(last *pair) {
	all := last.siblings
	if last.parents < 2 || last != all[len(all)-1] {
		return
	}
	count := map[checks.Path]int{}
	for _, p := range all {
		for _, f := range p.raw {
			count[f.Path]++
		}
	}
	for _, p := range all {
		var own []checks.FileChange
		for _, f := range p.raw {
			if count[f.Path] == len(all) {
				own = append(own, f)
			}
		}
		p.raw = own
	}
}

// gather fetches the contents to compare. Pairs that lack some keep their names alone.
func (c *comparison) gather() error {
	var blobs []objectID
	seen := map[objectID]bool{}
	for _, p := range c.pairs {
		for _, f := range p.raw {
			for _, id := range []checks.BlobID{f.OldBlob, f.Blob} {
				if id != "" && !seen[objectID(id)] {
					seen[objectID(id)] = true
					blobs = append(blobs, objectID(id))
				}
			}
		}
	}
	absent, err := c.objects.missing(c.ctx, blobs)
	if err != nil {
		return err
	}
	if len(absent) > 0 && c.objects.fetch != nil {
		for some := range slices.Chunk(absent, blobBatch) {
			if err := c.objects.fetch(c.ctx, some); err != nil {
				return fmt.Errorf("fetch %d changed files: %w", len(some), err)
			}
		}
		if absent, err = c.objects.missing(c.ctx, absent); err != nil {
			return err
		}
	}
	if len(absent) > 0 {
		c.withoutContent(absent)
	}
	return nil
}

func (c *comparison) withoutContent(absent []objectID) {
	lacks := map[checks.BlobID]bool{}
	for _, id := range absent {
		lacks[checks.BlobID(id)] = true
	}
	for _, p := range c.pairs {
		for _, f := range p.raw {
			if lacks[f.Blob] || lacks[f.OldBlob] {
				c.fail(p.commit, f.Path, ErrMissing.Error())
				p.files, p.done = p.raw[:min(len(p.raw), MaxFiles)], true
			}
		}
	}
}

// patch compares contents: of the whole change, and of every commit with one parent.
func (c *comparison) patch() error {
	var pairs []*pair
	for _, p := range c.pairs {
		if !p.done && p.parents < 2 && len(p.raw) > 0 {
			pairs = append(pairs, p)
		}
	}
	whole, commits := budget{MaxFiles, maxHunks}, budget{maxCommitFiles, maxHunks}
	return c.diff(c.objects.git, pairs, MaxFiles, func(p *pair) *budget {
		if p.commit < 0 {
			return &whole
		}
		return &commits
	}, func(p *pair, t treeDiff) {
		c.failAll(p.commit, t.unscanned)
		p.files, p.done = t.files, true
	}, patchArguments()...)
}

// mergePatches finds the lines of merges that differ from every parent.
func (c *comparison) mergePatches() error {
	left := budget{maxCommitFiles, maxHunks}
	touched := 0
	for i := 0; i < len(c.pairs); {
		p := c.pairs[i]
		if p.parents < 2 {
			i++
			continue
		}
		group := c.pairs[i : i+p.parents]
		i += p.parents
		if len(p.raw) == 0 || slices.ContainsFunc(group, func(p *pair) bool { return p.done }) {
			continue
		}
		if touched++; touched > maxTouchedMerges {
			c.fail(p.commit, "", fmt.Sprintf("more than %d merges have lines of their own", maxTouchedMerges))
			continue
		}
		if err := c.mergePatch(group, &left); err != nil {
			return err
		}
	}
	return nil
}

// maxMergeNames is how many bytes of names one git is given as arguments; Linux takes 2 MiB.
const maxMergeNames = 512 << 10

// mergePatch compares a merge with its parents, in the files that differ from all of them.
func (c *comparison) mergePatch(group []*pair, left *budget) error {
	args := []string{"--"}
	names := 0
	for _, f := range group[0].raw {
		args = append(args, string(f.Path))
		names += len(f.Path) + 1
	}
	if names > maxMergeNames {
		c.fail(group[0].commit, "", "the merge changes too many files itself")
		group[0].files = group[0].raw[:min(len(group[0].raw), MaxFiles)]
		return nil
	}
	g := c.objects.git
	g.env = append(slices.Clone(g.env), "GIT_LITERAL_PATHSPECS=1")
	var sides [][]checks.FileChange
	err := c.diff(g, group, MaxFiles, func(*pair) *budget { return left }, func(p *pair, t treeDiff) {
		c.failAll(p.commit, t.unscanned)
		sides = append(sides, t.files)
	}, slices.Concat(patchArguments(), []string{"--no-renames"}, args)...)
	if err != nil {
		return err
	}
	group[0].files = ownChanges(sides)
	return nil
}

// whole is the files of the whole change, sorted by path.
func (c *comparison) whole() []checks.FileChange { return sorted(c.pairs[0].files) }

// perCommit is the commits with their files and trees.
func (c *comparison) perCommit() []checks.Commit {
	var list []checks.Commit
	for _, of := range c.commits {
		list = append(list, of.shown())
	}
	for _, p := range c.pairs {
		if p.commit >= 0 && len(p.files) > 0 && list[p.commit].Files == nil {
			list[p.commit].Files = sorted(p.files)
		}
	}
	for i := range list {
		list[i].Tree = c.objects.changedFiles(list[i].Files)
	}
	return list
}

func sorted(files []checks.FileChange) []checks.FileChange {
	slices.SortFunc(files, func(a, b checks.FileChange) int { return cmp.Compare(a.Path, b.Path) })
	return files
}
