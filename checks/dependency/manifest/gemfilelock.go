package manifest

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// gemSpec is "name (version)" or "name (version-platform)"; versions have no hyphen.
var gemSpec = regexp.MustCompile(`^(\S+) \(([^-)]+)(?:-[^)]*)?\)$`)

// gemLock reads a Gemfile.lock: sections whose names are not indented, their settings by two spaces, gems by four.
type gemLock struct {
	file    *File
	text    *text.Text
	section string
	remotes []string
	ref     string
	entries map[string]int // by "name version": platforms of one version are one entry
	direct  map[string]bool
}

func readGemfileLock(ctx context.Context, file *File, t *text.Text) error {
	l := &gemLock{file: file, text: t, entries: map[string]int{}, direct: map[string]bool{}}
	source := withoutMark(t)
	known := false
	for line := 1; line <= t.Lines(); line++ {
		if line%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		start, end := t.Line(line)
		written := strings.TrimRight(string(source[start:end]), " \t\r")
		if line == 1 {
			written = strings.TrimLeft(written, " ") // the blanks that stand for a byte order mark
		}
		indent := len(written) - len(strings.TrimLeft(written, " "))
		switch rest := written[indent:]; {
		case rest == "":
		case indent == 0:
			if strings.HasPrefix(rest, "<<<<<<<") || strings.HasPrefix(rest, "=======") || strings.HasPrefix(rest, ">>>>>>>") {
				file.lose(fmt.Sprintf("line %d: a conflict that nobody resolved", line))
				continue
			}
			l.section, l.remotes, l.ref = rest, nil, ""
			known = known || rest == "GEM" || rest == "GIT" || rest == "PATH" || rest == "DEPENDENCIES"
		default:
			l.line(rest, indent, start+indent, start+len(written))
		}
	}
	if !known {
		return fmt.Errorf("%w: no section of a Gemfile.lock", ErrMalformed)
	}
	for i := range file.Entries {
		file.Entries[i].Direct = l.direct[file.Entries[i].Name]
	}
	return nil
}

// line reads a line of a section, which stands at [start, end).
func (l *gemLock) line(rest string, indent, start, end int) {
	switch l.section {
	case "GEM", "GIT", "PATH", "PLUGIN SOURCE":
		key, value, _ := strings.Cut(rest, ": ")
		switch {
		case indent == 4:
			l.spec(rest, start, end)
		case indent == 2 && key == "remote":
			l.remote(withoutCredentials(value), start, end)
		case indent == 2 && key == "revision":
			l.ref = value
		}
	case "DEPENDENCIES":
		name := strings.TrimSuffix(rest, "!")
		name, _, _ = strings.Cut(name, " (")
		l.direct[name] = true
	case "CHECKSUMS":
		spec, hashes, ok := strings.Cut(rest, ") ")
		if parts := gemSpec.FindStringSubmatch(spec + ")"); ok && parts != nil {
			if i, ok := l.entries[parts[1]+" "+parts[2]]; ok {
				l.file.Entries[i].Hashes = append(l.file.Entries[i].Hashes, strings.Split(hashes, ",")...)
			}
		}
	}
}

// remote notes where the gems of the section come from. Several remotes in one section are all asked for each gem; one is
// for its own section alone, and every gem there says so.
func (l *gemLock) remote(address string, start, end int) {
	l.remotes = append(l.remotes, address)
	if l.section == "GEM" && len(l.remotes) > 1 {
		l.file.addSource(Source{URL: address, Extra: true, At: between(l.text, start, end)})
	}
}

func (l *gemLock) spec(rest string, start, end int) {
	parts := gemSpec.FindStringSubmatch(strings.TrimSuffix(rest, "!"))
	if parts == nil {
		l.file.lose(fmt.Sprintf("line %d makes no sense", l.text.Position(start).Line))
		return
	}
	e := Entry{Ecosystem: gemEcosystem, Name: parts[1], Version: parts[2], At: between(l.text, start, end)}
	if len(l.remotes) > 0 {
		e.Source = l.remotes[0]
	}
	switch l.section {
	case "GIT":
		e.Origin, e.Source = checks.Git, "git+"+e.Source+"#"+l.ref
	case "PATH":
		e.Origin = checks.Local
	}
	key := e.Name + " " + e.Version
	if i, ok := l.entries[key]; ok && l.file.Entries[i].Source == e.Source {
		return
	}
	if e.Origin == checks.Local {
		l.file.Workspaces = append(l.file.Workspaces, e.Name)
	}
	if l.file.add(e) {
		l.entries[key] = len(l.file.Entries) - 1
	}
}
