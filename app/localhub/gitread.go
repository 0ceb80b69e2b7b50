package localhub

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// gitCommit is a commit as git has it.
type gitCommit struct {
	sha, tree         string
	parents           []string
	author, committer Person
	authored          time.Time
	committed         time.Time
	message           string
}

// log lists commits oldest first. args are revisions in git's own notation, never text from outside.
func (g *gitStore) log(args ...string) ([]gitCommit, error) {
	const format = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B"
	out, err := g.run(nil, append([]string{"log", "-z", "--reverse", "--topo-order", "--encoding=UTF-8", format}, args...)...)
	if err != nil {
		return nil, err
	}
	const fields = 10
	parts := strings.Split(string(out), "\x00")
	var commits []gitCommit
	for ; len(parts) >= fields; parts = parts[fields:] {
		commits = append(commits, gitCommit{
			sha: parts[0], tree: parts[1], parents: strings.Fields(parts[2]),
			author: Person{parts[3], parts[4]}, authored: unixTime(parts[5]),
			committer: Person{parts[6], parts[7]}, committed: unixTime(parts[8]),
			message: strings.TrimRight(parts[9], "\n"),
		})
	}
	return commits, nil
}

func (g *gitStore) commit(sha string) (gitCommit, error) {
	commits, err := g.log("-1", sha)
	if err != nil {
		return gitCommit{}, err
	}
	if len(commits) != 1 {
		return gitCommit{}, fmt.Errorf("%w: %s", errNoCommit, sha)
	}
	return commits[0], nil
}

func unixTime(s string) time.Time {
	seconds, _ := strconv.ParseInt(s, 10, 64)
	return time.Unix(seconds, 0).UTC()
}

// count counts commits, for example of "a..b".
func (g *gitStore) count(revisions string) (int, error) {
	out, err := g.run(nil, "rev-list", "--count", revisions)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(out)))
}

// treeEntry is one line of a tree.
type treeEntry struct {
	mode, kind, sha string
	size            int64 // of a blob
	path            string
}

func (g *gitStore) tree(treeish string, recursive bool) ([]treeEntry, error) {
	args := []string{"ls-tree", "-z", "-l", "--full-tree"}
	if recursive {
		args = append(args, "-r", "-t")
	}
	return g.treeEntries(append(args, treeish))
}

// entry is what stands at one path of a commit.
func (g *gitStore) entry(commit, path string) (treeEntry, bool, error) {
	entries, err := g.treeEntries([]string{"--literal-pathspecs", "ls-tree", "-z", "-l", "--full-tree", commit, "--", path})
	if err != nil || len(entries) == 0 {
		return treeEntry{}, false, err
	}
	return entries[0], true, nil
}

func (g *gitStore) treeEntries(args []string) ([]treeEntry, error) {
	out, err := g.run(nil, args...)
	if err != nil {
		return nil, err
	}
	var entries []treeEntry
	for record := range bytes.SplitSeq(bytes.TrimSuffix(out, []byte{0}), []byte{0}) {
		head, path, ok := bytes.Cut(record, []byte{'\t'})
		fields := strings.Fields(string(head))
		if !ok || len(fields) != 4 {
			continue
		}
		size, _ := strconv.ParseInt(fields[3], 10, 64)
		entries = append(entries, treeEntry{mode: fields[0], kind: fields[1], sha: fields[2], size: size, path: string(path)})
	}
	return entries, nil
}

func (g *gitStore) kind(object string) string {
	if !isObjectID(object) {
		return ""
	}
	out, err := g.run(nil, "cat-file", "-t", object)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func (g *gitStore) blob(sha string) ([]byte, error) {
	return g.run(nil, "cat-file", "blob", sha)
}

func isObjectID(s string) bool {
	return len(s) == 40 && strings.Trim(s, "0123456789abcdef") == ""
}
