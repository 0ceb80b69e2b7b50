package ruleset

import (
	"fmt"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/rules"
)

// catalogue is one of the field's catalogues, as rules/taxonomy.yaml describes it.
type catalogue struct {
	Name    string            `yaml:"name"`
	Page    string            `yaml:"page"`
	Entries map[string]string `yaml:"entries"`
}

// loadCatalogues reads the names of what rules refer to. Only pages need them, not reviews.
var loadCatalogues = sync.OnceValues(func() ([]catalogue, error) {
	var file struct {
		Catalogues []catalogue `yaml:"catalogues"`
	}
	if err := Decode(rules.FS, "taxonomy.yaml", &file); err != nil {
		return nil, err
	}
	if len(file.Catalogues) != len(idsOf(checks.Taxonomy{})) {
		return nil, fmt.Errorf("taxonomy.yaml: want %d catalogues", len(idsOf(checks.Taxonomy{})))
	}
	return file.Catalogues, nil
})

// idsOf lists a taxonomy's ids by catalogue, in the order of rules/taxonomy.yaml.
func idsOf(t checks.Taxonomy) [][]string {
	return [][]string{t.CWE, t.OWASPLLM2025, t.OWASPLLM2026, t.OWASPAgentic, t.MITREATLAS}
}

// references lists where a rule stands in the catalogues, with links. An entry that taxonomy.yaml does not name is shown
// by its id alone.
func references(t checks.Taxonomy) []string {
	catalogues, err := loadCatalogues()
	if err != nil {
		catalogues = make([]catalogue, len(idsOf(t)))
	}
	var lines []string
	for i, ids := range idsOf(t) {
		for _, id := range ids {
			lines = append(lines, catalogues[i].reference(id))
		}
	}
	return lines
}

// reference is one entry. The id alone does not say which edition it is of, save for CWE's and ATLAS's.
func (c *catalogue) reference(id string) string {
	line := id
	if name := c.Entries[id]; name != "" {
		line += ": " + name
	}
	if c.Page != "" {
		number := id[strings.LastIndexByte(id, '-')+1:]
		line = fmt.Sprintf("[%s](%s)", line, strings.NewReplacer("{id}", id, "{number}", number).Replace(c.Page))
	}
	if c.Name != "" && !strings.HasPrefix(id, c.Name) {
		line = c.Name + " · " + line
	}
	return line
}
