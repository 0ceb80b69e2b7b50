package manifest

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// readGoSum reads the hashes that a module's content must have, and those of go.mod files alone, which are marked
// "go.mod". Both may be there for a version that nothing is built from.
func readGoSum(ctx context.Context, file *File, t *text.Text) error {
	source := withoutMark(t)
	for line := 1; line <= t.Lines(); line++ {
		if line%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		start, end := t.Line(line)
		words := strings.Fields(string(source[start:end]))
		if len(words) == 0 {
			continue
		}
		if len(words) != 3 {
			file.lose(fmt.Sprintf("line %d makes no sense", line))
			continue
		}
		version, mod := strings.CutSuffix(words[1], "/go.mod")
		hash := words[2]
		if mod {
			hash = "go.mod " + hash
		}
		version = strings.TrimPrefix(version, "v")
		if last := len(file.Entries) - 1; last >= 0 && file.Entries[last].Name == words[0] && file.Entries[last].Version == version {
			file.Entries[last].Hashes = append(file.Entries[last].Hashes, hash)
			continue
		}
		end = start + len(bytes.TrimRight(source[start:end], " \t\r"))
		file.add(Entry{
			Ecosystem: goEcosystem, Name: words[0], Version: version, Hashes: []string{hash}, At: between(t, start, end),
		})
	}
	if len(file.Entries) == 0 && file.Lossy != "" {
		return fmt.Errorf("%w: no line is one of a go.sum", ErrMalformed)
	}
	file.ChecksumsOnly = true
	return nil
}
