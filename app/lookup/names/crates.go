package names

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// crates asks the interface of crates.io and those like it: GET /api/v1/crates/{name}.
type crates struct{ *host }

func (s *crates) ask(ctx context.Context, name string, last record) (record, error) {
	return s.know(ctx, document{
		name: name, last: last, accept: jsonAccept, path: "/api/v1/crates/" + name,
		read: func(resp *http.Response) (record, error) { return readCrate(resp.Body, name) },
	})
}

// readCrate reads a crate and its versions.
func readCrate(r io.Reader, name string) (record, error) {
	var answered, created string
	var all releases
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			switch key {
			case "crate":
				return true, object(d, func(key string) (bool, error) {
					switch key {
					case "name":
						return text(d, &answered)
					case "created_at":
						return text(d, &created)
					}
					return false, nil
				})
			case "versions":
				return true, array(d, func() error {
					var version, at string
					err := object(d, func(key string) (bool, error) {
						switch key {
						case "num":
							return text(d, &version)
						case "created_at":
							return text(d, &at)
						}
						return false, nil
					})
					all.add(version, published(at))
					return err
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
	case foldCrate(answered) != foldCrate(name):
		return record{}, errForeign
	}
	if all.first.IsZero() {
		all.at(published(created))
	}
	return all.record()
}

// sparseIndex asks a sparse index as Cargo does: one file a crate, in folders made of the first letters of its name.
type sparseIndex struct{ *host }

func (s *sparseIndex) ask(ctx context.Context, name string, last record) (record, error) {
	// The index knows a crate by one of - and _, and Cargo tries both.
	spellings := []string{name}
	for _, other := range []string{strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "-", "_")} {
		if other != name {
			spellings = append(spellings, other)
		}
	}
	for _, spelling := range spellings {
		known, err := s.file(ctx, spelling, last)
		if err != nil || known.state == judge.Exists {
			return known, err
		}
	}
	return record{state: judge.Nonexistent}, nil
}

func (s *sparseIndex) file(ctx context.Context, name string, last record) (record, error) {
	return s.know(ctx, document{
		name: name, last: last, accept: "text/plain", path: "/" + indexPath(name),
		// Cargo's book: all three mean that there is no such crate.
		gone: []int{http.StatusGone, http.StatusUnavailableForLegalReasons},
		read: func(resp *http.Response) (record, error) { return readIndexFile(resp.Body, name) },
	})
}

// indexPath is where a crate's file is.
func indexPath(name string) string {
	name = strings.ToLower(name)
	switch len(name) {
	case 1:
		return "1/" + name
	case 2:
		return "2/" + name
	case 3:
		return "3/" + name[:1] + "/" + name
	default:
		return name[:2] + "/" + name[2:4] + "/" + name
	}
}

// maxIndexLine bounds what the index says of one version; those with hundreds of features have some 100 KiB.
const maxIndexLine = 4 << 20

// readIndexFile reads one version a line, each an object in JSON.
func readIndexFile(r io.Reader, name string) (record, error) {
	var all releases
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), maxIndexLine)
	for lines.Scan() {
		var release struct{ Name, Vers, Pubtime string }
		switch err := json.Unmarshal(lines.Bytes(), &release); {
		case len(lines.Bytes()) == 0:
		case err != nil:
			return record{}, errGarbled
		case release.Name == "" || release.Vers == "":
			return record{}, errGarbled
		case foldCrate(release.Name) != foldCrate(name):
			return record{}, errForeign
		default:
			all.add(release.Vers, published(release.Pubtime))
		}
	}
	switch {
	case lines.Err() != nil:
		return record{}, lines.Err()
	case len(all.versions) == 0:
		return record{}, errEmpty
	}
	return all.record()
}
