package code

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/rules"
)

// Where our rules are, and the sets of patterns that they share.
const (
	ruleFiles = "code/*.yaml"
	setFiles  = "code/sets/*.yaml"
)

// ownKeys of a rule's match are ours and none of Semgrep's: the risk that it finds, and whether it is off unless asked for.
var ownKeys = []string{"risk", "off"}

// ownRule is a rule of Assay's as its file says it.
type ownRule = ruleset.Rule[semgrep.Body]

// rule is a rule that can be run: one of ours, or one that an organisation brought.
type rule struct {
	*semgrep.Rule
	finding checks.Finding // what every finding of it says alike
	own     bool
}

// catalogue holds our rules.
type catalogue struct {
	list    []ownRule
	byID    map[checks.RuleID]*rule
	rules   []*rule  // those that are on
	shelves []*shelf // those that are read when they are needed
	places  *places
}

// newCatalogue reads all our rules. No pattern is parsed: that is left to the first file for which a rule may find something,
// unless strict asks for it.
func newCatalogue(strict bool) (*catalogue, error) {
	places, err := newPlaces()
	if err != nil {
		return nil, fmt.Errorf("code rules: %w", err)
	}
	sets, err := loadSets(rules.FS)
	if err != nil {
		return nil, fmt.Errorf("code rules: %w", err)
	}
	list, err := ruleset.Load[semgrep.Body](rules.FS, ruleFiles)
	if err != nil {
		return nil, fmt.Errorf("code rules: %w", err)
	}
	c := &catalogue{list: list, byID: map[checks.RuleID]*rule{}, places: places}
	loader := semgrep.Loader{Sets: sets, Strict: strict}
	for i := range list {
		own := &list[i]
		r, err := compile(&loader, own)
		if err != nil {
			return nil, fmt.Errorf("code rules: %w", err)
		}
		c.byID[own.ID] = r
		if !isOff(own) {
			c.rules = append(c.rules, r)
		}
	}
	return c, nil
}

func isOff(r *ownRule) bool {
	off := r.Match.Node.Get("off")
	return off != nil && off.Text == "true"
}

// risk is the id of the risk that a rule of ours finds.
func risk(r *ownRule) string {
	if n := r.Match.Node.Get("risk"); n != nil {
		return n.Text
	}
	return ""
}

// setFile is a file of pattern sets.
type setFile struct {
	Sets map[string]struct {
		About string       `yaml:"about"` // what the patterns have in common
		Any   semgrep.Body `yaml:"any"`
	} `yaml:"sets"`
}

func loadSets(fsys fs.FS) (map[string]*semgrep.Node, error) {
	names, err := fs.Glob(fsys, setFiles)
	if err != nil {
		return nil, err
	}
	sets := map[string]*semgrep.Node{}
	for _, name := range names {
		var file setFile
		if err := ruleset.Decode(fsys, name, &file); err != nil {
			return nil, err
		}
		for set, content := range file.Sets {
			if sets[set] != nil {
				return nil, fmt.Errorf("%s: the set %s stands in another file too", name, set)
			}
			if content.About == "" {
				return nil, fmt.Errorf("%s: the set %s says not what it is about", name, set)
			}
			sets[set] = content.Any.Node
		}
	}
	return sets, nil
}

// foreign makes rules of the files that an organisation brought. The errors say which rules are refused, and why.
func foreign(files []checks.RuleFile) ([]*rule, []error) {
	var out []*rule
	var refused []error
	loader := semgrep.Loader{Strict: true}
	for _, file := range files {
		loaded, errs := loader.Load(file.Name, []byte(file.Text))
		refused = append(refused, errs...)
		for _, r := range loaded {
			out = append(out, &rule{Rule: r, finding: foreignFinding(r)})
		}
	}
	return out, refused
}

// foreignFinding takes from a rule's metadata what Semgrep's rules say there.
func foreignFinding(r *semgrep.Rule) checks.Finding {
	f := checks.Finding{
		Rule: checks.RuleID(r.ID), Check: checks.Code, Class: checks.ClassCode, Severity: foreignSeverity(r.Severity),
		Confidence: checks.ConfidenceMedium, Title: titleOf(r), Message: r.Message,
	}
	for _, text := range texts(r.Metadata.Get("cwe")) {
		if id := cweID.FindString(text); id != "" && !slices.Contains(f.Taxonomy.CWE, id) {
			f.Taxonomy.CWE = append(f.Taxonomy.CWE, id)
		}
	}
	f.Remediation.References = texts(r.Metadata.Get("references"))
	switch level := r.Metadata.Get("confidence"); {
	case level == nil:
	case level.Text == "HIGH":
		f.Confidence = checks.ConfidenceHigh
	case level.Text == "LOW":
		f.Confidence = checks.ConfidenceLow
	}
	return f
}

func foreignSeverity(s string) checks.Severity {
	switch s {
	case "CRITICAL":
		return checks.Critical
	case "ERROR", "HIGH":
		return checks.High
	case "WARNING", "MEDIUM":
		return checks.Medium
	case "INFO", "LOW":
		return checks.Low
	}
	return checks.Info // INVENTORY, EXPERIMENT
}

// texts are a string, or those of a list.
func texts(n *semgrep.Node) []string {
	switch {
	case n == nil:
	case n.Kind == semgrep.StringNode:
		return []string{n.Text}
	case n.Kind == semgrep.ListNode:
		var out []string
		for _, item := range n.Items {
			if item.Kind == semgrep.StringNode {
				out = append(out, item.Text)
			}
		}
		return out
	}
	return nil
}

// titleOf makes a title of the first sentence of a rule's message.
func titleOf(r *semgrep.Rule) string {
	sentence := firstSentence(r.Message)
	return cmp.Or(sentence, r.ID)
}
