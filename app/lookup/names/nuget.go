package names

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// nuget asks the package base address of a NuGet source: GET /{name}/index.json. It tells versions, and neither times
// nor the name.
type nuget struct{ *host }

func (s *nuget) ask(ctx context.Context, name string, last record) (record, error) {
	return s.know(ctx, document{
		name: name, last: last, accept: jsonAccept, path: "/" + name + "/index.json",
		read: func(resp *http.Response) (record, error) { return readFlatContainer(resp.Body) },
	})
}

// readFlatContainer reads a list of versions.
func readFlatContainer(r io.Reader) (record, error) {
	var all releases
	listed := false
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			if key != "versions" {
				return false, nil
			}
			listed = true
			return true, array(d, func() error {
				var version string
				_, err := text(d, &version)
				all.add(version, time.Time{})
				return err
			})
		})
	})
	switch {
	case err != nil:
		return record{}, err
	case !listed:
		return record{}, errEmpty
	}
	return all.record()
}
