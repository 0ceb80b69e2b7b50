package model

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of what is said of a file.
const (
	maxPart    = 200 // bytes of where in the file something lies
	maxImports = 40  // names listed in the bill of materials
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// finding says what a reader found, in the words of its rule.
func (c *Check) finding(found *artefact.Finding, file checks.Path, at checks.Revision) checks.Finding {
	r := c.rules[found.Rule]
	if r == nil {
		// A rule that is missing must not make a file clean.
		r = &rule{ID: found.Rule, Title: "Unknown danger in a model file", Message: "A reader of this format reports " + string(found.Rule) + ".",
			Severity: checks.High, Confidence: checks.ConfidenceLow, Class: checks.ClassSupplyChain}
	}
	f := r.Finding(checks.Model)
	f.Location, f.Revision = checks.Location{Path: file}, at
	f.Fingerprint = checks.NewFingerprint(r.ID, "", found.Key+"\x00"+found.Path)
	fill := func(s string) string {
		return placeholder.ReplaceAllStringFunc(s, func(name string) string { return found.Words[name[1:len(name)-1]] })
	}
	f.Message = strings.TrimSpace(fill(r.Message) + " " + r.Why)
	if found.Path != "" {
		f.Message = fmt.Sprintf("In %s: %s", text.Quote(found.Path, maxPart), f.Message)
	}
	f.Remediation.Text = fill(r.Remediation)
	return f
}

// component is a file for the bill of materials.
func component(file checks.Path, size int64, report *artefact.Report) checks.Component {
	fields := maps.Clone(report.Facts)
	if fields == nil {
		fields = map[string]string{}
	}
	fields["format"] = strings.Join(report.Formats, ", ")
	fields["size"] = fmt.Sprint(size)
	var names []string
	for _, i := range report.Imports {
		names = append(names, i.Module+"."+i.Name)
	}
	slices.Sort(names)
	if left := len(names) - maxImports; left > 0 {
		names = append(names[:maxImports:maxImports], fmt.Sprintf("and %d more", left))
	}
	if len(names) > 0 {
		fields["imports"] = strings.Join(names, ", ")
	}
	return checks.Component{Kind: "model", Name: cmp.Or(path.Base(string(file)), string(file)), Location: checks.Location{Path: file}, Fields: fields}
}
