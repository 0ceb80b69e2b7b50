package dependency_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

// npmLock is a lockfile of npm's with one line for each entry.
func npmLock(entries ...string) string {
	text := `{"lockfileVersion": 3, "packages": {"": {}`
	for _, e := range entries {
		text += ",\n" + e
	}
	return text + "\n}}\n"
}

func npmEntry(name, version, host, more string) string {
	resolved := ""
	if host != "" {
		resolved = fmt.Sprintf(`, "resolved": "https://%s/%s/-/%[2]s-%s.tgz"`, host, name, version)
	}
	return fmt.Sprintf(`"node_modules/%s": {"version": %q%s%s}`, name, version, resolved, more)
}

func berryLock(entries ...string) string {
	return "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n" + strings.Join(entries, "\n")
}

func berryEntry(name, version, more string) string {
	return fmt.Sprintf("\"%s@npm:^%s\":\n  version: %[2]s\n  resolution: \"%[1]s@npm:%[2]s\"\n  %s\n  linkType: hard\n", name, version, more)
}

func pylock(address, hash string) string {
	return fmt.Sprintf("lock-version = \"1.0\"\ncreated-by = \"pip\"\n\n[[packages]]\nname = \"attrs\"\nversion = \"26.1.0\"\n\n[[packages.wheels]]\nname = \"attrs-26.1.0-py3-none-any.whl\"\nurl = %q\n\n[packages.wheels.hashes]\nsha256 = %q\n", address, hash)
}

func TestWhatALockfileChanges(t *testing.T) {
	const hash = `, "integrity": "sha512-AAAA"`
	yarn, npm := "registry."+"yarnpkg.com", "registry."+"npmjs.org"
	tests := map[string]struct {
		name, base, head string
		want             string // the rule and its severity
	}{
		"the registry under its other name": {
			"package-lock.json", npmLock(npmEntry("ms", "2.1.2", yarn, hash)), npmLock(npmEntry("ms", "2.1.3", npm, hash)), "",
		},
		"the public registry instead of a mirror": {
			"package-lock.json", npmLock(npmEntry("ms", "2.1.2", "mirror.acme.example", hash)), npmLock(npmEntry("ms", "2.1.3", npm, hash)),
			"lockfile-foreign-host low",
		},
		"a host whose name begins like the registry's": {
			"package-lock.json", npmLock(npmEntry("ms", "2.1.2", npm, hash)), npmLock(npmEntry("ms", "2.1.3", "registry.npmfast.com", hash)),
			"lockfile-foreign-host high",
		},
		"the one address in a lockfile that names none": {
			"package-lock.json", npmLock(npmEntry("ms", "2.1.2", "", hash), npmEntry("debug", "4.4.3", "", hash)),
			npmLock(npmEntry("ms", "2.1.3", "packages.evil.example", hash), npmEntry("debug", "4.4.3", "", hash)),
			"lockfile-foreign-host high",
		},
		"addresses for all, where there were none": {
			"package-lock.json", npmLock(npmEntry("ms", "2.1.2", "", hash), npmEntry("debug", "4.4.2", "", hash)),
			npmLock(npmEntry("ms", "2.1.3", "npm.acme.example", hash), npmEntry("debug", "4.4.3", "npm.acme.example", hash)),
			"",
		},
		"what comes inside another package has no hash of its own": {
			"package-lock.json", npmLock(npmEntry("ms", "2.1.2", npm, hash)),
			npmLock(npmEntry("ms", "2.1.2", npm, hash), npmEntry("semver", "7.6.0", "", `, "inBundle": true`)),
			"",
		},
		"what another system needs has no hash in Yarn's lockfile": {
			"yarn.lock", berryLock(berryEntry("ms", "2.1.2", "checksum: 10c0/aaaa")), berryLock(berryEntry("ms", "2.1.2", "checksum: 10c0/aaaa"), berryEntry("ms-darwin", "2.1.2", "conditions: os=darwin")), "",
		},
		"what every system needs has one": {
			"yarn.lock", berryLock(berryEntry("ms", "2.1.2", "checksum: 10c0/aaaa")), berryLock(berryEntry("ms", "2.1.2", "checksum: 10c0/aaaa"), berryEntry("debug", "4.4.3", "languageName: node")),
			"lockfile-hash-missing medium",
		},
		"a lockfile written anew without any hash is one finding": {
			"package-lock.json", npmLock(npmEntry("a", "1.0.0", npm, hash), npmEntry("b", "1.0.0", npm, hash), npmEntry("c", "1.0.0", npm, hash), npmEntry("d", "1.0.0", npm, hash)),
			npmLock(npmEntry("a", "1.0.0", npm, ""), npmEntry("b", "1.0.0", npm, ""), npmEntry("c", "1.0.0", npm, ""), npmEntry("d", "1.0.0", npm, "")),
			"lockfile-hash-missing medium",
		},
		"one among many from a third host stands by itself": {
			"package-lock.json", npmLock(npmEntry("a", "1.0.0", npm, hash)),
			npmLock(npmEntry("a", "1.0.0", npm, hash), npmEntry("b", "1.0.0", "m.example", hash), npmEntry("c", "1.0.0", "m.example", hash), npmEntry("d", "1.0.0", "evil.example", hash), npmEntry("e", "1.0.0", "m.example", hash), npmEntry("f", "1.0.0", "m.example", hash)),
			"lockfile-foreign-host high, lockfile-foreign-host high",
		},
		"built again for the next release of a distribution": {
			"pylock.toml", pylock("https://cdn.example/pyodide/v314.0.0a2/full/attrs-26.1.0-py3-none-any.whl", "aaaa"),
			pylock("https://cdn.example/pyodide/v314.0.4/full/attrs-26.1.0-py3-none-any.whl", "bbbb"),
			"lockfile-hash-changed low",
		},
		"from another owner on the same host": {
			"pylock.toml", pylock("https://cdn.example/pyodide/v314.0.4/full/attrs-26.1.0-py3-none-any.whl", "aaaa"),
			pylock("https://cdn.example/other/v314.0.4/full/attrs-26.1.0-py3-none-any.whl", "bbbb"),
			"lockfile-hash-changed high",
		},
		"from a folder that is named by a hash": {
			"pylock.toml", pylock("https://files.example/packages/aa/bb/attrs-26.1.0-py3-none-any.whl", "aaaa"),
			pylock("https://files.example/packages/cc/dd/attrs-26.1.0-py3-none-any.whl", "bbbb"),
			"lockfile-hash-changed high",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found, _ := findingsOf(t, changeOf(map[string]string{test.name: test.base}, map[string]string{test.name: test.head}), &world{})
			if got := said(found); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestFirstLockfilesAreMeasuredByThemselves(t *testing.T) {
	const entry = `, "integrity": "sha512-AAAA"`
	base := map[string]string{"package-lock.json": npmLock(npmEntry("ms", "2.1.2", "npm.acme.example", entry))}
	head := map[string]string{
		"package-lock.json": base["package-lock.json"], // of another ecosystem: it says nothing of where Python's packages come from
		"pylock.toml":       pylock("https://files.acme.example/packages/aa/bb/attrs-26.1.0-py3-none-any.whl", "aaaa"),
	}
	found, _ := findingsOf(t, changeOf(base, head), &world{})
	if got := said(found); got != "" {
		t.Errorf("got %q", got)
	}
	c := changeOf(nil, map[string]string{"pylock.toml": head["pylock.toml"]})
	c.Options.PublicHosts = []string{"npm.example"} // what the operator asks makes no mirror foreign
	if found, _ = findingsOf(t, c, &world{}); len(found) > 0 {
		t.Errorf("with a registry of the operator's: got %q", said(found))
	}
	base = map[string]string{".npmrc": "@acme:registry=https://npm.acme.example/\n"}
	head = map[string]string{".npmrc": base[".npmrc"], "package-lock.json": npmLock(npmEntry("ms", "2.1.2", "registry."+"npmjs.org", entry))}
	if found, _ = findingsOf(t, changeOf(base, head), &world{}); len(found) > 0 {
		t.Errorf("with a registry for a scope: got %q", said(found))
	}
}

func TestThePublicProxyOfGoIsNoOtherIndex(t *testing.T) {
	workflow := func(proxy string) map[string]string {
		return map[string]string{".github/workflows/ci.yml": "on: push\nenv:\n  GOPROXY: https://" + proxy + "\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: go build ./...\n"}
	}
	base := map[string]string{".github/workflows/ci.yml": "on: push\n"}
	for proxy, want := range map[string]string{"proxy." + "golang.org": "", "goproxy.example": "package-index-changed medium"} {
		found, _ := findingsOf(t, changeOf(base, workflow(proxy)), &world{})
		if got := said(found); got != want {
			t.Errorf("%s: got %q, want %q", proxy, got, want)
		}
	}
}

// said are findings as rules and severities.
func said(found []checks.Finding) string {
	out := ""
	for i, f := range found {
		if i > 0 {
			out += ", "
		}
		out += string(f.Rule) + " " + string(f.Severity)
	}
	return out
}

func TestAnUpdateFromTheSameAddressIsNoNews(t *testing.T) {
	wheel := func(owner, version, more string) string {
		return fmt.Sprintf("tools @ https://code.example/%s/tools/releases/%s/tools-%[2]s-py3-none-any.whl%s\n", owner, version, more)
	}
	git := func(owner, ref string) string {
		return fmt.Sprintf("tools @ git+https://code.example/%s/tools.git@%s\n", owner, ref)
	}
	const commit, sum = "0123456789abcdef0123456789abcdef01234567", "#sha256=5cf1a5a2c5a8a1e2d7c1b0a9f8e7d6c5b4a39281706f5e4d3c2b1a0918273645"
	tests := map[string]struct{ base, head, want string }{
		"a later file":                      {wheel("acme", "1.0", ""), wheel("acme", "1.1", ""), ""},
		"a file of somebody else's":         {wheel("acme", "1.0", ""), wheel("other", "1.1", ""), "package-from-address low"},
		"a file that was known by its hash": {wheel("acme", "1.0", sum), wheel("acme", "1.1", ""), "package-from-address low"},
		"a later release from git":          {git("acme", "v1.0"), git("acme", "v1.1"), ""},
		"another branch":                    {git("acme", "main"), git("acme", "next"), ""},
		"a branch instead of a release":     {git("acme", "v1.0"), git("acme", "main"), "git-dependency-unpinned medium"},
		"a branch instead of a commit":      {git("acme", commit), git("acme", "main"), "git-dependency-unpinned medium"},
		"a branch of somebody else's":       {git("acme", "main"), git("other", "main"), "git-dependency-unpinned medium"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found, _ := findingsOf(t, changeOf(map[string]string{"requirements.txt": test.base}, map[string]string{"requirements.txt": test.head}), &world{})
			if got := said(found); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnActionGoingFromTagToTagIsNoNews(t *testing.T) {
	workflow := func(ref string) map[string]string {
		return map[string]string{".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: somebody/deploy@" + ref + "\n"}
	}
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for _, test := range []struct{ base, head, want string }{{"v3", "v4", ""}, {"v3", commit, ""}, {commit, "v4", "action-unpinned medium"}} {
		found, _ := findingsOf(t, changeOf(workflow(test.base), workflow(test.head)), &world{})
		if got := said(found); got != test.want {
			t.Errorf("from %s to %s: got %q, want %q", test.base, test.head, got, test.want)
		}
	}
}

func TestImagesInTextForPeopleAreTheirs(t *testing.T) {
	const text = "```sh\ndocker run acme/tool:latest\n```\n"
	for path, want := range map[string]string{"README.md": "", "AGENTS.md": "image-unpinned low"} {
		found, _ := findingsOf(t, changeOf(nil, map[string]string{path: text}), &world{})
		if got := said(found); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestGitDependenciesAtAReleaseAreMilder(t *testing.T) {
	for ref, want := range map[string]string{
		"": "git-dependency-unpinned medium", "@main": "git-dependency-unpinned medium", "@v0.4.4": "git-dependency-unpinned low", "@1.2": "git-dependency-unpinned low",
		"@v4": "git-dependency-unpinned medium", "@0123456789abcdef0123456789abcdef01234567": "",
	} {
		head := map[string]string{"requirements.txt": "tools @ git+https://git.acme.example/tools.git" + ref + "\n"}
		found, _ := findingsOf(t, changeOf(nil, head), &world{})
		if got := said(found); got != want {
			t.Errorf("%q: got %q, want %q", ref, got, want)
		}
	}
}
