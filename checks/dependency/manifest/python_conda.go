package manifest

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest/yaml"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// condaFormats are the files of conda, mamba and micromamba. Their packages are not those of PyPI, whatever their names.
func condaFormats() []format {
	return []format{
		{"environment.yml", Manifest, []string{"environment.yml", "environment.yaml", "environment-*.yml", "environment-*.yaml", "environment_*.yml", "environment_*.yaml", "*-environment.yml", "*-environment.yaml", "conda.yml", "conda.yaml"}, readCondaEnvironment},
	}
}

// conda is the ecosystem of conda's packages.
const conda = "conda"

// readCondaEnvironment reads an environment of conda. It may hold a list for pip.
func readCondaEnvironment(_ context.Context, file *File, t *text.Text) error {
	d, err := yaml.Parse(string(t.Bytes))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	switch {
	case len(d.Problems) > 0:
		file.lose(fmt.Sprintf("line %d: %s", t.Position(int(d.Problems[0].Offset)).Line, d.Problems[0].Text))
	case d.Incomplete:
		file.lose("nested too deep or too long")
	case d.Aliases:
		file.lose("references between its parts")
	}
	c := &condaEnvironment{d, file, t}
	for n := int32(0); n < int32(len(d.Nodes)); n++ {
		if d.Nodes[n].Parent != jsonc.None || d.Nodes[n].Kind != jsonc.Object {
			continue
		}
		for member := range c.children(n) {
			switch d.KeyText(member) {
			case "channels":
				for channel := range c.children(member) {
					file.addSource(Source{URL: d.Text(channel), At: c.place(channel)})
				}
			case "dependencies":
				for dependency := range c.children(member) {
					c.dependency(dependency)
				}
			}
		}
	}
	return nil
}

type condaEnvironment struct {
	*yaml.Document
	file *File
	t    *text.Text
}

func (c *condaEnvironment) children(n int32) func(func(int32) bool) {
	return func(yield func(int32) bool) {
		if kind := c.Nodes[n].Kind; kind != jsonc.Object && kind != jsonc.Array {
			return
		}
		for child := c.Nodes[n].First; child != jsonc.None && yield(child); child = c.Nodes[child].Next {
		}
	}
}

func (c *condaEnvironment) place(n int32) checks.Range {
	return between(c.t, int(c.Nodes[n].Start), int(c.Nodes[n].End))
}

// written is the text of a scalar, with its place if it is there as it is.
func (c *condaEnvironment) written(n int32) written {
	node := c.Nodes[n]
	s := c.Text(n)
	raw := c.Source[node.Start:node.End]
	if i := strings.Index(raw, s); i == 0 || i == 1 {
		return verbatim(c.t, int(node.Start)+i, s)
	}
	return written{text: s, t: c.t}
}

func (c *condaEnvironment) dependency(n int32) {
	switch c.Nodes[n].Kind {
	case jsonc.String:
		c.matchSpec(n)
	case jsonc.Object:
		for member := range c.children(n) {
			if c.KeyText(member) != "pip" {
				c.file.lose("packages for " + text.Quote(c.KeyText(member), 40))
				continue
			}
			c.pip(member)
		}
	}
}

// pip reads the list for pip: each element is a line of a requirements file.
func (c *condaEnvironment) pip(n int32) {
	r := &requirementsReader{file: c.file, t: c.t, last: -1}
	for line := range c.children(n) {
		w := c.written(line)
		w.text = strings.TrimRight(withoutComment(w.text), " \t")
		if strings.TrimSpace(w.text) == "" || len(w.runs) == 0 || strings.Contains(w.text, "\n") {
			if c.Nodes[line].Kind != jsonc.Null {
				c.file.lose(fmt.Sprintf("line %d is no requirement", c.place(line).Start.Line))
			}
			continue
		}
		r.line(w)
	}
}

// matchSpec reads what conda is asked for: "channel::name=1.0=build", "name >=1,<2", "name==1.0", "name[version='>=1']".
func (c *condaEnvironment) matchSpec(n int32) {
	w := c.written(n)
	if c.Aliases && strings.HasPrefix(w.text, "*") {
		return // a reference, of which it was said that it is not followed
	}
	e := Entry{Ecosystem: conda, Direct: true, At: c.place(n)}
	at := 0
	if i := strings.Index(w.text, "::"); i >= 0 {
		e.Source = w.text[:i]
		at = i + len("::")
	}
	at = skipBlanks(w.text, at)
	end := at
	for end < len(w.text) && strings.IndexByte("=<>!~ \t[", w.text[end]) < 0 {
		end++
	}
	e.Name = strings.ToLower(w.text[at:end])
	if e.Name == "" {
		c.file.lose(fmt.Sprintf("line %d names no package", e.At.Start.Line))
		return
	}
	specifier := strings.TrimSpace(w.text[end:])
	begin := end + strings.Index(w.text[end:], specifier)
	if version, at := exactlyConda(specifier); version != "" {
		e.Version = version
		if !strings.Contains(specifier[at+len(version):], "=") {
			e.Pin = w.pin(begin+at, begin+at+len(version))
		}
	} else {
		e.Requirement = specifier
	}
	c.file.addEntry(e)
}

// exactlyConda is the one version that conda is asked for, and where in the specifier it stands. For conda "=1.0" is any 1.0.x,
// unless a build is named too.
func exactlyConda(specifier string) (version string, at int) {
	rest, ok := strings.CutPrefix(specifier, "==")
	if !ok {
		if rest, ok = strings.CutPrefix(specifier, "="); !ok || !strings.Contains(rest, "=") {
			return "", 0
		}
	}
	at = skipBlanks(specifier, len(specifier)-len(rest))
	version, _, _ = strings.Cut(strings.TrimSpace(rest), "=")
	if version == "" || strings.ContainsAny(version, "*,|<>! ") {
		return "", 0
	}
	return version, at
}

// exported reads a line that "conda list --export" wrote, "name=version=build", which some keep as requirements.txt. What
// conda had from pip has "pypi" for its build.
func exported(line string, byConda bool, e *Entry) bool {
	parts := strings.Split(strings.TrimSpace(line), "=")
	if len(parts) < 2 || len(parts) > 3 || len(parts) == 2 && !byConda {
		return false
	}
	for _, part := range parts {
		if part == "" || strings.ContainsAny(part, "<>!~;, \t@/") {
			return false
		}
	}
	e.Ecosystem, e.Name, e.Version = conda, strings.ToLower(parts[0]), parts[1]
	if len(parts) == 3 && strings.HasPrefix(parts[2], "pypi") {
		e.Ecosystem, e.Name = pypi, pep503(parts[0])
	}
	return true
}
