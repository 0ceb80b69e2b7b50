package localhub

import (
	"fmt"
	"path"
	"strings"
)

// GitHub's limits on contents.
const (
	maxInlineContent = 1 << 20 // beyond it only the raw form is given
	maxDirectory     = 1000    // entries
)

func (h *Hub) getContents(c *call) (any, *refusal) {
	r := c.repo
	ref := c.URL.Query().Get("ref")
	if ref == "" {
		ref = r.defaultBranch
	}
	sha, err := r.store.resolve(ref)
	if err != nil {
		return nil, notFound()
	}
	name := strings.Trim(c.PathValue("path"), "/")
	if name == "" {
		return h.listDirectory(r, sha, ref, sha, "")
	}
	entry, found, err := r.store.entry(sha, name)
	if err != nil {
		return nil, gitFailed(err)
	}
	switch {
	case !found:
		return nil, notFound()
	case entry.kind == "tree":
		return h.listDirectory(r, entry.sha, ref, sha, name)
	case entry.kind == "commit":
		view := h.contentView(r, entry, name, ref)
		view["type"], view["submodule_git_url"] = "submodule", nil
		return view, nil
	}
	return h.fileContent(c, entry, name, ref, sha)
}

func (h *Hub) fileContent(c *call, entry treeEntry, name, ref, commit string) (any, *refusal) {
	r := c.repo
	if entry.size > maxBlob {
		return nil, tooLarge()
	}
	content, err := r.store.blob(entry.sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	if entry.mode == "120000" {
		// A link to a file in the repository is followed, once.
		target := path.Join(path.Dir(name), string(content))
		if linked, ok, err := r.store.entry(commit, target); err == nil && ok && linked.kind == "blob" && linked.mode != "120000" {
			return h.fileContent(c, linked, name, ref, commit)
		}
		view := h.contentView(r, entry, name, ref)
		view["type"], view["target"] = "symlink", string(content)
		return view, nil
	}
	if wantsRaw(c.Request) {
		return rawContent(content), nil
	}
	view := h.contentView(r, entry, name, ref)
	view["type"], view["encoding"], view["content"] = "file", "base64", inLines(content)
	if entry.size > maxInlineContent {
		view["encoding"], view["content"] = "none", ""
	}
	return view, nil
}

func (h *Hub) listDirectory(r *Repository, tree, ref, commit, at string) (any, *refusal) {
	entries, err := r.store.tree(tree, false)
	if err != nil {
		return nil, gitFailed(err)
	}
	list := []object{}
	for _, e := range capped(entries, maxDirectory) {
		view := h.contentView(r, e, path.Join(at, e.path), ref)
		view["type"] = map[string]string{"tree": "dir", "commit": "submodule"}[e.kind]
		switch {
		case e.mode == "120000":
			view["type"] = "symlink"
		case e.kind == "blob":
			view["type"] = "file"
		}
		list = append(list, view)
	}
	return list, nil
}

func (h *Hub) contentView(r *Repository, e treeEntry, name, ref string) object {
	at := escapePath(name)
	self := h.api("/repos/%s/contents/%s?ref=%s", r.fullName(), at, ref)
	git := h.api("/repos/%s/git/%ss/%s", r.fullName(), e.kind, e.sha)
	page := fmt.Sprintf("%s/%s/blob/%s/%s", h.root, r.fullName(), ref, at)
	return object{
		"name": path.Base(name), "path": name, "sha": e.sha, "size": e.size, "url": self, "git_url": git, "html_url": page,
		"download_url": fmt.Sprintf("%s/%s/raw/%s/%s", h.root, r.fullName(), ref, at),
		"_links":       object{"self": self, "git": git, "html": page},
	}
}
