package server

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/setup"
)

// identity is who Assay is on GitHub. When GitHub was down at the start, it is asked again by whoever needs to know.
type identity struct {
	app *githubapi.App
	log *slog.Logger

	mu    sync.Mutex
	known *publish.Identity
	fault error
}

func newIdentity(start setup.Start, log *slog.Logger) *identity {
	i := &identity{app: start.App, log: log, fault: start.Degraded}
	if start.Degraded != nil {
		log.Warn("GitHub cannot be reached; webhooks are accepted and wait", "error", start.Degraded)
		return i
	}
	i.know(start.Identity)
	for _, missing := range start.Missing {
		log.Warn("the App was not given what it needs", "missing", missing)
	}
	return i
}

func (i *identity) know(found githubapi.Identity) {
	i.known, i.fault = &publish.Identity{AppID: found.AppID, BotLogin: found.BotLogin}, nil
	i.log.Info("known to GitHub", "app", found.Slug, "id", found.AppID)
}

// get says who Assay is.
func (i *identity) get(ctx context.Context) (publish.Identity, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known != nil {
		return *i.known, nil
	}
	found, err := i.app.Identity(ctx)
	if err != nil {
		i.fault = err
		return publish.Identity{}, fmt.Errorf("learn who this App is: %w", err)
	}
	i.know(found)
	return *i.known, nil
}

// login is the account that Assay writes from, empty while it is not known.
func (i *identity) login() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known == nil {
		return ""
	}
	return i.known.BotLogin
}

// ready is nil once GitHub told who this App is.
func (i *identity) ready(context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fault
}
