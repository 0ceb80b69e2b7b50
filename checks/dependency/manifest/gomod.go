package manifest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// maxGoRepairs is how often a go.mod is read again without the lines that make no sense.
const maxGoRepairs = 20

var errNoGoMod = fmt.Errorf("%w: not in the language of go.mod", ErrMalformed)

// goMod reads what go.mod and go.work have in common.
type goMod struct {
	file *File
	text *text.Text
}

func readGoMod(_ context.Context, file *File, t *text.Text) error {
	g := goMod{file, t}
	var mod *modfile.File
	err := g.parse(func(source []byte) (err error) {
		mod, err = modfile.Parse("go.mod", source, anyGoVersion)
		return err
	})
	if err != nil {
		return err
	}
	if mod.Module != nil {
		file.Project = mod.Module.Mod.Path
		file.holds(file.Project)
	}
	replaced := map[[2]string]goReplace{} // by path and version
	for _, r := range g.replaces(mod.Replace) {
		replaced[[2]string{r.old.text, r.oldVersion.text}] = r
	}
	for _, r := range mod.Require {
		g.require(r, replaced)
	}
	g.standardLibrary(mod.Go, mod.Toolchain)
	return g.finish()
}

func readGoWork(_ context.Context, file *File, t *text.Text) error {
	g := goMod{file, t}
	var work *modfile.WorkFile
	err := g.parse(func(source []byte) (err error) {
		work, err = modfile.ParseWork("go.work", source, anyGoVersion)
		return err
	})
	if err != nil {
		return err
	}
	for _, use := range work.Use {
		file.Workspaces = append(file.Workspaces, use.Path)
	}
	for _, r := range g.replaces(work.Replace) {
		g.replaced(r, true)
	}
	g.standardLibrary(work.Go, work.Toolchain)
	return g.finish()
}

// anyGoVersion stands a version in for whatever is written, so that no version makes the file unreadable: "latest" and
// branches are written by hand and replaced by the go command. What is really written is read from the line.
func anyGoVersion(path, _ string) (string, error) {
	if _, major, ok := module.SplitPathVersion(path); ok && major != "" {
		return strings.TrimSuffix(strings.Trim(major, "/."), "-unstable") + ".0.0", nil
	}
	return "v0.0.0", nil
}

// parse reads the text, without the lines that make no sense.
func (g goMod) parse(read func(source []byte) error) error {
	source := []byte(g.file.lines(g.text))
	for range maxGoRepairs {
		err := read(source)
		if err == nil {
			return nil
		}
		var errs modfile.ErrorList
		if !errors.As(err, &errs) || len(errs) == 0 {
			break
		}
		before := source
		source = bytes.Clone(source)
		for _, e := range errs {
			g.file.lose(fmt.Sprintf("line %d makes no sense", e.Pos.Line))
			if e.Pos.Line < 1 || e.Pos.Line > g.text.Lines() {
				continue
			}
			start, end := g.text.Line(e.Pos.Line)
			for i := start; i < end; i++ {
				source[i] = ' '
			}
		}
		if bytes.Equal(before, source) { // the file breaks off inside a block
			source = append(source, "\n)\n"...)
		}
	}
	return errNoGoMod
}

// finish orders what was found. A file of which nothing was understood is none.
func (g goMod) finish() error {
	if g.file.Lossy != "" && len(g.file.Entries)+len(g.file.Workspaces) == 0 {
		return errNoGoMod
	}
	sortByPlace(g.file.Entries)
	return nil
}

// goWord is a word of a line and where it stands.
type goWord struct {
	text       string
	start, end int
}

// words are those after the verb.
func (g goMod) words(line *modfile.Line) []goWord {
	var words []goWord
	rest := g.text.Bytes[line.Start.Byte:line.End.Byte]
	for at := line.Start.Byte; ; {
		blank := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		at, rest = at+blank, rest[blank:]
		if len(rest) == 0 {
			break
		}
		length := bytes.IndexAny(rest, " \t\r\n")
		if rest[0] == '"' {
			if length = bytes.IndexByte(rest[1:], '"'); length >= 0 {
				length += 2
			}
		}
		if length < 0 {
			length = len(rest)
		}
		word := goWord{string(rest[:length]), at, at + length}
		if quoted := word.text; len(quoted) >= 2 && quoted[0] == '"' {
			word = goWord{quoted[1 : len(quoted)-1], word.start + 1, word.end - 1}
		}
		words = append(words, word)
		at, rest = at+length, rest[length:]
	}
	if !line.InBlock && len(words) > 0 {
		words = words[1:]
	}
	return words
}

// goReplace is a directive that replaces a module.
type goReplace struct {
	old, oldVersion, new, newVersion goWord // versions are empty when none is written
	line                             *modfile.Line
}

func (g goMod) replaces(directives []*modfile.Replace) []goReplace {
	out := make([]goReplace, 0, len(directives))
	for _, d := range directives {
		words := g.words(d.Syntax)
		arrow := slices.IndexFunc(words, func(w goWord) bool { return w.text == "=>" })
		if arrow < 1 || arrow+1 >= len(words) {
			continue
		}
		r := goReplace{old: words[0], new: words[arrow+1], line: d.Syntax}
		if arrow > 1 {
			r.oldVersion = words[1]
		}
		if arrow+2 < len(words) {
			r.newVersion = words[arrow+2]
		}
		out = append(out, r)
	}
	return out
}

// require adds a requirement, or what replaces it: one directive for the very version before one for all.
func (g goMod) require(r *modfile.Require, replaced map[[2]string]goReplace) {
	words := g.words(r.Syntax)
	if len(words) < 2 {
		return
	}
	path, version := words[0], words[1]
	for _, old := range []string{version.text, ""} {
		if by, ok := replaced[[2]string{path.text, old}]; ok {
			g.replaced(by, !r.Indirect)
			return
		}
	}
	e := Entry{Ecosystem: goEcosystem, Name: path.text, Direct: !r.Indirect, At: g.line(r.Syntax)}
	g.version(&e, version)
	g.file.add(e)
}

// replaced adds what is used in place of a module.
func (g goMod) replaced(r goReplace, direct bool) {
	e := Entry{Ecosystem: goEcosystem, Name: r.new.text, Direct: direct, At: g.line(r.line)}
	if modfile.IsDirectoryPath(r.new.text) {
		e.Name, e.Origin, e.Source = r.old.text, checks.Local, r.new.text
	} else {
		g.version(&e, r.newVersion)
		if r.new.text != r.old.text {
			e.Alias = r.old.text
		}
	}
	g.file.add(e)
}

// version fills in a version; what is none, such as "latest" or a branch, the go command asks for when it is next run.
func (g goMod) version(e *Entry, w goWord) {
	canonical := module.CanonicalVersion(w.text)
	if canonical == "" {
		e.Requirement = w.text
		return
	}
	e.Version = strings.TrimPrefix(canonical, "v")
	if canonical == w.text {
		e.Pin = pinBetween(g.text, w.start+len("v"), w.end)
	}
}

// standardLibrary adds the standard library in the version of the toolchain that is named, or else in the lowest one that
// may build the module.
func (g goMod) standardLibrary(language *modfile.Go, toolchain *modfile.Toolchain) {
	var words []goWord
	var line *modfile.Line
	prefix := ""
	switch {
	case toolchain != nil && toolchain.Name != "default":
		words, line, prefix = g.words(toolchain.Syntax), toolchain.Syntax, "go"
	case language != nil:
		words, line = g.words(language.Syntax), language.Syntax
	}
	if len(words) == 0 {
		return
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(words[0].text, prefix), "-")
	start := words[0].start + len(prefix)
	e := Entry{Ecosystem: goEcosystem, Name: "stdlib", Version: version, Direct: true, At: g.line(line)}
	if strings.Count(version, ".") == 2 { // before 1.21, no patch could be named
		e.Pin = pinBetween(g.text, start, start+len(version))
	}
	g.file.add(e)
}

func (g goMod) line(l *modfile.Line) checks.Range {
	return between(g.text, l.Start.Byte, l.End.Byte)
}
