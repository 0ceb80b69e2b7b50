package localhub

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// indexView lists what there is.
type indexView struct {
	Repositories []repositoryLine
	Apps         []appLine
}

type repositoryLine struct {
	Name, Description string
	Private           bool
	Open              int
}

type appLine struct {
	Slug, Name    string
	Installations []string
}

func (h *Hub) indexPage(w http.ResponseWriter, _ *http.Request) {
	var view indexView
	h.mu.Lock()
	for _, r := range h.repositories {
		if !r.deleted {
			view.Repositories = append(view.Repositories, repositoryLine{r.fullName(), r.description, r.private, r.openPulls()})
		}
	}
	for _, a := range h.apps {
		line := appLine{Slug: a.slug, Name: a.name}
		for _, i := range h.installations {
			if i.app == a && !i.removed {
				line.Installations = append(line.Installations, i.account.login)
			}
		}
		view.Apps = append(view.Apps, line)
	}
	h.mu.Unlock()
	h.render(w, http.StatusOK, "index", view)
}

// repositoryView is a repository's pull requests and branches.
type repositoryView struct {
	repositoryLine
	CloneURL string
	Pulls    []pullLine
	Branches []branchLine
}

type pullLine struct {
	Number       int
	Title, State string
	Author       string
	Created      time.Time
	Verdict      string // icon of the worst check
	Labels       []string
}

type branchLine struct {
	Name, SHA          string
	Default, Protected bool
}

func (h *Hub) repositoryPage(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	repo := h.repository(r.PathValue("owner"), r.PathValue("repo"))
	if repo == nil {
		h.mu.Unlock()
		h.renderProblem(w, http.StatusNotFound, "There is no such repository.")
		return
	}
	view := repositoryView{
		repositoryLine: repositoryLine{repo.fullName(), repo.description, repo.private, repo.openPulls()}, CloneURL: repo.CloneURL(),
	}
	for _, p := range slices.Backward(repo.pulls) {
		view.Pulls = append(view.Pulls, pullLine{
			Number: p.number, Title: p.title, State: p.shownState(), Author: p.author.login, Created: p.created,
			Verdict: worstIcon(repo.runsOf(p.headSHA, true)), Labels: slices.Clone(p.labels),
		})
	}
	for name, sha := range repo.branches {
		view.Branches = append(view.Branches, branchLine{name, sha, name == repo.defaultBranch, repo.protected[name]})
	}
	h.mu.Unlock()
	sort.Slice(view.Branches, func(i, j int) bool { return view.Branches[i].Name < view.Branches[j].Name })
	h.render(w, http.StatusOK, "repository", view)
}

// shownState is the word on the coloured pill.
func (p *PullRequest) shownState() string {
	switch {
	case p.merged != nil:
		return "merged"
	case !p.open():
		return "closed"
	case p.draft:
		return "draft"
	}
	return "open"
}

// icon groups what a check says into what its sign looks like.
func icon(status, conclusion string) string {
	switch {
	case status != "completed":
		return "pending"
	case conclusion == "success":
		return "good"
	case conclusion == "neutral" || conclusion == "skipped":
		return "neutral"
	}
	return "bad"
}

func worstIcon(runs []*checkRun) string {
	order := []string{"", "neutral", "good", "pending", "bad"}
	worst := 0
	for _, run := range runs {
		worst = max(worst, slices.Index(order, icon(run.Status, run.Conclusion)))
	}
	return order[worst]
}

func (h *Hub) deliveriesPage(w http.ResponseWriter, _ *http.Request) {
	log := h.Deliveries()
	slices.Reverse(log)
	h.render(w, http.StatusOK, "deliveries", log)
}

// deliveryView is one delivery with its payload laid out.
type deliveryView struct {
	Delivery
	Headers []pair
	Pretty  string
	Answer  string
}

func (h *Hub) deliveryPage(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	for _, d := range h.Deliveries() {
		if d.ID != id {
			continue
		}
		var pretty bytes.Buffer
		_ = json.Indent(&pretty, d.Payload, "", "  ") // it was made by json.Marshal
		flat := map[string]string{}
		for name := range d.RequestHeader {
			flat[name] = d.RequestHeader.Get(name)
		}
		h.render(w, http.StatusOK, "delivery", deliveryView{d, sortedPairs(flat), pretty.String(), string(d.Response)})
		return
	}
	h.renderProblem(w, http.StatusNotFound, "There is no such delivery.")
}

// blobView is a file at a commit.
type blobView struct {
	Repository, SHA, Path string
	Lines                 []string
	Note                  string
}

// maxShownFile keeps a browser alive.
const maxShownFile = 1 << 20

func (h *Hub) blobPage(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	repo := h.repository(r.PathValue("owner"), r.PathValue("repo"))
	h.mu.Unlock()
	if repo == nil {
		h.renderProblem(w, http.StatusNotFound, "There is no such repository.")
		return
	}
	view := blobView{Repository: repo.fullName(), SHA: r.PathValue("sha"), Path: r.PathValue("path")}
	sha, err := repo.store.resolve(view.SHA)
	var entry treeEntry
	var found bool
	if err == nil {
		entry, found, err = repo.store.entry(sha, view.Path)
	}
	if err != nil || !found || entry.kind != "blob" {
		h.renderProblem(w, http.StatusNotFound, "There is no such file at that commit.")
		return
	}
	content, err := repo.store.blob(entry.sha)
	switch {
	case err != nil:
		h.renderProblem(w, http.StatusInternalServerError, err.Error())
		return
	case bytes.IndexByte(content, 0) >= 0:
		view.Note = "Binary file."
	case len(content) > maxShownFile:
		view.Note = "This file is too large to show."
	default:
		view.Lines = strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	}
	h.render(w, http.StatusOK, "blob", view)
}
