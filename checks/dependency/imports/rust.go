package imports

import (
	"bytes"
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
)

// rustStatements reads the crates that a file of Rust names in "use" and "extern crate". A path may also begin with a
// module or a name that the file itself has; those are left out, and nothing at all is said of a file that takes in all
// names of something else, since any of them may be a module.
func rustStatements(source []byte) statements {
	clean := blankRust(source)
	var found statements
	local := map[string]bool{}
	for at := 0; at < len(clean); {
		start := at
		at = wordAt(clean, at)
		if at == start {
			at++
			continue
		}
		switch string(clean[start:at]) {
		case "mod", "macro_rules":
			if at < len(clean) && clean[at] == '!' {
				at++
			}
			name, after := rustName(clean, at)
			local[name] = true
			at = after
		case "extern":
			word, after := rustName(clean, at)
			if word != "crate" {
				continue
			}
			name, end := rustName(clean, after)
			found.add(statement{module: name, start: end - len(name), end: end})
			at = end
		case "use":
			if !statementBegins(clean, start) {
				continue
			}
			end := len(clean)
			if semicolon := bytes.IndexByte(clean[at:], ';'); semicolon >= 0 {
				end = at + semicolon
			}
			if takesAll(clean[at:end]) {
				return nil
			}
			found.uses(clean, at, end, local)
			at = end
		}
	}
	kept := found[:0]
	for _, s := range found {
		if !local[s.module] {
			kept = append(kept, s)
		}
	}
	return kept
}

// rustName is the identifier that follows a place, and the place behind it.
func rustName(clean []byte, at int) (string, int) {
	for at < len(clean) && isSpace(clean[at]) {
		at++
	}
	if bytes.HasPrefix(clean[at:], []byte("r#")) {
		at += 2
	}
	end := wordAt(clean, at)
	return string(clean[at:end]), end
}

// statementBegins reports whether the word at a place is the first of a statement, but for "pub" and attributes.
func statementBegins(clean []byte, at int) bool {
	before := bytes.TrimRight(clean[max(0, at-maxName):at], " \t\r\n")
	if len(before) == 0 {
		return true
	}
	switch before[len(before)-1] {
	case ';', '{', '}', ']':
		return true
	case ')': // pub(crate)
		return bytes.Contains(before[max(0, len(before)-40):], []byte("pub"))
	}
	return bytes.HasSuffix(before, []byte("pub"))
}

// takesAll reports whether a use takes in names that it does not say, from somewhere else than the modules above.
func takesAll(clause []byte) bool {
	if !bytes.Contains(clause, []byte("::*")) && !bytes.Contains(clause, []byte("{*")) {
		return false
	}
	first, _ := rustName(clause, 0)
	return first != "super" && first != "std" && first != "core" && first != "alloc"
}

// uses notes what the paths of a use begin with, and the names that they bring into the file.
func (s *statements) uses(clean []byte, start, end int, local map[string]bool) {
	depth, begins := 0, true
	grouped := bytes.HasPrefix(bytes.TrimLeft(clean[start:end], " \t\r\n"), []byte("{")) // use {a::b, c::d};
	for at := start; at < end; {
		switch c := clean[at]; {
		case c == 'r' && bytes.HasPrefix(clean[at:end], []byte("r#")):
			at++
		case isWord(c):
			after := wordAt(clean[:end], at)
			name := string(clean[at:after])
			next := bytes.TrimLeft(clean[after:end], " \t\r\n")
			if begins && name == strings.ToLower(name) && name != "as" {
				s.add(statement{module: name, start: at, end: after})
			} else if !bytes.HasPrefix(next, []byte("::")) {
				local[name] = true // the last part of a path, or the name given to it
			}
			begins = false
			at = after
			continue
		case c == '{':
			depth++
			begins = depth == 1 && grouped
		case c == '}':
			depth--
		case c == ',' && depth == 1 && grouped:
			begins = true
		}
		at++
	}
}

// blankRust replaces comments and strings by spaces.
func blankRust(source []byte) []byte {
	out := bytes.Clone(source)
	blank := func(from, to int) int {
		to = min(to, len(out))
		for i := from; i < to; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
		return to
	}
	for i := 0; i < len(out); {
		switch {
		case bytes.HasPrefix(out[i:], []byte("//")):
			i = blank(i, lineEnd(out, i))
		case bytes.HasPrefix(out[i:], []byte("/*")):
			i = blank(i, commentEnd(out, i))
		case out[i] == 'r' && (i == 0 || !isWord(out[i-1])) && rawString(out, i) > 0:
			i = blank(i, rawString(out, i))
		case out[i] == '"':
			end := i + 1
			for end < len(out) && out[end] != '"' {
				if out[end] == '\\' {
					end++
				}
				end++
			}
			i = blank(i, end+1)
		case out[i] == '\'' && i+2 < len(out) && (out[i+2] == '\'' || out[i+1] == '\\'): // not a lifetime
			end := i + 2
			for end < len(out) && out[end] != '\'' && out[end] != '\n' {
				end++
			}
			i = blank(i, end+1)
		default:
			i++
		}
	}
	return out
}

// commentEnd is the place behind a comment, which may hold others.
func commentEnd(source []byte, at int) int {
	depth := 0
	for i := at; i < len(source); i++ {
		switch {
		case bytes.HasPrefix(source[i:], []byte("/*")):
			depth++
			i++
		case bytes.HasPrefix(source[i:], []byte("*/")):
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(source)
}

// rawString is the place behind a raw string such as r#"…"#; 0 when none begins there.
func rawString(source []byte, at int) int {
	i := at + 1
	for i < len(source) && source[i] == '#' {
		i++
	}
	if i >= len(source) || source[i] != '"' || i-at > 256 {
		return 0
	}
	mark := append([]byte{'"'}, source[at+1:i]...)
	if end := bytes.Index(source[i+1:], mark); end >= 0 {
		return i + 1 + end + len(mark)
	}
	return len(source)
}

// rustPackages says which crate a path of Rust begins with. Crates are declared with hyphens and used with underscores.
func (s *settings) rustPackages(_ *project, _ checks.Path, st *statement) ([]string, bool) {
	if s.rust.standard[st.module] || st.module[0] == '_' || st.module[0] <= '9' || !isASCII(st.module) {
		return nil, false
	}
	out := []string{st.module}
	if hyphens := strings.ReplaceAll(st.module, "_", "-"); hyphens != st.module {
		out = append(out, hyphens)
	}
	return out, true
}

// ownsRust reports whether a crate or a module of that name may be the repository's own.
func ownsRust(p *project, _ checks.Path, s *statement, _ []string) bool {
	r := p.repository
	if r.everywhere(s.module) || r.everywhere(strings.ReplaceAll(s.module, "_", "-")) {
		return true
	}
	for _, manifest := range r.manifests { // a library may have another name than its package
		if path.Base(manifest) == "Cargo.toml" && strings.Contains(r.text(manifest), `"`+s.module+`"`) {
			return true
		}
	}
	return false
}
