package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// readGoEnv reads the settings of the go command that say where modules come from and what vouches for them.
func readGoEnv(_ context.Context, file *File, t *text.Text) error {
	source := withoutMark(t)
	for line := 1; line <= t.Lines(); line++ {
		start, end := t.Line(line)
		written := strings.TrimRight(string(source[start:end]), " \t\r")
		name, value, ok := strings.Cut(strings.TrimLeft(written, " \t"), "=")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		at := between(t, start, start+len(written))
		switch value = strings.Trim(value, `"'`); name {
		case "GOPROXY":
			for _, proxy := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '|' }) {
				if strings.Contains(proxy, "://") { // the others are words: direct and off
					file.addSource(Source{URL: proxy, At: at})
				}
			}
		case "GOPRIVATE", "GONOPROXY":
			for _, pattern := range strings.Split(value, ",") {
				if pattern = strings.TrimSpace(pattern); pattern != "" && pattern != "none" {
					file.addSource(Source{URL: "direct", Scope: pattern, At: at})
					file.addSource(Source{URL: "direct", Scope: pattern + "/*", At: at})
				}
			}
		case "GOINSECURE", "GONOSUMDB", "GONOSUMCHECK":
			if value != "" {
				file.addOption(Option{Name: name, Value: value, At: at})
			}
		case "GOSUMDB":
			if value == "off" {
				file.addOption(Option{Name: name, Value: value, At: at})
			}
		case "GOFLAGS":
			if strings.Contains(value, "-insecure") {
				file.addOption(Option{Name: name, Value: value, At: at})
			}
		}
	}
	return nil
}
