package gitrepo

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
)

// maxParents is how many parents of a commit count. Git itself warns above 16; lines of an octopus that differ from
// the first 64 are at worst too many.
const maxParents = 64

// maxPerson bounds a name and an address each.
const maxPerson = 1 << 10

// commit is a commit as it is stored: where a shallow history was cut, its parents are still named.
type commit struct {
	sha       checks.CommitSHA
	tree      objectID
	parents   []checks.CommitSHA
	author    checks.Person
	committer checks.Person
	message   string
}

// parseCommit reads a commit object: header lines, an empty line, the message. Headers that are not needed, such as
// signatures, are passed over.
func parseCommit(raw []byte) (commit, error) {
	var c commit
	for {
		line, rest, found := bytes.Cut(raw, []byte("\n"))
		if !found && len(line) > 0 {
			return c, errors.New("its header does not end")
		}
		raw = rest
		if len(line) == 0 {
			break
		}
		key, value, _ := strings.Cut(string(line), " ")
		switch {
		case key == "tree" && c.tree == "":
			c.tree = objectID(value)
		case key == "parent" && len(c.parents) < maxParents:
			if !objectID(value).valid() {
				return c, errors.New("a parent is no object id")
			}
			c.parents = append(c.parents, checks.CommitSHA(value))
		case key == "author" && c.author == checks.Person{}:
			c.author = parsePerson(value)
		case key == "committer" && c.committer == checks.Person{}:
			c.committer = parsePerson(value)
		}
	}
	if !c.tree.valid() {
		return c, errors.New("it names no tree")
	}
	c.message = validText(raw, checks.MaxCommitMessage)
	return c, nil
}

// parsePerson reads "Name <address> seconds zone". Anyone can write anything there, so what does not parse is left
// empty and nothing is an error.
func parsePerson(value string) checks.Person {
	open := strings.IndexByte(value, '<')
	end := strings.LastIndexByte(value, '>')
	if open < 0 || end < open {
		return checks.Person{Name: validText([]byte(strings.TrimSpace(value)), maxPerson)}
	}
	p := checks.Person{
		Name:  validText([]byte(strings.TrimSpace(value[:open])), maxPerson),
		Email: validText([]byte(strings.TrimSpace(value[open+1:end])), maxPerson),
	}
	seconds, zone, _ := strings.Cut(strings.TrimSpace(value[end+1:]), " ")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || n < 0 || n > latestTime {
		return p
	}
	p.When = time.Unix(n, 0).In(parseZone(zone))
	return p
}

// latestTime is the end of the year 9999: a later one has no JSON form.
const latestTime = 253402300799 - 24*3600

// parseZone reads "+0130".
func parseZone(zone string) *time.Location {
	n, err := strconv.Atoi(zone)
	if err != nil || len(zone) != 5 || n < -1400 || n > 1400 || n == 0 {
		return time.UTC
	}
	return time.FixedZone("", (n/100*60+n%100)*60)
}

// validText makes raw valid UTF-8 of at most limit bytes, cut between characters.
func validText(raw []byte, limit int) string {
	text := strings.ToValidUTF8(string(raw[:min(len(raw), limit+utf8.UTFMax)]), "\ufffd")
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// shown is the commit in the vocabulary of a change.
func (c commit) shown() checks.Commit {
	return checks.Commit{SHA: c.sha, Parents: c.parents, Author: c.author, Committer: c.committer, Message: c.message}
}
