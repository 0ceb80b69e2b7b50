package manifest

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// requirementLists are where pyproject.toml keeps lists of requirements: the path of keys, in which "*" is any key, and the
// group of the packages there, unless the name of a key says another.
var requirementLists = []struct {
	path, group string
	override    bool // not asked for, but forced on whoever asks
}{
	{path: "project.dependencies"},
	{path: "project.optional-dependencies.*", group: "optional"},
	{path: "dependency-groups.*", group: "dev"},
	{path: "build-system.requires", group: "build"},
	{path: "tool.uv.dev-dependencies", group: "dev"},
	{path: "tool.uv.override-dependencies", override: true},
	{path: "tool.uv.constraint-dependencies", override: true},
	{path: "tool.uv.build-constraint-dependencies", group: "build", override: true},
	{path: "tool.pdm.dev-dependencies.*", group: "dev"},
	{path: "tool.rye.dev-dependencies", group: "dev"},
	{path: "tool.hatch.envs.*.dependencies", group: "dev"},
	{path: "tool.hatch.envs.*.extra-dependencies", group: "dev"},
	{path: "tool.hatch.build.hooks.*.dependencies", group: "build"},
	{path: "tool.hatch.build.targets.*.dependencies", group: "build"},
	{path: "tool.hatch.build.targets.*.hooks.*.dependencies", group: "build"},
	{path: "tool.flit.metadata.requires"},
	{path: "tool.flit.metadata.dev-requires", group: "dev"},
	{path: "tool.flit.metadata.requires-extra.*", group: "optional"},
}

// readPyproject reads pyproject.toml as PEP 621 and PEP 735 define it, and the tables of the tools that add to it.
func readPyproject(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	p := &pyproject{file: file, t: t, Document: d}
	for _, name := range []int32{d.Member(toml.Root, "project", "name"), d.Member(toml.Root, "tool", "poetry", "name")} {
		if file.Project == "" {
			file.Project = pep503(d.String(name))
		}
	}
	for _, list := range requirementLists {
		p.walk(toml.Root, strings.Split(list.path, "."), "", list.group, list.override)
	}
	p.uv(d.Member(toml.Root, "tool", "uv"))
	p.poetry(d.Member(toml.Root, "tool", "poetry"))
	p.pdm(d.Member(toml.Root, "tool", "pdm"))
	p.sources(d.Member(toml.Root, "tool", "rye", "sources"))
	file.inOrder()
	return nil
}

// pyproject is a TOML file with requirements.
type pyproject struct {
	*toml.Document
	file *File
	t    *text.Text
}

// walk reads the lists that a path of keys leads to. Name is what a "*" stood for.
func (p *pyproject) walk(n int32, path []string, name, group string, override bool) {
	if len(path) == 0 {
		p.list(n, pythonGroup(name, group), override)
		return
	}
	if !p.Is(n, toml.Table) {
		return
	}
	for child := range p.Children(n) {
		switch key := p.Key(child); {
		case path[0] == "*":
			p.walk(child, path[1:], name+" "+key, group, override)
		case path[0] == key:
			p.walk(child, path[1:], name, group, override)
		}
	}
}

// list reads an array of requirements.
func (p *pyproject) list(n int32, group string, override bool) {
	if !p.Is(n, toml.Array) {
		return
	}
	for child := range p.Children(n) {
		if !p.Is(child, toml.String) {
			continue // a table includes another group
		}
		e := Entry{Direct: !override, Override: override, Group: group, At: tomlPlace(p.t, p.Document, child)}
		p.requirement(child, &e)
	}
}

// requirement reads a string that holds one requirement, perhaps after "-e".
func (p *pyproject) requirement(n int32, e *Entry) {
	w := p.written(n)
	if rest := strings.TrimPrefix(strings.TrimPrefix(w.text, "-e "), "--editable "); rest != w.text {
		w = w.slice(len(w.text)-len(rest), len(w.text))
	}
	r, ok := parseRequirement(w.text)
	if !ok {
		p.file.lose(fmt.Sprintf("line %d is no requirement", e.At.Start.Line))
		return
	}
	if p.file.place(w, r, e) {
		p.file.addEntry(*e)
	}
}

// written is the text of a string. That of one with escapes stands nowhere in the file.
func (p *pyproject) written(n int32) written {
	if inside, ok := p.Inside(n); ok {
		return verbatim(p.t, int(inside.Start), p.String(n))
	}
	return written{text: p.String(n), t: p.t}
}

// uv reads what uv adds, which uv.toml may hold too: indexes, where packages come from, and the members of a workspace.
func (p *pyproject) uv(n int32) {
	if n == toml.None {
		return
	}
	indexes := map[string]string{}
	for index := range p.Children(p.Member(n, "index")) {
		name, address := p.String(p.Member(index, "name")), p.String(p.Member(index, "url"))
		indexes[name] = address
		if !p.isTrue(p.Member(index, "explicit")) {
			p.file.addSource(Source{URL: address, Extra: !p.isTrue(p.Member(index, "default")), At: tomlPlace(p.t, p.Document, index)})
		}
	}
	p.uvAddresses(n)
	p.uvAddresses(p.Member(n, "pip"))
	for members := range p.Children(p.Member(n, "workspace", "members")) {
		if folder, ok := inRepository(p.file.Path, p.String(members)); ok {
			p.file.holds(folder)
		}
	}
	places := p.file.byName()
	for source := range p.Children(p.Member(n, "sources")) {
		name := pep503(p.Key(source))
		alternatives := []int32{source}
		if p.Is(source, toml.Array) {
			alternatives = alternatives[:0]
			for alternative := range p.Children(source) {
				alternatives = append(alternatives, alternative)
			}
		}
		for _, alternative := range alternatives {
			p.from(name, alternative, indexes, places[name])
		}
	}
}

// uvAddresses are the settings of uv that are lists of addresses or hosts.
func (p *pyproject) uvAddresses(n int32) {
	if n == toml.None {
		return
	}
	for member := range p.Children(n) {
		at := tomlPlace(p.t, p.Document, member)
		values := []string{p.String(member)}
		for value := range p.Children(member) {
			values = append(values, p.String(value))
		}
		for _, value := range values {
			switch key := p.Key(member); {
			case value == "":
			case key == "index-url":
				p.file.addSource(Source{URL: value, At: at})
			case key == "extra-index-url" || key == "find-links":
				p.file.addSource(Source{URL: value, Extra: true, At: at})
			case key == "allow-insecure-host" || key == "trusted-host":
				p.file.addOption(Option{"trusted-host", value, at})
			case key == "index-strategy" && strings.HasPrefix(value, "unsafe"):
				p.file.addOption(Option{key, value, at})
			}
		}
	}
}

// from fills in where the packages of a name, which stand at the places, come from, as a table says.
func (p *pyproject) from(name string, n int32, indexes map[string]string, places []int) {
	var source Entry
	p.origin(n, &source)
	if index := p.String(p.Member(n, "index")); index != "" {
		source.Source = withoutCredentials(indexes[index])
		p.file.addSource(Source{URL: indexes[index], Scope: name, At: tomlPlace(p.t, p.Document, n)})
	}
	for _, i := range places {
		if e := &p.file.Entries[i]; e.Origin == "" && !e.Override {
			e.Origin, e.Source = source.Origin, source.Source
		}
	}
}

// origin fills in what a table with "git", "path", "url", "file" or "workspace" says of where a package comes from.
func (p *pyproject) origin(n int32, e *Entry) {
	if !p.Is(n, toml.Table) {
		return
	}
	value := func(key string) string { return p.String(p.Member(n, key)) }
	switch {
	case value("git") != "":
		e.Origin = checks.Git
		revision := ""
		for _, key := range []string{"rev", "ref", "tag", "branch"} {
			if revision == "" {
				revision = value(key)
			}
		}
		e.Source = gitAddress(value("git"), revision)
	case value("path") != "" || strings.HasPrefix(value("file"), "."):
		e.Origin, e.Source = checks.Local, value("path")+value("file")
		if folder, ok := inRepository(p.file.Path, e.Source); ok {
			p.file.holds(folder)
		}
	case value("url") != "" || value("file") != "":
		e.Origin, e.Source = checks.URL, withoutCredentials(value("url")+value("file"))
		if name, version := ofArchive(e.Source); name == e.Name {
			e.Version = version
		}
	case p.isTrue(p.Member(n, "workspace")):
		e.Origin = checks.Local
	}
}

// gitAddress is a repository's address and a revision as pip writes them.
func gitAddress(address, revision string) string {
	address = withoutCredentials(address)
	if strings.Contains(address, "://") && !strings.HasPrefix(address, "git+") {
		address = "git+" + address
	}
	if revision == "" {
		return address
	}
	return address + "@" + revision
}

func (p *pyproject) isTrue(n int32) bool { return p.Is(n, toml.Bool) && p.Text(n) == "true" }

func (p *pyproject) isFalse(n int32) bool { return p.Is(n, toml.Bool) && p.Text(n) == "false" }

// pdm reads the tables of PDM.
func (p *pyproject) pdm(n int32) {
	if n == toml.None {
		return
	}
	p.sources(p.Member(n, "source"))
	for override := range p.Children(p.Member(n, "resolution", "overrides")) {
		e := Entry{Override: true, At: tomlPlace(p.t, p.Document, override)}
		w := p.written(override)
		if strings.Contains(w.text, "://") {
			p.file.place(w, requirement{name: p.Key(override), address: w.text}, &e)
		} else if isComparison(w.text) {
			p.file.place(w, requirement{name: p.Key(override), specifier: w.text}, &e)
		} else {
			p.file.place(w, requirement{name: p.Key(override)}, &e)
			e.Version = w.text
		}
		p.file.addEntry(e)
	}
}

// sources reads "[[source]]" of PDM, Rye and Pipenv. All but the one that stands for PyPI are asked besides it.
func (p *pyproject) sources(n int32) {
	first := true
	for source := range p.Children(n) {
		at := tomlPlace(p.t, p.Document, source)
		s := Source{URL: p.String(p.Member(source, "url")), At: at}
		name := p.String(p.Member(source, "name"))
		s.Extra = name != "pypi" && (!first || p.file.Format != "Pipfile")
		first = false
		scoped := false
		for pattern := range p.Children(p.Member(source, "include_packages")) {
			s.Scope, scoped = p.String(pattern), true
			p.file.addSource(s)
		}
		if !scoped {
			p.file.addSource(s)
		}
		if p.isFalse(p.Member(source, "verify_ssl")) {
			p.file.addOption(Option{"verify_ssl", withoutCredentials(s.URL), at})
		}
	}
}

// readUVToml reads the settings of uv.
func readUVToml(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	(&pyproject{file: file, t: t, Document: d}).uv(toml.Root)
	file.inOrder()
	return nil
}
