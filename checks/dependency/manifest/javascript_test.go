package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

func TestPackageJSON(t *testing.T) {
	expectOutlines(t, "package.json", map[string]struct{ content, want string }{
		"a list that occurs twice counts twice: parsers differ": {`{"dependencies": {"a": "1.0.0"}, "dependencies": {"a": "2.0.0", "a": "3.0.0"}}`, `
1:19-31 npm a "1.0.0" direct  pin 1:25 "1.0.0"
1:51-63 npm a "2.0.0" direct  pin 1:57 "2.0.0"
1:65-77 npm a "3.0.0" direct  pin 1:71 "3.0.0"
`},
		"a version with escapes has no pin": {`{"dependencies": {"\u0061": "1.0.\u0030"}}`, `
1:19-41 npm a "1.0.0" direct
`},
		"what is no string is noted": {`{"dependencies": {"a": {"version": "1.0.0"}, "b": "1.0.0"}, "devDependencies": ["c"], "scripts": "x"}`, `
1:46-58 npm b "1.0.0" direct  pin 1:52 "1.0.0"
lossy: line 1: what is wanted of a package is no string
`},
		"a name that is empty is none": {`{"dependencies": {"": "1.0.0"}}`, ``},
		"a text that breaks off": {`{"dependencies": {"a": "1.0.0", "b": "1.`, `
1:19-31 npm a "1.0.0" direct  pin 1:25 "1.0.0"
1:33-41 npm b "" direct  wants: 1.
lossy: line 1: a string that isn't closed
`},
		"comments and commas, which Bun takes": {"{\n// x\n\"dependencies\": {\"a\": \"1.0.0\",},}", `
3:18-30 npm a "1.0.0" direct  pin 3:24 "1.0.0"
`},
		"a package of the game engine Unity has dependencies of that": {`{"name": "com.acme.x", "unity": "2021.3", "dependencies": {"com.unity.x": "1.0.0"}}`, `
of com.acme.x
`},
		"an address in place of the package manager": {`{"packageManager": "yarn@https://files.acme.example/yarn.js"}`, `
1:2-61 npm yarn "" direct  group: build  origin: url  from: https://files.acme.example/yarn.js
`},
		"tools for development": {`{"devEngines": {"packageManager": [{"name": "pnpm", "version": "^9.0.0"}, {"name": "npm"}]}}`, `
1:36-73 npm pnpm "" direct  wants: ^9.0.0  group: build  pin 1:66 "9.0.0"
`},
		"peers that may be missing, listed before": {`{"peerDependenciesMeta": {"b": {"optional": true}}, "peerDependencies": {"a": "1.0.0", "b": "1.0.0"}, "dependencies": {"b": "1.0.0"}}`, `
1:74-86 npm a "1.0.0" direct  pin 1:80 "1.0.0"
1:88-100 npm b "1.0.0" direct  group: optional  pin 1:94 "1.0.0"
1:120-132 npm b "1.0.0" direct  pin 1:126 "1.0.0"
`},
		"overrides to an address and to another package": {`{"overrides": {"a": "npm:evil@1.0.0", "b": {"c": "https://files.acme.example/c.tgz"}}}`, `
1:16-37 npm evil "1.0.0" direct  alias: a  override  pin 1:31 "1.0.0"
1:45-84 npm c "" direct  origin: url  from: https://files.acme.example/c.tgz  override
`},
	})
}

func TestOverridesNestedTooDeep(t *testing.T) {
	content := `{"overrides": ` + strings.Repeat(`{"a": `, maxOverrides+2) + `"1.0.0"` + strings.Repeat("}", maxOverrides+3)
	file, err := readAlone(t, "package.json", content)
	if err != nil || len(file.Entries) != 0 || file.Lossy == "" {
		t.Errorf("got %+v, %v", file, err)
	}
}

func TestPackageLock(t *testing.T) {
	expectOutlines(t, "package-lock.json", map[string]struct{ content, want string }{
		"nested copies are packages of their own, in the file's order": {`{"lockfileVersion": 3, "packages": {"": {"dependencies": {"b": "1", "a": "1"}},
"node_modules/b": {"version": "1.0.0"},
"node_modules/b/node_modules/a": {"version": "1.0.0"},
"node_modules/a": {"version": "1.0.0"}}}`, `
2:1-39 npm b "1.0.0" direct
3:1-54 npm a "1.0.0"
4:1-39 npm a "1.0.0" direct
`},
		"an alias has the name that is fetched": {`{"packages": {"node_modules/@s/a": {"name": "@t/b", "version": "1.0.0", "resolved": "https://npm.acme.example/@t/b/-/b-1.0.0.tgz"}}}`, `
1:15-131 npm @t/b "1.0.0"  alias: @s/a  from: https://npm.acme.example/@t/b/-/b-1.0.0.tgz
`},
		"several hashes, weak and strong": {`{"packages": {"node_modules/a": {"version": "1.0.0", "integrity": "sha1-x sha512-y"}}}`, `
1:15-85 npm a "1.0.0"  hash: sha1-x + sha512-y
`},
		"what two kinds of wish need is installed if the optional one is": {`{"packages": {"node_modules/a": {"version": "1.0.0", "devOptional": true}, "node_modules/b": {"dev": true, "optional": true}}}`, `
1:15-74 npm a "1.0.0"  group: optional
1:76-125 npm b ""  group: dev
`},
		"what a package of the workspace asks for is found from its folder up": {`{"packages": {"": {}, "apps/web": {"name": "@acme/web", "devDependencies": {"a": "1", "b": "1", "c": "1"}},
"apps/web/node_modules/a": {"version": "2.0.0"},
"node_modules/a": {"version": "1.0.0"},
"apps/node_modules/b": {"version": "2.0.0"},
"node_modules/b": {"version": "1.0.0"}}}`, `
2:1-48 npm a "2.0.0" direct
3:1-39 npm a "1.0.0"
4:1-44 npm b "2.0.0" direct
5:1-39 npm b "1.0.0"
holds @acme/web
`},
		"an address that somebody asks for is none of a registry": {`{"packages": {"": {"dependencies": {"a": "https://files.acme.example/a.tgz"}},
"node_modules/a": {"version": "1.0.0", "resolved": "https://files.acme.example/a.tgz"},
"node_modules/b": {"version": "1.0.0", "resolved": "https://files.acme.example/b.tgz"}}}`, `
2:1-87 npm a "1.0.0" direct  origin: url  from: https://files.acme.example/a.tgz
3:1-87 npm b "1.0.0"  from: https://files.acme.example/b.tgz
`},
		"a project without dependencies": {`{"name": "x", "lockfileVersion": 3, "requires": true, "packages": {}}`, "of x\n"},
		"the same in the first version":  {`{"name": "x", "lockfileVersion": 1}`, "of x\n"},
		"names that lead out of the folder": {`{"packages": {"node_modules/../../etc": {"version": "1.0.0"}, "node_modules/a%2fb": {}, "node_modules/": {}}}`, `
1:15-61 npm ../../etc "1.0.0"
1:63-87 npm a%2fb ""
`},
		"fields of other kinds": {`{"packages": {"node_modules/a": {"version": 1, "resolved": null, "integrity": ["x"], "dev": "true"}, "node_modules/b": 1}}`, `
1:15-100 npm a ""  group: dev
1:102-121 npm b ""
`},
		"a merge that was not finished": {"{\"packages\": {\n<<<<<<< HEAD\n\"node_modules/a\": {\"version\": \"1.0.0\"},\n=======\n\"node_modules/a\": {\"version\": \"1.1.0\"},\n>>>>>>> b\n\"node_modules/b\": {\"version\": \"1.0.0\"}}}", `
3:1-39 npm a "1.0.0"
5:1-39 npm a "1.1.0"
7:1-39 npm b "1.0.0"
lossy: line 2: a key without a value
`},
	})
	deep := `{"lockfileVersion": 1, "dependencies": ` + strings.Repeat(`{"a": {"version": "1.0.0", "dependencies": `, maxNesting+10)
	if file, err := readAlone(t, "package-lock.json", deep); err != nil || file.Lossy == "" || len(file.Entries) != maxNesting {
		t.Errorf("nested too deep: got %d packages, %q, %v", len(file.Entries), file.Lossy, err)
	}
}

func TestPlacesAreLookedForSoFarUp(t *testing.T) {
	p := newPlaces(aboveFolder)
	p.put("", "a", 1)
	if _, ok := p.from(strings.Repeat("x/", maxUpwards-2) + "x").find("a"); !ok {
		t.Error("not found from a folder that is deep")
	}
	if _, ok := p.from(strings.Repeat("x/", maxUpwards) + "x").find("a"); ok {
		t.Error("found from a folder that is too deep")
	}
}

func TestYarnLock(t *testing.T) {
	expectOutlines(t, "yarn.lock", map[string]struct{ content, want string }{
		"all that a package was found for": {`# yarn lockfile v1
"@s/a@^1.0.0", "@s/a@~1.1.0", b@npm:@s/a@1:
  version "1.1.0"
  resolved "https://npm.acme.example/@s/a/-/a-1.1.0.tgz#0123456789012345678901234567890123456789"
`, `
2:1-4:98 npm @s/a "1.1.0"  from: https://npm.acme.example/@s/a/-/a-1.1.0.tgz#0123456789012345678901234567890123456789  hash: sha1:0123456789012345678901234567890123456789
`},
		"names of two packages, which Yarn never writes, are two": {`# yarn lockfile v1
a@1, b@1:
  version "1.0.0"
`, `
2:1-3:18 npm a "1.0.0"
2:1-3:18 npm b "1.0.0"
`},
		"escapes": {"# yarn lockfile v1\n\"a@>=1 <2 || \\\"x\\\"\":\n  version \"1.0.0\"\n  \"integrity\" \"sha512-x\"\n", `
2:1-4:25 npm a "1.0.0"  hash: sha512-x
`},
		"a merge that was not finished": {"# yarn lockfile v1\n<<<<<<< HEAD\na@1:\n  version \"1.0.0\"\n=======\na@1:\n  version \"1.1.0\"\n>>>>>>> b\n", `
3:1-4:18 npm a "1.0.0"
6:1-7:18 npm a "1.1.0"
lossy: line 2: neither a package nor part of one
`},
		"no packages":          {"# yarn lockfile v1\n\n\n", ""},
		"a file that is empty": {"", ""},
		"a line that begins in the middle": {"# yarn lockfile v1\n  version \"1.0.0\"\n", `
lossy: line 2: neither a package nor part of one
`},
	})
	var many strings.Builder
	for i := range maxPatterns + 5 {
		fmt.Fprintf(&many, "n%d@1, ", i)
	}
	file, err := readAlone(t, "yarn.lock", many.String()+"z@1:\n  version \"1.0.0\"\n")
	if err != nil || len(file.Entries) != maxPatterns || file.Lossy == "" {
		t.Errorf("too many names: got %d packages, %q, %v", len(file.Entries), file.Lossy, err)
	}
}

func TestBerryLock(t *testing.T) {
	const head = "__metadata:\n  version: 8\n\n"
	expectOutlines(t, "yarn.lock", map[string]struct{ content, want string }{
		"a registry that is not the usual one": {head + `"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fnpm.acme.example%2Fa-1.0.0.tgz"
  checksum: 10c0/x
`, `
4:1-7:19 npm a "1.0.0"  from: https://npm.acme.example/a-1.0.0.tgz  hash: 10c0/x
`},
		"a package that was not resolved": {head + "\"a@npm:^1.0.0\":\n  version: 1.0.0\n", `
4:1-5:17 npm a "1.0.0"  origin: url
lossy: a package that was not resolved
`},
		"a folder and a link": {head + `"a@portal:../a::locator=x%40workspace%3A.":
  version: 0.0.0-use.local
  resolution: "a@portal:../a::locator=x%40workspace%3A."
  linkType: soft
`, `
4:1-7:17 npm a ""  origin: local  from: portal:../a::locator=x%40workspace%3A.
`},
		"a forge's archive of a commit": {head + `"a@acme/a":
  version: 1.0.0
  resolution: "a@https://github.com/acme/a.git#commit=f6967d40b217c8f1e9b1515d9794158ca8f23632"
`, `
4:1-6:96 npm a "1.0.0"  origin: git  from: https://github.com/acme/a.git#commit=f6967d40b217c8f1e9b1515d9794158ca8f23632
`},
		"a key that is longer than YAML likes": {head + "? \"a@npm:1, a@npm:2\"\n:\n  version: 2.0.0\n  resolution: \"a@npm:2.0.0\"\n", `
4:3-7:28 npm a "2.0.0"
`},
	})
}

func TestPNPMLock(t *testing.T) {
	expectOutlines(t, "pnpm-lock.yaml", map[string]struct{ content, want string }{
		"what is only needed for development, which version 9 does not say": {`lockfileVersion: '9.0'
importers:
  .:
    devDependencies:
      a: {specifier: ^1.0.0, version: 1.0.0}
    dependencies:
      b: {specifier: ^1.0.0, version: 1.0.0(c@1.0.0)}
packages:
  a@1.0.0: {resolution: {integrity: sha512-a}}
  b@1.0.0: {resolution: {integrity: sha512-b}}
  c@1.0.0: {resolution: {integrity: sha512-c}}
  d@1.0.0: {resolution: {integrity: sha512-d}}
  e@1.0.0: {resolution: {integrity: sha512-e}}
  f@1.0.0: {resolution: {integrity: sha512-f}}
  g@1.0.0: {resolution: {integrity: sha512-g}}
snapshots:
  a@1.0.0: {dependencies: {c: 1.0.0, d: 1.0.0}, optionalDependencies: {g: 1.0.0}}
  b@1.0.0(c@1.0.0): {dependencies: {c: 1.0.0}, optionalDependencies: {f: 1.0.0}}
  c@1.0.0: {}
  d@1.0.0: {}
  f@1.0.0: {optional: true}
  g@1.0.0: {optional: true}
`, `
9:3-47 npm a "1.0.0" direct  group: dev  hash: sha512-a
10:3-47 npm b "1.0.0" direct  hash: sha512-b
11:3-47 npm c "1.0.0"  hash: sha512-c
12:3-47 npm d "1.0.0"  group: dev  hash: sha512-d
13:3-47 npm e "1.0.0"  hash: sha512-e
14:3-47 npm f "1.0.0"  group: optional  hash: sha512-f
15:3-47 npm g "1.0.0"  group: dev  hash: sha512-g
`},
		"peers behind a package": {`lockfileVersion: 5.4
dependencies:
  '@s/a': 1.0.0_b@1.0.0
packages:
  /@s/a/1.0.0_b@1.0.0:
    resolution: {integrity: sha512-a}
    dev: false
  npm.acme.example/c/2.0.0:
    resolution: {integrity: sha512-c, tarball: https://npm.acme.example/c/-/c-2.0.0.tgz}
`, `
5:3-7:15 npm @s/a "1.0.0" direct  hash: sha512-a
8:3-9:89 npm c "2.0.0"  from: https://npm.acme.example/c/-/c-2.0.0.tgz  hash: sha512-c
`},
		"peers with a scope": {`lockfileVersion: '6.0'
dependencies:
  a:
    specifier: ^1.0.0
    version: 1.0.0(@s/b@1.0.0)(c@1.0.0)
packages:
  /a@1.0.0(@s/b@1.0.0)(c@1.0.0):
    resolution: {integrity: sha512-a}
  /@s/d@1.0.0(@s/b@1.0.0):
    resolution: {integrity: sha512-d}
`, `
7:3-8:38 npm a "1.0.0" direct  hash: sha512-a
9:3-10:38 npm @s/d "1.0.0"  hash: sha512-d
`},
		"a forge's archive of a commit": {`lockfileVersion: '9.0'
packages:
  a@https://codeload.github.com/acme/a/tar.gz/f6967d40b217c8f1e9b1515d9794158ca8f23632:
    resolution: {tarball: https://codeload.github.com/acme/a/tar.gz/f6967d40b217c8f1e9b1515d9794158ca8f23632}
    version: 1.0.0
`, `
3:3-5:19 npm a "1.0.0"  origin: git  from: https://codeload.github.com/acme/a/tar.gz/f6967d40b217c8f1e9b1515d9794158ca8f23632
`},
		"a registry's package with an address of its own": {`lockfileVersion: '9.0'
packages:
  a@1.0.0:
    resolution: {integrity: sha512-a, tarball: https://evil.example/a-1.0.0.tgz}
`, `
3:3-4:81 npm a "1.0.0"  from: https://evil.example/a-1.0.0.tgz  hash: sha512-a
`},
		"a package without a name": {"lockfileVersion: '6.0'\npackages:\n  evil.example/a.tgz: {resolution: {tarball: x}}\n", `
lossy: a package without a name
`},
		"references are noted, not followed": {"lockfileVersion: '9.0'\npackages:\n  a@1.0.0: &a {resolution: {integrity: x}}\n  b@1.0.0: *a\n", `
3:3-43 npm a "1.0.0"  hash: x
4:3-14 npm b "1.0.0"
lossy: references to other values
`},
		"a text that breaks off": {"lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha5", `
3:3-4:33 npm a "1.0.0"  hash: sha5
lossy: line 4: a bracket that isn't closed
`},
		"nothing but a version": {"lockfileVersion: '9.0'\n", ""},
		"an empty file":         {"", ""},
	})
}

func TestBunLock(t *testing.T) {
	expectOutlines(t, "bun.lock", map[string]struct{ content, want string }{
		"another registry and what is for development": {`{"workspaces": {"": {"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}}, "packages": {
"a": ["a@1.0.0", "https://npm.acme.example/a/-/a-1.0.0.tgz", {"dependencies": {"c": "1"}}, "sha512-a"],
"b": ["b@1.0.0", "", {"dependencies": {"c": "2", "d": "1"}}, "sha512-b"],
"c": ["c@1.0.0", "", {}, "sha512-c"],
"d": ["@s/d@1.0.0", "", {}, "sha512-d"],
"b/c": ["c@2.0.0", "", {}, "sha512-e"],
}}`, `
2:1-103 npm a "1.0.0" direct  from: https://npm.acme.example/a/-/a-1.0.0.tgz  hash: sha512-a
3:1-73 npm b "1.0.0" direct  group: dev  hash: sha512-b
4:1-37 npm c "1.0.0"  hash: sha512-c
5:1-40 npm @s/d "1.0.0"  group: dev  alias: d  hash: sha512-d
6:1-39 npm c "2.0.0"  group: dev  hash: sha512-e
`},
		"lists that hold something else": {`{"packages": {"a": [], "b": [1], "c": "x", "d": [{}, "d@1.0.0"]}}`, `
1:44-64 npm d "1.0.0"
`},
	})
}

func TestDenoLock(t *testing.T) {
	expectOutlines(t, "deno.lock", map[string]struct{ content, want string }{
		"packages of JSR, peers and scripts": {`{"version": "5", "specifiers": {"jsr:@std/bytes@1": "1.0.2", "npm:a@^1.0.0": "1.0.0_b@2.0.0"},
"jsr": {"@std/bytes@1.0.2": {"integrity": "00ff"}},
"npm": {"a@1.0.0_b@2.0.0": {"integrity": "sha512-a", "scripts": true, "tarball": "https://npm.acme.example/a.tgz"}},
"workspace": {"members": {"ui": {"dependencies": ["jsr:@std/bytes@1"], "packageJson": {"dependencies": ["npm:a@^1.0.0"]}}}}}`, `
2:9-50 JSR @std/bytes "1.0.2" direct  hash: 00ff
3:9-115 npm a "1.0.0" direct  from: https://npm.acme.example/a.tgz  hash: sha512-a  runs a script
`},
		"version 2": {`{"version": "2", "remote": {}, "npm": {"specifiers": {"a@1": "a@1.0.0"}, "packages": {"a@1.0.0": {"integrity": "sha512-a", "dependencies": {}}}}}`, `
1:87-143 npm a "1.0.0"  hash: sha512-a
`},
		"version 1": {`{"https://files.acme.example/mod.ts": "00ff"}`, `
1:2-45 Deno https://files.acme.example/mod.ts ""  origin: url  from: https://files.acme.example/mod.ts  hash: sha256:00ff
`},
	})
}

func TestJavaScriptSettings(t *testing.T) {
	expectOutlines(t, ".npmrc", map[string]struct{ content, want string }{
		"a switch alone means true":           {"strict-ssl\nunsafe-perm\n", "2:1-12 option unsafe-perm: true\n"},
		"what strengthens is not noted":       {"ignore-scripts=true\nstrict-ssl=true\n", ""},
		"credentials are never kept":          {"//npm.acme.example/:_authToken=hunter2\n_auth=aHVudGVyMg==\nemail=x@acme.example\n", ""},
		"a registry behind a variable":        {"registry=${REGISTRY}\n", "1:1-21 source ${REGISTRY}\n"},
		"a proxy with credentials":            {"https-proxy=http://a:b@proxy.acme.example\n", "1:1-42 option https-proxy: http://proxy.acme.example\n"},
		"several values":                      {"ca[]=x\nca[]=y\n", "1:1-7 option ca: x\n2:1-7 option ca: y\n"},
		"a mark, blanks and carriage returns": {"\uFEFF  registry = https://npm.acme.example/ \r\n", "1:6-42 source https://npm.acme.example/\n"},
	})
	if file, err := readAlone(t, "bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n\x00\x00"); err != nil || file.Lossy != "binary lockfile" || file.Kind != Lockfile {
		t.Errorf("a binary lockfile: got %+v, %v", file, err)
	}
}

func TestInstalledPackagesAreNotTheProjects(t *testing.T) {
	r, err := NewReader()
	if err != nil {
		t.Fatal(err)
	}
	if r.Claims("node_modules/a/package.json") || r.Claims("web/node_modules/a/yarn.lock") || !r.Claims("web/package.json") {
		t.Error("a file in node_modules is claimed, or one outside is not")
	}
}

func TestJavaScriptFilesThatAreNone(t *testing.T) {
	for path, contents := range map[string][]string{
		"package.json":        {"", "[]", "\"x\"", "null"},
		"package-lock.json":   {"", "[]", "{}", "{\"packages\": []}"},
		"npm-shrinkwrap.json": {"{}"},
		"yarn.lock":           {"this is no lockfile\n", "{}\n"},
		"pnpm-lock.yaml":      {"- a\n- b\n", "just a text\n", "[]"},
		"pnpm-workspace.yaml": {"- a\n"},
		"bun.lock":            {"", "[]"},
		"deno.json":           {"[]"},
		"deno.lock":           {"[]"},
		".yarnrc.yml":         {"- a\n"},
	} {
		for _, content := range contents {
			if file, err := readAlone(t, path, content); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: got %v and %v of %q", path, file, err, content)
			}
		}
	}
}

// TestJavaScriptNamesAreKeptAsTheyAre: who judges them must see them.
func TestJavaScriptNamesAreKeptAsTheyAre(t *testing.T) {
	names := []string{"../../etc/passwd", "a/../b", "a%2fb", "a b", "\u0430cme", "**bold** <b>", strings.Repeat("x", 10_000)}
	for _, name := range names {
		for path, content := range map[string]string{
			"package.json":      `{"dependencies": {%q: "1.0.0"}}`,
			"package-lock.json": `{"lockfileVersion": 1, "dependencies": {%q: {"version": "1.0.0"}}}`,
			"yarn.lock":         "# yarn lockfile v1\n%q:\n  version \"1.0.0\"\n",
			"pnpm-lock.yaml":    "lockfileVersion: '9.0'\npackages:\n  %q:\n    resolution: {integrity: x}\n",
			"bun.lock":          `{"packages": {"x": [%q, "", {}, "sha512-x"]}}`,
			"deno.lock":         `{"npm": {%q: {"integrity": "x"}}}`,
		} {
			key := name
			if path != "package.json" && path != "package-lock.json" {
				key += "@1.0.0"
			}
			file, err := readAlone(t, path, fmt.Sprintf(content, key))
			if err != nil || len(file.Entries) != 1 || file.Entries[0].Name != name || file.Entries[0].Version != "1.0.0" {
				t.Errorf("%s: %.30q is read as %.200v, %v", path, name, file, err)
			}
		}
	}
	if file, err := readAlone(t, "package.json", `{"dependencies": {"a\u0000\u202eb": "1.0.0"}}`); err != nil || file.Entries[0].Name != "a\x00\u202eb" {
		t.Errorf("control characters: got %v, %v", file, err)
	}
}

// TestJavaScriptHostileFiles: what is large or nested gives a file or an error in a moment, and says what is missing.
func TestJavaScriptHostileFiles(t *testing.T) {
	var aliases strings.Builder
	aliases.WriteString("lockfileVersion: '9.0'\npackages:\n  a0@1.0.0: &a0 {x: [y, y, y, y, y, y, y, y, y]}\n")
	for i := range 10_000 {
		fmt.Fprintf(&aliases, "  a%d@1.0.0: &a%d {x: [*a%d, *a%d]}\n", i+1, i+1, i, i)
	}
	folder := strings.Repeat("x/", 5000)
	var wishes strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&wishes, "%q: \"1\", ", fmt.Sprint("n", i))
	}
	var many strings.Builder
	for i := range MaxEntries + 10 {
		fmt.Fprintf(&many, "%q: \"1.0.0\",\n", fmt.Sprint("n", i))
	}
	for what, test := range map[string]struct{ path, content, lossy string }{
		"references":              {"pnpm-lock.yaml", aliases.String(), "references to other values"},
		"brackets of JSON":        {"package-lock.json", `{"lockfileVersion": 3, "packages": ` + strings.Repeat("[", 100_000), fmt.Sprintf("values nested deeper than %d", jsonc.MaxDepth)},
		"brackets of YAML":        {"pnpm-lock.yaml", "packages: " + strings.Repeat("{a: ", 100_000), "nested deeper"},
		"dashes of YAML":          {".yarnrc.yml", "a: 1\nplugins:\n  " + strings.Repeat("- ", 100_000), "nested deeper"},
		"a deep folder":           {"package-lock.json", `{"packages": {"` + folder + `y": {"dependencies": {` + wishes.String() + `}}, "` + folder + `node_modules/n1": {}}}`, ""},
		"a deep place":            {"bun.lock", `{"packages": {"` + folder + `y": ["a@1.0.0", {"dependencies": {` + wishes.String() + `}}]}}`, ""},
		"more packages than read": {"package.json", `{"dependencies": {` + many.String() + `}}`, "more than"},
	} {
		t.Run(what, func(t *testing.T) {
			file, err := readAlone(t, test.path, test.content)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(file.Lossy, test.lossy) || test.lossy == "" && file.Lossy != "" {
				t.Errorf("lossy: %q", file.Lossy)
			}
			if len(file.Entries) > MaxEntries {
				t.Errorf("%d packages", len(file.Entries))
			}
		})
	}
}

// FuzzJavaScriptFiles begins with the first lines of each format.
func FuzzJavaScriptFiles(f *testing.F) {
	for path, content := range map[string]string{
		"package.json":        `{"dependencies": {"a": "npm:@s/b@^1.0.0"}, "overrides": {"c": {".": "1.0.0"}}, "pnpm": {"overrides": {"a>b": "-"}}, "packageManager": "a@1+sha512.x"}`,
		"package-lock.json":   `{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a": {"version": "1.0.0", "link": true}}}`,
		"npm-shrinkwrap.json": `{"lockfileVersion": 1, "dependencies": {"a": {"version": "npm:b@1.0.0", "dependencies": {"c": {"bundled": true}}}}}`,
		"yarn.lock":           "# yarn lockfile v1\n\"a@^1\", b@npm:a@1:\n  version \"1.0.0\"\n  resolved \"https://x#y\"\n  integrity sha512-x\n",
		"web/yarn.lock":       "__metadata:\n  version: 8\n\"a@npm:1, b@npm:a@1\":\n  version: 1.0.0\n  resolution: \"a@patch:a@npm%3A1#x::y\"\n",
		"pnpm-lock.yaml":      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: ^1, version: 1.0.0(b@1)}\npackages:\n  a@1.0.0: {resolution: {integrity: x}}\nsnapshots:\n  a@1.0.0(b@1): {optional: true}\n",
		"web/pnpm-lock.yaml":  "lockfileVersion: 5.4\ndependencies:\n  a: /b/1.0.0_c@1\npackages:\n  /b/1.0.0_c@1: {requiresBuild: true}\n",
		"pnpm-workspace.yaml": "packages: [a]\ncatalogs:\n  b: {c: ^1.0.0}\nregistries: {default: x}\nconfigDependencies: {d: 1.0.0+sha512-x}\n",
		"bun.lock":            `{"workspaces": {"": {"dependencies": {"a": "1"}}}, "packages": {"a/b": ["@s/b@1.0.0", "", {"dependencies": {"a": "1"}}, "sha512-x"],}}`,
		"bun.lockb":           "#!/usr/bin/env bun",
		"deno.json":           `{"imports": {"a/": "npm:/b@^1.0.0/c", "d": "https://a:b@c"}, "scopes": {"e": {"f": "jsr:@g/h@1.0.0"}}}`,
		"deno.lock":           `{"specifiers": {"npm:a@1": "1.0.0"}, "npm": {"a@1.0.0_b@2": {}}, "remote": {"https://a": "b"}, "workspace": {"dependencies": ["npm:a@1"]}}`,
		".npmrc":              "@a:registry = \"https://b:c@d\"\nignore-scripts=false\nca[]=x\n",
		".yarnrc":             "\"@a:registry\" \"https://b\"\n--strict-ssl false\nyarn-path x\n",
		".yarnrc.yml":         "npmScopes:\n  a: {npmRegistryServer: x}\nplugins: [a, {spec: b}]\npackageExtensions: {a@1: {dependencies: {b: ^1.0.0}}}\n",
		"bunfig.toml":         "[install]\nregistry = {url = \"https://a:b@c\"}\n[install.scopes]\na = \"x\"\n",
	} {
		f.Add(path, content)
	}
	fuzzFormats(f)
}
