package githubapi

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

type bucketFunc func(ctx context.Context, installation int64) (time.Duration, error)

func (f bucketFunc) TakeWrite(ctx context.Context, installation int64) (time.Duration, error) {
	return f(ctx, installation)
}

// waits is a bucket that says to wait so long, one after the other, and gives in between and ever after.
func waits(taken *int, pauses ...time.Duration) bucketFunc {
	return func(context.Context, int64) (time.Duration, error) {
		if len(pauses) > 0 && pauses[0] > 0 {
			wait := pauses[0]
			pauses[0] = 0
			return wait, nil
		}
		pauses = pauses[min(1, len(pauses)):]
		*taken++
		return 0, nil
	}
}

func TestEveryAttemptOfAWriteTakesFromTheBucket(t *testing.T) {
	d := newDouble(t)
	taken := 0
	a := d.app(func(c *Config) { c.Bucket = waits(&taken, 3*time.Second, 5*time.Second) })
	d.on(readLine, answerJSON(200, `{"number":1}`))
	if err := readPull(a); err != nil || taken != 0 {
		t.Fatalf("a read and its token took %d from the bucket, %v", taken, err)
	}
	d.on(updateLine, answerJSON(502, `{}`), answerJSON(200, `{"id":5}`))
	if err := updateCheck(0)(a); err != nil || taken != 2 {
		t.Errorf("two attempts took %d from the bucket, %v", taken, err)
	}
	if got, want := d.clock.sleeps(), []time.Duration{3 * time.Second, time.Second, 5 * time.Second}; !slices.Equal(got, want) {
		t.Errorf("waited %v, want %v: bucket, pause, bucket", got, want)
	}
}

func TestABucketThatOthersEmptyIsAskedAgainWhilePatienceLasts(t *testing.T) {
	d := newDouble(t)
	asked := 0
	err := createComment(d.app(func(c *Config) {
		c.Bucket = bucketFunc(func(_ context.Context, i int64) (time.Duration, error) {
			if i != installation {
				t.Errorf("took from installation %d", i)
			}
			asked++
			return 10 * time.Second, nil
		})
	}))
	if Classify(err) != RateLimited || asked != 4 || len(d.asked(createLine)) != 0 {
		t.Errorf("got %v after asking %d times, want rate limited after three waits of 10s", err, asked)
	}
}

func TestAnEmptyOrBrokenBucketStopsTheWrite(t *testing.T) {
	broken := errors.New("database is gone")
	tests := map[string]struct {
		bucket bucketFunc
		check  func(error) bool
	}{
		"an hour's writes are spent": {
			func(context.Context, int64) (time.Duration, error) { return 10 * time.Minute, nil },
			func(err error) bool { return Classify(err) == RateLimited }},
		"the bucket fails": {
			func(context.Context, int64) (time.Duration, error) { return 0, broken },
			func(err error) bool { return errors.Is(err, broken) && Classify(err) == Other }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t)
			err := createComment(d.app(func(c *Config) { c.Bucket = test.bucket }))
			if !test.check(err) {
				t.Errorf("got %v (%s)", err, Classify(err))
			}
			if got := len(d.asked(createLine)); got != 0 {
				t.Errorf("written %d times", got)
			}
		})
	}
}
