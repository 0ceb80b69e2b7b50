package manifest

import (
	"context"
	"net/url"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readBerryLock reads a lockfile of Yarn 2 and later. Its keys are all that a package was found for, its "resolution" is
// what was found.
func readBerryLock(_ context.Context, file *File, t *text.Text) error {
	documents, err := yamlOf(file, t)
	if err != nil {
		return err
	}
	for _, root := range documents {
		groups := map[string]string{} // of what packages of the repository ask for
		for m := range root.members() {
			if m.key() != "__metadata" {
				noteBerryWishes(groups, m)
			}
		}
		for m := range root.members() {
			if m.key() != "__metadata" {
				addBerry(file, m, groups)
			}
		}
	}
	return nil
}

// noteBerryWishes collects what a package asks for, if the repository holds it. Yarn does not say in a lockfile what is
// for development only.
func noteBerryWishes(groups map[string]string, m value) {
	_, reference := splitPattern(m.get("resolution").text())
	if !strings.HasPrefix(reference, "workspace:") {
		return
	}
	meta := m.get("dependenciesMeta")
	optional := map[string]bool{}
	for about := range meta.members() {
		optional[about.key()] = meta.is(jsonc.Object) && about.get("optional").yes()
	}
	dependencies := m.get("dependencies")
	for wanted := range dependencies.members() {
		if !dependencies.is(jsonc.Object) {
			break
		}
		group := lockedGroup(false, optional[wanted.key()])
		groups[wanted.key()+"@"+wanted.text()] = group
		groups[wanted.key()+"@npm:"+wanted.text()] = group // Yarn 2 and 3 leave "npm:" out here
	}
}

func addBerry(file *File, m value, groups map[string]string) {
	name, reference := splitPattern(m.get("resolution").text())
	if name == "" {
		file.lose("a package that was not resolved")
		name, _ = splitPattern(m.key())
	}
	if reference == "workspace:." {
		file.Project = name
		return
	}
	e := berryLocated(name, reference)
	const unpublished = "0.0.0-use.local"
	if version := m.get("version").text(); version != unpublished {
		e.Version = version
	}
	if strings.HasPrefix(reference, "workspace:") {
		file.Workspaces = append(file.Workspaces, name)
	}
	e.Hashes, e.Conditional = integrityOf(m.get("checksum").text()), m.get("conditions").text() != ""
	for i, descriptor := range strings.Split(m.key(), ", ") {
		alias, _ := splitPattern(descriptor)
		if i == 0 && alias != name {
			e.Alias = alias
		}
		plain, _, _ := strings.Cut(descriptor, "::")
		if group, ok := groups[plain]; ok {
			e.Direct, e.Group = true, group
		}
	}
	e.At = m.at()
	file.add(e)
}

// berryLocated is the package that Yarn found at a reference.
func berryLocated(name, reference string) Entry {
	e := Entry{Ecosystem: npm, Name: name, Source: withoutCredentials(reference)}
	address, parameters, _ := strings.Cut(reference, "::")
	scheme, _, _ := strings.Cut(address, ":")
	switch {
	case scheme == "npm":
		e.Source = ""
		if values, err := url.ParseQuery(parameters); err == nil {
			e.Source = withoutCredentials(values.Get("__archiveUrl"))
		}
	case scheme == "workspace", scheme == "file", scheme == "link", scheme == "portal", scheme == "exec", scheme == "patch":
		e.Origin = checks.Local
	case isGit(address) || strings.Contains(parameters+address, "commit="):
		e.Origin = checks.Git
	default:
		e.Origin = checks.URL
	}
	return e
}
