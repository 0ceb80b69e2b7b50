package secret

import (
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"

	"github.com/assay-app/assay/checks"
)

// TestWhatGitleaksFindsIsFound asks gitleaks itself: for each of its rules, texts are made up from the rule's own
// expression, and whatever gitleaks' detector reports in them has to be reported here too, at the same value.
func TestWhatGitleaksFindsIsFound(t *testing.T) {
	var cfg gitleaksConfig
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &cfg); err != nil {
		t.Fatal(err)
	}
	theirs, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	theirs.IgnoreGitleaksAllow = true
	s, err := loadSettings()
	if err != nil {
		t.Fatal(err)
	}
	c := newCheck(t).catalogue
	confirmed := map[string]int{}
	for _, rule := range cfg.Rules {
		if rule.Regex == "" || slices.Contains(s.Gitleaks.Skip, rule.ID) || narrower[rule.ID] != "" {
			continue
		}
		t.Run(rule.ID, func(t *testing.T) {
			shape, err := syntax.Parse(rule.Regex, syntax.Perl)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(1, uint64(len(rule.Regex))))
			for n := 0; n < 400 && confirmed[rule.ID] < 3; n++ {
				content := fmt.Sprintf("# %s\n%s\nlast line\n", rule.Keywords[0], sample(shape, random))
				path := pathFor(rule.Path)
				//lint:ignore SA1019 its successor comes with version 9
				for _, finding := range theirs.Detect(detect.Fragment{Raw: content, FilePath: path}) {
					if finding.RuleID != rule.ID {
						continue
					}
					confirmed[rule.ID]++
					ours, err := c.newScanner(checks.Path(path), []byte(content), stepsBasis)
					if err != nil {
						t.Fatal(err)
					}
					ours.all = true
					matches, err := ours.run(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					same := func(m match) bool {
						return strings.Contains(m.value, finding.Secret) && (!m.innocent || m.rule.rank == generic)
					}
					if !slices.ContainsFunc(matches, same) {
						t.Errorf("%q: gitleaks finds %q, we find %d others", content, finding.Secret, len(matches))
					}
				}
			}
			if confirmed[rule.ID] == 0 {
				t.Errorf("no text was made up that gitleaks reports, so that nothing was compared")
			}
		})
	}
}

// narrower are the rules of gitleaks that ours replace on purpose by something that matches less, and why.
var narrower = map[string]string{
	"aws-amazon-bedrock-api-key-short-lived": "gitleaks matches the public prefix alone",
	"cohere-api-token":                       "gitleaks lets line breaks stand between the name and the value",
	"sourcegraph-access-token":               "gitleaks takes every commit id in a file that names Sourcegraph",
}

// pathFor is a path for the rules that hold for some paths only.
func pathFor(expression string) string {
	for _, path := range []string{"a.php", "a.tf", "a.yaml", "nuget.config"} {
		if expression != "" && matchesPath(expression, path) {
			return path
		}
	}
	return "config.txt"
}

func matchesPath(expression, path string) bool {
	re, err := lazily(expression).compile()
	return err == nil && re.MatchString(path)
}

// sample makes up a text that an expression matches, of characters that files are made of.
func sample(re *syntax.Regexp, random *rand.Rand) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		var choices []rune
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1] && r < 0x7f; r++ {
				if r >= ' ' || r == '\n' {
					choices = append(choices, r)
				}
			}
		}
		return string(choices[random.IntN(len(choices))])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "." // a dot that nobody escaped
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		low, high := 0, 1
		switch re.Op {
		case syntax.OpPlus:
			low, high = 1, 8
		case syntax.OpStar:
			high = 8
		case syntax.OpRepeat:
			if low, high = re.Min, re.Max; high < 0 {
				high = low + 40
			}
			if re.Flags&syntax.NonGreedy != 0 {
				high = min(high, low+3)
			}
		}
		var b strings.Builder
		for range low + random.IntN(high-low+1) {
			if re.Sub[0].Op == syntax.OpAnyChar || re.Sub[0].Op == syntax.OpAnyCharNotNL {
				b.WriteRune(rune('a' + random.IntN(26)))
				continue
			}
			b.WriteString(sample(re.Sub[0], random))
		}
		return b.String()
	case syntax.OpAlternate:
		return sample(re.Sub[random.IntN(len(re.Sub))], random)
	}
	var b strings.Builder
	for _, sub := range re.Sub {
		b.WriteString(sample(sub, random))
	}
	return b.String()
}
