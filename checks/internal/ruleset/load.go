package ruleset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"

	"github.com/goccy/go-yaml"

	"github.com/assay-app/assay/checks"
)

// MaxFile bounds one file of rules in bytes; the largest of ours is a tenth of it.
const MaxFile = 1 << 20

// ruleFile is a file of rules.
type ruleFile[M any] struct {
	Defaults Rule[M]   `yaml:"defaults"`
	Rules    []Rule[M] `yaml:"rules"`
}

// Load reads all rules of the files that match a pattern of [fs.Glob]. A rule that leaves something out takes it from
// the defaults of its file. An unknown or repeated key, a rule that says too little and an id given twice are errors
// that name the file and, where it is known, the line.
func Load[M any](fsys fs.FS, pattern string) ([]Rule[M], error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, fmt.Errorf("rules %s: %w", pattern, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("rules %s: no such file", pattern)
	}
	var rules []Rule[M]
	seen := map[checks.RuleID]string{}
	for _, name := range names {
		var file ruleFile[M]
		if err := Decode(fsys, name, &file); err != nil {
			return nil, err
		}
		for i := range file.Rules {
			rule := &file.Rules[i]
			rule.inherit(file.Defaults)
			if err := rule.validate(); err != nil {
				return nil, fmt.Errorf("%s: rule %d (%s): %w", name, i+1, rule.ID, err)
			}
			if first, ok := seen[rule.ID]; ok {
				return nil, fmt.Errorf("%s: rule %s stands in %s already", name, rule.ID, first)
			}
			seen[rule.ID] = name
		}
		rules = append(rules, file.Rules...)
	}
	return rules, nil
}

// Decode reads one YAML document into v, strictly: unknown and repeated keys and a second document are errors. Where fsys
// has the document's compiled form, that is read instead; see [CompiledDir].
func Decode(fsys fs.FS, name string, v any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	if len(raw) > MaxFile {
		return fmt.Errorf("%s: larger than %d KiB", name, MaxFile>>10)
	}
	if into := reflect.ValueOf(v).Elem(); into.IsZero() {
		if decodeCompiled(fsys, name, raw, v) == nil {
			return nil
		}
		into.SetZero() // what the compiled form may have left
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
	if err := decoder.Decode(v); err != nil {
		return fmt.Errorf("%s%w", name, located(err))
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one YAML document", name)
	}
	return nil
}

// located puts the line in front of what the decoder says, so that the whole reads file:line: problem.
func located(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New(": empty file")
	}
	var syntax yaml.Error
	if errors.As(err, &syntax) && syntax.GetToken() != nil && syntax.GetToken().Position != nil {
		return fmt.Errorf(":%d: %s", syntax.GetToken().Position.Line, syntax.GetMessage())
	}
	return fmt.Errorf(": %w", err)
}
