package manifest

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/internal/toml"
)

// readCargoLock reads the crates that Cargo chose. Those without a source are the repository's own, and what they depend on
// is what the project asks for.
func readCargoLock(ctx context.Context, file *File, t *text.Text) error {
	d, err := parseTOML(file, t)
	if err != nil {
		return err
	}
	direct := map[string]bool{}
	crates := d.Member(toml.Root, "package")
	for n := range d.Children(crates) {
		if d.Member(n, "source") == toml.None {
			cargoWants(d, n, direct)
		}
	}
	root := d.Member(toml.Root, "root") // until 2018, the project itself stood apart
	cargoWants(d, root, direct)
	if name := d.String(d.Member(root, "name")); name != "" {
		file.Workspaces = append(file.Workspaces, name)
	}
	apart := map[string]string{} // until 2019, checksums stood apart, by "checksum NAME VERSION (SOURCE)"
	for n := range d.Children(d.Member(toml.Root, "metadata")) {
		apart[d.Key(n)] = d.String(n)
	}
	for n := range d.Children(crates) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		name, version, source := d.String(d.Member(n, "name")), d.String(d.Member(n, "version")), d.String(d.Member(n, "source"))
		if name == "" {
			file.lose("a crate without a name")
			continue
		}
		e := Entry{
			Ecosystem: cratesEcosystem, Name: name, Version: version, Source: withoutCredentials(source),
			Direct: direct[name] || direct[name+" "+version], At: tomlPlace(t, d, n),
		}
		switch {
		case source == "":
			e.Origin = checks.Local
			file.Workspaces = append(file.Workspaces, name)
		case strings.HasPrefix(source, "git+"):
			e.Origin = checks.Git
		}
		hash := d.String(d.Member(n, "checksum"))
		if hash == "" {
			hash = apart[fmt.Sprintf("checksum %s %s (%s)", name, version, source)]
		}
		if hash != "" && hash != "<none>" {
			e.Hashes = []string{hash}
		}
		file.add(e)
	}
	if len(file.Entries) == 0 && file.Lossy != "" {
		return fmt.Errorf("%w: no list of crates", ErrMalformed)
	}
	return nil
}

// cargoWants notes what a crate depends on, as "name" or, where there are several, "name version".
func cargoWants(d *toml.Document, n int32, direct map[string]bool) {
	for dependency := range d.Children(d.Member(n, "dependencies")) {
		name, _, _ := strings.Cut(d.String(dependency), " (")
		direct[name] = true
	}
}
