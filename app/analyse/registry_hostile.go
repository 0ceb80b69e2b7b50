//go:build assay_hostile

package analyse

import (
	"github.com/assay-app/assay/app/analyse/internal/hostile"
	"github.com/assay-app/assay/checks"
)

// testOnly adds the checks that attack the wall. A build with this tag differs from what is shipped in nothing else,
// so that the tests attack the very same child, wall and protocol.
func testOnly() []registered {
	var list []registered
	for _, check := range hostile.Checks() {
		list = append(list, registered{check.Name(), func() (checks.Check, error) { return check, nil }})
	}
	return list
}
