package names

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// depsDev asks deps.dev, version 3: GET /v3/systems/{system}/packages/{name}, the name encoded as one element of the
// path. It answers in its own spelling of the name, where an ecosystem has several.
type depsDev struct {
	*host
	eco *ecosystem
}

func (s *depsDev) ask(ctx context.Context, name string, last record) (record, error) {
	if s.eco.system != "go" {
		return s.one(ctx, name, last)
	}
	return firstModule(name, func(module string) (record, error) { return s.one(ctx, module, last) })
}

func (s *depsDev) one(ctx context.Context, name string, last record) (record, error) {
	return s.know(ctx, document{
		name: name, last: last, accept: jsonAccept,
		// Not url.PathEscape, which leaves @ and : as they are: deps.dev documents them encoded.
		path: "/v3/systems/" + s.eco.system + "/packages/" + url.QueryEscape(name),
		read: func(resp *http.Response) (record, error) { return readDepsDev(resp.Body, s.eco, name) },
	})
}

// readDepsDev reads a Package of deps.dev.
func readDepsDev(r io.Reader, eco *ecosystem, name string) (record, error) {
	var system, answered string
	var all releases
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			switch key {
			case "packageKey":
				return true, object(d, func(key string) (bool, error) {
					switch key {
					case "system":
						return text(d, &system)
					case "name":
						return text(d, &answered)
					}
					return false, nil
				})
			case "versions":
				return true, array(d, func() error { return readDepsDevVersion(d, &all) })
			}
			return false, nil
		})
	})
	switch {
	case err != nil:
		return record{}, err
	case answered == "" && len(all.versions) == 0:
		return record{}, errEmpty
	case !strings.EqualFold(system, eco.system) || !eco.same(name, answered):
		return record{}, errForeign
	}
	return all.record()
}

func readDepsDevVersion(d *json.Decoder, all *releases) error {
	var version, at string
	err := object(d, func(key string) (bool, error) {
		switch key {
		case "versionKey":
			return true, object(d, func(key string) (bool, error) {
				if key == "version" {
					return text(d, &version)
				}
				return false, nil
			})
		case "publishedAt":
			return text(d, &at)
		}
		return false, nil
	})
	all.add(version, published(at))
	return err
}
