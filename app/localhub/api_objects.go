package localhub

import (
	"encoding/base64"
	"net/http"
	"strings"
)

func (h *Hub) getTree(c *call) (any, *refusal) {
	r, name := c.repo, c.PathValue("sha")
	sha := name
	if r.store.kind(name) != "tree" {
		commit, err := r.store.resolve(name)
		if err != nil {
			return nil, notFound()
		}
		found, err := r.store.commit(commit)
		if err != nil {
			return nil, gitFailed(err)
		}
		sha = found.tree
	}
	entries, err := r.store.tree(sha, c.URL.Query().Has("recursive"))
	if err != nil {
		return nil, gitFailed(err)
	}
	list := []object{}
	for _, e := range capped(entries, h.options.Limits.TreeEntries) {
		view := object{"path": e.path, "mode": e.mode, "type": e.kind, "sha": e.sha}
		if e.kind != "commit" {
			view["url"] = h.api("/repos/%s/git/%ss/%s", r.fullName(), e.kind, e.sha)
		}
		if e.kind == "blob" {
			view["size"] = e.size
		}
		list = append(list, view)
	}
	return object{
		"sha": sha, "url": h.api("/repos/%s/git/trees/%s", r.fullName(), sha), "tree": list,
		"truncated": len(entries) > len(list),
	}, nil
}

// maxBlob is the largest file that the API gives out.
const maxBlob = 100 << 20

func (h *Hub) getBlob(c *call) (any, *refusal) {
	r, sha := c.repo, c.PathValue("sha")
	if r.store.kind(sha) != "blob" {
		return nil, notFound()
	}
	content, err := r.store.blob(sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	if len(content) > maxBlob {
		return nil, tooLarge()
	}
	if wantsRaw(c.Request) {
		return rawContent(content), nil
	}
	return object{
		"sha": sha, "node_id": "B_" + sha, "size": len(content), "url": h.api("/repos/%s/git/blobs/%s", r.fullName(), sha),
		"content": inLines(content), "encoding": "base64",
	}, nil
}

func tooLarge() *refusal {
	return &refusal{status: http.StatusForbidden, message: "This API returns blobs up to 100 MB in size.", errors: []any{
		object{"resource": "Blob", "field": "data", "code": "too_large"},
	}}
}

func wantsRaw(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/vnd.github.raw") || strings.Contains(accept, "application/vnd.github.v3.raw")
}

func rawContent(content []byte) reply {
	return reply{status: http.StatusOK, body: content, contentType: "application/vnd.github.raw; charset=utf-8"}
}

// inLines is base64 broken as GitHub breaks it.
func inLines(content []byte) string {
	var b strings.Builder
	encoded := base64.StdEncoding.EncodeToString(content)
	for encoded != "" {
		n := min(60, len(encoded))
		b.WriteString(encoded[:n] + "\n")
		encoded = encoded[n:]
	}
	return b.String()
}
