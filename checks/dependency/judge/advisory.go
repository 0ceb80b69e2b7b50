package judge

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

// advisories are the findings about one version, one for each advisory.
func (j *Judge) advisories(p *checks.Package, answers *Answers) []checks.Finding {
	if !named(p) || !Matchable(p) {
		return nil
	}
	list := answers.Advisories[refOf(p)]
	if len(list) == 0 {
		return nil
	}
	found := make([]checks.Finding, len(list))
	instead := ""
	if p.Revision == checks.AtHead {
		instead = j.instead(p)
	}
	for i := range list {
		found[i] = j.advisory(p, &list[i], instead, answers)
	}
	return found
}

// advisory is one finding. Its fingerprint holds the advisory and no version: raising a version from one hole that it
// had to the same hole is nothing new. What the merge base had is told to nobody: there the fingerprint is all.
func (j *Judge) advisory(p *checks.Package, a *Advisory, instead string, answers *Answers) checks.Finding {
	id := vulnerable
	if a.Malicious {
		id = malicious
	}
	if p.Revision == checks.AtMergeBase {
		return j.begin(id, p, a.ID)
	}
	safe := answers.Safe[refOf(p)]
	f := j.finding(id, p, a.ID, map[string]string{
		"advisory": advisoryNames(a),
		"summary":  cmp.Or(sentence(a.Summary), "the advisory says no more"),
		"score":    scored(a),
		"safe":     safety(a, safe),
		"imported": importedBy(p),
		"ml":       j.ml[nameOf(p)],
		"upgrade":  j.upgrade(p, safe),
		"instead":  instead,
	})
	f.Package.Advisory, f.Package.Aliases, f.Package.Fixed = a.ID, a.Aliases, cmp.Or(safe, a.Fixed)
	f.Package.Summary = sentence(a.Summary)
	if !a.Malicious {
		f.Severity = j.severity(p, a)
	}
	if len(a.CWE) > 0 {
		f.Taxonomy.CWE = append(slices.Clone(f.Taxonomy.CWE), a.CWE...)
	}
	f.Remediation.References = append([]string{"https://osv.dev/vulnerability/" + address(a.ID)}, f.Remediation.References...)
	if safe != "" && p.Pin != nil && plainVersion.MatchString(safe) {
		f.Remediation.Edits = []checks.Edit{{Path: p.Location.Path, Start: p.Pin.Start, End: p.Pin.End, NewText: safe}}
	}
	return f
}

// severity is the advisory's, one step lower for what is installed for development and tests alone. The go directive of a
// go.mod is the lowest version that may build the module and says nothing of the one that does: that is for the record.
func (j *Judge) severity(p *checks.Package, a *Advisory) checks.Severity {
	if p.Ecosystem == "Go" && p.Name == "stdlib" {
		return checks.Info
	}
	s := cmp.Or(a.Severity, j.rules[vulnerable].Match.Unscored)
	if a.Severity == "" && p.Role == checks.Transitive && !a.Exploited {
		s = checks.Low // nobody said that it matters, and nobody here asked for the package
	}
	switch {
	case a.Exploited:
		return s
	case p.Group == "" || p.Group == "optional":
		return j.fixtures.Grade(s, p.Location.Path)
	}
	return milder(s)
}

// advisoryNames are the advisory's id and, if it is no CVE, its first CVE.
func advisoryNames(a *Advisory) string {
	if i := slices.IndexFunc(a.Aliases, isCVE); i >= 0 && !isCVE(a.ID) {
		return fmt.Sprintf("%s (%s)", plain(a.ID, maxName), plain(a.Aliases[i], maxName))
	}
	return plain(a.ID, maxName)
}

func isCVE(id string) bool { return strings.HasPrefix(id, "CVE-") }

// scored says how likely and how bad it is, as far as somebody measured.
func scored(a *Advisory) string {
	var parts []string
	switch {
	case a.Score > 0:
		parts = append(parts, fmt.Sprintf("CVSS %.1f", a.Score))
	case a.Severity == "":
		parts = append(parts, "nobody scored it")
	}
	if a.Exploited {
		parts = append(parts, "known to be exploited")
	}
	if a.EPSS >= 0.01 {
		parts = append(parts, fmt.Sprintf("EPSS %.0f %%", a.EPSS*100))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func safety(a *Advisory, safe string) string {
	switch {
	case safe != "":
		return fmt.Sprintf(" The lowest later version without a known hole is %s.", code(safe))
	case a.Fixed != "":
		return fmt.Sprintf(" It is fixed in %s, which has other known holes.", code(a.Fixed))
	}
	return " No fixed version is known."
}

// maxImporters is how many importing files a message names.
const maxImporters = 3

func importedBy(p *checks.Package) string {
	if len(p.ImportedBy) == 0 {
		return ""
	}
	var names []string
	for _, path := range p.ImportedBy[:min(len(p.ImportedBy), maxImporters)] {
		names = append(names, code(path.Quoted()))
	}
	list := strings.Join(names, ", ")
	if left := len(p.ImportedBy) - len(names); left > 0 {
		list += fmt.Sprintf(" and %d more", left)
	}
	return fmt.Sprintf(" This change imports it in %s.", list)
}

// What may stand in a command or an edit that a person will copy: nothing that a shell or a file would read otherwise.
var (
	plainName    = regexp.MustCompile(`^[A-Za-z0-9@][A-Za-z0-9@/._:+-]*$`)
	plainVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*$`)
)

// upgrade says what to do about a version: which one to write where it stands, or which command writes it.
func (j *Judge) upgrade(p *checks.Package, safe string) string {
	switch {
	case safe == "":
		return "No version without known holes is known: replace the package, or show in the pull request that the hole cannot be reached and record the exception."
	case !plainVersion.MatchString(safe) || !plainName.MatchString(p.Name):
		return fmt.Sprintf("Move to version %s or later.", code(safe))
	}
	if c, ok := j.commands[path.Base(string(p.Location.Path))]; ok && p.Pin == nil {
		template := c.Command
		if p.Role == checks.Transitive && c.Transitive != "" {
			template = c.Transitive
		}
		command := strings.NewReplacer("{name}", p.Name, "{version}", safe).Replace(template)
		if p.Role == checks.Transitive && !strings.Contains(template, "{version}") {
			return fmt.Sprintf("Run `%s` and see that the lockfile then holds %s or later; if a package in between forbids it, upgrade that one or override the version.", command, code(safe))
		}
		return fmt.Sprintf("Run `%s`.", command)
	}
	if p.Pin != nil {
		return fmt.Sprintf("Write %s here, and bring the lockfile up to date if there is one.", code(safe))
	}
	return fmt.Sprintf("Move to version %s or later.", code(safe))
}

// address is an id in an address: ids are letters, digits, dots and hyphens; whatever else comes is left out.
func address(id string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '-' || r == '.' || r == '_' || r == ':' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
			return r
		}
		return -1
	}, id)
}
