package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readPackagesConfig reads the list of packages that projects had before PackageReference. Versions are exact, and packages
// that others need are listed as well.
func readPackagesConfig(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "packages")
	if err != nil {
		return err
	}
	for _, n := range d.children(0, "package") {
		name, _ := d.attribute(n, "id", true)
		version, _ := d.attribute(n, "version", true)
		e := Entry{Ecosystem: nugetEcosystem, Name: name.text, Direct: true, At: d.place(n)}
		if development, _ := d.attribute(n, "developmentDependency", true); strings.EqualFold(development.text, "true") {
			e.Group = "dev"
		}
		if e.Name == "" {
			file.lose("a package without a name")
			continue
		}
		nugetVersion(&e, d, version)
		file.add(e)
	}
	return nil
}

// readNuGetConfig reads where NuGet looks for packages. All sources are asked for a package, unless a mapping says which.
func readNuGetConfig(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "configuration")
	if err != nil {
		return err
	}
	mapped := map[string][]string{} // patterns of names by source
	for _, n := range d.all(0, "packageSourceMapping", "packageSource") {
		key, _ := d.attribute(n, "key", true)
		for _, pattern := range d.children(n, "package") {
			if w, ok := d.attribute(pattern, "pattern", true); ok {
				mapped[key.text] = append(mapped[key.text], w.text)
			}
		}
	}
	alone := false // no source of the machine or the user is asked
	count := 0
	for _, sources := range d.children(0, "packageSources") {
		for n := d.elements[sources].first; n >= 0; n = d.elements[n].next {
			switch d.elements[n].name {
			case "clear":
				alone, count = true, 0
			case "add":
				count++
				nugetSource(file, d, n, mapped, alone && count == 1)
			}
		}
	}
	return nil
}

func nugetSource(file *File, d *document, n int32, mapped map[string][]string, first bool) {
	key, _ := d.attribute(n, "key", true)
	address, _ := d.attribute(n, "value", true)
	if insecure, _ := d.attribute(n, "allowInsecureConnections", true); strings.EqualFold(insecure.text, "true") {
		file.addOption(Option{Name: "allowInsecureConnections", Value: withoutCredentials(address.text), At: d.place(n)})
	}
	if !strings.Contains(address.text, "://") { // a folder
		return
	}
	source := Source{URL: withoutCredentials(address.text), At: d.place(n)}
	patterns := mapped[key.text]
	if len(patterns) == 0 {
		source.Extra = !first && len(mapped) == 0
		file.addSource(source)
	}
	for _, pattern := range patterns {
		if source.Scope = pattern; pattern == "*" {
			source.Scope = ""
		}
		file.addSource(source)
	}
}

// readNuGetLock reads what a restore chose, by target framework. A package of several frameworks in one version is one.
func readNuGetLock(ctx context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	if !root.get("dependencies").is(jsonc.Object) {
		return ErrMalformed
	}
	type version struct{ name, version string }
	known := map[version]int{}
	for framework := range root.get("dependencies").members() {
		for m := range framework.members() {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e := Entry{Ecosystem: nugetEcosystem, Name: m.key(), Version: m.get("resolved").text(), At: m.at()}
			switch strings.ToLower(m.get("type").text()) {
			case "direct":
				e.Direct = true
			case "project":
				e.Origin = checks.Local
				file.Workspaces = append(file.Workspaces, e.Name)
			}
			if hash := m.get("contentHash").text(); hash != "" {
				e.Hashes = []string{"sha512-" + hash}
			}
			key := version{strings.ToLower(e.Name), e.Version}
			if i, ok := known[key]; ok {
				same := &file.Entries[i]
				same.Direct = same.Direct || e.Direct
				if len(e.Hashes) > 0 && (len(same.Hashes) == 0 || same.Hashes[len(same.Hashes)-1] != e.Hashes[0]) {
					same.Hashes = append(same.Hashes, e.Hashes[0])
				}
				continue
			}
			if e.Name == "" {
				file.lose("a package without a name")
				continue
			}
			if file.add(e) {
				known[key] = len(file.Entries) - 1
			}
		}
	}
	return nil
}
