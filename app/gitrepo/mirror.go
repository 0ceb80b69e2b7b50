package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks"
)

const (
	// defaultMaxBytes is how much all mirrors may take together.
	defaultMaxBytes = 10 << 30
	// defaultMaxFetchBytes is how much one fetch may bring: GitHub advises to keep repositories below 1 GB, and
	// history and unchanged files are not even asked for.
	defaultMaxFetchBytes = 1 << 30
	// maxExtraBlobs is how many files outside the change may be fetched while it is looked at.
	maxExtraBlobs = 2000
	// defaultDepth is how deep is fetched at first when nobody said how many commits there are.
	defaultDepth = 50
	// maxDepth is how deep is fetched in search of what a merged branch has in common with the base branch.
	maxDepth = 1 << 14
)

// MirrorOptions say how mirrors are kept. The zero value is a good start.
type MirrorOptions struct {
	MaxBytes      int64  // of all mirrors together, above which the least recently used are removed; 0 for 10 GiB
	MaxFetchBytes int64  // of one fetch; 0 for 1 GiB
	AllowHTTP     bool   // also from hosts other than this machine
	ProxyURL      string // for git; empty for none, whatever the environment says
	CAFile        string // certificates to trust besides the system's
}

// Mirrors are the repositories that were fetched, one bare and partial one for each repository id below one
// directory. Several processes may share the directory.
type Mirrors struct {
	dir     string
	options MirrorOptions
	git     git
}

// NewMirrors keeps mirrors below dir, which it makes, and checks that git is new enough.
func NewMirrors(dir string, o MirrorOptions) (*Mirrors, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.MaxFetchBytes == 0 {
		o.MaxFetchBytes = defaultMaxFetchBytes
	}
	g, err := findGit(context.Background())
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("make the directory of mirrors: %w", err)
	}
	if o.CAFile != "" {
		if o.CAFile, err = trustAlso(dir, o.CAFile, systemAuthorities()); err != nil {
			return nil, err
		}
	}
	return &Mirrors{dir: dir, options: o, git: g}, nil
}

// FetchRequest says which pull request to fetch.
type FetchRequest struct {
	RepositoryID int64  // GitHub's, which stays when a repository is renamed
	URL          string // to clone from, without credentials
	Token        string // that may read contents; empty for a public repository

	Head      checks.CommitSHA
	MergeBase checks.CommitSHA // of Head and the base branch, as GitHub's comparison has it
	Target    checks.CommitSHA // the tip of the base branch; empty when not needed
	HeadRef   string           // such as refs/pull/7/head, asked for when the server does not give Head by its id
	Commits   int              // how many there are from MergeBase to Head; 0 when not known
}

func (q FetchRequest) check(allowHTTP bool) error {
	if q.RepositoryID <= 0 {
		return fmt.Errorf("fetch: %d is no repository id", q.RepositoryID)
	}
	if q.MergeBase == "" {
		return fmt.Errorf("fetch %s: %w", q.Head, ErrNoMergeBase)
	}
	for _, sha := range q.shas() {
		if !objectID(sha).valid() || len(sha) != len(q.Head) {
			return fmt.Errorf("fetch: %.80q is no commit id", string(sha))
		}
	}
	if q.HeadRef != "" && !plainRef(q.HeadRef) {
		return fmt.Errorf("fetch: %.80q is no full ref name", q.HeadRef)
	}
	_, err := q.remote(allowHTTP)
	return err
}

func (q FetchRequest) shas() []checks.CommitSHA {
	if q.Target == "" {
		return []checks.CommitSHA{q.Head, q.MergeBase}
	}
	return []checks.CommitSHA{q.Head, q.MergeBase, q.Target}
}

// plainRef reports whether a name can stand in a refspec as nothing but a name.
func plainRef(ref string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-"
	return strings.HasPrefix(ref, "refs/") && strings.Trim(ref, plain) == "" && !strings.Contains(ref, "..") && len(ref) < 256
}

// remote checks where to fetch from: an address that git takes for HTTPS and nothing else. Without encryption only
// this machine is trusted, for a token is sent.
func (q FetchRequest) remote(allowHTTP bool) (*url.URL, error) {
	u, err := url.Parse(q.URL)
	if err != nil || u.Host == "" || u.Opaque != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		// The address is not repeated: somebody may have put a password there.
		return nil, errors.New("fetch: the clone address must be a plain https address without credentials")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && (allowHTTP || loopback(u.Hostname())):
	default:
		return nil, fmt.Errorf("fetch: the clone address of %s is %q, https is needed", u.Host, u.Scheme)
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Fetch brings what is missing of a pull request into its mirror and opens it. The range holds a lease: until it is
// closed, its mirror is not removed to make room. Room is made when it is closed.
//
// A mirror that turns out to be damaged, as a machine that lost power leaves them, is made anew once.
func (m *Mirrors) Fetch(ctx context.Context, q FetchRequest) (*Range, error) {
	if err := q.check(m.options.AllowHTTP); err != nil {
		return nil, err
	}
	if err := m.renew(q.RepositoryID); err != nil {
		return nil, err
	}
	lease, err := m.lease(ctx, q.RepositoryID)
	if err != nil {
		return nil, err
	}
	r, err := m.open(ctx, q)
	if err != nil && damaged(ctx, err) {
		if err := m.discard(ctx, q.RepositoryID); err != nil {
			return nil, errors.Join(err, lease.release())
		}
		var again error
		if r, again = m.open(ctx, q); again != nil {
			err = fmt.Errorf("%w (made anew because of: %w)", again, err)
		} else {
			err = nil
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("fetch repository %d: %w", q.RepositoryID, err), lease.release())
	}
	r.release = func() error { return errors.Join(lease.release(), m.evict()) }
	return r, nil
}

// damaged reports whether an error may be the mirror's own: all that is neither the server's nor the caller's doing.
func damaged(ctx context.Context, err error) bool {
	for _, known := range []error{ErrTooLarge, ErrNoCommit, ErrRefused, ErrNoMergeBase, errRemote, errLocked} {
		if errors.Is(err, known) {
			return false
		}
	}
	return ctx.Err() == nil
}

// open makes the range, fetching on the way.
func (m *Mirrors) open(ctx context.Context, q FetchRequest) (_ *Range, err error) {
	f := &fetcher{mirrors: m, request: q, path: m.path(q.RepositoryID)}
	if err := f.create(ctx); err != nil {
		return nil, err
	}
	g := m.git
	g.dir = f.path
	o := newObjects(g, m.dir)
	o.fetch = f.blobs
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	h, err := f.history(ctx, o)
	if err != nil {
		return nil, err
	}
	r, err := o.newRange(ctx, q.MergeBase, q.Head, h)
	if err != nil {
		return nil, err
	}
	r.target = q.Target
	return r, nil
}

// newRange compares the two commits and all between them.
func (o *objects) newRange(ctx context.Context, base, head checks.CommitSHA, h history) (*Range, error) {
	from, ok := h.known[base]
	to, ok2 := h.known[head]
	if !ok || !ok2 {
		return nil, fmt.Errorf("%s and %s: %w", base, head, ErrNoCommit)
	}
	c, err := o.compare(ctx, from.tree, to.tree, h)
	if err != nil {
		return nil, err
	}
	return &Range{
		change: &checks.Change{
			MergeBase: o.tree(from.tree), Head: o.tree(to.tree),
			MergeBaseSHA: base, HeadSHA: head,
			Files: c.whole(), Commits: c.perCommit(),
		},
		unscanned: append(h.unscanned(), c.unscanned...),
		objects:   o,
	}, nil
}

// unscanned is which commits could not be told or are too many.
func (h history) unscanned() []checks.Unscanned {
	var list []checks.Unscanned
	if h.cut {
		list = append(list, checks.Unscanned{Kind: checks.Failed,
			Reason: "the history is cut before it joins the base: some commits could not be looked at one by one"})
	}
	if h.endless {
		list = append(list, checks.Unscanned{Kind: checks.Failed,
			Reason: "the history around the change is too large to tell which commits belong to it: some could not be looked at one by one"})
	}
	if h.dropped > 0 {
		list = append(list, checks.Unscanned{Kind: checks.Failed,
			Reason: fmt.Sprintf("more than %d commits: at least %d older ones were not looked at one by one", MaxCommits, h.dropped)})
	}
	return list
}

func (m *Mirrors) path(id int64) string {
	return filepath.Join(m.dir, strconv.FormatInt(id, 10)+".git")
}

// Purge removes all that is kept of a repository, even while a range of it is open: whoever withdraws access wants it
// gone. What such a range has not read yet is then missing.
func (m *Mirrors) Purge(repositoryID int64) error {
	return m.discard(context.Background(), repositoryID)
}
