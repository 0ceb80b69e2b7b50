package command

import "strings"

// set is names that are looked up.
type set map[string]bool

// setOf makes a set of the words of a list.
func setOf(list string) set {
	s := set{}
	for _, name := range strings.Fields(list) {
		s[name] = true
	}
	return s
}

// argument is an option with its value, or a word that is none.
type argument struct {
	option string // as written, without a value: "-r", "--registry"; empty for what is no option
	word   word   // the word, or the option's value
	valued bool   // the option has a value
	at     int    // index of the word that it stands in
}

// arguments tells options and their values from other words. An option in valued takes the next word as its value when
// none is written into its own; letters after one hyphen are options each. What follows "--" is no option.
func arguments(words []word, valued set) []argument {
	out := make([]argument, 0, len(words))
	for i := 0; i < len(words); i++ {
		w := words[i]
		a := argument{word: w, at: i}
		switch {
		case w.text == "--":
			for i++; i < len(words); i++ {
				out = append(out, argument{word: words[i], at: i})
			}
			return out
		case len(w.text) > 1 && w.text[0] == '-':
			all := options(w, valued)
			for n := range all {
				all[n].at = i
			}
			out = append(out, all[:len(all)-1]...)
			a = all[len(all)-1]
			if !a.valued && valued[a.option] && i+1 < len(words) {
				i++
				a.word, a.valued = words[i], true
			}
		}
		out = append(out, a)
	}
	return out
}

// maxLetters is how many options behind one hyphen are read.
const maxLetters = 30

// options reads one word that begins with a hyphen. The value is what is written into the same word; only the last
// option can have one.
func options(w word, valued set) []argument {
	if equals := strings.IndexByte(w.text, '='); equals > 0 {
		if name := w.text[:equals]; strings.HasPrefix(name, "--") || valued[name] {
			return []argument{{option: name, word: w.sub(equals+1, len(w.text)), valued: true}}
		}
	}
	if strings.HasPrefix(w.text, "--") || valued[w.text] {
		return []argument{{option: w.text, word: w}}
	}
	var out []argument
	for i := 1; i < len(w.text); i++ {
		name := "-" + w.text[i:i+1]
		if valued[name] && i+1 < len(w.text) {
			return append(out, argument{option: name, word: w.sub(i+1, len(w.text)), valued: true})
		}
		out = append(out, argument{option: name, word: w})
		if len(out) > maxLetters {
			break
		}
	}
	return out
}

// positional gives the words that are no options.
func positional(list []argument) []argument {
	out := list[:0:0]
	for _, a := range list {
		if a.option == "" {
			out = append(out, a)
		}
	}
	return out
}

// first gives the first word that is no option, and the words behind it; false if there is none.
func first(words []word, list []argument) (argument, []word, bool) {
	for _, a := range list {
		if a.option == "" {
			return a, words[a.at+1:], true
		}
	}
	return argument{}, nil, false
}

// union is the names of both sets.
func union(a, b set) set {
	out := set{}
	for name := range a {
		out[name] = true
	}
	for name := range b {
		out[name] = true
	}
	return out
}

// without is a set but for some names.
func without(s set, names ...string) set {
	out := union(s, nil)
	for _, name := range names {
		delete(out, name)
	}
	return out
}
