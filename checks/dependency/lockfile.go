package dependency

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
)

// locked looks for what a hand, not a package manager, did to a lockfile. The fresh entries are those that are new or were
// changed.
func (r *review) locked(p *pair, fresh []*manifest.Entry) {
	before := lockOf(p.base)
	now := lockOf(p.head)
	usual := r.usualHosts(p, before, now)
	for _, e := range fresh {
		if e.Origin != "" {
			continue // where it comes from is somebody's decision, and seen at the manifest
		}
		r.host(p, e, now, usual)
		if fetched, other := fetchedName(e); other {
			r.aboutEntry(nameMismatch, p, e, map[string]string{"fetched": code(fetched)})
		}
		r.hash(p, e, before, now)
		if had, known := before.names[e.Name]; e.Script && known && !had.script {
			r.aboutEntry(scriptAdded, p, e, nil)
		}
	}
	if p.head.Kind == manifest.Lockfile {
		r.manifestOf(p, before)
	}
}

// lock is a lockfile by what its entries have in common.
type lock struct {
	names    map[string]had
	versions map[version]*manifest.Entry // the first entry of each
	hashed   int                         // entries from registries with a hash
	strong   int                         // … with a hash that no two files can be made to share
	all      int
	hosts    map[string]int

	ecosystems map[string]bool // of the entries
}

// had is what some entry of a name has.
type had struct{ script, direct bool }

// version is what entries of the same package in the same version from the same kind of place have in common.
type version struct {
	ecosystem, name, version string
	origin                   checks.Origin
}

func versionOf(e *manifest.Entry) version { return version{e.Ecosystem, e.Name, e.Version, e.Origin} }

func lockOf(s *side) *lock {
	l := &lock{
		names: map[string]had{}, versions: map[version]*manifest.Entry{}, hosts: map[string]int{}, ecosystems: map[string]bool{},
	}
	if s == nil {
		return l
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		l.names[e.Name] = had{l.names[e.Name].script || e.Script, l.names[e.Name].direct || e.Direct}
		if v := versionOf(e); e.Version != "" && l.versions[v] == nil {
			l.versions[v] = e
		}
		l.ecosystems[e.Ecosystem] = true
		if e.Origin != "" {
			continue
		}
		l.all++
		if len(e.Hashes) > 0 {
			l.hashed++
		}
		if slices.ContainsFunc(e.Hashes, isStrong) {
			l.strong++
		}
		if host := hostOf(e.Source); host != "" {
			l.hosts[host]++
		}
	}
	return l
}

// hosts are those that it is usual to fetch from.
type hosts struct {
	all      map[string]bool
	few      string          // the first few, as a sentence lists them
	mirrored map[string]bool // by ecosystem: its packages come from elsewhere than the public registry
}

// usualHosts are the hosts that packages may come from: those of the base, or, where the base has none, the one that most
// of the new lockfile's packages come from.
func (r *review) usualHosts(p *pair, before, now *lock) hosts {
	usual := hosts{r.hostsOf(p, before, now), "", map[string]bool{}}
	const most = 3
	names := slices.Sorted(maps.Keys(usual.all))
	usual.few = strings.Join(names[:min(most, len(names))], ", ")
	for ecosystem := range now.ecosystems {
		usual.mirrored[ecosystem] = r.mirrored(p, before, ecosystem)
	}
	return usual
}

func (r *review) hostsOf(p *pair, before, now *lock) map[string]bool {
	usual := map[string]bool{}
	if !r.whole() { // a scanned tree is measured by itself
		r.settingsOf(p.head.Path).all(func(s *settings) {
			for at := range s.hosts {
				if now.ecosystems[at.ecosystem] {
					usual[at.host] = true
				}
			}
		})
	}
	for host := range before.hosts {
		usual[host] = true
	}
	if len(usual) > 0 {
		for _, host := range r.change.Options.PublicHosts {
			usual[host] = true
		}
		return usual
	}
	most, without := "", now.all
	for host, n := range now.hosts {
		without -= n
		if n > now.hosts[most] || n == now.hosts[most] && host < most {
			most = host
		}
	}
	if now.hosts[most] > without {
		usual[most] = true // otherwise it is usual to name none
	}
	return usual
}

// mirrored reports whether the base takes packages of an ecosystem from elsewhere than its public registry: its lockfile
// does, or a setting that holds for all names.
func (r *review) mirrored(p *pair, before *lock, ecosystem string) bool {
	if len(before.hosts) > 0 {
		for host := range before.hosts {
			if r.isPublic(ecosystem, host) {
				return false
			}
		}
		return true
	}
	return r.registriesOf(r.settingsOf(p.head.Path), ecosystem).origin == checks.Mirror
}

// host is about a package that comes from elsewhere.
func (r *review) host(p *pair, e *manifest.Entry, now *lock, usual hosts) {
	host := hostOf(e.Source)
	if host == "" || usual.all[host] || r.isKnown(e.Source) || insecure(e.Source) {
		return
	}
	public := r.isPublic(e.Ecosystem, host)
	if public && !usual.mirrored[e.Ecosystem] {
		return // it may have several hosts
	}
	words := map[string]string{"host": plain(host), "usual": "No other package of the base comes from there."}
	if r.whole() || p.base == nil {
		words["usual"] = "Most packages of this file come from elsewhere."
	}
	if usual.few != "" {
		words["usual"] += " Usual are " + code(usual.few) + "."
	}
	f := r.aboutEntry(foreignHost, p, e, words)
	switch {
	case public && !r.reserved(e.Name):
		f.Severity = checks.Low // it went around the mirror; nobody put another package in its place
	case p.base == nil && now.hosts[host]*4 > now.all:
		f.Severity = r.catalogue.fixtures.Grade(checks.Medium, p.head.Path) // no entry among others, but a choice that all of the file shows
	}
}

// fetchedName is the package that an address in a lockfile is of, where addresses tell, and whether it is another than the
// entry says.
func fetchedName(e *manifest.Entry) (string, bool) {
	u, err := url.Parse(e.Source)
	if err != nil || u.Host == "" {
		return "", false
	}
	switch e.Ecosystem {
	case "npm": // …/NAME/-/BASE-VERSION.tgz
		before, file, ok := strings.Cut(u.Path, "/-/")
		if !ok {
			return "", false
		}
		name := strings.TrimPrefix(before, "/")
		if i := strings.Index(name, "@"); i > 0 {
			name = name[i:]
		} else if i < 0 {
			name = path.Base(name)
		}
		if name != e.Name {
			return name, true
		}
		return file, !strings.HasPrefix(path.Base(file), path.Base(name)+"-")
	case "PyPI": // …/NAME-VERSION…, with a wheel's name in its own spelling
		file := path.Base(u.Path)
		if path.Ext(file) == ".metadata" || !strings.ContainsAny(file, "-") {
			return "", false
		}
		normal := normalised(file)
		return file, !strings.HasPrefix(normal, normalised(e.Name)+"-")
	}
	return "", false
}

// normalised is a name as PEP 503 compares names.
func normalised(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '.' {
			return '-'
		}
		return r
	}, strings.ToLower(name))
}

// hash is about what tells a package from a forged one.
func (r *review) hash(p *pair, e *manifest.Entry, before, now *lock) {
	old := before.versions[versionOf(e)]
	switch {
	case e.Bundled: // it comes with the package around it, whose hash stands for both
	case len(e.Hashes) == 0 && e.Conditional: // the system that wrote the file did not need it
	case len(e.Hashes) == 0:
		// Where no entry has one, it is the format's or the registry's way.
		if old != nil && len(old.Hashes) > 0 || before.hashed > 0 && before.hashed*10 >= before.all*9 {
			r.aboutEntry(hashMissing, p, e, map[string]string{"others": counted(max(before.hashed, now.hashed), "other")})
		}
	case old != nil && len(old.Hashes) > 0 && replaced(old.Hashes, e.Hashes):
		f := r.aboutEntry(hashChanged, p, e, nil)
		if rebuilt(old.Source, e.Source) {
			f.Severity = checks.Low
		}
	case !slices.ContainsFunc(e.Hashes, isStrong) && (old != nil && slices.ContainsFunc(old.Hashes, isStrong) || before.strong > 0 && before.strong*10 >= before.all*9):
		r.aboutEntry(hashWeakened, p, e, nil)
	}
}

// rebuilt reports whether a package is now taken from another folder of the same owner on the same host: distributions
// build the packages of others again with each of their own releases. Registries keep one address for each file, or have
// its hash in there, and one name at the root.
func rebuilt(before, after string) bool {
	a, err := url.Parse(before)
	b, err2 := url.Parse(after)
	if err != nil || err2 != nil || a.Host == "" || a.Scheme != b.Scheme || a.Host != b.Host || path.Base(a.Path) != path.Base(b.Path) {
		return false
	}
	from, to := strings.Split(path.Dir(a.Path), "/"), strings.Split(path.Dir(b.Path), "/")
	if len(from) != len(to) || len(from) < 3 || from[1] != to[1] {
		return false
	}
	differing := 0
	for i := range from {
		if from[i] == to[i] {
			continue
		}
		if differing++; !release.MatchString(from[i]) || !release.MatchString(to[i]) {
			return false
		}
	}
	return differing == 1
}

// release is a folder named by a version.
var release = regexp.MustCompile(`^v?\d+(?:\.\d+)+[0-9A-Za-z.+-]*$`)

// replaced reports whether some hash was exchanged: of the same file and by the same algorithm, both lists have hashes and
// none in common.
func replaced(before, after []string) bool {
	const here, common = 1, 2
	kept := map[string]int{} // by algorithm
	known := make(map[string]bool, len(before))
	for _, hash := range before {
		known[hash] = true
		kept[algorithm(hash)] = here
	}
	both := map[string]bool{}
	for _, hash := range after {
		kind := algorithm(hash)
		both[kind] = kept[kind] != 0
		if known[hash] {
			kept[kind] = common
		}
	}
	for kind, is := range both {
		if is && kept[kind] != common {
			return true
		}
	}
	return false
}

// algorithm is the first word of a hash as lockfiles write it: sha512-…, sha256:…, h1:…. Where a package has several files,
// the name of one may stand before, and a space.
func algorithm(hash string) string {
	at := strings.LastIndexByte(hash, ' ') + 1
	if i := strings.IndexAny(hash[at:], "-:="); i > 0 {
		return strings.ToLower(hash[:at+i])
	}
	return hash[:at] + fmt.Sprint(len(hash)-at) // bare hexadecimal: its length tells
}

func isStrong(hash string) bool {
	switch algorithm(hash[strings.LastIndexByte(hash, ' ')+1:]) {
	case "sha1", "md5", "40", "32":
		return false
	}
	return true
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// manifests are the manifests that lockfiles are written from, where a lockfile says which packages its manifest names.
var manifests = map[string]string{
	"package-lock.json": "package.json", "npm-shrinkwrap.json": "package.json", "pnpm-lock.yaml": "package.json",
	"bun.lock": "package.json",
}

// manifestOf is about packages that a lockfile calls direct and its manifest does not name.
func (r *review) manifestOf(p *pair, before *lock) {
	name := manifests[p.head.Format]
	if name == "" {
		return
	}
	at := checks.Path(path.Join(path.Dir(string(p.head.Path)), name))
	file, err := r.manifests.Read(r.ctx, r.change.Head, at, "")
	if err != nil || file.Lossy != "" {
		return
	}
	named := map[string]bool{}
	for i := range file.Entries {
		named[file.Entries[i].Name] = true
		named[file.Entries[i].Alias] = true
	}
	_, err = r.change.Head.Stat(path.Join(path.Dir(string(at)), "pnpm-workspace.yaml"))
	if len(file.Workspaces) > 0 || err == nil {
		return // the other manifests name packages as well
	}
	for i := range p.head.Entries {
		e := &p.head.Entries[i]
		if e.Direct && e.Origin == "" && !before.names[e.Name].direct && !named[e.Name] && (e.Alias == "" || !named[e.Alias]) {
			r.aboutEntry(notManifest, p, e, map[string]string{"manifest": plain(string(at))})
		}
	}
}
