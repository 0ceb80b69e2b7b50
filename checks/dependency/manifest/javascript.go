package manifest

import (
	"context"
	"path"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// javascriptFormats are the files of npm, Yarn, pnpm, Bun and Deno. osv-scalibr's extractors are not used for them: they
// leave out what decides here (hashes, addresses, scripts, aliases, ranges, all but one list of package.json), look each
// place up from the start of the file, and lose the order and nested copies. A test holds the names and versions equal
// to theirs.
func javascriptFormats() []format {
	return []format{
		{"package.json", Manifest, []string{"package.json"}, readPackageJSON},
		{"package-lock.json", Lockfile, []string{"package-lock.json"}, readNPMLock},
		{"npm-shrinkwrap.json", Lockfile, []string{"npm-shrinkwrap.json"}, readNPMLock},
		{"yarn.lock", Lockfile, []string{"yarn.lock"}, readYarnLock},
		{"pnpm-lock.yaml", Lockfile, []string{"pnpm-lock.yaml"}, readPNPMLock},
		{"bun.lock", Lockfile, []string{"bun.lock"}, readBunLock},
		{binaryLockfile, Lockfile, []string{binaryLockfile}, readBinaryLockfile},
		{"deno.json", Manifest, []string{"deno.json", "deno.jsonc"}, readDeno},
		{"deno.lock", Lockfile, []string{"deno.lock"}, readDenoLock},
		{"pnpm-workspace.yaml", Manifest, []string{"pnpm-workspace.yaml"}, readPNPMWorkspace},
		{".npmrc", Settings, []string{".npmrc"}, readNPMRC},
		{".yarnrc", Settings, []string{".yarnrc"}, readYarnRC},
		{".yarnrc.yml", Settings, []string{".yarnrc.yml"}, readYarnRCYAML},
		{"bunfig.toml", Settings, []string{"bunfig.toml"}, readBunfig},
	}
}

// binaryLockfile is the name of the lockfile of Bun before 1.2, which is no text.
const binaryLockfile = "bun.lockb"

// isBinary reports whether a path is that of a lockfile that need not be a text.
func isBinary(p checks.Path) bool { return path.Base(string(p)) == binaryLockfile }

func readBinaryLockfile(_ context.Context, file *File, _ *text.Text) error {
	file.lose("binary lockfile")
	return nil
}
