package localhub

import (
	"fmt"
	"strings"
)

// Account is a person, a bot or an organisation.
type Account struct {
	hub   *Hub
	id    int64
	login string
	kind  string // User, Bot, Organization
	email string
	name  string

	members map[*Account]bool // of an organisation
}

// Organisation makes an organisation.
func (h *Hub) Organisation(login string) *Account { return h.account(login, "Organization") }

// User makes a person. Commits under the person's e-mail address, LOGIN@example.org, are shown as theirs.
func (h *Hub) User(login string) *Account { return h.account(login, "User") }

// Bot makes an account of type Bot that belongs to no app of this hub, such as "dependabot[bot]".
func (h *Hub) Bot(login string) *Account { return h.account(login, "Bot") }

func (h *Hub) account(login, kind string) *Account {
	a := &Account{hub: h, login: login, kind: kind, members: map[*Account]bool{}}
	h.act("account "+login, func() error { return h.addAccount(a) })
	return a
}

func (h *Hub) addAccount(a *Account) error {
	key := strings.ToLower(a.login)
	if h.accounts[key] != nil {
		return fmt.Errorf("the login %q is taken", a.login)
	}
	if strings.ContainsAny(a.login, "/ ") || a.login == "" {
		return fmt.Errorf("%q is no login", a.login)
	}
	a.id = h.nextID()
	if a.name == "" {
		a.name = a.login
	}
	if a.email == "" {
		a.email = strings.ReplaceAll(strings.ToLower(a.login), "[bot]", "-bot") + "@example.org"
	}
	h.accounts[key] = a
	return nil
}

// Login is the account's name.
func (a *Account) Login() string { return a.login }

// ID is the account's number.
func (a *Account) ID() int64 { return a.id }

// Person is the account as the author of commits.
func (a *Account) Person() Person { return Person{a.name, a.email} }

// Named sets the name and e-mail address under which the account commits.
func (a *Account) Named(name, email string) *Account {
	a.hub.act("name "+a.login, func() error {
		a.name, a.email = name, email
		return nil
	})
	return a
}

// AddMember makes a person a member of the organisation.
func (a *Account) AddMember(person *Account) {
	a.hub.act("member of "+a.login, func() error {
		if a.kind != "Organization" {
			return fmt.Errorf("%s is no organisation", a.login)
		}
		a.members[person] = true
		return nil
	})
}

// byEmail finds whose commits an address stands for.
func (h *Hub) byEmail(email string) *Account {
	for _, a := range h.accounts {
		if strings.EqualFold(a.email, email) {
			return a
		}
	}
	return nil
}
