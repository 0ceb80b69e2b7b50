package localhub

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Sarif is an upload to code scanning.
type Sarif struct {
	ID        string
	CommitSHA string
	Ref       string
	Document  []byte // unpacked
}

// maxSarif bounds what an upload may unpack to. GitHub takes 10 MB packed.
const maxSarif = 256 << 20

func (h *Hub) uploadSarif(c *call) (any, *refusal) {
	if !c.repo.codeScanning {
		return nil, forbidden("Code scanning is not enabled for this repository. Please enable code scanning in the repository settings.")
	}
	var q struct {
		CommitSHA string `json:"commit_sha"`
		Ref       string `json:"ref"`
		Sarif     string `json:"sarif"`
	}
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	document, err := unpackSarif(q.Sarif)
	if err != nil || !isObjectID(q.CommitSHA) || !strings.HasPrefix(q.Ref, "refs/") {
		return nil, &refusal{status: http.StatusBadRequest, message: "Invalid request: commit_sha, ref, and gzipped, base64-encoded SARIF are needed"}
	}
	s := Sarif{ID: newGUID(), CommitSHA: q.CommitSHA, Ref: q.Ref, Document: document}
	c.repo.sarifs = append(c.repo.sarifs, s)
	return accepted(object{"id": s.ID, "url": h.api("/repos/%s/code-scanning/sarifs/%s", c.repo.fullName(), s.ID)}), nil
}

func unpackSarif(packed string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, err
	}
	unzip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(io.LimitReader(unzip, maxSarif))
	if err == nil && !json.Valid(document) {
		err = fmt.Errorf("no JSON")
	}
	return document, err
}

// Sarifs are the uploads so far.
func (r *Repository) Sarifs() []Sarif {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return slices.Clone(r.sarifs)
}
