package localhub

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pullView is a pull request as a reviewer sees it.
type pullView struct {
	Repository           string
	Number               int
	Title, State         string
	Author               string
	Created              time.Time
	Body                 template.HTML
	Head, Base           string
	Labels               []string
	Commits              []commitLine
	Talk                 []remark
	Checks               []checkView
	ChecksIcon           string
	Required             bool // the base branch is protected
	Files                []fileView
	Additions, Deletions int
}

type commitLine struct {
	SHA, Subject, Author string
	Trailers             []string
}

// remark is a comment or a review in the conversation.
type remark struct {
	Anchor    string // where its address points to
	Author    string
	Bot       bool
	What      string // "commented", "approved these changes", …
	When      time.Time
	Body      template.HTML
	Minimised string
	Inline    int // how many inline comments came with it
}

// checkView is one check run with everything it says.
type checkView struct {
	ID             int64
	Name, App      string
	Icon, Standing string
	Title          string
	Summary, Text  template.HTML
	Annotations    []annotationView
	Actions        []Action
	Repository     string
}

type annotationView struct {
	Annotation
	Href string
}

// fileView is one file of the diff, with inline comments in place.
type fileView struct {
	Path, Previous, Status string
	Additions, Deletions   int
	Note                   string // in place of a patch
	Rows                   []rowView
	Comments               []threadView // on the file as a whole, or outdated
}

type rowView struct {
	Class, Old, New, Sign, Text string
	Header                      string // of a hunk
	Threads                     []threadView
}

type threadView struct {
	Place    string
	Outdated bool
	Resolved string
	Comments []remark
}

func (h *Hub) pullPage(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	h.mu.Lock()
	repo := h.repository(r.PathValue("owner"), r.PathValue("repo"))
	var p *PullRequest
	if repo != nil {
		p = repo.pull(number)
	}
	if p == nil {
		h.mu.Unlock()
		h.renderProblem(w, http.StatusNotFound, "There is no such pull request.")
		return
	}
	view := p.page()
	h.mu.Unlock()
	h.render(w, http.StatusOK, "pull", view)
}

func (p *PullRequest) page() pullView {
	head := p.headRef
	if p.headRepo != p.repo {
		head = p.headRepo.owner.login + ":" + head
	}
	view := pullView{
		Repository: p.repo.fullName(), Number: p.number, Title: p.title, State: p.shownState(), Author: p.author.login,
		Created: p.created, Body: markdown(p.body, nil), Head: head, Base: p.baseRef, Labels: slices.Clone(p.labels),
		Additions: p.diff.additions, Deletions: p.diff.deletions, Required: p.repo.protected[p.baseRef],
	}
	for _, c := range p.commits {
		subject, rest, _ := strings.Cut(c.message, "\n")
		line := commitLine{SHA: c.sha, Subject: subject, Author: c.author.Name}
		for l := range strings.SplitSeq(rest, "\n") {
			if who, ok := strings.CutPrefix(l, "Co-Authored-By: "); ok {
				name, _, _ := strings.Cut(who, " <")
				line.Trailers = append(line.Trailers, name)
			}
		}
		view.Commits = append(view.Commits, line)
	}
	view.Talk = p.talk()
	runs := p.repo.runsOf(p.headSHA, true)
	slices.Reverse(runs)
	for _, run := range runs {
		view.Checks = append(view.Checks, run.page())
	}
	view.ChecksIcon = worstIcon(runs)
	view.Files = p.filePages()
	return view
}

// talk is the conversation in order: comments, and reviews that say something or more.
func (p *PullRequest) talk() []remark {
	var talk []remark
	for _, c := range p.comments {
		if !c.deleted {
			talk = append(talk, remark{
				Anchor: fmt.Sprintf("issuecomment-%d", c.ID), Author: c.Author, Bot: c.author.kind == "Bot", What: "commented", When: c.Created, Body: markdown(c.Body, nil), Minimised: c.Minimised,
			})
		}
	}
	words := map[string]string{
		"COMMENTED": "reviewed", "APPROVED": "approved these changes", "CHANGES_REQUESTED": "requested changes", "DISMISSED": "reviewed (dismissed)",
	}
	for _, r := range p.reviews {
		inline := 0
		for _, c := range p.reviewComments {
			if c.ReviewID == r.ID && !c.deleted && c.ReplyTo == 0 {
				inline++
			}
		}
		if r.State != "PENDING" && (r.Body != "" || inline > 0) {
			talk = append(talk, remark{
				Anchor: fmt.Sprintf("pullrequestreview-%d", r.ID), Author: r.Author, Bot: r.author.kind == "Bot", What: words[r.State], When: r.Submitted, Body: markdown(r.Body, nil),
				Minimised: r.Minimised, Inline: inline,
			})
		}
	}
	slices.SortStableFunc(talk, func(a, b remark) int { return a.When.Compare(b.When) })
	return talk
}

func (c *checkRun) page() checkView {
	r := c.suite.repo
	view := checkView{
		ID: c.ID, Name: c.Name, App: c.suite.app.name, Icon: icon(c.Status, c.Conclusion), Standing: c.Conclusion,
		Title: c.Title, Summary: markdown(c.Summary, nil), Text: markdown(c.Text, nil), Actions: slices.Clone(c.Actions),
		Repository: r.fullName(),
	}
	if c.Status != "completed" {
		view.Standing = strings.ReplaceAll(c.Status, "_", " ")
	}
	for _, a := range c.Annotations {
		view.Annotations = append(view.Annotations, annotationView{
			a, "/" + r.fullName() + "/blob/" + c.HeadSHA + "/" + escapePath(a.Path) + "#L" + strconv.Itoa(a.StartLine),
		})
	}
	return view
}

func (h *Hub) runPage(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("run"), 10, 64)
	h.mu.Lock()
	repo := h.repository(r.PathValue("owner"), r.PathValue("repo"))
	var run *checkRun
	if repo != nil {
		run = repo.run(id)
	}
	if run == nil {
		h.mu.Unlock()
		h.renderProblem(w, http.StatusNotFound, "There is no such check run.")
		return
	}
	view := run.page()
	h.mu.Unlock()
	h.render(w, http.StatusOK, "run", view)
}
