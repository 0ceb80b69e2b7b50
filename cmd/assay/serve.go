package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/server"
	"github.com/assay-app/assay/app/setup"
)

type serveCommand struct {
	Listen string `default:"127.0.0.1:8080" env:"ASSAY_LISTEN" placeholder:"HOST:PORT" help:"Where to take webhooks. GitHub wants HTTPS: put a proxy in front."`
	databaseFlags

	Credentials       string   `env:"ASSAY_CREDENTIALS" placeholder:"DIR" help:"What assay setup wrote. Instead of it, the three below."`
	AppID             int64    `name:"app-id" env:"ASSAY_APP_ID" placeholder:"ID" help:"The App's id."`
	PrivateKeyFile    string   `env:"ASSAY_PRIVATE_KEY_FILE" placeholder:"FILE" help:"The App's private key, PEM."`
	WebhookSecretFile []string `env:"ASSAY_WEBHOOK_SECRET_FILE" placeholder:"FILE" help:"The webhook secret. Name two while one is being replaced."`
	githubFlags
	lookupFlags

	Sandbox string `enum:"required,best-effort" default:"required" env:"ASSAY_SANDBOX" help:"Whether to start when the kernel cannot contain the analysis in full: required or best-effort."`
	Mode    string `enum:"audit,enforce" default:"audit" env:"ASSAY_MODE" help:"For repositories without a policy: audit or enforce."`

	Reviews   int           `env:"ASSAY_REVIEWS" default:"4" placeholder:"N" help:"How many reviews run at the same time."`
	Retention time.Duration `env:"ASSAY_RETENTION" default:"9600h" placeholder:"DURATION" help:"How long results are kept."`
	MaxMirror int64         `env:"ASSAY_MAX_MIRROR_BYTES" default:"21474836480" placeholder:"BYTES" help:"How much of repositories is kept on disk."`
	LogLevel  slog.Level    `env:"ASSAY_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"debug, info, warn or error."`
}

// databaseFlags say where things are kept.
type databaseFlags struct {
	Data     string `env:"ASSAY_DATA" placeholder:"DIR" help:"Where to keep mirrors, and the database unless --database says otherwise. Default: assay in the user's state directory."`
	Database string `env:"ASSAY_DATABASE" placeholder:"DSN" help:"sqlite:PATH or postgres://…"`
}

// githubFlags say which GitHub, and how to get there.
type githubFlags struct {
	GithubURL string `name:"github-url" default:"https://api.github.com" env:"ASSAY_GITHUB_URL" placeholder:"URL" help:"The root of the REST API; https://HOST/api/v3 for GitHub Enterprise Server."`
	Proxy     string `env:"ASSAY_PROXY" placeholder:"URL" help:"HTTP proxy for GitHub and git."`
	CAFile    string `name:"ca-file" env:"ASSAY_CA_FILE" placeholder:"FILE" help:"Certificates to trust besides the system's."`
}

func (f githubFlags) config() githubapi.Config {
	return githubapi.Config{BaseURL: f.GithubURL, ProxyURL: f.Proxy, CAFile: f.CAFile}
}

// stopTimeout is how long a server may take to finish what it does; container runtimes kill after 30 s.
const stopTimeout = 25 * time.Second

// Run serves until it is interrupted.
func (c *serveCommand) Run(p *process) error {
	if err := analyse.ProtectParent(); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	config, err := c.config(p)
	if err != nil {
		return usage(fmt.Errorf("serve: %w", err))
	}
	srv, err := server.Start(p.ctx, config)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	<-p.ctx.Done()
	config.Log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), stopTimeout)
	defer cancel()
	return srv.Stop(ctx)
}

func (c *serveCommand) config(p *process) (server.Config, error) {
	config := server.Config{
		Listen: c.Listen, Data: c.directory(p), Database: c.Database, GitHub: c.githubFlags.config(),
		Sandbox: analyse.SandboxMode(c.Sandbox), Defaults: policy.Default(),
		Reviews: c.Reviews, MaxMirror: c.MaxMirror, Retention: c.Retention,
		RulePage: pageOf, Version: thisBuild().Version,
		Log: slog.New(slog.NewJSONHandler(p.stderr, &slog.HandlerOptions{Level: c.LogLevel})),
	}
	config.Defaults.Mode = policy.Mode(c.Mode)
	transport, err := githubapi.NewTransport(c.Proxy, c.CAFile)
	if err != nil {
		return config, err
	}
	packages, err := c.lookupFlags.open(p, config.Data, transport)
	if err != nil {
		return config, err
	}
	config.Packages, config.PublicHosts = packages, c.publicHosts()
	return config, c.identify(&config)
}

// identify reads who the App is: from one directory, or piece by piece, the pieces going first.
func (c *serveCommand) identify(config *server.Config) error {
	if c.Credentials != "" {
		credentials, err := setup.LoadCredentials(c.Credentials)
		if err != nil {
			return err
		}
		config.GitHub.AppID, config.GitHub.PrivateKey = credentials.App.ID, credentials.PrivateKey
		config.WebhookSecrets = [][]byte{[]byte(credentials.WebhookSecret)}
	}
	if c.AppID != 0 {
		config.GitHub.AppID = c.AppID
	}
	if c.PrivateKeyFile != "" {
		key, err := readSecret(c.PrivateKeyFile)
		if err != nil {
			return err
		}
		config.GitHub.PrivateKey = key
	}
	for i, name := range c.WebhookSecretFile {
		secret, err := readSecret(name)
		if err != nil {
			return err
		}
		if i == 0 {
			config.WebhookSecrets = nil
		}
		config.WebhookSecrets = append(config.WebhookSecrets, bytes.TrimSpace(secret))
	}
	if config.GitHub.AppID == 0 {
		return errors.New("which App is it? set --credentials to what assay setup wrote, or --app-id, --private-key-file and --webhook-secret-file")
	}
	return nil
}

// maxSecretFile bounds what is read of a key or a secret.
const maxSecretFile = 64 << 10

func readSecret(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err == nil && len(text) > maxSecretFile {
		err = fmt.Errorf("more than %d bytes", maxSecretFile)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

// directory is where things are kept.
func (f databaseFlags) directory(p *process) string {
	if f.Data != "" {
		return f.Data
	}
	return p.dataDirectory()
}

// dsn is the database.
func (f databaseFlags) dsn(p *process) string {
	if f.Database != "" {
		return f.Database
	}
	return "sqlite:" + filepath.Join(f.directory(p), "assay.db")
}
