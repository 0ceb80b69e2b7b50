package gitrepo

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"math"
	"slices"

	"github.com/assay-app/assay/checks"
)

const (
	// MaxCommits is how many commits of a change are looked at one by one.
	MaxCommits = 1000
	// maxWalk is how many commits are read to tell which belong to the change, at some 30 µs each.
	maxWalk = 1 << 17
	// maxLinear is how many are read in the hope that the branch forked once and merged nothing.
	maxLinear = 2 * MaxCommits
	// maxMine is how many may be held for commits of the change before the walk is given up.
	maxMine = 16 * MaxCommits
)

// history is what lies between two commits.
type history struct {
	commits []commit                    // reachable from head and not from base; oldest first, parents before children
	dropped int                         // older ones left out of commits, above MaxCommits
	cut     bool                        // a commit that may matter is not in the store: fetch more, or report it
	endless bool                        // the walk was given up: there are far too many
	joined  bool                        // head and base have an ancestor in common
	known   map[checks.CommitSHA]commit // everything that was read
}

// between finds the commits that are reachable from head and not from base. It reads commit objects as they are
// stored, and so sees what is there no matter where git believes that the history was cut.
//
// Most branches fork once: every way down from head ends at base, and nothing else needs to be read. Otherwise, when
// another branch was merged in, head's and base's ancestors are walked together, newest first, until none of base's
// that were not seen yet can be one of the change. That trusts dates as git itself does; a wrong date makes the change
// larger, never smaller.
func (o *objects) between(ctx context.Context, base, head checks.CommitSHA) (history, error) {
	w := walk{objects: o, ctx: ctx, base: base, read: map[checks.CommitSHA]*visit{}, oldest: math.MaxInt64, lastCut: math.MinInt64}
	closed, err := w.fromHead(head)
	if err == nil && !closed {
		err = w.together(head)
	}
	if err != nil {
		return history{}, err
	}
	return w.result(), nil
}

// visit is a commit on the walk.
type visit struct {
	commit
	absent bool // not in the store
	ofHead bool // reachable from head
	ofBase bool // reachable from base
	when   int64
}

func (v *visit) mine() bool { return v.ofHead && !v.ofBase }

type walk struct {
	objects *objects
	ctx     context.Context
	base    checks.CommitSHA
	read    map[checks.CommitSHA]*visit
	queue   newest
	oldest  int64 // the date of the oldest commit held for one of the change
	lastCut int64 // the date of the youngest ancestor of base with an absent parent
	endless bool  // the walk was given up
}

func (w *walk) visit(sha checks.CommitSHA) (*visit, error) {
	if v := w.read[sha]; v != nil {
		return v, nil
	}
	c, err := w.objects.commit(w.ctx, sha)
	v := &visit{commit: c, when: c.committer.When.Unix()}
	if errors.Is(err, ErrMissing) {
		v.sha, v.absent = sha, true
	} else if err != nil {
		return nil, err
	}
	w.read[sha] = v
	return v, nil
}

// fromHead reports whether every way down from head ends at base. If so, what it marked is the answer: nothing above
// base can be below it too.
func (w *walk) fromHead(head checks.CommitSHA) (closed bool, err error) {
	pending := []checks.CommitSHA{head}
	for n := 0; len(pending) > 0; n++ {
		v, err := w.visit(pending[len(pending)-1])
		if err != nil {
			return false, err
		}
		pending = pending[:len(pending)-1]
		switch {
		case v.sha == w.base:
			v.ofHead, v.ofBase = true, true
		case v.absent || len(v.parents) == 0 || n > maxLinear:
			for _, v := range w.read {
				v.ofHead, v.ofBase = false, false
			}
			return false, nil
		case !v.ofHead:
			v.ofHead = true
			pending = append(pending, v.parents...)
		}
	}
	return true, nil
}

// together walks down from head and base, newest first, and hands each commit's marks to its parents.
func (w *walk) together(head checks.CommitSHA) error {
	if err := w.mark(head, true, false); err != nil {
		return err
	}
	if err := w.mark(w.base, false, true); err != nil {
		return err
	}
	mine := 0
	for n := 0; w.queue.Len() > 0; n++ {
		v := heap.Pop(&w.queue).(*visit)
		if v.mine() {
			mine++
		}
		if n == maxWalk || mine == maxMine {
			w.endless = true
			return nil
		}
		// Below the oldest commit of the change, base's ancestors matter only where they lead to one of those.
		below := !v.mine() && v.when < w.oldest
		for _, parent := range v.parents {
			if known := w.read[parent]; below && (known == nil || !known.mine()) {
				continue
			}
			if err := w.mark(parent, v.ofHead, v.ofBase); err != nil {
				return err
			}
			if w.read[parent].absent && v.ofBase {
				w.lastCut = max(w.lastCut, v.when)
			}
		}
	}
	return nil
}

// mark adds marks to a commit, and queues it if that changed anything.
func (w *walk) mark(sha checks.CommitSHA, ofHead, ofBase bool) error {
	v, err := w.visit(sha)
	if err != nil || (v.ofHead || !ofHead) && (v.ofBase || !ofBase) {
		return err
	}
	was := v.mine()
	v.ofHead, v.ofBase = v.ofHead || ofHead, v.ofBase || ofBase
	if v.absent {
		return nil
	}
	heap.Push(&w.queue, v)
	switch {
	case v.mine():
		w.oldest = min(w.oldest, v.when)
	case was && v.when <= w.oldest:
		w.oldest = math.MaxInt64
		for _, other := range w.read {
			if other.mine() && !other.absent {
				w.oldest = min(w.oldest, other.when)
			}
		}
	}
	return nil
}

func (w *walk) result() history {
	h := history{endless: w.endless, known: map[checks.CommitSHA]commit{}}
	var mine []*visit
	for sha, v := range w.read {
		switch {
		case v.absent:
			h.cut = h.cut || v.mine()
		case v.mine():
			mine = append(mine, v)
			h.known[sha] = v.commit
		default:
			h.known[sha] = v.commit
			h.joined = h.joined || v.ofHead && v.ofBase
		}
	}
	if len(mine) > 0 && w.lastCut >= w.oldest {
		h.cut = true
	}
	ordered := topological(mine)
	if len(ordered) > MaxCommits {
		h.dropped = len(ordered) - MaxCommits
		ordered = ordered[h.dropped:]
	}
	for _, v := range ordered {
		h.commits = append(h.commits, v.commit)
	}
	return h
}

// topological puts parents before children, and else the older before the younger, and else the smaller id first.
func topological(list []*visit) []*visit {
	slices.SortFunc(list, func(a, b *visit) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.sha, b.sha)) })
	member := map[checks.CommitSHA]*visit{}
	for _, v := range list {
		member[v.sha] = v
	}
	waits := map[checks.CommitSHA]int{}
	children := map[checks.CommitSHA][]*visit{}
	var ready newest
	for _, v := range list {
		for _, parent := range v.parents {
			if member[parent] != nil {
				waits[v.sha]++
				children[parent] = append(children[parent], v)
			}
		}
	}
	for _, v := range list {
		if waits[v.sha] == 0 {
			ready = append(ready, v)
		}
	}
	oldest := oldestFirst{ready}
	heap.Init(&oldest)
	var ordered []*visit
	for oldest.Len() > 0 {
		v := heap.Pop(&oldest).(*visit)
		ordered = append(ordered, v)
		for _, child := range children[v.sha] {
			if waits[child.sha]--; waits[child.sha] == 0 {
				heap.Push(&oldest, child)
			}
		}
	}
	return ordered
}

// newest is a heap of commits, the youngest on top.
type newest []*visit

func (q newest) Len() int { return len(q) }
func (q newest) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[j].when, q[i].when), cmp.Compare(q[i].sha, q[j].sha)) < 0
}
func (q newest) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *newest) Push(v any)   { *q = append(*q, v.(*visit)) }
func (q *newest) Pop() any {
	last := len(*q) - 1
	v := (*q)[last]
	*q = (*q)[:last]
	return v
}

// oldestFirst is a heap of commits, the oldest on top.
type oldestFirst struct{ newest }

func (q oldestFirst) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q.newest[i].when, q.newest[j].when), cmp.Compare(q.newest[i].sha, q.newest[j].sha)) < 0
}
