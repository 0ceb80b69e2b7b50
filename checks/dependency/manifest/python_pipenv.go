package manifest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// pipfileTables are the tables of a Pipfile that hold no packages.
var pipfileTables = []string{"source", "requires", "scripts", "pipenv", "pipfile"}

// readPipfile reads a Pipfile: two tables of packages, and others that the project names.
func readPipfile(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	p := &pyproject{file: file, t: t, Document: d}
	p.sources(d.Member(toml.Root, "source"))
	indexes := map[string]string{}
	for source := range d.Children(d.Member(toml.Root, "source")) {
		indexes[d.String(d.Member(source, "name"))] = withoutCredentials(d.String(d.Member(source, "url")))
	}
	for table := range d.Children(toml.Root) {
		if name := d.Key(table); !slices.Contains(pipfileTables, name) {
			p.dependencyTable(table, pipfileGroup(name))
		}
	}
	for i := range file.Entries {
		if address, ok := indexes[file.Entries[i].Source]; ok {
			file.Entries[i].Source = address
		}
	}
	file.inOrder()
	return nil
}

// pipfileGroup is the group of a table of packages, in a Pipfile or its lockfile.
func pipfileGroup(name string) string {
	switch name {
	case "packages", "default":
		return ""
	case "dev-packages", "develop":
		return "dev"
	}
	return pythonGroup(name, "optional")
}

// readPipfileLock reads Pipfile.lock.
func readPipfileLock(_ context.Context, file *File, t *text.Text) error {
	d, err := jsonc.Parse(string(t.Bytes))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	root := d.Root()
	if root == jsonc.None {
		return nil
	}
	if d.Nodes[root].Kind != jsonc.Object {
		return fmt.Errorf("%w: no object of JSON", ErrMalformed)
	}
	if len(d.Problems) > 0 {
		file.lose(fmt.Sprintf("line %d: %s", t.Position(int(d.Problems[0].Offset)).Line, d.Problems[0].Text))
	}
	l := &pipfileLock{Document: d, file: file, t: t, indexes: map[string]string{}}
	for _, table := range d.Children(root) {
		switch name := d.KeyText(table); name {
		case "_meta":
			l.sources(d.Member(table, "sources"))
		default:
			for _, n := range l.members(table) {
				l.entry(n, pipfileGroup(name))
			}
		}
	}
	file.inOrder()
	return nil
}

type pipfileLock struct {
	*jsonc.Document
	file    *File
	t       *text.Text
	indexes map[string]string
}

func (l *pipfileLock) members(n int32) []int32 {
	if n == jsonc.None || l.Nodes[n].Kind != jsonc.Object {
		return nil
	}
	return l.Children(n)
}

// value is the text of a member that is a string.
func (l *pipfileLock) value(n int32, key string) string {
	if member := l.Member(n, key); member != jsonc.None && l.Nodes[member].Kind == jsonc.String {
		return l.Text(member)
	}
	return ""
}

func (l *pipfileLock) place(n int32) checks.Range {
	node := l.Nodes[n]
	start := node.Start
	if node.Key.Start < node.Key.End {
		start = node.Key.Start
	}
	return between(l.t, int(start), int(node.End))
}

func (l *pipfileLock) sources(n int32) {
	if n == jsonc.None {
		return
	}
	for i, source := range l.Children(n) {
		address := l.value(source, "url")
		l.indexes[l.value(source, "name")] = withoutCredentials(address)
		l.file.addSource(Source{URL: address, Extra: i > 0, At: l.place(source)})
	}
}

func (l *pipfileLock) entry(n int32, group string) {
	if l.Nodes[n].Kind != jsonc.Object {
		l.file.lose(fmt.Sprintf("line %d is no package", l.place(n).Start.Line))
		return
	}
	e := Entry{Ecosystem: pypi, Name: pep503(l.KeyText(n)), Group: group, At: l.place(n)}
	version := l.value(n, "version")
	if e.Version, _, _ = exactly(version); e.Version == "" {
		e.Requirement = version
	}
	if hashes := l.Member(n, "hashes"); hashes != jsonc.None {
		for _, hash := range l.Children(hashes) {
			e.Hashes = append(e.Hashes, l.Text(hash))
		}
	}
	path, file := l.value(n, "path"), l.value(n, "file")
	switch {
	case l.value(n, "git") != "":
		e.Origin, e.Source = checks.Git, gitAddress(l.value(n, "git"), l.value(n, "ref"))
	case path != "" || file != "" && !strings.Contains(file, "://"):
		e.Origin, e.Source = checks.Local, path+file
	case file != "":
		e.Origin, e.Source = checks.URL, withoutCredentials(file)
		if name, version := ofArchive(file); name == e.Name && e.Version == "" {
			e.Version = version
		}
	default:
		e.Source = l.indexes[l.value(n, "index")]
	}
	l.file.addEntry(e)
}
