package dependency_test

import (
	"testing"

	"github.com/assay-app/assay/checks"
)

func TestAWorkspacesPackageIsSaidAtItsManifest(t *testing.T) {
	lock := func(version string) string {
		return `{"lockfileVersion": 3, "packages": {"": {"workspaces": ["packages/*"]}, "node_modules/b": {"resolved": "packages/b", "link": true},
  "packages/b": {"dependencies": {"ms": "` + version + `"}},
  "node_modules/ms": {"version": "` + version + `", "resolved": "https://registry.npm.example/ms/-/ms-` + version + `.tgz", "integrity": "sha512-` + version + `"}}}`
	}
	manifest := func(version string) string {
		return "{\n  \"name\": \"b\",\n  \"dependencies\": {\"ms\": \"" + version + "\"}\n}\n"
	}
	root := `{"name": "root", "workspaces": ["packages/*"]}`
	base := map[string]string{"package.json": root, "packages/b/package.json": manifest("2.0.0"), "package-lock.json": lock("2.0.0")}
	head := map[string]string{"package.json": root, "packages/b/package.json": manifest("1.0.0"), "package-lock.json": lock("1.0.0")}
	w := world{}
	w.Advisories = append(w.Advisories, struct {
		Ecosystem, Name, Version, ID, Summary, Fixed string
		Severity                                     checks.Severity
		Malicious                                    bool
	}{Ecosystem: "npm", Name: "ms", Version: "1.0.0", ID: "GHSA-x", Severity: checks.High})
	found, _ := findingsOf(t, changeOf(base, head), &w)
	if len(found) != 1 || found[0].Location.Path != "packages/b/package.json" || found[0].Location.Start.Line != 3 {
		t.Errorf("want one finding, at the workspace's manifest: %+v", found)
	}
}
