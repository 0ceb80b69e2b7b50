package manifest

import (
	"context"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// configLine is one line of a value in a file of Python's configparser: a value reaches on over lines that are indented.
type configLine struct {
	section, key string
	value        written // without blanks around it
	first        bool    // stands in the line of the key
}

// readINI calls do for each line of each value that is not empty. Keys are in lower case.
func readINI(file *File, t *text.Text, do func(configLine)) {
	source := file.lines(t)
	section, key := "", ""
	for at := 0; at < len(source); {
		size, separator := untilLineEnd(source[at:])
		line := source[at : at+size]
		offset := at
		at += size + separator
		trimmed := strings.TrimSpace(line)
		indented := line != "" && (line[0] == ' ' || line[0] == '\t')
		switch {
		case len(line) > maxLine:
			file.lose(fmt.Sprintf("a line longer than %d KiB", maxLine>>10))
			continue
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
			continue
		case indented && key != "":
			do(configLine{section, key, verbatim(t, offset+strings.Index(line, trimmed), trimmed), false})
			continue
		case trimmed[0] == '[' && strings.HasSuffix(trimmed, "]"):
			section, key = trimmed[1:len(trimmed)-1], ""
			continue
		}
		key = ""
		if end := strings.IndexAny(line, "=:"); end > 0 {
			key = strings.ToLower(strings.TrimSpace(line[:end]))
			if value := strings.TrimSpace(line[end+1:]); value != "" {
				do(configLine{section, key, verbatim(t, offset+end+1+strings.Index(line[end+1:], value), value), true})
			}
		}
	}
}

// readSetupCfg reads the requirements in setup.cfg.
func readSetupCfg(_ context.Context, file *File, t *text.Text) error {
	readINI(file, t, func(line configLine) {
		group := ""
		switch {
		case line.section == "metadata" && line.key == "name":
			file.Project = pep503(line.value.text)
			return
		case line.section == "options" && line.key == "install_requires":
		case line.section == "options" && line.key == "setup_requires":
			group = "build"
		case line.section == "options" && line.key == "tests_require":
			group = "test"
		case line.section == "options.extras_require":
			group = pythonGroup(line.key, "optional")
		default:
			return
		}
		if strings.HasPrefix(line.value.text, "file:") {
			return // the file is read for itself
		}
		for _, w := range line.requirements() {
			r, ok := parseRequirement(w.text)
			if !ok {
				file.lose("the value of " + line.key + " holds what is no requirement")
				continue
			}
			e := Entry{Direct: true, Group: group, At: w.between(0, len(w.text))}
			if file.place(w, r, &e) {
				file.addEntry(e)
			}
		}
	})
	file.inOrder()
	return nil
}

// requirements are those in one line of a value. In a line of its own one stands alone; several after the key are parted by
// semicolons, which markers begin with too.
func (l configLine) requirements() []written {
	w := l.value
	w.text = strings.TrimRight(withoutComment(w.text), " \t")
	if !l.first {
		if w.text == "" {
			return nil
		}
		return []written{w}
	}
	var parts []written
	for at := 0; at < len(w.text); {
		end := len(w.text)
		for i := at; i < len(w.text); i++ {
			if w.text[i] == ';' && !isMarker(w.text[i+1:]) {
				end = i
				break
			}
		}
		start := skipBlanks(w.text, at)
		if part := strings.TrimRight(w.text[min(start, end):end], " \t"); part != "" {
			parts = append(parts, w.slice(start, start+len(part)))
		}
		at = end + 1
	}
	return parts
}

// isMarker reports whether text begins like a marker of PEP 508.
func isMarker(text string) bool {
	text = strings.TrimLeft(text, " \t(")
	for _, variable := range []string{"python_", "os_name", "sys_platform", "platform_", "implementation_", "extra", "'", `"`} {
		if strings.HasPrefix(text, variable) {
			return true
		}
	}
	return false
}

// readPipConf reads the settings of pip.
func readPipConf(_ context.Context, file *File, t *text.Text) error {
	readINI(file, t, func(line configLine) {
		key := strings.ReplaceAll(line.key, "_", "-")
		for _, value := range words(line.value) {
			at := value.between(0, len(value.text))
			switch key {
			case "index-url":
				file.addSource(Source{URL: value.text, At: at})
			case "extra-index-url", "find-links":
				file.addSource(Source{URL: value.text, Extra: true, At: at})
			case "trusted-host":
				file.addOption(Option{key, value.text, at})
			}
		}
	})
	return nil
}

// words are the parts of a value between blanks.
func words(w written) []written {
	var parts []written
	for at := skipBlanks(w.text, 0); at < len(w.text); at = skipBlanks(w.text, at) {
		start := at
		for at < len(w.text) && w.text[at] != ' ' && w.text[at] != '\t' {
			at++
		}
		parts = append(parts, w.slice(start, at))
	}
	return parts
}
