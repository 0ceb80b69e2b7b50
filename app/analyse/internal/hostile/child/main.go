//go:build linux

// The program child is the analysing child and nothing else. Tests build it with the tag assay_hostile.
//
// With the argument run and the name of a check it is a parent instead: it protects itself, runs that check over a
// change of one file, and prints the report as JSON. Tests start it as another user.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"testing/fstest"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/checks"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "run" {
		if err := run(checks.Name(os.Args[2])); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(analyse.Child())
}

func run(name checks.Name) error {
	if err := analyse.ProtectParent(); err != nil {
		return err
	}
	change := &checks.Change{
		Head:  fstest.MapFS{"a.txt": {Data: []byte("hello\n"), Mode: 0o644}},
		Files: []checks.FileChange{{Path: "a.txt", Status: checks.Added, Mode: fs.FileMode(0o644)}},
	}
	report, err := new(analyse.Runner).Run(context.Background(), change, []checks.Name{name})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}
