package names

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// jsonAccept is what most registries are asked for.
const jsonAccept = "application/json"

// document is a request whose answer tells all that a host knows of a name.
type document struct {
	name   string // as the answer is remembered
	path   string // below the root, escaped, with a leading slash
	accept string
	last   record // what was known last time
	read   func(*http.Response) (record, error)

	gone    []int // statuses beside 404 that mean that there is no such name
	removed []int // statuses that mean that it was taken down
}

// know asks for a document. A name that is not there is [judge.Nonexistent]; every status that means neither is an
// error.
func (h *host) know(ctx context.Context, d document) (record, error) {
	known := record{state: judge.Nonexistent}
	q := question{path: d.path, accept: d.accept, read: func(resp *http.Response) (err error) {
		known, err = d.read(resp)
		return err
	}}
	if d.last.name == d.name {
		q.etag = d.last.etag
	}
	answer, err := h.get(ctx, q)
	if err != nil {
		return record{}, err
	}
	switch answer.status {
	case http.StatusNotModified:
		return d.last, nil
	case http.StatusOK, http.StatusNotFound:
		known.name, known.etag = d.name, answer.etag
		return known, nil
	}
	switch {
	case slices.Contains(d.gone, answer.status):
		return record{state: judge.Nonexistent}, nil
	case slices.Contains(d.removed, answer.status):
		return record{state: judge.Removed}, nil
	}
	return record{}, h.wrong(answer)
}

// wrong is an answer whose status means nothing where it came from.
func (h *host) wrong(answer reply) error {
	return fmt.Errorf("%s: %w", h.name, wrongStatus(answer.status))
}
