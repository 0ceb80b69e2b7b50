package manifest

import (
	"context"
	"path"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// binaryLockfile is the name of the lockfile of Bun before 1.2, which is no text.
const binaryLockfile = "bun.lockb"

// javascriptFormats are the files of npm, Yarn, pnpm, Bun and Deno. osv-scalibr's extractors are not used for them: they
// leave out what decides here (places in yarn.lock, addresses, hashes, scripts, aliases, ranges, all but one list of
// package.json), look each place up from the start of the file, and lose the order and nested copies. A test holds the
// names and versions equal to theirs.
func javascriptFormats() []format {
	return []format{
		{binaryLockfile, Lockfile, []string{binaryLockfile}, readBinaryLockfile},
	}
}

// isBinary reports whether a path is that of a lockfile that need not be a text.
func isBinary(p checks.Path) bool { return path.Base(string(p)) == binaryLockfile }

func readBinaryLockfile(_ context.Context, file *File, _ *text.Text) error {
	file.lose("binary lockfile")
	return nil
}
