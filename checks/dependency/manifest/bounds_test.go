package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// chain is a text in which each of n things leads to the next, from 0 on, and the last one to something else.
func chain(n int, format, last string) string {
	var b strings.Builder
	for i := range n - 1 {
		fmt.Fprintf(&b, format, i, fmt.Sprintf("${p%d}", i+1))
	}
	fmt.Fprintf(&b, format, n-1, last)
	return b.String()
}

func TestPropertiesAreBounded(t *testing.T) {
	pom := func(version, properties string) string {
		return "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>" + version +
			"</version></dependency></dependencies><properties>" + properties + "</properties></project>"
	}
	value := strings.Repeat("1", maxPropertyValue)
	many := strings.Repeat("${x}", maxPropertyBytes/maxPropertyValue)
	tests := map[string]struct{ content, want string }{
		"as many inside each other as are followed": {pom("1${p0}", chain(maxPropertyDepth, "<p%d>%s</p%[1]d>", "7")), "17"},
		"one more":                     {pom("1${p0}", chain(maxPropertyDepth+1, "<p%d>%s</p%[1]d>", "7")), fmt.Sprintf("1${p%d}", maxPropertyDepth)},
		"a value as long as is filled": {pom("1${x}", "<x>"+value+"</x>"), "1" + value},
		"a longer value":               {pom("1${x}", "<x>"+value+"1</x>"), "1${x}"},
		"a text as long as is filled":  {pom(many, "<x>"+value+"</x>"), strings.Repeat(value, maxPropertyBytes/maxPropertyValue)},
		"a longer text":                {pom(many+"1${x}", "<x>"+value+"</x>"), "${too long}"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := readAlone(t, "pom.xml", test.content)
			if err != nil || len(file.Entries) != 1 {
				t.Fatalf("%+v, %v", file, err)
			}
			if got := file.Entries[0].Version + file.Entries[0].Requirement; got != test.want {
				t.Errorf("version %.100q, want %.100q", got, test.want)
			}
		})
	}
}

func TestSourcesOfCargoThatStandForEachOther(t *testing.T) {
	for n, want := range map[int]int{maxReplacements: maxReplacements, maxReplacements + 1: maxReplacements} {
		var b strings.Builder
		b.WriteString("[source.crates-io]\nreplace-with = \"s0\"\n")
		for i := range n {
			fmt.Fprintf(&b, "[source.s%d]\nregistry = \"https://r%[1]d.example\"\nreplace-with = \"s%d\"\n", i, i+1)
		}
		file, err := readAlone(t, ".cargo/config.toml", b.String())
		if err != nil || len(file.Sources) != want {
			t.Errorf("%d in a row: %d are read, want %d; %v", n, len(file.Sources), want, err)
		}
	}
}

func TestMemoryForSetupPy(t *testing.T) {
	file, err := readAlone(t, "setup.py", strings.Repeat("x\n", maxSetup/2))
	if want := fmt.Sprintf("more than %d bytes of memory", maxSetupMemory); err != nil || !strings.Contains(file.Lossy, want) {
		t.Errorf("%+v, %v", file, err)
	}
}

func TestFilesThatAreReadLineByLineAreCut(t *testing.T) {
	for path, lines := range map[string][2]string{
		"go.mod":           {"module a\nrequire b.example/c v1.0.0\n", "require d.example/e v1.0.0\n"},
		"Gemfile":          {"gem 'a'\n", "gem 'b'\n"},
		"requirements.txt": {"a==1.0\n", "b==1.0\n"},
	} {
		file, err := readAlone(t, path, lines[0]+strings.Repeat("\n", maxLines)+lines[1])
		if err != nil || len(file.Entries) != 1 || !strings.Contains(file.Lossy, "what is beyond 8 MiB") {
			t.Errorf("%s: %d packages, %q, %v", path, len(file.Entries), file.Lossy, err)
		}
	}
}

// TestNoFormatKeepsMorePackagesThanAreRead: what stands beyond the bound takes no memory, and nothing stumbles over it.
func TestNoFormatKeepsMorePackagesThanAreRead(t *testing.T) {
	const more = MaxEntries + 100
	all := func(before, format, after string) string {
		var b strings.Builder
		b.WriteString(before)
		for i := range more {
			fmt.Fprintf(&b, format, i)
		}
		return b.String() + after
	}
	for path, content := range map[string]string{
		"package-lock.json":         all(`{"lockfileVersion": 3, "packages": {"": {"dependencies": {"p50050": "1"}}`, `,"node_modules/p%d": {"version": "1"}`, `}}`),
		"bun.lock":                  all(`{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"p50050": "1"}}}, "packages": {"x": ["x@1"]`, `,"p%d": ["p%[1]d@1", {"dependencies": {"x": "1"}}]`, `}}`),
		"pnpm-lock.yaml":            all("lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      p50050:\n        specifier: '1'\n        version: '1'\npackages:\n", "  p%d@1: {}\n", ""),
		"yarn.lock":                 all("# yarn lockfile v1\n\n", "p%d@1:\n  version \"1\"\n", ""),
		"packages.lock.json":        all(`{"version": 1, "dependencies": {"net": {"x": {"type": "Direct", "resolved": "1"}`, `,"p%d": {"type": "Direct", "resolved": "1"}`, `}, "other": {"p50050": {"resolved": "1"}}}}`),
		"Gemfile.lock":              all("GEM\n  specs:\n", "    p%d (1)\n", "GEM\n  specs:\n    p50050 (1)\n"),
		"gradle/libs.versions.toml": all("[versions]\nv = '1'\n[libraries]\n", "p%d = { module = 'a:p%[1]d', version.ref = 'v' }\n", ""),
		"build.gradle":              all("def v = '1'\ndependencies {\n", "implementation \"a:p%d:${v}\"\n", "}\n"),
		"go.sum":                    all("", "a.example/p%d v1.0.0 h1:a=\n", ""),
		"go.mod":                    all("module a\nrequire (\n", "a.example/p%d v1.0.0\n", ")\n"),
		"Gemfile":                   all("", "gem 'p%d'\n", ""),
		"package.json":              all(`{"dependencies": {"x": "1"`, `,"p%d": "1"`, `}}`),
		"composer.lock":             all(`{"packages": [{"name": "a/x", "version": "1"}`, `,{"name": "a/p%d", "version": "1"}`, `]}`),
		"Cargo.lock":                all("", "[[package]]\nname = 'p%d'\nversion = '1.0.0'\nsource = 'registry+https://a.example'\n", ""),
		"deno.lock":                 all(`{"version": "4", "npm": {"x@1": {}`, `,"p%d@1": {}`, `}}`),
	} {
		t.Run(path, func(t *testing.T) {
			file, err := readAlone(t, path, content)
			if err != nil || len(file.Entries) != MaxEntries || file.Lossy == "" {
				t.Errorf("%d packages, %q, %v", len(file.Entries), file.Lossy, err)
			}
		})
	}
}
