package manifest

import (
	"context"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	cpb "github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dotnet/csproj"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dotnet/nugetcpm"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dotnet/packagesconfig"
	"github.com/google/osv-scalibr/extractor/filesystem/language/dotnet/packageslockjson"
	"github.com/google/osv-scalibr/extractor/filesystem/language/golang/gomod"
	"github.com/google/osv-scalibr/extractor/filesystem/language/java/gradlelockfile"
	"github.com/google/osv-scalibr/extractor/filesystem/language/java/gradleverificationmetadataxml"
	"github.com/google/osv-scalibr/extractor/filesystem/language/java/gradleversioncatalog"
	"github.com/google/osv-scalibr/extractor/filesystem/language/java/pomxml"
	"github.com/google/osv-scalibr/extractor/filesystem/language/php/composerlock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/ruby/gemfilelock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/rust/cargolock"
	"github.com/google/osv-scalibr/extractor/filesystem/language/rust/cargotoml"
)

// extractors are those of osv-scalibr that read one of the formats of these languages.
var extractors = map[string]func(*cpb.PluginConfig) (filesystem.Extractor, error){
	"go.mod":                      gomod.New,
	"Cargo.lock":                  cargolock.New,
	"Cargo.toml":                  cargotoml.New,
	"pom.xml":                     pomxml.New,
	"gradle.lockfile":             gradlelockfile.New,
	"buildscript-gradle.lockfile": gradlelockfile.New,
	"libs.versions.toml":          gradleversioncatalog.New,
	"verification-metadata.xml":   gradleverificationmetadataxml.New,
	"Gemfile.lock":                gemfilelock.New,
	"composer.lock":               composerlock.New,
	"packages.lock.json":          packageslockjson.New,
	"shop.csproj":                 csproj.New,
	"Directory.Packages.props":    nugetcpm.New,
	"packages.config":             packagesconfig.New,
}

// difference is a package that only one side reads, and why that is right.
type difference struct{ ours, theirs, why string }

// differences are all that there are between what is read here and what osv-scalibr reads of the same file.
var differences = map[string][]difference{
	"testdata/go/shop/go.mod": {
		{"shop.example/money ", "./money ", "a folder is no module; the module keeps its name and is local"},
	},
	"testdata/jvm/maven/pom.xml": {
		{"org.apache:apache 31", "", "a parent from a repository is a package as well"},
		{"com.fasterxml.jackson:jackson-bom 2.13.0", "", "what is imported into the management is a package as well"},
		{"com.google.guava:guava ", "com.google.guava:guava 31.0-jre", "a range is not its lower end"},
		{"org.apache.maven.plugins:maven-surefire-plugin 3.2.5", "", "a plugin runs in every build"},
		{"org.dom4j:dom4j 2.1.1", "", "a profile's packages are installed when it is chosen"},
	},
	"testdata/jvm/maven/core/pom.xml": {
		{"example.shop:money 1.0-SNAPSHOT", "", "it leaves all out when the parent is not at hand; this one is local"},
		{"org.apache.logging.log4j:log4j-api ", "", "it leaves all out when the parent is not at hand"},
	},
	"testdata/jvm/gradle/gradle/libs.versions.toml": {
		{"org.apache.commons:commons-lang3 ", "org.apache.commons:commons-lang3 [3.8, 4.0[", "a range is no version"},
	},
	"testdata/rust/shop/Cargo.toml": {
		{"", "shop 0.1.0", "the crate itself is no dependency"},
		{"serde ", "serde 1.0.150", "a bare version stands for all that are compatible"},
		{"either ", "either 1.8.0", "a bare version stands for all that are compatible"},
		{"fastrand ", "fastrand ~1.8", "a range is no version"},
		{"itoa 1.0.5", "itoa =1.0.5", "the sign is no part of the version"},
		{"serde_json ", "json ^1.0.90", "the crate has the name that the key package gives"},
		{"money ", "money 0.1", "a folder has no version"},
		{"ids ", "", "what comes from git without a commit is a dependency as well"},
		{"hex ", "", "so is what tests use"},
		{"autocfg ", "", "so is what the build uses"},
		{"libc ", "", "so is what a target uses"},
		{"ryu ", "", "so is what the workspace's crates take from its root"},
	},
	"testdata/dotnet/shop/shop.csproj": {
		{"Serilog 2.12.0", "Serilog $(SerilogVersion)", "the property is in the same file"},
		{"Dapper 2.0.123", "", "a version may be an element"},
		{"Polly ", "Polly 7.*", "a range is no version"},
		{"Microsoft.Data.SqlClient 5.1.0", "Microsoft.Data.SqlClient [5.1.0]", "the brackets are no part of the version"},
		{"System.Text.Json ", "", "another file has its version"},
	},
	"testdata/dotnet/central/Directory.Packages.props": {
		{"Newtonsoft.Json 13.0.1", "", "it only reads references, and this file has the versions"},
		{"Serilog ", "", "it only reads references, and this file has the versions"},
		{"Nerdbank.GitVersioning 3.5.109", "", "all projects refer to it"},
	},
	"testdata/rust/shop/money/Cargo.toml": {{"", "money 0.1.0", "the crate itself is no dependency"}},
}

// TestPolyglotFilesAgreeWithScalibr: the packages and versions are those of osv-scalibr's extractors, but for differences
// that are named above. Each extractor sees a tree of this file alone.
func TestPolyglotFilesAgreeWithScalibr(t *testing.T) {
	read := map[string]bool{}
	polyglotFixtures(t, func(t *testing.T, name, content string) {
		newExtractor := extractors[path.Base(name)]
		if newExtractor == nil {
			return
		}
		read[path.Base(name)] = true
		extractor, err := newExtractor(&cpb.PluginConfig{})
		if err != nil {
			t.Fatal(err)
		}
		inventory, err := extractor.Extract(context.Background(), &filesystem.ScanInput{
			FS: fstest.MapFS{name: {Data: []byte(content)}}, Path: name, Reader: strings.NewReader(content),
		})
		if err != nil && differences[name] == nil {
			t.Fatal(err)
		}
		var theirs, ours []string
		for _, p := range inventory.Packages {
			theirs = append(theirs, p.Name+" "+p.Version)
		}
		file, err := readAlone(t, name, content)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range file.Entries {
			ours = append(ours, e.Name+" "+e.Version)
		}
		for _, d := range differences[name] {
			take(t, &ours, d.ours, d.why)
			take(t, &theirs, d.theirs, d.why)
		}
		if diff := cmp.Diff(distinct(theirs), distinct(ours), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("osv-scalibr -, here +:\n%s", diff)
		}
	})
	for name := range extractors {
		if !read[name] {
			t.Errorf("there is no fixture named %s", name)
		}
	}
}

// take removes a package that is said to be in a list.
func take(t *testing.T, list *[]string, name, why string) {
	t.Helper()
	if name == "" {
		return
	}
	if !slices.Contains(*list, name) {
		t.Errorf("%q is not there, so that this difference is none: %s", name, why)
	}
	*list = slices.DeleteFunc(*list, func(s string) bool { return s == name })
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
