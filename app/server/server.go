package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/jobs"
	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/setup"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/webhook"
)

// Server is a running Assay.
type Server struct {
	config   Config
	log      *slog.Logger
	store    *store.Store
	queue    *queue.Queue
	mirrors  *gitrepo.Mirrors
	identity *identity
	hook     *webhook.Handler
	layers   analyse.Layers
	listener net.Listener
	http     *http.Server

	background sync.WaitGroup
	quit       context.CancelFunc
}

const (
	// headerTimeout and idleTimeout are generous for GitHub and stingy for whoever holds connections open.
	headerTimeout = 10 * time.Second
	bodyTimeout   = 60 * time.Second // of 25 MiB from a slow link
	idleTimeout   = 2 * time.Minute

	// jobTimeout leaves an analysis, which may take analyse.DefaultTotal, the time to fetch and to publish.
	jobTimeout = analyse.DefaultTotal + 5*time.Minute
)

// Start checks everything that can be checked before the first webhook, and begins to serve. It refuses to start
// without a webhook secret, with a key that does not parse, when GitHub does not know the App, and when the kernel
// cannot contain the analysis. When GitHub is merely down it starts all the same, and /readyz says so.
func Start(ctx context.Context, c Config) (_ *Server, err error) {
	c, err = c.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, log: c.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	runner := &analyse.Runner{Executable: c.Executable, Args: c.Args, Sandbox: c.Sandbox, Log: c.Log}
	var start setup.Start
	var group errgroup.Group // they wait for different things: for processes, and for the disk and then the network
	group.Go(func() (err error) {
		if s.layers, err = runner.Probe(ctx); err != nil {
			return fmt.Errorf("contain the analysis: %w", err)
		}
		return nil
	})
	group.Go(func() (err error) {
		s.mirrors, err = gitrepo.NewMirrors(filepath.Join(c.Data, "mirrors"), gitrepo.MirrorOptions{
			MaxBytes: c.MaxMirror, MaxFetchBytes: c.MaxFetch, ProxyURL: c.GitHub.ProxyURL, CAFile: c.GitHub.CAFile,
		})
		return err
	})
	group.Go(func() (err error) {
		if err := s.openStore(ctx); err != nil {
			return err
		}
		c.GitHub.Bucket = s.store
		start, err = setup.CheckServe(ctx, c.secrets(), c.GitHub)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	s.identity = newIdentity(start, c.Log)
	worker := &jobs.Worker{
		GitHub: start.App, Store: s.store, Mirrors: s.mirrors, Analyser: runner, Identity: s.identity.get,
		Links:    publish.Links{Web: start.App.Address().Web, Rule: c.RulePage},
		Defaults: c.Defaults, Rules: c.Version, Log: c.Log,
		Packages: c.Packages, PublicHosts: c.PublicHosts,
	}
	s.queue, err = queue.New(s.store, queue.Workers{Analyse: worker.Analyse, Decide: worker.Decide, GaveUp: worker.GaveUp}, queue.Options{
		AnalyseWorkers: c.Reviews, JobTimeout: jobTimeout, Backoff: c.Backoff, Logger: c.Log,
	})
	if err != nil {
		return nil, err
	}
	worker.Queue = s.queue
	return s, s.serve(ctx)
}

// openStore opens the database and brings its schema up to date.
func (s *Server) openStore(ctx context.Context) error {
	if err := os.MkdirAll(s.config.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	var err error
	if s.store, err = store.Open(ctx, s.config.Database); err != nil {
		return err
	}
	return s.store.Migrate(ctx)
}

// serve listens, and starts the workers.
func (s *Server) serve(ctx context.Context) error {
	var err error
	s.hook, err = webhook.New(s.store, s.queue, webhook.Options{
		Secrets: s.config.WebhookSecrets, AppID: s.config.GitHub.AppID, Bot: s.identity.login, Purge: s.purge, Logger: s.log,
	})
	if err != nil {
		return err
	}
	if s.listener, err = net.Listen("tcp", s.config.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if err := s.queue.Start(ctx); err != nil {
		return err
	}
	s.http = &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      bodyTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	background, quit := context.WithCancel(context.WithoutCancel(ctx))
	s.quit = quit
	s.background.Go(func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("no longer serving", "error", err)
		}
	})
	s.background.Go(func() { s.repeat(background, pruneEvery, s.prune) })
	s.background.Go(func() { s.repeat(background, sweepEvery, s.sweep) })
	s.log.Info("serving", "address", s.URL(), "sandbox", s.layers)
	return nil
}

// URL is where the server can be reached from this machine.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Stop ends in good order: no new delivery is taken, running jobs finish or are handed back.
func (s *Server) Stop(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	s.quit()
	s.hook.Wait()
	err = errors.Join(err, s.queue.Stop(ctx))
	s.background.Wait()
	return errors.Join(err, s.release())
}

func (s *Server) release() error {
	var errs []error
	if s.http == nil && s.listener != nil {
		errs = append(errs, s.listener.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
