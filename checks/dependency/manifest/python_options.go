package manifest

import "strings"

// pipOptions are the options that a requirements file may hold, with whether they take a value.
var pipOptions = map[string]bool{
	"index-url": true, "pypi-url": true, "extra-index-url": true, "no-index": false, "find-links": true,
	"requirement": true, "constraint": true, "editable": true, "no-binary": true, "only-binary": true,
	"prefer-binary": false, "require-hashes": false, "pre": false, "trusted-host": true, "use-feature": true,
	"index-strategy": true, "hash": true, "global-option": true, "config-settings": true,
}

var shortOptions = map[byte]string{'i': "index-url", 'f': "find-links", 'r': "requirement", 'c': "constraint", 'e': "editable", 'C': "config-settings"}

// options reads a line that begins with an option. An editable requirement may stand there too.
func (r *requirementsReader) options(w written, at int) {
	words := optionWords(w.text, at)
	for i := 0; i < len(words); i++ {
		word := words[i]
		name, value, ok := optionOf(word.text)
		if !ok {
			if i == 0 {
				r.lines++
				r.refuse(w.between(word.start, word.end).Start.Line)
				return
			}
			continue
		}
		if i == 0 && name != "editable" {
			r.lines++
		}
		valueAt := word.end - len(value)
		if value == "" && pipOptions[name] && i+1 < len(words) {
			i++
			value, valueAt = words[i].text, words[i].start
			if name == "editable" {
				// The rest of the line is one requirement, blanks and all.
				value = w.text[valueAt:]
				i = len(words)
			}
		}
		r.option(w, word.start, valueAt, name, value)
	}
}

func (r *requirementsReader) option(w written, start, valueAt int, name, value string) {
	at := w.between(start, min(len(w.text), max(valueAt+len(value), start+1)))
	quoted := len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0]
	if quoted {
		value = value[1 : len(value)-1]
		valueAt++
	}
	switch name {
	case "index-url", "pypi-url":
		r.file.addSource(Source{URL: value, At: at})
	case "extra-index-url", "find-links":
		r.file.addSource(Source{URL: value, Extra: true, At: at})
	case "trusted-host", "index-strategy":
		r.file.addOption(Option{name, value, at})
	case "requirement", "constraint":
		r.include(w, at, value)
	case "editable":
		e := Entry{At: at, Direct: true, Group: r.group}
		if valueAt+len(value) <= len(w.text) {
			r.requirement(w.slice(valueAt, valueAt+len(value)), &e)
		}
	}
}

// optionOf splits "--name=value", "--name", "-xvalue" and "-x". Like pip, it takes any beginning of a long name that no other
// has for the name.
func optionOf(word string) (name, value string, ok bool) {
	if long, ok := strings.CutPrefix(word, "--"); ok {
		long, value, _ = strings.Cut(long, "=")
		if _, ok := pipOptions[long]; ok {
			return long, value, true
		}
		for known := range pipOptions {
			if long != "" && strings.HasPrefix(known, long) {
				if name != "" {
					return "", "", false
				}
				name = known
			}
		}
		return name, value, name != ""
	}
	if len(word) < 2 || word[0] != '-' {
		return "", "", false
	}
	name, ok = shortOptions[word[1]]
	return name, word[2:], ok
}

// optionWord is a word of a line of options.
type optionWord struct {
	text       string
	start, end int
}

// optionWords splits a line at blanks outside of quotation marks.
func optionWords(s string, at int) []optionWord {
	var words []optionWord
	for at = skipBlanks(s, at); at < len(s); at = skipBlanks(s, at) {
		start := at
		for mark := byte(0); at < len(s) && (mark != 0 || s[at] != ' ' && s[at] != '\t'); at++ {
			switch c := s[at]; {
			case mark == c:
				mark = 0
			case mark == 0 && (c == '"' || c == '\''):
				mark = c
			}
		}
		words = append(words, optionWord{s[start:at], start, at})
	}
	return words
}
