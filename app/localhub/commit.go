package localhub

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Files are the contents that a commit adds or replaces, by path. Paths and contents are raw bytes.
type Files map[string]string

// CommitOption changes what a commit does besides writing Files.
type CommitOption func(*commitPlan)

// commitPlan is a commit about to be written.
type commitPlan struct {
	message           string
	author, committer Person
	when              time.Time
	files             Files
	modes             map[string]string // of files that are not plain
	edits             []string          // further fast-import commands, in order
	parents           []string          // all but the first
	orphan            bool
	from              string // replaces the tip of the branch as first parent
	force             bool
}

// Person is who a commit says wrote it. GitHub does not check it.
type Person struct{ Name, Email string }

// Delete removes a file or a folder.
func Delete(path string) CommitOption {
	return func(p *commitPlan) { p.edits = append(p.edits, "D "+quotePath(path)) }
}

// Rename moves a file or a folder.
func Rename(from, to string) CommitOption {
	return func(p *commitPlan) { p.edits = append(p.edits, "R "+quotePath(from)+" "+quotePath(to)) }
}

// Symlink writes a symbolic link.
func Symlink(path, target string) CommitOption {
	return func(p *commitPlan) {
		p.files[path] = target
		p.modes[path] = "120000"
	}
}

// Executable writes a file with its executable bit set.
func Executable(path, content string) CommitOption {
	return func(p *commitPlan) {
		p.files[path] = content
		p.modes[path] = "100755"
	}
}

// Submodule records another repository's commit at a path.
func Submodule(path, sha string) CommitOption {
	return func(p *commitPlan) { p.edits = append(p.edits, "M 160000 "+sha+" "+quotePath(path)) }
}

// By sets author and committer to someone who need have no account.
func By(author, committer Person) CommitOption {
	return func(p *commitPlan) { p.author, p.committer = author, committer }
}

// At sets the time of the commit.
func At(t time.Time) CommitOption {
	return func(p *commitPlan) { p.when = t }
}

// From makes another commit the first parent instead of the branch's tip, which amounts to a force-push.
func From(revision string) CommitOption {
	return func(p *commitPlan) { p.from, p.force = revision, true }
}

// Merging adds a second (third, …) parent. The files stay those of the first parent with the commit's own on top.
func Merging(revision string) CommitOption {
	return func(p *commitPlan) { p.parents = append(p.parents, revision) }
}

// Orphan begins a history of its own.
func Orphan() CommitOption {
	return func(p *commitPlan) { p.orphan, p.force = true, true }
}

// quotePath writes a path as fast-import reads it, whatever bytes it has.
func quotePath(path string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		switch c := path[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// write stores the commit through git fast-import, one process however many files it has, and leaves every branch
// alone. parents are full ids.
func (g *gitStore) write(p commitPlan, parents []string) (string, error) {
	// fast-import wants a ref to write to; this one is removed once the id is known.
	const scratch = "refs/localhub/incoming"
	var in bytes.Buffer
	fmt.Fprintf(&in, "commit %s\nmark :1\n", scratch)
	fmt.Fprintf(&in, "author %s\ncommitter %s\n", signature(p.author, p.when), signature(p.committer, p.when))
	data(&in, p.message)
	for i, parent := range parents {
		fmt.Fprintf(&in, "%s %s\n", [2]string{"from", "merge"}[min(i, 1)], parent)
	}
	for _, edit := range p.edits {
		in.WriteString(edit + "\n")
	}
	for _, path := range slices.Sorted(maps.Keys(p.files)) {
		mode := "100644"
		if m := p.modes[path]; m != "" {
			mode = m
		}
		fmt.Fprintf(&in, "M %s inline %s\n", mode, quotePath(path))
		data(&in, p.files[path])
	}
	in.WriteString("\nget-mark :1\n")
	out, err := g.run(in.Bytes(), "fast-import", "--quiet", "--force", "--date-format=raw")
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), g.deleteRef(scratch)
}

func data(b *bytes.Buffer, content string) {
	b.WriteString("data " + strconv.Itoa(len(content)) + "\n")
	b.WriteString(content)
	b.WriteByte('\n')
}

func signature(p Person, when time.Time) string {
	clean := strings.NewReplacer("<", "", ">", "", "\n", " ", "\x00", "")
	return fmt.Sprintf("%s <%s> %d +0000", clean.Replace(p.Name), clean.Replace(p.Email), when.Unix())
}
