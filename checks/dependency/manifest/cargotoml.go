package manifest

import (
	"context"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// cargoToml reads a Cargo.toml, or what a configuration of Cargo has in common with it.
type cargoToml struct {
	*toml.Document
	file *File
	text *text.Text
}

func readCargoToml(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	c := cargoToml{d, file, t}
	for _, path := range [][]string{{"package", "name"}, {"project", "name"}} {
		if name := d.String(d.Member(toml.Root, path...)); name != "" {
			file.Project = name
			file.holds(name)
		}
	}
	for member := range d.Children(d.Member(toml.Root, "workspace", "members")) {
		if folder := d.String(member); folder != "" {
			file.holds(folder)
		}
	}
	c.sections(toml.Root)
	for target := range d.Children(d.Member(toml.Root, "target")) {
		c.sections(target)
	}
	c.dependencies(d.Member(toml.Root, "workspace", "dependencies"), "")
	c.patches()
	sortByPlace(file.Entries)
	return nil
}

// sections reads what a crate, or a target of it, depends on.
func (c cargoToml) sections(table int32) {
	for _, section := range []struct{ name, group string }{
		{"dependencies", ""}, {"dev-dependencies", "dev"}, {"dev_dependencies", "dev"}, {"build-dependencies", "build"}, {"build_dependencies", "build"},
	} {
		c.dependencies(c.Member(table, section.name), section.group)
	}
}

// patches reads what takes the place of crates, wherever they are asked for.
func (c cargoToml) patches() {
	for registry := range c.Children(c.Member(toml.Root, "patch")) {
		c.dependencies(registry, "")
	}
	for n := range c.Children(c.Member(toml.Root, "replace")) { // the keys are "name:version"
		name, _, _ := strings.Cut(c.Key(n), ":")
		c.dependency(n, name, "")
	}
}

func (c cargoToml) dependencies(table int32, group string) {
	for n := range c.Children(table) {
		c.dependency(n, c.Key(n), group)
	}
}

// dependency adds a crate. One that the workspace's root describes is read there.
func (c cargoToml) dependency(n int32, name, group string) {
	e := Entry{Ecosystem: cratesEcosystem, Name: name, Direct: true, Group: group, At: tomlPlace(c.text, c.Document, n)}
	switch {
	case c.Is(n, toml.String):
		c.version(&e, n)
	case !c.Is(n, toml.Table):
		c.file.lose("a dependency that is neither a version nor a table")
		return
	case c.Text(c.Member(n, "workspace")) == "true":
		return
	default:
		if renamed := c.String(c.Member(n, "package")); renamed != "" && renamed != name {
			e.Name, e.Alias = renamed, name
		}
		if group == "" && c.Text(c.Member(n, "optional")) == "true" {
			e.Group = "optional"
		}
		c.version(&e, c.Member(n, "version"))
		c.origin(&e, n)
	}
	c.file.add(e)
}

// origin fills in where a crate comes from. A folder comes before a version, which is for those who publish.
func (c cargoToml) origin(e *Entry, n int32) {
	path, git := c.String(c.Member(n, "path")), c.String(c.Member(n, "git"))
	index := c.String(c.Member(n, "registry-index"))
	switch {
	case path != "":
		e.Origin, e.Source = checks.Local, path
	case git != "":
		e.Origin, e.Source = checks.Git, "git+"+withoutCredentials(git)
		for _, key := range []string{"branch", "tag", "rev"} { // as Cargo writes it into the lockfile
			if value := c.String(c.Member(n, key)); value != "" {
				e.Source += "?" + key + "=" + value
				break
			}
		}
	case index != "":
		e.Origin, e.Source = checks.Private, withoutCredentials(index)
	default:
		if registry := c.String(c.Member(n, "registry")); registry != "" && registry != "crates-io" {
			e.Origin = checks.Private
		}
	}
}

// cargoRequirement is a version or "^" or "=" and a version; "1.2" stands for "^1.2".
var cargoRequirement = regexp.MustCompile(`^(=|\^)?\s*([0-9]+(?:\.[0-9]+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

func (c cargoToml) version(e *Entry, n int32) {
	requirement := c.String(n)
	parts := cargoRequirement.FindStringSubmatchIndex(requirement)
	if parts == nil {
		e.Requirement = requirement
		return
	}
	version := requirement[parts[4]:parts[5]]
	if strings.HasPrefix(requirement, "=") && strings.Count(version, ".") >= 2 {
		e.Version = version
	} else {
		e.Requirement = requirement
	}
	if place, ok := c.Inside(n); ok {
		e.Pin = pinBetween(c.text, int(place.Start)+parts[4], int(place.Start)+parts[5])
	}
}
