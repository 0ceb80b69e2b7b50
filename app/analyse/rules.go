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
		switch documented := check.(type) {
		case interface{ Rules() []rules.Page }:
			pages = append(pages, documented.Rules()...)
		case interface{ Rules() ([]rules.Page, error) }:
			more, err := documented.Rules()
			if err != nil {
				return nil, fmt.Errorf("rules of the %s check: %w", r.name, err)
			}
			pages = append(pages, more...)
		}
	}
	return pages, nil
}
