package main

import (
	"fmt"
	"os"

	"github.com/assay-app/assay/checks"
)

type rulesValidateCommand struct {
	Paths []string `arg:"" name:"path" help:"Files and folders of rules in Semgrep's language."`
}

// Run loads rules and says which are refused, and why. Rules are read where everything else is that came from outside: in the
// child.
func (c *rulesValidateCommand) Run(p *process) error {
	files, err := rulePaths(c.Paths).read()
	if err != nil {
		return err
	}
	runner, err := p.runner()
	if err != nil {
		return err
	}
	empty, err := os.CreateTemp("", "assay-rules-*.txt")
	if err != nil {
		return err
	}
	defer os.Remove(empty.Name())
	if err := empty.Close(); err != nil {
		return err
	}
	report, err := runRules(p, runner, files, empty.Name())
	if err != nil {
		return err
	}
	refused := 0
	for _, u := range report.Unscanned {
		if u.Kind == checks.Failed {
			refused++
			fmt.Fprintln(p.stdout, u.Reason)
		}
	}
	fmt.Fprintf(p.stdout, "%s of rules, %d refused\n", counted(len(files), "file"), refused)
	if refused > 0 {
		return exitFindings
	}
	return nil
}
