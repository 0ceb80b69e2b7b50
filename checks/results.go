package checks

// Results remembers from one run to the next what a check found in single files. It may forget anything at any time, and
// what it gives is as trustworthy as the run that kept it: a check reads it as it reads a file.
//
// A result is for a check, its rules and options, a path and the content there, and for the other files that the check
// names as what it depends on: their contents, or that they don't exist. A check keeps nothing of a file that it could
// not look at to the end.
type Results interface {
	// Recall gives what was found in a file as it is at that revision. The findings belong to the caller.
	Recall(at Revision, path Path) (found []Finding, ok bool)

	// Keep keeps a copy of what was found in a file that was read in this run, until another result takes its place. One
	// that depends on more than MaxDependencies files, or has more than MaxResult bytes as JSON, is not kept.
	Keep(at Revision, path Path, others []Path, found []Finding)
}

// Bounds of a result.
const (
	MaxResult       = 256 << 10 // bytes; a finding with its way takes two to four KiB
	MaxDependencies = 1000      // a file may import 64 others, each of which may have several names
)
