package manifest

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// pythonFormats are the files of pip, uv, Poetry, PDM, Pipenv, Hatch and setuptools.
//
// None of them is read with osv-scalibr's extractors. Those give neither sources nor hashes nor the place of a version; they
// take "numpy>=1.20" for version 1.20, stop at a line of 64 KiB, and search the whole lockfile once for each package. A test
// holds what is read here equal to what they give of the files of all real tools, but for that.
func pythonFormats() []format {
	return []format{
		{"constraints.txt", Manifest, []string{"constraints.txt", "constraints-*.txt", "*-constraints.txt", "constraints/*.txt", "constraints.in"}, readConstraints},
		{"requirements.txt", Manifest, []string{"*requirements*.txt", "*requirements*.in", "requirements/*.txt", "requirements/*.in"}, readRequirements},
		{"pyproject.toml", Manifest, []string{"pyproject.toml"}, readPyproject},
		{"setup.py", Manifest, []string{"setup.py"}, readSetupPy},
		{"setup.cfg", Manifest, []string{"setup.cfg"}, readSetupCfg},
		{"Pipfile", Manifest, []string{"Pipfile"}, readPipfile},
		{"Pipfile.lock", Lockfile, []string{"Pipfile.lock"}, readPipfileLock},
		{"poetry.lock", Lockfile, []string{"poetry.lock"}, readPoetryLock},
		{"pdm.lock", Lockfile, []string{"pdm.lock", "pdm.*.lock"}, readPDMLock},
		{"uv.lock", Lockfile, []string{"uv.lock"}, readUVLock},
		{"pylock.toml", Lockfile, []string{"pylock.toml", "pylock.*.toml"}, readPylock},
		{"pip.conf", Settings, []string{"pip.conf", "pip.ini"}, readPipConf},
		{"uv.toml", Settings, []string{"uv.toml"}, readUVToml},
	}
}

// pypi is the ecosystem of all Python packages, as OSV writes it.
const pypi = "PyPI"

// pep503 is a name as PyPI compares names: in lower case, with one dash for each run of dashes, dots and underscores. What
// is not ASCII stays as it is, so that a character that only looks like a Latin one never becomes it.
func pep503(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '-' || c == '_' || c == '.':
			if i == 0 || strings.IndexByte("-_.", name[i-1]) < 0 {
				b.WriteByte('-')
			}
		case 'A' <= c && c <= 'Z':
			b.WriteByte(c | 0x20)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// pythonGroup is what a group's or a file's name says of the packages in it; otherwise when it says nothing.
func pythonGroup(name, otherwise string) string {
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch word {
		case "dev", "develop", "development", "docs", "doc", "lint", "linting", "typing", "ci":
			return "dev"
		case "test", "tests", "testing":
			return "test"
		case "build":
			return "build"
		}
	}
	return otherwise
}

// inRepository is a path that a file names, relative to the root of the repository. It reports false for one that leads
// out of it.
func inRepository(from checks.Path, named string) (string, bool) {
	named = strings.TrimPrefix(named, "file:")
	if strings.HasPrefix(named, "/") || strings.HasPrefix(named, `\`) || strings.Contains(named, ":") {
		return "", false
	}
	joined := path.Join(path.Dir(string(from)), strings.ReplaceAll(named, `\`, "/"))
	if joined == ".." || strings.HasPrefix(joined, "../") {
		return "", false
	}
	return joined, true
}

// maxNotes is how many sources, options, included files and folders of one file are noted, of each kind.
const maxNotes = 1000

// full reports whether there are as many notes of a kind as there may be, and says so.
func (f *File) full(notes int) bool {
	if notes >= maxNotes {
		f.lose(fmt.Sprintf("more than %d sources, options or other files", maxNotes))
	}
	return notes >= maxNotes
}

// addEntry adds a package. Of too many just one is kept, which tells that there are more.
func (f *File) addEntry(e Entry) {
	if len(f.Entries) <= MaxEntries {
		f.Entries = append(f.Entries, e)
	}
}

func (f *File) addOption(o Option) {
	if !f.full(len(f.Options)) {
		f.Options = append(f.Options, o)
	}
}

// holds notes a folder or a name that the repository itself holds.
func (f *File) holds(what string) {
	if f.full(len(f.Workspaces)) {
		return
	}
	if what != "" && what != "." && !slices.Contains(f.Workspaces, what) {
		f.Workspaces = append(f.Workspaces, what)
	}
}

// inOrder puts entries and sources in the order of the file. The project itself, which an extra may ask for with other
// extras, comes from nowhere else.
func (f *File) inOrder() {
	for i := range f.Entries {
		if e := &f.Entries[i]; f.Project != "" && e.Name == f.Project && e.Origin == "" {
			e.Origin = checks.Local
		}
	}
	before := func(a, b checks.Range) int {
		return cmp.Or(cmp.Compare(a.Start.Line, b.Start.Line), cmp.Compare(a.Start.Column, b.Start.Column))
	}
	slices.SortStableFunc(f.Entries, func(a, b Entry) int { return before(a.At, b.At) })
	slices.SortStableFunc(f.Sources, func(a, b Source) int { return before(a.At, b.At) })
}

// addSource notes an index once.
func (f *File) addSource(s Source) {
	if f.full(len(f.Sources)) {
		return
	}
	s.URL = withoutCredentials(s.URL)
	if s.URL == "" || slices.ContainsFunc(f.Sources, func(o Source) bool { return o.URL == s.URL && o.Scope == s.Scope && o.Extra == s.Extra }) {
		return
	}
	f.Sources = append(f.Sources, s)
}

// byName are the places in Entries of each package.
func (f *File) byName() map[string][]int {
	places := map[string][]int{}
	for i := range f.Entries {
		places[f.Entries[i].Name] = append(places[f.Entries[i].Name], i)
	}
	return places
}

// written is a piece of text that was put together from the file, and where its parts stand there.
type written struct {
	text string
	runs []run
	t    *text.Text
}

// run says that the bytes from at on stand in the file from offset on.
type run struct{ at, offset int }

// verbatim is what stands in the file at offset.
func verbatim(t *text.Text, offset int, s string) written {
	return written{s, []run{{0, offset}}, t}
}

// offset is where byte i of the text stands in the file.
func (w written) offset(i int) int {
	if len(w.runs) == 0 {
		return 0
	}
	n, _ := slices.BinarySearchFunc(w.runs, i+1, func(r run, i int) int { return cmp.Compare(r.at, i) })
	r := w.runs[n-1]
	return r.offset + i - r.at
}

// between is where the bytes [start, end) of the text stand in the file.
func (w written) between(start, end int) checks.Range {
	if start >= end {
		return between(w.t, w.offset(start), w.offset(start))
	}
	return between(w.t, w.offset(start), w.offset(end-1)+1)
}

// pin is between for a version that may be replaced: nil when it is not in one piece.
func (w written) pin(start, end int) *checks.Range {
	if start >= end || len(w.runs) == 0 || w.offset(end-1)-w.offset(start) != end-1-start {
		return nil
	}
	return pinBetween(w.t, w.offset(start), w.offset(end-1)+1)
}

// slice is the bytes [start, end) of the text.
func (w written) slice(start, end int) written {
	part := written{text: w.text[start:end], t: w.t}
	for _, r := range w.runs {
		if r.at < end {
			part.runs = append(part.runs, run{r.at - start, r.offset})
		}
	}
	for len(part.runs) > 1 && part.runs[1].at <= 0 {
		part.runs = part.runs[1:]
	}
	return part
}
