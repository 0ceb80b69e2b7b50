// Package command reads what is installed or run elsewhere than in manifests: by commands in Dockerfiles, scripts,
// workflows, notebooks, documents for people and agents, and by the configurations of MCP servers. It reads as well
// which actions a workflow uses and which images are built on or run.
//
// Nothing is guessed: a name that holds a variable is passed over, and text that is no command of a known tool says
// nothing. A reader sees one file and follows no include.
package command

import (
	"errors"
	"fmt"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
)

// Bounds of one file. What exceeds those that are no error is left out, and Found.Lossy says so.
const (
	MaxBytes    = 32 << 20 // of the file; notebooks with pictures get that large
	MaxCommands = 200_000  // simple commands, and scripts and instructions that hold them
	MaxWords    = 10_000   // words of one command
	MaxFound    = 10_000   // installs, actions, images, servers, settings, each
	MaxDepth    = 8        // commands inside commands: sh -c, docker run, $(…)

	maxWord = 1 << 20 // bytes of a word; some are scripts themselves, as behind sh -c, and some are files in base64
)

// Errors of [Read]; the messages are phrases for a person.
var (
	ErrTooLarge  = fmt.Errorf("larger than %d MiB", MaxBytes>>20)
	ErrMalformed = errors.New("cannot be understood")
)

// Found is what one file installs, runs and uses, each in the order of the file.
type Found struct {
	Installs []Install
	Actions  []Action
	Images   []Image
	Servers  []Server

	// Sources and Options are what commands and variables tell package managers: --extra-index-url, --registry,
	// PIP_INDEX_URL; --trusted-host.
	Sources []manifest.Source
	Options []manifest.Option

	Includes []Include

	// Prose says that the whole file is a text for people and agents.
	Prose bool

	// Lossy says what of the file was left out, in a phrase. Empty when all was read.
	Lossy string
}

// Install is one package that a command installs or runs. Direct is always set.
//
// A Go command names a package, not a module. Name is then the path of the module that most likely holds it, and Source
// the path as written, if that is longer: any path between the two may be the module, too, and that the version is one of
// Name is likely and not sure.
type Install struct {
	manifest.Entry
	Tool string // as written, without a path and version: "pip", "npx", "go"
	Runs bool   // what was fetched is run at once: npx, uvx, pnpm dlx, bunx, go run, pipx run

	// LocalFirst says that a program of that name which is already installed is run instead, under whatever package it
	// came: npx, bunx, npm exec. The name need not be one of a package then.
	LocalFirst bool

	Prose  bool   // named in text for people and agents, which nobody may ever run
	Server string // the MCP server that is started so; empty for others
}

// Action is a `uses:` of a GitHub workflow or a composite action.
type Action struct {
	Name     string // as written without the reference: "actions/cache/restore", "./.github/actions/x"
	Ref      string // as written: "v4", "main", a commit; empty when missing
	Full     bool   // Ref is the full id of a commit
	Version  string // that a comment behind it gives: of "@8f4b7f8… # v4.1.1", "v4.1.1"
	Workflow bool   // a reusable workflow rather than an action
	Local    bool   // of the same repository

	At  checks.Range
	Pin *checks.Range // the reference alone; nil when there is none
}

// Image is a container image that is built on or run.
type Image struct {
	Name   string // as written without tag and digest: "python", "ghcr.io/acme/tool"
	Tag    string // empty when there is none, which means "latest"
	Digest string // "sha256:…"; empty when there is none

	// Open says that a variable without a known default is part of what follows the name; Tag and Digest are then
	// unknown.
	Open bool

	Use    Use
	Prose  bool   // named in text for people and agents
	Server string // the MCP server that runs in it; empty for others

	At  checks.Range
	Pin *checks.Range // tag and digest together, without the sign before them; nil when there is none or a variable gives it
}

// Use says what an image is used for.
type Use string

// The uses.
const (
	Base    Use = "base"    // a Dockerfile builds on it or copies from it
	Service Use = "service" // a compose file, a manifest or a pipeline runs it
	Ran     Use = "run"     // a command runs or pulls it
)

// Server is an MCP server that a configuration names.
type Server struct {
	Name    string
	Command string // the program; empty for a remote one
	URL     string // of a remote one
	At      checks.Range
}

// Include is a file of requirements or constraints that a command names.
type Include struct {
	Name       string // as written
	Constraint bool

	// Candidates are where it may lie: beside the file that names it, and at the root. None lies outside of it.
	Candidates []checks.Path

	At checks.Range
}
