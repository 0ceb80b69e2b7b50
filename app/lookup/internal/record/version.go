package record

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/osv-scalibr/semantic"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// actions is the one ecosystem here that semantic does not know. Its versions are tags like v4.1.2.
const actions = "GitHub Actions"

// latest stands for what a moving tag leaves open: v4 is the newest 4.x.y, and moves on when one is fixed.
const latest = "999999999"

// Errors of versions that no range can be compared with.
var (
	errNoVersion = errors.New("no exact version")
	errCommit    = errors.New("a commit, and advisories name versions")
)

// ecosystem compares versions as one ecosystem does. It parses each that advisories name once.
type ecosystem struct {
	name   string
	parsed map[string]semantic.Version // nil for what is no version
}

func newEcosystem(name string) *ecosystem {
	return &ecosystem{Ecosystem(name), map[string]semantic.Version{}}
}

// version is one that can be compared, unless parsed is nil.
type version struct {
	of     *ecosystem
	text   string
	parsed semantic.Version
}

// version reads a version that a change names. Words such as "latest" order below every number in some ecosystems, and
// would be vulnerable to everything; they are no versions. With an error, it still may be listed somewhere by name.
func (e *ecosystem) version(text string) (version, error) {
	text = strings.TrimSpace(text)
	v := version{of: e, text: text}
	switch {
	case text == "":
		return v, errNoVersion
	case len(text) > MaxVersion:
		return v, fmt.Errorf("a version of more than %d bytes", MaxVersion)
	}
	for i := range len(text) {
		if c := text[i]; !isDigit(c) && !isLetter(c) && !strings.ContainsRune(".-+_~!:", rune(c)) {
			return v, errNoVersion
		}
	}
	var err error
	switch {
	case e.name == actions:
		v.parsed, err = tagVersion(text)
		return v, err
	case !beginsLikeVersion(e.name, text):
		return v, errNoVersion
	}
	if v.parsed, err = semantic.Parse(text, e.name); errors.Is(err, semantic.ErrUnsupportedEcosystem) {
		return v, errors.New("versions of this ecosystem cannot be compared")
	}
	if err != nil {
		v.parsed = nil
		return v, errNoVersion
	}
	return v, nil
}

// named parses a version that an advisory names, and gives nil for what is none.
func (e *ecosystem) named(text string) semantic.Version {
	parsed, known := e.parsed[text]
	if !known {
		parsed = parseNamed(e.name, text)
		e.parsed[text] = parsed
	}
	return parsed
}

func parseNamed(ecosystem, text string) semantic.Version {
	if ecosystem == actions {
		return semantic.ParseSemverVersion(text) // tags like semantic versions, too
	}
	parsed, err := semantic.Parse(text, ecosystem)
	if err != nil {
		return nil
	}
	return parsed
}

// Comparable reports whether the version of a question can be compared with others.
func Comparable(ref judge.Ref) bool { return Incomparable(ref) == "" }

// Incomparable is why a question's version cannot be compared, in the words of [Judgement]; empty when it can.
func Incomparable(ref judge.Ref) string {
	if _, err := newEcosystem(ref.Ecosystem).version(ref.Version); err != nil {
		return err.Error()
	}
	return ""
}

// Valid says what is wrong with a question that nobody could answer.
func Valid(ref judge.Ref) error {
	switch {
	case !slices.Contains(Ecosystems(), Ecosystem(ref.Ecosystem)):
		return errors.New("advisories of this ecosystem cannot be matched")
	case ref.Name.Name == "" || len(ref.Name.Name) > MaxName || !utf8.ValidString(ref.Name.Name) || strings.ContainsFunc(ref.Name.Name, unicode.IsControl):
		return errors.New("this is no name of a package")
	}
	return nil
}

// beginsLikeVersion reports whether a text has a number where the ecosystem's versions have one. Maven's may be words.
func beginsLikeVersion(ecosystem, text string) bool {
	if ecosystem == "Maven" {
		return text != "LATEST" && text != "RELEASE" && (isDigit(text[0]) || isLetter(text[0]))
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "v"), "V")
	return text != "" && isDigit(text[0])
}

// tagVersion reads the tag of an action, of which what is left open counts as the newest.
func tagVersion(tag string) (semantic.Version, error) {
	numbers, _, _ := strings.Cut(strings.TrimPrefix(tag, "v"), "-")
	parts := strings.Split(numbers, ".")
	for _, part := range parts {
		if part == "" || strings.Trim(part, "0123456789") != "" || len(part) > 9 {
			if len(tag) >= 7 && strings.Trim(tag, "0123456789abcdef") == "" {
				return nil, errCommit
			}
			return nil, errNoVersion
		}
	}
	for range 3 - len(parts) {
		tag += "." + latest
	}
	return semantic.ParseSemverVersion(tag), nil
}

// compare orders a version and one that an advisory names: negative when it is lower.
func (v version) compare(other string) (int, error) {
	if v.parsed == nil {
		return 0, errNoVersion
	}
	if named := v.of.named(other); named != nil {
		if order, err := v.parsed.Compare(named); err == nil {
			return order, nil
		}
	}
	return 0, fmt.Errorf("an advisory names %q, which is no version", other)
}

// sameVersion is a version by which those are equal that are the same to the ecosystem, as far as that costs nothing:
// advisories list versions as they were published, and people leave zeros out.
func sameVersion(ecosystem, text string) string {
	text = strings.TrimSpace(text)
	text = strings.TrimPrefix(strings.TrimPrefix(text, "v"), "V")
	switch Ecosystem(ecosystem) {
	case "PyPI", "NuGet":
		text = strings.ToLower(text)
		end := 0
		for end < len(text) && (isDigit(text[end]) || text[end] == '.') {
			end++
		}
		numbers, rest := text[:end], text[end:]
		if strings.HasSuffix(numbers, ".") { // 1.0.dev1
			numbers, rest = numbers[:end-1], text[end-1:]
		}
		for strings.HasSuffix(numbers, ".0") {
			numbers = numbers[:len(numbers)-2]
		}
		return numbers + rest
	case "Go":
		return strings.TrimSuffix(text, "+incompatible")
	}
	return text
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
