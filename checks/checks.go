// Package checks is the vocabulary of a review: what changed, what was found, and what could not be looked at.
//
// It holds types and small methods only. The checks themselves live one directory each below it and are pure: a
// [Change] goes in, a [Report] comes out, and nothing else is read or written.
package checks

import (
	"context"
	"io/fs"
	"sort"
	"time"
)

// Check looks for one family of problems in a change.
//
// Run is pure: no network, clock, environment or files besides the trees of the change, and no state kept between
// calls. What it cannot read becomes an [Unscanned] of the report. An error means that the whole check failed; what the
// report holds by then is still used.
type Check interface {
	Name() Name
	Run(ctx context.Context, c *Change) (Report, error)
}

// Name names a check; it is also the family under which findings are shown and filtered.
type Name string

// The checks that Assay knows.
const (
	Authorship Name = "authorship" // which lines an AI wrote
	Code       Name = "code"       // vulnerable code
	Dependency Name = "dependency" // packages, actions and images
	Model      Name = "model"      // model files
	Agent      Name = "agent"      // files that steer agents
	Secret     Name = "secret"     // credentials
)

// Change is a pull request (or a range of commits, or a folder) as the checks see it.
type Change struct {
	// MergeBase and Head are the two revisions compared. MergeBase is empty when a tree is scanned as if every line
	// had just been added.
	MergeBase Tree `json:"-"`
	Head      Tree `json:"-"`

	// MergeBaseSHA and HeadSHA are empty for a folder or an index.
	MergeBaseSHA CommitSHA `json:"merge_base,omitempty"`
	HeadSHA      CommitSHA `json:"head,omitempty"`

	// Files are the differences from MergeBase to Head, sorted by path.
	Files []FileChange `json:"files"`

	// Commits are those reachable from Head and not from MergeBase, oldest first; none when a tree is scanned.
	Commits []Commit `json:"commits,omitempty"`

	// PullRequest is what GitHub (or the command line) says of the change.
	PullRequest PullRequest `json:"pull_request"`

	// Options are plain settings of the organisation that checks may need.
	Options Options `json:"options"`

	// Results are what earlier runs found in single files; nil when nothing is remembered.
	Results Results `json:"-"`
}

// Tree is the files of one revision. Names are slash-separated and relative, as git stores them; unlike those of
// [fs.ValidPath] they need not be UTF-8. A regular file that was opened is also an [io.ReaderAt]. A symbolic link is
// never followed: it opens as its target's name, with [fs.ModeSymlink] set. A submodule is a directory with
// [fs.ModeIrregular] set and nothing in it.
type Tree interface {
	fs.StatFS
	fs.ReadDirFS
}

// Prefetcher is a [Tree] that fetches several files faster together than one by one. Prefetch is a hint: it reports
// no error, and a file that could not be had says so when it is opened.
type Prefetcher interface {
	Prefetch(ctx context.Context, paths []Path)
}

// CommitSHA is the full lower-case hexadecimal id of a commit.
type CommitSHA string

// BlobID is the full lower-case hexadecimal git object id of a file's content; it keys caches across revisions.
type BlobID string

// FileStatus says how a file differs between two revisions.
type FileStatus string

// The ways in which a file differs.
const (
	Added       FileStatus = "added"
	Modified    FileStatus = "modified"
	Deleted     FileStatus = "deleted"
	Renamed     FileStatus = "renamed" // perhaps modified too
	Copied      FileStatus = "copied"  // perhaps modified too
	TypeChanged FileStatus = "type"    // a file became a link, or the reverse
)

// FileChange is one changed file.
type FileChange struct {
	Path    Path       `json:"path"`
	OldPath Path       `json:"old_path,omitempty"` // where it was at the older revision; Path unless renamed or copied, empty when added
	Status  FileStatus `json:"status"`

	Mode    fs.FileMode `json:"mode"` // at the newer revision; at the older one when deleted
	OldMode fs.FileMode `json:"old_mode,omitempty"`
	Blob    BlobID      `json:"blob,omitempty"`     // empty when deleted or not in git
	OldBlob BlobID      `json:"old_blob,omitempty"` // empty when added

	// Hunks are the changed line ranges without context, in order. They are empty for a binary file, a pure rename and
	// a change of mode; for an added file they may be empty too, since all its lines are added.
	Hunks  []Hunk `json:"hunks,omitempty"`
	Binary bool   `json:"binary,omitempty"`
}

// Hunk is a range of lines replaced by another, counted from 1. A count of 0 means that nothing was taken or put
// there; the start is then the line before.
type Hunk struct {
	OldStart int `json:"o"`
	OldLines int `json:"p"`
	NewStart int `json:"n"`
	NewLines int `json:"m"`
}

// IsAdded reports whether line (counted from 1) of the newer revision was added or changed.
func (f *FileChange) IsAdded(line int) bool {
	if f.Status == Added {
		return true
	}
	return f.Touches(line, line+1)
}

// Touches reports whether any line in [start, end) of the newer revision was added or changed.
func (f *FileChange) Touches(start, end int) bool {
	if f.Status == Added {
		return true
	}
	first := sort.Search(len(f.Hunks), func(i int) bool { return start < f.Hunks[i].NewStart+f.Hunks[i].NewLines })
	for _, h := range f.Hunks[first:] {
		if h.NewStart >= end {
			return false
		}
		if h.NewLines > 0 {
			return true
		}
	}
	return false
}

// Commit is one commit of the change.
type Commit struct {
	SHA       CommitSHA   `json:"sha"`
	Parents   []CommitSHA `json:"parents"`
	Author    Person      `json:"author"`
	Committer Person      `json:"committer"`
	Message   string      `json:"message"` // made valid UTF-8, at most MaxCommitMessage bytes

	// Files are the differences from the first parent; of a merge, only the lines that differ from every parent.
	Files []FileChange `json:"files,omitempty"`

	// Tree holds the Files of this commit and nothing else.
	Tree Tree `json:"-"`
}

// MaxCommitMessage is how many bytes of a commit message are kept; longer ones are cut.
const MaxCommitMessage = 64 << 10

// Person is who git says wrote or committed; anyone can write anything there.
type Person struct {
	Name  string    `json:"name"`
	Email string    `json:"email"`
	When  time.Time `json:"when"`
}

// PullRequest is what GitHub vouches for about a change. The zero value stands for a local range.
type PullRequest struct {
	Number     int      `json:"number,omitempty"`
	Title      string   `json:"title,omitempty"`
	Body       string   `json:"body,omitempty"`
	Branch     string   `json:"branch,omitempty"` // of the head
	BaseBranch string   `json:"base_branch,omitempty"`
	Author     Account  `json:"author"`
	Labels     []string `json:"labels,omitempty"`
	Fork       bool     `json:"fork,omitempty"` // the head lives in another repository
	Draft      bool     `json:"draft,omitempty"`
}

// Account is a GitHub account.
type Account struct {
	ID    int64  `json:"id,omitempty"`
	Login string `json:"login,omitempty"`
	Type  string `json:"type,omitempty"` // User, Bot or Organization
}

// Options are the organisation's settings that change what a check reports.
type Options struct {
	// SecretKey keys the hash in a secret's fingerprint, so that a leaked fingerprint confirms no guess.
	SecretKey []byte `json:"secret_key,omitempty"`

	// Rules are the organisation's own rules for the code check, in Semgrep's language.
	Rules []RuleFile `json:"rules,omitempty"`

	// PrivateNames are patterns of the names of the organisation's own packages, such as "@acme/*" and "acme-*".
	PrivateNames []string `json:"private_names,omitempty"`

	// PublicHosts are hosts that are the public registries, for whoever names them in a setting means no private one.
	PublicHosts []string `json:"public_hosts,omitempty"`

	// OnlyRules leaves Assay's own code rules out, so that Rules alone are run.
	OnlyRules bool `json:"only_rules,omitempty"`
}

// RuleFile is a file of rules.
type RuleFile struct {
	Name string `json:"name"` // as whoever gave it names it; errors begin with it
	Text string `json:"text"` // YAML
}

// Report is all that a check has to say of a change.
type Report struct {
	Findings   []Finding   `json:"findings,omitempty"`
	Components []Component `json:"components,omitempty"`
	Packages   []Package   `json:"packages,omitempty"`
	Evidence   []Evidence  `json:"evidence,omitempty"`
	Unscanned  []Unscanned `json:"unscanned,omitempty"`
	Stats      Stats       `json:"stats"`
}

// Add appends all of other to r.
func (r *Report) Add(other Report) {
	r.Findings = append(r.Findings, other.Findings...)
	r.Components = append(r.Components, other.Components...)
	r.Packages = append(r.Packages, other.Packages...)
	r.Evidence = append(r.Evidence, other.Evidence...)
	r.Unscanned = append(r.Unscanned, other.Unscanned...)
	r.Stats.Files += other.Stats.Files
	r.Stats.Bytes += other.Stats.Bytes
}

// Stats counts what a check read.
type Stats struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// Unscanned is something that was not looked at.
type Unscanned struct {
	Path   Path          `json:"path"` // empty when it concerns the whole change
	Check  Name          `json:"check,omitempty"`
	Reason string        `json:"reason"` // a short phrase, such as "larger than 50 MiB"
	Kind   UnscannedKind `json:"kind"`

	// Revision is AtMergeBase when the older side could not be read, so that nothing in the file can be called new.
	Revision Revision `json:"revision,omitempty"`
}

// UnscannedKind says whether something not looked at makes the verdict incomplete.
type UnscannedKind string

// The kinds of unscanned things.
const (
	// Failed is what should have been read and could not be: a crash, a limit, missing bytes.
	Failed UnscannedKind = "failed"
	// Excluded is what is left out on purpose: generated, minified, claimed by no check.
	Excluded UnscannedKind = "excluded"
)

// Component is an AI-relevant thing in the changed files; bills of materials are built from them.
type Component struct {
	Kind     string            `json:"kind"` // model, dataset, prompt, agent, tool, mcp-server, endpoint, provider, package
	Name     string            `json:"name"`
	Version  string            `json:"version,omitempty"`
	Location Location          `json:"location"`
	Revision Revision          `json:"revision,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"` // digest, format, licence, …
}

// Package is a package, an action or an image that a manifest, a lockfile, a command or an import names, before any
// look-up.
type Package struct {
	Ecosystem   string   `json:"ecosystem"`             // as OSV writes it: PyPI, npm, Go, crates.io, Maven, …
	Name        string   `json:"name"`                  // as the ecosystem compares names
	Version     string   `json:"version,omitempty"`     // one exact version; empty when only a range is named
	Requirement string   `json:"requirement,omitempty"` // as written, when that is no exact version: "^4.17.11", ">=1.20"
	Role        Role     `json:"role"`
	Origin      Origin   `json:"origin,omitempty"`
	Group       string   `json:"group,omitempty"`  // dev, optional, build or test; empty for what is installed always
	Locked      bool     `json:"locked,omitempty"` // a lockfile holds a hash of what was fetched
	Location    Location `json:"location"`
	Revision    Revision `json:"revision,omitempty"`
	Snippet     string   `json:"snippet,omitempty"` // the line at Location verbatim

	// Pin is the version's text alone in the line, when writing another version there is a right edit.
	Pin *Range `json:"pin,omitempty"`

	// Reserved says that policy counts the name among those of the organisation's own packages.
	Reserved bool `json:"reserved,omitempty"`

	// Program says that a program of that name is run if one is installed, under whatever package it came, and the package
	// is fetched only if none is: npx.
	Program bool `json:"program,omitempty"`

	// Guesses are other names under which an import may be published, the likelier first.
	Guesses []string `json:"guesses,omitempty"`

	// ImportedBy are changed files that import the package.
	ImportedBy []Path `json:"imported_by,omitempty"`
}

// Range is a part of a file whose path is known. End is exclusive.
type Range struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Role says how a package comes to be named.
type Role string

// The roles.
const (
	Direct     Role = "direct"     // a person or an agent wrote it into a manifest
	Transitive Role = "transitive" // only a lockfile names it
	Command    Role = "command"    // a command installs or runs it
	Imported   Role = "import"     // code imports it, and no manifest names it
)

// Origin says where a package is fetched from, as far as the repository tells. The zero value is the public registry of
// its ecosystem.
type Origin string

// The origins other than the public registry.
const (
	Local   Origin = "local"   // a folder, a workspace or a file of the repository
	Git     Origin = "git"     // a git repository
	URL     Origin = "url"     // an address of its own
	Private Origin = "private" // a registry that the base configures for such names alone: nobody else has the package

	// Mirror is a registry that the base configures instead of the public one. It may hold packages of both kinds.
	Mirror Origin = "mirror"

	// Mixed is the public registry or another index, whichever offers the higher version: who has the name decides.
	Mixed Origin = "mixed"
)

// Tier says how far a piece of authorship evidence can be trusted, strongest first.
type Tier string

// The tiers of evidence.
const (
	Identified Tier = "identified" // GitHub itself says so
	Attested   Tier = "attested"   // notes say so; unsigned
	Declared   Tier = "declared"   // a trailer, a name, a branch, a body says so
	Artefact   Tier = "artefact"   // something left behind in the code
)

// Evidence is a reason to believe that an AI wrote something.
type Evidence struct {
	Tier   Tier      `json:"tier"`
	Agent  string    `json:"agent"`
	Kind   string    `json:"kind"`  // trailer, author, branch, …
	Quote  string    `json:"quote"` // verbatim
	Commit CommitSHA `json:"sha,omitempty"`
	Path   Path      `json:"path,omitempty"`
	Lines  [2]int    `json:"lines,omitzero"` // first and last; zero for the whole commit or pull request
}
