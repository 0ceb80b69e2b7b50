package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/output"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// verdictFlags are what scan and review have in common: what to look for, what counts, and how to say it.
type verdictFlags struct {
	Format  string   `enum:"text,json,sarif,markdown" default:"text" help:"text, json, sarif or markdown."`
	Output  string   `short:"o" placeholder:"FILE" help:"Write there instead of to standard output."`
	Checks  []string `placeholder:"NAME" help:"Run these checks alone, such as secret,agent."`
	BlockAt string   `enum:",critical,high,medium,low" default:"" placeholder:"SEVERITY" help:"The mildest new finding that counts: critical, high, medium or low. Default: what the policy says, which is high if there is none."`
	ruleFlags
	cacheFlags
	lookupFlags
	Color string `enum:"auto,always,never" default:"auto" help:"Colour text: auto (at a terminal), always or never."`
}

// rulesURL is where each rule has its page.
const rulesURL = "https://github.com/assay-app/assay/blob/main/docs/rules/%s.md"

// judge reviews an open range under a policy, writes the result, and ends as the verdict says.
// The places are those of what is reviewed.
func (f *verdictFlags) judge(p *process, opened *gitrepo.Range, rules policy.Policy, isRange bool, places ...string) error {
	only, err := f.only()
	if err != nil {
		return err
	}
	if f.BlockAt != "" {
		rules.BlockAt = checks.Severity(f.BlockAt)
	}
	to, err := p.openDestination(f.Output)
	if err != nil {
		return err
	}
	defer to.discard()

	change := opened.Change()
	if change.Options.SecretKey, err = p.fingerprintKey(); err != nil {
		return err
	}
	if change.Options.Rules, err = f.Rules.read(); err != nil {
		return err
	}
	if change.Options.OnlyRules = f.OnlyRules; f.OnlyRules {
		only = []checks.Name{checks.Code}
	}
	change.Options.PrivateNames, change.Options.PublicHosts = rules.Private, f.publicHosts()
	packages, err := f.lookupFlags.open(p, "", nil)
	if err != nil {
		return err
	}
	defer packages.Close()
	runner, err := p.runner()
	if err != nil {
		return err
	}
	cache, closeCache, err := f.cache(!isRange, places...)
	if err != nil {
		return err
	}
	runner.Results = cache
	defer func() {
		if err := closeCache(); err != nil && isTerminal(p.stderr) {
			fmt.Fprintf(p.stderr, "assay: %v\n", err)
		}
	}()
	done := p.progress("assay: looking at %s", counted(len(change.Files), "file"))
	result, err := review.Run(p.ctx, runner, review.Input{
		Change: change, Only: only, Unscanned: opened.Unscanned(), Packages: packages, Trusted: true,
	})
	done()
	if err != nil {
		return err
	}
	decision := policy.Decide(rules, result.Findings, result.Unscanned, result.Unanswered())
	report := output.Report{
		Result: result, Decision: decision, Range: isRange, Version: thisBuild().Version, RuleURL: pageOf,
	}
	style := output.Style{}
	if to.part == nil {
		style = p.style(to.Writer, f.Color)
	}
	if err := output.Write(to, output.Format(f.Format), report, style); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if err := to.commit(); err != nil {
		return err
	}
	return ending(decision)
}

// ending is the exit code of a decision. It does not depend on the policy's mode or on what it makes of an incomplete
// review: a script learns what is so, and decides for itself. Only whether look-ups without an answer make a review
// incomplete is the policy's to say.
func ending(d policy.Decision) error {
	switch {
	case d.Blocking > 0:
		return exitFindings
	case d.Incomplete > 0, d.Verdict == policy.Incomplete:
		return exitIncomplete
	}
	return nil
}

// only are the checks that were asked for, all when none was.
func (f *verdictFlags) only() ([]checks.Name, error) {
	var only []checks.Name
	for _, name := range f.Checks {
		if !slices.Contains(analyse.Names(), checks.Name(name)) {
			var known []string
			for _, n := range analyse.Names() {
				known = append(known, string(n))
			}
			return nil, usage(fmt.Errorf("--checks: there is no check %q; there are %s", name, strings.Join(known, ", ")))
		}
		if !slices.Contains(only, checks.Name(name)) {
			only = append(only, checks.Name(name))
		}
	}
	return only, nil
}

// pageOf is the address of a rule's page. Only Assay's own rules have one; those are named by lower-case words.
func pageOf(rule checks.RuleID) string {
	if !ownRule.MatchString(string(rule)) {
		return ""
	}
	return fmt.Sprintf(rulesURL, rule)
}

var ownRule = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
