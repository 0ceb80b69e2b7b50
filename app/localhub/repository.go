package localhub

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// RepositoryOptions describe a repository to create.
type RepositoryOptions struct {
	Private       bool
	DefaultBranch string // main when empty
	CodeScanning  bool   // whether SARIF uploads are taken
	Description   string
}

// Repository is one repository, on disk a bare git repository.
type Repository struct {
	hub           *Hub
	id            int64
	owner         *Account
	name          string
	description   string
	private       bool
	codeScanning  bool
	defaultBranch string
	parent        *Repository // of a fork
	deleted       bool
	created       time.Time
	pushed        time.Time

	store      *gitStore
	branches   map[string]string // tips
	protected  map[string]bool
	roles      map[*Account]string // read, triage, write, maintain, admin
	lastNumber int
	pulls      []*PullRequest
	suites     []*checkSuite
	runs       []*checkRun
	sarifs     []Sarif
}

// Repository creates a repository of a person or an organisation.
func (a *Account) Repository(name string, o RepositoryOptions) *Repository {
	r := &Repository{hub: a.hub, owner: a, name: name}
	a.hub.act("repository "+a.login+"/"+name, func() error { return a.hub.create(r, o) })
	return r
}

func (h *Hub) create(r *Repository, o RepositoryOptions) error {
	if h.repository(r.owner.login, r.name) != nil {
		return errors.New("name already exists on this account")
	}
	r.id = h.nextID()
	store, err := createGitStore(h.git, filepath.Join(h.options.Dir, "repositories", strconv.FormatInt(r.id, 10)+".git"))
	if err != nil {
		return err
	}
	if o.DefaultBranch == "" {
		o.DefaultBranch = "main"
	}
	if _, err := store.run(nil, "symbolic-ref", "HEAD", "refs/heads/"+o.DefaultBranch); err != nil {
		return err
	}
	r.description, r.private, r.codeScanning, r.defaultBranch = o.Description, o.Private, o.CodeScanning, o.DefaultBranch
	r.store, r.created = store, h.now()
	r.branches, r.protected, r.roles = map[string]string{}, map[string]bool{}, map[*Account]string{}
	h.repositories = append(h.repositories, r)
	return nil
}

// Fork copies the repository, with its branches, to another account.
func (r *Repository) Fork(owner *Account) *Repository {
	f := &Repository{hub: r.hub, owner: owner, name: r.name, parent: r}
	r.hub.act("fork of "+r.fullName(), func() error {
		if err := r.hub.create(f, RepositoryOptions{Private: r.private, DefaultBranch: r.defaultBranch}); err != nil {
			return err
		}
		return f.importFrom(r.store.dir)
	})
	return f
}

// Import replaces the branches by those of a git repository on this machine. No webhook is sent.
func (r *Repository) Import(dir string) {
	r.hub.act("import into "+r.fullName(), func() error { return r.importFrom(dir) })
}

func (r *Repository) importFrom(dir string) error {
	_, err := r.store.run(nil, "-c", "protocol.file.allow=always", "fetch", "--quiet", "--no-tags", dir, "+refs/heads/*:refs/heads/*")
	if err != nil {
		return err
	}
	out, err := r.store.run(nil, "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/")
	if err != nil {
		return err
	}
	for line := range bytes.Lines(out) {
		sha, ref, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		r.branches[strings.TrimPrefix(ref, "refs/heads/")] = sha
	}
	r.pushed = r.hub.now()
	return nil
}

// Commit writes a commit on top of a branch and pushes it: pull requests from that branch move along. A branch that
// does not exist begins at the default branch. It gives back the commit's id.
func (r *Repository) Commit(branch, message string, author *Account, files Files, options ...CommitOption) string {
	var sha string
	r.hub.act("commit to "+r.fullName()+" "+branch, func() error {
		var err error
		sha, err = r.commit(branch, message, author, files, options)
		return err
	})
	return sha
}

func (r *Repository) commit(branch, message string, author *Account, files Files, options []CommitOption) (string, error) {
	p := commitPlan{
		message: message, when: r.hub.now(), files: Files{}, modes: map[string]string{},
		author: author.Person(), committer: author.Person(),
	}
	for path, content := range files {
		p.files[path] = content
	}
	for _, option := range options {
		option(&p)
	}
	first, exists := r.branches[branch]
	if !exists {
		first = r.branches[r.defaultBranch]
	}
	if p.from != "" {
		first = p.from
	}
	var revisions, parents []string
	if first != "" && !p.orphan {
		revisions = append(revisions, first)
	}
	for _, revision := range append(revisions, p.parents...) {
		sha, err := r.store.resolve(revision)
		if err != nil {
			return "", err
		}
		parents = append(parents, sha)
	}
	sha, err := r.store.write(p, parents)
	if err != nil {
		return "", err
	}
	return sha, r.push(branch, sha, author)
}

// Push makes a branch point to a commit that the repository has, as a push (forced, if need be) of that person.
func (r *Repository) Push(branch, revision string, by *Account) {
	r.hub.act("push to "+r.fullName()+" "+branch, func() error {
		sha, err := r.store.resolve(revision)
		if err != nil {
			return err
		}
		return r.push(branch, sha, by)
	})
}

func (r *Repository) push(branch, sha string, by *Account) error {
	if err := r.store.setRef("refs/heads/"+branch, sha); err != nil {
		return err
	}
	r.branches[branch] = sha
	r.pushed = r.hub.now()
	r.requestSuites(sha, branch, by)
	for _, repository := range r.hub.repositories {
		for _, p := range repository.pulls {
			if p.open() && p.headRepo == r && p.headRef == branch && p.headSHA != sha {
				if err := p.synchronise(sha, by); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// DeleteBranch removes a branch. Pull requests into it are closed, as GitHub does; those from it stay as they are.
func (r *Repository) DeleteBranch(branch string, by *Account) {
	r.hub.act("delete "+r.fullName()+" "+branch, func() error {
		if err := r.store.deleteRef("refs/heads/" + branch); err != nil {
			return err
		}
		delete(r.branches, branch)
		for _, p := range r.pulls {
			if p.open() && p.baseRef == branch {
				p.close(by)
			}
		}
		return nil
	})
}

// Protect marks a branch as protected.
func (r *Repository) Protect(branch string) {
	r.hub.act("protect "+branch, func() error {
		r.protected[branch] = true
		return nil
	})
}

// SetRole gives a person a role: read, triage, write, maintain or admin.
func (r *Repository) SetRole(person *Account, role string) {
	r.hub.act("role in "+r.fullName(), func() error {
		switch role {
		case "read", "triage", "write", "maintain", "admin":
			r.roles[person] = role
			return nil
		}
		return fmt.Errorf("%q is no role", role)
	})
}

// Delete removes the repository, as an owner of a fork may do while its pull request is open.
func (r *Repository) Delete() {
	r.hub.act("delete "+r.fullName(), func() error {
		r.deleted = true
		return nil
	})
}

// ID is the repository's number.
func (r *Repository) ID() int64 { return r.id }

// FullName is OWNER/NAME.
func (r *Repository) FullName() string { return r.fullName() }

func (r *Repository) fullName() string { return r.owner.login + "/" + r.name }

// Name is the name without its owner.
func (r *Repository) Name() string { return r.name }

// Owner is whose repository it is.
func (r *Repository) Owner() *Account { return r.owner }

// GitDir is the bare repository on disk.
func (r *Repository) GitDir() string { return r.store.dir }

// CloneURL is where git fetches from.
func (r *Repository) CloneURL() string { return r.hub.root + "/" + r.fullName() + ".git" }

// Tip is the commit that a branch points to; empty when there is no such branch.
func (r *Repository) Tip(branch string) string {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return r.branches[branch]
}

// repository finds a repository by name, whoever asks.
func (h *Hub) repository(owner, name string) *Repository {
	for _, r := range h.repositories {
		if !r.deleted && strings.EqualFold(r.owner.login, owner) && strings.EqualFold(r.name, name) {
			return r
		}
	}
	return nil
}

// role is what a person may do in the repository.
func (r *Repository) role(person *Account) string {
	if role := r.roles[person]; role != "" {
		return role
	}
	switch {
	case r.owner == person:
		return "admin"
	case r.owner.members[person] || !r.private:
		return "read"
	}
	return "none"
}

// association is the person's standing as GitHub words it beside comments.
func (r *Repository) association(person *Account) string {
	switch {
	case r.owner == person:
		return "OWNER"
	case r.owner.members[person]:
		return "MEMBER"
	case r.roles[person] != "":
		return "COLLABORATOR"
	}
	return "NONE"
}
