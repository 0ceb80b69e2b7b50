package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// yarnrcMeaning is that of Yarn 1, yarnrcYAMLMeaning that of later ones.
var (
	yarnrcMeaning = meaning{
		"strict-ssl":                         "false",
		"ignore-scripts":                     "false",
		"install.ignore-scripts":             "false",
		"unsafe-disable-integrity-migration": "true",
		"yarn-path":                          "*",
		"cafile":                             "*",
		"proxy":                              "*",
		"https-proxy":                        "*",
		"script-shell":                       "*",
	}
	yarnrcYAMLMeaning = meaning{
		"enableScripts":           "true",
		"enableStrictSsl":         "false",
		"enableHardenedMode":      "false",
		"enableImmutableInstalls": "false",
		"checksumBehavior":        "ignore",
		"npmMinimalAgeGate":       "0",
		"yarnPath":                "*",
		"httpsCaFilePath":         "*",
		"httpProxy":               "*",
		"httpsProxy":              "*",
	}
)

// readYarnRC reads a .yarnrc of Yarn 1: lines of a name and a value, either perhaps in quotation marks.
func readYarnRC(_ context.Context, file *File, t *text.Text) error {
	for line := 1; line <= t.Lines(); line++ {
		start, end := t.Line(line)
		raw := strings.TrimSpace(strings.TrimPrefix(string(t.Bytes[start:end]), "\uFEFF"))
		if raw == "" || raw[0] == '#' {
			continue
		}
		name, setting := yarnSetting(raw)
		file.addSetting(strings.TrimPrefix(name, "--"), setting, yarnrcMeaning, lineRange(t, start, end))
	}
	return nil
}

// yarnSetting splits a line at white space. A name alone means true.
func yarnSetting(line string) (name, setting string) {
	end := strings.IndexAny(line, " \t")
	if strings.HasPrefix(line, `"`) {
		if i := strings.IndexByte(line[1:], '"'); i >= 0 {
			end = i + 2
		}
	}
	if end < 0 || end >= len(line) {
		return yarnWord(line), "true"
	}
	return yarnWord(line[:end]), yarnWord(strings.TrimSpace(line[end:]))
}

// readYarnRCYAML reads a .yarnrc.yml of Yarn 2 and later.
func readYarnRCYAML(_ context.Context, file *File, t *text.Text) error {
	documents, err := yamlOf(file, t)
	if err != nil {
		return err
	}
	for _, root := range documents {
		for m := range root.members() {
			file.addYarnSetting(m)
		}
	}
	return nil
}

func (f *File) addYarnSetting(m value) {
	switch key := m.key(); key {
	case "npmRegistryServer":
		f.addRegistry("", m.text(), m.at())
	case "npmScopes":
		for scope := range m.members() {
			if registry := scope.get("npmRegistryServer"); m.is(jsonc.Object) && registry.is(jsonc.String) {
				f.addRegistry("@"+strings.TrimPrefix(scope.key(), "@"), registry.text(), registry.at())
			}
		}
	case "unsafeHttpWhitelist", "approvedGitRepositories", "npmPreapprovedPackages":
		f.addAllowed(m)
	case "plugins":
		for plugin := range m.members() {
			spec := plugin
			if plugin.is(jsonc.Object) {
				if spec = plugin.get("spec"); !spec.is(jsonc.String) {
					spec = plugin.get("path")
				}
			}
			if spec.is(jsonc.String) {
				f.Options = append(f.Options, Option{key, withoutCredentials(spec.text()), plugin.at()})
			}
		}
	case "packageExtensions":
		f.addExtensions(m)
	case "catalog", "catalogs":
		f.addCatalogs(m)
	default:
		if m.is(jsonc.String) {
			f.addSetting(key, m.text(), yarnrcYAMLMeaning, m.at())
		}
	}
}
