package secret

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// BenchmarkOrdinaryCode scans Go's own source, which holds no live credential, as a pull request that adds all of it:
//
//	go test -run '^$' -bench OrdinaryCode -benchtime 1x -v ./checks/secret
//
// Every finding above info is a false alarm. README.md quotes the figures.
func BenchmarkOrdinaryCode(b *testing.B) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(root)), "src")
	c := newCheck(b).catalogue
	for _, withTestdata := range []bool{false, true} {
		name := "without testdata"
		if withTestdata {
			name = "with testdata"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				files, size, shown := scanFolder(b, c, dir, withTestdata)
				b.SetBytes(size)
				b.ReportMetric(float64(files), "files")
				b.ReportMetric(float64(shown)*1000/float64(files), "alarms/1000files")
			}
		})
	}
}

func scanFolder(b *testing.B, c *catalogue, dir string, withTestdata bool) (files int, size int64, shown int) {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !withTestdata && strings.Contains(path, "/testdata/") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		decoded, ok := text.Decode(raw)
		if !ok {
			return nil
		}
		relative, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files, size = files+1, size+int64(len(raw))
		matches, err := c.scan(b.Context(), checks.Path(relative), decoded.Bytes)
		for _, s := range c.sightings(nil, checks.Path(relative), decoded, matches) {
			if s.finding.Severity.AtLeast(checks.Low) {
				shown++
				b.Logf("%s:%d %s (%s)", relative, s.finding.Location.Start.Line, s.finding.Rule, s.finding.Severity)
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files, size, shown
}
