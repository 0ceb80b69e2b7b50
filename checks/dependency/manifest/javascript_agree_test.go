package manifest

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	cpb "github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/bunlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/denojson"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/packagejson"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/packagelockjson"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/pnpmlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/javascript/yarnlock"
)

// javascriptExtractors are those of osv-scalibr. It reads neither deno.lock nor settings.
var javascriptExtractors = map[string]func(*cpb.PluginConfig) (filesystem.Extractor, error){
	"package.json":        packagejson.New,
	"package-lock.json":   packagelockjson.New,
	"npm-shrinkwrap.json": packagelockjson.New,
	"yarn.lock":           yarnlock.New,
	"pnpm-lock.yaml":      pnpmlock.New,
	"bun.lock":            bunlock.New,
	"deno.json":           denojson.New,
}

// javascriptDifferences are all that there are between what is read here and what osv-scalibr reads of the same files,
// by patterns of their names.
var javascriptDifferences = []struct {
	files       string
	differences []difference
}{
	{"*/package.json", []difference{
		{"", "shop 1.0.0", "the project itself is no dependency"},
		{"is-windows ", "", "optional dependencies are installed as well; a range is not its lower end"},
		{"ms 2.1.3", "", "dependencies for development are installed as well"},
		{"string-width 4.2.3", "", "an alias stands for another package"},
		{"left ", "", "what comes from git is a dependency as well"},
		{"right ", "", "so is what comes from an address"},
		{"stick ", "", "so is a folder"},
	}},
	{"npm-12-v3/package.json", []difference{{"is-odd ", "is-odd 3.0.1", "a range is not its lower end"}}},
	{"pnpm-12/package.json", []difference{
		{"is-odd ", "", "a reference to a catalog is a dependency as well"},
		{"@acme/ui ", "", "so is a package of the workspace"},
	}},
	{"bun-1.4/package.json", []difference{
		{"is-odd ", "", "a catalog names a package, and so does a reference to it"},
		{"@acme/ui ", "", "so does a package of the workspace"},
		{"ansi-regex 5.0.0", "", "an override is installed as well"},
	}},
	{"deno-2.9/deno.json", []difference{{"is-odd ", "", "a range names a package as well"}}},
	{"npm-6/package-lock.json", []difference{{"right ", "right https://files.acme.example/right-1.0.0.tgz", "an address is no version"}}},
	{"npm-8-v1/package-lock.json", []difference{{"right ", "right https://files.acme.example/right-1.0.0.tgz", "an address is no version"}}},
	{"npm-8-v2/*", npmFoldersHaveNoVersion},
	{"npm-12-v3/package-lock.json", npmFoldersHaveNoVersion},
	{"npm-12-without-addresses/*", npmFoldersHaveNoVersion},
	{"npm-10-shrinkwrap/*", npmFoldersHaveNoVersion},
	{"yarn-[234]/*", []difference{{"@acme/ui ", "@acme/ui 0.0.0-use.local", "a package of the workspace has no version that is published"}}},
	{"pnpm-[789]/*", []difference{{"@acme/ui ", "", "a package of the workspace is a local one"}}},
	{"pnpm-1[02]/pnpm-lock.yaml", []difference{{"@acme/ui ", "", "a package of the workspace is a local one"}}},
	{"pnpm-8/*", []difference{{"stick ", "", "a folder without a version is a local package"}}},
	{"pnpm-8-single/*", []difference{{"stick ", "", "a folder without a version is a local package"}}},
	{"pnpm-9/*", []difference{{"stick ", "stick file:vendor/stick", "a folder is no version"}}},
	{"pnpm-1[02]/pnpm-lock.yaml", []difference{{"stick ", "stick file:vendor/stick", "a folder is no version"}}},
	{"bun-*/bun.lock", []difference{{"@acme/ui ", "@acme/ui workspace:packages/ui", "a folder is no version"}}},
}

var npmFoldersHaveNoVersion = []difference{
	{"@acme/ui ", "@acme/ui 1.0.0", "a package of the workspace has no version that is published"},
	{"stick ", "stick 0.1.0", "nor has a folder"},
}

// TestJavaScriptFilesAgreeWithScalibr: names, versions and lines are those of osv-scalibr's extractors, but for what is
// said above. Each extractor sees a tree of this file alone. The folder "everything" is left out: no tool wrote it.
func TestJavaScriptFilesAgreeWithScalibr(t *testing.T) {
	names, err := filepath.Glob("testdata/javascript/*/*")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		if newExtractor := javascriptExtractors[path.Base(name)]; newExtractor != nil && path.Base(path.Dir(name)) != "everything" {
			t.Run(name, func(t *testing.T) { agree(t, name, newExtractor) })
		}
	}
}

func agree(t *testing.T, name string, newExtractor func(*cpb.PluginConfig) (filesystem.Extractor, error)) {
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := readAlone(t, name, string(content))
	if err != nil {
		t.Fatal(err)
	}
	var theirs, ours []string
	lines := map[string][]int{}
	for _, e := range file.Entries {
		ours = append(ours, e.Name+" "+e.Version)
		lines[e.Name+" "+e.Version] = append(lines[e.Name+" "+e.Version], e.At.Start.Line)
	}
	for _, p := range extracted(t, name, content, newExtractor) {
		known := p.Name + " " + p.Version
		theirs = append(theirs, known)
		if p.Location.Descriptor == nil || p.Location.Descriptor.File == nil || p.Location.Descriptor.File.LineNumber == 0 {
			continue
		}
		if line := p.Location.Descriptor.File.LineNumber; lines[known] != nil && !slices.Contains(lines[known], line) {
			t.Errorf("%s stands on line %d, not on %v", known, line, lines[known])
		}
	}
	for _, of := range javascriptDifferences {
		applies, err := path.Match("testdata/javascript/"+of.files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range of.differences {
			if applies {
				take(t, &ours, d.ours, d.why)
				take(t, &theirs, d.theirs, d.why)
			}
		}
	}
	if diff := cmp.Diff(distinct(theirs), distinct(ours), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("osv-scalibr -, here +:\n%s", diff)
	}
}

func extracted(t *testing.T, name string, content []byte, newExtractor func(*cpb.PluginConfig) (filesystem.Extractor, error)) []*extractor.Package {
	t.Helper()
	extractor, err := newExtractor(&cpb.PluginConfig{PluginSpecific: []*cpb.PluginSpecificConfig{{Config: &cpb.PluginSpecificConfig_JavascriptPackageJson{
		JavascriptPackageJson: &cpb.JavascriptPackageJsonConfig{IncludeDependencies: true},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	inventory, err := extractor.Extract(context.Background(), &filesystem.ScanInput{
		FS: fstest.MapFS{name: {Data: content}}, Path: name, Reader: bytes.NewReader(content),
	})
	if err != nil {
		t.Fatal(err)
	}
	return inventory.Packages
}
