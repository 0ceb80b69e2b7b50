package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks"
)

// localRepository is a repository on this machine, which may be hostile. It is asked only what it is and what its refs
// stand for. Everything else is read from its object store through an empty repository of our own, so that its
// configuration, attributes, hooks, replacements and grafts mean nothing.
type localRepository struct {
	git     git // in the repository itself
	gitDir  string
	objects string // its object store
	format  string // sha1 or sha256
	shallow bool
	scratch string // our own, removed in the end
}

// openLocal finds the repository that dir is in.
func openLocal(ctx context.Context, dir string) (_ *localRepository, err error) {
	g, err := findGit(ctx)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("open the repository %s: %w", dir, err)
	}
	g.cwd = dir
	g.config = trust(dir)
	out, err := g.output(ctx, nil, "rev-parse", "--show-object-format", "--is-shallow-repository", "--absolute-git-dir")
	if err != nil {
		return nil, fmt.Errorf("open the repository %s: %w", dir, err)
	}
	// The path comes last, for it may hold anything.
	facts := strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\n", 3)
	if len(facts) < 3 {
		return nil, fmt.Errorf("open the repository %s: git says %.80q of it", dir, out)
	}
	l := &localRepository{git: g, format: facts[0], shallow: facts[1] == "true", gitDir: facts[2]}
	l.objects = filepath.Join(commonDir(l.gitDir), "objects")
	if l.scratch, err = os.MkdirTemp("", "assay-git-"); err != nil {
		return nil, fmt.Errorf("open the repository %s: %w", dir, err)
	}
	if err := l.emptyRepository(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the repository %s: %w", dir, err), l.remove())
	}
	return l, nil
}

// trust lets git open a repository that belongs to somebody else, as a checkout in a container often does: the one
// that was named, and none that is not. It is trusted with nothing but its refs.
func trust(dir string) []setting {
	var dirs []setting
	add := func(path string) { dirs = append(dirs, setting{"safe.directory", path}) }
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		real = dir
	}
	for _, start := range []string{dir, real} {
		for at := start; ; at = filepath.Dir(at) {
			if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
				add(at)
				add(filepath.Join(at, ".git"))
				break
			}
			if _, err := os.Lstat(filepath.Join(at, "objects")); err == nil {
				add(at)
				break
			}
			if at == filepath.Dir(at) {
				break
			}
		}
	}
	return dirs
}

// commonDir is where a work tree that was added to a repository finds what all of them share.
func commonDir(gitDir string) string {
	raw, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if err != nil {
		return gitDir
	}
	dir := strings.TrimSuffix(string(raw), "\n")
	if filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(gitDir, dir)
}

// emptyRepository writes the little that git wants to see in a repository.
func (l *localRepository) emptyRepository() error {
	config := "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = " + l.format + "\n"
	if l.format == "sha1" {
		config = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	}
	return errors.Join(
		os.WriteFile(filepath.Join(l.scratch, "config"), []byte(config), 0o600),
		os.WriteFile(filepath.Join(l.scratch, "HEAD"), []byte("ref: refs/heads/none\n"), 0o600),
		os.Mkdir(filepath.Join(l.scratch, "refs"), 0o700),
		os.Mkdir(filepath.Join(l.scratch, "objects"), 0o700),
		os.Mkdir(filepath.Join(l.scratch, "spool"), 0o700),
	)
}

func (l *localRepository) remove() error { return os.RemoveAll(l.scratch) }

// store reads the objects of the repository, and those that were made beside it, without reading anything else of it.
func (l *localRepository) store() *objects {
	return newObjects(l.scratchGit(), filepath.Join(l.scratch, "spool"))
}

// scratchGit is git in the empty repository, with the objects of the real one.
func (l *localRepository) scratchGit() git {
	g := l.git
	g.cwd, g.config, g.dir = "", nil, l.scratch
	g.env = []string{"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + quoteAlternate(l.objects)}
	return g
}

// quoteGlob makes a path match nothing but itself.
func quoteGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// quoteAlternate protects the colons of a path, which would separate two.
func quoteAlternate(path string) string {
	if !strings.ContainsAny(path, ":\"\\\n") {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}

// resolve finds the commits that revisions stand for. They are written to git's input, where none is an option.
func (l *localRepository) resolve(ctx context.Context, revs ...string) ([]checks.CommitSHA, error) {
	var ask strings.Builder
	for _, rev := range revs {
		if rev == "" || strings.ContainsAny(rev, "\n\x00") {
			return nil, fmt.Errorf("%.80q: %w", rev, ErrNoCommit)
		}
		ask.WriteString(rev + "^{commit}\n")
	}
	out, err := l.git.output(ctx, strings.NewReader(ask.String()), "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return nil, fmt.Errorf("resolve %.200q: %w", revs, err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var shas []checks.CommitSHA
	for i, rev := range revs {
		switch {
		case i < len(lines) && objectID(lines[i]).valid():
			shas = append(shas, checks.CommitSHA(lines[i]))
		case i < len(lines) && strings.HasSuffix(lines[i], " ambiguous"):
			return nil, fmt.Errorf("%.80q: %w: it is ambiguous, write more of it", rev, ErrNoCommit)
		default:
			return nil, fmt.Errorf("%.80q: %w%s", rev, ErrNoCommit, l.shallowAdvice())
		}
	}
	return shas, nil
}

func (l *localRepository) shallowAdvice() string {
	if !l.shallow {
		return ""
	}
	return " (this is a shallow clone: run git fetch --unshallow, or check out with the whole history)"
}

// mergeBase is the best common ancestor; of several the first, as GitHub has it.
func (l *localRepository) mergeBase(ctx context.Context, base, head checks.CommitSHA) (checks.CommitSHA, error) {
	out, err := l.git.output(ctx, nil, "merge-base", string(base), string(head))
	var failed *gitError
	if errors.As(err, &failed) && failed.stderr == "" {
		return "", fmt.Errorf("%s and %s: %w%s", base, head, ErrNoMergeBase, l.shallowAdvice())
	}
	if err != nil {
		return "", err
	}
	sha := strings.TrimSpace(string(out))
	if !objectID(sha).valid() {
		return "", fmt.Errorf("git merge-base says %.80q", sha)
	}
	return checks.CommitSHA(sha), nil
}

// OpenRange opens the commits from base to head of the local repository that dir is in. They are compared from their
// merge base, as GitHub compares a pull request.
func OpenRange(ctx context.Context, dir, base, head string) (*Range, error) {
	l, err := openLocal(ctx, dir)
	if err != nil {
		return nil, err
	}
	r, err := l.openRange(ctx, base, head)
	if err != nil {
		return nil, errors.Join(err, l.remove())
	}
	r.release = l.remove
	return r, nil
}

func (l *localRepository) openRange(ctx context.Context, base, head string) (*Range, error) {
	shas, err := l.resolve(ctx, base, head)
	if err != nil {
		return nil, err
	}
	mergeBase, err := l.mergeBase(ctx, shas[0], shas[1])
	if err != nil {
		return nil, err
	}
	o := l.store()
	h, err := o.between(ctx, mergeBase, shas[1])
	var r *Range
	if err == nil {
		r, err = o.newRange(ctx, mergeBase, shas[1], h)
	}
	if err != nil {
		o.close()
		return nil, fmt.Errorf("compare %.80q with %.80q: %w", base, head, err)
	}
	r.target = shas[0]
	r.branch = l.branch(ctx, head)
	return r, nil
}

// branch gives a revision back if it is the name of a branch, and else nothing.
func (l *localRepository) branch(ctx context.Context, rev string) string {
	if _, err := l.git.output(ctx, nil, "show-ref", "--verify", "--quiet", "--", "refs/heads/"+rev); err != nil {
		return ""
	}
	return rev
}

// OpenStaged opens what would be committed next, compared with base, which is most often HEAD. The head of the change
// has no commit id, and there are no commits.
func OpenStaged(ctx context.Context, dir, base string) (*Range, error) {
	l, err := openLocal(ctx, dir)
	if err != nil {
		return nil, err
	}
	r, err := l.openStaged(ctx, base)
	if err != nil {
		return nil, errors.Join(err, l.remove())
	}
	r.release = l.remove
	return r, nil
}

func (l *localRepository) openStaged(ctx context.Context, base string) (*Range, error) {
	shas, err := l.resolve(ctx, base)
	if err != nil {
		return nil, err
	}
	staged, err := l.stagedTree(ctx)
	if err != nil {
		return nil, err
	}
	o := l.store()
	from, err := o.commit(ctx, shas[0])
	var c *comparison
	if err == nil {
		c, err = o.compare(ctx, from.tree, staged, history{})
	}
	if err != nil {
		o.close()
		return nil, fmt.Errorf("compare the index with %.80q: %w", base, err)
	}
	return &Range{
		change: &checks.Change{
			MergeBase: o.tree(from.tree), Head: o.tree(staged), MergeBaseSHA: shas[0], Files: c.whole(),
		},
		unscanned: c.unscanned, target: shas[0], objects: o,
	}, nil
}

// stagedTree makes trees of the index. They are written beside the repository, from a copy of the index and in the
// repository of our own: nothing in the real one changes, and none of its filters is run, as writing an index may do.
func (l *localRepository) stagedTree(ctx context.Context) (objectID, error) {
	// Not under the name that git would take for the index of the empty repository, and read attributes from.
	index := filepath.Join(l.scratch, "staged")
	if err := copyFile(index, filepath.Join(l.gitDir, "index")); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return emptyTree(idDigits(l.format)), nil // nothing was ever staged
		}
		return "", fmt.Errorf("read the index: %w", err)
	}
	shared, err := filepath.Glob(filepath.Join(quoteGlob(l.gitDir), "sharedindex.*"))
	for _, path := range shared {
		err = errors.Join(err, copyFile(filepath.Join(l.scratch, filepath.Base(path)), path))
	}
	if err != nil {
		return "", fmt.Errorf("read the split index: %w", err)
	}
	g := l.scratchGit()
	g.cwd = filepath.Join(l.scratch, "spool") // where no file is, for git to compare with the index
	g.env = append(g.env, "GIT_INDEX_FILE="+index)
	out, err := g.output(ctx, nil, "write-tree", "--missing-ok")
	var failed *gitError
	if errors.As(err, &failed) && strings.Contains(failed.stderr, "unmerged") {
		return "", errors.New("the index holds a merge that is not resolved: resolve it and git add the files")
	}
	if err != nil {
		return "", fmt.Errorf("read the index: %w", err)
	}
	tree := objectID(bytes.TrimSpace(out))
	if !tree.valid() {
		return "", fmt.Errorf("read the index: git write-tree says %s", strconv.Quote(string(tree)))
	}
	return tree, nil
}

func idDigits(format string) int {
	if format == "sha256" {
		return 64
	}
	return 40
}

func copyFile(to, from string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
