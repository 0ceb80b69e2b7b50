package judge

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

func TestWhatAMessageQuotes(t *testing.T) {
	name := strings.Repeat("n", maxName)
	if got := code(name); got != "`"+name+"`" {
		t.Errorf("a name as long as is quoted: %s", got)
	}
	if got := code(name + "o"); got != "`"+name+"…`" {
		t.Errorf("a longer name: %s", got)
	}
	first := strings.Repeat("a", maxSentence-len(". b"))
	for said, want := range map[string]string{
		first + ". b":                     first + ". b", // as long as is told whole
		first + "a. b":                    first + "a",   // longer: the first sentence
		strings.Repeat("c", maxSummary):   strings.Repeat("c", maxSummary),
		strings.Repeat("c", maxSummary+1): strings.Repeat("c", maxSummary) + "…",
	} {
		if got := sentence(said); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
}

func TestHowManyImportingFilesAreNamed(t *testing.T) {
	var files []checks.Path
	for i := range maxImporters + 2 {
		files = append(files, checks.Path(fmt.Sprintf("%d.py", i)))
	}
	for n, want := range map[int]string{
		0:                "",
		1:                " This change imports it in `0.py`.",
		maxImporters:     " This change imports it in `0.py`, `1.py`, `2.py`.",
		maxImporters + 2: " This change imports it in `0.py`, `1.py`, `2.py` and 2 more.",
	} {
		if got := importedBy(&checks.Package{ImportedBy: files[:n]}); got != want {
			t.Errorf("%d files: %q, want %q", n, got, want)
		}
	}
}
