package manifest

import (
	"context"
	"slices"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// readUVLock reads uv.lock. The project itself and the members of its workspace are packages there too; what they ask for
// is direct.
func readUVLock(_ context.Context, file *File, t *text.Text) error {
	asked := map[string]string{} // what a member of the repository asks for, and its group
	_, err := readPythonLock(file, t, "package", func(l *pythonLock, n int32, e *Entry) bool {
		source := l.Member(n, "source")
		value := func(key string) string { return l.String(l.Member(source, key)) }
		switch {
		case value("virtual") != "" || value("editable") != "":
			at := value("virtual") + value("editable")
			e.Origin, e.Source = checks.Local, at
			l.asks(n, asked)
			if at == "." {
				file.Project = e.Name
			}
			if folder, ok := inRepository(file.Path, at); ok && at != "." {
				file.holds(folder)
			}
			return at != "."
		case value("directory") != "" || value("path") != "":
			e.Origin, e.Source = checks.Local, value("directory")+value("path")
		case value("git") != "":
			e.Origin, e.Source = checks.Git, gitAddress(value("git"), "")
		case value("url") != "":
			e.Origin, e.Source = checks.URL, withoutCredentials(value("url"))
		default:
			e.Source = withoutCredentials(value("registry"))
			l.registry(value("registry"), l.Member(source, "registry"))
		}
		l.files(l.Member(n, "sdist"), e)
		l.files(l.Member(n, "wheels"), e)
		return true
	})
	for i := range file.Entries {
		e := &file.Entries[i]
		e.Group, e.Direct = asked[e.Name]
	}
	return err
}

// asks notes what a member of the repository asks for. What is installed always wins over what is in a group.
func (l *pythonLock) asks(n int32, asked map[string]string) {
	note := func(list int32, group string) {
		for n := range l.Children(list) {
			name := pep503(l.String(l.Member(n, "name")))
			if known, ok := asked[name]; name != "" && (!ok || known != "" && group == "") {
				asked[name] = group
			}
		}
	}
	note(l.Member(n, "dependencies"), "")
	for group := range l.Children(l.Member(n, "optional-dependencies")) {
		note(group, pythonGroup(l.Key(group), "optional"))
	}
	for group := range l.Children(l.Member(n, "dev-dependencies")) {
		note(group, pythonGroup(l.Key(group), "dev"))
	}
}

// readPylock reads pylock.toml, the lockfile of PEP 751.
func readPylock(_ context.Context, file *File, t *text.Text) error {
	_, err := readPythonLock(file, t, "packages", func(l *pythonLock, n int32, e *Entry) bool {
		vcs, folder, archive := l.Member(n, "vcs"), l.Member(n, "directory"), l.Member(n, "archive")
		value := func(n int32, keys ...string) string {
			for _, key := range keys {
				if s := l.String(l.Member(n, key)); s != "" {
					return s
				}
			}
			return ""
		}
		switch {
		case vcs != toml.None:
			e.Origin, e.Source = checks.Git, gitAddress(value(vcs, "url", "path"), value(vcs, "commit-id", "requested-revision"))
		case folder != toml.None:
			e.Origin, e.Source = checks.Local, value(folder, "path")
			if at, ok := inRepository(file.Path, e.Source); ok && e.Source != "." {
				file.holds(at)
			}
			if e.Version == "" && e.Source == "." {
				file.Project = e.Name
				return false
			}
		case archive != toml.None:
			l.archive(archive, e)
			e.Origin, e.Source = checks.URL, withoutCredentials(value(archive, "url", "path"))
			if value(archive, "url") == "" {
				e.Origin = checks.Local
			}
			if name, version := ofArchive(e.Source); name == e.Name && e.Version == "" {
				e.Version = version
			}
		default:
			l.registry(value(n, "index"), l.Member(n, "index"))
			e.Source = withoutCredentials(value(n, "index"))
		}
		l.files(l.Member(n, "sdist"), e)
		l.files(l.Member(n, "wheels"), e)
		slices.Sort(e.Hashes)
		e.Hashes = slices.Compact(e.Hashes)
		return true
	})
	return err
}
