package main

import (
	"fmt"
	"os"

	module "github.com/assay-app/assay"
	"github.com/assay-app/assay/app/setup"
)

type setupCommand struct {
	WebhookURL   string `required:"" placeholder:"URL" help:"Where GitHub will reach this server: https://HOST/webhook."`
	Organization string `placeholder:"LOGIN" help:"Register the App for this organisation. Default: your own account."`
	Name         string `placeholder:"NAME" help:"The App's name, unique on all of GitHub. Default: the manifest's."`
	Manifest     string `placeholder:"FILE" help:"Another manifest than the app.yml that comes with Assay."`
	Out          string `default:"credentials" placeholder:"DIR" help:"Where to write the credentials."`
	Force        bool   `help:"Replace the credentials of another App."`
	githubFlags
}

// Run registers the App with GitHub.
func (c *setupCommand) Run(p *process) error {
	text := module.AppManifest
	if c.Manifest != "" {
		var err error
		if text, err = os.ReadFile(c.Manifest); err != nil {
			return usage(fmt.Errorf("setup: %w", err))
		}
	}
	manifest, err := setup.ParseManifest(text)
	if err != nil {
		return usage(fmt.Errorf("setup: %w", err))
	}
	_, err = setup.Run(p.ctx, setup.Options{
		Manifest: manifest, Name: c.Name, Organisation: c.Organization, WebhookURL: c.WebhookURL,
		GitHub: c.githubFlags.config(), Directory: c.Out, Force: c.Force, Out: p.stdout,
	})
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	return nil
}
