package review

import (
	"cmp"
	"slices"

	"github.com/assay-app/assay/checks"
)

// identity is what makes two findings the same across revisions: the file, followed through renames, and the
// fingerprint. Findings are compared as multisets of identities.
type identity struct {
	path        checks.Path // as at the merge base, or at the head when the file was not there
	born        bool        // the file was not there at the merge base
	fingerprint checks.Fingerprint
}

// MarkNew takes the findings of both sides of a change and returns those of the head, each marked new or existing.
//
// A finding is new when the merge base does not have it: of n+1 equals at the head and n at the merge base, one on an
// added line is the new one. It does not matter whether its own line was changed, so an untouched line that a deleted
// guard exposes is new. Code moved to another file is not: what vanished from one place and stands in another
// unchanged is the same finding. A copy is new. Where the merge base of a file could not be read, nothing in that file
// is called new.
func MarkNew(findings []checks.Finding, files []checks.FileChange, unscanned []checks.Unscanned) []checks.Finding {
	changed := make(map[checks.Path]*checks.FileChange, len(files))
	for i := range files {
		changed[files[i].Path] = &files[i]
	}
	unreadable := map[checks.Path]bool{}
	for _, u := range unscanned {
		if u.Kind == checks.Failed && u.Revision == checks.AtMergeBase {
			unreadable[u.Path] = true
		}
	}

	atBase := map[identity]int{}
	atHead := map[identity][]int{}
	head := []checks.Finding{}
	for _, f := range findings {
		if f.Revision == checks.AtMergeBase {
			atBase[identity{path: f.Location.Path, fingerprint: f.Fingerprint}]++
			continue
		}
		id := identify(&f, changed)
		atHead[id] = append(atHead[id], len(head))
		f.Status = checks.Existing
		head = append(head, f)
	}

	var fresh []int
	vanished := map[checks.Fingerprint]int{}
	for id, n := range atBase {
		if gone := n - len(atHead[id]); gone > 0 {
			vanished[id.fingerprint] += gone
		}
	}
	for id, at := range atHead {
		if unreadable[id.path] {
			continue
		}
		addedFirst(at, head, changed)
		if surplus := len(at) - atBase[id]; surplus > 0 {
			fresh = append(fresh, at[:surplus]...)
		}
	}
	slices.Sort(fresh)
	for _, i := range fresh {
		if moved := head[i].Fingerprint; vanished[moved] > 0 && !isCopy(head[i].Location.Path, changed) {
			vanished[moved]--
			continue
		}
		head[i].Status = checks.New
	}
	return head
}

// identify gives the identity of a finding of the head.
func identify(f *checks.Finding, changed map[checks.Path]*checks.FileChange) identity {
	id := identity{path: f.Location.Path, fingerprint: f.Fingerprint}
	if file := changed[f.Location.Path]; file != nil {
		switch file.Status {
		case checks.Renamed:
			id.path = file.OldPath
		case checks.Added, checks.Copied:
			id.born = true
		}
	}
	return id
}

func isCopy(path checks.Path, changed map[checks.Path]*checks.FileChange) bool {
	f := changed[path]
	return f != nil && f.Status == checks.Copied
}

// addedFirst orders equal findings so that those on added lines come first, and among those the later ones: it is the
// second of two equal lines that somebody added.
func addedFirst(at []int, head []checks.Finding, changed map[checks.Path]*checks.FileChange) {
	onAdded := func(i int) int {
		location := head[i].Location
		f := changed[location.Path]
		if location.Commit != "" || f != nil && f.Touches(location.Start.Line, location.LastLine()+1) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(at, func(a, b int) int {
		return cmp.Or(cmp.Compare(onAdded(a), onAdded(b)), cmp.Compare(b, a))
	})
}
