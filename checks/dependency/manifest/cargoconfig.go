package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// maxReplacements is how many sources of Cargo may stand for each other in a row.
const maxReplacements = 10

// readCargoConfig reads where Cargo gets crates from, and what it runs in place of the compiler.
func readCargoConfig(_ context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	c := cargoToml{d, file, t}
	c.registries()
	c.patches()
	if n := d.Member(toml.Root, "http", "check-revoke"); d.Text(n) == "false" {
		file.addOption(Option{Name: "http.check-revoke", Value: "false", At: tomlPlace(t, d, n)})
	}
	for _, key := range []string{"rustc", "rustc-wrapper", "rustc-workspace-wrapper"} {
		n := d.Member(toml.Root, "build", key)
		if command := d.String(n); strings.Contains(command, "/") { // a file, not one of the usual tools
			file.addScript(Script{Name: "build." + key, Command: command, At: tomlPlace(t, d, n)})
		}
	}
	return nil
}

// registries adds what takes the place of the usual registry, and registries that crates name.
func (c cargoToml) registries() {
	replacement := c.String(c.Member(toml.Root, "source", "crates-io", "replace-with"))
	for range maxReplacements {
		n := c.Member(toml.Root, "source", replacement)
		if replacement == "" || n == toml.None {
			break
		}
		for _, key := range []string{"registry", "git"} {
			if at := c.Member(n, key); c.String(at) != "" {
				c.file.addSource(Source{URL: c.String(at), At: tomlPlace(c.text, c.Document, at)})
			}
		}
		replacement = c.String(c.Member(n, "replace-with"))
	}
	for registry := range c.Children(c.Member(toml.Root, "registries")) {
		if at := c.Member(registry, "index"); c.String(at) != "" {
			c.file.addSource(Source{
				URL: withoutCredentials(c.String(at)), Scope: "registry:" + c.Key(registry), At: tomlPlace(c.text, c.Document, at),
			})
		}
	}
}
