package pickle

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// trust is what a name may do.
type trust uint8

const (
	unlisted trust = iota
	harmless       // used as it is listed for
	harmful        // of the table of danger, or of Python's own library and not listed
)

// catalogue is what is known of names. It is immutable.
type catalogue struct {
	modules, names map[string]string // what they are called now
	call, refer    map[string]bool   // full names
	instantiate    []string          // packages
	danger         map[string]string
	standard       map[string]bool // top-level modules of Python
}

func newCatalogue() (*catalogue, error) {
	var file struct {
		Renamed struct {
			Modules map[string]string `yaml:"modules"`
			Names   map[string]string `yaml:"names"`
		} `yaml:"renamed"`
		Call        map[string][]string `yaml:"call"`
		Instantiate []string            `yaml:"instantiate"`
		Refer       map[string][]string `yaml:"refer"`
		Danger      map[string]string   `yaml:"danger"`
		Standard    []string            `yaml:"standard"`
	}
	if err := ruleset.Decode(rules.FS, "model/pickle-names.yaml", &file); err != nil {
		return nil, err
	}
	c := &catalogue{
		modules: file.Renamed.Modules, names: file.Renamed.Names, instantiate: file.Instantiate, danger: file.Danger,
		call: full(file.Call), refer: full(file.Refer), standard: map[string]bool{},
	}
	for _, name := range file.Standard {
		c.standard[name] = true
	}
	for name := range c.call {
		if why := c.why(name); why != "" && !strings.HasPrefix(name, "torch.") {
			return nil, fmt.Errorf("model/pickle-names.yaml: %s is listed and dangerous: %s", name, why)
		}
	}
	return c, nil
}

// full is the names of modules, with the modules.
func full(modules map[string][]string) map[string]bool {
	names := map[string]bool{}
	for module, list := range modules {
		for _, name := range list {
			names[module+"."+name] = true
		}
	}
	return names
}

// current is a name as today's Python calls it.
func (c *catalogue) current(module, name string) string {
	if now, ok := c.modules[module]; ok {
		module = now
	}
	joined := module + "." + name
	if now, ok := c.names[joined]; ok {
		return now
	}
	return joined
}

// judge says what a name is trusted with in the way that it is used.
func (c *catalogue) judge(name string, how usage) trust {
	switch {
	case c.call[name]:
		return harmless
	case how == referred && c.refer[name]:
		return harmless
	case how == instantiated && c.refer[name]:
		return harmless
	}
	if c.why(name) != "" {
		return harmful
	}
	top, _, _ := strings.Cut(name, ".")
	if c.standard[top] {
		if how == referred && isClass(name) {
			return unlisted
		}
		return harmful
	}
	if how != called && (isClass(name) || how == referred) && c.isKnown(name) {
		return harmless // a model may keep a function of its library, to call it on data
	}
	return unlisted
}

// isKnown reports whether a name lies in a package whose classes only take their state.
func (c *catalogue) isKnown(name string) bool {
	for _, p := range c.instantiate {
		if rest, ok := strings.CutPrefix(name, p); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// why says why a name is dangerous; "" when it is in no table. The longest entry that it lies in speaks.
func (c *catalogue) why(name string) string {
	for at := name; at != ""; {
		if why := c.danger[at]; why != "" {
			return why
		}
		i := strings.LastIndexByte(at, '.')
		if i < 0 {
			break
		}
		at = at[:i]
	}
	return ""
}

// isClass reports whether a name is written as classes are: the last part begins with a capital.
func isClass(name string) bool {
	last := strings.TrimLeft(name[strings.LastIndexByte(name, '.')+1:], "_")
	r, _ := utf8.DecodeRuneInString(last)
	return unicode.IsUpper(r)
}
