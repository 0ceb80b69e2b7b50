package corpus

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
)

// maxDepth is how deep alternatives are nested before the plain ones are taken.
const maxDepth = 9

// style is how a language writes names of several words.
type style func(words []string) string

func snake(words []string) string { return strings.Join(words, "_") }

func camel(words []string) string {
	return words[0] + pascal(words[1:])
}

func pascal(words []string) string {
	var name strings.Builder
	for _, word := range words {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}

// writer writes one file.
type writer struct {
	grammar  grammar
	style    style
	random   *rand.Rand
	busy     bool
	fileName string

	out       strings.Builder
	variables []string // of the function that is being written
	functions []string // of the file
	types     []string
	subject   []string // the words that the file is about
}

func newWriter(g grammar, s style, random *rand.Rand, busy bool) *writer {
	w := &writer{grammar: g, style: s, random: random, busy: busy}
	w.subject = []string{w.one(adjectives), w.one(nouns)}
	w.fileName = s(append(w.words(), fmt.Sprintf("part%d", random.IntN(1000))))
	w.types = []string{pascal(w.subject)}
	w.functions = []string{s(append([]string{w.one(verbs)}, w.words()...))}
	return w
}

// file writes a head and then declarations until the size is reached.
func (w *writer) file(size int) string {
	const quietShare = 3 // of four declarations of a busy file, as much code is about something else
	w.expand(w.flavoured("head"), "", 0)
	for w.out.Len() < size {
		name := "declaration"
		if w.busy && w.random.IntN(quietShare+2) >= quietShare {
			name = "busy-declaration"
		}
		w.variables = w.variables[:0]
		w.expand(name, "", 0)
	}
	w.expand("tail", "", 0)
	return w.out.String()
}

func (w *writer) flavoured(name string) string {
	if w.busy {
		return "busy-" + name
	}
	return name
}

// expand writes one alternative of a name, each line but the first after an indent.
func (w *writer) expand(name, indent string, depth int) {
	if word, ok := w.word(name); ok {
		w.out.WriteString(word)
		return
	}
	choices := w.grammar[name]
	if len(choices) == 0 {
		panic("the grammar has no " + name) // a mistake of ours that the first test finds
	}
	chosen := &choices[0]
	if depth < maxDepth {
		chosen = w.choose(choices)
	}
	for i, l := range chosen.lines {
		deeper := indent + l.indent
		if i > 0 {
			w.out.WriteByte('\n')
			if len(l.parts) > 0 {
				w.out.WriteString(deeper)
			}
		} else {
			w.out.WriteString(l.indent)
		}
		for _, p := range l.parts {
			w.part(p, deeper, depth)
		}
	}
}

func (w *writer) part(p part, indent string, depth int) {
	if p.name == "" {
		w.out.WriteString(p.text)
		return
	}
	for n := range p.least + w.random.IntN(p.most-p.least+1) {
		if n > 0 && p.separator == '*' {
			w.out.WriteString("\n" + indent)
		} else if n > 0 {
			w.out.WriteString(", ")
		}
		w.expand(p.name, indent, depth+1)
	}
}

func (w *writer) choose(choices []alternative) *alternative {
	total := 0
	for i := range choices {
		total += choices[i].weight
	}
	at := w.random.IntN(total)
	for i := range choices {
		if at -= choices[i].weight; at < 0 {
			return &choices[i]
		}
	}
	return &choices[0]
}

// word gives what stands for a name that the writer knows itself: names of things, numbers, prose.
func (w *writer) word(name string) (string, bool) {
	switch name {
	case "new": // a variable that is not there yet
		v := w.style(w.words())
		w.variables = append(w.variables, v)
		return v, true
	case "var": // one that is
		if len(w.variables) == 0 {
			return w.style(w.subject), true
		}
		return w.recent(w.variables), true
	case "field":
		return w.style(w.words()), true
	case "def": // a function that is not there yet
		f := w.style(append([]string{w.one(verbs)}, w.words()...))
		w.functions = append(w.functions, f)
		return f, true
	case "Def":
		return pascal(append([]string{w.one(verbs)}, w.words()...)), true
	case "function":
		return w.recent(w.functions), true
	case "Type":
		t := pascal(append(w.words(), w.one(roles)))
		w.types = append(w.types, t)
		return t, true
	case "type":
		return w.recent(w.types), true
	case "main-type":
		return pascal(strings.Split(unCamel(w.fileName), " ")), true
	case "CONSTANT":
		return strings.ToUpper(snake(w.words())), true
	case "noun":
		return w.one(nouns), true
	case "Noun":
		return pascal([]string{w.one(nouns)}), true
	case "verb":
		return w.one(verbs), true
	case "adjective":
		return w.one(adjectives), true
	case "int":
		return fmt.Sprint(1 + w.random.IntN(400)), true
	case "float":
		return fmt.Sprintf("%d.%d", w.random.IntN(50), 1+w.random.IntN(99)), true
	case "Sentence":
		return w.sentence(), true
	}
	return "", false
}

// words are the words of a name; the fewer there are, the more often they come again, as in real code.
func (w *writer) words() []string {
	switch w.random.IntN(6) {
	case 0:
		return []string{w.one(nouns)}
	case 1:
		return []string{w.one(adjectives), w.one(nouns), w.one(roles)}
	case 2:
		return []string{w.subject[1], w.one(roles)}
	}
	return []string{w.one(adjectives), w.one(nouns)}
}

func (w *writer) one(list []string) string { return list[w.random.IntN(len(list))] }

// recent prefers what came last.
func (w *writer) recent(list []string) string {
	return list[len(list)-1-w.random.IntN(min(len(list), 6))]
}

func (w *writer) sentence() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s the %s %s", w.one(verbs), w.one(adjectives), w.one(nouns))
	for range w.random.IntN(3) {
		fmt.Fprintf(&s, " %s the %s %s", w.one(prepositions), w.one(adjectives), w.one(nouns))
	}
	text := s.String()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// unCamel separates the words of a name.
func unCamel(name string) string {
	var s strings.Builder
	for _, r := range name {
		switch {
		case r == '_':
			s.WriteByte(' ')
		case unicode.IsUpper(r):
			s.WriteByte(' ')
			s.WriteRune(unicode.ToLower(r))
		default:
			s.WriteRune(r)
		}
	}
	return s.String()
}
