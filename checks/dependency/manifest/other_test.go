package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestGemfile(t *testing.T) {
	expectOutlines(t, "Gemfile", map[string]struct{ content, want string }{
		"one version, with and without its sign": {"gem 'a', '1.2.3'\ngem \"b\", \"= 1.2.3.rc1\"\n", `
1:1-17 RubyGems a "1.2.3" direct  pin 1:11 "1.2.3"
2:1-23 RubyGems b "1.2.3.rc1" direct  pin 2:13 "1.2.3.rc1"
`},
		"a call of several lines, in brackets": {"gem(\n  'a',\n  '1.2.3',\n)\n", `
1:1-4:2 RubyGems a "1.2.3" direct  pin 3:4 "1.2.3"
`},
		"a call that goes on after a comma": {"gem 'a',\n  '~> 1.2'\ngem 'b'\n", `
1:1-2:11 RubyGems a "" direct  wants: ~> 1.2
3:1-8 RubyGems b "" direct
`},
		"options as people once wrote them": {"gem 'a', :git => 'https://u:p@git.acme.example/a.git', :tag => 'v1', :group => [:development, :test]\n", `
1:1-101 RubyGems a "" direct  group: dev  origin: git  from: git+https://git.acme.example/a.git?tag=v1
`},
		"short names of code hosts": {"gem 'a', github: 'acme/a', ref: '0123'\ngem 'b', github: 'b'\n", `
1:1-39 RubyGems a "" direct  origin: git  from: git+https://github.com/acme/a.git?ref=0123
2:1-21 RubyGems b "" direct  origin: git  from: git+https://github.com/b/b.git
`},
		"blocks inside each other": {"group :test do\n  git 'https://git.acme.example/a' do\n    gem 'a'\n  end\n  gem 'b'\nend\ngem 'c'\n", `
3:5-12 RubyGems a "" direct  group: test  origin: git  from: git+https://git.acme.example/a
5:3-10 RubyGems b "" direct  group: test
7:1-8 RubyGems c "" direct
`},
		"a block under a condition": {"if ENV['X']\n  gem 'a'\nend\ngem 'b' if RUBY_VERSION > '3'\n", `
2:3-10 RubyGems a "" direct
4:1-29 RubyGems b "" direct
`},
		"a group that is installed always": {"group :test, :ci do\n  gem 'a'\nend\n", `
2:3-10 RubyGems a "" direct
`},
		"a second source for all gems": {"source 'https://gems.example'\nsource 'https://bob:x@gems.acme.example'\ngem 'a'\n", `
3:1-8 RubyGems a "" direct
1:1-30 source https://gems.example
2:1-41 source https://gems.acme.example  besides another
`},
		"a gem from a source of its own": {"gem 'a', source: 'https://gems.acme.example'\n", `
1:1-45 RubyGems a "" direct  from: https://gems.acme.example
1:1-45 source https://gems.acme.example  for a
`},
		"blocks on one line": {"group(:test) { gem 'a' }\ngroup :test do gem 'b' end; gem 'c'\n", `
1:16-23 RubyGems a "" direct  group: test
2:16-23 RubyGems b "" direct  group: test
2:29-36 RubyGems c "" direct
`},
		"blocks of Ruby's own": {"%w[x y].each do |n|\n  gem 'a' # {n}\nend\ngem 'b', { git: 'https://git.acme.example/b' }\n", `
2:3-10 RubyGems a "" direct
4:1-47 RubyGems b "" direct  origin: git  from: git+https://git.acme.example/b
`},
		"comments and what stands in strings": {"# gem 'a'\nputs \"gem 'b'\" # gem 'c'\n", ""},
		"a name that is computed is said":     {"gem 'a' + 'b'\ngem name\ngem \"c#{1}\"\n", "lossy: a gem whose name is computed\n"},
		"a version that is computed is a wish": {"gem 'a', \"~> #{v}\"\n", `
1:1-19 RubyGems a "" direct  wants: ~> #{v}
`},
		"other files of the same kind": {"eval_gemfile 'gems/more.rb'\neval_gemfile '../../etc/passwd'\neval_gemfile '/etc/passwd'\n", "includes gems/more.rb\n"},
		"a bracket that nobody closes": {"x = [1\ngem 'a'\n", `
2:1-8 RubyGems a "" direct
`},
		"a string that nobody closes": {"gem 'a', '1.2\n", `
1:1-2:1 RubyGems a "" direct  wants: 1.2` + "\n\n"},
		"names are kept as they are": {"gem 'a\x01/../b'\n", "1:1-14 RubyGems a\x01/../b \"\" direct\n"},
	})
}

func TestGemfileBlocksAreNoWayToHide(t *testing.T) {
	content := strings.Repeat("group :test do\n", maxGemBlocks+5) + strings.Repeat("end\n", maxGemBlocks+5) + "gem 'a'\n"
	file, err := readAlone(t, "Gemfile", content)
	if err != nil || len(file.Entries) != 1 || file.Entries[0].Group != "" {
		t.Errorf("got %v and %v", file, err)
	}
}

func TestGemfileLock(t *testing.T) {
	expectOutlines(t, "Gemfile.lock", map[string]struct{ content, want string }{
		"two remotes of one section are both asked": {"GEM\n  remote: https://gems.example/\n  remote: https://gems.acme.example/\n  specs:\n    a (1.0)\n", `
5:5-12 RubyGems a "1.0"  from: https://gems.example/
3:3-37 source https://gems.acme.example/  besides another
`},
		"one version from two sources": {"GEM\n  remote: https://a.example/\n  specs:\n    a (1.0)\nGEM\n  remote: https://b.example/\n  specs:\n    a (1.0)\n", `
4:5-12 RubyGems a "1.0"  from: https://a.example/
8:5-12 RubyGems a "1.0"  from: https://b.example/
`},
		"a conflict that nobody resolved": {"GEM\n  specs:\n<<<<<<< HEAD\n    a (1.0)\n=======\n    a (1.1)\n>>>>>>> b\n", `
4:5-12 RubyGems a "1.0"
6:5-12 RubyGems a "1.1"
lossy: line 3: a conflict that nobody resolved
`},
		"a line that makes no sense": {"GEM\n  specs:\n    a\n    b (1.0)\n", "4:5-12 RubyGems b \"1.0\"\nlossy: line 3 makes no sense\n"},
	})
}

func TestComposerJSON(t *testing.T) {
	expectOutlines(t, "composer.json", map[string]struct{ content, want string }{
		"what counts as one version": {"{\"require\": {\n\"a/a\": \"v1.2.3\",\n\"a/b\": \"1.2-beta1\",\n\"a/c\": \"~1.2\",\n\"a/d\": \"1.2 || 2.0\",\n\"a/e\": \"dev-main\",\n\"a/f\": \"^1.2\"}}", `
2:1-16 Packagist a/a "v1.2.3" direct  pin 2:9 "v1.2.3"
3:1-19 Packagist a/b "1.2-beta1" direct  pin 3:9 "1.2-beta1"
4:1-14 Packagist a/c "" direct  wants: ~1.2
5:1-20 Packagist a/d "" direct  wants: 1.2 || 2.0
6:1-18 Packagist a/e "" direct  wants: dev-main
7:1-14 Packagist a/f "" direct  wants: ^1.2  pin 7:10 "1.2"
`},
		"names differ in case alone": {`{"require": {"Acme/A": "1.0"}}`, "1:14-29 Packagist acme/a \"1.0\" direct  pin 1:25 \"1.0\"\n"},
		"what PHP itself has":        {`{"require": {"php": "^8", "ext-json": "*", "composer-runtime-api": "^2"}}`, ""},
		"a key that occurs twice":    {`{"require": {"a/b": "1.0"}, "require": {"a/b": "2.0"}}`, "1:14-26 Packagist a/b \"1.0\" direct  pin 1:22 \"1.0\"\n1:41-53 Packagist a/b \"2.0\" direct  pin 1:49 \"2.0\"\n"},
		"repositories": {"{\"repositories\": {\n\"x\": {\"type\": \"vcs\", \"url\": \"git@git.acme.example:acme/money.git\"},\n\"y\": {\"type\": \"composer\", \"url\": \"https://u:p@packages.acme.example\", \"only\": [\"acme/*\"]},\n\"z\": {\"type\": \"composer\", \"url\": \"https://packages.acme.example\"}}}", `
2:1-67 source git@git.acme.example:acme/money.git  for acme/money
3:1-90 source https://packages.acme.example  for acme/*
4:1-66 source https://packages.acme.example  besides another
`},
		"a package that the file describes": {`{"repositories": [{"type": "package", "package": {"name": "a/b", "version": "1.0", "dist": {"url": "https://files.acme.example/b.zip", "type": "zip"}}}]}`, "1:39-151 Packagist a/b \"1.0\" direct  origin: url  from: https://files.acme.example/b.zip\nholds a/b\n"},
		"scripts that run by themselves":    {`{"scripts": {"post-update-cmd": ["a", "b"], "test": "c", "post-archive-cmd": "d"}}`, "1:34-37 script post-update-cmd: a\n1:39-42 script post-update-cmd: b\n"},
		"plugins that all may run":          {`{"config": {"allow-plugins": true, "disable-tls": true, "secure-http": true}}`, "1:13-34 option allow-plugins: true\n1:36-55 option disable-tls: true\n"},
		"values of another kind":            {`{"require": ["a/b"], "scripts": 1, "config": null, "repositories": "x", "require-dev": {"a/c": 1}}`, "1:89-97 Packagist a/c \"\" direct  group: dev\n"},
		"escapes leave no pin":              {`{"require": {"a\/b": "1\u002e0"}}`, "1:14-32 Packagist a/b \"1.0\" direct\n"},
	})
}

func TestComposerLock(t *testing.T) {
	expectOutlines(t, "composer.lock", map[string]struct{ content, want string }{
		"a plugin runs when it is installed": {`{"packages": [{"name": "a/b", "version": "1.0", "type": "composer-plugin", "dist": {"url": "https://x.example/a.zip", "reference": "ab", "shasum": ""}}]}`, "1:15-152 Packagist a/b \"1.0\"  from: https://x.example/a.zip  hash: commit:ab  runs a script\n"},
		"the commits of a branch change":     {`{"packages": [{"name": "a/b", "version": "dev-main", "source": {"url": "https://x.example/a.git", "reference": "ab"}}]}`, "1:15-118 Packagist a/b \"dev-main\"  from: git+https://x.example/a.git#ab\n"},
		"a file that breaks off":             {`{"packages": [{"name": "a/b", "version": "1.0"}, {"name": "a/c"`, "1:15-48 Packagist a/b \"1.0\"\n1:50-64 Packagist a/c \"\"\nlossy: line 1: an object that isn't closed\n"},
		"a package without a name is said":   {`{"packages": [{}]}`, "lossy: a package without a name\n"},
	})
}

func TestMSBuild(t *testing.T) {
	expectOutlines(t, "a.csproj", map[string]struct{ content, want string }{
		"a tool that builds the project": {`<Project Sdk="Microsoft.NET.Sdk;Acme.Sdk/1.2.3"><Sdk Name="B" Version="2.0"/></Project>`, "1:1-49 NuGet Acme.Sdk \"1.2.3\" direct  group: build\n1:49-78 NuGet B \"2.0\" direct  group: build  pin 1:72 \"2.0\"\n"},
		"under a condition":              {`<Project><Choose><When Condition="x"><ItemGroup><PackageReference Update="A" VersionOverride='1.0' version="2.0"/></ItemGroup></When></Choose></Project>`, "1:49-115 NuGet A \"1.0\" direct  pin 1:95 \"1.0\"\n"},
		"properties of properties":       {`<Project><PropertyGroup><X>$(y).1</X><Y>1</Y></PropertyGroup><ItemGroup><PackageReference Include="A.$(Y)" Version="$(X)"/></ItemGroup></Project>`, "1:73-124 NuGet A.1 \"1.1\" direct\n"},
		"properties without end":         {`<Project><PropertyGroup><X>$(X)$(X)</X></PropertyGroup><ItemGroup><PackageReference Include="A" Version="$(X)"/></ItemGroup></Project>`, "1:67-113 NuGet A \"\" direct  wants: $(too long)\n"},
		"a name that is computed":        {`<Project><ItemGroup><PackageReference Include="$(Z)"/></ItemGroup></Project>`, "lossy: a package whose name is computed\n"},
		"an attribute inside another":    {`<Project><ItemGroup><PackageReference Include="Version=&quot;1" Version="1"/></ItemGroup></Project>`, "1:21-78 NuGet Version=\"1 \"1\" direct  pin 1:74 \"1\"\n"},
	})
}

func TestNuGetVersions(t *testing.T) {
	expectOutlines(t, "packages.config", map[string]struct{ content, want string }{
		"one version":                     {`<packages><package id="A" version="[1.2]"/></packages>`, "1:11-44 NuGet A \"1.2\" direct  pin 1:37 \"1.2\"\n"},
		"one version, written twice":      {`<packages><package id="A" version="[1.2, 1.2]"/></packages>`, "1:11-49 NuGet A \"1.2\" direct\n"},
		"the lowest is taken":             {`<packages><package id="A" version="[1.2, )"/></packages>`, "1:11-46 NuGet A \"1.2\" direct  pin 1:37 \"1.2\"\n"},
		"the lowest that is not included": {`<packages><package id="A" version="(1.2, )"/></packages>`, "1:11-46 NuGet A \"\" direct  wants: (1.2, )\n"},
		"a highest":                       {`<packages><package id="A" version="[1.2, 2)"/></packages>`, "1:11-47 NuGet A \"\" direct  wants: [1.2, 2)\n"},
		"nothing between brackets":        {`<packages><package id="A" version="[]"/></packages>`, "1:11-41 NuGet A \"\" direct\n"},
	})
}

func TestNuGetConfig(t *testing.T) {
	expectOutlines(t, "NuGet.Config", map[string]struct{ content, want string }{
		"all sources are asked": {"<configuration><packageSources><clear/>\n<add key=\"a\" value=\"https://a.example\"/>\n<add key=\"b\" value=\"https://b.example\"/></packageSources></configuration>", `
2:1-41 source https://a.example
3:1-41 source https://b.example  besides another
`},
	})
}

func TestOtherFilesThatAreNone(t *testing.T) {
	for path, content := range map[string]string{
		"Gemfile.lock":       "nothing\nof the kind\n",
		"composer.json":      "[]",
		"composer.lock":      "{}",
		"packages.lock.json": "{\"dependencies\": []}",
		"packages.config":    "<project/>",
		"nuget.config":       "",
		"x.csproj":           "<html>",
	} {
		if file, err := readAlone(t, path, content); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v and %v", path, file, err)
		}
	}
}

func TestOtherNamesOfAnyLength(t *testing.T) {
	name := strings.Repeat("a", 10_000)
	for path, content := range map[string]string{
		"Gemfile":            "gem '%s'\n",
		"Gemfile.lock":       "GEM\n  specs:\n    %s (1.0)\n",
		"composer.lock":      `{"packages": [{"name": "%s"}]}`,
		"packages.lock.json": `{"dependencies": {"x": {"%s": {}}}}`,
		"x.csproj":           `<Project><ItemGroup><PackageReference Include="%s"/></ItemGroup></Project>`,
	} {
		file, err := readAlone(t, path, fmt.Sprintf(content, name))
		if err != nil || len(file.Entries) != 1 || file.Entries[0].Name != name {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzOtherFiles(f *testing.F) {
	f.Add("Gemfile", "source 'x' do\n gem(\"a\", '= 1', git: 'y', :ref => %w[z])\nend if 1 # c\neval_gemfile 'b'\\\n")
	f.Add("Gemfile.lock", "GIT\n  remote: x\n  revision: y\n  specs:\n    a (1-z)!\n\nDEPENDENCIES\n  a (= 1)!\nCHECKSUMS\n  a (1-z) sha256=0,1\n")
	f.Add("composer.json", `{"require": {"a/b": "^1.0"}, "repositories": [{"type": "vcs", "url": "x/y.git"}, {"packagist.org": false}], "scripts": {"post-x": ["a"]}}`)
	f.Add("composer.lock", `{"packages": [{"name": "a/b", "version": "1", "dist": {"url": "https://u:p@x", "shasum": "0"}}]}`)
	f.Add("packages.lock.json", `{"dependencies": {"net8.0": {"A": {"type": "Direct", "resolved": "1", "contentHash": "x"}}}}`)
	f.Add("a.csproj", `<Project Sdk="A/1"><PropertyGroup><X>[1]</X></PropertyGroup><ItemGroup><PackageReference Include="A"><Version>$(X)</Version></PackageReference></ItemGroup></Project>`)
	f.Add("packages.config", `<packages><package id="A" version="[1, 1]"/></packages>`)
	f.Add("nuget.config", `<configuration><packageSources><clear/><add key="a" value="https://x"/></packageSources></configuration>`)
	fuzzFormats(f)
}
