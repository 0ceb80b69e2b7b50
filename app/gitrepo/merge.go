package gitrepo

import "github.com/assay-app/assay/checks"

// ownChanges is what a merge changed itself: the files, and in them the lines, that differ from every parent. sides
// are the differences from each parent.
func ownChanges(sides [][]checks.FileChange) []checks.FileChange {
	var own []checks.FileChange
	byPath := make([]map[checks.Path]checks.FileChange, len(sides))
	for i, side := range sides {
		byPath[i] = map[checks.Path]checks.FileChange{}
		for _, f := range side {
			byPath[i][f.Path] = f
		}
	}
	for _, f := range sides[0] {
		changes := []checks.FileChange{f}
		for _, other := range byPath[1:] {
			if g, ok := other[f.Path]; ok {
				changes = append(changes, g)
			}
		}
		if len(changes) == len(sides) {
			own = append(own, commonChange(changes))
		}
	}
	return own
}

// commonChange is one file of a merge as it differs from all parents. A parent that does not have the file restricts
// nothing: all its lines differ from there.
func commonChange(changes []checks.FileChange) checks.FileChange {
	var common checks.FileChange
	found := false
	for _, f := range changes {
		switch {
		case f.Status == checks.Added:
		case !found:
			common, found = f, true
			common.Hunks = taken(f.Hunks)
		default:
			common.Binary = common.Binary || f.Binary
			common.Hunks = overlap(common.Hunks, f.Hunks)
		}
	}
	if !found {
		return changes[0]
	}
	if common.Binary {
		common.Hunks = nil
	}
	return common
}

// taken is the ranges of hunks that have lines in the newer revision, without what they replace.
func taken(hunks []checks.Hunk) []checks.Hunk {
	var list []checks.Hunk
	for _, h := range hunks {
		if h.NewLines > 0 {
			list = append(list, checks.Hunk{OldStart: h.OldStart, NewStart: h.NewStart, NewLines: h.NewLines})
		}
	}
	return list
}

// overlap is the lines of the newer revision that are in both; each list is in order.
func overlap(a, b []checks.Hunk) []checks.Hunk {
	var list []checks.Hunk
	for i, j := 0, 0; i < len(a) && j < len(b); {
		start := max(a[i].NewStart, b[j].NewStart)
		end := min(a[i].NewStart+a[i].NewLines, b[j].NewStart+b[j].NewLines)
		if start < end {
			list = append(list, checks.Hunk{OldStart: a[i].OldStart, NewStart: start, NewLines: end - start})
		}
		if a[i].NewStart+a[i].NewLines < b[j].NewStart+b[j].NewLines {
			i++
		} else {
			j++
		}
	}
	return list
}
