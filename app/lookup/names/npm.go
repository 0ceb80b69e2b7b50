package names

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// npm asks a registry that speaks npm's protocol: GET /{name}, the slash of a scope encoded.
type npm struct{ *host }

const (
	// npmShort is the form that npm itself installs by. It tells versions but, on most registries, no times.
	npmShort = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"
	npmFull  = jsonAccept

	// maxNPMFull is up to how many releases the full form is fetched, for the time of the first. It is tens of
	// megabytes for packages that are released daily.
	maxNPMFull = 200
)

func (s *npm) ask(ctx context.Context, name string, last record) (record, error) {
	ask := document{name: name, last: last, accept: npmShort,
		path: "/" + strings.Replace(name, "/", "%2f", 1),
		read: func(resp *http.Response) (record, error) { return readNPM(resp.Body, name) },
		// npm answers so when law or its security team took a package away.
		removed: []int{http.StatusUnavailableForLegalReasons},
	}
	known, err := s.know(ctx, ask)
	if err != nil || known.state != judge.Exists || !known.first.IsZero() || known.releases > maxNPMFull {
		return known, err
	}
	ask.accept, ask.last = npmFull, record{}
	if full, err := s.know(ctx, ask); err == nil && full.state != judge.Nonexistent {
		known.state, known.first = full.state, full.first
	}
	return known, nil
}

// packument is what matters of npm's document of a package.
type packument struct {
	name, latest, repository string
	unpublished              bool
	versions                 []string
	times                    map[string]time.Time
}

// readNPM reads the document of a package, short or full.
func readNPM(r io.Reader, name string) (record, error) {
	p := packument{times: map[string]time.Time{}}
	err := whole(r, func(d *json.Decoder) error {
		return object(d, func(key string) (bool, error) { return p.member(d, key) })
	})
	switch {
	case err != nil:
		return record{}, err
	case p.name == "":
		return record{}, errEmpty
	case p.name != name:
		return record{}, errForeign
	case p.held() && !nodeModules[name]:
		return record{state: judge.Removed}, nil
	case p.unpublished && len(p.versions) == 0:
		return record{state: judge.Nonexistent}, nil
	}
	var all releases
	for _, version := range p.versions {
		all.add(version, p.times[version])
	}
	if all.first.IsZero() {
		all.at(p.times["created"])
	}
	return all.record()
}

func (p *packument) member(d *json.Decoder, key string) (bool, error) {
	switch key {
	case "name":
		return text(d, &p.name)
	case "dist-tags":
		return true, object(d, func(key string) (bool, error) {
			if key == "latest" {
				return text(d, &p.latest)
			}
			return false, nil
		})
	case "versions":
		return true, object(d, func(version string) (bool, error) {
			p.versions = append(p.versions, version)
			return false, nil
		})
	case "time":
		return true, object(d, func(key string) (bool, error) {
			var at string
			_, err := text(d, &at)
			if key == "unpublished" {
				p.unpublished = true
			} else if len(p.times) <= maxVersions {
				p.times[key] = published(at)
			}
			return true, err
		})
	case "repository":
		return p.readRepository(d)
	}
	return false, nil
}

// readRepository reads an address, which stands alone or in an object.
func (p *packument) readRepository(d *json.Decoder) (bool, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return true, err
	}
	var object struct{ URL string }
	if json.Unmarshal(raw, &p.repository) != nil && json.Unmarshal(raw, &object) == nil {
		p.repository = object.URL
	}
	return true, nil
}

var (
	securityVersion    = regexp.MustCompile(`^0\.0\.1-security(\.\d+)?$`)
	securityRepository = regexp.MustCompile(`(^|[/:])npm/security-holder(\.git)?$`)
)

// held reports whether npm's security team put a placeholder where a package was.
func (p *packument) held() bool {
	return securityVersion.MatchString(p.latest) || securityRepository.MatchString(p.repository)
}

// nodeModules are modules of Node.js itself. npm holds their names with the placeholder that stands for removed malware,
// and many a package.json names them by mistake.
var nodeModules = map[string]bool{
	"assert": true, "async_hooks": true, "buffer": true, "child_process": true, "cluster": true, "console": true,
	"constants": true, "crypto": true, "dgram": true, "diagnostics_channel": true, "dns": true, "domain": true,
	"events": true, "fs": true, "http": true, "http2": true, "https": true, "inspector": true, "module": true,
	"net": true, "os": true, "path": true, "perf_hooks": true, "process": true, "punycode": true, "querystring": true,
	"readline": true, "repl": true, "stream": true, "string_decoder": true, "sys": true, "timers": true, "tls": true,
	"trace_events": true, "tty": true, "url": true, "util": true, "v8": true, "vm": true, "wasi": true,
	"worker_threads": true, "zlib": true,
}
