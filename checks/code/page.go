package code

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

var cweID = regexp.MustCompile(`CWE-[1-9][0-9]*`)

const longestTitle = 120 // bytes

// firstSentence is a text up to its first full stop, on one line and cut to the length of a title.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if at := strings.Index(text, ". "); at > 0 {
		text = text[:at]
	}
	text = strings.TrimSuffix(text, ".")
	if len(text) > longestTitle {
		text = strings.ToValidUTF8(text[:longestTitle], "") + "…"
	}
	return text
}

// annotations are the comments in examples by which tests know where a finding is expected. A page shows code alone.
var annotations = regexp.MustCompile(`(?m)^.*\bruleid:.*\n`)

// pages are the public pages of our rules.
func (c *catalogue) pages() []rules.Page {
	var out []rules.Page
	for i := range c.list {
		r := c.list[i]
		for _, examples := range []*[]ruleset.Example{&r.Examples.Bad, &r.Examples.Good} {
			plain := make([]ruleset.Example, len(*examples))
			for j, e := range *examples {
				e.Text = annotations.ReplaceAllString(e.Text, "")
				plain[j] = e
			}
			*examples = plain
		}
		out = append(out, r.Page(checks.Code, describe(&r)...))
	}
	return out
}

// describe says how a rule finds what it finds.
func describe(r *ownRule) []string {
	var out []string
	if mode := r.Match.Node.Get("mode"); mode != nil && mode.Text == "taint" {
		out = append(out, "Assay follows the data from where it enters to where it does harm, through variables, calls and the files of the repository; a finding shows the way.")
	}
	if r.Class == checks.ClassCode {
		out = append(out, "In tests, examples and documentation a finding is of a lower severity and does not block.")
	}
	if isOff(r) {
		out = append(out, "The rule is off unless it is asked for: that something is missing here is often made up for elsewhere.")
	}
	if id := risk(r); id != "" {
		out = append(out, fmt.Sprintf("Risk `%s` of Assay's catalogue.", id))
	}
	return out
}
