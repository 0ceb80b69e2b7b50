package localhub

import (
	"net/http"
	"net/http/cgi"
	"strings"
)

// gitSuffixes are the addresses of git's smart protocol below a repository.
var gitSuffixes = []string{"/info/refs", "/git-upload-pack", "/git-receive-pack", "/HEAD", "/objects/info/packs"}

func isGitPath(path string) bool {
	_, _, _, ok := splitGitPath(path)
	return ok
}

// splitGitPath takes /OWNER/REPO.git/SERVICE apart. As on GitHub, ".git" may be missing.
func splitGitPath(path string) (owner, name, service string, ok bool) {
	for _, suffix := range gitSuffixes {
		repository, found := strings.CutSuffix(path, suffix)
		parts := strings.Split(strings.TrimPrefix(repository, "/"), "/")
		if found && len(parts) == 2 {
			return parts[0], strings.TrimSuffix(parts[1], ".git"), suffix, true
		}
	}
	return "", "", "", false
}

// serveGit answers clones and fetches with git's own http-backend.
func (h *Hub) serveGit(w http.ResponseWriter, r *http.Request) {
	owner, name, service, _ := splitGitPath(r.URL.Path)
	h.mu.Lock()
	store, refused := h.admitToGit(r, owner, name, service)
	h.mu.Unlock()
	if refused != nil {
		if refused.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
		http.Error(w, refused.message, refused.status)
		return
	}
	backend := &cgi.Handler{
		Path: h.git.backend,
		Root: strings.TrimSuffix(r.URL.Path, service),
		Env: append(gitEnvironment(),
			"GIT_PROJECT_ROOT="+store.dir,
			"GIT_HTTP_EXPORT_ALL=1",
			// The version of the protocol, which the CGI has to take out of HTTP_GIT_PROTOCOL otherwise.
			"GIT_PROTOCOL="+r.Header.Get("Git-Protocol"),
		),
	}
	backend.ServeHTTP(w, r)
}

// admitToGit lets read whoever may read the contents. Nobody pushes: people do so through [Repository.Commit].
func (h *Hub) admitToGit(r *http.Request, owner, name, service string) (*gitStore, *refusal) {
	who, refused := h.authenticate(r)
	if refused != nil {
		return nil, refused
	}
	repository := h.repository(owner, name)
	pushing := service == "/git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	switch {
	case who.token == nil && (repository == nil || repository.private || pushing):
		return nil, unauthorised("Repository not found.")
	case repository == nil || who.token != nil && repository.private && !who.token.sees(repository):
		return nil, notFound()
	case pushing:
		return nil, forbidden("Write access to repository not granted.")
	case who.token != nil && who.token.sees(repository) && !who.token.may("contents:read"):
		return nil, forbidden("Write access to repository not granted.")
	}
	return repository.store, nil
}
