package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/assay-app/assay/app/output"
)

// isTerminal reports whether a person reads what is written to w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// style is how text is laid out on w: for a person at a terminal, or the same each time for a pipe.
func (p *process) style(w io.Writer, colour string) output.Style {
	terminal := isTerminal(w)
	style := output.Style{Live: terminal}
	switch colour {
	case "always":
		style.Colour = true
	case "auto":
		style.Colour = terminal && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"
	}
	if terminal {
		if width, _, err := term.GetSize(int(w.(*os.File).Fd())); err == nil {
			style.Width = width
		}
	}
	return style
}

// progress says on a terminal what is being done. The function that it gives takes that away again.
func (p *process) progress(format string, args ...any) (done func()) {
	if !isTerminal(p.stderr) || p.env("TERM") == "dumb" {
		return func() {}
	}
	fmt.Fprintf(p.stderr, format+" …", args...)
	return func() { fmt.Fprint(p.stderr, "\r\x1b[K") }
}
