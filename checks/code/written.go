package code

import (
	"regexp"
	"strings"
)

// Imports that may lead to a file of the repository, as they are written. The expressions are for the place of one import; to look for
// them everywhere in a file would take as long as all rules together.
var (
	pythonImport = regexp.MustCompile(`^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import|import[ \t]+([\w.]+))`)
	scriptImport = regexp.MustCompile(`^(?:from|require\(|import\(?)\s*["']([^"'\n]+)["']`)
	goImport     = regexp.MustCompile(`^(?:import)?[ \t]+(?:[\w.]+[ \t]+)?"([^"\n]+)"`)
	javaPackage  = regexp.MustCompile(`^[ \t]*package[ \t]+([\w.]+)[ \t]*;`)
	javaImport   = regexp.MustCompile(`^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)(\.\*)?[ \t]*;`)
)

// longestImport bounds how far from its first word an import of JavaScript is read, in bytes.
const longestImport = 512

// eachLine calls yield for the lines that begin with one of the words, until it returns false.
func eachLine(source string, yield func(line string) bool, words ...string) {
	for len(source) > 0 {
		line, rest, _ := strings.Cut(source, "\n")
		source = rest
		text := strings.TrimLeft(line, " \t")
		for _, word := range words {
			if strings.HasPrefix(text, word) {
				if !yield(line) {
					return
				}
				break
			}
		}
	}
}

// pythonImports gives the modules that a file imports, until yield returns false.
func pythonImports(source string, yield func(module string) bool) {
	eachLine(source, func(line string) bool {
		m := pythonImport.FindStringSubmatch(line)
		return m == nil || yield(m[1]+m[2])
	}, "from", "import")
}

// scriptImports does so for JavaScript.
func scriptImports(source string, yield func(module string) bool) {
	for _, word := range []string{"from", "require(", "import"} {
		for at := 0; ; at += len(word) {
			next := strings.Index(source[at:], word)
			if next < 0 {
				break
			}
			if at += next; at > 0 && isWord(source[at-1]) {
				continue
			}
			if m := scriptImport.FindStringSubmatch(source[at:min(len(source), at+longestImport)]); m != nil && !yield(m[1]) {
				return
			}
		}
	}
}

// goImports does so for Go, where a line of an import block is like none of the code.
func goImports(source string, yield func(module string) bool) {
	eachLine(source, func(line string) bool {
		before, _, quoted := strings.Cut(line, `"`)
		if !quoted || strings.ContainsAny(before, "(){}[],;:=+&|<>!*'`") {
			return true
		}
		m := goImport.FindStringSubmatch(line)
		return m == nil || yield(m[1])
	}, "")
}

// javaNames gives the names that begin with a capital, and those of them that are written with their package, until yield returns
// false.
func javaNames(source string, yield func(name, full string) bool) {
	packages, start := 0, 0 // of the full name so far
	for i := 0; i < len(source); {
		if !isWord(source[i]) {
			packages = 0
			i++
			continue
		}
		first := i
		for i < len(source) && isWord(source[i]) {
			i++
		}
		switch c := source[first]; {
		case 'A' <= c && c <= 'Z':
			full := ""
			if packages >= 2 {
				full = source[start:i]
			}
			if !yield(source[first:i], full) {
				return
			}
			packages = 0
		case 'a' <= c && c <= 'z' && i < len(source) && source[i] == '.':
			if packages == 0 {
				start = first
			}
			packages++
			i++
		default:
			packages = 0
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
