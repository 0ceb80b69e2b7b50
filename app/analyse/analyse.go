//go:build linux

// Package analyse runs the checks over a change, in a child process that can open nothing.
//
// [Runner] is the parent's side. It starts the same executable again with one socket, an empty environment and no
// other open file; the child ([Child]) closes itself in and only then is told of the change. It asks for files over
// the socket, the parent answers from the change's trees and takes the report, believing nothing. A check that
// crashes, spins or swells costs that check, or only the file that it was reading, never the review: the rest runs in
// a new child, and what could not be looked at is in the report. There is no way to run a check in the parent.
package analyse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/app/analyse/internal/wall"
	"github.com/assay-app/assay/checks"
)

// SandboxMode says what happens when the kernel lacks a layer of the wall.
type SandboxMode string

// The modes. The zero value is Required.
const (
	Required   SandboxMode = "required"    // nothing is analysed without the whole wall
	BestEffort SandboxMode = "best-effort" // what is there is used; [Probe] says what is not
)

// Layers says which layers of the wall hold.
type Layers = wall.Layers

// Limits bound one child. The zero value of each stands for its default.
type Limits struct {
	MemoryBytes int64         // resident memory
	Time        time.Duration // of processors, for one check: only ever to kill; by the clock it is stallFactor times that
	Total       time.Duration // of the whole change, by the clock
}

// The defaults of [Limits].
const (
	DefaultMemory = 3 << 29 // 1.5 GiB: the largest parse of a 50 MiB file needs 1 GiB
	DefaultTime   = 2 * time.Minute
	DefaultTotal  = 10 * time.Minute
)

func (l Limits) withDefaults() Limits {
	if l.MemoryBytes <= 0 {
		l.MemoryBytes = DefaultMemory
	}
	if l.Time <= 0 {
		l.Time = DefaultTime
	}
	if l.Total <= 0 {
		l.Total = DefaultTotal
	}
	return l
}

// Runner runs checks in child processes. The zero value is ready to use; a Runner may be used by many goroutines.
type Runner struct {
	// Executable and Args start the child: a program that calls [Child]. The defaults are this very program and the
	// argument analyse-child.
	Executable string
	Args       []string

	Sandbox SandboxMode
	Limits  Limits
	Log     *slog.Logger // told of children that ended badly; nil for nobody
	Results *ResultCache // what earlier runs found; nil to look at everything

	without []string      // layers left out, in tests
	known   []checks.Name // what the child can run if that is not [Names], in tests
}

// ErrSandbox is wrapped by the error of a run that was refused because the wall could not be built.
var ErrSandbox = errors.New("analysis sandbox not available")

// Run runs the checks named by only, or all if it is nil, over c. The report's order depends on c alone.
//
// The error is not nil only when ctx ended, when the wall cannot be built (see [ErrSandbox]), when the child cannot be
// started, or when only names a check that does not exist. Everything that goes wrong with hostile input is in the
// report, as unscanned.
func (r *Runner) Run(ctx context.Context, c *checks.Change, only []checks.Name) (checks.Report, error) {
	names, err := r.selected(only)
	if err != nil || len(names) == 0 {
		return checks.Report{}, err
	}
	limits := r.Limits.withDefaults()
	// The cause tells the end of this analysis from the end of the caller's patience.
	total, cancel := context.WithTimeoutCause(ctx, limits.Total, errTotalTime)
	run := &run{
		runner: r, limits: limits, change: c, outcomes: map[checks.Name]*outcome{}, read: map[protocol.FileName]int64{},
		results: newResults(r.Results, &c.Options), fetched: make(chan struct{}),
	}
	// A child takes as long to start as most changes to be fetched.
	go func() {
		defer close(run.fetched)
		prefetch(total, c)
	}()
	defer func() {
		cancel()
		<-run.fetched // the trees are the caller's again
	}()
	if err := run.all(total, names); err != nil {
		if ctx.Err() != nil {
			return checks.Report{}, fmt.Errorf("analyse the change: %w", context.Cause(ctx))
		}
		return checks.Report{}, err
	}
	return run.report(names), nil
}

var errTotalTime = errors.New("the time for the whole analysis is used up")

// selected puts the wanted checks into the order of the registry.
func (r *Runner) selected(only []checks.Name) ([]checks.Name, error) {
	all := Names()
	if r.known != nil {
		all = slices.Clone(r.known)
	}
	if only == nil {
		return all, nil
	}
	for _, name := range only {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("there is no check %q; there are %v", name, all)
		}
	}
	return slices.DeleteFunc(all, func(name checks.Name) bool { return !slices.Contains(only, name) }), nil
}

// prefetch has the trees fetch both sides of what changed while that can be done at once.
func prefetch(ctx context.Context, c *checks.Change) {
	var older, newer []checks.Path
	for i := range c.Files {
		f := &c.Files[i]
		if f.Status != checks.Deleted {
			newer = append(newer, f.Path)
		}
		if f.Status != checks.Added && f.OldPath != "" {
			older = append(older, f.OldPath)
		}
	}
	for _, side := range []struct {
		tree  checks.Tree
		paths []checks.Path
	}{{c.MergeBase, older}, {c.Head, newer}} {
		if p, ok := side.tree.(checks.Prefetcher); ok && len(side.paths) > 0 {
			p.Prefetch(ctx, side.paths)
		}
	}
}

// Probe starts a child that analyses nothing and says which layers of the wall hold on this machine. The error says
// that the child could not be started or did not answer, not that a layer is missing.
func (r *Runner) Probe(ctx context.Context) (Layers, error) {
	child, err := r.start(ctx, r.Limits.withDefaults(), nil, false)
	if err != nil {
		return nil, err
	}
	defer child.end()
	return child.wall, nil
}

// Probe says which layers of the wall hold on this machine, for children of this program.
func Probe(ctx context.Context) (Layers, error) { return new(Runner).Probe(ctx) }

// ProtectParent keeps other processes of the same user, the children first of all, from reading this process's memory
// and environment. A program that uses a [Runner] calls it once, before it reads a secret.
func ProtectParent() error {
	if err := wall.SetUndumpable(); err != nil {
		return fmt.Errorf("protect this process's memory: %w", err)
	}
	return nil
}
