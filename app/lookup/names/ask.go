package names

import (
	"context"
	"errors"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// How long answers are remembered. A name that exists seldom goes away; one that does not may be published the next
// minute, by whoever reads that it is free; and a fault should be over soon.
const (
	existsFor      = 24 * time.Hour
	nonexistentFor = time.Hour
	unansweredFor  = time.Minute

	// versionsFor is how long a remembered list of versions is trusted to lack one: a version that is asked about may
	// be younger than the list.
	versionsFor = 10 * time.Minute
)

// source asks one place about one name.
type source interface {
	// ask is given a name in canonical form, and what was known last time, whose etag may be empty. A source that finds
	// that nothing changed returns it as it is. An error says why there is no answer.
	ask(ctx context.Context, name string, last record) (record, error)
}

// versionSource can ask about a version that no list holds.
type versionSource interface {
	source
	askVersion(ctx context.Context, name, version string) (record, error)
}

// errNotAsked is in every reason that says nothing about the place: nobody was asked. It is not remembered.
var errNotAsked = errors.New("not asked")

// ask answers from memory, or asks p, once for all who ask at the same time.
func (c *Client) ask(ctx context.Context, p *place, eco *ecosystem, name string, versions []string) (record, error) {
	key := p.key + " " + name
	last, ok := c.cache.get(key)
	now := time.Now()
	if ok && now.Before(last.expires) && !(now.Sub(last.asked) > versionsFor && eco.lacks(last.record, versions)) {
		return last.record, last.reason
	}
	known, err := c.once(ctx, key, func(ctx context.Context) (record, error) {
		known, err := p.ask(ctx, name, last.record)
		if err != nil && time.Now().Before(last.expires) {
			err = errors.Join(errNotAsked, err) // what is remembered still holds
		}
		return known, err
	})
	if err != nil && last.record.state == judge.Exists && now.Before(last.expires) {
		last.record.more = true // of the versions that it lacks nothing is known
		return last.record, nil
	}
	return known, err
}

// askVersion reports whether p has a version that is in none of its lists.
func (c *Client) askVersion(ctx context.Context, p *place, name, version string) (bool, error) {
	asked, ok := p.source.(versionSource)
	if !ok {
		return false, errNotAsked
	}
	key := p.key + " " + name + "@" + version
	last, ok := c.cache.get(key)
	if !ok || !time.Now().Before(last.expires) {
		var err error
		last.record, err = c.once(ctx, key, func(ctx context.Context) (record, error) { return asked.askVersion(ctx, name, version) })
		if err != nil {
			return false, err
		}
	}
	return last.record.state == judge.Exists, last.reason
}

// once runs a look-up that others may wait for, too: it goes on when this caller gives up, within the caller's time.
// Who joined late, and lost it when that time was over, tries again.
func (c *Client) once(ctx context.Context, key string, look func(context.Context) (record, error)) (record, error) {
	for {
		known, shared, err := c.join(ctx, key, look)
		if !shared || !errors.Is(err, c.outOfTime) || ctx.Err() != nil {
			return known, err
		}
	}
}

func (c *Client) join(ctx context.Context, key string, look func(context.Context) (record, error)) (_ record, shared bool, _ error) {
	if ctx.Err() != nil {
		return record{}, false, context.Cause(ctx)
	}
	first := false
	done := c.flights.DoChan(key, func() (any, error) {
		first = true
		until, _ := ctx.Deadline()
		ctx, cancel := context.WithDeadlineCause(context.WithoutCancel(ctx), until, c.outOfTime)
		defer cancel()
		known, err := look(ctx)
		c.remember(key, known, err)
		return known, err
	})
	select {
	case <-ctx.Done():
		return record{}, false, context.Cause(ctx)
	case result := <-done:
		known, _ := result.Val.(record)
		return known, !first, result.Err
	}
}

func (c *Client) remember(key string, known record, err error) {
	now := time.Now()
	e := entry{record: known, reason: err, asked: now}
	switch {
	case errors.Is(err, errNotAsked):
		return
	case err != nil:
		e.record, e.expires = record{}, now.Add(unansweredFor)
	case known.state == judge.Exists:
		e.expires = now.Add(existsFor)
	default:
		e.expires = now.Add(nonexistentFor)
	}
	c.cache.put(key, e)
}
