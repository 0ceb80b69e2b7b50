package imports

import (
	"fmt"
	"strings"
	"testing"
)

func TestALookAroundTheRepositoryIsBounded(t *testing.T) {
	s, err := loadSettings()
	if err != nil {
		t.Fatal(err)
	}
	tree := sources{"fits.toml": strings.Repeat("A", maxSettings), "longer.toml": strings.Repeat("A", maxSettings+1)}
	for i := range maxListed + 1 {
		tree[fmt.Sprintf("many/%d", i)] = ""
	}
	for i := range maxPackages + 1 {
		tree[fmt.Sprintf("packages/%d/package.json", i)] = ""
	}
	r := newRepository(tree.tree(), s)
	if got := len(r.list("many")); got != maxListed {
		t.Errorf("%d names of a folder, want %d", got, maxListed)
	}
	if got := len(r.text("fits.toml")); got != maxSettings {
		t.Errorf("of a file as large as is read: %d bytes", got)
	}
	if got := len(r.text("longer.toml")); got != 0 {
		t.Errorf("of a larger file: %d bytes", got)
	}
	if r.walk(); len(r.manifests) != maxPackages {
		t.Errorf("%d packages of the repository, want %d", len(r.manifests), maxPackages)
	}
}

func TestAnImportMayComeFromSoManyPackages(t *testing.T) {
	tree := sources{"go.mod": "b.example/c", "a.go": "package a\n\nimport \"a.example/" + strings.Repeat("b/", maxCandidates+3) + "c\"\n"}
	result := find(t, tree.tree(), "a.go")
	if len(result.Undeclared) != 1 || len(result.Undeclared[0].Candidates) != maxCandidates {
		t.Errorf("%+v", result.Undeclared)
	}
}

func TestAStatementTakesSoManyNames(t *testing.T) {
	source := "from a import " + strings.TrimSuffix(strings.Repeat("b, ", maxItems+1), ", ")
	if got := pythonStatements([]byte(source)); len(got) != 1 || len(got[0].items) != maxItems {
		t.Errorf("%+v", got)
	}
}
