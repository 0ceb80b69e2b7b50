package manifest

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// maxOverrides is how deep overrides may stand in each other; npm sees no use in more than a few steps.
const maxOverrides = 20

// addOverrides reads npm's overrides: from names, which may have a version behind "@", to versions, or to objects in
// which "." stands for the package itself.
func (f *File) addOverrides(list value, outer string, depth int) {
	if !list.is(jsonc.Object) {
		return
	}
	if depth == maxOverrides {
		f.lose("overrides nested too deep")
		return
	}
	for m := range list.members() {
		name := selected(m.key())
		if m.key() == "." {
			name = outer
		}
		if m.is(jsonc.Object) {
			f.addOverrides(m, name, depth+1)
			continue
		}
		f.addForcedTo(m, name)
	}
}

// addForced reads Yarn's resolutions and pnpm's overrides: from selectors to versions.
func (f *File) addForced(list value) {
	if !list.is(jsonc.Object) {
		return
	}
	for m := range list.members() {
		f.addForcedTo(m, selected(m.key()))
	}
}

// addForcedTo adds what an override puts in a package's place. One that refers to a dependency ("$name") or takes the
// package away ("-") puts nothing new there.
func (f *File) addForcedTo(m value, name string) {
	if to := m.text(); m.is(jsonc.String) && (to == "" || to == "-" || to[0] == '$') {
		return
	}
	if e := f.addWanted(m, name, ""); e != nil {
		e.Override = true
	}
}

// selected is the name of the package that a selector means: "parent>name@range" of pnpm, "parent/**/name" of Yarn.
func selected(selector string) string {
	for i := len(selector) - 1; i > 0; i-- {
		if selector[i] == '>' && strings.IndexByte(" |@", selector[i-1]) < 0 {
			selector = selector[i+1:]
			break
		}
	}
	for _, scheme := range []string{"@patch:", "@http", "@git", "@file:", "@link:", "@portal:", "@workspace:", "@ssh"} {
		if i := strings.Index(selector, scheme); i > 0 && selector[i-1] != '/' {
			selector = selector[:i]
		}
	}
	scope := ""
	if i := strings.LastIndexByte(selector, '/'); i >= 0 {
		parent := selector[:i]
		selector = selector[i+1:]
		parent = parent[strings.LastIndexByte(parent, '/')+1:]
		if strings.HasPrefix(parent, "@") {
			scope = parent + "/"
		}
	}
	if i := strings.IndexByte(selector, '@'); i > 0 {
		selector = selector[:i]
	}
	return scope + selector
}

// addCatalogs reads a catalog, a list of versions that packages of the workspace refer to by "catalog:", or several
// with names of their own.
func (f *File) addCatalogs(list value) {
	if !list.is(jsonc.Object) {
		return
	}
	for m := range list.members() {
		if m.is(jsonc.Object) && list.key() == "catalogs" {
			f.addDependencies(m, "")
		} else if list.key() == "catalog" {
			f.addWanted(m, m.key(), "")
		}
	}
}

// addExtensions reads packageExtensions: packages that are added to what others ask for.
func (f *File) addExtensions(list value) {
	if !list.is(jsonc.Object) {
		return
	}
	for extended := range list.members() {
		for dependencies := range extended.members() {
			if group, ok := dependencyLists[dependencies.key()]; ok && extended.is(jsonc.Object) {
				f.addDependencies(dependencies, group)
			}
		}
	}
}
