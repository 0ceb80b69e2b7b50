package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/assay-app/assay/app/lookup/advisories"
	"github.com/assay-app/assay/app/output"
)

type advisoriesCommand struct {
	Update advisoriesUpdateCommand `cmd:"" help:"Build the index of public advisories that reviews and scans look packages up in."`
	Status advisoriesStatusCommand `cmd:"" help:"Say what is in the index, and how old it is."`
}

// indexFlags say where the index of advisories is.
type indexFlags struct {
	Index string `env:"ASSAY_ADVISORIES" placeholder:"FILE" help:"The index. Default: advisories.db in the data folder."`
	Data  string `env:"ASSAY_DATA" placeholder:"DIR" help:"The data folder. Default: assay in the user's state directory."`
}

// advisoriesFile is the index in a data folder.
const advisoriesFile = "advisories.db"

// path is where the index is, and "" when this user has no place for it.
func (f indexFlags) path(p *process) string {
	directory := f.Data
	if directory == "" {
		directory = p.dataDirectory()
	}
	switch {
	case f.Index != "":
		return f.Index
	case directory == "":
		return ""
	}
	return filepath.Join(directory, advisoriesFile)
}

var errNoPlace = errors.New("there is no place for the advisory index: set ASSAY_ADVISORIES to a file")

type advisoriesUpdateCommand struct {
	indexFlags
	From       string   `placeholder:"DIR_OR_URL" help:"A folder or address with ECOSYSTEM/all.zip below it, as OSV publishes them. Default: OSV's public exports."`
	Ecosystems []string `placeholder:"NAME" help:"Only these, as OSV writes them: PyPI,npm,Go. Default: all that can be matched."`
	KEV        string   `name:"kev" placeholder:"FILE" help:"CISA's catalogue of known exploited vulnerabilities, JSON, to mark those."`
	EPSS       string   `name:"epss" placeholder:"FILE" help:"EPSS scores, CSV, packed or not, to tell how likely exploitation is."`
}

// Run builds the index and puts it in the place of the one before.
func (c *advisoriesUpdateCommand) Run(p *process) error {
	path := c.path(p)
	if path == "" {
		return usage(errNoPlace)
	}
	done := func() {}
	update, err := advisories.Run(p.ctx, advisories.Options{
		Path: path, From: c.From, Ecosystems: c.Ecosystems, KEV: c.KEV, EPSS: c.EPSS,
		Progress: func(ecosystem string) {
			done()
			done = p.progress("Reading the advisories of %s", ecosystem)
		},
	})
	done()
	if wrong := (advisories.OptionError{}); errors.As(err, &wrong) {
		return usage(fmt.Errorf("advisories update: %w", err))
	}
	if err != nil {
		return fmt.Errorf("advisories update: %w", err)
	}
	return c.report(p, path, update)
}

// report says what there is now, and what there is not.
func (c *advisoriesUpdateCommand) report(p *process, path string, update *advisories.Update) error {
	var b strings.Builder
	for _, e := range update.About.Ecosystems {
		fmt.Fprintf(&b, "%s: %s", e.Name, holdings(e))
		if slices.Contains(update.Unchanged, e.Name) {
			b.WriteString(", unchanged")
		}
		b.WriteByte('\n')
		if problem := update.Problems[e.Name]; problem != nil {
			fmt.Fprintf(&b, "  unreadable is %s\n", output.Printable(problem.Error()))
		}
	}
	if len(update.Missing) > 0 {
		fmt.Fprintf(&b, "Not there: %s. Packages of these will be unknown.\n", strings.Join(update.Missing, ", "))
	}
	fmt.Fprintf(&b, "%s holds %s.\n", output.Printable(path), countedAdvisories(update.About.Records()))
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}

// holdings says how much of an ecosystem is in the index.
func holdings(e advisories.Ecosystem) string {
	text := fmt.Sprintf("%s about %s", countedAdvisories(e.Records), counted(e.Packages, "package"))
	if e.Withdrawn > 0 {
		text += fmt.Sprintf(", %d withdrawn", e.Withdrawn)
	}
	if e.Unreadable > 0 {
		text += fmt.Sprintf(", %d unreadable", e.Unreadable)
	}
	return text
}

func countedAdvisories(n int) string {
	if n == 1 {
		return "1 advisory"
	}
	return fmt.Sprintf("%d advisories", n)
}

type advisoriesStatusCommand struct {
	indexFlags
}

// Run says what is in the index. That there is none, or none that can be read, is an error.
func (c *advisoriesStatusCommand) Run(p *process) error {
	path := c.path(p)
	if path == "" {
		return usage(errNoPlace)
	}
	index, err := advisories.Open(path)
	switch {
	case advisories.IsMissing(err):
		return usage(fmt.Errorf("advisories status: there is no advisory index at %s; make one with assay advisories update", path))
	case err != nil:
		return fmt.Errorf("advisories status: %w", err)
	}
	defer index.Close()
	about, now := index.About(), time.Now()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", output.Printable(path))
	fmt.Fprintf(&b, "%s from %s, as of %s, %s old", countedAdvisories(about.Records()), output.Printable(about.Source), about.Built.Format(time.DateTime)+" UTC", age(now.Sub(about.Built)))
	if index.Database().Stale(now) {
		b.WriteString(": stale; run assay advisories update")
	}
	b.WriteByte('\n')
	for _, e := range about.Ecosystems {
		fmt.Fprintf(&b, "%s: %s, %s old\n", e.Name, holdings(e), age(now.Sub(e.Fetched)))
	}
	if about.KEV > 0 {
		fmt.Fprintf(&b, "Known exploited vulnerabilities: %d\n", about.KEV)
	}
	if about.EPSS > 0 {
		fmt.Fprintf(&b, "EPSS scores: %d\n", about.EPSS)
	}
	_, err = fmt.Fprint(p.stdout, b.String())
	return err
}

// age is a duration as people say it.
func age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", max(0, d/time.Second))
}
