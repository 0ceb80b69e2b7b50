package names

import (
	"context"
	"fmt"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// verdict is a standing, and why there is none.
type verdict struct {
	judge.Standing
	reason error
}

func unanswered(reason error) verdict {
	return verdict{judge.Standing{State: judge.Unanswered}, reason}
}

// judge asks whoever knows most about a name, and the next one when there is no answer.
func (c *Client) judge(ctx context.Context, q Question) verdict {
	eco, ok := ecosystems[q.Ecosystem]
	if !ok {
		return unanswered(fmt.Errorf("names of the ecosystem %.40q are not looked up", q.Ecosystem))
	}
	if eco.builtIn(q.Name.Name) {
		return verdict{Standing: judge.Standing{State: judge.Exists, Source: q.Ecosystem}}
	}
	name, ok := eco.canonical(q.Name.Name)
	if !ok {
		return unanswered(fmt.Errorf("no valid %s name", q.Ecosystem))
	}
	list := c.lists[q.Ecosystem]
	var reasons []error
	for i, p := range c.places[q.Ecosystem] {
		known, err := c.ask(ctx, p, eco, name, q.Versions)
		if err != nil {
			reasons = append(reasons, err)
			continue
		}
		if known.state == judge.Nonexistent && !p.authoritative && eco.isIn(list, name) {
			break // it lags behind
		}
		if known.state == judge.Exists && known.first.IsZero() {
			known.first = c.firstElsewhere(ctx, c.places[q.Ecosystem][i+1:], eco, name)
		}
		return verdict{Standing: c.standing(ctx, p, eco, known, name, q.Versions)}
	}
	if list != nil {
		return verdict{Standing: list.standing(eco.isIn(list, name))}
	}
	if len(reasons) == 0 {
		return unanswered(fmt.Errorf("nobody to ask: no registry is configured for %s", q.Ecosystem))
	}
	return unanswered(joined(reasons))
}

// joined is all reasons in one line.
func joined(reasons []error) error {
	all := reasons[0]
	for _, reason := range reasons[1:] {
		all = fmt.Errorf("%w; %w", all, reason)
	}
	return all
}

// firstElsewhere asks for the time that a registry does not tell: lists of versions alone hold none.
func (c *Client) firstElsewhere(ctx context.Context, places []*place, eco *ecosystem, name string) time.Time {
	for _, p := range places {
		if known, err := c.ask(ctx, p, eco, name, nil); err == nil {
			return known.first
		}
	}
	return time.Time{}
}

// standing is what an answer means for those who asked.
func (c *Client) standing(ctx context.Context, p *place, eco *ecosystem, known record, name string, versions []string) judge.Standing {
	s := judge.Standing{State: known.state, Source: p.label, Authoritative: p.authoritative, First: known.first, Releases: known.releases}
	if known.state != judge.Exists || len(versions) == 0 {
		return s
	}
	s.Versions = judge.Presence{}
	for _, version := range versions {
		switch eco.presence(known, version) {
		case present:
			s.Versions[version] = true
		case absent:
			s.Versions[version] = false
		case unlisted:
			if exists, err := c.askVersion(ctx, p, known.module, version); err == nil {
				s.Versions[version] = exists
			}
		}
	}
	return s
}
