package review

import (
	"context"
	"slices"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Lookups says who was asked about packages, and what nobody answered.
type Lookups struct {
	Database judge.Database  `json:"database"`
	Stale    bool            `json:"stale,omitempty"` // the advisories are older than [judge.StaleAfter]
	Unknown  []judge.Unknown `json:"unknown,omitempty"`
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
	if missing := answers.Database.Missing; missing != "" && addsPackages(report.Packages) {
		report.Unscanned = append(report.Unscanned, checks.Unscanned{
			Check: checks.Dependency, Kind: checks.Failed, Reason: "packages were not compared with advisories: " + missing,
		})
	}
	return &Lookups{Database: answers.Database, Stale: answers.Database.Stale(answers.Now), Unknown: answers.Unknown}, nil
}

// addsPackages reports whether the head has a version of a package that advisories could be about and the merge base had
// not: only then does it matter that they were not asked.
func addsPackages(packages []checks.Package) bool {
	before := map[judge.Ref]bool{}
	for _, p := range packages {
		if p.Revision == checks.AtMergeBase {
			before[refOf(p)] = true
		}
	}
	return slices.ContainsFunc(packages, func(p checks.Package) bool {
		return p.Revision == checks.AtHead && p.Version != "" && judge.Public(&p) && !before[refOf(p)]
	})
}

func refOf(p checks.Package) judge.Ref {
	return judge.Ref{Name: judge.Name{Ecosystem: p.Ecosystem, Name: p.Name}, Version: p.Version}
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
