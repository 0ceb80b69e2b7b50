// Command assay reviews changes for AI security: as a GitHub App, on the command line, and in CI.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/assay-app/assay/app/analyse"
)

// childCommand starts the process that analyses untrusted bytes. It is no command for people: it talks over a socket
// that its parent hands it.
const childCommand = "analyse-child"

// commands is the command line, one struct a command and one file a struct.
type commands struct {
	Review     reviewCommand     `cmd:"" help:"Review a range of commits as the App reviews a pull request."`
	Scan       scanCommand       `cmd:"" help:"Scan files and folders as if every line had just been added."`
	Serve      serveCommand      `cmd:"" help:"Receive webhooks and review pull requests."`
	Setup      setupCommand      `cmd:"" help:"Register the App with GitHub."`
	Demo       demoCommand       `cmd:"" help:"Review an example pull request on a local GitHub."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database up to date."`
	Health     healthCommand     `cmd:"" help:"Ask the server on this machine whether it is alive."`
	Rules      rulesCommand      `cmd:"" help:"Say what is looked for."`
	Advisories advisoriesCommand `cmd:"" help:"Keep the index of public advisories up to date."`
	Version    versionCommand    `cmd:"" help:"Say which version this is."`
}

func main() {
	// The child takes this way out before anything else of the program runs.
	if len(os.Args) == 2 && os.Args[1] == childCommand {
		os.Exit(analyse.Child())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// process is what a command has of the world around it.
type process struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
}

// run carries out a command line and gives the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) string) int {
	p := &process{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	return p.conclude(parseAndRun(p, args))
}
