package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// GitHub asks an installation to create no more than 80 pieces of content a minute and 500 an hour ("Rate limits for
// the REST API", secondary limits). The burst spreads the 80 over the minute.
var writeWindows = [...]struct {
	writes int
	within time.Duration
}{
	{10, 7500 * time.Millisecond},
	{80, time.Minute},
	{500, time.Hour},
}

// rememberedWrites is how many writes must be remembered to judge the largest window.
const rememberedWrites = 500

// TakeWrite takes one write out of what the installation may still do, for all processes together. It returns 0 when
// the write may be sent now; otherwise nothing was taken, and the caller asks again after at least that long.
//
// The limits hold in every window of that length, not only on average: the times of the last writes are kept.
func (s *Store) TakeWrite(ctx context.Context, installation int64) (time.Duration, error) {
	var wait time.Duration
	err := s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		// Makes the row that the others then wait for.
		_, err := tx.Exec(ctx, `INSERT INTO writes (installation_id, sent) VALUES (?, ?) ON CONFLICT (installation_id) DO NOTHING`, installation, []byte{})
		if err != nil {
			return err
		}
		sent, err := one[[]byte](tx.QueryRow(ctx, `SELECT sent FROM writes WHERE installation_id = ?`+s.engine.lockRow(), installation))
		if err != nil {
			return err
		}
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		times := decodeTimes(sent)
		if wait = untilFree(times, now); wait > 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `UPDATE writes SET sent = ? WHERE installation_id = ?`, encodeTimes(append(times, now)), installation)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take a write of installation %d: %w", installation, err)
	}
	return wait, nil
}

// untilFree is how long it takes until one more write keeps to every window. Times are in order, in milliseconds.
func untilFree(times []int64, now int64) time.Duration {
	var longest int64
	for _, w := range writeWindows {
		if len(times) >= w.writes {
			longest = max(longest, times[len(times)-w.writes]+w.within.Milliseconds()-now)
		}
	}
	return time.Duration(longest) * time.Millisecond
}

func decodeTimes(b []byte) []int64 {
	times := make([]int64, len(b)/8)
	for i := range times {
		times[i] = int64(binary.BigEndian.Uint64(b[8*i:]))
	}
	return times
}

func encodeTimes(times []int64) []byte {
	times = times[max(0, len(times)-rememberedWrites):]
	b := make([]byte, 0, 8*len(times))
	for _, t := range times {
		b = binary.BigEndian.AppendUint64(b, uint64(t))
	}
	return b
}
