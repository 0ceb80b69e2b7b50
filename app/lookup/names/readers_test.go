package names

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// readers are all that read what others sent, asked about the package a (or a:b, a/b).
var readers = map[string]func(io.Reader) (record, error){
	"deps.dev":       func(r io.Reader) (record, error) { return readDepsDev(r, ecosystems["npm"], "a") },
	"npm":            func(r io.Reader) (record, error) { return readNPM(r, "a") },
	"simple JSON":    func(r io.Reader) (record, error) { return readSimpleJSON(r, "a") },
	"simple HTML":    func(r io.Reader) (record, error) { return readSimpleHTML(r, "a") },
	"Go list":        readGoList,
	"crate":          func(r io.Reader) (record, error) { return readCrate(r, "a") },
	"sparse":         func(r io.Reader) (record, error) { return readIndexFile(r, "a") },
	"Maven":          func(r io.Reader) (record, error) { return readMavenMetadata(r, "a", "b") },
	"gem":            func(r io.Reader) (record, error) { return readGem(r, "a") },
	"gem versions":   readGemVersions,
	"flat container": readFlatContainer,
	"Composer":       func(r io.Reader) (record, error) { return readComposer(r, "a/b") },
	"Go info": func(r io.Reader) (record, error) {
		version, at, err := readGoInfo(r)
		return record{state: judge.Exists, versions: []string{version}, first: at}, err
	},
}

// samples are an answer of each kind that is right.
var samples = map[string]string{
	"deps.dev":       pack("NPM", "a", "1.0.0 2022-02-12T00:00:00Z"),
	"npm":            `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"x":[{"y":null}]}},"time":{"created":"2020-01-01T00:00:00Z"},"repository":"a/b"}`,
	"simple JSON":    `{"name":"a","meta":{"api-version":"1.4"},"files":[{"filename":"a-1.0.tar.gz","upload-time":"2020-01-01T00:00:00Z"}],"versions":["1.0"],"project-status":{"status":"active"}}`,
	"simple HTML":    `<html><meta name="pypi:project-status" content="active"><a href="x">a-1.0-py3-none-any.whl</a>`,
	"Go list":        "v1.0.0\nv1.1.0\n",
	"Go info":        `{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}`,
	"crate":          `{"crate":{"name":"A","created_at":"2020-01-01T00:00:00Z"},"versions":[{"num":"1.0.0"}]}`,
	"sparse":         `{"name":"a","vers":"1.0.0"}`,
	"Maven":          `<metadata><groupId>a</groupId><artifactId>b</artifactId><versioning><versions><version>1</version></versions></versioning></metadata>`,
	"gem":            `{"name":"a","version":"1.0"}`,
	"gem versions":   `[{"number":"1.0","created_at":"2020-01-01T00:00:00Z"}]`,
	"flat container": `{"versions":["1.0.0"]}`,
	"Composer":       `{"packages":{"a/b":[{"version":"1.0.0","time":"2020-01-01T00:00:00+00:00"}]}}`,
}

// TestWhatIsCutShortIsNoAnswer cuts each answer at every byte. Formats of lines have ends in the middle, too.
func TestWhatIsCutShortIsNoAnswer(t *testing.T) {
	for kind, sample := range samples {
		whole, err := readers[kind](strings.NewReader(sample))
		if err != nil || whole.state != judge.Exists {
			t.Errorf("%s: got %+v, %v", kind, whole, err)
		}
		if kind == "Go list" || kind == "simple HTML" {
			continue
		}
		for at := range sample {
			if got, err := readers[kind](strings.NewReader(sample[:at])); err == nil {
				t.Errorf("%s: %q is taken as %+v", kind, sample[:at], got)
			}
		}
	}
	if len(samples) != len(readers) {
		t.Errorf("%d samples for %d readers", len(samples), len(readers))
	}
}

func TestABrokenConnectionIsNoAnswer(t *testing.T) {
	broken := fmt.Errorf("broken")
	for kind, sample := range samples {
		r := io.MultiReader(strings.NewReader(sample[:len(sample)-1]), iotest.ErrReader(broken))
		if got, err := readers[kind](r); err == nil {
			t.Errorf("%s: got %+v", kind, got)
		}
	}
}

func TestHowAnswersArriveDoesNotMatter(t *testing.T) {
	for kind, sample := range samples {
		want, _ := readers[kind](strings.NewReader(sample))
		got, err := readers[kind](iotest.OneByteReader(strings.NewReader(sample)))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{})); diff != "" || err != nil {
			t.Errorf("%s: %s, %v", kind, diff, err)
		}
	}
}

func TestSpacesBetweenValuesAreSqueezed(t *testing.T) {
	for given, want := range map[string]string{
		"{ \n\t \"a  b\" :   \"c \\\"  d\\\\\"   }  ": "{ \"a  b\" : \"c \\\"  d\\\\\" } ",
		"1  2":     "1 2",
		"   ":      " ",
		`"\\"   1`: `"\\" 1`,
	} {
		for _, r := range []io.Reader{strings.NewReader(given), iotest.OneByteReader(strings.NewReader(given))} {
			if got, err := io.ReadAll(&squeezed{r: r}); string(got) != strings.ReplaceAll(strings.ReplaceAll(want, "\n", " "), "\t", " ") || err != nil {
				t.Errorf("%q: got %q, %v", given, got, err)
			}
		}
	}
}

func TestDeepNestingIsSkipped(t *testing.T) {
	deep := strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20)
	got, err := readNPM(strings.NewReader(`{"name":"a","junk":`+deep+`,"versions":{"1.0.0":null},"time":{"1.0.0":"2020-01-01T00:00:00Z"}}`), "a")
	if err != nil || got.releases != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	elements := strings.Repeat("<metadata>", maxXMLDepth+1)
	if got, err := readMavenMetadata(strings.NewReader(elements), "a", "b"); err == nil {
		t.Errorf("got %+v", got)
	}
}

func TestTimes(t *testing.T) {
	for given, want := range map[string]time.Time{
		"2020-01-02T03:04:05Z":             time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
		"2025-10-02T01:44:30.071000+00:00": time.Date(2025, 10, 2, 1, 44, 30, 71e6, time.UTC),
		"2020-01-02T03:04:05+02:00":        time.Date(2020, 1, 2, 1, 4, 5, 0, time.UTC),
		"":                                 {},
		"yesterday":                        {},
	} {
		if got := published(given); !got.Equal(want) {
			t.Errorf("%q: got %s", given, got)
		}
	}
}

func TestFilesOfAProject(t *testing.T) {
	for file, want := range map[string]string{
		"zope.interface-5.0.tar.gz":                       "5.0",
		"zope_interface-5.1-1-cp39-cp39-linux_x86_64.whl": "5.1",
		"zope.interface-4.0-py2.7.egg":                    "4.0",
		"Zope-Interface-3.0.zip":                          "3.0",
		"zope.interface.extra-1.0.tar.gz":                 "",
		"zope-1.0.tar.gz":                                 "",
		"zope.interface-.tar.gz":                          "-", // never published, and no harm
		"zope.interface":                                  "",
		"zope.interface-1.0.exe":                          "",
	} {
		got, ok := versionOfFile(file, "zope-interface")
		if want == "-" {
			want = ""
		}
		if got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v", file, got, ok)
		}
	}
}

func FuzzReaders(f *testing.F) {
	kinds := make([]string, 0, len(readers))
	for kind := range readers {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for i, kind := range kinds {
		f.Add(i, samples[kind])
		f.Add(i, "{}")
		f.Add(i, "null")
	}
	f.Fuzz(func(t *testing.T, i int, answer string) {
		kind := kinds[uint(i)%uint(len(kinds))]
		got, err := readers[kind](strings.NewReader(answer))
		if err != nil {
			return
		}
		if got.state == "" || got.state == judge.Unanswered {
			t.Errorf("%s: %q is %+v", kind, answer, got)
		}
		if !slices.IsSorted(got.versions) || got.releases < 0 {
			t.Errorf("%s: %q is %+v", kind, answer, got)
		}
		if got.state == judge.Nonexistent && (kind != "npm" || !strings.Contains(answer, "unpublished") && !strings.Contains(answer, `\u`)) {
			t.Errorf("%s: %q makes a name nonexistent", kind, answer)
		}
	})
}
