package match_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/semgrep.md anew")

const tableFile = "../../../docs/semgrep.md"

// TestTheTableOfWhatIsSupported compares docs/semgrep.md with the cases.
func TestTheTableOfWhatIsSupported(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Which rules of Semgrep run

Assay reads rules in Semgrep's language, the classic one and that of ` + "`match:`" + `, and runs them itself. Each line counts the
cases of an operator in ` + "`checks/internal/match/testdata`" + `: a rule, some code, and the lines on which Semgrep 1.185 finds it.
A rule that uses anything else is refused when it is loaded, with the file, the line and the operator; the rules beside it
are kept. This page is written by ` + "`go test ./checks/internal/match -update`" + `.

| operator | languages | cases | as Semgrep |
|---|---|---|---|
`)
	type row struct {
		languages   []string
		cases, same int
	}
	rows := map[string]*row{}
	var differing []string
	total, same := 0, 0
	for _, cases := range readCases(t) {
		for _, c := range cases {
			r := rows[c.Operator]
			if r == nil {
				r = &row{}
				rows[c.Operator] = r
			}
			if !slices.Contains(r.languages, c.Language) {
				r.languages = append(r.languages, c.Language)
			}
			r.cases++
			total++
			if c.Differs == "" {
				r.same++
				same++
			} else {
				differing = append(differing, fmt.Sprintf("- %s, %s, %s: %s\n", c.Operator, c.Language, c.Name, c.Differs))
			}
		}
	}
	names := make([]string, 0, len(rows))
	for name := range rows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		r := rows[name]
		slices.Sort(r.languages)
		fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", name, strings.Join(r.languages, ", "), r.cases, r.same)
	}
	fmt.Fprintf(&b, "| all | | %d | %d |\n\n## Where we differ\n\n", total, same)
	slices.Sort(differing)
	b.WriteString(strings.Join(differing, ""))
	if *update {
		if err := os.WriteFile(tableFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != b.String() {
		t.Error("docs/semgrep.md is not what the cases say; run go test ./checks/internal/match -update")
	}
}
