package match_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

func ranges(t *testing.T, pattern, code string, steps int) ([]match.Range, error) {
	t.Helper()
	node, err := semgrep.FromValue(map[string]any{"languages": []any{"python"}, "pattern": pattern})
	if err != nil {
		t.Fatal(err)
	}
	rule, errs := (&semgrep.Loader{Strict: true}).Compile("a", node)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	tree, err := parse("python", code)
	if err != nil {
		t.Fatal(err)
	}
	return match.NewFile(tree, names.Resolve(tree)).Ranges(rule.Formula, "python", &rule.Options, &match.Budget{Steps: steps})
}

func TestASearchEndsWhenItsBudgetDoes(t *testing.T) {
	code := strings.Repeat("a(1)\n", 2000) + "def zzz(): pass\n"
	pattern := "$A(...)\n...\n$B(...)\n...\n$C(...)\n...\nzzz()"
	if _, err := ranges(t, pattern, code, 100000); !errors.Is(err, match.ErrBudget) {
		t.Errorf("got %v", err)
	}
	if found, err := ranges(t, "a(1)", code, match.DefaultSteps); err != nil || len(found) != 2000 {
		t.Errorf("found %d, %v", len(found), err)
	}
}

func TestASearchEndsWhenItFindsTooMuch(t *testing.T) {
	if _, err := ranges(t, "$X", strings.Repeat("a\n", match.MaxRanges+1), match.DefaultSteps); !errors.Is(err, match.ErrRanges) {
		t.Errorf("got %v", err)
	}
}
