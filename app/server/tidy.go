package server

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	// pruneEvery is how often what is older than the retention is deleted.
	pruneEvery = 6 * time.Hour
	// sweepEvery is how soon each machine has deleted what another one was told to forget.
	sweepEvery = 30 * time.Second
)

// repeat does something now and then, until ctx ends.
func (s *Server) repeat(ctx context.Context, every time.Duration, do func(context.Context) error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("cannot tidy up; will try again", "in", every.String(), "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// prune deletes results that are older than the retention.
func (s *Server) prune(ctx context.Context) error {
	n, err := s.store.Prune(ctx, time.Now().Add(-s.config.Retention))
	if n > 0 {
		s.log.Info("deleted what was past its retention", "rows", n)
	}
	return err
}

// sweep deletes the mirrors of repositories that the database no longer knows. The machine that was told of their
// removal has deleted its own; this one may be another, or may have died before.
func (s *Server) sweep(ctx context.Context) error {
	kept, err := s.mirrors.Repositories() // first: a repository is known before it is fetched
	if err != nil || len(kept) == 0 {
		return err
	}
	known, err := s.store.RepositoryIDs(ctx)
	if err != nil {
		return err
	}
	return s.purge(ctx, slices.DeleteFunc(kept, func(id int64) bool { return slices.Contains(known, id) }))
}

// purge deletes the mirrors of repositories that were removed.
func (s *Server) purge(_ context.Context, repositoryIDs []int64) error {
	var errs []error
	for _, id := range repositoryIDs {
		errs = append(errs, s.mirrors.Purge(id))
	}
	return errors.Join(errs...)
}
