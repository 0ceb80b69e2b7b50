package semgrep

import (
	"strings"
	"testing"
)

func TestOptionsThatAreNotHonouredAreRefused(t *testing.T) {
	tests := map[string]bool{
		"symbolic_propagation: true":                      true,
		"generic_multiline: false":                        true,
		"generic_caseless: false":                         true,
		"generic_caseless: true":                          false,
		"generic_extra_braces: [['<', '>']]":              false,
		"taint_only_propagate_through_assignments: false": true,
		"taint_only_propagate_through_assignments: true":  false,
		"interfile: true":                                 true,
		"an_option: true":                                 false,
		"ac_matching: 1":                                  false,
	}
	for option, want := range tests {
		rule := "rules:\n- id: a\n  severity: ERROR\n  message: b\n  languages: [python]\n  pattern: c\n  options:\n    " + option + "\n"
		loaded, errs := (&Loader{Strict: true}).Load("a.yaml", []byte(rule))
		if (len(errs) == 0) != want || (len(loaded) == 1) != want {
			t.Errorf("%s: %d rules, %v", option, len(loaded), errs)
		}
		name, _, _ := strings.Cut(option, ":")
		if !want && len(errs) > 0 && !strings.Contains(errs[0].Error(), name) {
			t.Errorf("%s: %v", option, errs[0])
		}
	}
}
