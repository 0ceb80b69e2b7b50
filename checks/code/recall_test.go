package code

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

// remembered is what was kept, by path, and how often it was asked for. It believes that no file ever changes.
type remembered map[checks.Path]*memo

type memo struct {
	others   []checks.Path
	found    []checks.Finding
	recalled int
}

func (r remembered) Recall(_ checks.Revision, path checks.Path) ([]checks.Finding, bool) {
	m := r[path]
	if m == nil {
		return nil, false
	}
	m.recalled++
	return slices.Clone(m.found), true
}

func (r remembered) Keep(_ checks.Revision, path checks.Path, others []checks.Path, found []checks.Finding) {
	r[path] = &memo{others: others, found: slices.Clone(found)}
}

func TestWhatWasFoundEarlierIsFoundAgain(t *testing.T) {
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	caller := "from flask import request\nfrom tools import run\n\ndef view():\n    run(request.args[\"a\"])\n"
	change := added(map[string]string{
		"one.py": caller, "two.py": caller, "tools.py": "import os\n\ndef run(command):\n    os.system(\"ls \" + command)\n",
		"broken.ipynb": "{\"cells\": [", "plain.py": "print(1)\n", "gen.py": "# @generated\nprint(1)\n",
	})
	without, err := check.Run(t.Context(), change)
	if err != nil || len(without.Findings) == 0 {
		t.Fatal(without, err)
	}
	earlier := remembered{}
	change.Results = earlier
	for _, run := range []string{"a run that remembers nothing", "one that remembers all"} {
		report, err := check.Run(t.Context(), change)
		if err != nil {
			t.Fatal(err)
		}
		report.Stats = without.Stats // what is recalled is not read by the check
		if diff := cmp.Diff(without, report); diff != "" {
			t.Errorf("%s reports something else (-without +with):\n%s", run, diff)
		}
	}
	for path, m := range earlier {
		if m.recalled != 1 {
			t.Errorf("%s was recalled %d times", path, m.recalled)
		}
	}
	if len(earlier) != 4 || earlier["broken.ipynb"] != nil || earlier["gen.py"] != nil {
		t.Errorf("kept %d results, want those of the files that were looked at to the end", len(earlier))
	}
	t.Run("a result names the files that its imports lead to, or would if they were there", func(t *testing.T) {
		for _, other := range []checks.Path{"tools.py", "tools/__init__.py", "flask.py"} {
			want := other == "tools.py" || other == "flask.py"
			if slices.Contains(earlier["one.py"].others, other) != want {
				t.Errorf("depends on %s: %v, want %v", other, !want, want)
			}
		}
		if others := earlier["plain.py"].others; len(others) > 0 {
			t.Errorf("a file without imports depends on %v", others)
		}
	})
}
