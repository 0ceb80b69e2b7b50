package manifest

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	cpb "github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/pdmlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/pipfilelock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/poetrylock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/pylock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/pyprojecttoml"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/requirements"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/setup"
	"github.com/google/osv-scalibr/extractor/filesystem/language/python/uvlock"
)

// scalibr gives what osv-scalibr reads of a file alone; nil if it has no extractor for its format.
func scalibr(t *testing.T, format, name, content string) []*extractor.Package {
	t.Helper()
	extractors := map[string]func(*cpb.PluginConfig) (filesystem.Extractor, error){
		"requirements.txt": requirements.New, "constraints.txt": requirements.New, "poetry.lock": poetrylock.New, "pdm.lock": pdmlock.New,
		"Pipfile.lock": pipfilelock.New, "uv.lock": uvlock.New, "pylock.toml": pylock.New, "setup.py": setup.New, "pyproject.toml": pyprojecttoml.New,
	}
	newExtractor := extractors[format]
	if newExtractor == nil {
		return nil
	}
	e, err := newExtractor(&cpb.PluginConfig{})
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{name: {Data: []byte(content)}}
	info, err := tree.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.Extract(context.Background(), &filesystem.ScanInput{FS: tree, Path: name, Info: info, Reader: io.NopCloser(bytes.NewReader([]byte(content)))})
	if err != nil {
		t.Fatal(err)
	}
	return found.Packages
}

// isExact reports whether what osv-scalibr calls a version is one, and not the lower bound of a range.
func isExact(p *extractor.Package) bool {
	comparator := "=="
	switch metadata := p.Metadata.(type) {
	case *requirements.Metadata:
		comparator = metadata.VersionComparator
	case *setup.Metadata:
		comparator = metadata.VersionComparator
	}
	return strings.HasPrefix(comparator, "==") && p.Version != ""
}

// TestPythonAgreesWithScalibr: every package that osv-scalibr reads is read here, at the same line and with the same
// version; what is read here besides is what its extractors are known to leave out.
func TestPythonAgreesWithScalibr(t *testing.T) {
	compared := 0
	pythonFixtures(t, func(t *testing.T, name, content string) {
		file, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		theirs := scalibr(t, file.Format, name, content)
		if file.Format == "pyproject.toml" {
			compareProject(t, file, theirs)
			return
		}
		if theirs == nil {
			return
		}
		matched := make([]bool, len(file.Entries))
		for _, p := range theirs {
			compared++
			found := false
			for i, e := range file.Entries {
				if !matched[i] && !found && e.Name == pep503(p.Name) && e.At.Start.Line == p.Location.Descriptor.File.LineNumber && (!isExact(p) || e.Version == p.Version) {
					matched[i], found = true, true
				}
			}
			if !found && !strings.Contains(p.Version, "*") {
				t.Errorf("osv-scalibr reads %s %q in line %d, which is not read here", p.Name, p.Version, p.Location.Descriptor.File.LineNumber)
			}
		}
		for i, e := range file.Entries {
			if !matched[i] && !leftOut(file.Format, e) {
				t.Errorf("line %d: osv-scalibr does not read %s %q", e.At.Start.Line, e.Name, e.Version)
			}
		}
	})
	if compared < 100 {
		t.Errorf("only %d packages were compared", compared)
	}
}

// leftOut reports whether osv-scalibr's extractors are known to leave an entry out.
func leftOut(format string, e Entry) bool {
	switch format {
	case "requirements.txt":
		// It takes no address for a package, and no line that conda wrote.
		return e.Origin != "" || e.Ecosystem == conda
	case "Pipfile.lock":
		// It reads two of the categories and nothing without a version.
		return e.Origin != "" || e.Name == "mistune"
	case "setup.py":
		// It reads no string without "==", ">=" or "<=" after a name.
		return e.Version == "" || e.Origin != ""
	}
	return false
}

// compareProject holds the lists of PEP 621 equal; osv-scalibr reads nothing else of pyproject.toml.
func compareProject(t *testing.T, file *File, theirs []*extractor.Package) {
	for _, p := range theirs {
		if pep503(p.Name) != file.Project {
			t.Errorf("the project is %q here and %q there", file.Project, p.Name)
		}
		metadata, ok := p.Metadata.(*pyprojecttoml.Metadata)
		if !ok {
			t.Fatalf("no metadata of %s", path.Base(string(file.Path)))
		}
		wanted := metadata.Dependencies
		for _, list := range metadata.OptionalDependencies {
			wanted = append(wanted, list...)
		}
		for _, requirement := range wanted {
			r, ok := parseRequirement(requirement)
			if !ok {
				t.Errorf("%q is no requirement", requirement)
			}
			found := false
			for _, e := range file.Entries {
				found = found || e.Name == pep503(r.name) && strings.Contains(requirement, e.Version) && strings.Contains(requirement, e.Requirement)
			}
			if !found {
				t.Errorf("%q is not read here", requirement)
			}
		}
	}
}
