package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Lookups says who was asked about packages, and what nobody answered.
type Lookups struct {
	Database judge.Database  `json:"database"`
	Days     int             `json:"days,omitempty"`    // age of an index when it was asked
	Stale    bool            `json:"stale,omitempty"`   // it was older than [judge.StaleAfter]
	Unknown  []judge.Unknown `json:"unknown,omitempty"` // of what the change adds
}

// Unanswered is how many look-ups had no answer; 0 of no result.
func (r *Result) Unanswered() int {
	if r == nil || r.Lookups == nil {
		return 0
	}
	return len(r.Lookups.Unknown)
}

// Source says for people where advisories came from, and how old they are. It is empty when nobody was asked.
func (l *Lookups) Source() string {
	if l == nil {
		return ""
	}
	d := l.Database
	switch {
	case d.Off:
		return "advisories: look-ups are switched off"
	case d.Missing != "":
		return "advisories: none (" + d.Missing + ")"
	case d.Source == "index" && l.Stale:
		return fmt.Sprintf("advisories: index of %s, stale: %s old; run assay advisories update", d.Built.UTC().Format(time.DateOnly), counted(l.Days, "day"))
	case d.Source == "index":
		return fmt.Sprintf("advisories: index of %s, %s old", d.Built.UTC().Format(time.DateOnly), age(l.Days))
	case d.Source != "":
		return "advisories: " + d.Source
	}
	return ""
}

// Unanswered says for people how many look-ups had no answer, and why the first had none. It is empty when all had.
func (l *Lookups) Unanswered() string {
	if l == nil || len(l.Unknown) == 0 {
		return ""
	}
	first := l.Unknown[0]
	return fmt.Sprintf("%s without an answer, such as %s %s: %s", counted(len(l.Unknown), "look-up"), first.Ecosystem, first.Name.Name, first.Reason)
}

// age is a number of days for people.
func age(days int) string {
	if days == 0 {
		return "less than a day"
	}
	return counted(days, "day")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// lookUp has the packages of a report judged, and adds what is found.
func lookUp(ctx context.Context, in Input, report *checks.Report) (*Lookups, error) {
	if in.Packages == nil || in.Only != nil && !slices.Contains(in.Only, checks.Dependency) {
		return nil, nil
	}
	findings, answers, err := in.Packages.Judge(ctx, report.Packages)
	if err != nil {
		return nil, err
	}
	report.Findings = append(report.Findings, findings...)
	added := addedTo(report.Packages)
	if missing := answers.Database.Missing; missing != "" && len(added.refs) > 0 {
		report.Unscanned = append(report.Unscanned, checks.Unscanned{
			Check: checks.Dependency, Kind: checks.Failed, Reason: "packages were not compared with advisories: " + missing,
		})
	}
	lookups := &Lookups{Database: answers.Database, Stale: answers.Database.Stale(answers.Now)}
	for _, u := range answers.Unknown {
		if added.refs[u.Ref] || u.Version == "" && added.names[u.Name] {
			lookups.Unknown = append(lookups.Unknown, u)
		}
	}
	if built := answers.Database.Built; !built.IsZero() {
		lookups.Days = max(0, int(answers.Now.Sub(built).Hours()/24))
	}
	return lookups, nil
}

// additions are what the head asks and the merge base did not: only of these does it matter that nobody could be asked, or
// had no answer.
type additions struct {
	refs  map[judge.Ref]bool // of which advisories matter
	names map[judge.Name]bool
}

// addedTo finds out what is asked about the head alone. The organisation's own packages have no advisories.
func addedTo(packages []checks.Package) additions {
	var base, head []checks.Package
	for _, p := range packages {
		switch {
		case p.Reserved:
		case p.Revision == checks.AtMergeBase:
			base = append(base, p)
		default:
			head = append(head, p)
		}
	}
	added := additions{map[judge.Ref]bool{}, map[judge.Name]bool{}}
	asked := judge.Ask(head)
	for _, ref := range slices.Concat(asked.Refs, asked.Hidden) {
		added.refs[ref] = true
	}
	asked = judge.Ask(base)
	for _, ref := range slices.Concat(asked.Refs, asked.Hidden) {
		delete(added.refs, ref)
	}
	for _, question := range judge.Ask(packages).Names {
		added.names[question.Name] = true
	}
	return added
}

// atHead leaves out what only the merge base had, and of the rest what only the judge needed.
func atHead(packages []checks.Package) []checks.Package {
	var kept []checks.Package
	for _, p := range packages {
		if p.Revision == checks.AtHead {
			p.Snippet, p.Pin, p.Guesses = "", nil, nil
			kept = append(kept, p)
		}
	}
	return kept
}
