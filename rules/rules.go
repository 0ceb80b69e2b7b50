// Package rules is what Assay looks for, as data: one YAML file per topic, embedded in the binary. Whoever writes a rule
// never opens Go; README.md says how.
package rules

import "embed"

// FS holds the rules of each check in a directory of its name, and the check's other settings in a file of its name.
//
//go:embed *.yaml */*.yaml code/sets/*.yaml compiled
var FS embed.FS

// Page is what a rule's public page says.
type Page struct {
	ID         string
	Check      string
	Title      string
	Severity   string
	Confidence string
	Class      string
	Markdown   string // the whole page, headed by the title
}
