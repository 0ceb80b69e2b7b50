package analyse

import (
	"fmt"

	"github.com/assay-app/assay/rules"
)

// Rules lists the pages of the rules of every check, check by check. Nothing hostile is read for it.
func Rules() ([]rules.Page, error) {
	var pages []rules.Page
	for _, r := range registry() {
		check, err := r.make()
		if err != nil {
			return nil, fmt.Errorf("rules of the %s check: %w", r.name, err)
		}
		if documented, ok := check.(interface{ Rules() []rules.Page }); ok {
			pages = append(pages, documented.Rules()...)
		}
	}
	return pages, nil
}
