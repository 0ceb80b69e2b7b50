package manifest

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readNPMLock reads a package-lock.json or an npm-shrinkwrap.json. Since version 2 it holds folders under "packages";
// version 1 holds names under "dependencies", which version 2 repeats for npm 6.
func readNPMLock(_ context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	file.Project = root.get("name").text()
	folders := false
	for list := range root.each("packages") {
		if list.is(jsonc.Object) {
			folders = true
			readNPMFolders(file, list)
		}
	}
	if folders {
		return nil
	}
	if !root.get("dependencies").is(jsonc.Object) && root.get("lockfileVersion") == (value{}) {
		return fmt.Errorf("%w: neither packages nor a version of a lockfile", ErrMalformed)
	}
	for list := range root.each("dependencies") {
		readNPMTree(file, list, 0)
	}
	return nil
}

// splitFolder takes the path of an installed package apart. It reports false for one that is not in a node_modules.
func splitFolder(path string) (folder, name string, ok bool) {
	const nodeModules = "node_modules/"
	i := strings.LastIndex(path, nodeModules)
	if i < 0 || i > 0 && path[i-1] != '/' {
		return "", "", false
	}
	return strings.TrimSuffix(path[:i], "/"), path[i+len(nodeModules):], true
}

func aboveFolder(folder string) string { return folder[:max(0, strings.LastIndexByte(folder, '/'))] }

func readNPMFolders(file *File, list value) {
	installed := newPlaces(aboveFolder)
	var importers []value
	addresses := map[string]bool{} // that somebody asks for by its address, not by a version
	for m := range list.members() {
		path := m.key()
		noteAddresses(addresses, m)
		folder, name, ok := splitFolder(path)
		if !ok {
			importers = append(importers, m)
			if path != "" {
				file.addHeld(m)
			}
			continue
		}
		if e := npmLocked(m, name); file.add(e) {
			installed.put(folder, name, len(file.Entries)-1)
		}
	}
	for i := range file.Entries {
		if e := &file.Entries[i]; e.Origin == "" && addresses[e.Source] {
			e.Origin = checks.URL
		}
	}
	for _, importer := range importers {
		markDirect(file, installed, importer)
	}
}

// addHeld notes a package that the repository itself holds.
func (f *File) addHeld(m value) {
	name := m.get("name").text()
	if name == "" {
		name = m.key()[strings.LastIndexByte(m.key(), '/')+1:]
	}
	if name != "" {
		f.Workspaces = append(f.Workspaces, name)
	}
}

// npmLocked is the package at one folder.
func npmLocked(m value, name string) Entry {
	e := Entry{Ecosystem: npm, Name: name}
	var optional, dev bool
	for field := range m.members() {
		if !m.is(jsonc.Object) {
			break
		}
		switch field.key() {
		case "name":
			if real := field.text(); real != "" && real != name {
				e.Name, e.Alias = real, name
			}
		case "version":
			e.Version = field.text()
		case "resolved":
			e.Source = withoutCredentials(field.text())
		case "integrity":
			e.Hashes = integrityOf(field.text())
		case "hasInstallScript":
			e.Script = field.yes()
		case "inBundle", "bundled":
			e.Bundled = field.yes()
		case "dev":
			dev = field.yes()
		case "optional", "devOptional":
			optional = optional || field.yes()
		case "link":
			if field.yes() {
				e.Origin = checks.Local
			}
		}
	}
	e.Group = lockedGroup(dev, optional)
	switch {
	case e.Origin == checks.Local:
		e.Version = ""
	case isGit(e.Source):
		e.Origin = checks.Git
	case strings.HasPrefix(e.Source, "file:"):
		e.Origin = checks.Local
	}
	e.At = m.at()
	return e
}

func lockedGroup(dev, optional bool) string {
	switch {
	case dev:
		return "dev"
	case optional:
		return "optional"
	}
	return ""
}

// noteAddresses collects the addresses that a package asks for in place of versions.
func noteAddresses(addresses map[string]bool, m value) {
	for list := range m.members() {
		if _, ok := dependencyLists[list.key()]; !ok || !m.is(jsonc.Object) || !list.is(jsonc.Object) {
			continue
		}
		for wanted := range list.members() {
			if address := wanted.text(); strings.HasPrefix(address, "http") {
				addresses[withoutCredentials(address)] = true
			}
		}
	}
}

// markDirect marks the entries that a package of the repository asks for.
func markDirect(file *File, installed *places, importer value) {
	near := installed.from(importer.key())
	for list := range importer.members() {
		if _, ok := dependencyLists[list.key()]; !ok || !importer.is(jsonc.Object) || !list.is(jsonc.Object) {
			continue
		}
		for wanted := range list.members() {
			if n, ok := near.find(wanted.key()); ok {
				file.Entries[n].Direct = true
			}
		}
	}
}

// maxNesting is how deep packages of version 1 may stand in each other. Real trees have less than 20 steps.
const maxNesting = 200

// readNPMTree reads the packages of version 1, which does not say what the project itself asks for.
func readNPMTree(file *File, list value, depth int) {
	if !list.is(jsonc.Object) {
		return
	}
	if depth == maxNesting {
		file.lose("packages nested too deep")
		return
	}
	for m := range list.members() {
		if m.key() == "" || !m.is(jsonc.Object) {
			continue
		}
		locked := npmLocked(m, m.key())
		e, _ := npmEntry(m.key(), m.get("version").text())
		e.lockedVersion()
		if e.Origin == "" || e.Origin == checks.URL && locked.Source != "" {
			e.Source = locked.Source
		}
		e.Hashes, e.Script, e.Bundled, e.Group, e.At = locked.Hashes, locked.Script, locked.Bundled, locked.Group, locked.At
		file.add(e)
		for inner := range m.each("dependencies") {
			readNPMTree(file, inner, depth+1)
		}
	}
}
