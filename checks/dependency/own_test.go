package dependency_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPackagesOfTheRepositoryItselfAreNotAskedFor(t *testing.T) {
	tests := map[string]struct {
		base, head map[string]string
		want       string
	}{
		"nobody's": {
			nil, map[string]string{"package.json": `{"dependencies": {"shop-ui": "*"}}`}, "invented-package high",
		},
		"of a workspace's member": {
			map[string]string{"package.json": `{"workspaces": ["packages/*"]}`, "packages/ui/package.json": `{"name": "shop-ui"}`},
			map[string]string{"packages/app/package.json": `{"name": "shop-app", "dependencies": {"shop-ui": "*"}}`}, "",
		},
		"of a member deeper down": {
			map[string]string{"pnpm-workspace.yaml": "packages:\n  - 'libs/**'\n  - '!libs/old'\n", "libs/web/ui/package.json": `{"name": "shop-ui"}`},
			map[string]string{"apps/web/package.json": `{"dependencies": {"shop-ui": "1.0.0"}}`}, "",
		},
		"of a member that another pattern leaves out": {
			map[string]string{"package.json": `{"workspaces": ["packages/*"]}`, "elsewhere/ui/package.json": `{"name": "shop-ui"}`},
			map[string]string{"packages/app/package.json": `{"dependencies": {"shop-ui": "*"}}`}, "invented-package high",
		},
		"of a module of Maven's": {
			map[string]string{
				"pom.xml":      `<project><groupId>com.acme</groupId><artifactId>shop</artifactId><version>1</version><modules><module>core</module></modules></project>`,
				"core/pom.xml": `<project><parent><groupId>com.acme</groupId><artifactId>shop</artifactId><version>1</version></parent><artifactId>shop-core</artifactId></project>`,
			},
			map[string]string{"web/pom.xml": `<project><parent><groupId>com.acme</groupId><artifactId>shop</artifactId><version>1</version></parent><artifactId>shop-web</artifactId><dependencies><dependency><groupId>com.acme</groupId><artifactId>shop-core</artifactId><version>1</version></dependency></dependencies></project>`}, "",
		},
		"that this change adds, installed by its README": {
			nil, map[string]string{"packages/new/package.json": `{"name": "@acme/new"}`, "packages/new/README.md": "```sh\nnpm install @acme/new\n```\n"}, "",
		},
		"that this change adds elsewhere": {
			nil, map[string]string{"tools/new/package.json": `{"name": "shop-new"}`, "docs/guide.md": "```sh\nnpm install shop-new\n```\n"}, "",
		},
		"of another ecosystem": {
			nil, map[string]string{"package.json": `{"name": "shop-new"}`, "requirements.txt": "shop-new\n"}, "invented-package high",
		},
		"of a project of Python's, run by its own instructions": {
			map[string]string{"pyproject.toml": "[project]\nname = \"Shop_Tool\"\nversion = \"1\"\n"}, map[string]string{"AGENTS.md": "```sh\nuvx shop-tool check\n```\n"}, "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			head := map[string]string{}
			for path, text := range test.base {
				head[path] = text
			}
			for path, text := range test.head {
				head[path] = text
			}
			found, unscanned := findingsOf(t, changeOf(test.base, head), &world{Others: "nonexistent"})
			if got := said(found); got != test.want || len(unscanned) > 0 {
				t.Errorf("got %q, want %q; unscanned %v", got, test.want, unscanned)
			}
		})
	}
}

func TestWhatCommandsMayFindElsewhere(t *testing.T) {
	workflow := func(run string) string {
		return "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: " + run + "\n"
	}
	const ci = ".github/workflows/ci.yml"
	tests := map[string]struct {
		head map[string]string
		want string
	}{
		"the usual program of a scope, installed before":   {map[string]string{ci: workflow("npm install -g @todesk/cli@1.0.0 && npx todesk build")}, "unknown-package medium"}, // of which the test knows nothing
		"what an index of the command's own may have":      {map[string]string{"install.sh": "#!/bin/sh\npip install -i https://flashinfer.ai/whl/cu121 flash-kernels==1.0\n"}, ""},
		"what the public index must have":                  {map[string]string{"install.sh": "#!/bin/sh\npip install flash-kernels==1.0\n"}, "invented-package high"},
		"some program, with a project in another folder":   {map[string]string{ci: workflow("npx code-shifter"), "web/app/package.json": `{"name": "app"}`}, "tool-unpinned low, unknown-package medium"},
		"some program, where no project is":                {map[string]string{ci: workflow("npx code-shifter")}, "invented-package high, tool-unpinned low"},
		"some program in text for agents, a project aside": {map[string]string{"AGENTS.md": "```sh\nnpx code-shifter\n```\n", "web/package.json": `{"name": "app"}`}, "invented-package high, tool-unpinned low"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found, _ := findingsOf(t, changeOf(nil, test.head), &world{Others: "nonexistent"})
			var all []string
			for _, f := range found {
				all = append(all, string(f.Rule)+" "+string(f.Severity))
			}
			slices.Sort(all)
			if got := strings.Join(all, ", "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWorkspacesWithoutEndAreReadWithinBounds(t *testing.T) {
	base := map[string]string{"package.json": `{"workspaces": ["**", "../..", "a/../../..", "[", "packages/*"]}`}
	for i := range 3000 {
		base[fmt.Sprintf("packages/p%d/package.json", i)] = fmt.Sprintf(`{"name": "shop-%d", "workspaces": ["..", "*"]}`, i)
	}
	head := map[string]string{"app/package.json": `{"dependencies": {"nobodys-own": "*"}}`}
	for path, text := range base {
		head[path] = text
	}
	found, _ := findingsOf(t, changeOf(base, head), &world{Others: "nonexistent"})
	if got := said(found); got != "invented-package high" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsThereForTestsCountsOneStepLess(t *testing.T) {
	w := &world{Others: "nonexistent"}
	for path, want := range map[string]string{
		"package.json": "package-without-tls high", "examples/package.json": "package-without-tls high",
		"tests/package.json": "package-without-tls medium", "cmd/testdata/a/package.json": "package-without-tls medium",
	} {
		found, _ := findingsOf(t, changeOf(nil, map[string]string{path: `{"dependencies": {"ms": "http://packages.acme.example/ms-2.1.3.tgz"}}`}), w)
		if got := said(found); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]string{"requirements.txt": "invented-package high", "tests/requirements.txt": "invented-package medium"} {
		found, _ := findingsOf(t, changeOf(nil, map[string]string{path: "nobodys-own\n"}), w)
		if got := said(found); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
