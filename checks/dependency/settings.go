package dependency

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
)

// Bounds of what is read of the base to learn what is usual there.
const (
	maxFolders      = 32      // inside each other; what lies deeper has the settings of the last of them
	maxSettings     = 16      // files of package managers in one folder
	maxSettingsSize = 8 << 20 // bytes of one of them
)

// settings are what the base says, in a folder and those above it, of where packages come from. A change is judged by
// what stood there before it; what it brings itself is no excuse.
type settings struct {
	above      *settings                    // nil at the root
	sources    map[string][]manifest.Source // that the folder itself names, by ecosystem
	hosts      map[hostFor]bool             // from which lockfiles of the folder fetch, and those that its sources name
	registries map[string]*registries       // by ecosystem, of the folder and those above it; filled when somebody asks
}

// registries are what settings say of packages of one ecosystem.
type registries struct {
	origin checks.Origin // of names that no scope is for
	scopes []string      // that have a registry of their own
}

// all calls yield for the settings of the folders above, from the root on, and for these.
func (s *settings) all(yield func(*settings)) {
	if s.above != nil {
		s.above.all(yield)
	}
	yield(s)
}

// hostFor is a host from which packages of an ecosystem come.
type hostFor struct{ ecosystem, host string }

// trusted is the tree that settings are read from: the merge base, or a tree that is scanned as a whole.
func (r *review) trusted() checks.Tree {
	if !r.whole() {
		return r.change.MergeBase
	}
	return r.change.Head
}

// whole reports whether a tree is scanned as if every line had just been added: it has no base that it could be compared
// with.
func (r *review) whole() bool { return r.change.MergeBaseSHA == "" }

// settingsOf gives the settings that hold for a file.
func (r *review) settingsOf(file checks.Path) *settings {
	parts := strings.SplitN(string(folder(file)), "/", maxFolders+1)
	return r.settingsIn(checks.Path(strings.Join(parts[:min(len(parts), maxFolders)], "/")))
}

func folder(file checks.Path) checks.Path { return checks.Path(path.Dir(string(file))) }

// settingsIn calls itself for the folder above; [review.settingsOf] bounds how often.
func (r *review) settingsIn(dir checks.Path) *settings {
	if known := r.settings[dir]; known != nil {
		return known
	}
	s := &settings{sources: map[string][]manifest.Source{}, hosts: map[hostFor]bool{}, registries: map[string]*registries{}}
	if above := folder(dir); above != dir {
		s.above = r.settingsIn(above)
	}
	r.learnFolder(s, dir)
	if len(s.sources) == 0 && len(s.hosts) == 0 && s.above != nil {
		s = s.above
	}
	r.settings[dir] = s
	return s
}

func (r *review) learnFolder(s *settings, dir checks.Path) {
	tree := r.trusted()
	entries, err := tree.ReadDir(string(dir))
	if err != nil {
		return // the folder is not there: nothing is configured
	}
	var names []checks.Path
	for _, e := range entries {
		name := checks.Path(path.Join(string(dir), e.Name()))
		if len(names) < maxSettings && e.Type().IsRegular() && r.manifests.Claims(name) {
			names = append(names, name)
		}
	}
	prefetch(r.ctx, tree, names)
	for _, name := range names {
		if file := r.older[name]; file != nil {
			s.learn(file)
			continue
		}
		if stat, err := tree.Stat(string(name)); err != nil || stat.Size() > maxSettingsSize {
			continue
		}
		if file, err := r.manifests.Read(r.ctx, tree, name, ""); err == nil {
			s.learn(file)
		}
	}
}

// learn takes from a file of the base where packages come from.
func (s *settings) learn(file *manifest.File) {
	for _, source := range file.Sources {
		ecosystem := manifest.Ecosystem(file.Format)
		s.sources[ecosystem] = append(s.sources[ecosystem], source)
		if host := hostOf(source.URL); host != "" {
			s.hosts[hostFor{ecosystem, host}] = true
		}
	}
	for i := range file.Entries {
		if e := &file.Entries[i]; e.Origin == "" && hostOf(e.Source) != "" {
			s.hosts[hostFor{e.Ecosystem, hostOf(e.Source)}] = true
		}
	}
}

// origin says where a package comes from, as far as the base tells.
func (r *review) origin(s *settings, e *manifest.Entry) checks.Origin {
	if e.Origin != "" {
		return e.Origin
	}
	return r.originOf(s, e.Ecosystem, e.Name)
}

// originOf is [review.origin] of a package of which the name alone is known.
func (r *review) originOf(s *settings, ecosystem, name string) checks.Origin {
	known := r.registriesOf(s, ecosystem)
	if slices.ContainsFunc(known.scopes, func(scope string) bool { return matches(scope, name) }) {
		return checks.Private
	}
	return known.origin
}

func (r *review) registriesOf(s *settings, ecosystem string) *registries {
	if known := s.registries[ecosystem]; known != nil {
		return known
	}
	out := &registries{}
	s.all(func(s *settings) {
		for _, source := range s.sources[ecosystem] {
			switch {
			case source.Scope != "":
				out.scopes = append(out.scopes, source.Scope)
			case r.isPublic(ecosystem, hostOf(source.URL)) || r.isKnown(source.URL):
			case source.Extra:
				out.origin = cmp.Or(out.origin, checks.Mixed)
			default:
				out.origin = checks.Mirror
			}
		}
	})
	s.registries[ecosystem] = out
	return out
}

// isPublic reports whether a host is that of the public registry.
func (r *review) isPublic(ecosystem, host string) bool {
	for _, public := range r.change.Options.PublicHosts {
		if host == public {
			return true
		}
	}
	hash, known := r.hashes[host]
	if !known {
		sum := sha256.Sum256([]byte(host))
		hash = hex.EncodeToString(sum[:])
		r.hashes[host] = hash
	}
	return r.catalogue.public[ecosystem][hash]
}

// isPublicAnywhere reports whether a host is that of the public registry of any ecosystem.
func (r *review) isPublicAnywhere(host string) bool {
	for ecosystem := range r.catalogue.public {
		if r.isPublic(ecosystem, host) {
			return true
		}
	}
	return false
}

// isKnown reports whether an address lies at an index that it is usual to ask besides the public one.
func (r *review) isKnown(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return false
	}
	at := u.Hostname() + u.Path
	for _, known := range r.catalogue.known {
		if rest, ok := strings.CutPrefix(at, known); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// reserved reports whether policy counts a name among the organisation's own.
func (r *review) reserved(name string) bool {
	for _, pattern := range r.change.Options.PrivateNames {
		if matches(pattern, name) {
			return true
		}
	}
	return false
}

// matches compares a name with a pattern in which a star stands for anything. A scope stands for all that it holds.
func matches(pattern, name string) bool {
	if strings.HasPrefix(pattern, "@") && !strings.Contains(pattern, "/") {
		pattern += "/*"
	}
	before, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, before)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, last)
}

// hostOf is the host of a web address in lower case, "" of anything else.
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimPrefix(strings.TrimPrefix(address, "registry+"), "sparse+"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
