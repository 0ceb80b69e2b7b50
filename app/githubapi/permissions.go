package githubapi

import (
	"fmt"

	"github.com/google/go-github/v62/github"
)

// Access is how far a permission goes.
type Access string

// The levels; the zero value is no access.
const (
	None  Access = ""
	Read  Access = "read"
	Write Access = "write"
)

// Permissions is what a token may do; it can always read metadata. Of an App's many permissions these are the ones
// that Assay has a use for.
type Permissions struct {
	Checks         Access
	Contents       Access // never Write: a reviewer must not be able to push
	Deployments    Access
	Issues         Access
	Members        Access
	PullRequests   Access
	SecurityEvents Access
}

// Scope is what a token is good for.
type Scope struct {
	Installation int64
	Repository   int64
	Permissions  Permissions
}

// check refuses scopes that would be wider than they look: GitHub takes a missing repository for all of them, and
// missing permissions for all that the installation has.
func (s Scope) check() error {
	switch {
	case s.Installation <= 0:
		return fmt.Errorf("%w: a token for installation %d", errRefused, s.Installation)
	case s.Repository <= 0:
		return fmt.Errorf("%w: a token for repository %d would be one for all of installation %d", errRefused, s.Repository, s.Installation)
	case s.Permissions.Contents == Write:
		return fmt.Errorf("%w: a token that may write contents", errRefused)
	}
	return nil
}

func (p Permissions) options() *github.InstallationPermissions {
	return &github.InstallationPermissions{
		Metadata:       level(Read),
		Checks:         level(p.Checks),
		Contents:       level(p.Contents),
		Deployments:    level(p.Deployments),
		Issues:         level(p.Issues),
		Members:        level(p.Members),
		PullRequests:   level(p.PullRequests),
		SecurityEvents: level(p.SecurityEvents),
	}
}

func level(a Access) *string {
	if a == None {
		return nil
	}
	return github.String(string(a))
}
