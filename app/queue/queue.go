// Package queue runs jobs that outlive the process: they are stored with the delivery that asked for them, run again
// when they fail, and are taken over when their process dies. It is River on the database of package store.
//
// # No event is lost, no work done twice at once
//
// Jobs are unique while unfinished: asking for work that already waits adds nothing. While the job runs, that would
// lose an event that arrived after the worker had looked. So each repetition is counted beside the job ("wakes"), and
// the transaction that completes a job first takes the lock on its row and then compares the count with what it was
// before the run: if it grew, the job runs once more instead. Whoever asks for the same work takes the same lock, and
// therefore either is counted, or finds the job completed and stores a new one. A job that fails for good gives up its
// claim to be unique under the same lock. So does one that is cancelled because of a newer head: if that head returns
// (a forced push and back), a new job is stored.
//
// A job may still run twice: when its process dies after the work and before the completion, or is taken for dead.
// Work must therefore be idempotent.
package queue

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/assay-app/assay/app/store"
)

// Workers do the work. An error makes the job run again, unless it is [Permanent] or the last attempt.
type Workers struct {
	Analyse func(context.Context, Analyse) error
	Decide  func(context.Context, Decide) error

	// GaveUp, if set, concludes what a review that has failed for good leaves behind, such as a check in progress. It
	// runs until it succeeds, possibly more than once, also when the review failed because its process died.
	GaveUp func(ctx context.Context, a Analyse, cause error) error
}

// Options are settings of a queue. Zero values stand for the defaults named below.
type Options struct {
	AnalyseWorkers int           // scans at once in this process
	DecideWorkers  int           // decisions at once in this process
	JobTimeout     time.Duration // after which a job's context ends
	DrainTimeout   time.Duration // how long Stop lets running jobs finish before it hands them back
	Logger         *slog.Logger

	// Beat is how often a process says that it is alive, and DeadAfter how long it may be silent before others take
	// over its jobs; that happens at the latest DeadAfter and two Beats after it died.
	Beat      time.Duration
	DeadAfter time.Duration

	// Backoff is the pause after the first failed attempt; tests shorten it.
	Backoff time.Duration
}

// The defaults of Options.
const (
	DefaultAnalyseWorkers = 2
	DefaultDecideWorkers  = 4
	DefaultJobTimeout     = 10 * time.Minute
	DefaultDrainTimeout   = 20 * time.Second // container runtimes kill after 30 s
	DefaultBeat           = 5 * time.Second
	DefaultDeadAfter      = 30 * time.Second
	DefaultBackoff        = 10 * time.Second
)

// MaxAttempts is how often a job is tried. With DefaultBackoff the last attempt is about an hour after the first,
// which outlasts most of GitHub's incidents.
const MaxAttempts = 8

// failedRetention is how long failed jobs stay visible.
const failedRetention = 30 * 24 * time.Hour

// Queue stores jobs and, once started, runs them.
type Queue struct {
	store   *store.Store
	river   backend
	options Options
	gaveUp  func(context.Context, Analyse, error) error // may be nil
	id      string                                      // of this process
	log     *slog.Logger

	stopping   atomic.Bool
	background sync.WaitGroup
	quit       context.CancelFunc // ends the background work
	life       life
}

// New sets up a queue on s, which must be migrated. Without workers it can only store jobs.
func New(s *store.Store, w Workers, o Options) (*Queue, error) {
	o.AnalyseWorkers = cmp.Or(o.AnalyseWorkers, DefaultAnalyseWorkers)
	o.DecideWorkers = cmp.Or(o.DecideWorkers, DefaultDecideWorkers)
	o.JobTimeout = cmp.Or(o.JobTimeout, DefaultJobTimeout)
	o.DrainTimeout = cmp.Or(o.DrainTimeout, DefaultDrainTimeout)
	o.Beat = cmp.Or(o.Beat, DefaultBeat)
	o.DeadAfter = cmp.Or(o.DeadAfter, DefaultDeadAfter)
	o.Backoff = cmp.Or(o.Backoff, DefaultBackoff)
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))

	host, err := os.Hostname()
	if err != nil {
		host = "unknown" // only for people to read
	}
	q := &Queue{store: s, options: o, gaveUp: w.GaveUp, log: o.Logger, id: fmt.Sprintf("%.60s-%d-%s", host, os.Getpid(), rand.Text())}
	q.life.begin()

	config := &river.Config{
		ID:                          q.id,
		Logger:                      slog.New(important{o.Logger.Handler()}).With("part", "river"),
		MaxAttempts:                 MaxAttempts,
		JobTimeout:                  o.JobTimeout,
		RescueStuckJobsAfter:        o.JobTimeout + 2*time.Minute, // a worker that ignores the end of its context
		RetryPolicy:                 backoff{o.Backoff},
		SoftStopTimeout:             o.DrainTimeout,
		FetchCooldown:               50 * time.Millisecond,
		FetchPollInterval:           250 * time.Millisecond, // what runs once more is not announced, only found
		DiscardedJobRetentionPeriod: failedRetention,
	}
	if w.Analyse != nil && w.Decide != nil {
		config.Queues = map[string]river.QueueConfig{
			kindAnalyse: {MaxWorkers: o.AnalyseWorkers},
			kindDecide:  {MaxWorkers: o.DecideWorkers},
		}
		config.Workers = river.NewWorkers()
		river.AddWorker(config.Workers, &worker[Analyse]{q: q, run: w.Analyse})
		river.AddWorker(config.Workers, &worker[Decide]{q: q, run: w.Decide})
	}
	q.river, err = newBackend(s, config)
	if err != nil {
		return nil, err
	}
	return q, nil
}

// Start begins to run jobs. It returns at once; [Queue.Stop] ends it.
func (q *Queue) Start(ctx context.Context) error {
	// Before the first job: a running job of a process that never gave a sign of life is taken over.
	if _, err := q.store.Beat(ctx, q.id); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	ctx, q.quit = context.WithCancel(context.WithoutCancel(ctx))
	ended, unsubscribe := q.river.subscribe(river.EventKindJobFailed, river.EventKindJobCancelled)
	if err := q.river.start(ctx); err != nil {
		unsubscribe()
		q.quit()
		return fmt.Errorf("start the job queue: %w", err)
	}
	q.background.Go(func() { q.beat(ctx) })
	q.background.Go(func() {
		defer unsubscribe()
		q.reconcile(ctx, ended)
	})
	return nil
}

// Stop ends in good order: no new job is begun, running ones have DrainTimeout to finish, and those that do not are
// handed back to be run by another process or after the next start. If ctx ends first, what still runs is abandoned,
// and taken over by others once this process has been silent.
func (q *Queue) Stop(ctx context.Context) error {
	if q.quit == nil {
		return nil
	}
	q.stopping.Store(true)
	err := q.river.stop(ctx)
	q.quit()
	q.background.Wait()
	if err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return q.store.Leave(ctx, q.id)
}

// unfinished are the states in which a job keeps a second one like it out.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateScheduled,
	rivertype.JobStateRunning, rivertype.JobStateRetryable,
}

// EnqueueTx stores a job, to be run once tx is committed, and returns its id. If the same job waits already, that one's
// id is returned; if it runs, it runs once more afterwards; if it waits after a failure, it runs now.
func (q *Queue) EnqueueTx(ctx context.Context, tx store.Tx, job Job) (int64, error) {
	id, known, err := q.insert(ctx, tx, job)
	if err != nil || known == nil {
		return id, err
	}
	if err := q.store.WakeJob(ctx, tx, id); err != nil {
		return 0, err
	}
	if known.State == rivertype.JobStateRetryable {
		if err := q.river.rush(ctx, tx, id); err != nil {
			return 0, fmt.Errorf("run job %d now: %w", id, err)
		}
	}
	return id, nil
}

// insert stores a job unless the same one is unfinished, which is then known.
func (q *Queue) insert(ctx context.Context, tx store.Tx, job Job) (id int64, known *rivertype.JobRow, err error) {
	if err := job.check(); err != nil {
		return 0, nil, fmt.Errorf("store the job to %v: %w", job, err)
	}
	result, err := q.river.insert(ctx, tx, job, &river.InsertOpts{
		Queue:      job.Kind(),
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished},
	})
	if err != nil {
		return 0, nil, fmt.Errorf("store the job to %v: %w", job, err)
	}
	id = result.Job.ID
	if result.UniqueSkippedAsDuplicate {
		return id, result.Job, nil
	}
	open := job.open()
	open.ID = id
	return id, nil, q.store.AddOpenJob(ctx, tx, open)
}

// Enqueue stores a job in a transaction of its own.
func (q *Queue) Enqueue(ctx context.Context, job Job) (id int64, err error) {
	err = q.store.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		id, err = q.EnqueueTx(ctx, tx, job)
		return err
	})
	return id, err
}

// Ensure stores a job unless the same one is unfinished. Unlike [Queue.Enqueue] it does not make a job that runs already
// run once more: it is for work that is missing, not for news that the work must take into account.
func (q *Queue) Ensure(ctx context.Context, job Job) error {
	return q.store.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		_, _, err := q.insert(ctx, tx, job)
		return err
	})
}
