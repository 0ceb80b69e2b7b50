// Package setup registers the App at GitHub from app.yml, through the manifest flow, and checks at every start that
// GitHub still knows it.
//
// The flow: [Run] serves one page on a loopback port, at an address that only the terminal shows. Its form posts the
// manifest to GitHub, together with a random state. The owner confirms there; GitHub sends the browser back with a
// code and that state; the code buys the App's credentials, once, within an hour. They are written to a directory and
// shown to nobody.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"time"

	"github.com/assay-app/assay/app/githubapi"
)

// Options say what to register, where, and where to keep the credentials.
type Options struct {
	Manifest     Manifest
	Name         string // replaces the manifest's when set
	Organisation string // registers the App for it; for the user's own account when empty
	WebhookURL   string // where GitHub will deliver: https, or http to a loopback address

	GitHub githubapi.Config // BaseURL, ProxyURL and CAFile; there is no App yet

	Directory string // of the credentials
	Force     bool   // replaces those of another App

	Out  io.Writer          // what a person reads; never a secret
	Open func(string) error // opens a browser; nil leaves that to the reader
}

// Result is what was registered. It holds no secret.
type Result struct {
	App         Registered
	Differences []string // between what was asked and what was granted
	Directory   string
}

// codeLife is how long GitHub's code is good for, and so the longest that anything here is waited for.
const codeLife = time.Hour

var (
	// ErrExists: there are credentials already, and Force is off.
	ErrExists = errors.New("there are credentials already")
	// ErrCodeSpent: GitHub no longer takes the code, for it is older than an hour or was used.
	ErrCodeSpent = errors.New("GitHub no longer takes the code that it gave")
)

// Run registers the App and writes its credentials. Everything that can be checked is checked before GitHub is asked:
// an App that was registered and whose credentials then found no place has to be deleted by hand.
func Run(ctx context.Context, o Options) (Result, error) {
	client, address, err := githubapi.Anonymous(o.GitHub)
	if err != nil {
		return Result{}, err
	}
	manifest, err := o.manifest()
	if err != nil {
		return Result{}, err
	}
	if err := prepareDirectory(o.Directory, o.Force); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, codeLife)
	defer cancel()

	registration := &registration{manifest: manifest, action: newAppURL(address.Web, o.Organisation), web: address.Web, now: time.Now}
	registration.redeem = func(ctx context.Context, code string) (Result, error) {
		app, secrets, err := redeem(ctx, client, address, code)
		if err != nil {
			return Result{}, err
		}
		if err := writeCredentials(o.Directory, o.Force, app, secrets); err != nil {
			return Result{}, fmt.Errorf("%s is registered, but its credentials could not be kept: delete it at %s and run `assay setup` again: %w", app.Slug, app.HTMLURL, err)
		}
		return Result{App: app, Differences: differences(manifest, o.Organisation, app), Directory: o.Directory}, nil
	}
	result, err := registration.serve(ctx, func(start string) {
		fmt.Fprintf(o.Out, "Open this address in a browser where you are signed in to GitHub:\n\n    %s\n\n", start)
		if o.Open != nil && o.Open(start) != nil {
			fmt.Fprintln(o.Out, "(No browser could be opened from here.)")
		}
	})
	if err != nil {
		return Result{}, err
	}
	return result, report(o.Out, manifest, result)
}

// manifest is the manifest to send, save for the address to come back to.
func (o Options) manifest() (Manifest, error) {
	m := o.Manifest
	if o.Name != "" {
		m.Name = o.Name
	}
	if o.WebhookURL != "" {
		m.Hook.URL = o.WebhookURL
	}
	active := true
	m.Hook.Active = &active
	if o.Organisation != "" && !login.MatchString(o.Organisation) {
		return Manifest{}, fmt.Errorf("%.60q is not the name of an organisation", o.Organisation)
	}
	if err := m.Check(); err != nil {
		return Manifest{}, err
	}
	return m, checkWebhookURL(m.Hook.URL)
}

// login is what GitHub allows as the name of an account, and slug as that of an App.
var (
	login = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$`)
	slug  = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?$`)
)

// newAppURL is GitHub's page that takes a manifest.
func newAppURL(web, organisation string) string {
	if organisation == "" {
		return web + "/settings/apps/new"
	}
	return web + "/organizations/" + url.PathEscape(organisation) + "/settings/apps/new"
}
