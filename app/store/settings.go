package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
)

// Setting returns a value that was stored under the name, and whether there is one.
func (s *Store) Setting(ctx context.Context, name string) ([]byte, bool, error) {
	value, err := one[[]byte](s.engine.reads().QueryRow(ctx, `SELECT value FROM settings WHERE name = ?`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, true, nil
}

// SetSetting stores a value under the name.
func (s *Store) SetSetting(ctx context.Context, name string, value []byte) error {
	return s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		if err != nil {
			return fmt.Errorf("store setting %s: %w", name, err)
		}
		return nil
	})
}

// randomKeySize is the size of a key in bytes: that of the output of SHA-256, with which such keys are used.
const randomKeySize = 32

// RandomKey returns the random key of that name. The first to ask makes it; all processes then get the same.
func (s *Store) RandomKey(ctx context.Context, name string) ([]byte, error) {
	if key, known, err := s.Setting(ctx, name); err != nil || known {
		return key, err
	}
	fresh := make([]byte, randomKeySize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make the key %s: %w", name, err)
	}
	var key []byte
	err := s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, fresh); err != nil {
			return err
		}
		var err error
		key, err = one[[]byte](tx.QueryRow(ctx, `SELECT value FROM settings WHERE name = ?`, name))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store the key %s: %w", name, err)
	}
	return key, nil
}
