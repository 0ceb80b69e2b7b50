package secret

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// pattern is how one of our own rules matches; see README.md for how to write one.
type pattern struct {
	Key      string   `yaml:"key"`      // RE2, of the value as a whole; it must begin with a keyword or need a context
	Assigned string   `yaml:"assigned"` // RE2, of a value that tells nothing by itself and counts only after one of Names
	Names    []string `yaml:"names"`    // RE2, without regard to case
	Keywords []string `yaml:"keywords"` // one of them must be in the match, or near it if there is a context
	Context  []string `yaml:"context"`  // one of these words must stand nearby
	Entropy  float64  `yaml:"entropy"`  // bits a character that the value must exceed
	Except   string   `yaml:"except"`   // RE2, of values that are something else
	Shown    []string `yaml:"shown"`    // public prefixes that may be shown, longest first
	Replaces []string `yaml:"replaces"` // rules of gitleaks that this one makes superfluous
}

// rank orders rules by how specific they are: of two that match the same text, the higher one speaks.
type rank int

const (
	generic rank = iota
	gitleaks
	contextual
	own
)

// detector is a rule that is ready to match.
type detector struct {
	finding    checks.Finding // the template
	rank       rank
	keywords   []string
	expr       *lazyRegexp
	how        strategy
	boundary   bool // anchored: no letter, digit or underscore may precede
	reach      reach
	where      *lazyRegexp // what must stand at the keyword; may be nil
	states     int         // of the expression
	group      int         // the one that holds the value; 0 for the first that is not empty, or else the match
	entropy    float64
	except     *lazyRegexp // may be nil
	path       *lazyRegexp // the rule holds for these paths only; may be nil
	context    []string
	shown      []string
	replaces   []string
	allow      []allowlist
	inFixtures checks.Severity
	oddShape   bool // real values look like placeholders
}

// strategy is how a keyword's occurrence is turned into a match.
type strategy int

const (
	around   strategy = iota // the expression is searched for in a window around the keyword
	anchored                 // the match begins at the keyword, or where the keyword's word begins
	named                    // a name that holds the keyword, then an operator, then the value: anchored after a look for the operator
)

// reach is how far from its keyword a match is looked for, in bytes, and how far it is followed when it goes on.
type reach struct{ before, after, most int }

// lazyRegexp compiles at first use: of the hundreds of rules, a review needs a few, and a process that starts for each
// review has no time for the rest.
type lazyRegexp struct {
	source  string
	compile func() (*regexp.Regexp, error)
}

func lazily(source string) *lazyRegexp {
	return &lazyRegexp{source, sync.OnceValues(func() (*regexp.Regexp, error) { return regexp.Compile(source) })}
}

// Boundaries around a key. A key in a JSON string may follow an escaped line break, whose letter would otherwise hide
// the boundary.
const (
	keyStart = `(?:\b|\\[nrt])`
	keyEnd   = `(?:[^A-Za-z0-9_-]|$)`

	// between is what may stand between a name and its value: operators, quotes, brackets, the rest of the name.
	between = `[\w \t.\-"'\x60\])>=:(,\\]{0,32}?[=:("'\x60 \t,]`
)

// Reaches. Names are at most some dozens of bytes; the longest values are tokens of several kB.
const (
	nameReach    = 128
	valueReach   = 256
	windowReach  = 512 // in front of a keyword that can stand anywhere in a match
	tokenReach   = 4 << 10
	blockReach   = 16 << 10 // a PEM block of an RSA key of 8192 bits has 6.4 kB, PGP keys have more
	contextReach = 256      // how far a context word may be from the value
)

// loadOwn compiles our own rules and lists the rules of gitleaks that they replace, with the replacing rule.
func loadOwn() ([]ruleset.Rule[pattern], []*detector, error) {
	list, err := ruleset.Load[pattern](rules.FS, "secret/*.yaml")
	if err != nil {
		return nil, nil, err
	}
	detectors := make([]*detector, len(list))
	for i := range list {
		if detectors[i], err = newDetector(&list[i]); err != nil {
			return nil, nil, fmt.Errorf("secret rule %s: %w", list[i].ID, err)
		}
	}
	return list, detectors, nil
}

func newDetector(rule *ruleset.Rule[pattern]) (*detector, error) {
	m := &rule.Match
	d := &detector{
		finding: rule.Finding(checks.Secret), rank: own, keywords: m.Keywords, entropy: m.Entropy,
		context: m.Context, shown: m.Shown, replaces: m.Replaces, group: 1,
	}
	if len(m.Keywords) == 0 || (m.Key == "") == (m.Assigned == "") || (m.Assigned == "") != (len(m.Names) == 0) {
		return nil, fmt.Errorf("want keywords, and either key or assigned with names")
	}
	if m.Assigned != "" || len(m.Context) > 0 {
		d.rank = contextual
	}
	if err := d.planOwn(m); err != nil {
		return nil, err
	}
	if m.Except != "" {
		d.except = lazily(m.Except)
	}
	return d, nil
}

// planOwn chooses how one of our rules is searched for: at its keyword if it begins with one, and else around it.
func (d *detector) planOwn(m *pattern) error {
	core := `(` + m.Key + `)` + keyEnd
	if m.Assigned != "" {
		core = `(?i:` + alternatives(m.Names) + `)` + between + `(` + m.Assigned + `)` + keyEnd
	}
	shape, err := syntax.Parse(core, syntax.Perl)
	if err != nil {
		return err
	}
	after := min(longest(shape), tokenReach)
	d.states = states(shape)
	if begins, _ := beginsWithKeyword(shape, lowered(m.Keywords)); begins {
		d.how, d.boundary, d.expr, d.reach = anchored, m.Key != "", lazily(`^(?:`+core+`)`), reach{0, after, blockReach}
		return nil
	}
	before := min(after, nameReach)
	if len(m.Context) > 0 {
		before, after = contextReach, contextReach
	}
	if m.Key != "" {
		core = keyStart + core
	}
	d.how, d.expr, d.reach = around, lazily(core), reach{before, after, max(after, valueReach)}
	return nil
}

func alternatives(list []string) string {
	out := ""
	for i, item := range list {
		if i > 0 {
			out += "|"
		}
		out += "(?:" + item + ")"
	}
	return out
}
