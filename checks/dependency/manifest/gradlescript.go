package manifest

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// gradleScript reads a build script of Gradle as far as it says things literally: it is a program of Groovy or Kotlin, which
// is not run. Plugins are left out, as in a version catalogue.
type gradleScript struct {
	file      *File
	text      *text.Text
	source    string             // without comments
	variables map[string]xmlText // texts that a name was given to, once
	lent      map[int][]int
}

// Bounds of build scripts.
const (
	maxGradleCall  = 300     // bytes of a call that are looked at for the names before a text
	maxGradleTexts = 100_000 // that look like packages
)

func readGradleScript(ctx context.Context, file *File, t *text.Text) error {
	g := &gradleScript{file: file, text: t, source: withoutComments(file.lines(t)), variables: map[string]xmlText{}, lent: map[int][]int{}}
	g.readVariables()
	texts := gradleCoordinates.FindAllStringSubmatchIndex(g.source, maxGradleTexts+1)
	if len(texts) > maxGradleTexts {
		file.lose(fmt.Sprintf("more than %d texts that look like packages", maxGradleTexts))
	}
	for _, m := range texts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		g.coordinates(m)
	}
	for _, m := range gradleNamed.FindAllStringSubmatchIndex(g.source, maxGradleTexts) {
		g.named(m)
	}
	file.unpinShared(g.lent)
	publishing := g.publishing()
	for _, m := range gradleRepository.FindAllStringSubmatchIndex(g.source, -1) {
		for len(publishing) > 0 && publishing[0][1] < m[0] {
			publishing = publishing[1:]
		}
		if len(publishing) > 0 && publishing[0][0] < m[0] {
			continue // packages go there; none come from there
		}
		file.addSource(Source{URL: g.source[m[2]:m[3]], Extra: true, At: between(t, m[0], m[1])})
	}
	for _, m := range gradleInsecure.FindAllStringIndex(g.source, -1) {
		file.addOption(Option{Name: "allowInsecureProtocol", Value: "true", At: between(t, m[0], m[1])})
	}
	sortByPlace(file.Entries)
	return nil
}

var (
	// A text of "group:artifact", "group:artifact:version" or more parts.
	gradleCoordinates = regexp.MustCompile(`["']([A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+)(?::([^"':@\n]*))?(?::[^"'@\n]*)?(?:@[A-Za-z]+)?["']`)

	// group: 'g', name: 'a', version: 'v', with "=" in Kotlin.
	gradleNamed = regexp.MustCompile(`\bgroup\s*[:=]\s*["']([A-Za-z0-9_.-]+)["']\s*,\s*name\s*[:=]\s*["']([A-Za-z0-9_.-]+)["'](?:\s*,\s*version\s*[:=]\s*["']([^"'\n]*)["'])?`)

	gradleConfiguration = regexp.MustCompile(`(?i)^(?:\w*(?:implementation|api|compile|runtime|only|classpath|processor|provided|provider)|kapt\w*|ksp\w*|testFixtures\w*|coreLibraryDesugaring|detektPlugins|lintChecks|checkstyle|compileOnlyApi|pmd|jmh|force|mavenBom)$`)

	gradleVariable   = regexp.MustCompile(`(?m)\b(?:(?:def|val|var|const val|String|ext\.|project\.ext\.|rootProject\.ext\.)\s*)?([A-Za-z_]\w*)\s*(?::\s*String\s*)?=\s*["']([^"'\n]*)["']|\b(?:(?:extra|ext)\[|set\s*\()\s*["']([A-Za-z_]\w*)["']\s*(?:\]\s*=|,)\s*["']([^"'\n]*)["']`)
	gradleReference  = regexp.MustCompile(`\$(?:\{([^{}\n]*)\}|([A-Za-z_]\w*))`)
	gradleRepository = regexp.MustCompile(`\bmaven\s*(?:\{\s*(?:name\s*=?\s*["'][^"'\n]*["']\s*;?\s*)?(?:url\s*=?\s*|setUrl\s*\(\s*)(?:uri\s*\(\s*)?|\(\s*(?:url\s*=\s*)?)["']([^"'\n]+)["']`)
	gradlePublishing = regexp.MustCompile(`\b(?:publishing|uploadArchives|mavenPublishing|PublishingExtension>?(?:\([^()\n]*\))?)\s*\{`)
	gradleInsecure   = regexp.MustCompile(`\b(?:isAllowInsecureProtocol|allowInsecureProtocol)\s*=?\s*true\b`)
)

// withoutComments has blanks for comments, so that offsets stay what they are.
func withoutComments(source string) string {
	b := []byte(source)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	for i := 0; i < len(source); {
		rest := source[i:]
		length := 1
		switch {
		case strings.HasPrefix(rest, "//"):
			if length = strings.IndexByte(rest, '\n'); length < 0 {
				length = len(rest)
			}
			blank(i, i+length)
		case strings.HasPrefix(rest, "/*"):
			if length = strings.Index(rest[2:], "*/") + 4; length < 4 {
				length = len(rest)
			}
			blank(i, i+length)
		case rest[0] == '"' || rest[0] == '\'':
			for length < len(rest) && rest[length] != rest[0] && rest[length] != '\n' {
				if rest[length] == '\\' {
					length++
				}
				length++
			}
			length = min(length+1, len(rest))
		}
		i += length
	}
	return string(b)
}

// publishing are the blocks in which repositories are named that packages are published to, in their order.
func (g *gradleScript) publishing() [][2]int {
	var blocks [][2]int
	end := 0
	for _, m := range gradlePublishing.FindAllStringIndex(g.source, -1) {
		if m[0] < end {
			continue // within the block before
		}
		depth := 0
		for end = m[1] - 1; end < len(g.source); end++ {
			if g.source[end] == '{' {
				depth++
			} else if g.source[end] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		blocks = append(blocks, [2]int{m[0], end})
	}
	return blocks
}

// readVariables notes names that a text is given to. One that is given several has none that is sure.
func (g *gradleScript) readVariables() {
	for _, m := range gradleVariable.FindAllStringSubmatchIndex(g.source, -1) {
		name, start, end := m[2:4], m[4], m[5]
		if m[2] < 0 {
			name, start, end = m[6:8], m[8], m[9]
		}
		key := g.source[name[0]:name[1]]
		if _, twice := g.variables[key]; twice {
			g.variables[key] = xmlText{}
			continue
		}
		g.variables[key] = xmlText{g.source[start:end], start, end}
	}
}

// coordinates adds a package that is written as one text, if it stands where a configuration takes packages.
func (g *gradleScript) coordinates(m []int) {
	configuration := g.callBefore(m[0])
	if !gradleConfiguration.MatchString(configuration) {
		return
	}
	version := xmlText{}
	if m[4] >= 0 {
		version = xmlText{g.source[m[4]:m[5]], m[4], m[5]}
	}
	g.add(g.source[m[2]:m[3]], version, configuration, m[0], m[1])
}

// named adds a package that is written with the names of its parts.
func (g *gradleScript) named(m []int) {
	configuration := g.callBefore(m[0])
	if !gradleConfiguration.MatchString(configuration) {
		return
	}
	version := xmlText{}
	if m[6] >= 0 {
		version = xmlText{g.source[m[6]:m[7]], m[6], m[7]}
	}
	g.add(g.source[m[2]:m[3]]+":"+g.source[m[4]:m[5]], version, configuration, m[0], m[1])
}

// callBefore is the name of what is called with what stands at an offset, perhaps after other packages, in brackets, or inside
// a call that marks platforms. It may be a text itself, as in "implementation"(…) and add("implementation", …).
func (g *gradleScript) callBefore(at int) string {
	limit := max(0, at-maxGradleCall)
	last := "" // the text before a comma
	for {
		end := len(strings.TrimRight(g.source[limit:at], " \t\r\n")) + limit
		if end == limit {
			return ""
		}
		sameLine := !strings.Contains(g.source[end:at], "\n")
		before := g.source[end-1]
		switch {
		case before == '(' || before == '[':
			at = end - 1
			if at > limit && (g.source[at-1] == '"' || g.source[at-1] == '\'') {
				return g.textBefore(limit, at)
			}
			continue
		case before == ',':
			at = end - 1
			if text := g.textBefore(limit, at); text != "" {
				last, at = text, at-len(text)-2
				continue
			}
			return ""
		case !sameLine || !isRubyWord(before):
			return ""
		}
		start := end
		for start > limit && isRubyWord(g.source[start-1]) {
			start--
		}
		switch word := g.source[start:end]; word {
		case "platform", "enforcedPlatform", "testFixtures":
			if at != end { // not called, but named
				return ""
			}
			at = start
			if strings.HasSuffix(g.source[limit:at], "dependencies.") {
				at -= len("dependencies.")
			}
		case "add":
			return last
		default:
			return word
		}
	}
}

// textBefore is a text between quotation marks that ends at an offset.
func (g *gradleScript) textBefore(limit, at int) string {
	if at-1 <= limit || g.source[at-1] != '"' && g.source[at-1] != '\'' {
		return ""
	}
	start := strings.LastIndexByte(g.source[limit:at-1], g.source[at-1])
	if start < 0 || strings.Contains(g.source[limit+start:at], "\n") {
		return ""
	}
	return g.source[limit+start+1 : at-1]
}

func (g *gradleScript) add(name string, version xmlText, configuration string, start, end int) {
	e := Entry{Ecosystem: mavenEcosystem, Name: name, Direct: true, At: between(g.text, start, end)}
	switch lower := strings.ToLower(configuration); {
	case strings.Contains(lower, "test"):
		e.Group = "test"
	case lower == "classpath" || strings.Contains(lower, "processor") || strings.HasPrefix(lower, "kapt") || strings.HasPrefix(lower, "ksp") || lower == "detektplugins" || lower == "checkstyle" || lower == "pmd":
		e.Group = "build"
	case lower == "developmentonly":
		e.Group = "dev"
	}
	value, variable := g.resolve(version)
	mavenVersion(&e, nil, value)
	if e.Version != "" && e.Version == value.text {
		e.Pin = pinBetween(g.text, value.start, value.end)
	}
	if variable && e.Pin != nil {
		g.lent[value.start] = append(g.lent[value.start], len(g.file.Entries))
	}
	g.file.add(e)
}

// resolve fills in variables. What is one variable as a whole stands where its text is written.
func (g *gradleScript) resolve(w xmlText) (value xmlText, variable bool) {
	if m := gradleReference.FindStringSubmatch(w.text); m != nil && m[0] == w.text {
		known, ok := g.variables[gradleName(m)]
		if ok && known.text != "" && !strings.Contains(known.text, "$") {
			return known, true
		}
		return xmlText{text: w.text}, false
	}
	filled := gradleReference.ReplaceAllStringFunc(w.text, func(reference string) string {
		known, ok := g.variables[gradleName(gradleReference.FindStringSubmatch(reference))]
		if ok && known.text != "" && len(known.text) <= maxPropertyValue {
			return known.text
		}
		return reference
	})
	if filled != w.text {
		return xmlText{text: filled}, true
	}
	return w, false
}

// gradleName is the variable of a reference: "$x", "${x}", "${project.ext.x}" or "${rootProject.extra["x"]}".
func gradleName(m []string) string {
	name := m[2]
	if m[1] != "" {
		name = strings.Trim(m[1], `"'[]() `)
		name = name[strings.LastIndexAny(name, `."'[`)+1:]
	}
	return name
}
