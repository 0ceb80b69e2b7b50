package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/analyse"
)

// documents reads all pages of a folder.
func documents(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(text)
	}
	return texts
}

func TestThePagesOfTheRepositoryAreThoseOfTheRules(t *testing.T) {
	pages, err := analyse.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rulePages(pages), documents(t, "../../docs/rules")); diff != "" {
		t.Errorf("docs/rules is not what the rules say; run make docs (- rules, + docs/rules):\n%.4000s", diff)
	}
}

func TestRulesDocsWritesEveryPageAndRemovesOnlyItsOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs", "rules")
	if got := assay(t, "rules", "docs", dir); got.code != 0 || !strings.HasSuffix(got.stdout, " pages in "+dir+"\n") {
		t.Fatalf("exit %d: %s%s", got.code, got.stdout, got.stderr)
	}
	want := documents(t, dir)
	for name, text := range map[string]string{"of-a-rule-that-was.md": "# Old\n" + made, "by-hand.md": "# Kept\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got := assay(t, "rules", "docs", dir); got.code != 0 {
		t.Fatalf("exit %d: %s", got.code, got.stderr)
	}
	want["by-hand.md"] = "# Kept\n"
	if diff := cmp.Diff(want, documents(t, dir)); diff != "" {
		t.Error(diff)
	}
	if got := assay(t, "rules", "docs", filepath.Join(dir, "by-hand.md")); got.code != 2 {
		t.Errorf("a file for a folder: exit %d: %s", got.code, got.stderr)
	}
}

func TestEveryPageSaysWhatAReaderNeeds(t *testing.T) {
	pages, err := analyse.Rules()
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`^- (?:[\w ]+ · )?\[[\w.-]+: [^\]]+\]\(https://[^)\s]+\)$`)
	for _, page := range pages {
		if !ownRule.MatchString(page.ID) {
			t.Errorf("%q is no name for a file", page.ID)
		}
		for _, section := range []string{"What it finds", "Why it matters", "How to fix it", "Not reported", "In the catalogues"} {
			if !strings.Contains(page.Markdown, "\n## "+section+"\n\n") {
				t.Errorf("%s: the page has no section %q", page.ID, section)
			}
		}
		_, catalogues, _ := strings.Cut(page.Markdown, "\n## In the catalogues\n\n")
		catalogues, _, _ = strings.Cut(catalogues, "\n\n")
		for line := range strings.SplitSeq(strings.TrimSpace(catalogues), "\n") {
			if !named.MatchString(line) {
				t.Errorf("%s: %q has no name or no address; rules/taxonomy.yaml holds them", page.ID, line)
			}
		}
	}
}

func TestEveryLinkOfTheIndexLeadsToAFile(t *testing.T) {
	index, err := os.ReadFile("../../docs/rules/README.md")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(string(index), -1)
	if len(links) < 200 {
		t.Errorf("only %d links", len(links))
	}
	for _, link := range links {
		if _, err := os.Stat(filepath.Join("../../docs/rules", link[1])); err != nil {
			t.Error(err)
		}
	}
}
