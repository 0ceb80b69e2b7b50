package manifest

import (
	"context"
	"net/url"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// pythonLock is a lockfile with an array of tables, one for each package.
type pythonLock struct {
	pyproject
	hosts    map[string]int // how many files of all packages come from a host
	fetched  [][]string     // of each entry, the addresses of its files
	metadata map[string][]string
}

// readPythonLock calls entry for each table of the array and leaves out what it refuses.
func readPythonLock(file *File, t *text.Text, array string, entry func(l *pythonLock, n int32, e *Entry) bool) (*pythonLock, error) {
	d, err := parseTOML(file, t)
	if err != nil {
		return nil, err
	}
	l := &pythonLock{pyproject: pyproject{file: file, t: t, Document: d}, hosts: map[string]int{}}
	packages := d.Member(toml.Root, array)
	if packages != toml.None && !d.Is(packages, toml.Array) {
		file.lose(array + " is no list of packages")
	}
	if array == "package" {
		l.oldHashes()
	}
	for n := range d.Children(packages) {
		if len(file.Entries) > MaxEntries {
			break
		}
		name := d.Member(n, "name")
		if !d.Is(name, toml.String) {
			file.lose("a package without a name")
			continue
		}
		e := Entry{Ecosystem: pypi, Name: pep503(d.String(name)), Version: d.String(d.Member(n, "version")), At: l.placeOf(n, name)}
		l.fetched = append(l.fetched, nil)
		if !entry(l, n, &e) {
			l.fetched = l.fetched[:len(l.fetched)-1]
			continue
		}
		for _, address := range l.fetched[len(file.Entries)] {
			l.hosts[hostOf(address)]++
		}
		file.addEntry(e)
	}
	l.choose()
	return l, nil
}

// placeOf is where a package's table stands: from the line of its name on, which says more than the header.
func (l *pythonLock) placeOf(n, name int32) checks.Range {
	node := l.Nodes[n]
	start := l.Nodes[name].Key.Start
	if start < node.Start || l.Source[node.Start] == '{' {
		start = node.Start
	}
	return between(l.t, int(start), int(node.End))
}

// files takes hashes and addresses from tables with "url" and "hash", as all of the lockfiles have them.
func (l *pythonLock) files(tables int32, e *Entry) {
	if l.Is(tables, toml.Table) {
		l.archive(tables, e)
		return
	}
	for n := range l.Children(tables) {
		l.archive(n, e)
	}
}

func (l *pythonLock) archive(n int32, e *Entry) {
	if hash := l.String(l.Member(n, "hash")); hash != "" {
		e.Hashes = append(e.Hashes, hash)
	}
	for hash := range l.Children(l.Member(n, "hashes")) {
		e.Hashes = append(e.Hashes, l.Key(hash)+":"+l.String(hash))
	}
	if address := l.String(l.Member(n, "url")); address != "" {
		last := len(l.fetched) - 1
		l.fetched[last] = append(l.fetched[last], withoutCredentials(address))
	}
}

// choose names of each package's files the one from the host that the fewest come from: a file that somebody exchanged is
// seen among dozens of others.
func (l *pythonLock) choose() {
	for i := range l.file.Entries {
		e := &l.file.Entries[i]
		if e.Origin != "" {
			continue
		}
		fewest := 0
		for _, address := range l.fetched[i] {
			if n := l.hosts[hostOf(address)]; fewest == 0 || n < fewest {
				e.Source, fewest = address, n
			}
		}
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// lockGroup is the group of a package that is in several groups of the project: none if one of them is always installed.
func lockGroup(groups []string, otherwise string) string {
	group := ""
	for i, name := range groups {
		if name == "main" || name == "default" {
			return ""
		}
		if one := pythonGroup(name, otherwise); i == 0 || one == "dev" {
			group = one
		}
	}
	return group
}

func (l *pythonLock) strings(n int32) []string {
	var values []string
	for child := range l.Children(n) {
		values = append(values, l.String(child))
	}
	return values
}

// readPoetryLock reads poetry.lock, also of Poetry before 1.5, which kept the hashes at its end.
func readPoetryLock(_ context.Context, file *File, t *text.Text) error {
	_, err := readPythonLock(file, t, "package", func(l *pythonLock, n int32, e *Entry) bool {
		e.Group = lockGroup(l.strings(l.Member(n, "groups")), "dev")
		if l.String(l.Member(n, "category")) == "dev" {
			e.Group = "dev"
		}
		if l.isTrue(l.Member(n, "optional")) {
			e.Group = "optional"
		}
		l.files(l.Member(n, "files"), e)
		if e.Hashes == nil {
			e.Hashes = l.metadata[e.Name]
		}
		source := l.Member(n, "source")
		address := l.String(l.Member(source, "url"))
		switch l.String(l.Member(source, "type")) {
		case "git":
			revision := l.String(l.Member(source, "resolved_reference"))
			if revision == "" {
				revision = l.String(l.Member(source, "reference"))
			}
			e.Origin, e.Source = checks.Git, gitAddress(address, revision)
		case "directory", "file":
			e.Origin, e.Source = checks.Local, address
		case "url":
			e.Origin, e.Source = checks.URL, withoutCredentials(address)
		default:
			e.Source = withoutCredentials(address)
			l.registry(address, source)
		}
		return true
	})
	return err
}

// registry notes an index that a lockfile names.
func (l *pythonLock) registry(address string, n int32) {
	if address != "" {
		l.file.addSource(Source{URL: address, At: tomlPlace(l.t, l.Document, n)})
	}
}

// oldHashes takes the hashes from "[metadata.files]".
func (l *pythonLock) oldHashes() {
	l.metadata = map[string][]string{}
	for _, table := range []string{"files", "hashes"} {
		for n := range l.Children(l.Member(toml.Root, "metadata", table)) {
			name, _, _ := strings.Cut(l.Key(n), " ") // PDM once wrote the version there too
			name = pep503(name)
			for file := range l.Children(n) {
				hash := l.String(file)
				if l.Is(file, toml.Table) {
					hash = l.String(l.Member(file, "hash"))
				} else if hash != "" && !strings.Contains(hash, ":") {
					hash = "sha256:" + hash
				}
				if hash != "" {
					l.metadata[name] = append(l.metadata[name], hash)
				}
			}
		}
	}
}

// readPDMLock reads pdm.lock. A package with extras has a table of its own.
func readPDMLock(_ context.Context, file *File, t *text.Text) error {
	_, err := readPythonLock(file, t, "package", func(l *pythonLock, n int32, e *Entry) bool {
		e.Group = lockGroup(l.strings(l.Member(n, "groups")), "optional")
		l.files(l.Member(n, "files"), e)
		if e.Hashes == nil {
			e.Hashes = l.metadata[e.Name]
		}
		value := func(key string) string { return l.String(l.Member(n, key)) }
		switch {
		case value("git") != "":
			revision := value("revision")
			if revision == "" {
				revision = value("ref")
			}
			e.Origin, e.Source = checks.Git, gitAddress(value("git"), revision)
		case value("path") != "":
			e.Origin, e.Source = checks.Local, value("path")
		case value("url") != "":
			e.Origin, e.Source = checks.URL, withoutCredentials(value("url"))
		}
		return true
	})
	return err
}
