package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-app/assay/checks"
)

// ruleFlags name rules beside Assay's own.
type ruleFlags struct {
	Rules     rulePaths `placeholder:"FILE_OR_DIR" help:"Files and folders of rules in Semgrep's language, beside Assay's own."`
	OnlyRules bool      `help:"Run the rules of --rules and nothing else."`
}

// Bounds of the rules that one run takes. The largest public collection has some 2,000 files of 10 MiB together.
const (
	maxRuleFiles = 10_000
	maxRuleBytes = 64 << 20
)

// rulePaths are files and folders of rules.
type rulePaths []string

// read reads them all, folders in depth and in the order of their names. A folder's hidden files and its test files
// (x.test.yaml) are no rules.
func (paths rulePaths) read() ([]checks.RuleFile, error) {
	var files []checks.RuleFile
	total := 0
	add := func(name string) error {
		text, err := readBounded(name, maxRuleBytes-total)
		if err != nil {
			return err
		}
		total += len(text)
		if files = append(files, checks.RuleFile{Name: name, Text: text}); len(files) > maxRuleFiles {
			return fmt.Errorf("more than %d files", maxRuleFiles)
		}
		return nil
	}
	for _, path := range paths {
		before := len(files)
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case name != path && strings.HasPrefix(entry.Name(), "."):
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			case entry.IsDir() || name != path && !isRuleFile(entry.Name()):
				return nil
			}
			return add(name)
		})
		if err != nil {
			return nil, usage(fmt.Errorf("--rules %s: %w", path, err))
		}
		if len(files) == before {
			return nil, usage(fmt.Errorf("--rules %s: no .yaml or .yml file in it", path))
		}
	}
	return files, nil
}

func isRuleFile(name string) bool {
	for _, suffix := range []string{".yaml", ".yml"} {
		if stem, ok := strings.CutSuffix(name, suffix); ok {
			return !strings.HasSuffix(stem, ".test") && !strings.HasSuffix(stem, ".fixed")
		}
	}
	return false
}

func readBounded(name string, most int) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	if len(text) > most {
		return "", fmt.Errorf("more than %d MiB of rules", maxRuleBytes>>20)
	}
	return string(text), nil
}
