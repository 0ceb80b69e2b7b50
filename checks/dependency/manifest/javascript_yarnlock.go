package manifest

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// readYarnLock reads a yarn.lock. That of Yarn 1 is in a language of its own, that of later ones is YAML with a key
// "__metadata".
func readYarnLock(ctx context.Context, file *File, t *text.Text) error {
	const mark = "__metadata:"
	if bytes.HasPrefix(withoutMark(t), []byte(mark)) || bytes.Contains(t.Bytes, []byte("\n"+mark)) {
		return readBerryLock(ctx, file, t)
	}
	known := false
	block := yarnBlock{}
	for line := 1; line <= t.Lines(); line++ {
		start, end := t.Line(line)
		raw := strings.TrimRight(strings.TrimPrefix(string(t.Bytes[start:end]), "\uFEFF"), " \t\r")
		indent := len(raw) - len(strings.TrimLeft(raw, " "))
		switch {
		case raw == "":
		case raw[0] == '#':
			known = known || strings.Contains(raw, "yarn lockfile v1")
		case indent == 0:
			block.finish(file, t)
			block = yarnBlock{start: start + markSize(t, start), end: end}
			if header, ok := strings.CutSuffix(raw, ":"); ok {
				block.patterns = yarnPatterns(header)
			}
			if block.patterns == nil {
				file.lose(fmt.Sprintf("line %d: neither a package nor part of one", line))
			}
		case block.patterns == nil:
			file.lose(fmt.Sprintf("line %d: neither a package nor part of one", line))
		default:
			block.end = start + len(bytes.TrimRight(t.Bytes[start:end], " \t\r"))
			if indent == 2 {
				block.field(strings.TrimLeft(raw, " "))
			}
		}
	}
	block.finish(file, t)
	if !known && len(file.Entries) == 0 && len(bytes.TrimSpace(t.Bytes)) > 0 {
		return fmt.Errorf("%w: no lockfile of Yarn", ErrMalformed)
	}
	return nil
}

// markSize is the size of the mark of byte order at the start of a text.
func markSize(t *text.Text, at int) int {
	if at == 0 && bytes.HasPrefix(t.Bytes, []byte("\uFEFF")) {
		return len("\uFEFF")
	}
	return 0
}

// yarnBlock is a package in a lockfile of Yarn 1: a line with all that it was found for, and its fields.
type yarnBlock struct {
	patterns                     []string
	start, end                   int
	version, resolved, integrity string
}

func (b *yarnBlock) field(line string) {
	name, rest, _ := strings.Cut(line, " ")
	rest = yarnWord(rest)
	switch yarnWord(name) {
	case "version":
		b.version = rest
	case "resolved":
		b.resolved = rest
	case "integrity":
		b.integrity = rest
	}
}

// finish adds the package. Should its patterns name several packages, which Yarn never writes, each is one.
func (b *yarnBlock) finish(file *File, t *text.Text) {
	first := len(file.Entries)
	for _, pattern := range b.patterns {
		name, wanted := splitPattern(pattern)
		e, _ := npmEntry(name, wanted)
		known := false
		for i := first; i < len(file.Entries); i++ {
			known = known || file.Entries[i].Name == e.Name
		}
		if known {
			continue
		}
		e.Version, e.Requirement = b.version, ""
		if b.resolved != "" {
			e.Source = withoutCredentials(b.resolved)
			if e.Origin == "" && isGit(b.resolved) {
				e.Origin = checks.Git
			}
		}
		e.Hashes = b.hashes()
		e.At = between(t, b.start, b.end)
		file.add(e)
		if len(file.Entries)-first == maxPatterns {
			file.lose("too many names for one package")
			break
		}
	}
}

// maxPatterns is how many names one block of Yarn's lockfile may have.
const maxPatterns = 20

// hashes are those of the integrity or, in files of Yarn before 1.10, the SHA-1 behind the address.
func (b *yarnBlock) hashes() []string {
	if b.integrity != "" {
		return integrityOf(b.integrity)
	}
	if _, hash, ok := strings.Cut(b.resolved, "#"); ok && len(hash) == 40 && !isGit(b.resolved) {
		return []string{"sha1:" + hash}
	}
	return nil
}

// yarnPatterns splits the line that begins a package; nil if it does not look like one.
func yarnPatterns(header string) []string {
	var patterns []string
	for rest := header; ; {
		rest = strings.TrimLeft(rest, " ")
		end := strings.IndexByte(rest, ',')
		if strings.HasPrefix(rest, `"`) {
			if i := strings.IndexByte(rest[1:], '"'); i >= 0 {
				end = i + 2
			}
		}
		if end < 0 {
			end = len(rest)
		}
		pattern := yarnWord(rest[:end])
		if pattern == "" || strings.ContainsAny(pattern[:1], "<=>|") {
			return nil
		}
		patterns = append(patterns, pattern)
		next, more := strings.CutPrefix(rest[end:], ",")
		if !more {
			return patterns
		}
		rest = next
	}
}

// yarnWord is a word without its quotation marks and escapes, which are those of JSON.
func yarnWord(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	word, _ := jsonc.Unquote(s, jsonc.Range{Start: 0, End: uint32(len(s))})
	return word
}

// splitPattern splits "name@wanted"; a name may begin with "@".
func splitPattern(pattern string) (name, wanted string) {
	if i := strings.IndexByte(pattern[min(1, len(pattern)):], '@'); i >= 0 {
		return pattern[:i+1], pattern[i+2:]
	}
	return pattern, ""
}
