package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/assay-app/assay/app/output"
)

// exit is how a command ends when it has nothing more to say. The codes are a promise to scripts.
type exit int

const (
	exitFindings   exit = 1 // findings at or above the threshold, whether or not all could be scanned
	exitUsage      exit = 2 // the command line, the configuration or a path is wrong
	exitIncomplete exit = 3 // something could not be scanned, or Assay itself failed
)

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// usageError is the fault of whoever wrote the command line or the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(err error) error { return usageError{err} }

// conclude says what went wrong, if anything did, and gives the exit code.
func (p *process) conclude(err error) int {
	var code exit
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case p.ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(p.stderr, "assay: interrupted")
		return int(exitIncomplete)
	}
	// An error may quote a path or a line of somebody's repository.
	fmt.Fprintln(p.stderr, "assay: "+output.Printable(err.Error()))
	if errors.As(err, &wrong) {
		return int(exitUsage)
	}
	return int(exitIncomplete)
}
