// Package manifest reads the files in which package managers keep what a project depends on: manifests, which people
// write, lockfiles, which tools write, and the settings that say where packages come from.
//
// Which packages a file names is held against osv-scalibr's extractors by tests; where that library drops or misreads
// something, or says nothing of where a package comes from and where its version stands, the file is read here. A reader
// sees one file; it follows no include and never a link.
package manifest

import "github.com/assay-app/assay/checks"

// MaxBytes is the largest file that is read. The largest lockfiles known have some 15 MB.
const MaxBytes = 32 << 20

// MaxEntries is how many packages of one file are read. The largest lockfiles known hold some 20,000.
const MaxEntries = 50_000

// Kind says who writes a file.
type Kind string

// The kinds.
const (
	Manifest Kind = "manifest" // people and agents
	Lockfile Kind = "lockfile" // a package manager
	Settings Kind = "settings" // of a package manager: which registries it asks
)

// File is what one file says.
type File struct {
	Path    checks.Path
	Kind    Kind
	Format  string // the file's usual name, such as "package-lock.json", "requirements.txt"
	Entries []Entry

	// Project is the name of the package that the file is of, as far as it says so.
	Project string

	// Sources are the registries, indexes and mirrors that the file tells the package manager to ask.
	Sources []Source

	// Scripts are what the package manager runs on installation, in a file that says so of the project itself.
	Scripts []Script

	// Options are switches that weaken the package manager: "trusted-host", "no-verify", …
	Options []Option

	// Includes are other files of the same kind that this one takes in, relative to the root; never outside it.
	Includes []checks.Path

	// Workspaces are the names of packages that the repository itself holds, and globs of their folders.
	Workspaces []string

	// ChecksumsOnly says that the entries are what may be fetched, with the hashes that it must then have; whether any is
	// installed, another file says.
	ChecksumsOnly bool

	// Lossy says what of the file could not be understood, in a phrase; the rest stands. Empty when all was.
	Lossy string
}

// Entry is one package as one file names it.
type Entry struct {
	Ecosystem   string // as OSV writes it
	Name        string // as the ecosystem compares names (PEP 503 for PyPI)
	Version     string // one exact version, without range operators; empty when only a range is named
	Requirement string // as written, when it is no exact version
	Direct      bool   // the project itself asks for it; false for what only a lockfile knows
	Group       string // dev, optional, build or test; empty for what is installed always
	Origin      checks.Origin
	Alias       string // the name under which it is installed, when that is another: "npm:" aliases

	Source string   // where it is fetched from as written: an address, a path, a git address with its revision
	Hashes []string // integrity as written: "sha512-…", "sha256:…", "h1:…"
	Script bool     // a lockfile says that it runs a script when it is installed

	// Override says that the file forces this package, at this version or from there, on others that ask for something
	// else: "overrides", "resolutions".
	Override bool

	// Bundled says that it comes inside the package that needs it, whose hash stands for both.
	Bundled bool

	// Conditional says that only some systems install it. Yarn 2 and later writes its hash down only on one of those.
	Conditional bool

	At  checks.Range  // the entry, or the line that begins it
	Pin *checks.Range // the version's text alone, when replacing it by another version is a right edit
}

// Source is a registry or an index that a file names.
type Source struct {
	URL   string // as written, without credentials
	Scope string // the names that it is for: "@acme", "acme-*"; empty for all
	Extra bool   // asked besides another one, so that the higher version wins whoever offers it
	At    checks.Range
}

// Script is a command that runs on installation.
type Script struct {
	Name, Command string // "postinstall", "node setup.js"
	At            checks.Range
}

// Option is a switch that weakens the package manager.
type Option struct {
	Name, Value string // "trusted-host", "pypi.acme.example"
	At          checks.Range
}
