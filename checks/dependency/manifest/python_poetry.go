package manifest

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/toml"
)

// poetry reads the tables of Poetry.
func (p *pyproject) poetry(n int32) {
	if n == toml.None {
		return
	}
	p.dependencyTable(p.Member(n, "dependencies"), "")
	p.dependencyTable(p.Member(n, "dev-dependencies"), "dev")
	p.dependencyTable(p.Member(n, "requires-plugins"), "build")
	for group := range p.Children(p.Member(n, "group")) {
		otherwise := "dev"
		if p.isTrue(p.Member(group, "optional")) {
			otherwise = "optional"
		}
		p.dependencyTable(p.Member(group, "dependencies"), pythonGroup(p.Key(group), otherwise))
	}
	named := p.poetrySources(p.Member(n, "source"))
	for i := range p.file.Entries {
		if address, ok := named[p.file.Entries[i].Source]; ok && p.file.Entries[i].Origin == "" {
			p.file.Entries[i].Source = address
		}
	}
}

// dependencyTable reads a table whose keys are packages, as Poetry and Pipenv write them.
func (p *pyproject) dependencyTable(n int32, group string) {
	if !p.Is(n, toml.Table) {
		return
	}
	for child := range p.Children(n) {
		name := p.Key(child)
		switch {
		case name == "python" && p.file.Format == "pyproject.toml":
		case p.Is(child, toml.Array):
			// One of several, by what the machine is.
			for alternative := range p.Children(child) {
				p.dependency(name, alternative, group)
			}
		default:
			p.dependency(name, child, group)
		}
	}
}

// dependency reads one package: its version, or a table with that and where it comes from.
func (p *pyproject) dependency(name string, n int32, group string) {
	name, _, _ = strings.Cut(name, "[")
	e := Entry{Ecosystem: pypi, Name: pep503(name), Direct: true, Group: group, At: tomlPlace(p.t, p.Document, n)}
	version := n
	if p.Is(n, toml.Table) {
		version = p.Member(n, "version")
		if p.isTrue(p.Member(n, "optional")) && e.Group == "" {
			e.Group = "optional"
		}
		e.Source = p.String(p.Member(n, "source"))
		if index := p.String(p.Member(n, "index")); index != "" {
			e.Source = index
		}
		p.origin(n, &e)
	}
	if p.Is(version, toml.String) {
		p.poetryVersion(version, &e)
	}
	p.file.addEntry(e)
}

// poetryVersion reads a version as Poetry and Pipenv take it. For Poetry a version without an operator is that very one.
func (p *pyproject) poetryVersion(n int32, e *Entry) {
	w := p.written(n)
	version, at, alone := exactly(w.text)
	if bare := strings.TrimSpace(w.text); version == "" && p.file.Format == "pyproject.toml" && bare != "" && strings.Trim(bare[:1], "0123456789vV") == "" && !strings.ContainsAny(bare, "*<>=!~^|, ") {
		version, at, alone = bare, strings.Index(w.text, bare), true
	}
	if strings.Contains(w.text, "||") {
		version = ""
	}
	if e.Version = version; version == "" {
		e.Requirement = w.text
	} else if alone {
		e.Pin = w.pin(at, at+len(version))
	}
}

// poetrySources reads the indexes that Poetry asks, and gives their addresses by name. Of an explicit one it is said which
// packages it is for.
func (p *pyproject) poetrySources(n int32) map[string]string {
	named := map[string]string{}
	wanted := map[string][]string{} // the packages that name a source
	for i := range p.file.Entries {
		if e := &p.file.Entries[i]; e.Source != "" && e.Origin == "" {
			wanted[e.Source] = append(wanted[e.Source], e.Name)
		}
	}
	replaced := false // PyPI, by the first index that is asked like it
	for source := range p.Children(n) {
		name, address, priority := p.String(p.Member(source, "name")), p.String(p.Member(source, "url")), strings.ToLower(p.String(p.Member(source, "priority")))
		named[name] = withoutCredentials(address)
		s := Source{URL: address, At: tomlPlace(p.t, p.Document, source)}
		switch {
		case priority == "explicit":
			for _, s.Scope = range wanted[name] {
				p.file.addSource(s)
			}
			delete(wanted, name)
			continue
		case priority == "supplemental" || priority == "secondary" || p.isTrue(p.Member(source, "secondary")):
			s.Extra = true
		default:
			s.Extra = replaced
			replaced = true
		}
		p.file.addSource(s)
	}
	return named
}
