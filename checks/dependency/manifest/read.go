package manifest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/text"
)

// Errors of [Reader.Read]; the messages are phrases for a person.
var (
	ErrTooLarge  = fmt.Errorf("larger than %d MiB", MaxBytes>>20)
	ErrMalformed = errors.New("cannot be understood")
)

// format is how one kind of file is read.
type format struct {
	name   string // the file's usual name
	kind   Kind
	claims []string // patterns of paths, as package glob takes them; the first format that claims a path has it

	// read fills what the text says into file, whose Path, Kind and Format are set. An error that wraps ErrMalformed says
	// that nothing can be made of the text; what can be made of a part is no error but File.Lossy.
	read func(ctx context.Context, file *File, t *text.Text) error
}

// formats lists all formats; the more specific claims come first.
func formats() []format {
	return slices.Concat(pythonFormats(), condaFormats(), javascriptFormats(), goFormats(), rustFormats(), jvmFormats(), otherFormats())
}

// Ecosystem is the one, as OSV writes it, whose packages the sources that a format names are for.
func Ecosystem(name string) string {
	for _, family := range []struct {
		ecosystem string
		formats   []format
	}{{pypi, pythonFormats()}, {conda, condaFormats()}, {"npm", javascriptFormats()}, {"Go", goFormats()}, {"crates.io", rustFormats()}, {"Maven", jvmFormats()}} {
		if slices.ContainsFunc(family.formats, func(f format) bool { return f.name == name }) {
			return family.ecosystem
		}
	}
	switch {
	case strings.HasPrefix(name, "Gemfile"):
		return "RubyGems"
	case strings.HasPrefix(name, "composer"):
		return "Packagist"
	}
	return "NuGet"
}

// Reader reads the files of package managers. It is immutable.
type Reader struct {
	formats   []format
	claims    []glob.Set
	installed glob.Set
}

// installed are folders into which packages are unpacked: what lies there is theirs, not the project's.
var installed = []string{"node_modules/**"}

// NewReader prepares all formats.
func NewReader() (*Reader, error) {
	r := &Reader{formats: formats()}
	var err error
	if r.installed, err = glob.NewSet(installed); err != nil {
		return nil, err
	}
	for _, f := range r.formats {
		set, err := glob.NewSet(f.claims)
		if err != nil {
			return nil, fmt.Errorf("format %s: %w", f.name, err)
		}
		r.claims = append(r.claims, set)
	}
	return r, nil
}

// Claims reports whether path names a file that Read understands.
func (r *Reader) Claims(path checks.Path) bool { return r.formatOf(path) != nil }

func (r *Reader) formatOf(path checks.Path) *format {
	if r.installed.Match(path) {
		return nil
	}
	for i := range r.formats {
		if r.claims[i].Match(path) {
			return &r.formats[i]
		}
	}
	return nil
}

// Read reads one file. Formats tell by the path what it is; as, when it is not empty, is the format's name instead, for
// a file that another one includes. The error wraps [ErrTooLarge], [ErrMalformed], [text.ErrNotText] or one of the tree.
func (r *Reader) Read(ctx context.Context, tree checks.Tree, path checks.Path, as string) (*File, error) {
	t, err := Text(tree, path)
	if err != nil {
		return nil, err
	}
	return r.Parse(ctx, path, as, t)
}

// Text reads the text of a file that may be one of a package manager. That of a lockfile that is none is empty.
func Text(tree checks.Tree, path checks.Path) (*text.Text, error) {
	stat, err := tree.Stat(string(path))
	if err != nil {
		return nil, err
	}
	if stat.Mode().IsRegular() && stat.Size() > MaxBytes {
		return nil, ErrTooLarge
	}
	t, err := text.Read(tree, path)
	switch {
	case errors.Is(err, text.ErrNotText) && stat.Mode().IsRegular() && isBinary(path):
		return text.New(nil), nil
	case err == nil && len(t.Bytes) > MaxBytes:
		return nil, ErrTooLarge
	}
	return t, err
}

// Parse is [Reader.Read] of a text that was read already.
func (r *Reader) Parse(ctx context.Context, path checks.Path, as string, t *text.Text) (*File, error) {
	f := r.formatOf(path)
	if as != "" {
		i := slices.IndexFunc(r.formats, func(f format) bool { return f.name == as })
		if i < 0 {
			return nil, fmt.Errorf("there is no format %q", as)
		}
		f = &r.formats[i]
	}
	if f == nil {
		return nil, fmt.Errorf("%s is no file of a package manager that is known", path.Quoted())
	}
	file := &File{Path: path, Kind: f.kind, Format: f.name}
	if err := f.read(ctx, file, t); err != nil {
		return nil, err
	}
	if len(file.Entries) > MaxEntries {
		file.Entries = file.Entries[:MaxEntries]
		file.lose(fmt.Sprintf("more than %d packages", MaxEntries))
	}
	return file, nil
}
