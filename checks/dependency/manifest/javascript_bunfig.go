package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// bunfigMeaning is that of the settings under [install].
var bunfigMeaning = meaning{
	"ignoreScripts":     "false",
	"minimumReleaseAge": "0",
	"auto":              "force",
	"ca":                "*",
	"cafile":            "*",
}

// readBunfig reads a bunfig.toml.
func readBunfig(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	for m := range d.Children(d.Member(toml.Root, "install")) {
		at := tomlPlace(t, d, m)
		switch key := d.Key(m); key {
		case "registry":
			file.addRegistry("", bunRegistry(d, m), at)
		case "scopes":
			for scope := range d.Children(m) {
				file.addRegistry("@"+strings.TrimPrefix(d.Key(scope), "@"), bunRegistry(d, scope), tomlPlace(t, d, scope))
			}
		default:
			if d.Is(m, toml.String) || d.Is(m, toml.Bool) || d.Is(m, toml.Number) {
				file.addSetting(key, d.Text(m), bunfigMeaning, at)
			}
		}
	}
	return nil
}

// bunRegistry is the address of a registry: a string, or the "url" of a table that may hold credentials too.
func bunRegistry(d *toml.Document, n int32) string {
	if d.Is(n, toml.Table) {
		n = d.Member(n, "url")
	}
	return d.String(n)
}
