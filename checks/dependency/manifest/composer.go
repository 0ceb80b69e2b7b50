package manifest

import (
	"context"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

func readComposerJSON(_ context.Context, file *File, t *text.Text) error {
	root, err := jsonOf(file, t)
	if err != nil {
		return err
	}
	file.Project = strings.ToLower(root.get("name").text())
	file.holds(file.Project)
	for section, group := range map[string]string{"require": "", "require-dev": "dev"} {
		for list := range root.each(section) {
			for m := range list.members() {
				composerRequire(file, m, group)
			}
		}
	}
	composerRepositories(file, root.get("repositories"))
	composerScripts(file, root.get("scripts"))
	composerOptions(file, root.get("config"))
	file.inOrder()
	return nil
}

// isPlatform reports whether a name stands for PHP, an extension of it or Composer itself: those of packages have a vendor.
func isPlatform(name string) bool { return !strings.Contains(name, "/") }

// composerVersion is one version, or all that are compatible with one.
var composerVersion = regexp.MustCompile(`^(=|==|\^)?\s*(v?[0-9]+(?:\.[0-9]+){0,3}(?:[-_.]?(?i:alpha|beta|a|b|rc|patch|pl|p)(?:[.-]?[0-9]+)*)?)$`)

func composerRequire(file *File, m value, group string) {
	e := Entry{Ecosystem: composerEcosystem, Name: strings.ToLower(m.key()), Direct: true, Group: group, At: m.at()}
	wants := m.text()
	switch parts := composerVersion.FindStringSubmatchIndex(wants); {
	case isPlatform(e.Name):
		return
	case parts == nil:
		e.Requirement = wants
	default:
		if e.Version = wants[parts[4]:parts[5]]; strings.HasPrefix(wants, "^") {
			e.Version, e.Requirement = "", wants
		}
		e.Pin = m.pin(parts[4], parts[5])
	}
	file.add(e)
}

// composerRepositories adds what is asked before the usual repository, which is asked only for what none of them has.
func composerRepositories(file *File, repositories value) {
	alone := false // the usual repository is switched off
	for m := range repositories.members() {
		for _, usual := range []string{"packagist.org", "packagist"} {
			alone = alone || isFalse(m.get(usual)) || isFalse(m) && repositories.is(jsonc.Object) && m.key() == usual
		}
	}
	for m := range repositories.members() {
		address := m.get("url").text()
		switch m.get("type").text() {
		case "composer":
			source := Source{URL: withoutCredentials(address), Extra: !alone, At: m.at()}
			only := m.get("only").texts()
			for _, source.Scope = range only {
				source.Extra = false
				file.addSource(source)
			}
			if len(only) == 0 {
				file.addSource(source)
			}
		case "path":
			file.holds(address)
		case "package":
			composerInline(file, m.get("package"))
		case "artifact", "": // a folder, or what is no repository
		default: // a repository of a version control system holds one package, which is usually named like it
			name := strings.TrimSuffix(address, ".git")
			if i := strings.LastIndexByte(name, '/'); i >= 0 {
				i = strings.LastIndexAny(name[:i], "/:")
				name = name[i+1:]
			}
			file.addSource(Source{URL: address, Scope: strings.ToLower(name), At: m.at()})
		}
	}
}

func isFalse(v value) bool { return v.is(jsonc.Bool) && !v.yes() }

// composerInline adds packages that the file itself describes, with the address of each.
func composerInline(file *File, packages value) {
	list := []value{packages}
	if packages.is(jsonc.Array) {
		list = list[:0]
		for m := range packages.members() {
			list = append(list, m)
		}
	}
	for _, m := range list {
		if name := strings.ToLower(m.get("name").text()); name != "" {
			e := Entry{Ecosystem: composerEcosystem, Name: name, Version: m.get("version").text(), Direct: true, Origin: checks.URL, At: m.at()}
			composerSource(&e, m)
			file.holds(name)
			file.add(e)
		}
	}
}

// composerScripts adds the commands that Composer runs when it installs or updates; others have to be called.
func composerScripts(file *File, scripts value) {
	for m := range scripts.members() {
		event := m.key()
		if !strings.HasPrefix(event, "pre-") && !strings.HasPrefix(event, "post-") || strings.HasSuffix(event, "-archive-cmd") || strings.HasSuffix(event, "-status-cmd") {
			continue
		}
		if m.text() != "" {
			file.addScript(Script{Name: event, Command: m.text(), At: m.at()})
		}
		for command := range m.members() {
			if m.is(jsonc.Array) && command.text() != "" {
				file.addScript(Script{Name: event, Command: command.text(), At: command.at()})
			}
		}
	}
}

func composerOptions(file *File, config value) {
	for m := range config.members() {
		weakens := false
		switch m.key() {
		case "secure-http":
			weakens = isFalse(m)
		case "disable-tls", "allow-plugins": // with a list, plugins are allowed one by one
			weakens = m.yes()
		}
		if weakens {
			file.addOption(Option{Name: m.key(), Value: m.words.Text(m.n), At: m.at()})
		}
	}
}
