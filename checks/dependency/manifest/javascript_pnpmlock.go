package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readPNPMLock reads a pnpm-lock.yaml of versions 5, 6 and 9. Since pnpm 11 a document before the lockfile may hold the
// packages that pnpm is configured by.
func readPNPMLock(_ context.Context, file *File, t *text.Text) error {
	documents, err := yamlOf(file, t)
	if err != nil {
		return err
	}
	for _, root := range documents {
		l := &pnpmLock{file: file, entries: map[string]int{}, first: len(file.Entries)}
		l.read(root)
	}
	sortByPlace(file.Entries) // folders of the repository are listed before the packages
	return nil
}

// pnpmLock is one lockfile. Its packages have paths that say what they are: "/name/1.0.0_peer@1.0.0" in version 5,
// "/name@1.0.0(peer@1.0.0)" in version 6, the same without the slash in version 9.
type pnpmLock struct {
	file    *File
	entries map[string]int // by path
	first   int
	version string
	reach   *reach // of version 9, which does not say of a package what it is for
}

func (l *pnpmLock) read(root value) {
	l.version = root.get("lockfileVersion").text()
	for list := range root.each("packages") {
		for m := range list.members() {
			if list.is(jsonc.Object) {
				l.add(m)
			}
		}
	}
	snapshots := root.get("snapshots")
	if snapshots.is(jsonc.Object) {
		l.reach = newReach(len(l.file.Entries) - l.first)
		l.readSnapshots(snapshots)
	}
	l.importer(root)
	for importer := range root.get("importers").members() {
		l.importer(importer)
		if folder := importer.key(); folder != "." && folder != "" {
			l.file.Workspaces = append(l.file.Workspaces, folder)
		}
	}
	if l.reach != nil {
		l.reach.mark(l.file.Entries[l.first:])
	}
}

// add adds a package by its path and fields.
func (l *pnpmLock) add(m value) {
	e := Entry{Ecosystem: npm, At: m.at()}
	e.Name, e.Version, e.Origin = l.identify(withoutPeers(m.key()))
	var dev, optional bool
	for field := range m.members() {
		if !m.is(jsonc.Object) {
			break
		}
		switch field.key() {
		case "name":
			e.Name = field.text()
		case "version":
			e.Version = field.text()
		case "dev":
			dev = field.yes()
		case "optional":
			optional = field.yes()
		case "requiresBuild":
			e.Script = field.yes()
		case "resolution":
			e.resolve(field)
		}
	}
	e.Group = lockedGroup(dev, optional)
	if e.Name == "" {
		l.file.lose("a package without a name")
		return
	}
	if l.file.add(e) {
		l.entries[m.key()] = len(l.file.Entries) - 1
	}
}

// resolve reads where pnpm fetches a package from.
func (e *Entry) resolve(resolution value) {
	e.Hashes = integrityOf(resolution.get("integrity").text())
	tarball, repository := resolution.get("tarball").text(), resolution.get("repo").text()
	switch {
	case repository != "":
		e.Origin = checks.Git
		e.Source = withoutCredentials(repository) + "#" + resolution.get("commit").text()
	case resolution.get("directory").text() != "":
		e.Origin, e.Source = checks.Local, resolution.get("directory").text()
	case isForgeArchive(tarball):
		e.Origin, e.Source = checks.Git, tarball
	case strings.HasPrefix(tarball, "file:"):
		e.Origin, e.Source = checks.Local, tarball
	case tarball != "":
		e.Source = withoutCredentials(tarball)
	}
}

// identify is what a path says of its package. A path that is an address names a package that comes from there; one
// that begins with a host has a name and a version behind it if it is of a registry.
func (l *pnpmLock) identify(path string) (name, version string, origin checks.Origin) {
	if strings.HasPrefix(path, "file:") {
		return "", "", checks.Local
	}
	if !strings.HasPrefix(l.version, "9") {
		host, rest, _ := strings.Cut(path, "/")
		if name, version = l.nameAndVersion(rest); host != "" && !exactVersion.MatchString(version) {
			return "", "", checks.URL
		}
		return name, version, ""
	}
	name, version = splitPattern(path)
	switch {
	case strings.HasPrefix(version, "file:") || strings.HasPrefix(version, "link:"):
		return name, "", checks.Local
	case isGit(version):
		return name, "", checks.Git
	case strings.Contains(version, ":"):
		return name, "", checks.URL
	}
	return name, version, ""
}

func (l *pnpmLock) nameAndVersion(path string) (name, version string) {
	if !strings.HasPrefix(l.version, "5") {
		return splitPattern(path)
	}
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return path, ""
	}
	version, _, _ = strings.Cut(path[i+1:], "_")
	return path[:i], version
}

// withoutPeers is a path without the packages that it was resolved with.
func withoutPeers(path string) string {
	if i := strings.IndexByte(path, '('); i > 0 {
		return path[:i]
	}
	return path
}

// path is the path of the package that a name with a version, as an importer or a snapshot has it, stands for.
func (l *pnpmLock) path(name, version string) string {
	switch {
	case strings.HasPrefix(l.version, "9"): // which lists a package once, whatever it is resolved with
		version = withoutPeers(version)
		if _, ok := l.entries[version]; ok {
			return version // an alias
		}
		return name + "@" + version
	case strings.HasPrefix(version, "/") || strings.ContainsAny(withoutPeers(version), ":/"):
		return version
	case strings.HasPrefix(l.version, "5"):
		return "/" + name + "/" + version
	}
	return "/" + name + "@" + version
}

// importer reads what a package of the repository asks for: since version 6 both what it wants and what that is, before
// only the latter.
func (l *pnpmLock) importer(importer value) {
	for list := range importer.members() {
		group, ok := dependencyLists[list.key()]
		if list.key() == "configDependencies" {
			group, ok = "build", true
		}
		if !ok || !importer.is(jsonc.Object) || !list.is(jsonc.Object) {
			continue
		}
		for wanted := range list.members() {
			version := wanted
			if wanted.is(jsonc.Object) {
				version = wanted.get("version")
			}
			l.direct(wanted, wanted.key(), version.text(), group)
		}
	}
}

// direct marks the package that an importer asks for. A folder of the repository is listed nowhere else.
func (l *pnpmLock) direct(wanted value, name, version, group string) {
	if strings.HasPrefix(version, "link:") && name != "" {
		l.file.add(Entry{Ecosystem: npm, Name: name, Direct: true, Group: group, Origin: checks.Local, Source: version, At: wanted.at()})
		return
	}
	i, ok := l.entries[l.path(name, version)]
	if !ok {
		return
	}
	e := &l.file.Entries[i]
	e.Direct = true
	if name != e.Name && e.Alias == "" {
		e.Alias = name
	}
	if group == "build" {
		e.Group = group
	}
	if l.reach != nil {
		l.reach.root(i-l.first, group)
	}
}

// readSnapshots reads which packages of version 9 need which others.
func (l *pnpmLock) readSnapshots(snapshots value) {
	for m := range snapshots.members() {
		from, ok := l.entries[withoutPeers(m.key())]
		if !ok || !m.is(jsonc.Object) {
			continue
		}
		for list := range m.members() {
			switch list.key() {
			case "optional":
				if list.yes() {
					l.file.Entries[from].Group = "optional"
				}
			case "dependencies", "optionalDependencies":
				for to := range list.members() {
					if n, ok := l.entries[l.path(to.key(), to.text())]; ok && list.is(jsonc.Object) {
						l.reach.need(from-l.first, n-l.first, list.key() == "optionalDependencies")
					}
				}
			}
		}
	}
}
