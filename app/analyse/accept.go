package analyse

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// acceptance takes the items of one check's report from a child that may lie. Whatever no check of ours would say is a
// violation: whoever speaks then is not one of our checks.
type acceptance struct {
	check   checks.Name
	exists  func(p checks.Path, at checks.Revision, commit checks.CommitSHA) bool
	commits map[checks.CommitSHA]bool
	report  checks.Report
	bytes   int
}

// add takes the body of one [protocol.Item] frame.
func (a *acceptance) add(body []byte) error {
	if len(body) == 0 {
		return protocol.Violate("an item of a report is empty")
	}
	if a.bytes += len(body); a.bytes > MaxReportBytes {
		return protocol.Violate("a report is longer than %d bytes", MaxReportBytes)
	}
	switch kind, text := protocol.ItemKind(body[0]), body[1:]; kind {
	case protocol.FindingItem:
		return take(text, &a.report.Findings, MaxFindings, a.finding)
	case protocol.ComponentItem:
		return take(text, &a.report.Components, MaxComponents, a.component)
	case protocol.PackageItem:
		return take(text, &a.report.Packages, MaxPackages, a.pkg)
	case protocol.EvidenceItem:
		return take(text, &a.report.Evidence, MaxEvidence, a.evidence)
	case protocol.UnscannedItem:
		return take(text, &a.report.Unscanned, MaxUnscanned, a.unscanned)
	}
	return protocol.Violate("an item of a report is of unknown kind")
}

// take decodes one item into a list.
func take[T any](text []byte, list *[]T, most int, judge func(*T) error) error {
	if len(*list) >= most {
		return protocol.Violate("a report has more than %d items of one kind", most)
	}
	var item T
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&item); err != nil || len(bytes.TrimSpace(text[decoder.InputOffset():])) > 0 {
		return protocol.Violate("an item of a report cannot be read")
	}
	if err := judge(&item); err != nil {
		return err
	}
	*list = append(*list, item)
	return nil
}

func (a *acceptance) finding(f *checks.Finding) error {
	switch {
	case f.Check != a.check:
		return protocol.Violate("a finding names another check")
	case f.Status != "" || f.Rule == "" || f.Title == "" || f.Fingerprint == "":
		return protocol.Violate("a finding lacks what it must have, or has a status")
	case !slices.Contains([]checks.Class{checks.ClassAI, checks.ClassCode, checks.ClassSupplyChain}, f.Class):
		return protocol.Violate("a finding is of unknown class")
	case f.Severity.Rank() == 0:
		return protocol.Violate("a finding is of unknown severity")
	case !slices.Contains([]checks.Confidence{checks.ConfidenceHigh, checks.ConfidenceMedium, checks.ConfidenceLow}, f.Confidence):
		return protocol.Violate("a finding is of unknown confidence")
	case len(f.Trace) > maxSteps || len(f.Remediation.Edits) > maxEdits:
		return protocol.Violate("a finding has too many steps or edits")
	}
	if s := f.Suppression; s != nil && (s.Line < 1 || s.Line > maxLine) {
		return protocol.Violate("a suppression stands on no line")
	}
	for _, list := range findingLists(f) {
		if len(*list) > maxList {
			return protocol.Violate("a finding has a list of more than %d", maxList)
		}
	}
	if err := within(findingTexts(f)); err != nil {
		return err
	}
	if err := a.place(f.Location, f.Revision); err != nil {
		return err
	}
	return a.findingPlaces(f)
}

// findingPlaces judges the other places that a finding names.
func (a *acceptance) findingPlaces(f *checks.Finding) error {
	for _, step := range f.Trace {
		if err := a.place(checks.Location{Path: step.Path, Start: checks.Position{Line: step.Line}, Commit: f.Location.Commit}, f.Revision); err != nil {
			return err
		}
	}
	for _, e := range f.Remediation.Edits {
		if len(e.NewText) > maxText {
			return protocol.Violate("an edit is longer than %d bytes", maxText)
		}
		if err := a.place(checks.Location{Path: e.Path, Start: e.Start, End: e.End}, checks.AtHead); err != nil {
			return err
		}
	}
	return nil
}

func (a *acceptance) component(c *checks.Component) error {
	if c.Kind == "" || c.Name == "" || len(c.Fields) > maxPairs {
		return protocol.Violate("a component has no kind or name, or too many fields")
	}
	for key, value := range c.Fields {
		if len(key) > maxLabel || len(value) > maxShort {
			return protocol.Violate("a component has a field that is too long")
		}
	}
	if err := within(componentTexts(c)); err != nil {
		return err
	}
	return a.place(c.Location, c.Revision)
}

func (a *acceptance) pkg(p *checks.Package) error {
	switch {
	case p.Ecosystem == "" || p.Name == "":
		return protocol.Violate("a package has no ecosystem or name")
	case !slices.Contains([]checks.Role{checks.Direct, checks.Transitive, checks.Command, checks.Imported}, p.Role):
		return protocol.Violate("a package has an unknown role")
	case !slices.Contains([]checks.Origin{"", checks.Local, checks.Git, checks.URL, checks.Private, checks.Mirror, checks.Mixed}, p.Origin):
		return protocol.Violate("a package is of unknown origin")
	case len(p.Guesses) > maxList || len(p.ImportedBy) > maxList:
		return protocol.Violate("a package has a list of more than %d", maxList)
	}
	if err := within(packageTexts(p)); err != nil {
		return err
	}
	for _, importer := range p.ImportedBy {
		if err := a.place(checks.Location{Path: importer}, p.Revision); err != nil {
			return err
		}
	}
	if p.Pin != nil {
		if err := a.place(checks.Location{Path: p.Location.Path, Start: p.Pin.Start, End: p.Pin.End}, p.Revision); err != nil {
			return err
		}
	}
	return a.place(p.Location, p.Revision)
}

func (a *acceptance) evidence(e *checks.Evidence) error {
	tiers := []checks.Tier{checks.Identified, checks.Attested, checks.Declared, checks.Artefact}
	switch {
	case !slices.Contains(tiers, e.Tier):
		return protocol.Violate("a piece of evidence is of unknown tier")
	case e.Commit != "" && !a.commits[e.Commit]:
		return protocol.Violate("a piece of evidence names a commit that is not of this change")
	case e.Path != "" && !protocol.ValidPath(string(e.Path)):
		return protocol.Violate("a piece of evidence names no path")
	case e.Lines[0] < 0 || e.Lines[1] < e.Lines[0] || e.Lines[1] > maxLine:
		return protocol.Violate("a piece of evidence names no lines")
	}
	return within(evidenceTexts(e))
}

func (a *acceptance) unscanned(u *checks.Unscanned) error {
	switch {
	case u.Check != a.check || u.Reason == "":
		return protocol.Violate("a file not scanned has no reason or names another check")
	case u.Kind != checks.Failed && u.Kind != checks.Excluded, u.Revision != checks.AtHead && u.Revision != checks.AtMergeBase:
		return protocol.Violate("a file not scanned is of unknown kind or revision")
	case u.Path != "" && !protocol.ValidPath(string(u.Path)):
		return protocol.Violate("a file not scanned is no path")
	}
	return within(unscannedTexts(u))
}

// maxLine bounds line and column numbers: no file that is read has as many bytes.
const maxLine = 1<<31 - 1

// place judges a location: an existing file, numbers that make sense.
func (a *acceptance) place(l checks.Location, at checks.Revision) error {
	switch {
	case at != checks.AtHead && at != checks.AtMergeBase:
		return protocol.Violate("a place is at an unknown revision")
	case l.Commit != "" && !a.commits[l.Commit]:
		return protocol.Violate("a place is in a commit that is not of this change")
	case min(l.Start.Line, l.Start.Column, l.End.Line, l.End.Column) < 0,
		max(l.Start.Line, l.Start.Column, l.End.Line, l.End.Column) > maxLine,
		l.End.Line != 0 && l.End.Line < l.Start.Line:
		return protocol.Violate("a place has impossible lines or columns")
	case !protocol.ValidPath(string(l.Path)):
		return protocol.Violate("a place is no path in a tree")
	case !a.exists(l.Path, at, l.Commit):
		return protocol.Violate("a place is in a file that does not exist there")
	}
	return nil
}

func within(texts []text) error {
	for _, t := range texts {
		if len(*t.value) > t.limit {
			return protocol.Violate("a %s is longer than %d bytes", t.what, t.limit)
		}
	}
	return nil
}
