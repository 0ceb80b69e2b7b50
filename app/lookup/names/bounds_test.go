package names

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/dependency/judge"
)

func TestModulesOfAPath(t *testing.T) {
	for path, want := range map[string][]string{
		"go4.org":                     {"go4.org"},
		"go.example/zap/x":            {"go.example/zap/x", "go.example/zap", "go.example"},
		"github.com/a/b":              {"github.com/a/b"},
		"github.com/a/b/c/d":          {"github.com/a/b/c/d", "github.com/a/b/c", "github.com/a/b"},
		"github.com/a":                {"github.com/a"},
		"example.com/1/2/3/4/5/6/7/8": {"example.com/1/2/3/4/5/6/7/8", "example.com/1/2/3/4/5/6/7", "example.com/1/2/3/4/5/6", "example.com/1/2/3/4/5", "example.com/1/2/3/4", "example.com"},
		"gopkg.in/yaml.v3/x":          {"gopkg.in/yaml.v3/x", "gopkg.in/yaml.v3", "gopkg.in"},
	} {
		got := modulesOf(path)
		if diff := cmp.Diff(want, got); diff != "" || len(got) > maxModules {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestOnlySoManyVersionsOfAName(t *testing.T) {
	var versions []string
	for i := range maxVersionsAsked + 10 {
		versions = append(versions, fmt.Sprintf("1.%d.0", i), "1.0.0")
	}
	name := judge.Name{Ecosystem: "npm", Name: "a"}
	merged := byName([]Question{{name, versions[:20]}, {judge.Name{Ecosystem: "npm", Name: "b"}, nil}, {name, versions}})
	if len(merged) != 2 || merged[0].Name != name || len(merged[0].Versions) != maxVersionsAsked || merged[0].Versions[1] != "1.1.0" {
		t.Errorf("got %v", merged)
	}
}

// TestTheFullFormOfNPMIsForFewReleases: it is fetched for the time of the first release, up to a number of them.
func TestTheFullFormOfNPMIsForFewReleases(t *testing.T) {
	for releases, want := range map[int]int{maxNPMFull: 2, maxNPMFull + 1: 1} {
		d := newDouble(t)
		var versions []string
		for i := range releases {
			versions = append(versions, fmt.Sprintf(`"1.%d.0":{}`, i))
		}
		d.on("/a", body(200, `{"name":"a","versions":{`+strings.Join(versions, ",")+`}}`))
		got, _ := ask(t, newClient(t, Config{Registries: map[string]string{"npm": d.URL}}), "npm", "a")
		if n := len(d.asked()); n != want || got.Releases != releases {
			t.Errorf("%d releases: asked %d times, got %+v", releases, n, got)
		}
	}
}

func TestAHostMayHaveUsWaitForMinutes(t *testing.T) {
	now := day("2026-11-01")
	b := &breaker{}
	b.hold(now, 100*time.Hour)
	var later *errLater
	if _, err := b.enter(now.Add(maxHold - time.Second)); !errors.As(err, &later) || later.wait != time.Second {
		t.Errorf("got %v", err)
	}
	if _, err := b.enter(now.Add(maxHold)); err != nil {
		t.Errorf("after %s: %v", maxHold, err)
	}
	for _, text := range []string{"-1", "1048576", "99999999999999999999", "1.5", ""} {
		if wait, ok := retryAfter(http.Header{"Retry-After": {text}}); ok {
			t.Errorf("%q is %s", text, wait)
		}
	}
}

func TestWhatOthersMayWriteAtLength(t *testing.T) {
	if got := etag(http.Header{"Etag": {strings.Repeat("x", maxETagChars+1)}}); got != "" {
		t.Errorf("an ETag of %d characters is kept", len(got))
	}
	if got := etag(http.Header{"Etag": {strings.Repeat("x", maxETagChars)}}); got == "" {
		t.Error("an ETag is lost")
	}
	tests := map[string]struct {
		kind, answer string
	}{
		"a tag of HTML":          {"simple HTML", `<a href="` + strings.Repeat("x", maxHTMLToken) + `">a-1.0.tar.gz</a>`},
		"a line of the index":    {"sparse", `{"name":"a","vers":"1.0.0","x":"` + strings.Repeat("x", maxIndexLine) + `"}`},
		"a line of versions":     {"Go list", "v1.0.0-" + strings.Repeat("x", 4*maxVersionChars)},
		"a version in a gem":     {"gem", `{"name":"a","version":"` + strings.Repeat("1", maxVersionChars+1) + `"}`},
		"the name of a file":     {"simple JSON", `{"name":"a","files":[{"filename":"a-` + strings.Repeat("1", 2*maxVersionChars) + `.zip"}]}`},
		"a file's name, in HTML": {"simple HTML", `<a href="x">a-` + strings.Repeat("1", 2*maxVersionChars) + `.zip</a>`},
	}
	for name, test := range tests {
		if got, err := readers[test.kind](strings.NewReader(test.answer)); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestOnlyTheStartOfAListIsChecked(t *testing.T) {
	text := strings.Repeat("lodash\n", maxChecked) + strings.Repeat("no name\n", 10*maxChecked)
	if _, err := readList(strings.NewReader(text), ecosystems["npm"], maxListBytes); err != nil {
		t.Error(err)
	}
	text = strings.Repeat("no name\n", maxChecked) + strings.Repeat("lodash\n", 10*maxChecked)
	if _, err := readList(strings.NewReader(text), ecosystems["npm"], maxListBytes); err == nil {
		t.Error("a list that starts with no names is taken")
	}
}
