package review

import (
	"slices"

	"github.com/assay-app/assay/checks"
)

// Suppress marks the findings that a comment in the code asks to leave out. A comment that the change itself brings
// counts only when the change is trusted; else the finding stays open and says what is asked for, since nobody may
// judge a change of their own.
func Suppress(findings []checks.Finding, files []checks.FileChange, trusted bool) {
	for i := range findings {
		f := &findings[i]
		if f.Suppression == nil {
			continue
		}
		file := slices.IndexFunc(files, func(c checks.FileChange) bool { return c.Path == f.Location.Path })
		if trusted || file < 0 || !files[file].IsAdded(f.Suppression.Line) {
			f.Status = checks.Suppressed
			continue
		}
		f.Message += " A comment that this change adds asks to ignore it"
		if f.Suppression.Reason != "" {
			f.Message += ` ("` + f.Suppression.Reason + `")`
		}
		f.Message += ". That is a request: the finding stays open until somebody who may do so grants it."
	}
}
