package secret

import (
	"fmt"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestZZMeasure(t *testing.T) {
	c := newCheck(t).catalogue
	for _, root := range strings.Fields(os.Getenv("ROOTS")) {
		n, bytes, hits := 0, 0, 0
		by := map[string]int{}
		start := time.Now()
		var scan time.Duration
		filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return nil
			}
			if os.Getenv("NOTD") != "" && strings.Contains(p, "/testdata/") {
				return nil
			}
			b, _ := os.ReadFile(p)
			tx, ok := text.Decode(b)
			if !ok || len(b) > text.MaxFile {
				return nil
			}
			n++
			bytes += len(b)
			rel, _ := filepath.Rel(root, p)
			s0 := time.Now()
			ms, err := c.scan(t.Context(), checks.Path(rel), tx.Bytes)
			scan += time.Since(s0)
			if err != nil {
				fmt.Println("ERR", p, err)
			}
			for _, m := range ms {
				hits++
				id := string(m.rule.finding.Rule)
				by[id]++
				if os.Getenv("V") != "" {
					v := m.value
					if len(v) > 70 {
						v = v[:70]
					}
					fix := " "
					if c.fixtures.Match(checks.Path(rel)) {
						fix = "F"
					}
					fmt.Printf("%s %s %s:%d %q %q\n", fix, id, rel, tx.Position(m.Start).Line, v, strings.TrimSpace(string(tx.Bytes[m.whole.Start:m.Start])))
				}
			}
			return nil
		})
		fmt.Printf("== %s files=%d MB=%.1f hits=%d per1000=%.2f scan=%v (%.1f MB/s) wall=%v %v\n", root, n, float64(bytes)/1e6, hits, float64(hits)*1000/float64(n), scan, float64(bytes)/1e6/scan.Seconds(), time.Since(start), by)
	}
}
