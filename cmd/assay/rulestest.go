package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/ruletest"
	"github.com/assay-app/assay/checks"
)

type rulesTestCommand struct {
	Dir string `arg:"" help:"A folder of rules with annotated examples beside them (ruleid:, ok:, todoruleid:, todook:)."`
}

// Run runs every rule of a folder over its examples and compares what is reported with what the annotations say.
func (c *rulesTestCommand) Run(p *process) error {
	cases, err := ruleCases(c.Dir)
	if err != nil {
		return usage(err)
	}
	runner, err := p.runner()
	if err != nil {
		return err
	}
	tested, failed := 0, 0
	for _, one := range cases {
		files, err := rulePaths{filepath.Join(c.Dir, filepath.FromSlash(one.Rules))}.read()
		if err != nil {
			return err
		}
		for _, target := range one.Targets {
			n, problems, err := testRules(p, runner, files, filepath.Join(c.Dir, filepath.FromSlash(target)))
			if err != nil {
				return err
			}
			tested += n
			for _, problem := range problems {
				failed++
				fmt.Fprintf(p.stdout, "%s: %s\n", target, problem)
			}
		}
		if len(one.Targets) == 0 {
			fmt.Fprintf(p.stdout, "%s: no example beside it\n", one.Rules)
		}
	}
	fmt.Fprintf(p.stdout, "%s of rules, %s checked, %d wrong\n", counted(len(cases), "file"), counted(tested, "expectation"), failed)
	switch {
	case failed > 0:
		return exitFindings
	case tested == 0:
		return usage(errors.New("no annotated example was found: nothing was tested"))
	}
	return nil
}

// ruleCases pairs the files below a folder.
func ruleCases(dir string) ([]ruletest.Case, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != dir && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		relative, err := filepath.Rel(dir, name)
		paths = append(paths, filepath.ToSlash(relative))
		return err
	})
	return ruletest.Pair(paths), err
}

// testRules runs rules over one example. The problems are sentences; n counts the rules that the annotations speak of.
func testRules(p *process, runner *analyse.Runner, files []checks.RuleFile, target string) (n int, problems []string, err error) {
	text, err := os.ReadFile(target)
	if err != nil {
		return 0, nil, usage(err)
	}
	report, err := runRules(p, runner, files, target)
	if err != nil {
		return 0, nil, err
	}
	for _, u := range report.Unscanned {
		if u.Kind == checks.Failed {
			problems = append(problems, u.Reason)
		}
	}
	reported := map[string][]int{}
	for _, f := range report.Findings {
		reported[string(f.Rule)] = append(reported[string(f.Rule)], f.Location.Start.Line)
	}
	expected := ruletest.Expect(string(text))
	for id := range reported {
		if expected[id] == nil {
			expected[id] = &ruletest.Expectation{}
		}
	}
	ids := make([]string, 0, len(expected))
	for id := range expected {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		n++
		missing, unexpected := expected[id].Judge(reported[id])
		if len(missing) > 0 {
			problems = append(problems, fmt.Sprintf("%s: nothing reported on %s", id, lines(missing)))
		}
		if len(unexpected) > 0 {
			problems = append(problems, fmt.Sprintf("%s: reported on %s without a ruleid annotation", id, lines(unexpected)))
		}
	}
	return n, problems, nil
}

// runRules runs rules, and nothing else, over paths.
func runRules(p *process, runner *analyse.Runner, files []checks.RuleFile, paths ...string) (checks.Report, error) {
	opened, err := gitrepo.OpenPaths(p.ctx, paths)
	if err != nil {
		return checks.Report{}, cannotOpen(err)
	}
	defer opened.Close()
	change := opened.Change()
	change.Options.Rules, change.Options.OnlyRules = files, true
	return runner.Run(p.ctx, change, []checks.Name{checks.Code})
}

func lines(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = fmt.Sprint(n)
	}
	if len(words) == 1 {
		return "line " + words[0]
	}
	return "lines " + strings.Join(words, ", ")
}
