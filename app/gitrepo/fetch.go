package gitrepo

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/assay-app/assay/checks"
)

// errRemote is a fetch that failed at the other end or on the way: to be tried again later.
var errRemote = errors.New("the server or the connection failed")

// fetcher fetches for one request into its mirror.
type fetcher struct {
	mirrors *Mirrors
	request FetchRequest
	path    string
}

// history makes sure that the commits of the request are there and finds those between them, fetching deeper until
// nothing that matters is cut off.
func (f *fetcher) history(ctx context.Context, o *objects) (history, error) {
	if err := f.tips(ctx, o); err != nil {
		return history{}, err
	}
	for depth := max(64, 4*f.depth()); ; depth *= 4 {
		h, err := o.between(ctx, f.request.MergeBase, f.request.Head)
		switch {
		case err != nil:
			return h, err
		case h.cut && !h.endless && depth <= maxDepth:
			if err := f.commits(ctx, depth, f.refspecs([]checks.CommitSHA{f.request.Head, f.request.MergeBase})); err != nil {
				return h, err
			}
		case !h.joined && !h.cut && !h.endless:
			return h, fmt.Errorf("%s and %s: %w", f.request.MergeBase, f.request.Head, ErrNoMergeBase)
		default:
			return h, nil
		}
	}
}

// depth is how many commits lie on the longest way from head to the merge base, both included.
func (f *fetcher) depth() int {
	switch n := f.request.Commits; {
	case n <= 0:
		return defaultDepth
	default:
		return min(n, MaxCommits) + 1
	}
}

// tips fetches those of the commits of the request that are missing.
func (f *fetcher) tips(ctx context.Context, o *objects) error {
	absent, err := f.absent(ctx, o)
	if err != nil || len(absent) == 0 {
		return err
	}
	err = f.commits(ctx, f.depth(), f.refspecs(absent))
	if errors.Is(err, ErrNoCommit) && f.request.HeadRef != "" && slices.Contains(absent, f.request.Head) {
		rest := slices.DeleteFunc(absent, func(sha checks.CommitSHA) bool { return sha == f.request.Head })
		err = f.commits(ctx, f.depth(), append(f.refspecs(rest), "+"+f.request.HeadRef+":"+mirrorRefs+"head"))
	}
	if err != nil {
		return err
	}
	if absent, err = f.absent(ctx, o); err == nil && len(absent) > 0 {
		err = fmt.Errorf("%s: %w, or no longer: it was fetched and did not come", absent[0], ErrNoCommit)
	}
	return err
}

func (f *fetcher) absent(ctx context.Context, o *objects) ([]checks.CommitSHA, error) {
	var ids []objectID
	for _, sha := range f.request.shas() {
		ids = append(ids, objectID(sha))
	}
	missing, err := o.missing(ctx, ids)
	var shas []checks.CommitSHA
	for _, id := range missing {
		shas = append(shas, checks.CommitSHA(id))
	}
	return shas, err
}

const (
	// mirrorRefs is where fetched tips are remembered, so that the next fetch can say what is here already.
	mirrorRefs = "refs/assay/"
	// keptRefs is how many: enough that one of them is near whatever is asked for next.
	keptRefs = 32
)

func (f *fetcher) refspecs(shas []checks.CommitSHA) []string {
	var specs []string
	for _, sha := range shas {
		specs = append(specs, fmt.Sprintf("+%s:%s%s", sha, mirrorRefs, sha))
	}
	return specs
}

// commits fetches commits with all their trees, and no file's content.
func (f *fetcher) commits(ctx context.Context, depth int, specs []string) error {
	args := append(fetchArguments(), fmt.Sprintf("--depth=%d", depth), "origin")
	return f.fetch(ctx, nil, nil, append(args, specs...)...)
}

// blobs fetches the contents of files.
func (f *fetcher) blobs(ctx context.Context, blobs []objectID) error {
	var ask strings.Builder
	for _, id := range blobs {
		ask.WriteString(string(id) + "\n")
	}
	// Nothing is negotiated: a server that knows what commits are here would leave out the files of those.
	negotiate := []setting{{"fetch.negotiationAlgorithm", "noop"}}
	return f.fetch(ctx, strings.NewReader(ask.String()), negotiate, append(fetchArguments(), "--stdin", "origin")...)
}

func fetchArguments() []string {
	return []string{"fetch", "--quiet", "--no-progress", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
		"--no-recurse-submodules", "--filter=blob:none"}
}

// fetch runs one git fetch while no other one runs in this mirror.
func (f *fetcher) fetch(ctx context.Context, stdin io.Reader, config []setting, args ...string) error {
	lock, err := f.mirrors.lock(ctx, f.request.RepositoryID)
	if err != nil {
		return err
	}
	defer lock.release()
	if _, err := os.Stat(filepath.Join(f.path, "objects")); err != nil {
		return fmt.Errorf("%w: its mirror is gone", ErrMissing)
	}
	if err := f.tidy(); err != nil {
		return err
	}
	g, err := f.git()
	if err != nil {
		return err
	}
	g.config = append(g.config, config...)
	// Git and its children keep the lock as long as they live, even if this process is killed.
	g.extra = []*os.File{lock.file}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := f.watch(cancel)
	_, err = g.output(ctx, stdin, args...)
	grown := watch()
	switch {
	case grown != nil && err == nil:
		// It was over before it could be stopped. What came must not let the next try succeed.
		return errors.Join(grown, f.mirrors.remove(f.request.RepositoryID))
	case grown != nil:
		return errors.Join(grown, f.tidy())
	case err != nil:
		return errors.Join(classify(err), f.tidy())
	}
	return nil
}

// git is a git that may fetch, with the address and the token in its environment.
func (f *fetcher) git() (git, error) {
	u, err := f.request.remote(f.mirrors.options.AllowHTTP)
	if err != nil {
		return git{}, err
	}
	g := f.mirrors.git
	g.dir, g.allow = f.path, u.Scheme
	g.config = []setting{
		{"protocol.version", "2"},
		{"remote.origin.url", u.String()},
		// A promisor may leave out what it promises to give later. It is one for fetches alone: nothing else may ask it.
		{"remote.origin.promisor", "true"},
		{"remote.origin.partialclonefilter", "blob:none"},
		{"http.proxy", f.mirrors.options.ProxyURL},
	}
	if ca := f.mirrors.options.CAFile; ca != "" {
		g.config = append(g.config, setting{"http.sslCAInfo", ca})
	}
	if token := f.request.Token; token != "" {
		basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
		g.config = append(g.config, setting{"http." + u.Scheme + "://" + u.Host + "/.extraHeader", "Authorization: Basic " + basic})
		g.redact = append(g.redact, token, basic)
	}
	if proxy := f.mirrors.options.ProxyURL; proxy != "" {
		g.redact = append(g.redact, proxy)
	}
	return g, nil
}

// watchEvery is how often the size of a running fetch is looked at. What a server can send in that time, on top of
// MaxFetchBytes, is the worst that reaches the disk.
const watchEvery = 50 * time.Millisecond

// watch ends a fetch that brings too much. The function it returns stops watching and says whether it did.
func (f *fetcher) watch(cancel context.CancelCauseFunc) func() error {
	limit := f.mirrors.options.MaxFetchBytes
	before := packBytes(f.path)
	verdict := func() error {
		if packBytes(f.path)-before > limit {
			return fmt.Errorf("%w: a fetch may bring %d bytes", ErrTooLarge, limit)
		}
		return nil
	}
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := verdict(); err != nil {
					cancel(err)
					stopped <- err
					return
				}
			case <-stop:
				stopped <- verdict()
				return
			}
		}
	}()
	return func() error {
		close(stop)
		return <-stopped
	}
}

// packBytes is the size of all packs of a mirror, the one that is being written included.
func packBytes(mirror string) int64 {
	var sum int64
	entries, err := os.ReadDir(filepath.Join(mirror, "objects", "pack"))
	if err != nil {
		return 0
	}
	for _, e := range entries {
		// One that is gone by now has been renamed and is counted next time.
		if at, err := e.Info(); err == nil {
			sum += at.Size()
		}
	}
	return sum
}

// tidy removes what a killed git leaves behind, and refs above keptRefs. The caller holds the lock, so that nobody
// else can be at work on any of it.
func (f *fetcher) tidy() error {
	var errs []error
	for _, pattern := range []string{"*.lock", "refs/*.lock", mirrorRefs + "*.lock", "objects/pack/tmp_*", "objects/pack/*.lock", "objects/tmp_*"} {
		left, err := filepath.Glob(filepath.Join(quoteGlob(f.path), pattern))
		errs = append(errs, err)
		for _, path := range left {
			errs = append(errs, os.RemoveAll(path))
		}
	}
	refs, err := os.ReadDir(filepath.Join(f.path, mirrorRefs))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, err)
	}
	if len(refs) > 2*keptRefs {
		errs = append(errs, f.forget(refs))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("tidy the mirror: %w", err)
	}
	return nil
}

// forget removes all but the newest refs.
func (f *fetcher) forget(refs []os.DirEntry) error {
	age := map[string]time.Time{}
	for _, e := range refs {
		if at, err := e.Info(); err == nil {
			age[e.Name()] = at.ModTime()
		}
	}
	slices.SortFunc(refs, func(a, b os.DirEntry) int { return age[b.Name()].Compare(age[a.Name()]) })
	var errs []error
	for _, e := range refs[keptRefs:] {
		errs = append(errs, os.Remove(filepath.Join(f.path, mirrorRefs, e.Name())))
	}
	return errors.Join(errs...)
}

// What git says when it is not the mirror's fault. Git's words have been stable over many years; what is not
// recognised costs no more than a mirror made anew.
var (
	saysNoCommit = regexp.MustCompile(`not our ref|unadvertised object|[Cc]ouldn't find remote ref|no such remote ref`)
	saysRefused  = regexp.MustCompile(`Authentication failed|could not read Username|terminal prompts disabled|returned error: 40[134]|[Rr]epository .*not found|does not appear to be a git repository`)
	saysRemote   = regexp.MustCompile(`unable to access|[Cc]ould not resolve|RPC failed|early EOF|hung up|remote error|requested URL returned error|` +
		`[Cc]onnection|timed out|protocol error|expected flush|unexpected disconnect|redirect|bad line length|invalid server response|transport '.*' not allowed|dumb http|curl|SSL|[Cc]ertificate`)
)

// classify says whose fault a failed fetch is.
func classify(err error) error {
	var failed *gitError
	if !errors.As(err, &failed) {
		return err
	}
	switch {
	case saysNoCommit.MatchString(failed.stderr):
		return fmt.Errorf("%w on the server: %w", ErrNoCommit, err)
	case saysRefused.MatchString(failed.stderr):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case saysRemote.MatchString(failed.stderr):
		return fmt.Errorf("%w: %w", errRemote, err)
	}
	return err
}
