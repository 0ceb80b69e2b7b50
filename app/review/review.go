// Package review turns a change into a result: it has the change analysed, tells new findings from old ones, and
// puts them in order. It is the same for a pull request, a local range of commits and a folder.
package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Analyser runs the checks on a change; in the product it does so in a process that can open nothing.
type Analyser interface {
	Run(ctx context.Context, c *checks.Change, only []checks.Name) (checks.Report, error)
}

// PackageJudge looks the packages of a change up, which the child that lists them cannot, and says what is wrong with
// them. Its error is that of the context alone: what could not be found out is in the answers.
type PackageJudge interface {
	Judge(ctx context.Context, packages []checks.Package) ([]checks.Finding, judge.Answers, error)
}

// Input is what a review works on.
type Input struct {
	Change    *checks.Change
	Only      []checks.Name      // the checks to run; all when empty
	Unscanned []checks.Unscanned // what was already known to be out of reach when the change was read
	Packages  PackageJudge       // nil to look nothing up

	// Trusted says that whoever runs the review wrote the change: every comment that asks to leave a finding out
	// counts. Otherwise one that the change itself brings is a request that somebody else has to grant.
	Trusted bool
}

// Result is all that is known of a change after the review, before any policy.
type Result struct {
	MergeBase checks.CommitSHA `json:"merge_base,omitempty"`
	Head      checks.CommitSHA `json:"head,omitempty"`

	// Findings are those at the head and in the change's commits, the most severe first.
	Findings []checks.Finding `json:"findings"`

	Unscanned  []checks.Unscanned  `json:"unscanned"` // of kind failed
	Excluded   int                 `json:"excluded"`  // how many files were left out on purpose
	Components []checks.Component  `json:"components,omitempty"`
	Packages   []checks.Package    `json:"packages,omitempty"`
	Lookups    *Lookups            `json:"lookups,omitempty"` // nil when nothing was to be looked up
	Evidence   []checks.Evidence   `json:"evidence,omitempty"`
	Files      []checks.FileChange `json:"files"` // the change itself, for placing comments
	Commits    int                 `json:"commits"`
	Stats      Stats               `json:"stats"`
}

// Stats says how much was read and how long it took.
type Stats struct {
	Files   int     `json:"files"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

// Run reviews a change. The error says that nothing at all is known; what could be found out in part is a Result with
// Unscanned entries.
func Run(ctx context.Context, analyser Analyser, in Input) (*Result, error) {
	started := time.Now()
	report, err := analyser.Run(ctx, in.Change, in.Only)
	if err != nil {
		return nil, fmt.Errorf("analyse %d changed files: %w", len(in.Change.Files), err)
	}
	report.Unscanned = append(slices.Clone(in.Unscanned), report.Unscanned...)
	lookups, err := lookUp(ctx, in, &report)
	if err != nil {
		return nil, err
	}

	result := &Result{
		MergeBase:  in.Change.MergeBaseSHA,
		Head:       in.Change.HeadSHA,
		Findings:   MarkNew(report.Findings, in.Change.Files, report.Unscanned),
		Components: report.Components,
		Packages:   atHead(report.Packages),
		Lookups:    lookups,
		Evidence:   report.Evidence,
		Files:      in.Change.Files,
		Commits:    len(in.Change.Commits),
		Stats:      Stats{Files: report.Stats.Files, Bytes: report.Stats.Bytes},
	}
	Suppress(result.Findings, in.Change.Files, in.Trusted)
	result.Findings = Merge(result.Findings)
	result.Unscanned, result.Excluded = splitUnscanned(report.Unscanned)
	Sort(result.Findings)
	result.Stats.Seconds = time.Since(started).Seconds()
	return result, nil
}

// splitUnscanned keeps what failed, each thing once, and counts the files that were excluded.
func splitUnscanned(all []checks.Unscanned) (failed []checks.Unscanned, excluded int) {
	left := map[checks.Path]bool{}
	seen := map[checks.Unscanned]bool{}
	failed = []checks.Unscanned{}
	for _, u := range all {
		switch {
		case u.Kind == checks.Excluded:
			left[u.Path] = true
		case !seen[u]:
			seen[u] = true
			failed = append(failed, u)
		}
	}
	slices.SortStableFunc(failed, func(a, b checks.Unscanned) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Reason, b.Reason))
	})
	return failed, len(left)
}

// Sort orders findings by severity, the worst first, then by place and rule, so that the same input always gives the
// same answer.
func Sort(findings []checks.Finding) {
	slices.SortStableFunc(findings, func(a, b checks.Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
			cmp.Compare(a.Location.Path, b.Location.Path),
			cmp.Compare(a.Location.Commit, b.Location.Commit),
			cmp.Compare(a.Location.Start.Line, b.Location.Start.Line),
			cmp.Compare(a.Location.Start.Column, b.Location.Start.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
}
