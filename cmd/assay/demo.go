package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	module "github.com/assay-app/assay"
	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/output"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/server"
	"github.com/assay-app/assay/app/setup"
)

type demoCommand struct {
	Once    bool   `help:"Exit when the review is done instead of staying up."`
	Address string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where the local GitHub listens; a loopback address."`
	Verbose bool   `help:"Show the server's log."`
}

// demoPatience is how long the review of the example may take; it takes a second.
const demoPatience = 2 * time.Minute

// Run plays the main job from end to end: a local GitHub, the server, a pull request by a coding agent, a signed
// webhook, the review. Nothing leaves this machine.
func (c *demoCommand) Run(p *process) (err error) {
	if err := analyse.ProtectParent(); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	dir, err := os.MkdirTemp("", "assay-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(dir)
	d, err := c.begin(p, dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, d.end()) }()

	fmt.Fprintf(p.stdout, "A local GitHub runs at %s, and Assay at %s.\n", d.hub.URL(), d.server.URL())
	began := time.Now()
	pull := d.example.OpenPull()
	fmt.Fprintf(p.stdout, "A coding agent opened pull request #%d, \"Summarise long tickets\"; GitHub sends a signed webhook …\n\n", pull.Number())
	gate, err := d.verdict(p.ctx, pull)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	d.print(p.stdout, pull, gate, time.Since(began))
	if c.Once {
		return nil
	}
	fmt.Fprintf(p.stdout, "\nSee it as a reviewer does:  %s\nIt stays up until Ctrl-C.\n", pull.URL())
	<-p.ctx.Done()
	return nil
}

// demo is what runs meanwhile.
type demo struct {
	hub     *localhub.Hub
	example *localhub.Example
	server  *server.Server
	close   []func() // what else runs meanwhile
}

func (c *demoCommand) begin(p *process, dir string) (*demo, error) {
	hub, err := localhub.Start(localhub.Options{Dir: dir + "/github", Address: c.Address})
	if err != nil {
		return nil, err
	}
	d := &demo{hub: hub, example: localhub.SeedExample(hub)}
	manifest, err := setup.ParseManifest(module.AppManifest)
	if err != nil {
		return nil, errors.Join(err, d.end())
	}
	permissions := map[string]string{}
	for name, access := range manifest.Permissions {
		permissions[name] = string(access)
	}
	app := hub.App(localhub.AppOptions{Slug: "assay", Owner: d.example.Organisation, Permissions: permissions, Events: manifest.Events})
	log := slog.New(slog.DiscardHandler)
	if c.Verbose {
		log = slog.New(slog.NewTextHandler(p.stderr, nil))
	}
	packages, closeRegistry, err := demoLookups(p.ctx, dir)
	if err != nil {
		return nil, errors.Join(err, d.end())
	}
	d.close = append(d.close, closeRegistry, func() { _ = packages.Close() }) // it was only read
	d.server, err = server.Start(p.ctx, server.Config{
		Packages: packages,
		Listen:   "127.0.0.1:0", Data: dir + "/assay",
		GitHub:         githubapi.Config{BaseURL: strings.TrimSuffix(hub.APIURL(), "/"), AppID: app.ID(), PrivateKey: app.PrivateKey()},
		WebhookSecrets: [][]byte{[]byte(app.WebhookSecret())},
		Sandbox:        analyse.BestEffort, // whoever tries the product should see it, whatever their kernel
		Defaults:       policy.Default(),
		RulePage:       pageOf, Version: thisBuild().Version, Log: log,
	})
	if err != nil {
		return nil, errors.Join(err, d.end())
	}
	app.SetWebhook(d.server.URL()+"/webhook", app.WebhookSecret())
	app.Install(d.example.Organisation)
	hub.Flush()
	return d, hub.Err()
}

func (d *demo) end() error {
	var err error
	if d.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		err = d.server.Stop(ctx)
	}
	for _, end := range d.close {
		end()
	}
	return errors.Join(err, d.hub.Close())
}

// verdict waits for the gate to conclude.
func (d *demo) verdict(ctx context.Context, pull *localhub.PullRequest) (localhub.CheckRun, error) {
	ctx, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	for {
		for _, run := range d.example.Repository.CheckRuns(pull.Head()) {
			if run.Name == "Assay" && run.Status == "completed" {
				return run, d.hub.Err()
			}
		}
		select {
		case <-ctx.Done():
			return localhub.CheckRun{}, errors.New("the review did not come to an end; --verbose shows what the server says")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// print says what a reviewer sees.
func (d *demo) print(w io.Writer, pull *localhub.PullRequest, gate localhub.CheckRun, took time.Duration) {
	fmt.Fprintf(w, "Checks, %.1f seconds later:\n", took.Seconds())
	for _, run := range d.example.Repository.CheckRuns(pull.Head()) {
		fmt.Fprintf(w, "  %-9s %-16s %s\n", run.Conclusion, run.Name, output.Printable(run.Title))
	}
	fmt.Fprintln(w, "\nInline comments:")
	for _, comment := range pull.ReviewComments() {
		title, _, _ := strings.Cut(comment.Body, "\n")
		fmt.Fprintf(w, "  %s:%d  %s\n", output.Printable(comment.Place.Path), comment.Place.Line, output.Printable(strings.Trim(title, "*# ")))
	}
}
