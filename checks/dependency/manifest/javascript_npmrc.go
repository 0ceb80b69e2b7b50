package manifest

import (
	"bytes"
	"context"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// meaning says of the settings of a package manager which values weaken it: "false", "true", "0", or "*" for any, as of
// settings that name a program or a script to run.
type meaning map[string]string

// npmrcMeaning is that of npm and of pnpm, which reads the same file. In YAML, pnpm's names are written in camel case.
var npmrcMeaning = meaning{
	"ignore-scripts":               "false",
	"strict-ssl":                   "false",
	"package-lock":                 "false",
	"replace-registry-host":        "always",
	"unsafe-perm":                  "true",
	"min-release-age":              "0",
	"git":                          "*",
	"script-shell":                 "*",
	"node-options":                 "*",
	"onload-script":                "*",
	"init-module":                  "*",
	"proxy":                        "*",
	"https-proxy":                  "*",
	"http-proxy":                   "*",
	"ca":                           "*",
	"cafile":                       "*",
	"userconfig":                   "*",
	"globalconfig":                 "*",
	"dangerously-allow-all-builds": "true",
	"strict-dep-builds":            "false",
	"verify-store-integrity":       "false",
	"block-exotic-subdeps":         "false",
	"minimum-release-age":          "0",
	"trust-policy":                 "off",
	"pnpmfile":                     "*",
	"global-pnpmfile":              "*",
}

// weakens reports whether a value of a setting weakens the package manager.
func (m meaning) weakens(name, setting string) bool {
	weak := m[name]
	return weak == "*" && setting != "" && setting != "false" && setting != "null" || weak != "" && weak == setting
}

// readNPMRC reads a .npmrc: lines of names and values. Credentials are left out; they stand under names that begin with
// "//" or "_".
func readNPMRC(_ context.Context, file *File, t *text.Text) error {
	for line := 1; line <= t.Lines(); line++ {
		start, end := t.Line(line)
		name, setting, ok := iniLine(t.Bytes[start:end])
		if !ok {
			continue
		}
		file.addSetting(name, setting, npmrcMeaning, lineRange(t, start, end))
	}
	return nil
}

// lineRange is the visible part of a line.
func lineRange(t *text.Text, start, end int) checks.Range {
	line := t.Bytes[start:end]
	start += len(line) - len(bytes.TrimLeft(bytes.TrimPrefix(line, []byte("\uFEFF")), " \t"))
	return between(t, start, max(start, end-len(line)+len(bytes.TrimRight(line, " \t\r"))))
}

// iniLine splits a line at "=". A name alone means true.
func iniLine(raw []byte) (name, setting string, ok bool) {
	line := strings.TrimSpace(strings.TrimPrefix(string(raw), "\uFEFF"))
	if line == "" || line[0] == '#' || line[0] == ';' || line[0] == '[' {
		return "", "", false
	}
	name, setting, found := strings.Cut(line, "=")
	if !found {
		setting = "true"
	}
	name = strings.TrimSuffix(unquoted(strings.TrimSpace(name)), "[]")
	return name, unquoted(strings.TrimSpace(setting)), name != ""
}

// unquoted is a text without the quotation marks around it.
func unquoted(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// addSetting notes a registry, or a switch that weakens the package manager.
func (f *File) addSetting(name, setting string, meant meaning, at checks.Range) {
	scope, isRegistry := strings.CutSuffix(name, ":registry")
	switch {
	case strings.HasPrefix(name, "//") || strings.HasPrefix(name, "_"):
	case name == "registry":
		f.addRegistry("", setting, at)
	case isRegistry && strings.HasPrefix(scope, "@"):
		f.addRegistry(scope, setting, at)
	case meant.weakens(name, setting):
		f.Options = append(f.Options, Option{name, withoutCredentials(setting), at})
	}
}

func (f *File) addRegistry(scope, address string, at checks.Range) {
	if address != "" {
		f.Sources = append(f.Sources, Source{URL: withoutCredentials(address), Scope: scope, At: at})
	}
}

// addCamelSettings reads pnpm's settings in YAML: those of .npmrc in camel case, and registries by scope.
func (f *File) addCamelSettings(root value, meant meaning) {
	for m := range root.members() {
		if m.key() == "registries" && m.is(jsonc.Object) {
			for registry := range m.members() {
				scope := registry.key()
				if scope == "default" {
					scope = ""
				}
				f.addRegistry(scope, registry.text(), registry.at())
			}
		}
		if name := kebab(m.key()); m.is(jsonc.String) && meant.weakens(name, m.text()) {
			f.Options = append(f.Options, Option{m.key(), withoutCredentials(m.text()), m.at()})
		} else if name == "registry" {
			f.addRegistry("", m.text(), m.at())
		}
	}
}

// kebab is a name in camel case with hyphens: "strictSsl" is "strict-ssl".
func kebab(name string) string {
	var b strings.Builder
	for i, c := range []byte(name) {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}
