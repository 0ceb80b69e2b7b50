//go:build linux

package analyse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// run is one analysis: a child for every check, and one more for a check that died of a file.
type run struct {
	runner   *Runner
	limits   Limits
	change   *checks.Change
	outcomes map[checks.Name]*outcome
	read     map[protocol.FileName]int64 // what children opened, and how far they read it
	results  results
	fetched  chan struct{} // closed when the files of the change are there; until then nobody else looks at the trees
}

// outcome is what came of a check.
type outcome struct {
	report checks.Report
	lost   []checks.Unscanned // what its crashes cost
}

// attempt is one child's work.
type attempt struct {
	checks  []checks.Name
	without checks.Path // a file kept from it, because the check died of it
}

// failure is how a check of an attempt ended badly.
type failure struct {
	check  checks.Name
	path   checks.Path // the file that was looked at; empty if none
	reason string
	again  bool // whether it may be tried again without that file
}

func (r *run) all(ctx context.Context, names []checks.Name) error {
	for _, name := range names {
		r.outcomes[name] = &outcome{}
	}
	// A child for each check: one that is taken over by what it reads can lie about its own check and no other.
	var queue []attempt
	for _, name := range names {
		queue = append(queue, attempt{checks: []checks.Name{name}})
	}
	for len(queue) > 0 {
		a := queue[0]
		queue = queue[1:]
		failures, remaining, err := r.try(ctx, a)
		if err != nil && errors.Is(context.Cause(ctx), errTotalTime) {
			err, failures, remaining = nil, append(failures, giveUp(remaining)...), nil
		}
		if err != nil {
			return err
		}
		for _, f := range failures {
			if next, ok := r.mourn(a, f); ok {
				queue = append(queue, next)
			}
		}
		if len(remaining) > 0 {
			queue = append(queue, attempt{checks: remaining})
		}
	}
	return nil
}

// giveUp is for checks whose turn never came.
func giveUp(names []checks.Name) []failure {
	var failures []failure
	for _, name := range names {
		failures = append(failures, failure{check: name, reason: errTotalTime.Error()})
	}
	return failures
}

// mourn writes down what a failure cost, and says how to try again if that may cost less.
func (r *run) mourn(a attempt, f failure) (attempt, bool) {
	if log := r.runner.Log; log != nil {
		log.Warn("a check did not finish", "check", f.check, "path", f.path.Quoted(), "reason", f.reason)
	}
	o := r.outcomes[f.check]
	o.lost = append(o.lost, checks.Unscanned{Path: f.path, Check: f.check, Reason: f.reason, Kind: checks.Failed})
	if !f.again || f.path == "" || a.without != "" {
		if f.path != "" { // the rest of the change was not looked at either
			o.lost = append(o.lost, checks.Unscanned{Check: f.check, Reason: "the check did not finish: " + f.reason, Kind: checks.Failed})
		}
		return attempt{}, false
	}
	return attempt{checks: []checks.Name{f.check}, without: f.path}, true
}

// try runs one child. The checks of an attempt each finish, fail, or remain. With an error, those that did not finish
// or fail are in remaining.
func (r *run) try(ctx context.Context, a attempt) (failures []failure, remaining []checks.Name, err error) {
	subject, err := encodeSubject(without(r.change, a.without), r.results.store != nil)
	if err != nil {
		for _, name := range a.checks {
			failures = append(failures, failure{check: name, reason: err.Error()})
		}
		return failures, nil, nil
	}
	if ctx.Err() != nil {
		return nil, a.checks, context.Cause(ctx)
	}
	required := r.runner.Sandbox != BestEffort
	child, err := r.runner.start(ctx, r.limits, a.checks, required)
	if err != nil {
		return nil, a.checks, err
	}
	if missing := child.wall.Missing(); required && len(missing) > 0 {
		child.end()
		return nil, a.checks, fmt.Errorf("%w: missing %s; start with sandbox: best-effort to do without", ErrSandbox, strings.Join(missing, ", "))
	}
	s := newSession(r, child, a)
	err = s.converse(ctx, subject)
	state := child.end()
	s.closeAll()
	if err == nil {
		return s.failures, s.pending, nil
	}
	f := s.blame(err, state)
	failures = append(s.failures, f)
	remaining = slices.DeleteFunc(s.pending, func(n checks.Name) bool { return n == f.check })
	if ctx.Err() != nil {
		return failures, remaining, context.Cause(ctx)
	}
	return failures, remaining, nil
}

// report puts together what came of all checks, in their order.
func (r *run) report(names []checks.Name) checks.Report {
	var all checks.Report
	for _, name := range names {
		o := r.outcomes[name]
		lost := func(u checks.Unscanned) bool {
			return u.Path != "" && slices.ContainsFunc(o.lost, func(l checks.Unscanned) bool { return l.Path == u.Path })
		}
		// A file kept from the check may be reported by it as unreadable; the reason is known better here.
		o.report.Unscanned = append(slices.DeleteFunc(o.report.Unscanned, lost), o.lost...)
		all.Add(o.report)
	}
	all.Stats = checks.Stats{Files: len(r.read)}
	for _, n := range r.read {
		all.Stats.Bytes += n
	}
	return all
}
