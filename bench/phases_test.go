package bench

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

// phase is where the time of one review went, as the hub's log of requests tells it.
type phase struct {
	accept  time.Duration // until the webhook was answered
	pickup  time.Duration // from there until a worker's first request
	read    time.Duration // token, pull request, comparison, and the check set in progress
	fetch   time.Duration // from git's first request to the arrival of its last
	analyse time.Duration // from there until the verdict's first request: the last pack, the checks, the second job
	publish time.Duration // comments and check runs
	calls   int           // to the API
	git     int           // requests of git
}

// dissect finds the marks between the phases.
func dissect(sent, answered, verdict time.Time, log []localhub.Request) phase {
	p := phase{accept: answered.Sub(sent)}
	begin, firstGit, lastGit, decide := verdict, verdict, answered, verdict
	for _, r := range log {
		if r.Time.After(verdict) {
			continue
		}
		if r.Time.Before(begin) {
			begin = r.Time
		}
		if r.Kind != "git" {
			p.calls++
			continue
		}
		p.git++
		if r.Time.Before(firstGit) {
			firstGit = r.Time
		}
		if r.Time.After(lastGit) {
			lastGit = r.Time
		}
	}
	for _, r := range log {
		if r.Time.After(lastGit) && r.Time.Before(decide) {
			decide = r.Time
		}
	}
	p.pickup, p.read, p.fetch = begin.Sub(answered), firstGit.Sub(begin), lastGit.Sub(firstGit)
	p.analyse, p.publish = decide.Sub(lastGit), verdict.Sub(decide)
	return p
}

// phases are those of several reviews.
type phases []phase

func (p phases) with(more phase) phases { return append(p, more) }

// String gives the medians.
func (p phases) String() string {
	var text strings.Builder
	for _, step := range []struct {
		name string
		of   func(phase) time.Duration
	}{
		{"accept", func(p phase) time.Duration { return p.accept }},
		{"pick up", func(p phase) time.Duration { return p.pickup }},
		{"read", func(p phase) time.Duration { return p.read }},
		{"fetch", func(p phase) time.Duration { return p.fetch }},
		{"analyse", func(p phase) time.Duration { return p.analyse }},
		{"publish", func(p phase) time.Duration { return p.publish }},
	} {
		var s sample
		for _, one := range p {
			s = append(s, step.of(one))
		}
		fmt.Fprintf(&text, "%s %s, ", step.name, figure(milliseconds(s.median())))
	}
	var calls, git sample
	for _, one := range p {
		calls, git = append(calls, time.Duration(one.calls)), append(git, time.Duration(one.git))
	}
	fmt.Fprintf(&text, "ms; %d calls, %d requests of git", calls.median(), git.median())
	return text.String()
}
