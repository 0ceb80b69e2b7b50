package localhub

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"time"
)

// AppOptions describe a GitHub App to register.
type AppOptions struct {
	Slug          string
	Name          string // the slug when empty
	Owner         *Account
	Key           *rsa.PrivateKey // made when nil
	WebhookURL    string          // no webhooks when empty
	WebhookSecret string          // made when empty
	Permissions   map[string]string
	Events        []string
}

// App is a registered GitHub App.
type App struct {
	hub           *Hub
	id            int64
	slug, name    string
	description   string
	externalURL   string
	clientID      string
	clientSecret  string
	owner         *Account
	bot           *Account // SLUG[bot], who writes what the app writes
	key           *rsa.PrivateKey
	webhookURL    string
	webhookSecret string
	permissions   map[string]string
	events        []string
	created       time.Time
}

// appKeyBits is the size of the keys that GitHub hands out.
const appKeyBits = 2048

// eventNeeds is the permission without which GitHub refuses the subscription to an event.
var eventNeeds = map[string]string{
	"check_run":                   "checks",
	"check_suite":                 "checks",
	"issue_comment":               "issues",
	"issues":                      "issues",
	"label":                       "metadata",
	"merge_group":                 "merge_queues",
	"pull_request":                "pull_requests",
	"pull_request_review":         "pull_requests",
	"pull_request_review_comment": "pull_requests",
	"pull_request_review_thread":  "pull_requests",
	"push":                        "contents",
	"repository":                  "metadata",
	"status":                      "statuses",
	"workflow_run":                "actions",
}

// App registers an app.
func (h *Hub) App(o AppOptions) *App {
	a := &App{hub: h}
	h.act("app "+o.Slug, func() error { return h.register(a, o) })
	return a
}

func (h *Hub) register(a *App, o AppOptions) error {
	for _, event := range o.Events {
		need, known := eventNeeds[event]
		if !known {
			return fmt.Errorf("default events unsupported: %s", event)
		}
		if need != "metadata" && o.Permissions[need] == "" {
			return fmt.Errorf("default events are not supported by permissions: %s needs %s", event, need)
		}
	}
	if o.Key == nil {
		key, err := rsa.GenerateKey(rand.Reader, appKeyBits)
		if err != nil {
			return err
		}
		o.Key = key
	}
	if o.WebhookSecret == "" {
		o.WebhookSecret = randomHex(20)
	}
	if o.Name == "" {
		o.Name = o.Slug
	}
	bot := &Account{hub: h, login: o.Slug + "[bot]", kind: "Bot", members: map[*Account]bool{}}
	if err := h.addAccount(bot); err != nil {
		return err
	}
	if o.Owner == nil {
		o.Owner = bot
	}
	*a = App{
		hub: h, id: h.nextID(), slug: o.Slug, name: o.Name, owner: o.Owner, bot: bot, key: o.Key,
		clientID: "Iv23" + randomHex(8), clientSecret: randomHex(20),
		webhookURL: o.WebhookURL, webhookSecret: o.WebhookSecret,
		permissions: maps.Clone(o.Permissions), events: slices.Clone(o.Events),
		externalURL: h.root, created: h.now(),
	}
	if a.permissions == nil {
		a.permissions = map[string]string{}
	}
	a.permissions["metadata"] = "read" // GitHub grants it always
	h.apps = append(h.apps, a)
	return nil
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	return hex.EncodeToString(b)
}

// ID is the app's number.
func (a *App) ID() int64 { return a.id }

// Slug is the app's name in addresses.
func (a *App) Slug() string { return a.slug }

// Bot is the account under which the app writes.
func (a *App) Bot() *Account { return a.bot }

// WebhookSecret signs the app's deliveries.
func (a *App) WebhookSecret() string { return a.webhookSecret }

// PrivateKey is the app's key in PEM, PKCS #1, as GitHub's download has it.
func (a *App) PrivateKey() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(a.key)})
}

// SetWebhook changes where deliveries go, and with what secret they are signed unless it is empty.
func (a *App) SetWebhook(url, secret string) {
	a.hub.act("webhook of "+a.slug, func() error {
		a.webhookURL = url
		if secret != "" {
			a.webhookSecret = secret
		}
		return nil
	})
}

// Installation is an app on an account, for all of its repositories or some.
type Installation struct {
	hub         *Hub
	id          int64
	app         *App
	account     *Account
	all         bool
	selected    map[*Repository]bool
	permissions map[string]string
	suspended   *time.Time
	removed     bool
	created     time.Time
}

// Install puts the app on an account: on the given repositories, or on all when none is given.
func (a *App) Install(account *Account, repositories ...*Repository) *Installation {
	i := &Installation{hub: a.hub, app: a, account: account, all: len(repositories) == 0, selected: map[*Repository]bool{}}
	a.hub.act("installation of "+a.slug, func() error {
		for _, r := range repositories {
			i.selected[r] = true
		}
		i.id, i.permissions, i.created = a.hub.nextID(), maps.Clone(a.permissions), a.hub.now()
		a.hub.installations = append(a.hub.installations, i)
		i.emit("installation", "created", object{"repositories": a.hub.shortRepositories(i.repositories()), "requester": nil})
		return nil
	})
	return i
}

// ID is the installation's number.
func (i *Installation) ID() int64 { return i.id }

// Suspend stops every token of the installation from working.
func (i *Installation) Suspend() {
	i.change("suspend", func() {
		now := i.hub.now()
		i.suspended = &now
	})
}

// Unsuspend ends a suspension.
func (i *Installation) Unsuspend() { i.change("unsuspend", func() { i.suspended = nil }) }

// Uninstall removes the app from the account.
func (i *Installation) Uninstall() { i.change("deleted", func() { i.removed = true }) }

// SetPermissions is an owner accepting other permissions than the app had at installation.
func (i *Installation) SetPermissions(permissions map[string]string) {
	i.change("new_permissions_accepted", func() {
		i.permissions = maps.Clone(permissions)
		i.permissions["metadata"] = "read"
	})
}

func (i *Installation) change(action string, do func()) {
	i.hub.act("installation "+action, func() error {
		do()
		i.emit("installation", action, object{"repositories": i.hub.shortRepositories(i.repositories()), "requester": nil})
		return nil
	})
}

// AddRepository selects one more repository.
func (i *Installation) AddRepository(r *Repository) { i.reselect(r, true) }

// RemoveRepository takes a repository out of the selection.
func (i *Installation) RemoveRepository(r *Repository) { i.reselect(r, false) }

func (i *Installation) reselect(r *Repository, selected bool) {
	i.hub.act("selection of "+i.app.slug, func() error {
		if i.all {
			return fmt.Errorf("the app is on all repositories of %s; nothing is selected", i.account.login)
		}
		action, in, out := "removed", []*Repository(nil), []*Repository{r}
		delete(i.selected, r)
		if selected {
			i.selected[r] = true
			action, in, out = "added", out, nil
		}
		i.emit("installation_repositories", action, object{
			"repositories_added":   i.hub.shortRepositories(in),
			"repositories_removed": i.hub.shortRepositories(out),
			"repository_selection": "selected",
			"requester":            nil,
		})
		return nil
	})
}

// repositories are those that the installation covers.
func (i *Installation) repositories() []*Repository {
	var covered []*Repository
	for _, r := range i.hub.repositories {
		if i.covers(r) {
			covered = append(covered, r)
		}
	}
	return covered
}

func (i *Installation) covers(r *Repository) bool {
	return !i.removed && r.owner == i.account && !r.deleted && (i.all || i.selected[r])
}
