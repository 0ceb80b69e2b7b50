package names

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/dependency/judge"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

type pages map[string]http.HandlerFunc

const (
	shortIsOdd = `{"_id":"is-odd","name":"is-odd","dist-tags":{"latest":"3.0.1"},"versions":{"0.1.0":{"dist":{}},"3.0.1":{"name":"x"}},"modified":"2026-01-01T00:00:00Z"}`
	fullIsOdd  = `{"name":"is-odd","dist-tags":{"latest":"3.0.1"},"versions":{"0.1.0":{},"3.0.1":{}},"time":{"created":"2015-02-23T00:00:00Z","modified":"2026-01-01T00:00:00Z","0.1.0":"2015-02-24T00:00:00Z","3.0.1":"2018-05-31T00:00:00.000Z"},"repository":{"type":"git","url":"git+https://github.com/a/is-odd.git"}}`
)

// byAccept answers npm's two forms.
func byAccept(short, full string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "install-v1") {
			body(200, short)(w, r)
			return
		}
		body(200, full)(w, r)
	}
}

// TestWhatRegistriesSay is the protocols, one row an answer: what is asked, and what it means.
func TestWhatRegistriesSay(t *testing.T) {
	exists := func(first string, releases int, versions judge.Presence) judge.Standing {
		s := judge.Standing{State: judge.Exists, Releases: releases, Versions: versions}
		if first != "" {
			s.First = day(first)
		}
		return s
	}
	state := func(s judge.State) judge.Standing { return judge.Standing{State: s} }
	simple := "application/vnd.pypi.simple.v1+json"
	tests := map[string]struct {
		ecosystem, name string
		versions        []string
		pages           pages
		want            judge.Standing
		reason          string // of what is unanswered
	}{
		"npm: a package, whose short form has no times": {"npm", "is-odd", []string{"3.0.1", "v0.1.0", "9.9.9"},
			pages{"/is-odd": byAccept(shortIsOdd, fullIsOdd)},
			exists("2015-02-24", 2, judge.Presence{"3.0.1": true, "v0.1.0": true, "9.9.9": false}), ""},
		"npm: a package of a scope, its slash encoded": {"npm", "@acme/util", nil,
			pages{"/@acme%2futil": body(200, `{"name":"@acme/util","versions":{"1.0.0":{}},"time":{"1.0.0":"2020-02-02T00:00:00Z"}}`)},
			exists("2020-02-02", 1, nil), ""},
		"npm: the full form fails, and the short one said enough": {"npm", "is-odd", nil,
			pages{"/is-odd": byAccept(shortIsOdd, "<html>")}, exists("", 2, nil), ""},
		"npm: nobody has the name": {"npm", "react-codeshift", nil, nil, state(judge.Nonexistent), ""},
		"npm: taken down for the law": {"npm", "bad", nil,
			pages{"/bad": body(451, "")}, state(judge.Removed), ""},
		"npm: a placeholder of the security team": {"npm", "time_estimates", nil,
			pages{"/time_estimates": body(200, `{"name":"time_estimates","dist-tags":{"latest":"0.0.1-security"},"versions":{"0.0.1-security":{}}}`)},
			state(judge.Removed), ""},
		"npm: a placeholder told by its repository": {"npm", "bad", nil,
			pages{"/bad": body(200, `{"name":"bad","versions":{"2.0.0":{}},"repository":{"url":"git+https://github.com/npm/security-holder.git"}}`)},
			state(judge.Removed), ""},
		"npm: a repository that only sounds like the placeholder's": {"npm", "good", nil,
			pages{"/good": body(200, `{"name":"good","versions":{"2.0.0":{}},"time":{"2.0.0":"2020-01-01T00:00:00Z"},"repository":"github:xnpm/security-holder"}`)},
			exists("2020-01-01", 1, nil), ""},
		"npm: a module of Node.js whose name is held": {"npm", "fs", nil,
			pages{"/fs": body(200, `{"name":"fs","dist-tags":{"latest":"0.0.1-security"},"versions":{"0.0.1-security":{}},"time":{"0.0.1-security":"2016-08-23T00:00:00Z"}}`)},
			exists("2016-08-23", 1, nil), ""},
		"npm: all was unpublished": {"npm", "left", nil,
			pages{"/left": body(200, `{"name":"left","time":{"created":"2015-01-01T00:00:00Z","unpublished":{"time":"2016-01-01T00:00:00Z","versions":["1.0.0"]}}}`)},
			state(judge.Nonexistent), ""},
		"npm: a name without a release": {"npm", "bare", nil,
			pages{"/bare": body(200, `{"name":"bare","dist-tags":{},"versions":{},"time":{}}`)}, state(judge.Unanswered), "knows the name and no release"},

		"PyPI: a project in JSON": {"PyPI", "Six", []string{"1.0", "1.17.0", "2", "not a version"},
			pages{"/simple/six/": body(200, `{"files":[{"filename":"six-1.0.0.tar.gz","upload-time":"2011-01-01T00:00:00Z"},{"filename":"six-1.17.0-py2.py3-none-any.whl","upload-time":"2010-06-29T00:00:00Z","yanked":true}],"meta":{"api-version":"1.1"},"name":"six","versions":["1.0.0","1.17.0"]}`, "Content-Type", simple)},
			exists("2010-06-29", 2, judge.Presence{"1.0": true, "1.17.0": true, "2": false}), ""},
		"PyPI: an index that lists files and no versions": {"PyPI", "a-b", []string{"1.0", "2.0.post1"},
			pages{"/simple/a-b/": body(200, `{"name":"A.B","files":[{"filename":"a_b-1.0-py3-none-any.whl"},{"filename":"a-b-1.0.tar.gz"},{"filename":"a.b-2.0.post1.zip"},{"filename":"a-b-c-9.tar.gz"}]}`)},
			exists("", 3, judge.Presence{"1.0": true, "2.0.post1": true}), ""},
		"PyPI: an index in HTML": {"PyPI", "zope.interface", []string{"5.0", "6.0"},
			pages{"/simple/zope-interface/": body(200, `<!DOCTYPE html><title>Links</title><a href="../../x#sha256=1">zope.interface-5.0.tar.gz</a><br/><a data-yanked="" href="y">zope_interface-5.1-cp39-cp39-linux.whl</a>`, "Content-Type", "text/html; charset=utf-8")},
			exists("", 2, judge.Presence{"5.0": true, "6.0": false}), ""},
		"PyPI: a project that is quarantined": {"PyPI", "bad", nil,
			pages{"/simple/bad/": body(200, `{"name":"bad","files":[],"versions":["1.0"],"project-status":{"status":"quarantined","reason":"malware"}}`, "Content-Type", simple)},
			state(judge.Removed), ""},
		"PyPI: a project that is quarantined, in HTML": {"PyPI", "bad", nil,
			pages{"/simple/bad/": body(200, `<html><head><meta name="pypi:project-status" content="quarantined"></head>`, "Content-Type", "application/vnd.pypi.simple.v1+html")},
			state(judge.Removed), ""},
		"PyPI: an archived project exists": {"PyPI", "old", nil,
			pages{"/simple/old/": body(200, `{"name":"old","versions":["1"],"project-status":{"status":"archived"}}`)}, exists("", 1, nil), ""},
		"PyPI: nobody has the name": {"PyPI", "huggingface_clu", nil, nil, state(judge.Nonexistent), ""},
		"PyPI: a log-in page":       {"PyPI", "six", nil, pages{"/simple/six/": body(200, `<html><a href="/login">Log in</a></html>`, "Content-Type", "text/html")}, state(judge.Unanswered), "another package"},
		"PyPI: the page of another": {"PyPI", "six", nil, pages{"/simple/six/": body(200, `{"name":"seven","versions":["1"]}`)}, state(judge.Unanswered), "another package"},
		"PyPI: a redirect on the same host": {"PyPI", "six", nil, pages{
			"/simple/six/": func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/simple/six/v1/", http.StatusMovedPermanently)
			},
			"/simple/six/v1/": body(200, `{"name":"six","versions":["1"]}`)}, exists("", 1, nil), ""},

		"Go: a module with releases": {"Go", "example.com/Upper/mod", []string{"1.2.0", "v1.2.0", "v3.0.0"}, pages{
			"/example.com/!upper/mod/@v/list":        body(200, "v1.10.0\nv1.2.0 2020-01-01T00:00:00Z\n"),
			"/example.com/!upper/mod/@v/v1.2.0.info": body(200, `{"Version":"v1.2.0","Time":"2019-03-04T00:00:00Z"}`)},
			exists("2019-03-04", 2, judge.Presence{"1.2.0": true, "v1.2.0": true, "v3.0.0": false}), ""},
		"Go: versions made from commits are asked for one by one": {"Go", "example.com/m", []string{"v0.0.0-20200101000000-0123456789ab", "v0.0.0-20200101000000-ba9876543210"}, pages{
			"/example.com/m/@v/list":                                    body(200, "v0.1.0\n"),
			"/example.com/m/@v/v0.0.0-20200101000000-0123456789ab.info": body(200, `{"Version":"v0.0.0-20200101000000-0123456789ab"}`)},
			exists("", 1, judge.Presence{"v0.0.0-20200101000000-0123456789ab": true, "v0.0.0-20200101000000-ba9876543210": false}), ""},
		"Go: a module without releases": {"Go", "example.com/m", []string{"v1.0.0"}, pages{
			"/example.com/m/@v/list": body(200, ""),
			"/example.com/m/@latest": body(200, `{"Version":"v0.0.0-20200101000000-0123456789ab","Time":"2020-01-01T00:00:00Z"}`)},
			exists("", 0, judge.Presence{}), ""},
		"Go: a list of nothing, and no latest": {"Go", "example.com/m", nil, pages{"/example.com/m/@v/list": body(200, "")}, state(judge.Unanswered), "no release"},
		"Go: a package below a module": {"Go", "github.com/a/b/c/d", nil, pages{
			"/github.com/a/b/@v/list": body(200, "v1.0.0\n")}, exists("", 1, nil), ""},
		"Go: neither the path nor one above it": {"Go", "github.com/a/b/c", nil, pages{"*": body(410, "gone")}, state(judge.Nonexistent), ""},
		"Go: one above it is refused":           {"Go", "example.com/a/b", nil, pages{"/example.com/a/@v/list": body(403, "")}, state(judge.Unanswered), "status 403"},
		"Go: the path is refused, one above it exists": {"Go", "example.com/a/b", nil, pages{
			"/example.com/a/b/@v/list": body(500, ""), "/example.com/a/@v/list": body(200, "v1.0.0")}, exists("", 1, nil), ""},
		"Go: a page instead of a list":          {"Go", "example.com/m", nil, pages{"/example.com/m/@v/list": body(200, "<html>\n")}, state(judge.Unanswered), "no sense"},
		"Go: the standard library needs nobody": {"Go", "stdlib", nil, nil, judge.Standing{State: judge.Exists, Source: "Go"}, ""},

		"crates.io: a crate": {"crates.io", "serde_json", []string{"1.0.0", "1.0.1"},
			pages{"/api/v1/crates/serde_json": body(200, `{"crate":{"id":"serde-json","name":"serde-json","created_at":"2015-08-07T00:00:00Z"},"versions":[{"num":"1.0.0","created_at":"2017-04-20T00:00:00.1+00:00","yanked":true}]}`)},
			judge.Standing{State: judge.Exists, Releases: 1, First: day("2017-04-20").Add(100 * time.Millisecond), Versions: judge.Presence{"1.0.0": true, "1.0.1": false}}, ""},
		"crates.io: no such crate": {"crates.io", "nothing", nil, pages{"/api/v1/crates/nothing": body(404, `{"errors":[{"detail":"crate nothing does not exist"}]}`)}, state(judge.Nonexistent), ""},

		"sparse index: a crate": {"sparse", "Abc_def", nil,
			pages{"/ab/c_/abc_def": body(200, "{\"name\":\"abc_def\",\"vers\":\"0.1.0\",\"deps\":[],\"pubtime\":\"2016-06-25T00:00:00Z\"}\n{\"name\":\"abc_def\",\"vers\":\"0.2.0\"}\n\n")},
			exists("2016-06-25", 2, nil), ""},
		"sparse index: the other spelling": {"sparse", "abc_def", nil,
			pages{"/ab/c-/abc-def": body(200, `{"name":"abc-def","vers":"0.1.0"}`)}, exists("", 1, nil), ""},
		"sparse index: a short name":    {"sparse", "abc", nil, pages{"/3/a/abc": body(200, `{"name":"abc","vers":"0.1.0"}`)}, exists("", 1, nil), ""},
		"sparse index: one of two":      {"sparse", "ab", nil, pages{"/2/ab": body(200, `{"name":"ab","vers":"0.1.0"}`)}, exists("", 1, nil), ""},
		"sparse index: one of one":      {"sparse", "a", nil, pages{"/1/a": body(200, `{"name":"a","vers":"0.1.0"}`)}, exists("", 1, nil), ""},
		"sparse index: gone is missing": {"sparse", "abcd", nil, pages{"/ab/cd/abcd": body(451, "")}, state(judge.Nonexistent), ""},
		"sparse index: an empty file":   {"sparse", "abcd", nil, pages{"/ab/cd/abcd": body(200, "")}, state(judge.Unanswered), "empty"},

		"Maven: an artifact": {"Maven", "org.example.app:core", []string{"1.0", "1.0.0"},
			pages{"/org/example/app/core/maven-metadata.xml": body(200, `<?xml version="1.0"?><metadata><groupId>org.example.app</groupId><artifactId>core</artifactId><versioning><latest>1.1</latest><versions><version>1.0</version><version> 1.1 </version></versions></versioning></metadata>`)},
			exists("", 2, judge.Presence{"1.0": true, "1.0.0": false}), ""},
		"Maven: another artifact": {"Maven", "org.example:core", nil,
			pages{"/org/example/core/maven-metadata.xml": body(200, `<metadata><groupId>org.example</groupId><artifactId>kernel</artifactId></metadata>`)}, state(judge.Unanswered), "another package"},
		"Maven: a page":             {"Maven", "org.example:core", nil, pages{"/org/example/core/maven-metadata.xml": body(200, `<html><p>Hello</p></html>`)}, state(judge.Unanswered), "no sense"},
		"Maven: no such artifact":   {"Maven", "org.example:core", nil, nil, state(judge.Nonexistent), ""},
		"Maven: a body without end": {"Maven", "org.example:core", nil, pages{"/org/example/core/maven-metadata.xml": body(200, `<metadata><groupId>org.example</groupId><artifactId>core</artifactId>`)}, state(judge.Unanswered), "no sense"},

		"RubyGems: a gem": {"RubyGems", "nokogiri", []string{"1.16.0-x86_64-linux", "1.17"}, pages{
			"/api/v1/gems/nokogiri.json":     body(200, `{"name":"nokogiri","version":"1.16.0","info":"x"}`),
			"/api/v1/versions/nokogiri.json": body(200, `[{"number":"1.16.0","platform":"java","created_at":"2023-12-27T00:00:00Z"},{"number":"1.16.0","platform":"ruby","created_at":"2023-12-28T00:00:00Z"},{"number":"0.0.1","created_at":"2008-11-17T00:00:00Z"}]`)},
			exists("2008-11-17", 2, judge.Presence{"1.16.0-x86_64-linux": true, "1.17": false}), ""},
		"RubyGems: a gem whose versions are not to be had": {"RubyGems", "rake", []string{"13", "12.0"}, pages{
			"/api/v1/gems/rake.json": body(200, `{"name":"rake","version":"13.0.0"}`)}, exists("", 0, judge.Presence{"13": true}), ""},
		"RubyGems: no such gem": {"RubyGems", "nope", nil, pages{"/api/v1/gems/nope.json": body(404, "This rubygem could not be found.")}, state(judge.Nonexistent), ""},

		"NuGet: a package": {"NuGet", "Newtonsoft.Json", []string{"13.0.1.0", "13.0", "13.0.2"},
			pages{"/newtonsoft.json/index.json": body(200, `{"versions":["3.5.8","13.0.1"]}`)},
			exists("", 2, judge.Presence{"13.0.1.0": true, "13.0": false, "13.0.2": false}), ""},
		"NuGet: no such package": {"NuGet", "Nope", nil, nil, state(judge.Nonexistent), ""},
		"NuGet: no list":         {"NuGet", "Nope", nil, pages{"/nope/index.json": body(200, `{"message":"hello"}`)}, state(judge.Unanswered), "empty"},

		"Packagist: a package": {"Packagist", "Monolog/Monolog", []string{"3.0.0", "v2.0.0", "dev-main", "4.0.0"},
			pages{"/p2/monolog/monolog.json": body(200, `{"minified":"composer/2.0","packages":{"monolog/monolog":[{"name":"monolog/monolog","version":"3.0.0","time":"2022-05-10T00:00:00+00:00"},{"version":"2.0.0","time":"2019-08-30T00:00:00+00:00","require":"__unset"}]}}`)},
			exists("2019-08-30", 2, judge.Presence{"3.0.0": true, "v2.0.0": true, "4.0.0": false}), ""},
		"Packagist: a package of branches alone": {"Packagist", "a/b", nil, pages{"/p2/a/b.json": body(200, `{"packages":{"a/b":[]}}`)}, exists("", 0, nil), ""},
		"Packagist: another package":             {"Packagist", "a/b", nil, pages{"/p2/a/b.json": body(200, `{"packages":{"c/d":[]}}`)}, state(judge.Unanswered), "another package"},
		"Packagist: no such package":             {"Packagist", "a/b", nil, nil, state(judge.Nonexistent), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t)
			for target, page := range test.pages {
				d.on(target, page)
			}
			root, want := d.URL, test.want
			if test.ecosystem == "sparse" {
				test.ecosystem, root = "crates.io", "sparse+"+root
			}
			if want.Source == "" && want.State != judge.Unanswered {
				want.Source, want.Authoritative = strings.TrimPrefix(d.URL, "http://"), true
			}
			c := newClient(t, Config{Registries: map[string]string{test.ecosystem: root}})
			got, reason := ask(t, c, test.ecosystem, test.name, test.versions...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (%q), asked %q", diff, reason, d.asked())
			}
			if !strings.Contains(reason, test.reason) || (reason == "") != (test.reason == "") {
				t.Errorf("the reason is %q, want %q", reason, test.reason)
			}
		})
	}
}
