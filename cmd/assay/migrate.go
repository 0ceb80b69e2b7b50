package main

import (
	"fmt"
	"os"

	"github.com/assay-app/assay/app/store"
)

type migrateCommand struct {
	databaseFlags
}

// Run brings the database up to date. assay serve does so too; with many machines it is better done once, before.
func (c *migrateCommand) Run(p *process) error {
	if c.Database == "" {
		if err := os.MkdirAll(c.directory(p), 0o700); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	s, err := store.Open(p.ctx, c.dsn(p))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer s.Close()
	if err := s.Migrate(p.ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = fmt.Fprintln(p.stdout, "The database is up to date.")
	return err
}
