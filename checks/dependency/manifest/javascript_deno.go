package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readDeno reads a deno.json or deno.jsonc: what names in imports stand for, for all modules or in a scope.
func readDeno(_ context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	file.Project = root.get("name").text()
	for m := range root.members() {
		switch m.key() {
		case "imports":
			file.addImports(m)
		case "scopes":
			for scope := range m.members() {
				file.addImports(scope)
			}
		case "workspace":
			file.addMembers(m)
		case "compilerOptions":
			for imported := range m.each("jsxImportSource") {
				file.addImported(imported, "")
			}
		case "allowScripts":
			file.addAllowed(m)
		}
	}
	return nil
}

func (f *File) addMembers(list value) {
	if list.is(jsonc.Object) {
		list = list.get("members")
	}
	f.Workspaces = append(f.Workspaces, list.texts()...)
}

func (f *File) addImports(list value) {
	if !list.is(jsonc.Object) {
		return
	}
	for m := range list.members() {
		f.addImported(m, strings.TrimSuffix(m.key(), "/"))
	}
}

// addImported adds what an import stands for: "npm:name@range/path", "jsr:…" or an address. Files are no packages.
func (f *File) addImported(m value, as string) {
	spec := m.text()
	scheme, rest, _ := strings.Cut(spec, ":")
	switch scheme {
	case "npm", "jsr":
		slash := len(rest) - len(strings.TrimPrefix(rest, "/")) // "npm:/name" is the same
		rest = rest[slash:]
		name, wanted := splitPattern(rest)
		wanted, _, _ = strings.Cut(wanted, "/")
		e, pin := npmEntry(modulePackage(name), wanted)
		if scheme == "jsr" {
			e.Ecosystem = jsr
		}
		if as != e.Name {
			e.Alias = as
		}
		e.Direct, e.At = true, m.at()
		if pin != (span{}) {
			before := len(scheme) + 1 + slash + len(name) + 1
			e.Pin = m.pin(pin.start+before, pin.end+before)
		}
		f.add(e)
	case "http", "https":
		f.add(Entry{Ecosystem: deno, Name: withoutCredentials(spec), Direct: true, Origin: checks.URL, Source: withoutCredentials(spec), At: m.at()})
	}
}

// modulePackage is the package in "name/path" and "@scope/name/path".
func modulePackage(module string) string {
	parts := strings.SplitN(module, "/", 3)
	if strings.HasPrefix(module, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// readDenoLock reads a deno.lock of versions 1 to 5. Packages have keys like "name@1.0.0_peer@1.0.0".
func readDenoLock(_ context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	lists := root
	for _, outer := range []string{"packages", "npm"} { // version 3, version 2
		if inner := root.get(outer); inner.get("specifiers").is(jsonc.Object) {
			lists = inner
		}
	}
	l := &denoLock{file, denoWishes(root, lists)}
	for list := range root.members() {
		switch key := list.key(); {
		case key == "remote":
			l.addRemote(list)
		case key == "packages":
			for inner := range list.members() {
				l.addPackages(inner, inner.key())
			}
		case key == "npm" && list.get("packages").is(jsonc.Object):
			l.addPackages(list.get("packages"), npm)
		case key == "npm" || key == "jsr":
			l.addPackages(list, key)
		case strings.HasPrefix(key, "https:") || strings.HasPrefix(key, "http:"): // version 1 holds nothing else
			l.addModule(list)
		}
	}
	return nil
}

type denoLock struct {
	file   *File
	direct map[string]bool // packages, as "npm:name@1.0.0"
}

// denoWishes are the packages that the project, or a package of its workspace, asks for.
func denoWishes(root, lists value) map[string]bool {
	found := map[string]string{}
	specifiers := lists.get("specifiers")
	for m := range specifiers.members() {
		if specifiers.is(jsonc.Object) {
			found[m.key()] = m.text()
		}
	}
	workspace := root.get("workspace")
	wanted := append(workspace.get("dependencies").texts(), workspace.get("packageJson", "dependencies").texts()...)
	members := workspace.get("members")
	for m := range members.members() {
		if members.is(jsonc.Object) {
			wanted = append(wanted, m.get("dependencies").texts()...)
			wanted = append(wanted, m.get("packageJson", "dependencies").texts()...)
		}
	}
	direct := map[string]bool{}
	for _, wish := range wanted {
		scheme, rest, _ := strings.Cut(wish, ":")
		name, _ := splitPattern(rest)
		version := found[wish]
		if strings.Contains(version, ":") { // version 3 repeats all of it
			direct[version] = true
			continue
		}
		direct[scheme+":"+name+"@"+version] = true
	}
	return direct
}

func (l *denoLock) addPackages(list value, scheme string) {
	if !list.is(jsonc.Object) || scheme != npm && scheme != "jsr" {
		return
	}
	for m := range list.members() {
		name, version := splitPattern(m.key())
		version, _, _ = strings.Cut(version, "_")
		e := Entry{
			Ecosystem: npm, Name: name, Version: version, Direct: l.direct[scheme+":"+m.key()],
			Source: withoutCredentials(m.get("tarball").text()), Hashes: integrityOf(m.get("integrity").text()),
			Script: m.get("scripts").yes(), At: m.at(),
		}
		if scheme == "jsr" {
			e.Ecosystem = jsr
		}
		l.file.add(e)
	}
}

func (l *denoLock) addRemote(list value) {
	if !list.is(jsonc.Object) {
		return
	}
	for m := range list.members() {
		l.addModule(m)
	}
}

// addModule adds a module that is fetched by its address, with its SHA-256.
func (l *denoLock) addModule(m value) {
	address := withoutCredentials(m.key())
	e := Entry{Ecosystem: deno, Name: address, Origin: checks.URL, Source: address, At: m.at()}
	if hash := m.text(); hash != "" {
		e.Hashes = []string{"sha256:" + hash}
	}
	l.file.add(e)
}
