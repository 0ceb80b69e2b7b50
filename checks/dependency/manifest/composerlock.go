package manifest

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

func readComposerLock(ctx context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	if !root.get("packages").is(jsonc.Array) && !root.get("packages-dev").is(jsonc.Array) {
		return fmt.Errorf("%w: no list of packages", ErrMalformed)
	}
	for section, group := range map[string]string{"packages": "", "packages-dev": "dev"} {
		for list := range root.each(section) {
			for m := range list.members() {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				e := Entry{
					Ecosystem: composerEcosystem, Name: strings.ToLower(m.get("name").text()), Version: m.get("version").text(), Group: group, At: m.at(),
					Script: m.get("type").text() == "composer-plugin", // becomes part of Composer, and runs with it
				}
				if e.Name == "" {
					file.lose("a package without a name")
					continue
				}
				composerSource(&e, m)
				if e.Origin == checks.Local {
					file.Workspaces = append(file.Workspaces, e.Name)
				}
				file.add(e)
			}
		}
	}
	file.inOrder()
	return nil
}

// composerSource fills in what is fetched for a package: an archive, or else a commit. The archives that code hosts make
// on demand have no checksum; their commit says as much, except of a branch, whose commits come and go.
func composerSource(e *Entry, m value) {
	dist, source := m.get("dist"), m.get("source")
	reference := cmp.Or(dist.get("reference").text(), source.get("reference").text())
	switch {
	case dist.get("type").text() == "path":
		e.Origin, e.Source = checks.Local, dist.get("url").text()
		return
	case dist.get("url").text() != "":
		e.Source = withoutCredentials(dist.get("url").text())
	case source.get("url").text() != "":
		e.Source = "git+" + withoutCredentials(source.get("url").text()) + "#" + reference
	}
	if sum := dist.get("shasum").text(); sum != "" {
		e.Hashes = append(e.Hashes, sum)
	}
	if reference != "" && !strings.HasPrefix(e.Version, "dev-") && !strings.HasSuffix(e.Version, "-dev") {
		e.Hashes = append(e.Hashes, "commit:"+reference)
	}
}
