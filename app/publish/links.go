package publish

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// Links says where things are on the web.
type Links struct {
	// Web is the address of GitHub's pages, such as https://github.com.
	Web string

	// Rule gives the public page of a rule, or nothing when it has none; see [RulePages].
	Rule func(checks.RuleID) string
}

// ownRule is how Assay names its rules. A rule that an organisation brings has its own kind of id and no page of ours.
var ownRule = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// RulePages gives each rule the page base/ID/.
func RulePages(base string) func(checks.RuleID) string {
	base = strings.TrimSuffix(base, "/")
	return func(rule checks.RuleID) string {
		if !ownRule.MatchString(string(rule)) {
			return ""
		}
		return base + "/" + string(rule) + "/"
	}
}

// rule is a rule's id, linked to its page.
func (l Links) rule(id checks.RuleID) markdown.Inline {
	name := markdown.Text(markdown.Clip(string(id), maxCell))
	if l.Rule == nil {
		return name
	}
	return markdown.Link(name, l.Rule(id))
}

// place is the address of lines of a file at a commit; empty when it would be too long.
func (p *Publisher) place(commit checks.CommitSHA, path checks.Path, first, last int) string {
	// Markdown files are shown rendered unless asked otherwise, and then have no lines.
	if len(path) > maxAddress {
		return ""
	}
	address := fmt.Sprintf("%s/blob/%s/%s?plain=1", p.home(), commit, escapePath(path))
	switch {
	case len(address) > maxAddress:
		return "" // linked nowhere
	case first < 1:
		return address
	case last > first:
		return fmt.Sprintf("%s#L%d-L%d", address, first, last)
	}
	return fmt.Sprintf("%s#L%d", address, first)
}

func (p *Publisher) pullPage(number int) string { return fmt.Sprintf("%s/pull/%d", p.home(), number) }

func (p *Publisher) home() string {
	return strings.TrimSuffix(p.links.Web, "/") + "/" + p.owner + "/" + p.repo
}

// escapePath percent-encodes the raw bytes of a path, all but its slashes and what no address needs escaped.
func escapePath(path checks.Path) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
