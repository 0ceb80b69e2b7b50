package dependency

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// reportOf is what the check reports of a change that adds a file to others.
func reportOf(t *testing.T, name, content string, others fstest.MapFS) checks.Report {
	t.Helper()
	head := fstest.MapFS{name: {Data: []byte(content)}}
	for other, file := range others {
		head[other] = file
	}
	return runOn(t, &checks.Change{
		Head: head, MergeBase: others, MergeBaseSHA: "base", Files: []checks.FileChange{{Path: checks.Path(name), Status: checks.Added, Mode: 0o644}},
	})
}

func runOn(t *testing.T, c *checks.Change) checks.Report {
	t.Helper()
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestSettingsThatAreReadOfTheBase(t *testing.T) {
	folders := func(n int) string { return strings.Repeat("d/", n) }
	const index = "[global]\nindex-url = https://a.example/simple\n"
	lists := func(n int) fstest.MapFS {
		files := fstest.MapFS{"pip.conf": {Data: []byte(index)}}
		for i := range n {
			files[fmt.Sprintf("a%02d-requirements.txt", i)] = &fstest.MapFile{}
		}
		return files
	}
	tests := map[string]struct {
		file   string
		others fstest.MapFS
		want   checks.Origin
	}{
		"of a folder above":                        {"a/requirements.txt", fstest.MapFS{"pip.conf": {Data: []byte(index)}}, checks.Mirror},
		"as deep as is looked":                     {folders(maxFolders) + "requirements.txt", fstest.MapFS{folders(maxFolders) + "pip.conf": {Data: []byte(index)}}, checks.Mirror},
		"one folder deeper":                        {folders(maxFolders+1) + "requirements.txt", fstest.MapFS{folders(maxFolders+1) + "pip.conf": {Data: []byte(index)}}, ""},
		"of the root, for a file that lies deeper": {folders(maxFolders+9) + "requirements.txt", fstest.MapFS{"pip.conf": {Data: []byte(index)}}, checks.Mirror},
		"the last of as many files as are read":    {"requirements.txt", lists(maxSettings - 1), checks.Mirror},
		"one file more":                            {"requirements.txt", lists(maxSettings), ""},
		"a file as large as is read":               {"requirements.txt", fstest.MapFS{"pip.conf": {Data: []byte(index + strings.Repeat("\n", maxSettingsSize-len(index)))}}, checks.Mirror},
		"a larger file":                            {"requirements.txt", fstest.MapFS{"pip.conf": {Data: []byte(index + strings.Repeat("\n", maxSettingsSize-len(index)+1))}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report := reportOf(t, test.file, "left-pad==1.0\n", test.others)
			if len(report.Packages) != 1 || report.Packages[0].Origin != test.want {
				t.Errorf("%+v, want one of origin %q", report.Packages, test.want)
			}
		})
	}
}

func TestWhatIsQuoted(t *testing.T) {
	long := strings.Repeat("a", maxQuoted)
	if got := plain(long); got != long {
		t.Errorf("as long as is quoted: %q", got)
	}
	if got := plain(long + "b"); got != long+"…" {
		t.Errorf("longer: %q", got)
	}
	for _, length := range []int{maxLine, maxLine + 1} {
		line := text.New([]byte(strings.Repeat("a", length) + "\nb"))
		at := checks.Range{Start: checks.Position{Line: 1, Column: 1}, End: checks.Position{Line: 1, Column: 2}}
		if got := quote(line, at); (got != "") != (length == maxLine) {
			t.Errorf("a line of %d bytes: %d bytes are quoted", length, len(got))
		}
	}
}

func TestLinksThatAreFollowedToTheirName(t *testing.T) {
	for name, test := range map[string]struct {
		target string
		said   bool
	}{
		"to a manifest":                   {"a/package.json", false},
		"to a manifest in a folder above": {"../package.json", true},
		"to a name as long as is read":    {strings.Repeat("a/", (maxTarget-len("package.json"))/2) + "package.json", false},
		"to a longer one":                 {strings.Repeat("a/", (maxTarget-len("package.json"))/2+1) + "package.json", true},
		"to an absolute path":             {"/a/package.json", true},
		"to a file that is no manifest":   {"a.txt", true},
		"to nothing":                      {"", true},
		"to bytes that are no text":       {"\xff", true},
	} {
		t.Run(name, func(t *testing.T) {
			report := runOn(t, &checks.Change{
				Head:      fstest.MapFS{"package.json": {Data: []byte(test.target)}},
				MergeBase: fstest.MapFS{}, MergeBaseSHA: "base",
				Files: []checks.FileChange{{Path: "package.json", Status: checks.Added, Mode: fs.ModeSymlink}},
			})
			if got := len(report.Unscanned) > 0; got != test.said {
				t.Errorf("unscanned: %+v", report.Unscanned)
			}
		})
	}
}

// listings counts how often folders are listed.
type listings struct {
	fstest.MapFS
	n int
}

func (l *listings) ReadDir(name string) ([]fs.DirEntry, error) {
	l.n++
	return l.MapFS.ReadDir(name)
}

func TestWorkspacesWhosePatternsStandForEverything(t *testing.T) {
	const folders, patterns = 100, 200
	project := `{"name": "a", "dependencies": {"nobody-has-it": "1.0.0"}, "workspaces": [` + strings.TrimSuffix(strings.Repeat(`"**/**",`, patterns), ",") + `]}`
	head := &listings{MapFS: fstest.MapFS{"package.json": {Data: []byte(project)}}}
	for i := range folders {
		head.MapFS[fmt.Sprintf("d%d/package.json", i)] = &fstest.MapFile{Data: []byte(project)}
	}
	report := runOn(t, &checks.Change{Head: head, Files: []checks.FileChange{{Path: "package.json", Status: checks.Added, Mode: 0o644}}})
	if len(report.Packages) != 1 || report.Packages[0].Origin != "" {
		t.Errorf("%+v", report.Packages)
	}
	if head.n > maxLooks+maxFolders {
		t.Errorf("%d listings", head.n)
	}
}

func TestMembersOfWorkspacesAreBounded(t *testing.T) {
	member := func(name string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"name": "` + name + `"}`)}
	}
	below := func(n int) string { return "p/" + strings.Repeat("d/", n) + "package.json" }
	many := fstest.MapFS{}
	for i := range maxMembers + 1 {
		many[fmt.Sprintf("p/m%04d/package.json", i)] = member(fmt.Sprintf("m%04d", i))
	}
	tests := map[string]struct {
		pattern, name string
		others        fstest.MapFS
		own           bool
	}{
		"as deep as is looked":   {"p/**", "a", fstest.MapFS{below(maxBelow): member("a")}, true},
		"one folder deeper":      {"p/**", "a", fstest.MapFS{below(maxBelow + 1): member("a")}, false},
		"the last that is read":  {"p/*", fmt.Sprintf("m%04d", maxMembers-1), many, true},
		"one folder more":        {"p/*", fmt.Sprintf("m%04d", maxMembers), many, false},
		"outside the repository": {"../../*", "a", fstest.MapFS{"p/package.json": member("b")}, false},
		"a pattern that is none": {"p/[", "a", fstest.MapFS{"p/package.json": member("a")}, false},
		"one that is left out":   {"!p", "a", fstest.MapFS{"p/package.json": member("a")}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report := reportOf(t, "package.json", `{"name": "root", "dependencies": {"`+test.name+`": "1.0.0"}, "workspaces": ["`+test.pattern+`"]}`, test.others)
			if len(report.Packages) != 1 || (report.Packages[0].Origin == checks.Local) != test.own {
				t.Errorf("%+v", report.Packages)
			}
		})
	}
}

func TestFindingsThatAreAlikeStandByThemselvesWhileTheyAreFew(t *testing.T) {
	for n, want := range map[int]int{maxAlike: maxAlike, maxAlike + 1: 1} {
		var packages strings.Builder
		for i := range n {
			fmt.Fprintf(&packages, `, "node_modules/p%d": {"version": "1.0.0", "resolved": "http://a.example/p%[1]d/-/p%[1]d-1.0.0.tgz"}`, i)
		}
		report := reportOf(t, "package-lock.json", `{"lockfileVersion": 3, "packages": {"": {}`+packages.String()+`}}`, fstest.MapFS{})
		if len(report.Findings) != want {
			t.Errorf("%d alike: %d findings, want %d", n, len(report.Findings), want)
			continue
		}
		if said := report.Findings[0].Message; want == 1 && !strings.Contains(said, fmt.Sprintf("of %d other packages", maxAlike)) {
			t.Errorf("it says %s", said)
		}
	}
}

func TestFilesTogetherAreBounded(t *testing.T) {
	r := &review{change: &checks.Change{}, bytes: maxBytes - 2}
	tree := fstest.MapFS{"a": {Data: []byte("ab")}, "b": {Data: []byte("c")}}
	if _, err := r.text(tree, "a"); err != nil {
		t.Error(err)
	}
	if _, err := r.text(tree, "b"); err != errBytes {
		t.Errorf("got %v", err)
	}
	r.report.Findings = make([]checks.Finding, maxFindings+3)
	if r.cut(); len(r.report.Findings) != maxFindings || r.over != 3 {
		t.Errorf("%d findings and %d over", len(r.report.Findings), r.over)
	}
	if manifest.MaxEntries > maxEntries || manifest.MaxBytes > maxBytes {
		t.Error("one file may be larger than all together")
	}
}
