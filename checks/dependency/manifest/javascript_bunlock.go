package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readBunLock reads a bun.lock, JSON with commas at will. A package stands under its place, "parent/name", as a list:
// "name@version", a registry if it is another than usual, more about it, a hash.
func readBunLock(_ context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	workspaces := root.get("workspaces")
	file.Project = workspaces.get("").get("name").text()
	installed := newPlaces(abovePlace)
	var listed, more []value // the list of each entry, and what it says about it
	for list := range root.each("packages") {
		for m := range list.members() {
			if e, about := bunLocked(m); e.Name != "" && list.is(jsonc.Object) {
				if !file.add(e) {
					break
				}
				installed.put(abovePlace(m.key()), lastName(m.key()), len(file.Entries)-1)
				listed, more = append(listed, m), append(more, about)
			}
		}
	}
	needs := newReach(len(file.Entries))
	for n, m := range listed {
		near := installed.from(m.key())
		for _, key := range []string{"dependencies", "optionalDependencies", "peerDependencies"} {
			for wanted := range more[n].each(key) {
				bunNeeds(needs, n, near, wanted, key == "optionalDependencies")
			}
		}
	}
	for m := range workspaces.members() {
		bunImporter(file, installed, needs, m)
	}
	needs.mark(file.Entries)
	return nil
}

func bunNeeds(needs *reach, from int, near near, list value, optional bool) {
	for wanted := range list.members() {
		if to, ok := near.find(wanted.key()); ok && list.is(jsonc.Object) {
			needs.need(from, to, optional)
		}
	}
}

// bunImporter marks what a package of the repository asks for. What is not shared stands below its name.
func bunImporter(file *File, installed *places, needs *reach, m value) {
	name := ""
	if m.key() != "" {
		if name = m.get("name").text(); name != "" {
			file.Workspaces = append(file.Workspaces, name)
		}
	}
	near := installed.from(name)
	for list := range m.members() {
		group, ok := dependencyLists[list.key()]
		if !ok || !m.is(jsonc.Object) || !list.is(jsonc.Object) {
			continue
		}
		for wanted := range list.members() {
			if n, ok := near.find(wanted.key()); ok {
				file.Entries[n].Direct = true
				needs.root(n, group)
			}
		}
	}
}

// bunLocked is the package that a list is about, and the object with more about it.
func bunLocked(m value) (Entry, value) {
	e := Entry{Ecosystem: npm}
	about := value{}
	var words []string // beside the object
	for part := range m.members() {
		if part.is(jsonc.Object) {
			about = part
			continue
		}
		words = append(words, part.text())
	}
	if len(words) == 0 || !m.is(jsonc.Array) {
		return Entry{}, about
	}
	name, version := splitPattern(words[0])
	e, _ = npmEntry(name, version)
	if e.Origin == "" {
		e.lockedVersion()
		if len(words) > 1 {
			e.Source = withoutCredentials(words[1])
		}
	}
	if last := words[len(words)-1]; len(words) > 1 && strings.Contains(last, "-") && strings.HasPrefix(last, "sha") {
		e.Hashes = integrityOf(last)
	}
	if alias := lastName(m.key()); alias != e.Name {
		e.Alias = alias
	}
	e.Script, e.Bundled = about.get("hasInstallScript").yes(), about.get("bundled").yes()
	e.At = m.at()
	return e, about
}

// lastName is the name at the end of a place; a name may have a scope.
func lastName(place string) string {
	i := strings.LastIndexByte(place, '/')
	if i < 0 {
		return place
	}
	if j := strings.LastIndexByte(place[:i], '/'); strings.HasPrefix(place[j+1:], "@") {
		return place[j+1:]
	}
	return place[i+1:]
}

// abovePlace is a place without the name at its end.
func abovePlace(place string) string {
	return strings.TrimSuffix(strings.TrimSuffix(place, lastName(place)), "/")
}
