package localhub

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// GitHub's limits on check runs.
const (
	maxAnnotations       = 50    // of one request
	maxCheckText         = 65535 // characters of summary and of text
	maxBody              = 65536 // characters of a comment or a review
	maxActions           = 3
	maxActionLabel       = 20
	maxActionDescription = 40
	maxActionIdentifier  = 20
	maxAnnotationText    = 64 << 10 // bytes of a message and of raw_details
	maxAnnotationTitle   = 255
)

// checkSuite is an app's checks of one commit.
type checkSuite struct {
	id      int64
	repo    *Repository
	app     *App
	head    string
	branch  string // empty for a fork's
	created time.Time
}

// CheckRun is a check run as it stands.
type CheckRun struct {
	ID          int64
	Name        string
	HeadSHA     string
	ExternalID  string
	DetailsURL  string
	Status      string // queued, in_progress, completed
	Conclusion  string // empty until completed
	Started     time.Time
	Completed   time.Time
	Title       string
	Summary     string
	Text        string
	Annotations []Annotation
	Actions     []Action
}

// Annotation marks lines of a file in a check run.
type Annotation struct {
	Path        string `json:"path"`
	StartLine   int    `json:"start_line"`
	EndLine     int    `json:"end_line"`
	StartColumn *int   `json:"start_column"`
	EndColumn   *int   `json:"end_column"`
	Level       string `json:"annotation_level"`
	Message     string `json:"message"`
	Title       string `json:"title"`
	RawDetails  string `json:"raw_details"`
}

// Action is a button of a check run.
type Action struct {
	Label       string `json:"label"`
	Description string `json:"description"`
	Identifier  string `json:"identifier"`
}

type checkRun struct {
	CheckRun
	suite *checkSuite
}

// checkRunRequest is what an app sends to create or update a check run. Absent fields change nothing.
type checkRunRequest struct {
	Name        *string    `json:"name"`
	HeadSHA     string     `json:"head_sha"`
	DetailsURL  *string    `json:"details_url"`
	ExternalID  *string    `json:"external_id"`
	Status      *string    `json:"status"`
	StartedAt   *time.Time `json:"started_at"`
	Conclusion  *string    `json:"conclusion"`
	CompletedAt *time.Time `json:"completed_at"`
	Output      *struct {
		Title       *string         `json:"title"`
		Summary     *string         `json:"summary"`
		Text        *string         `json:"text"`
		Annotations []Annotation    `json:"annotations"`
		Images      json.RawMessage `json:"images"`
	} `json:"output"`
	Actions []Action `json:"actions"`
}

// What apps may set. GitHub alone sets stale and startup_failure.
var (
	checkStatuses    = []string{"queued", "in_progress", "completed"}
	checkConclusions = []string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}
	annotationLevels = []string{"notice", "warning", "failure"}
)

// check applies the rules of the request's form; what it needs to look up is checked elsewhere.
func (q *checkRunRequest) check() *refusal {
	if q.Status != nil && !slices.Contains(checkStatuses, *q.Status) {
		return badRequest(fmt.Sprintf("%s is not a member of %q.", *q.Status, checkStatuses))
	}
	if q.Conclusion != nil && !slices.Contains(checkConclusions, *q.Conclusion) {
		return badRequest(fmt.Sprintf("%s is not a member of %q.", *q.Conclusion, checkConclusions))
	}
	if q.Conclusion == nil && q.Status != nil && *q.Status == "completed" {
		return badRequest("Missing required key \"conclusion\" for status \"completed\".")
	}
	if len(q.Actions) > maxActions {
		return badRequest(fmt.Sprintf("No more than %d items are allowed; %d were supplied.", maxActions, len(q.Actions)))
	}
	for _, a := range q.Actions {
		for _, field := range []struct {
			text string
			most int
		}{{a.Label, maxActionLabel}, {a.Description, maxActionDescription}, {a.Identifier, maxActionIdentifier}} {
			if refused := atMost(field.text, field.most); refused != nil {
				return refused
			}
			if field.text == "" {
				return badRequest("An action needs label, description and identifier.")
			}
		}
	}
	return q.checkOutput()
}

func (q *checkRunRequest) checkOutput() *refusal {
	if q.Output == nil {
		return nil
	}
	for _, text := range []*string{q.Output.Summary, q.Output.Text} {
		if text == nil {
			continue
		}
		if refused := atMost(*text, maxCheckText); refused != nil {
			return refused
		}
	}
	if n := len(q.Output.Annotations); n > maxAnnotations {
		return badRequest(fmt.Sprintf("No more than %d items are allowed; %d were supplied.", maxAnnotations, n))
	}
	for _, a := range q.Output.Annotations {
		if refused := a.check(); refused != nil {
			return refused
		}
	}
	return nil
}

func (a Annotation) check() *refusal {
	switch {
	case a.Path == "" || a.Message == "":
		return badRequest("An annotation needs path and message.")
	case a.StartLine < 1 || a.EndLine < a.StartLine:
		return badRequest("An annotation's lines must be positive and in order.")
	case (a.StartColumn != nil || a.EndColumn != nil) && a.StartLine != a.EndLine:
		return badRequest("Annotations may only have columns if start_line and end_line are the same.")
	case !slices.Contains(annotationLevels, a.Level):
		return badRequest(fmt.Sprintf("%s is not a member of %q.", a.Level, annotationLevels))
	case len(a.Message) > maxAnnotationText || len(a.RawDetails) > maxAnnotationText:
		return badRequest("Message and raw_details are limited to 64 KB.")
	}
	return atMost(a.Title, maxAnnotationTitle)
}

func atMost(text string, most int) *refusal {
	if n := utf8.RuneCountInString(text); n > most {
		return badRequest(fmt.Sprintf("Only %d characters are allowed; %d were supplied.", most, n))
	}
	return nil
}

// apply puts a request that passed check into the run. Annotations are appended: sending one twice shows it twice.
func (c *checkRun) apply(q *checkRunRequest, now time.Time) {
	set(&c.Name, q.Name)
	set(&c.DetailsURL, q.DetailsURL)
	set(&c.ExternalID, q.ExternalID)
	set(&c.Status, q.Status)
	if q.StartedAt != nil {
		c.Started = q.StartedAt.UTC()
	}
	if q.Status != nil && *q.Status != "completed" {
		c.Conclusion, c.Completed = "", time.Time{}
	}
	if q.Conclusion != nil {
		c.Conclusion, c.Status, c.Completed = *q.Conclusion, "completed", now
	}
	if q.CompletedAt != nil {
		c.Completed = q.CompletedAt.UTC()
	}
	if q.Output != nil {
		set(&c.Title, q.Output.Title)
		set(&c.Summary, q.Output.Summary)
		set(&c.Text, q.Output.Text)
		c.Annotations = append(c.Annotations, q.Output.Annotations...)
	}
	if q.Actions != nil {
		c.Actions = q.Actions
	}
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// suite finds or begins the app's suite for a commit.
func (r *Repository) suite(app *App, head, branch string) (s *checkSuite, isNew bool) {
	for _, s := range r.suites {
		if s.app == app && s.head == head {
			return s, false
		}
	}
	s = &checkSuite{id: r.hub.nextID(), repo: r, app: app, head: head, branch: branch, created: r.hub.now()}
	r.suites = append(r.suites, s)
	return s, true
}

// requestSuites is what GitHub does after a push: every app that may write checks gets a suite, and is told.
func (r *Repository) requestSuites(head, branch string, by *Account) {
	for _, i := range r.hub.installations {
		if !i.covers(r) || i.suspended != nil || i.permissions["checks"] != "write" {
			continue
		}
		if s, isNew := r.suite(i.app, head, branch); isNew {
			r.emitTo(i, "check_suite", "requested", by, object{"check_suite": s.view()})
		}
	}
}

// runsOf are the runs of a commit, newest first; latest leaves out those that another run of the same app and name
// followed.
func (r *Repository) runsOf(head string, latest bool) []*checkRun {
	var runs []*checkRun
	seen := map[string]bool{}
	for _, run := range slices.Backward(r.runs) {
		key := fmt.Sprint(run.suite.app.id, run.Name)
		if run.HeadSHA != head || latest && seen[key] {
			continue
		}
		seen[key] = true
		runs = append(runs, run)
	}
	return runs
}

// CheckRuns are the latest runs of a commit by name, newest first.
func (r *Repository) CheckRuns(sha string) []CheckRun {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	var runs []CheckRun
	for _, run := range r.runsOf(sha, true) {
		snapshot := run.CheckRun
		snapshot.Annotations = slices.Clone(run.Annotations)
		runs = append(runs, snapshot)
	}
	return runs
}

// AllCheckRuns are all runs of a commit, also those that a later one of their name replaced.
func (r *Repository) AllCheckRuns(sha string) []CheckRun {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	var runs []CheckRun
	for _, run := range r.runsOf(sha, false) {
		snapshot := run.CheckRun
		snapshot.Annotations = slices.Clone(run.Annotations)
		runs = append(runs, snapshot)
	}
	return runs
}

// Rerequest is a person pressing "Re-run" on a check.
func (r *Repository) Rerequest(run int64, by *Account) {
	r.hub.act("rerequest check run", func() error {
		c := r.run(run)
		if c == nil {
			return fmt.Errorf("no check run %d", run)
		}
		r.rerequest(c, by)
		return nil
	})
}

func (r *Repository) rerequest(c *checkRun, by *Account) {
	c.Status, c.Conclusion, c.Completed = "queued", "", time.Time{}
	r.tellOwner(c, "rerequested", by, object{})
}

// RerequestSuite is a person pressing "Re-run all checks" of an app.
func (r *Repository) RerequestSuite(app *App, head string, by *Account) {
	r.hub.act("rerequest check suite", func() error {
		s, _ := r.suite(app, head, "")
		r.rerequestSuite(s, by)
		return nil
	})
}

func (r *Repository) rerequestSuite(s *checkSuite, by *Account) {
	for _, i := range r.hub.installations {
		if i.app == s.app && i.covers(r) {
			r.emitTo(i, "check_suite", "rerequested", by, object{"check_suite": s.view()})
		}
	}
}

// RequestAction is a person pressing one of a check run's buttons.
func (r *Repository) RequestAction(run int64, identifier string, by *Account) {
	r.hub.act("request action", func() error {
		c := r.run(run)
		if c == nil || !slices.ContainsFunc(c.Actions, func(a Action) bool { return a.Identifier == identifier }) {
			return fmt.Errorf("no check run %d with action %q", run, identifier)
		}
		r.tellOwner(c, "requested_action", by, object{"requested_action": object{"identifier": identifier}})
		return nil
	})
}

// tellOwner sends an event that only the run's own app gets, subscribed or not.
func (r *Repository) tellOwner(c *checkRun, action string, by *Account, more object) {
	more["check_run"] = c.view()
	for _, i := range r.hub.installations {
		if i.app == c.suite.app && i.covers(r) {
			r.emitTo(i, "check_run", action, by, more)
		}
	}
}

func (r *Repository) run(id int64) *checkRun {
	for _, c := range r.runs {
		if c.ID == id {
			return c
		}
	}
	return nil
}
