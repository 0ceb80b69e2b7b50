//go:build linux

package analyse

import (
	"context"
	"fmt"
	"sync"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/secret"
)

// cleaner is the check that knows credentials. Its rules are loaded when another check first quotes something.
var cleaner = sync.OnceValues(secret.New)

// redact takes the credentials out of what a check quotes from files: a finding beside a key must not publish the key.
// The secret check does that itself.
func redact(ctx context.Context, name checks.Name, report *checks.Report) error {
	if name == checks.Secret || len(report.Findings)+len(report.Evidence) == 0 {
		return nil
	}
	check, err := cleaner()
	if err != nil {
		return fmt.Errorf("credentials could not be taken out of the report: %w", err)
	}
	clean := func(path checks.Path, texts ...*string) (changed bool) {
		for _, text := range texts {
			cleaned, _ := check.Redact(ctx, path, *text) // when it fails, what it returns shows nothing
			changed = changed || cleaned != *text
			*text = cleaned
		}
		return changed
	}
	for i := range report.Findings {
		f := &report.Findings[i]
		path := f.Location.Path
		clean(path, &f.Title, &f.Message, &f.Snippet, &f.Symbol, &f.Remediation.Text)
		for j := range f.Trace {
			clean(f.Trace[j].Path, &f.Trace[j].Text)
		}
		for j := range f.Remediation.Edits {
			if clean(path, &f.Remediation.Edits[j].NewText) {
				f.Remediation.Edits = nil // with something else in it, it is no longer right
				break
			}
		}
	}
	for i := range report.Evidence {
		clean(report.Evidence[i].Path, &report.Evidence[i].Quote)
	}
	return nil
}
