package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-github/v62/github"

	md "github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// States of a check run.
const (
	inProgress = "in_progress"
	completed  = "completed"
)

// run is a check run as it should be.
type run struct {
	name        string
	status      string
	conclusion  string // empty while in progress
	title       string
	summary     md.Block
	text        md.Block
	annotations []*github.CheckRunAnnotation

	// stats is the last line of the summary: what differs each time without meaning anything.
	stats md.Block
}

// digest names what a run says. It is kept in the run's external id, so that what stands there already is not written
// again, and annotations are only added to the output that they belong to.
func (r *run) digest() (string, error) {
	data, err := json.Marshal([]any{r.status, r.conclusion, r.title, r.summary, r.text, r.annotations})
	if err != nil {
		return "", fmt.Errorf("encode check run %s: %w", r.name, err)
	}
	sum := sha256.Sum256(data)
	return "assay:" + hex.EncodeToString(sum[:16]), nil
}

// listRuns asks GitHub for our check runs on a commit, the newest of each name. GitHub shows and requires the newest.
func (p *Publisher) listRuns(ctx context.Context, head checks.CommitSHA) (map[string]Run, error) {
	newest := map[string]Run{}
	options := github.ListCheckRunsOptions{
		// GitHub calls that run the latest which completed last, which one in progress did not.
		Filter:      github.String("all"),
		AppID:       github.Int64(p.id.AppID),
		ListOptions: github.ListOptions{Page: 1, PerPage: perPage},
	}
	for range maxRunPages {
		page, response, err := p.client.Checks.ListCheckRunsForRef(ctx, p.owner, p.repo, string(head), &options)
		if err != nil {
			return nil, fmt.Errorf("list the check runs on %.12s: %w", head, err)
		}
		for _, r := range page.CheckRuns {
			if r.GetApp().GetID() == p.id.AppID && newest[r.GetName()].ID < r.GetID() {
				newest[r.GetName()] = runOf(r)
			}
		}
		if response.NextPage == 0 {
			return newest, nil
		}
		options.Page = response.NextPage
	}
	return nil, fmt.Errorf("list the check runs on %.12s: more than %d pages", head, maxRunPages)
}

// Start sets the check in progress, unless it was begun before. With reopen it is set in progress again though it has
// concluded: the commit has come into another pull request, whose verdict may differ.
func (p *Publisher) Start(ctx context.Context, head checks.CommitSHA, name string, reopen bool) error {
	b, err := p.board(ctx, head)
	if err != nil {
		return err
	}
	if known, ok := b.runs[name]; ok && (!known.Completed || !reopen) {
		return nil
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	// A completed run can't be begun again: GitHub shows a state between the two (isaacs/github#1530). A new one of the
	// same name takes its place.
	created, _, err := p.client.Checks.CreateCheckRun(ctx, p.owner, p.repo, github.CreateCheckRunOptions{
		Name: name, HeadSHA: string(head), Status: github.String(inProgress),
	})
	if err != nil {
		return fmt.Errorf("start check run %s on %.12s: %w", name, head, err)
	}
	b.runs[name] = Run{ID: created.GetID()}
	return b.done(ctx)
}

// write makes a check run be as it should. The first request carries the verdict, so that a process that dies before
// the last annotation leaves no commit without one.
func (b *board) write(ctx context.Context, want run) error {
	digest, err := want.digest()
	if err != nil {
		return err
	}
	known, ok := b.runs[want.name]
	same := known.Digest == digest && known.Completed == (want.status == completed) && known.Conclusion == want.conclusion
	if same && known.Annotations >= len(want.annotations) {
		return nil
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	w := runWriter{p: b.p, head: b.head, want: want, digest: digest, id: known.ID}
	switch {
	case same:
		w.done = known.Annotations
	case !ok, known.Annotations > 0, known.Completed && want.status != completed:
		// Annotations can't be taken back, and a completed run can't be begun again: a new one takes its place.
		if err := w.create(ctx); err != nil {
			return err
		}
	default:
		if err := w.update(ctx); err != nil {
			return err
		}
	}
	for w.done < len(want.annotations) {
		if err := w.update(ctx); err != nil {
			return err
		}
	}
	b.runs[want.name] = Run{ID: w.id, Digest: digest, Completed: want.status == completed, Conclusion: want.conclusion, Annotations: w.done}
	return nil
}

// Abandon concludes the checks that are still in progress on a commit which is no open pull request's head any more, so
// that none stays in progress for ever. What was concluded stays.
func (p *Publisher) Abandon(ctx context.Context, head checks.CommitSHA) error {
	b, err := p.board(ctx, head)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(b.runs)) {
		if b.runs[name].Completed {
			continue
		}
		if err := b.write(ctx, p.gate(&Gate{Name: name, Head: head})); err != nil {
			return err
		}
	}
	return b.done(ctx)
}

// runWriter writes one check run in as many requests as its annotations need.
type runWriter struct {
	p      *Publisher
	head   checks.CommitSHA
	want   run
	digest string
	id     int64 // once it exists
	done   int   // how many annotations are written
}

func (w *runWriter) create(ctx context.Context) error {
	output, next := w.output()
	options := github.CreateCheckRunOptions{
		Name: w.want.name, HeadSHA: string(w.head), ExternalID: &w.digest, Status: &w.want.status, Output: output,
	}
	if w.want.conclusion != "" {
		options.Conclusion = &w.want.conclusion
	}
	created, _, err := w.p.client.Checks.CreateCheckRun(ctx, w.p.owner, w.p.repo, options)
	if err != nil {
		return fmt.Errorf("create check run %s on %.12s: %w", w.want.name, w.head, err)
	}
	w.id, w.done = created.GetID(), next
	return nil
}

func (w *runWriter) update(ctx context.Context) error {
	output, next := w.output()
	options := github.UpdateCheckRunOptions{
		Name: w.want.name, ExternalID: &w.digest, Status: &w.want.status, Output: output,
	}
	if w.want.conclusion != "" {
		options.Conclusion = &w.want.conclusion
	}
	if _, _, err := w.p.client.Checks.UpdateCheckRun(ctx, w.p.owner, w.p.repo, w.id, options); err != nil {
		return fmt.Errorf("update check run %s on %.12s: %w", w.want.name, w.head, err)
	}
	w.done = next
	return nil
}

// output is what the run says with the next annotations, and how many are written once it is sent.
func (w *runWriter) output() (*github.CheckRunOutput, int) {
	next := min(w.done+annotationsPerRequest, len(w.want.annotations))
	const note = "*This was cut: GitHub takes no more.*"
	summary := md.Truncate(w.want.summary, md.MaxCheckText-len("\n\n")-len(w.want.stats), note)
	output := &github.CheckRunOutput{
		Title:       github.String(oneLine(w.want.title, maxTitle)),
		Summary:     github.String(string(md.Blocks(summary, w.want.stats))),
		Annotations: w.want.annotations[w.done:next],
	}
	if w.want.text != "" {
		output.Text = github.String(string(md.Truncate(w.want.text, md.MaxCheckText, note)))
	}
	return output, next
}
