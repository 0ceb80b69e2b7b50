package secret

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/assay-app/assay/checks"
)

// gitleaksConfig is the part of gitleaks' configuration that we use. Its detector is not used: it compiles all rules at
// start, runs each over whole files, and skips files by their path.
type gitleaksConfig struct {
	Allowlist  gitleaksAllowlist   `toml:"allowlist"`
	Allowlists []gitleaksAllowlist `toml:"allowlists"`
	Rules      []gitleaksRule      `toml:"rules"`
}

type gitleaksRule struct {
	ID          string              `toml:"id"`
	Regex       string              `toml:"regex"`
	Path        string              `toml:"path"`
	SecretGroup int                 `toml:"secretGroup"`
	Entropy     float64             `toml:"entropy"`
	Keywords    []string            `toml:"keywords"`
	Allowlist   gitleaksAllowlist   `toml:"allowlist"`
	Allowlists  []gitleaksAllowlist `toml:"allowlists"`
}

type gitleaksAllowlist struct {
	TargetRules []string `toml:"targetRules"`
	Condition   string   `toml:"condition"`
	RegexTarget string   `toml:"regexTarget"`
	Paths       []string `toml:"paths"`
	Regexes     []string `toml:"regexes"`
	StopWords   []string `toml:"stopwords"`
}

// loadGitleaks makes detectors of gitleaks' rules, but for those that ours replace; to ours it gives the allowlists of
// what they replace. The global list applies to all of them, without its paths: they leave out vendored code, lockfiles
// and whatever is called *.bin.
func loadGitleaks(s *gitleaksSettings, ours []*detector) ([]*detector, error) {
	var cfg gitleaksConfig
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &cfg); err != nil {
		return nil, fmt.Errorf("gitleaks' rules: %w", err)
	}
	global := append(allowlistsOf(cfg.Allowlists), allowlistsOf([]gitleaksAllowlist{cfg.Allowlist})...)
	replaced := map[string]*detector{}
	for _, d := range ours {
		d.allow = append(d.allow, global...)
		for _, id := range d.replaces {
			replaced[id] = d
		}
	}
	var detectors []*detector
	for i := range cfg.Rules {
		rule := &cfg.Rules[i]
		allow := allowlistsOf(append(rule.Allowlists, rule.Allowlist))
		if d, ok := replaced[rule.ID]; ok {
			d.allow = append(d.allow, allow...)
			continue
		}
		if rule.Regex == "" || slices.Contains(s.Skip, rule.ID) {
			continue
		}
		d, err := newGitleaksDetector(s, rule)
		if err != nil {
			return nil, fmt.Errorf("gitleaks' rule %s: %w", rule.ID, err)
		}
		d.allow = append(allow, global...)
		detectors = append(detectors, d)
	}
	return detectors, nil
}

func newGitleaksDetector(s *gitleaksSettings, rule *gitleaksRule) (*detector, error) {
	d := &detector{
		finding: describe(s, rule.ID), rank: gitleaks, keywords: lowered(rule.Keywords),
		group: rule.SecretGroup, entropy: rule.Entropy,
	}
	o := s.override(rule.ID)
	if o != nil {
		d.inFixtures, d.oddShape = o.InFixtures, o.OddShape
		if len(o.Keywords) > 0 {
			d.keywords = lowered(o.Keywords)
		}
		if o.Where != "" {
			d.where = lazily(o.Where)
		}
		if o.Generic {
			d.rank = generic
		}
	}
	for _, keyword := range d.keywords { // a key that begins with its keyword, such as ghp_, may show it
		if strings.HasSuffix(keyword, "_") || strings.HasSuffix(keyword, "-") {
			d.shown = append(d.shown, keyword)
		}
	}
	if rule.Path != "" {
		d.path = lazily(rule.Path)
	}
	if err := d.plan(rule.Regex); err != nil {
		return nil, err
	}
	if o != nil && o.After > 0 {
		d.reach.after = o.After
	}
	return d, nil
}

// anyName is how most of gitleaks' expressions begin: the rest of the name in front of the word that matters. It makes
// every position of a text a candidate, and is left out here; see [detector.plan].
const anyName = `[\w.-]{0,50}?`

// maxName is the bound in anyName.
const maxName = 50

// plan chooses how an expression is searched for.
func (d *detector) plan(source string) error {
	if rest, ok := strings.CutPrefix(source, `(?i)`+anyName); ok {
		tail, err := syntax.Parse(`(?i)`+rest, syntax.Perl)
		if err != nil {
			return err
		}
		begins, _ := beginsWithKeyword(tail, d.keywords)
		if names := literals(tail); !begins && len(names) > 0 && !slices.ContainsFunc(names, tooShort) {
			begins, d.keywords = true, names // its keyword stands in the value, and is too common to look for
		}
		if begins {
			d.how, d.expr, d.reach = named, lazily(`^(?:(?i)`+rest+`)`), reach{maxName, min(longest(tail), valueReach), tokenReach}
			return nil
		}
	}
	shape, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return err
	}
	d.states = states(shape)
	after := min(longest(shape), tokenReach)
	if spansLines(shape) {
		after = blockReach
	}
	if begins, boundary := beginsWithKeyword(shape, d.keywords); begins {
		d.how, d.boundary, d.expr, d.reach = anchored, boundary, lazily(`^(?:`+source+`)`), reach{0, after, blockReach}
		return nil
	}
	d.how, d.expr, d.reach = around, lazily(source), reach{windowReach, after, blockReach}
	return nil
}

func tooShort(name string) bool { return len(name) < 3 }

func (s *gitleaksSettings) override(id string) *override {
	for i := range s.Overrides {
		if slices.Contains(s.Overrides[i].IDs, id) {
			return &s.Overrides[i]
		}
	}
	return nil
}

// describe is the finding that a rule of gitleaks makes.
func describe(s *gitleaksSettings, id string) checks.Finding {
	f := checks.Finding{
		Rule: checks.RuleID(id), Check: checks.Secret, Class: s.Class, Severity: s.Severity, Confidence: s.Confidence,
		Title: s.title(id) + " committed", Taxonomy: s.Taxonomy,
		Remediation: checks.Remediation{Text: s.Remediation},
	}
	if o := s.override(id); o != nil {
		for _, field := range []struct {
			to   *string
			from string
		}{{&f.Title, o.Title}, {(*string)(&f.Severity), string(o.Severity)}, {(*string)(&f.Confidence), string(o.Confidence)}} {
			if field.from != "" {
				*field.to = field.from
			}
		}
	}
	f.Message = s.message(id, f.Title) + " " + s.Why
	return f
}

// message says what a rule found: what its override says, or else what its title names.
func (s *gitleaksSettings) message(id, title string) string {
	if o := s.override(id); o != nil && o.Message != "" {
		return o.Message
	}
	return strings.ReplaceAll(s.Message, "{kind}", strings.TrimSuffix(title, " committed"))
}

// title spells a rule's id as words: github-app-token is "GitHub app token".
func (s *gitleaksSettings) title(id string) string {
	words := strings.Split(id, "-")
	for i, word := range words {
		if known, ok := s.Words[word]; ok {
			words[i] = known
		} else if i == 0 && word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, " ")
}

func lowered(words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = strings.ToLower(word)
	}
	return out
}
