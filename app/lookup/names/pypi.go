package names

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// pypi asks an index that speaks the simple repository API: GET /simple/{name}/, in JSON since PEP 691, in HTML before.
type pypi struct{ *host }

const pypiAccept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

func (s *pypi) ask(ctx context.Context, name string, last record) (record, error) {
	return s.know(ctx, document{
		name: name, last: last, accept: pypiAccept, path: "/simple/" + name + "/",
		read: func(resp *http.Response) (record, error) {
			if isHTML(resp.Header) {
				return readSimpleHTML(resp.Body, name)
			}
			return readSimpleJSON(resp.Body, name)
		},
	})
}

func isHTML(header http.Header) bool {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return kind == "text/html" || strings.HasSuffix(kind, "+html")
}

// quarantined is the status (PEP 792) of a project that is unsafe for use, such as for malware.
const quarantined = "quarantined"

// readSimpleJSON reads the page of a project in JSON. Files have a time since version 1.1, and versions are listed.
func readSimpleJSON(r io.Reader, name string) (record, error) {
	var answered, status string
	var all, ofFiles releases
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			switch key {
			case "name":
				return text(d, &answered)
			case "versions":
				return true, array(d, func() error {
					var version string
					_, err := text(d, &version)
					all.add(version, published(""))
					return err
				})
			case "files":
				return true, array(d, func() error { return readSimpleFile(d, name, &ofFiles) })
			case "project-status":
				return true, object(d, func(key string) (bool, error) {
					if key == "status" {
						return text(d, &status)
					}
					return false, nil
				})
			}
			return false, nil
		})
	})
	switch {
	case err != nil:
		return record{}, err
	case answered == "":
		return record{}, errEmpty
	case foldPyPI(answered) != name:
		return record{}, errForeign
	case status == quarantined:
		return record{state: judge.Removed}, nil
	case len(all.versions) == 0:
		return ofFiles.record()
	}
	all.at(ofFiles.first)
	return all.record()
}

func readSimpleFile(d *json.Decoder, name string, all *releases) error {
	var file, at string
	err := object(d, func(key string) (bool, error) {
		switch key {
		case "filename":
			return text(d, &file)
		case "upload-time":
			return text(d, &at)
		}
		return false, nil
	})
	version, _ := versionOfFile(file, name)
	all.add(version, published(at))
	return err
}

// maxHTMLToken bounds one tag or text of a page; the longest are addresses.
const maxHTMLToken = 64 << 10

// readSimpleHTML reads the page of a project in HTML, whose links are files. A page without a file of the project is
// not one: proxies answer with pages of their own.
func readSimpleHTML(r io.Reader, name string) (record, error) {
	var all releases
	page := html.NewTokenizer(bufio.NewReader(r))
	page.SetMaxBuf(maxHTMLToken)
	inLink, foreign := false, false
	for {
		switch page.Next() {
		case html.ErrorToken:
			if err := page.Err(); !errors.Is(err, io.EOF) {
				return record{}, err
			}
			if len(all.versions) == 0 && foreign {
				return record{}, errForeign
			}
			if len(all.versions) == 0 {
				return record{}, errEmpty
			}
			return all.record()
		case html.StartTagToken, html.SelfClosingTagToken:
			token := page.Token()
			inLink = token.Data == "a"
			if token.Data == "meta" && attribute(token, "name") == "pypi:project-status" && attribute(token, "content") == quarantined {
				return record{state: judge.Removed}, nil
			}
		case html.EndTagToken:
			inLink = false
		case html.TextToken:
			if inLink {
				version, ok := versionOfFile(strings.TrimSpace(page.Token().Data), name)
				all.add(version, published(""))
				foreign = foreign || !ok
			}
		}
	}
}

func attribute(token html.Token, key string) string {
	for _, a := range token.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// archives are the endings of source distributions; the names of wheels and eggs end otherwise.
var archives = []string{".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"}

// versionOfFile is the version in the name of a distribution of the project; false when it is another's.
func versionOfFile(file, name string) (string, bool) {
	if len(file) > 2*maxVersionChars {
		return "", false
	}
	if stem, ok := strings.CutSuffix(file, ".whl"); ok {
		return versionAfter(stem, name, true)
	}
	if stem, ok := strings.CutSuffix(file, ".egg"); ok {
		return versionAfter(stem, name, true)
	}
	for _, ending := range archives {
		if stem, ok := strings.CutSuffix(file, ending); ok {
			return versionAfter(stem, name, false)
		}
	}
	return "", false
}

// versionAfter cuts a file's name where the project's name ends. The rest is a version or, with tags, starts with one.
func versionAfter(stem, name string, tags bool) (string, bool) {
	for i := range len(stem) {
		if stem[i] != '-' || foldPyPI(stem[:i]) != name {
			continue
		}
		version := stem[i+1:]
		if tags {
			version, _, _ = strings.Cut(version, "-")
		}
		return version, version != ""
	}
	return "", false
}
