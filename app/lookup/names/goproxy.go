package names

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// goProxy asks a module proxy: GET /{module}/@v/list, /@latest and /@v/{version}.info.
type goProxy struct{ *host }

// maxModules is how many paths are tried for the path of a package: its own, and those above it that may be its module.
const maxModules = 6

func (s *goProxy) ask(ctx context.Context, name string, last record) (record, error) {
	return firstModule(name, func(path string) (record, error) { return s.module(ctx, path, last) })
}

// firstModule looks for the module that a path belongs to, the longest first as the go command does. What is
// unanswered on the way leaves the whole unanswered, unless a module above exists.
func firstModule(path string, ask func(module string) (record, error)) (record, error) {
	var reason error
	for _, candidate := range modulesOf(path) {
		known, err := ask(candidate)
		if err == nil && known.state == judge.Exists {
			known.module = candidate
			return known, nil
		}
		if err != nil && reason == nil {
			reason = err
		}
	}
	return record{state: judge.Nonexistent}, reason
}

// forges are hosts where a module is at least host, owner and repository.
var forges = map[string]bool{"github.com": true, "gitlab.com": true, "bitbucket.org": true, "codeberg.org": true}

// modulesOf are the modules that a path may be, or be in. Of a long path those in the middle are left out.
func modulesOf(path string) []string {
	least := 1
	if host, _, _ := strings.Cut(path, "/"); forges[host] {
		least = 3
	}
	candidates := []string{path}
	for at := strings.LastIndexByte(path, '/'); at > 0; at = strings.LastIndexByte(path, '/') {
		path = path[:at]
		if strings.Count(path, "/")+1 < least {
			break
		}
		if module.CheckPath(path) == nil {
			candidates = append(candidates, path)
		}
	}
	if n := len(candidates); n > maxModules {
		candidates = append(candidates[:maxModules-1], candidates[n-1])
	}
	return candidates
}

func (s *goProxy) module(ctx context.Context, path string, last record) (record, error) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return record{state: judge.Nonexistent}, nil // the path of a package that cannot be a module
	}
	known, err := s.know(ctx, document{
		name: path, last: last, accept: "text/plain", path: "/" + escaped + "/@v/list", gone: []int{http.StatusGone},
		read: func(resp *http.Response) (record, error) { return readGoList(resp.Body) },
	})
	switch {
	case err != nil || known.state != judge.Exists || !known.first.IsZero():
		return known, err
	case len(known.versions) == 0:
		return s.untagged(ctx, escaped)
	}
	lowest, err := module.EscapeVersion(oldest(known.versions))
	if err != nil {
		return known, nil
	}
	if _, at, err := s.info(ctx, "/"+escaped+"/@v/"+lowest+".info"); err == nil {
		known.first = at
	}
	return known, nil
}

// untagged is a module without releases: its versions are made from commits, and no list holds them.
func (s *goProxy) untagged(ctx context.Context, escaped string) (record, error) {
	version, _, err := s.info(ctx, "/"+escaped+"/@latest")
	if err != nil {
		return record{}, err
	}
	return record{state: judge.Exists, versions: []string{version}, more: true}, nil
}

// askVersion asks about a version that is in no list.
func (s *goProxy) askVersion(ctx context.Context, path, version string) (record, error) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return record{}, errNotAsked
	}
	version = canonicalGo(version)
	escapedVersion, err := module.EscapeVersion(version)
	if err != nil || version == "" {
		return record{}, errNotAsked
	}
	answered, _, err := s.info(ctx, "/"+escaped+"/@v/"+escapedVersion+".info")
	switch {
	case errors.Is(err, errNoRelease):
		return record{state: judge.Nonexistent}, nil
	case err != nil:
		return record{}, err
	case semver.Compare(answered, version) != 0:
		return record{}, errForeign
	}
	return record{state: judge.Exists}, nil
}

// info asks for one version; errNoRelease when there is none.
func (s *goProxy) info(ctx context.Context, path string) (version string, at time.Time, err error) {
	answer, err := s.get(ctx, question{path: path, accept: jsonAccept, read: func(resp *http.Response) (err error) {
		version, at, err = readGoInfo(resp.Body)
		return err
	}})
	switch {
	case err != nil:
		return "", time.Time{}, err
	case answer.status == http.StatusNotFound, answer.status == http.StatusGone:
		return "", time.Time{}, fmt.Errorf("%s: %w", s.name, errNoRelease)
	case answer.status != http.StatusOK:
		return "", time.Time{}, s.wrong(answer)
	}
	return version, at, nil
}

// readGoList reads one version a line. No line at all is a module without releases.
func readGoList(r io.Reader) (record, error) {
	var all releases
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1024), 4*maxVersionChars)
	for lines.Scan() {
		// Some proxies append a time.
		version, _, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		switch {
		case version == "":
		case !semver.IsValid(version):
			return record{}, errGarbled
		default:
			all.add(version, time.Time{})
		}
	}
	switch {
	case lines.Err() != nil:
		return record{}, lines.Err()
	case len(all.versions) == 0:
		return record{state: judge.Exists, more: true}, nil
	}
	return all.record()
}

// readGoInfo reads what a proxy says of one version.
func readGoInfo(r io.Reader) (version string, at time.Time, err error) {
	var when string
	err = whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) {
			switch key {
			case "Version":
				return text(d, &version)
			case "Time":
				return text(d, &when)
			}
			return false, nil
		})
	})
	if err == nil && !semver.IsValid(version) {
		err = errGarbled
	}
	return version, published(when), err
}

// oldest is the lowest version, which is the first to be released but for oddities.
func oldest(versions []string) string {
	lowest := versions[0]
	for _, v := range versions {
		if semver.Compare(v, lowest) < 0 {
			lowest = v
		}
	}
	return lowest
}
