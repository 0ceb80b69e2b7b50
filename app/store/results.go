package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// MaxResult bounds one result before compression, in bytes: the report of a pull request of GitHub's largest size
// (3,000 files) is a few MiB, and a database row should stay well below what both engines take in one piece.
const MaxResult = 64 << 20

// ResultKey names one result: the same key always has the same result.
type ResultKey struct {
	RepositoryID int64
	Number       int // 0 for a merge group
	Head         string
	Target       string
	MergeBase    string
	Rules        string // version of everything that decides what is found
}

// Result is a stored review result.
type Result struct {
	ResultKey
	SavedAt time.Time
	Body    []byte
}

// SaveResult stores body under key, replacing what is there.
func (s *Store) SaveResult(ctx context.Context, key ResultKey, body []byte) error {
	if len(body) > MaxResult {
		return fmt.Errorf("store the result of pull request %d (%d bytes; at most %d): %w", key.Number, len(body), MaxResult, ErrTooLarge)
	}
	packed, err := s.packer.pack(body)
	if err != nil {
		return fmt.Errorf("compress the result of pull request %d: %w", key.Number, err)
	}
	return s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO results (repository_id, number, head_sha, target_sha, merge_base_sha, rules, saved_at, size, body)
			VALUES (?, ?, ?, ?, ?, ?, `+s.stamp()+`, ?, ?)
			ON CONFLICT (repository_id, number, head_sha, target_sha, merge_base_sha, rules)
			DO UPDATE SET saved_at = excluded.saved_at, size = excluded.size, body = excluded.body`,
			key.RepositoryID, key.Number, key.Head, key.Target, key.MergeBase, key.Rules, len(body), packed)
		if err != nil {
			return s.aboutRepository(err, key.RepositoryID, "store the result of pull request %d", key.Number)
		}
		return nil
	})
}

// Result returns the result stored under key, and whether there is one.
func (s *Store) Result(ctx context.Context, key ResultKey) (Result, bool, error) {
	return s.result(ctx, `WHERE repository_id = ? AND number = ? AND head_sha = ? AND target_sha = ? AND merge_base_sha = ? AND rules = ?`,
		key.RepositoryID, key.Number, key.Head, key.Target, key.MergeBase, key.Rules)
}

// LatestResult returns the result stored last for a pull request at head, or at any head when that is empty.
func (s *Store) LatestResult(ctx context.Context, repositoryID int64, number int, head string) (Result, bool, error) {
	return s.result(ctx, `WHERE repository_id = ? AND number = ? AND (head_sha = ? OR ? = '') ORDER BY saved_at DESC LIMIT 1`,
		repositoryID, number, head, head)
}

func (s *Store) result(ctx context.Context, where string, args ...any) (Result, bool, error) {
	var r Result
	var saved, size int64
	var packed []byte
	err := s.engine.reads().QueryRow(ctx, `
		SELECT repository_id, number, head_sha, target_sha, merge_base_sha, rules, saved_at, size, body FROM results `+where, args...).
		Scan(&r.RepositoryID, &r.Number, &r.Head, &r.Target, &r.MergeBase, &r.Rules, &saved, &size, &packed)
	if errors.Is(err, sql.ErrNoRows) {
		return Result{}, false, nil
	}
	if err != nil {
		return Result{}, false, fmt.Errorf("read a result: %w", err)
	}
	r.SavedAt = fromMillis(saved)
	if r.Body, err = unpack(packed, size); err != nil {
		return Result{}, false, fmt.Errorf("read the result of pull request %d: %w", r.Number, err)
	}
	return r, true, nil
}

// packer compresses. It keeps its writers, since each is a megabyte to make.
type packer struct{ writers sync.Pool }

func (p *packer) pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, ok := p.writers.Get().(*gzip.Writer)
	if ok {
		w.Reset(&b)
	} else {
		var err error
		if w, err = gzip.NewWriterLevel(&b, gzip.BestSpeed); err != nil {
			return nil, err
		}
	}
	defer p.writers.Put(w)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unpack reads no more than the size that was stored beside the bytes, so that a corrupted row cannot fill the memory.
func unpack(packed []byte, size int64) ([]byte, error) {
	if size < 0 || size > MaxResult {
		return nil, fmt.Errorf("%d bytes: %w", size, ErrTooLarge)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF { // also checks the checksum at the end
		return nil, fmt.Errorf("damaged: it does not end after %d bytes (%v)", size, err)
	}
	return body, nil
}
