package imports

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// settings is rules/dependency/imports.yaml, ready for use.
type settings struct {
	python, script, rust words
	folders              map[string]bool // whose files are no part of the program
	aside                map[string]bool // whose files stand beside it
}

// words are what is known of the modules of one language.
type words struct {
	standard, hosted map[string]bool
	distributions    map[string][]string
	namespaces       map[string]bool
	brings           map[string][]string
	files            map[string][]string // packages that a tool which runs files of that name has
}

func loadSettings() (*settings, error) {
	type written struct {
		Standard      string            `yaml:"standard"`
		Python2       string            `yaml:"python2"`
		Hosted        string            `yaml:"hosted"`
		Distributions map[string]string `yaml:"distributions"`
		Namespaces    string            `yaml:"namespaces"`
		Brings        map[string]string `yaml:"brings"`
		Files         map[string]string `yaml:"files"`
	}
	var s struct {
		Python     written `yaml:"python"`
		JavaScript written `yaml:"javascript"`
		Rust       written `yaml:"rust"`
		Folders    string  `yaml:"folders"`
		Aside      string  `yaml:"aside"`
	}
	if err := ruleset.Decode(rules.FS, "dependency/imports.yaml", &s); err != nil {
		return nil, err
	}
	ready := func(w *written) words {
		return words{
			standard: set(w.Standard + " " + w.Python2), hosted: set(w.Hosted), namespaces: set(w.Namespaces),
			distributions: lists(w.Distributions), brings: lists(w.Brings), files: lists(w.Files),
		}
	}
	return &settings{ready(&s.Python), ready(&s.JavaScript), ready(&s.Rust), set(s.Folders), set(s.Aside)}, nil
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		out[word] = true
	}
	return out
}

func lists(m map[string]string) map[string][]string {
	out := make(map[string][]string, len(m))
	for key, list := range m {
		out[key] = strings.Fields(list)
	}
	return out
}

// passedOver reports whether a file lies where no part of the program does: in what others wrote, in what tests read, in
// templates of files yet to be made.
func (s *settings) passedOver(file checks.Path) bool {
	return lies(file, func(folder string) bool {
		return s.folders[folder] || strings.Contains(folder, "{{") || strings.Contains(folder, "fixture")
	})
}

// isAside reports whether a file lies beside the program: an example, a benchmark, documentation, a notebook.
func (s *settings) isAside(file checks.Path) bool {
	return path.Ext(string(file)) == notebookEnd || lies(file, func(folder string) bool { return s.aside[folder] })
}

// lies reports whether one of the folders that a file lies in passes, in lower case.
func lies(file checks.Path, passes func(folder string) bool) bool {
	for name := strings.ToLower(string(file)); ; {
		folder, rest, ok := strings.Cut(name, "/")
		if !ok {
			return false
		}
		if passes(folder) {
			return true
		}
		name = rest
	}
}
