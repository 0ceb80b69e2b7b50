package bench

import (
	"archive/zip"
	"bufio"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/lookup/advisories"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// shares is how the advisories of a generated export are spread, much as in OSV's: most of npm's are malicious packages.
var shares = []struct {
	ecosystem, prefix string
	records, packages int
	versions          int // named one by one, besides a range
}{
	{"npm", "MAL-2026-", 150_000, 150_000, 1},
	{"npm", "GHSA-npm-", 15_000, 4_000, 0},
	{"PyPI", "GHSA-pypi-", 25_000, 6_000, 40},
	{"Maven", "GHSA-maven-", 15_000, 5_000, 60},
	{"Go", "GO-2026-", 10_000, 3_000, 0},
	{"crates.io", "RUSTSEC-2026-", 5_000, 2_000, 0},
}

// advisoryCount is how many advisories a generated export has.
const advisoryCount = 220_000

// lookedUp is how many packages are looked up at a time.
const lookedUp = 1_000

// BenchmarkAdvisories measures how an index is built of an export, and how packages are looked up in it.
func BenchmarkAdvisories(b *testing.B) {
	index, built := generatedIndex(b)
	size := int64(0)
	if info, err := os.Stat(index); err == nil {
		size = info.Size()
	}
	suite.table.aim("an index of 220,000 advisories, built", built.wall.Seconds(), 60, "s")
	suite.table.say("  processor time", figure(built.processor.Seconds())+" s")
	suite.table.aim("  peak memory", float64(built.resident)/1e6, 300, "MB")
	suite.table.say("  the index's file", figure(float64(size)/1e6)+" MB")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(built.wall.Seconds(), "build-s")

	lookUp(b, index)
	compareOSVScanner(b, fmt.Sprintf("a package-lock of the same %d packages", lookedUp), packageLock(b, lockedRefs()))
}

// built is how the index was built that the benchmarks share, once it is.
var built *usage

// generatedIndex gives the path of an index of generated advisories. Their export lies in the folder beside it in which
// osv-scanner looks.
func generatedIndex(b *testing.B) (path string, how usage) {
	b.Helper()
	path = filepath.Join(suite.dir, "advisories.db")
	if built == nil {
		export := filepath.Join(suite.dir, "osv-scalibr")
		writeExport(b, export)
		forgetPeak()
		u := measure(b, suite.binary, "advisories", "update", "--from", export, "--index", path)
		if u.exit != 0 {
			b.Fatalf("exit %d: %s", u.exit, u.said)
		}
		built = &u
	}
	return path, *built
}

// lookUp asks about packages of which a quarter has advisories.
func lookUp(b *testing.B, index string) {
	b.Helper()
	refs := lockedRefs()
	var opened, asked sample
	var before, after runtime.MemStats
	found := 0
	for range 11 {
		began := time.Now()
		x, err := advisories.Open(index)
		if err != nil {
			b.Fatal(err)
		}
		opened = append(opened, time.Since(began))
		runtime.ReadMemStats(&before)
		began = time.Now()
		result, err := x.Lookup(b.Context(), refs)
		asked = append(asked, time.Since(began))
		runtime.ReadMemStats(&after)
		if err != nil {
			b.Fatal(err)
		}
		found = len(result.Advisories)
		x.Close()
	}
	if found == 0 {
		b.Fatal("no package has an advisory: the benchmark asks about the wrong ones")
	}
	b.ReportMetric(milliseconds(asked.median()), "lookup-ms")
	suite.table.aim(fmt.Sprintf("%d packages looked up, %d of them with advisories: median", lookedUp, found), milliseconds(asked.median()), 20, "ms")
	suite.table.say("  all", asked.spread())
	suite.table.aim("  memory asked for", float64(after.TotalAlloc-before.TotalAlloc)/1e6, 10, "MB")
	suite.table.say("  the index opened and checked before, which a server does once", opened.spread())
}

// lockedRefs are the packages of a lockfile that the generated advisories know some of.
func lockedRefs() []judge.Ref {
	var refs []judge.Ref
	for i := range lookedUp {
		name := fmt.Sprintf("absent-package-%d", i)
		if i%4 == 0 {
			name = packageName("npm", "GHSA-npm-", i)
		}
		refs = append(refs, judge.Ref{Name: judge.Name{Ecosystem: "npm", Name: name}, Version: fmt.Sprintf("%d.%d.0", i%9, i%7)})
	}
	return refs
}

// packageName is a package of a share, by number.
func packageName(ecosystem, prefix string, i int) string {
	switch word := strings.ToLower(prefix[:3]); ecosystem {
	case "Maven":
		return fmt.Sprintf("example.group%d:artifact-%d", i%700, i)
	case "Go":
		return fmt.Sprintf("git.example/team%d/module%d", i%300, i)
	default:
		return fmt.Sprintf("%s-package-%d", word, i)
	}
}

// writeExport writes archives as OSV publishes them. The same are written each time.
func writeExport(b *testing.B, dir string) {
	b.Helper()
	random := rand.New(rand.NewPCG(4, 220))
	open := map[string]*zip.Writer{}
	written := 0
	for _, s := range shares {
		w := open[s.ecosystem]
		if w == nil {
			folder := filepath.Join(dir, s.ecosystem)
			if err := os.MkdirAll(folder, 0o755); err != nil {
				b.Fatal(err)
			}
			file, err := os.Create(filepath.Join(folder, "all.zip"))
			if err != nil {
				b.Fatal(err)
			}
			defer file.Close()
			buffered := bufio.NewWriter(file)
			w = zip.NewWriter(buffered)
			open[s.ecosystem] = w
			defer buffered.Flush()
			defer w.Close()
		}
		for i := range s.records {
			id := fmt.Sprintf("%s%06d", s.prefix, i)
			member, err := w.Create(id + ".json")
			if err != nil {
				b.Fatal(err)
			}
			if err := json.NewEncoder(member).Encode(statement(random, id, s.ecosystem, packageName(s.ecosystem, s.prefix, i%s.packages), s.versions)); err != nil {
				b.Fatal(err)
			}
			written++
		}
	}
	if written != advisoryCount {
		b.Fatalf("%d advisories were written, want %d", written, advisoryCount)
	}
}

// statement is an advisory of the usual size.
func statement(random *rand.Rand, id, ecosystem, name string, versions int) map[string]any {
	words := strings.Fields("an attacker may send a crafted request to the parser and read files outside of the folder that is served because the path is joined before it is cleaned")
	var details strings.Builder
	for range 150 {
		details.WriteString(words[random.IntN(len(words))] + " ")
	}
	var listed []string
	for i := range versions {
		listed = append(listed, fmt.Sprintf("%d.%d.%d", i/20, i/5%4, i%5))
	}
	fixed := fmt.Sprintf("%d.%d.%d", 2+random.IntN(7), random.IntN(9), random.IntN(9))
	return map[string]any{
		"schema_version": "1.7.0", "id": id, "modified": "2026-10-01T00:00:00Z", "published": "2026-09-01T00:00:00Z",
		"aliases": []string{fmt.Sprintf("CVE-2026-%d", 10_000+random.IntN(900_000))},
		"summary": "Path traversal in " + name, "details": details.String(),
		"severity":   []map[string]string{{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}},
		"references": []map[string]string{{"type": "WEB", "url": "https://advisories.example/" + id}},
		"affected": []map[string]any{{
			"package":  map[string]string{"ecosystem": ecosystem, "name": name},
			"ranges":   []map[string]any{{"type": rangeType(ecosystem), "events": []map[string]string{{"introduced": "0"}, {"fixed": fixed}}}},
			"versions": listed,
		}},
		"database_specific": map[string]any{"severity": "HIGH", "cwe_ids": []string{"CWE-22"}},
	}
}

func rangeType(ecosystem string) string {
	if ecosystem == "PyPI" || ecosystem == "Maven" {
		return "ECOSYSTEM"
	}
	return "SEMVER"
}

// packageLock is a package-lock.json of a project that needs all of these packages itself.
func packageLock(b *testing.B, refs []judge.Ref) []byte {
	b.Helper()
	wanted := map[string]string{}
	packages := map[string]any{}
	for _, ref := range refs {
		wanted[ref.Name.Name] = "^" + ref.Version
		hash := sha512.Sum512([]byte(ref.Name.Name + ref.Version))
		packages["node_modules/"+ref.Name.Name] = map[string]string{
			"version": ref.Version, "integrity": "sha512-" + base64.StdEncoding.EncodeToString(hash[:]), "license": "MIT",
		}
	}
	packages[""] = map[string]any{"name": "app", "version": "1.0.0", "dependencies": wanted}
	text, err := json.MarshalIndent(map[string]any{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}, "", "  ")
	if err != nil {
		b.Fatal(err)
	}
	return append(text, '\n')
}

// compareOSVScanner adds how osv-scanner does with the same export and a lockfile, if it is installed.
func compareOSVScanner(b *testing.B, what string, lockfile []byte) {
	b.Helper()
	program, err := exec.LookPath("osv-scanner")
	if err != nil {
		suite.table.say("osv-scanner", "left out: it is not installed")
		return
	}
	lock := filepath.Join(b.TempDir(), "package-lock.json")
	if err := os.WriteFile(lock, lockfile, 0o644); err != nil {
		b.Fatal(err)
	}
	forgetPeak()
	u := measure(b, "env", "OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY="+suite.dir, program, "scan", "source", "--offline", "--no-resolve", "--format", "json", "-L", lock)
	if u.exit > 1 { // 1 says that there are vulnerabilities
		suite.table.say("osv-scanner", fmt.Sprintf("left out: exit %d: %s", u.exit, lastLine(u.said)))
		return
	}
	suite.table.say("osv-scanner, offline, "+what, fmt.Sprintf("%s s, %s s of processors, %s MB", figure(u.wall.Seconds()), figure(u.processor.Seconds()), figure(float64(u.resident)/1e6)))
}
