package localhub

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// appManifest is what GitHub's manifest flow takes, in JSON.
type appManifest struct {
	Name           string            `json:"name"`
	URL            string            `json:"url"`
	Description    string            `json:"description"`
	RedirectURL    string            `json:"redirect_url"`
	CallbackURLs   []string          `json:"callback_urls"`
	SetupURL       string            `json:"setup_url"`
	Public         bool              `json:"public"`
	DefaultEvents  []string          `json:"default_events"`
	Permissions    map[string]string `json:"default_permissions"`
	HookAttributes struct {
		URL    string `json:"url"`
		Active *bool  `json:"active"`
	} `json:"hook_attributes"`
}

// GitHub's bounds on a manifest.
const (
	maxAppName      = 34
	maxCallbackURLs = 10
	codeLife        = time.Hour
)

// knownPermissions are those that an app of this kind may ask for.
var knownPermissions = []string{
	"actions", "administration", "attestations", "checks", "contents", "deployments", "emails", "environments", "issues",
	"members", "merge_queues", "metadata", "packages", "pages", "pull_requests", "repository_hooks", "secret_scanning_alerts",
	"secrets", "security_events", "single_file", "statuses", "vulnerability_alerts", "workflows",
}

func parseManifest(text string) (appManifest, error) {
	var m appManifest
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("the manifest is no JSON: %w", err)
	}
	var problems []error
	complain := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	complain(m.Name == "", "name is missing")
	complain(len(m.Name) > maxAppName, "name is longer than %d characters", maxAppName)
	complain(!isWebURL(m.URL), "url is missing or no web address")
	complain(m.HookAttributes.URL != "" && !isWebURL(m.HookAttributes.URL), "hook_attributes.url is no web address")
	complain(m.HookAttributes.URL == "" && len(m.DefaultEvents) > 0, "hook_attributes.url is missing")
	complain(!isWebURL(m.RedirectURL), "redirect_url is missing or no web address")
	complain(len(m.CallbackURLs) > maxCallbackURLs, "more than %d callback_urls", maxCallbackURLs)
	for name, level := range m.Permissions {
		complain(!slices.Contains(knownPermissions, name), "default_permissions: there is no %q", name)
		complain(level != "read" && level != "write", "default_permissions: %s can't be %q", name, level)
	}
	return m, errors.Join(problems...)
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// newAppPage is where the browser posts a manifest: GitHub shows what was asked for and lets the owner confirm.
func (h *Hub) newAppPage(w http.ResponseWriter, r *http.Request) {
	org := r.PathValue("org")
	if org != "" && !h.hasAccount(org) {
		h.renderProblem(w, http.StatusNotFound, "There is no organisation "+org+".")
		return
	}
	text := r.FormValue("manifest")
	if r.Method == http.MethodGet || text == "" {
		h.renderProblem(w, http.StatusOK, "Register a GitHub App by posting a manifest to this page in the form field “manifest”.")
		return
	}
	m, err := parseManifest(text)
	if err != nil {
		h.renderProblem(w, http.StatusUnprocessableEntity, "The manifest is not valid: "+strings.ReplaceAll(err.Error(), "\n", "; ")+".")
		return
	}
	h.render(w, http.StatusOK, "newapp", newAppView{
		Manifest: m, Text: text, State: r.FormValue("state"), Owner: org, Permissions: sortedPairs(m.Permissions),
	})
}

// newAppView is what the page of confirmation shows.
type newAppView struct {
	Manifest    appManifest
	Text        string
	State       string
	Owner       string
	Permissions []pair
}

type pair struct{ Name, Value string }

func sortedPairs(m map[string]string) []pair {
	var pairs []pair
	for name, value := range m {
		pairs = append(pairs, pair{name, value})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	return pairs
}

func (h *Hub) hasAccount(login string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.accounts[strings.ToLower(login)] != nil
}

// confirmNewApp registers the app and sends the browser back with a code.
func (h *Hub) confirmNewApp(w http.ResponseWriter, r *http.Request) {
	m, err := parseManifest(r.FormValue("manifest"))
	if err != nil {
		h.renderProblem(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	o := AppOptions{
		Slug: slugOf(m.Name), Name: m.Name, WebhookURL: m.HookAttributes.URL, Permissions: m.Permissions, Events: m.DefaultEvents,
	}
	app, code := &App{hub: h}, randomHex(20)
	h.mu.Lock()
	if o.Owner = h.accounts[strings.ToLower(r.FormValue("owner"))]; o.Owner == nil {
		o.Owner = h.firstPerson()
	}
	err = h.register(app, o)
	if err == nil {
		app.description, app.externalURL = m.Description, m.URL
		h.manifests[code] = app
	}
	h.mu.Unlock()
	if err != nil {
		h.renderProblem(w, http.StatusUnprocessableEntity, "The app was not registered: "+err.Error()+".")
		return
	}
	back, err := url.Parse(m.RedirectURL)
	if err != nil {
		h.renderProblem(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	query := back.Query()
	query.Set("code", code)
	if state := r.FormValue("state"); state != "" {
		query.Set("state", state)
	}
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// firstPerson stands for whoever sits at the browser; nobody signs in here.
func (h *Hub) firstPerson() *Account {
	var first *Account
	for _, a := range h.accounts {
		if a.kind == "User" && (first == nil || a.id < first.id) {
			first = a
		}
	}
	return first
}

func slugOf(name string) string {
	fields := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(fields, "-")
}

// convertManifest exchanges the code, once and within the hour, for the app's credentials.
func (h *Hub) convertManifest(c *call) (any, *refusal) {
	code := c.PathValue("code")
	app := h.manifests[code]
	delete(h.manifests, code)
	if app == nil || h.now().After(app.created.Add(codeLife)) {
		return nil, notFound()
	}
	view := app.view()
	view["client_secret"] = app.clientSecret
	view["webhook_secret"] = app.webhookSecret
	view["pem"] = string(app.PrivateKey())
	return created(view), nil
}

// AppBySlug finds an app, for example one that was registered in the browser. It is nil when there is none.
func (h *Hub) AppBySlug(slug string) *App {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.appBySlug(slug)
}

func (h *Hub) appBySlug(slug string) *App {
	for _, a := range h.apps {
		if a.slug == slug {
			return a
		}
	}
	return nil
}

// installPage is where an owner chooses the account to install an app on.
func (h *Hub) installPage(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	app := h.appBySlug(r.PathValue("slug"))
	view := installView{}
	if app != nil {
		view.Name, view.Slug, view.Permissions = app.name, app.slug, sortedPairs(app.permissions)
		for _, a := range h.accounts {
			if a.kind == "Organization" {
				view.Accounts = append(view.Accounts, a.login)
			}
		}
		slices.Sort(view.Accounts)
	}
	target := h.accounts[strings.ToLower(r.FormValue("account"))]
	h.mu.Unlock()
	switch {
	case app == nil:
		h.renderProblem(w, http.StatusNotFound, "There is no such app.")
	case r.Method == http.MethodPost && target != nil:
		app.Install(target)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	default:
		h.render(w, http.StatusOK, "install", view)
	}
}

type installView struct {
	Name, Slug  string
	Permissions []pair
	Accounts    []string
}
