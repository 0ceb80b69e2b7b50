// Package server puts the App together: the receiver of webhooks, the queue and its workers, the client of GitHub, the
// store and the mirrors. It is what `assay serve` runs, and what the demo and the end-to-end tests run against a local
// GitHub: there is no other way in which the parts are joined.
package server

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// Config is what the operator sets.
type Config struct {
	Listen   string // host:port
	Data     string // folder of the mirrors, and of the database unless Database says otherwise
	Database string // "sqlite:PATH" or "postgres://…"; a file in Data when empty

	GitHub         githubapi.Config // its Bucket is set by the server
	WebhookSecrets [][]byte         // any of them is accepted, so that one can be rotated

	// Packages looks packages up; nil looks nothing up. PublicHosts are those of the public registries that it asks.
	Packages    review.PackageJudge
	PublicHosts []string

	Sandbox  analyse.SandboxMode
	Defaults policy.Policy // for repositories without a policy of their own

	Reviews   int           // how many run at the same time; DefaultReviews when zero
	MaxMirror int64         // bytes of mirrors kept; DefaultMaxMirror when zero
	MaxFetch  int64         // bytes that one fetch may bring; gitrepo's default when zero
	Retention time.Duration // how long results of closed pull requests are kept; DefaultRetention when zero
	Backoff   time.Duration // pause after a job's first failed attempt; queue.DefaultBackoff when zero

	RulePage func(checks.RuleID) string // the public page of a rule, or nothing
	Version  string                     // of Assay and its rules; results of another version are not reused

	// Executable and Args start the analysing child; this program with "analyse-child" when empty.
	Executable string
	Args       []string

	Log *slog.Logger
}

const (
	// DefaultReviews lets one review fetch while another is analysed on two cores.
	DefaultReviews = 4
	// DefaultMaxMirror holds some thousand ordinary repositories: a blobless, shallow mirror takes a few megabytes.
	DefaultMaxMirror = 20 << 30
	// DefaultRetention keeps results as long as GitHub keeps check runs.
	DefaultRetention = 400 * 24 * time.Hour
)

// complete fills in what was left out and refuses what cannot work.
func (c Config) complete() (Config, error) {
	if len(c.WebhookSecrets) == 0 {
		return c, errors.New("no webhook secret is configured: without one anybody could make Assay act; set ASSAY_WEBHOOK_SECRET_FILE, or ASSAY_CREDENTIALS to what `assay setup` wrote")
	}
	for _, secret := range c.WebhookSecrets {
		if len(secret) == 0 {
			return c, errors.New("a webhook secret is empty")
		}
	}
	if c.Data == "" {
		return c, errors.New("no data folder is configured: set ASSAY_DATA")
	}
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return c, fmt.Errorf("data folder %s: %w", c.Data, err)
	}
	c.Data = data
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.Data, "assay.db")
	}
	if c.Reviews == 0 {
		c.Reviews = DefaultReviews
	}
	if c.MaxMirror == 0 {
		c.MaxMirror = DefaultMaxMirror
	}
	if c.Retention == 0 {
		c.Retention = DefaultRetention
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.GitHub.Logger = c.Log
	return c, nil
}

func (c Config) secrets() []string {
	var secrets []string
	for _, s := range c.WebhookSecrets {
		secrets = append(secrets, string(s))
	}
	return secrets
}
