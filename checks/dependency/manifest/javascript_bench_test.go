package manifest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-app/assay/checks"
)

// hashOf is a hash as lockfiles have it, another for each number.
func hashOf(n int) string {
	return fmt.Sprintf("sha512-%08d%s==", n, strings.Repeat("Ab3+x/", 13))
}

// packageLockOf is a lockfile of version 3 with so many packages, each of which needs three others.
func packageLockOf(packages int) string {
	var b strings.Builder
	b.WriteString("{\n  \"name\": \"shop\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n  \"packages\": {\n    \"\": {\n      \"name\": \"shop\",\n      \"dependencies\": {\n        \"package-0\": \"^1.0.0\"\n      }\n    }")
	for i := range packages {
		fmt.Fprintf(&b, ",\n    \"node_modules/package-%d\": {\n      \"version\": \"1.%d.0\",\n      \"resolved\": \"https://npm.acme.example/package-%d/-/package-%d-1.%d.0.tgz\",\n      \"integrity\": \"%s\",\n      \"license\": \"MIT\",\n      \"dependencies\": {", i, i, i, i, i, hashOf(i))
		for j := range 3 {
			fmt.Fprintf(&b, "\n        \"package-%d\": \"^1.0.0\",", (i*7+j)%packages)
		}
		fmt.Fprintf(&b, "\n        \"package-%d\": \"^1.0.0\"\n      },\n      \"engines\": {\n        \"node\": \">=18\"\n      }\n    }", (i*7+3)%packages)
	}
	b.WriteString("\n  }\n}\n")
	return b.String()
}

func pnpmLockOf(packages int) string {
	var b strings.Builder
	b.WriteString("lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      package-0:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n")
	for i := range packages {
		fmt.Fprintf(&b, "\n  package-%d@1.%d.0:\n    resolution: {integrity: %s}\n    engines: {node: '>=18'}\n", i, i, hashOf(i))
	}
	b.WriteString("\nsnapshots:\n")
	for i := range packages {
		fmt.Fprintf(&b, "\n  package-%d@1.%d.0:\n    dependencies:\n", i, i)
		for j := range 4 {
			fmt.Fprintf(&b, "      package-%d: 1.%d.0\n", (i*7+j)%packages, (i*7+j)%packages)
		}
	}
	return b.String()
}

func yarnLockOf(packages int) string {
	var b strings.Builder
	b.WriteString("# yarn lockfile v1\n\n")
	for i := range packages {
		fmt.Fprintf(&b, "\npackage-%d@^1.0.0, package-%d@^1.%d.0:\n  version \"1.%d.0\"\n  resolved \"https://npm.acme.example/package-%d/-/package-%d-1.%d.0.tgz#%040d\"\n  integrity %s\n  dependencies:\n    package-%d \"^1.0.0\"\n", i, i, i, i, i, i, i, i, hashOf(i), (i*7)%packages)
	}
	return b.String()
}

func bunLockOf(packages int) string {
	var b strings.Builder
	b.WriteString("{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\n    \"\": {\n      \"dependencies\": {\n        \"package-0\": \"^1.0.0\",\n      },\n    },\n  },\n  \"packages\": {\n")
	for i := range packages {
		fmt.Fprintf(&b, "    \"package-%d\": [\"package-%d@1.%d.0\", \"\", { \"dependencies\": { \"package-%d\": \"^1.0.0\" } }, %q],\n\n", i, i, i, (i*7)%packages, hashOf(i))
	}
	b.WriteString("  }\n}\n")
	return b.String()
}

// BenchmarkLockfile reads one lockfile with so many packages; a review reads two.
func BenchmarkLockfile(b *testing.B) {
	for _, test := range []struct {
		path    string
		content func(int) string
	}{{"package-lock.json", packageLockOf}, {"pnpm-lock.yaml", pnpmLockOf}, {"yarn.lock", yarnLockOf}, {"bun.lock", bunLockOf}} {
		for _, packages := range []int{1000, 20_000} {
			b.Run(fmt.Sprintf("%s/%d", test.path, packages), func(b *testing.B) {
				r, err := NewReader()
				if err != nil {
					b.Fatal(err)
				}
				tree := fstest.MapFS{test.path: {Data: []byte(test.content(packages))}}
				b.SetBytes(int64(len(tree[test.path].Data)))
				b.ReportAllocs()
				for b.Loop() {
					file, err := r.Read(context.Background(), tree, checks.Path(test.path), "")
					if err != nil || len(file.Entries) != packages {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
