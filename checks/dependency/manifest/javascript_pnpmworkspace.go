package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readPNPMWorkspace reads pnpm-workspace.yaml: the folders of packages, catalogs, and since pnpm 10 all settings.
func readPNPMWorkspace(_ context.Context, file *File, t *text.Text) error {
	documents, err := yamlOf(file, t)
	if err != nil {
		return err
	}
	for _, root := range documents {
		for m := range root.each("packages") {
			file.Workspaces = append(file.Workspaces, m.texts()...)
		}
		file.addPNPM(root)
		file.addCamelSettings(root, npmrcMeaning)
	}
	return nil
}

// addPNPM reads pnpm's settings in YAML, or those in the "pnpm" of a package.json.
func (f *File) addPNPM(settings value) {
	if !settings.is(jsonc.Object) {
		return
	}
	for m := range settings.members() {
		switch m.key() {
		case "overrides":
			f.addForced(m)
		case "catalog", "catalogs":
			f.addCatalogs(m)
		case "packageExtensions":
			f.addExtensions(m)
		case "configDependencies":
			f.addConfigDependencies(m)
		case "onlyBuiltDependencies":
			f.addAllowed(m)
		case "allowBuilds":
			for allowed := range m.members() {
				if m.is(jsonc.Object) && allowed.yes() {
					f.Options = append(f.Options, Option{m.key(), allowed.key(), allowed.at()})
				}
			}
		}
	}
}

// addConfigDependencies reads packages that pnpm installs before all others, to be configured by them. A version and
// its hash stand together: "1.0.0+sha512-…".
func (f *File) addConfigDependencies(list value) {
	if !list.is(jsonc.Object) {
		return
	}
	for m := range list.members() {
		wanted, source := m, ""
		if m.is(jsonc.Object) {
			wanted, source = m.get("integrity"), m.get("tarball").text()
		}
		version, hash, hashed := strings.Cut(wanted.text(), "+sha")
		if !wanted.is(jsonc.String) || m.key() == "" {
			continue
		}
		e, _ := npmEntry(m.key(), version)
		e.Direct, e.Group, e.At = true, "build", m.at()
		if source != "" {
			e.Source = withoutCredentials(source)
		}
		if hashed {
			e.Hashes = []string{"sha" + hash}
		}
		f.add(e)
	}
}
