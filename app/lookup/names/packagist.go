package names

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// packagist asks a repository of Composer 2: GET /p2/{vendor}/{name}.json.
type packagist struct{ *host }

func (s *packagist) ask(ctx context.Context, name string, last record) (record, error) {
	return s.know(ctx, document{
		name: name, last: last, accept: jsonAccept, path: "/p2/" + name + ".json",
		read: func(resp *http.Response) (record, error) { return readComposer(resp.Body, name) },
	})
}

// readComposer reads the releases of a package. A package of branches alone has an empty list.
func readComposer(r io.Reader, name string) (record, error) {
	var all releases
	own, others := false, false
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			if key != "packages" {
				return false, nil
			}
			return true, object(d, func(key string) (bool, error) {
				if composerName.fold(key) != name {
					others = true
					return false, nil
				}
				own = true
				return true, array(d, func() error { return readComposerVersion(d, &all) })
			})
		})
	})
	switch {
	case err != nil:
		return record{}, err
	case !own && others:
		return record{}, errForeign
	case !own:
		return record{}, errEmpty
	case len(all.versions) == 0:
		return record{state: judge.Exists}, nil
	}
	return all.record()
}

// readComposerVersion reads what differs from the version before, which is how Composer 2 writes them.
func readComposerVersion(d *json.Decoder, all *releases) error {
	var version, at string
	err := object(d, func(key string) (bool, error) {
		switch key {
		case "version":
			return text(d, &version)
		case "time":
			return text(d, &at)
		}
		return false, nil
	})
	all.add(version, published(at))
	return err
}
