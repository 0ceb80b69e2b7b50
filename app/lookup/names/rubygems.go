package names

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// rubyGems asks the interface of a gem server: GET /api/v1/gems/{name}.json says which gem it is, and
// /api/v1/versions/{name}.json what was released when.
type rubyGems struct{ *host }

func (s *rubyGems) ask(ctx context.Context, name string, _ record) (record, error) {
	known, err := s.know(ctx, document{
		name: name, accept: jsonAccept, path: "/api/v1/gems/" + name + ".json",
		read: func(resp *http.Response) (record, error) { return readGem(resp.Body, name) },
	})
	if err != nil || known.state != judge.Exists {
		return known, err
	}
	all, err := s.know(ctx, document{
		name: name, accept: jsonAccept, path: "/api/v1/versions/" + name + ".json",
		read: func(resp *http.Response) (record, error) { return readGemVersions(resp.Body) },
	})
	if err != nil || all.state != judge.Exists {
		return known, nil // that it exists was said already
	}
	return all, nil
}

// readGem reads the latest version of a gem.
func readGem(r io.Reader, name string) (record, error) {
	var answered, latest string
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			switch key {
			case "name":
				return text(d, &answered)
			case "version":
				return text(d, &latest)
			}
			return false, nil
		})
	})
	switch {
	case err != nil:
		return record{}, err
	case answered == "":
		return record{}, errEmpty
	case answered != name:
		return record{}, errForeign
	case !isVersion(latest):
		return record{}, errGarbled
	}
	return record{state: judge.Exists, versions: []string{latest}, more: true}, nil
}

// readGemVersions reads the versions of a gem. One that is released for several platforms is there several times.
func readGemVersions(r io.Reader) (record, error) {
	var all releases
	err := whole(r, func(d *json.Decoder) error {
		return array(d, func() error {
			var version, at string
			err := object(d, func(key string) (bool, error) {
				switch key {
				case "number":
					return text(d, &version)
				case "created_at":
					return text(d, &at)
				}
				return false, nil
			})
			all.add(version, published(at))
			return err
		})
	})
	if err != nil {
		return record{}, err
	}
	return all.record()
}
