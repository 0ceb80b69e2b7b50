package main

import (
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/policy"
)

type scanCommand struct {
	Paths []string `arg:"" name:"path" help:"Files and folders."`
	verdictFlags
}

// Run scans a tree. No policy file is read: it would be one of the files that are judged.
func (c *scanCommand) Run(p *process) error {
	opened, err := gitrepo.OpenPaths(p.ctx, c.Paths)
	if err != nil {
		return cannotOpen(err)
	}
	defer opened.Close()
	return c.judge(p, opened, policy.Default(), false, c.Paths...)
}
