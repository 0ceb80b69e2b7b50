package advisories

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// packed is an archive of members, by name.
func packed(t testing.TB, members map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range members {
		member, err := w.Create(name)
		if err == nil {
			_, err = member.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// export is a folder of archives, each of statements by ecosystem.
func export(t testing.TB, statements map[string][]string) string {
	t.Helper()
	dir := t.TempDir()
	for ecosystem, all := range statements {
		members := map[string]string{}
		for i, text := range all {
			members[fmt.Sprintf("%d.json", i)] = text
		}
		place(t, dir, ecosystem, packed(t, members))
	}
	return dir
}

func place(t testing.TB, dir, ecosystem string, archive []byte) {
	t.Helper()
	name := filepath.Join(dir, ecosystem, archiveName)
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, archive, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// statement is an advisory about a package, of which versions before one are affected.
func statement(id, ecosystem, name, fixed string, aliases ...string) string {
	return fmt.Sprintf(`{"id":%q,"aliases":["%s"],"summary":"About %s","published":"2026-05-01T00:00:00Z","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":%q}]}]}],"database_specific":{"severity":"HIGH","cwe_ids":["CWE-79"]}}`,
		id, strings.Join(aliases, `","`), name, ecosystem, name, fixed)
}

// built makes an index and gives its path.
func built(t testing.TB, o Options) string {
	t.Helper()
	if o.Path == "" {
		o.Path = filepath.Join(t.TempDir(), "advisories.db")
	}
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o.Path
}

func opened(t testing.TB, path string) *Index {
	t.Helper()
	x, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func ref(ecosystem, name, version string) judge.Ref {
	return judge.Ref{Name: judge.Name{Ecosystem: ecosystem, Name: name}, Version: version}
}

var sample = map[string][]string{
	"PyPI": {
		statement("GHSA-py", "PyPI", "Flask_Thing", "2.0", "CVE-2026-1"),
		statement("PYSEC-2026-1", "PyPI", "flask-thing", "2.1", "CVE-2026-1"),
		statement("GHSA-both", "PyPI", "flask-thing", "1.0"),
		`{"id":"PYSEC-gone","withdrawn":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"flask-thing"},"versions":["1.5"]}]}`,
	},
	"npm": {
		statement("GHSA-js", "npm", "left", "1.2.0"),
		`{"id":"MAL-2026-7","affected":[{"package":{"ecosystem":"npm","name":"evil"},"versions":["6.6.6"]},{"package":{"ecosystem":"PyPI","name":"evil"},"versions":["6.6.6"]}]}`,
	},
}

func TestPackagesAreLookedUp(t *testing.T) {
	x := opened(t, built(t, Options{From: export(t, sample)}))
	refs := []judge.Ref{
		ref("PyPI", "Flask.Thing", "1.5"), ref("PyPI", "flask-thing", "2.0"), ref("PyPI", "flask-thing", "2.1"), ref("PyPI", "flask-thing", "main"),
		ref("npm", "left", "1.0.0"), ref("npm", "evil", "6.6.6"), ref("npm", "evil", "6.6.7"), ref("npm", "absent", "1.0.0"), ref("npm", "left", "1.0.0"),
		ref("PyPI", "evil", "6.6.6"), ref("Maven", "g:a", "1"), ref("", "x", "1"),
	}
	got, err := x.Lookup(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	published := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	high := judge.Advisory{Severity: checks.High, CWE: []string{"CWE-79"}, Published: published}
	flask := high
	flask.ID, flask.Aliases, flask.Summary, flask.Fixed = "GHSA-py", []string{"PYSEC-2026-1", "CVE-2026-1"}, "About Flask_Thing", "2.1"
	later := high
	later.ID, later.Aliases, later.Summary, later.Fixed = "PYSEC-2026-1", []string{"CVE-2026-1"}, "About flask-thing", "2.1"
	left := high
	left.ID, left.Summary, left.Fixed = "GHSA-js", "About left", "1.2.0"
	want := Result{
		Advisories: map[judge.Ref][]judge.Advisory{
			refs[0]: {flask}, refs[1]: {later}, refs[4]: {left},
			refs[5]: {{ID: "MAL-2026-7", Severity: checks.Critical, Malicious: true}},
		},
		Safe: map[judge.Ref]string{refs[0]: "2.1", refs[1]: "2.1", refs[4]: "1.2.0"},
		Unknown: []judge.Unknown{
			{Ref: refs[3], Reason: "no exact version"},
			{Ref: refs[10], Reason: "the index holds no advisories of Maven"},
			{Ref: refs[11], Reason: "the index holds no advisories of such an ecosystem"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnIndexSaysWhatIsInIt(t *testing.T) {
	dir := export(t, sample)
	old := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "npm", archiveName), old, old); err != nil {
		t.Fatal(err)
	}
	x := opened(t, built(t, Options{From: dir}))
	about := x.About()
	if len(about.Ecosystems) != 2 || about.Source != dir {
		t.Fatalf("%+v", about)
	}
	py, js := about.Ecosystems[0], about.Ecosystems[1]
	if py.Name != "PyPI" || py.Records != 3 || py.Packages != 1 || py.Withdrawn != 1 || js.Name != "npm" || js.Records != 2 || js.Packages != 2 {
		t.Errorf("%+v", about.Ecosystems)
	}
	if want := (judge.Database{Source: "index", Built: old, Records: 5}); x.Database() != want {
		t.Errorf("%+v, want %+v: the oldest part counts", x.Database(), want)
	}
}

func TestAFileOfTheFutureIsOfToday(t *testing.T) {
	dir := export(t, sample)
	future := time.Now().Add(1000 * time.Hour)
	for _, ecosystem := range []string{"npm", "PyPI"} {
		if err := os.Chtimes(filepath.Join(dir, ecosystem, archiveName), future, future); err != nil {
			t.Fatal(err)
		}
	}
	if x := opened(t, built(t, Options{From: dir})); x.Database().Built.After(time.Now()) {
		t.Errorf("built %s", x.Database().Built)
	}
}

func TestTheSameAdvisoriesMakeTheSameIndex(t *testing.T) {
	dir := export(t, sample)
	before := pagesOf(t, built(t, Options{From: dir}))
	for range 3 {
		if again := pagesOf(t, built(t, Options{From: dir})); !cmp.Equal(before, again) {
			t.Fatal(cmp.Diff(before, again))
		}
	}
}

// pagesOf is all that is in the bucket of packages.
func pagesOf(t *testing.T, path string) map[string]string {
	t.Helper()
	x := opened(t, path)
	all := map[string]string{}
	err := x.packages.ForEach(func(key, value []byte) error {
		all[string(key)] = string(value)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsNoIndexIsRefused(t *testing.T) {
	path := built(t, Options{From: export(t, sample)})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	older := bytes.Clone(whole)
	copy(older[len(older)-trailerSize:], trailerOf(0, int64(len(older)-trailerSize)))
	for _, test := range []struct {
		name   string
		text   []byte
		reason string
	}{
		{"an empty file", nil, "this is no advisory index, or not all of one"},
		{"another file", []byte(strings.Repeat("text\n", 5000)), "this is no advisory index, or not all of one"},
		{"one without its end", whole[:len(whole)-1], "this is no advisory index, or not all of one"},
		{"one without its beginning", whole[4096:], "it is damaged: a part of it is missing"},
		{"one that was written twice", append(bytes.Clone(whole), whole...), "it is damaged: a part of it is missing"},
		{"an older format", older, "it has format 0, and this program reads format 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "advisories.db")
			if err := os.WriteFile(name, test.text, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, name, test.reason)
		})
	}
	t.Run("a folder", func(t *testing.T) { refused(t, t.TempDir(), "this is no regular file") })
	t.Run("a pipe that nobody writes to", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, name, "this is no regular file")
	})
	t.Run("a file that is too large to be one", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "advisories.db")
		err := os.WriteFile(name, nil, 0o600)
		if err == nil {
			err = os.Truncate(name, maxIndex+int64(trailerSize)+1)
		}
		if err != nil {
			t.Fatal(err)
		}
		refused(t, name, "it is larger than 8 GiB")
	})
	t.Run("none at all", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "advisories.db")
		if _, err := Open(name); !IsMissing(err) || !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), name) != 1 {
			t.Errorf("%v", err)
		}
	})
	t.Run("one that somebody has locked", func(t *testing.T) {
		file, err := os.Open(path)
		if err == nil {
			err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		refused(t, path, "another program has locked it")
	})
	t.Run("the whole one is not", func(t *testing.T) { opened(t, path) })
}

// trailerOf is a proper end of a file with another format.
func trailerOf(is byte, size int64) []byte {
	t := trailer(size, 0)
	t[len(magic)] = is
	return append(t[:trailerSize-4], sumOf(t[:trailerSize-4])...)
}

func refused(t *testing.T, path, reason string) {
	t.Helper()
	x, err := Open(path)
	if err == nil {
		x.Close()
		t.Fatal("it is opened")
	}
	if !strings.Contains(err.Error(), reason) {
		t.Errorf("%v, want %s", err, reason)
	}
}

// TestDamageIsNeverAnAnswer flips bits and cuts off: each index is refused.
func TestDamageIsNeverAnAnswer(t *testing.T) {
	path := built(t, Options{From: export(t, sample)})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "advisories.db")
	try := func(what string, text []byte) {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if x, err := Open(name); err == nil {
			x.Close()
			t.Errorf("%s: it is opened", what)
		}
	}
	for at := 0; at < len(whole); at += 97 {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 1 << (at % 8)
		try(fmt.Sprintf("bit %d of byte %d", at%8, at), damaged)
	}
	for at := len(whole) - trailerSize; at < len(whole); at++ {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x10
		try(fmt.Sprintf("byte %d of the end", at), damaged)
	}
	for cut := 1; cut < len(whole); cut += 501 {
		try(fmt.Sprintf("%d bytes less", cut), whole[:len(whole)-cut])
	}
}

// TestAFileThatIsChangedWhileItIsOpen: somebody writes into an index, or cuts it off, behind our back.
func TestAFileThatIsChangedWhileItIsOpen(t *testing.T) {
	question := []judge.Ref{ref("npm", "left", "1.0.0")}
	large := map[string][]string{"npm": {statement("GHSA-js", "npm", "left", "1.2.0")}}
	for i := range 500 { // more than bbolt keeps in one page
		large["npm"] = append(large["npm"], statement(fmt.Sprint("GHSA-", i), "npm", fmt.Sprint("package-", i), "1.0.0"))
	}
	for _, test := range []struct {
		name   string
		change func(path string, size int64) error
	}{
		{"cut off to nothing", func(path string, _ int64) error { return os.Truncate(path, 0) }},
		{"cut off to its first pages", func(path string, _ int64) error { return os.Truncate(path, 8192) }},
		{"overwritten with zeros", func(path string, size int64) error { return os.WriteFile(path, make([]byte, size), 0o600) }},
		{"overwritten with ones", func(path string, size int64) error {
			return os.WriteFile(path, bytes.Repeat([]byte{0xff}, int(size)), 0o600)
		}},
		{"a record overwritten", func(path string, _ int64) error {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, bytes.ReplaceAll(text, []byte("GHSA-js"), []byte("GHSA-??")), 0o600)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := built(t, Options{From: export(t, large)})
			x := opened(t, path)
			info, err := os.Stat(path)
			if err == nil {
				err = test.change(path, info.Size())
			}
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // and it goes on being an error
				if got, err := x.Lookup(t.Context(), question); err == nil {
					t.Errorf("it still answers: %+v", got)
				}
			}
		})
	}
}

func TestALookupEndsWithItsContext(t *testing.T) {
	x := opened(t, built(t, Options{From: export(t, sample)}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Lookup(ctx, []judge.Ref{ref("npm", "left", "1.0.0")}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestAnIndexIsReplacedUnderItsReaders: whoever has the old one open goes on with it; whoever opens gets the new one.
func TestAnIndexIsReplacedUnderItsReaders(t *testing.T) {
	dir, question := export(t, sample), []judge.Ref{ref("npm", "left", "1.0.0")}
	path := built(t, Options{From: dir})
	before := opened(t, path)
	if before.Replaced() {
		t.Error("it is said to be replaced, and is not")
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				x, err := Open(path)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := x.Lookup(context.Background(), question); err != nil || len(got.Advisories) != 1 {
					t.Errorf("%v, %v", got, err)
				}
				x.Close()
			}
		})
	}
	for range 10 {
		built(t, Options{From: dir, Path: path})
	}
	close(stop)
	readers.Wait()
	if !before.Replaced() {
		t.Error("it is said not to be replaced, and is")
	}
	if got, err := before.Lookup(t.Context(), question); err != nil || len(got.Advisories) != 1 {
		t.Errorf("the old one: %v, %v", got, err)
	}
}

func TestRecordsAreReadAsTheyWereWritten(t *testing.T) {
	records := []record.Record{
		{ID: "GHSA-full", Aliases: []string{"CVE-2026-1", "PYSEC-1"}, Summary: "What ß happens", Severity: checks.Medium, Score: 6.1, CWE: []string{"CWE-79", "CWE-1321"},
			Published: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Exploited: true, EPSS: 0.97134, Versions: "\n1.0\n2.0\n",
			Ranges: []record.Range{{Events: []record.Event{{Kind: record.Introduced, Version: "0"}, {Kind: record.Fixed, Version: "1.2"}}, Limits: []string{"2"}}, {Events: []record.Event{{Kind: record.LastAffected, Version: "7"}}}}},
		{ID: "MAL-bare"},
	}
	w := writer{}
	for _, r := range records {
		if err := w.add([]byte("npm\x00p\x00"+r.ID), appendRecord(nil, &r)); err != nil {
			t.Fatal(err)
		}
	}
	text, err := unsealed(sealed(w.records))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readRecords(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(records, got); diff != "" {
		t.Error(diff)
	}
	for cut := range len(text) {
		if got, err := readRecords(text[:cut]); err == nil && len(got) == 2 {
			t.Errorf("%d of %d bytes are enough", cut, len(text))
		}
	}
}

// FuzzReadRecords: bytes that nobody wrote are an error, and never more than that.
func FuzzReadRecords(f *testing.F) {
	var w writer
	full := record.Record{ID: "GHSA-full", Aliases: []string{"CVE-2026-1"}, Severity: checks.Low, CWE: []string{"CWE-79"}, Versions: "\n1\n", Ranges: []record.Range{{Events: []record.Event{{Kind: record.Fixed, Version: "1"}}}}}
	if err := w.add([]byte("npm\x00p\x00x"), appendRecord(nil, &full)); err != nil {
		f.Fatal(err)
	}
	f.Add(string(w.records))
	f.Add("\x03\x00\x00\x00")
	f.Add("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Fuzz(func(t *testing.T, text string) {
		records, err := readRecords(text)
		if err != nil {
			return
		}
		for i := range records {
			appendRecord(nil, &records[i])
		}
	})
}
