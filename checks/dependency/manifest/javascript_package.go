package manifest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// dependencyLists are the members of a package.json that name what the project needs, and the group of each.
var dependencyLists = map[string]string{
	"dependencies":         "",
	"devDependencies":      "dev",
	"optionalDependencies": "optional",
	"peerDependencies":     "", // npm and pnpm install them too
}

// installScripts are the scripts of a project that a package manager runs when it installs what the project needs.
var installScripts = []string{
	"preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare",
	"dependencies", "pnpm:devPreinstall",
}

func readPackageJSON(_ context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	file.Project = root.get("name").text()
	if root.get("unity").is(jsonc.String) {
		return nil // a package of the game engine, whose dependencies are such as well
	}
	optionalPeers := root.get("peerDependenciesMeta")
	for list := range root.members() {
		key := list.key()
		group, isList := dependencyLists[key]
		switch {
		case isList:
			file.addDependencies(list, group)
		case key == "scripts":
			file.addScripts(list)
		case key == "overrides":
			file.addOverrides(list, "", 0)
		case key == "resolutions":
			file.addForced(list)
		case key == "workspaces":
			file.addWorkspaces(list)
		case key == "catalog" || key == "catalogs":
			file.addCatalogs(list)
		case key == "trustedDependencies":
			file.addAllowed(list)
		case key == "packageManager":
			file.addTool(list, list)
		case key == "devEngines":
			for tool := range list.each("packageManager") {
				file.addTools(tool)
			}
		case key == "pnpm":
			file.addPNPM(list)
		}
		if key == "peerDependencies" {
			file.markOptional(list, optionalPeers)
		}
	}
	return nil
}

// addDependencies adds the packages of an object from names to what is wanted of them.
func (f *File) addDependencies(list value, group string) {
	if !list.is(jsonc.Object) {
		return
	}
	for m := range list.members() {
		f.addWanted(m, m.key(), group)
	}
}

// addWanted adds a package that the project asks for by a string, and gives it, nil when it is none.
func (f *File) addWanted(m value, name, group string) *Entry {
	if !m.is(jsonc.String) {
		f.lose(fmt.Sprintf("line %d: what is wanted of a package is no string", m.at().Start.Line))
		return nil
	}
	if name == "" {
		return nil
	}
	e, pin := npmEntry(name, m.text())
	e.Direct, e.Group, e.At = true, group, m.at()
	if pin != (span{}) {
		e.Pin = m.pin(pin.start, pin.end)
	}
	before := len(f.Entries)
	if f.add(e); len(f.Entries) == before {
		return nil
	}
	return &f.Entries[before]
}

// markOptional puts peers that may be missing into their group.
func (f *File) markOptional(list, meta value) {
	if !meta.is(jsonc.Object) {
		return
	}
	optional := map[string]bool{}
	for m := range meta.members() {
		optional[m.key()] = m.get("optional").yes()
	}
	if !list.is(jsonc.Object) || len(optional) == 0 {
		return
	}
	at := list.at()
	for i, e := range slices.Backward(f.Entries) {
		if e.At.Start.Line < at.Start.Line || e.At.Start.Line == at.Start.Line && e.At.Start.Column < at.Start.Column {
			break
		}
		if optional[e.Name] || optional[e.Alias] {
			f.Entries[i].Group = "optional"
		}
	}
}

func (f *File) addScripts(list value) {
	for m := range list.members() {
		if m.is(jsonc.String) && slices.Contains(installScripts, m.key()) {
			f.Scripts = append(f.Scripts, Script{m.key(), m.text(), m.at()})
		}
	}
}

// addWorkspaces reads a list of folders, or an object with one and with catalogs.
func (f *File) addWorkspaces(list value) {
	f.Workspaces = append(f.Workspaces, list.texts()...)
	for m := range list.members() {
		switch {
		case !list.is(jsonc.Object):
		case m.key() == "packages":
			f.Workspaces = append(f.Workspaces, m.texts()...)
		case m.key() == "catalog" || m.key() == "catalogs":
			f.addCatalogs(m)
		}
	}
}

// addAllowed notes packages that may run scripts when they are installed, which others may not.
func (f *File) addAllowed(list value) {
	for m := range list.members() {
		if list.is(jsonc.Array) && m.is(jsonc.String) {
			f.Options = append(f.Options, Option{list.key(), m.text(), m.at()})
		}
	}
}

// addTool adds the package manager itself, which Corepack fetches: "pnpm@9.1.0+sha512.…", or an address after the "@".
func (f *File) addTool(m, at value) {
	name, version, ok := strings.Cut(m.text(), "@")
	if !ok || name == "" {
		return
	}
	version, hash, hashed := strings.Cut(version, "+sha")
	e, pin := npmEntry(name, version)
	e.Direct, e.Group, e.At = true, "build", at.at()
	if hashed {
		e.Hashes = []string{"sha" + hash}
	} else if pin != (span{}) {
		e.Pin = m.pin(pin.start+len(name)+1, pin.end+len(name)+1)
	}
	f.add(e)
}

// addTools adds what devEngines names: an object with name and version, or a list of such.
func (f *File) addTools(tool value) {
	tools := []value{tool}
	if tool.is(jsonc.Array) {
		tools = slices.Collect(tool.members())
	}
	for _, tool := range tools {
		if version := tool.get("version"); tool.is(jsonc.Object) && version.is(jsonc.String) {
			if e := f.addWanted(version, tool.get("name").text(), "build"); e != nil {
				e.At = tool.at()
			}
		}
	}
}
