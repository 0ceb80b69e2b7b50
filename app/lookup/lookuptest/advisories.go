// Package lookuptest makes the world that packages are looked up in, for tests: exports of OSV in a folder, indexes built
// of them, and deps.dev, an npm registry and OSV itself on loopback addresses, which note what they are asked.
package lookuptest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-app/assay/app/lookup/advisories"
)

// Advisory is about one package. Versions before Fixed are affected, or those named alone when Fixed is empty.
type Advisory struct {
	ID, Ecosystem, Package string
	Fixed                  string
	Versions               []string // which OSV on a loopback address goes by in any case
	Summary, Severity      string   // of these LOW, MODERATE, HIGH and CRITICAL
	Aliases                []string
}

// object is any JSON object.
type object map[string]any

// JSON is the advisory in OSV's schema.
func (a Advisory) JSON(t testing.TB) []byte {
	t.Helper()
	affected := object{"package": object{"ecosystem": a.Ecosystem, "name": a.Package}}
	if len(a.Versions) > 0 {
		affected["versions"] = a.Versions
	}
	if a.Fixed != "" {
		affected["ranges"] = []object{{"type": "ECOSYSTEM", "events": []object{{"introduced": "0"}, {"fixed": a.Fixed}}}}
	}
	text, err := json.Marshal(object{
		"schema_version": "1.6.0", "id": a.ID, "aliases": a.Aliases, "summary": a.Summary, "affected": []object{affected},
		"published": "2026-01-02T03:04:05Z", "modified": "2026-01-02T03:04:05Z", "database_specific": object{"severity": a.Severity},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Export makes a folder like that which OSV publishes: an archive for each ecosystem.
func Export(t testing.TB, all ...Advisory) string {
	t.Helper()
	dir := t.TempDir()
	packed := map[string]*bytes.Buffer{}
	archives := map[string]*zip.Writer{}
	for _, a := range all {
		if archives[a.Ecosystem] == nil {
			packed[a.Ecosystem] = new(bytes.Buffer)
			archives[a.Ecosystem] = zip.NewWriter(packed[a.Ecosystem])
		}
		member, err := archives[a.Ecosystem].Create(a.ID + ".json")
		if err == nil {
			_, err = member.Write(a.JSON(t))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for ecosystem, archive := range archives {
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		PutArchive(t, dir, ecosystem, packed[ecosystem].Bytes())
	}
	return dir
}

// PutArchive puts an ecosystem's archive, or what is to be taken for one, into an export.
func PutArchive(t testing.TB, export, ecosystem string, archive []byte) {
	t.Helper()
	dir := filepath.Join(export, ecosystem)
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "all.zip"), archive, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Index builds an index and gives its path.
func Index(t testing.TB, all ...Advisory) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "advisories.db")
	Update(t, path, all...)
	return path
}

// Update puts an index in the place of the one before, if there is one, as the command does.
func Update(t testing.TB, path string, all ...Advisory) {
	t.Helper()
	update(t, path, Export(t, all...))
}

// UpdateAsOf is [Update] with data that was fetched some time ago.
func UpdateAsOf(t testing.TB, path string, at time.Time, all ...Advisory) {
	t.Helper()
	export := Export(t, all...)
	archives, err := filepath.Glob(filepath.Join(export, "*", "all.zip"))
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		if err := os.Chtimes(archive, at, at); err != nil {
			t.Fatal(err)
		}
	}
	update(t, path, export)
}

func update(t testing.TB, path, export string) {
	t.Helper()
	if _, err := advisories.Run(t.Context(), advisories.Options{Path: path, From: export}); err != nil {
		t.Fatal(err)
	}
}
