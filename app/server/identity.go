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

	asking chan struct{} // holds a token while GitHub is asked, which may take long: nobody else waits for mu meanwhile

	mu    sync.Mutex
	known *publish.Identity
	fault error
}

func newIdentity(start setup.Start, log *slog.Logger) *identity {
	i := &identity{app: start.App, log: log, fault: start.Degraded, asking: make(chan struct{}, 1)}
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

func (i *identity) know(found githubapi.Identity) publish.Identity {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.known, i.fault = &publish.Identity{AppID: found.AppID, BotLogin: found.BotLogin}, nil
	i.log.Info("known to GitHub", "app", found.Slug, "id", found.AppID)
	return *i.known
}

// get says who Assay is, and asks GitHub if need be.
func (i *identity) get(ctx context.Context) (publish.Identity, error) {
	if known := i.remembered(); known != nil {
		return *known, nil
	}
	select {
	case i.asking <- struct{}{}:
		defer func() { <-i.asking }()
	case <-ctx.Done():
		return publish.Identity{}, ctx.Err()
	}
	if known := i.remembered(); known != nil { // somebody else has asked meanwhile
		return *known, nil
	}
	found, err := i.app.Identity(ctx)
	if err != nil {
		i.mu.Lock()
		i.fault = err
		i.mu.Unlock()
		return publish.Identity{}, fmt.Errorf("learn who this App is: %w", err)
	}
	return i.know(found), nil
}

func (i *identity) remembered() *publish.Identity {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.known
}

// login is the account that Assay writes from, empty while it is not known.
func (i *identity) login() string {
	if known := i.remembered(); known != nil {
		return known.BotLogin
	}
	return ""
}

// ready is nil once GitHub told who this App is.
func (i *identity) ready(ctx context.Context) error {
	if _, err := i.get(ctx); err != nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		return i.fault
	}
	return nil
}
