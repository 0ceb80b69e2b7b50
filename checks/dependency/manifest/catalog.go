package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// catalog reads a version catalogue of Gradle. Plugins are left out: they are published elsewhere than libraries.
type catalog struct {
	*toml.Document
	file     *File
	text     *text.Text
	versions map[string]int32
	lent     map[int][]int // by where a version stands: the entries that refer to it
}

func readVersionCatalog(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	c := catalog{d, file, t, map[string]int32{}, map[int][]int{}}
	for n := range d.Children(d.Member(toml.Root, "versions")) {
		c.versions[d.Key(n)] = n
	}
	for n := range d.Children(d.Member(toml.Root, "libraries")) {
		c.library(n)
	}
	file.unpinShared(c.lent)
	sortByPlace(file.Entries)
	return nil
}

// library adds "group:name:version", or a table with module, or group and name, and a version.
func (c catalog) library(n int32) {
	e := Entry{Ecosystem: mavenEcosystem, Direct: true, At: tomlPlace(c.text, c.Document, n)}
	if c.Is(n, toml.String) {
		written := c.Text(n)
		parts := strings.SplitN(written, ":", 3)
		if len(parts) < 2 {
			c.file.lose("a library without a name")
			return
		}
		e.Name = parts[0] + ":" + parts[1]
		if len(parts) == 3 {
			c.version(&e, parts[2], n, len(written)-len(parts[2]))
		}
		c.file.add(e)
		return
	}
	if e.Name = c.String(c.Member(n, "module")); e.Name == "" {
		e.Name = c.String(c.Member(n, "group")) + ":" + c.String(c.Member(n, "name"))
	}
	if !strings.Contains(strings.Trim(e.Name, ":"), ":") {
		c.file.lose("a library without a name")
		return
	}
	c.versionOf(&e, c.Member(n, "version"))
	c.file.add(e)
}

// versionOf fills in a version that is a text, a reference to one, or a table with what must, should or may be taken.
func (c catalog) versionOf(e *Entry, n int32) {
	if ref := c.Member(n, "ref"); ref != toml.None {
		var ok bool
		if n, ok = c.versions[c.String(ref)]; !ok {
			return
		}
		c.lent[int(c.Nodes[n].Start)] = append(c.lent[int(c.Nodes[n].Start)], len(c.file.Entries))
	}
	for _, key := range []string{"strictly", "require", "prefer"} {
		if rich := c.Member(n, key); rich != toml.None {
			n = rich
			break
		}
	}
	if c.Is(n, toml.String) {
		c.version(e, c.Text(n), n, 0)
	}
}

// version fills in a version that stands at an offset of a text.
func (c catalog) version(e *Entry, version string, n int32, offset int) {
	mavenVersion(e, nil, xmlText{text: version})
	if place, ok := c.Inside(n); ok && e.Version == version {
		e.Pin = pinBetween(c.text, int(place.Start)+offset, int(place.End))
	}
}
