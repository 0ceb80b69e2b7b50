package manifest

import (
	"context"
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// pom reads a pom.xml. What its parent says is in another file.
type pom struct {
	*document
	file       *File
	properties map[string]xmlText
	managed    map[string]xmlText // versions by "group:artifact", as written
	lent       map[int][]int      // by where a property stands: the entries that have their version from it
}

func readPom(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "project")
	if err != nil {
		return err
	}
	p := &pom{document: d, file: file, properties: map[string]xmlText{}, managed: map[string]xmlText{}, lent: map[int][]int{}}
	p.readProperties()
	p.itself()
	for _, n := range p.sections("dependencyManagement", "dependencies", "dependency") {
		p.managed[p.name(n)] = p.content(p.child(n, "version"))
	}
	p.packages("", "dependencyManagement", "dependencies", "dependency")
	p.packages("", "dependencies", "dependency")
	p.packages("build", "build", "extensions", "extension")
	for _, way := range [][]string{{"build", "plugins", "plugin"}, {"build", "pluginManagement", "plugins", "plugin"}, {"reporting", "plugins", "plugin"}} {
		p.packages("build", way...)
		p.packages("build", append(way, "dependencies", "dependency")...)
		p.packages("build", append(way, "configuration", "annotationProcessorPaths", "path")...)
	}
	file.unpinShared(p.lent)
	sortByPlace(file.Entries)
	p.repositories("repositories", "repository")
	p.repositories("pluginRepositories", "pluginRepository")
	return nil
}

// sections gives what a path of names leads to from the project and from each of its profiles.
func (p *pom) sections(way ...string) []int32 {
	return append(p.all(0, way...), p.all(0, append([]string{"profiles", "profile"}, way...)...)...)
}

// itself notes the names that the repository holds, and the parent.
func (p *pom) itself() {
	group, artifact := p.fill("${project.groupId}"), p.fill("${project.artifactId}")
	if !strings.Contains(group+artifact, "${") {
		p.file.Project = group + ":" + artifact
		p.file.holds(p.file.Project)
	}
	for _, module := range p.sections("modules", "module") {
		p.file.holds(p.content(module).text)
	}
	parent := p.child(0, "parent")
	if parent < 0 {
		return
	}
	folder := path.Dir(string(p.file.Path))
	relative := p.child(parent, "relativePath")
	if written := p.content(relative).text; written != "" {
		name := path.Join(folder, written)
		if path.Ext(name) != ".xml" {
			name = path.Join(name, "pom.xml")
		}
		if name != ".." && !strings.HasPrefix(name, "../") && !path.IsAbs(written) {
			p.file.Includes = append(p.file.Includes, checks.Path(name))
		}
		return
	}
	if relative >= 0 || folder == "." { // else Maven looks one folder up, and asks a repository only when there is none
		p.entry(parent, "build")
	}
}

func (p *pom) packages(group string, way ...string) {
	for _, n := range p.sections(way...) {
		p.entry(n, group)
	}
}

// name is "group:artifact" of an element that has these inside.
func (p *pom) name(n int32) string {
	group := p.content(p.child(n, "groupId")).text
	if group == "" && p.elements[n].name == "plugin" {
		group = "org.apache.maven.plugins"
	}
	return p.fill(group) + ":" + p.fill(p.content(p.child(n, "artifactId")).text)
}

// entry adds what an element names by groupId, artifactId and version.
func (p *pom) entry(n int32, group string) {
	e := Entry{Ecosystem: mavenEcosystem, Name: p.name(n), Group: group, Direct: true, At: p.place(n)}
	switch {
	case strings.HasPrefix(e.Name, ":") || strings.HasSuffix(e.Name, ":"):
		p.file.lose("a dependency without a name")
		return
	case strings.Contains(e.Name, "${"): // another file completes it, as the parent does a version
		return
	}
	if group == "" {
		switch scope := p.content(p.child(n, "scope")).text; {
		case scope == "test":
			e.Group = "test"
		case p.content(p.child(n, "optional")).text == "true":
			e.Group = "optional"
		}
	}
	if system := p.content(p.child(n, "systemPath")).text; system != "" {
		e.Origin, e.Source = checks.Local, system
	}
	version := p.content(p.child(n, "version"))
	if version.text == "" && group == "" {
		if version = p.managed[e.Name]; version.text != "" {
			version.start, version.end = 0, 0 // the managed one has the pin
		}
	}
	if p.sibling(e.Name, version.text) {
		e.Origin = checks.Local
	}
	value, property := p.resolve(version)
	mavenVersion(&e, p.document, value)
	if property && e.Pin != nil {
		p.lent[value.start] = append(p.lent[value.start], len(p.file.Entries))
	}
	p.file.add(e)
}

// sibling reports whether a package is another module of the same project: of its group, in the project's own version.
func (p *pom) sibling(name, version string) bool {
	group, _, _ := strings.Cut(name, ":")
	if group != p.fill("${project.groupId}") {
		return false
	}
	for _, own := range []string{"${project.version}", "${project.parent.version}", "${pom.version}", "${parent.version}", "${version}", "${revision}"} {
		if strings.HasPrefix(version, own) {
			return true
		}
	}
	return false
}

// repositories adds what is asked besides Maven's own repository. One that takes its place has the name "central".
func (p *pom) repositories(way ...string) {
	for _, n := range p.sections(way...) {
		if url := p.fill(p.content(p.child(n, "url")).text); url != "" {
			central := p.content(p.child(n, "id")).text == "central"
			p.file.addSource(Source{URL: url, Extra: !central, At: p.place(n)})
		}
		for _, policy := range p.all(n, "releases", "checksumPolicy") {
			if value := p.content(policy).text; value == "ignore" {
				p.file.addOption(Option{Name: "checksumPolicy", Value: value, At: p.place(policy)})
			}
		}
	}
}
