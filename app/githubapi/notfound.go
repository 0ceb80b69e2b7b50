package githubapi

import (
	"context"
	"time"
)

// notFoundReads is how often something just announced is looked for, with 1, 2, 4 and 8 s between: GitHub sends the
// webhook before every replica can read what it is about.
const notFoundReads = 5

// RetryNotFound calls read until it finds something, for reading what a webhook has just announced. Any other error,
// and the last 404, is returned as it is.
func (a *App) RetryNotFound(ctx context.Context, read func(context.Context) error) error {
	return a.RetryWhile(ctx, func(err error) bool { return Classify(err) == NotFound }, read)
}

// RetryWhile is RetryNotFound for errors of another kind.
func (a *App) RetryWhile(ctx context.Context, early func(error) bool, read func(context.Context) error) error {
	for n := range notFoundReads - 1 {
		err := read(ctx)
		if !early(err) {
			return err
		}
		if err := a.clock.Sleep(ctx, time.Second<<n); err != nil {
			return err
		}
	}
	return read(ctx)
}
