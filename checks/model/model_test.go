package model

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-app/assay/checks"
)

// Streams that are made here and never loaded.
const (
	callsSystem = "\x80\x04cos\nsystem\n\x8c\x02id\x85R."
	harmless    = "\x80\x04}\x8c\x01aK\x01s."
)

func treeOf(files map[string]string) checks.Tree {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

func run(t *testing.T, base, head map[string]string) checks.Report {
	t.Helper()
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	c := &checks.Change{MergeBase: treeOf(base), Head: treeOf(head)}
	for name, text := range head {
		before, there := base[name]
		f := checks.FileChange{Path: checks.Path(name), Status: checks.Added, Mode: 0o644, Binary: true}
		if there && before == text {
			continue
		}
		if there {
			f.Status, f.OldPath, f.OldMode = checks.Modified, f.Path, 0o644
		}
		c.Files = append(c.Files, f)
	}
	report, err := check.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAFileIsExaminedWhateverItsName(t *testing.T) {
	for _, name := range []string{"model.pkl", "weights.bin", "notes.txt", "logo.png", "Makefile"} {
		report := run(t, nil, map[string]string{name: callsSystem})
		if len(report.Findings) != 1 {
			t.Fatalf("%s: %+v", name, report)
		}
		f := report.Findings[0]
		if f.Rule != "pickle-calls-dangerous" || f.Severity != checks.Critical || string(f.Location.Path) != name || f.Location.Start.Line != 0 {
			t.Errorf("%s: %+v", name, f)
		}
		if want := "Loading this file calls `os.system(\"id\")`, which starts programs and changes files (opcode at 18)."; !strings.HasPrefix(f.Message, want) {
			t.Errorf("%s: %s", name, f.Message)
		}
	}
}

func TestWhatTheBaseHadIsSeenOnBothSides(t *testing.T) {
	report := run(t, map[string]string{"m": callsSystem}, map[string]string{"m": harmless + callsSystem})
	if len(report.Findings) != 2 || report.Findings[0].Fingerprint != report.Findings[1].Fingerprint || report.Findings[0].Revision == report.Findings[1].Revision {
		t.Errorf("%+v", report.Findings)
	}
}

func TestAHarmlessModelIsAComponent(t *testing.T) {
	report := run(t, nil, map[string]string{"a/m.bin": harmless, "README.md": "# Hello\n"})
	if len(report.Findings)+len(report.Unscanned) > 0 || len(report.Components) != 1 {
		t.Fatalf("%+v", report)
	}
	c := report.Components[0]
	if c.Kind != "model" || c.Name != "m.bin" || c.Fields["format"] != "pickle" || c.Fields["size"] != "10" {
		t.Errorf("%+v", c)
	}
}

func TestWhatBreaksIsNotClean(t *testing.T) {
	report := run(t, nil, map[string]string{"m": callsSystem[:len(callsSystem)-1]})
	if len(report.Findings) != 1 || len(report.Unscanned) != 1 || report.Unscanned[0].Kind != checks.Failed || report.Unscanned[0].Reason != "pickle: the stream is cut off, at 19" {
		t.Errorf("%+v", report)
	}
}
