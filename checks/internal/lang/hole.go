package lang

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// A hole is a place of a pattern that is not code: $X, $...X, `...`, `. ... .`, the ends of <... e ...>, and the type in
// ($X: T). Since a grammar knows code only, the text that it gets has stand-ins in the holes: identifiers that nobody
// writes, with whatever a language needs round them.
type hole struct {
	kind       holeKind
	start, end int    // in the pattern
	name       string // $X of a metavariable
	typed      bool   // a metavariable with a type
	quoted     bool   // it stands in a literal
	standIns   []string
}

type holeKind uint8

const (
	metavariable holeKind = iota
	rest
	ellipsis
	chain     // the property that `...` is in `a. ... .b`
	deepBegin // <...
	deepEnd   // ...>
	typedText // what only says that a metavariable has a type: replaced, and gone
)

// sentinel is the identifier that stands in hole number i. In a stand-in "@" is written for it, and "^" for one that
// begins with a capital.
func sentinel(i int) string { return "__hole" + strconv.Itoa(i) + "__" }

func capitalSentinel(i int) string { return "HOLE" + strconv.Itoa(i) + "__" }

var (
	sentinelPattern = regexp.MustCompile(`\$?(?:__hole|HOLE)(\d+)__`)
	wholeSentinel   = regexp.MustCompile(`^\$?(?:__hole|HOLE)(\d+)__$`)
)

// holePattern finds holes. Order matters: the longest first.
var holePattern = regexp.MustCompile(`<\.\.\.|\.\.\.>|\.\s*\.\.\.\s*\.|\.\s+\.\.\.|\.\.\.|\$\.\.\.[A-Z_][A-Z_0-9]*|\$[A-Z_][A-Z_0-9]*`)

// findHoles finds the holes of a pattern in order.
func findHoles(text string, p *patternSyntax) ([]hole, error) {
	var holes []hole
	var deep []int // holes that opened <...
	for _, at := range holePattern.FindAllStringIndex(text, -1) {
		start, end := at[0], at[1]
		h := hole{start: start, end: end, name: text[start:end]}
		switch written := h.name; {
		case written == "<...":
			if end < len(text) && text[end] == '>' { // List<...>
				h.kind, h.start, h.name = ellipsis, start+1, "..."
				break
			}
			h.kind = deepBegin
			deep = append(deep, len(holes))
		case written == "...>":
			if len(deep) == 0 { // <a ...>
				h.kind, h.end, h.name = ellipsis, end-1, "..."
				break
			}
			h.kind = deepEnd
			deep = deep[:len(deep)-1]
		case strings.HasPrefix(written, "$..."):
			h.kind = rest
		case written[0] == '$':
			h.kind = metavariable
			if end < len(text) && isWord(text[end]) || p.isVariable(text, start, end) {
				continue // $Xyz is no metavariable
			}
		case len(written) > 3 && p.words:
			h.kind, h.name = ellipsis, "..."
			h.start = start + strings.Index(written, "...")
			h.end = h.start + 3
		case len(written) > 3:
			h.kind, h.name = chain, "..."
			h.start = start + strings.Index(written, "...")
			if strings.HasPrefix(written, "....") { // a.....b, where the first dot is the member's
				h.start = start + 1
			}
			h.end = h.start + 3
		default:
			if p.isSpread(text, start, end) {
				continue
			}
			h.kind = ellipsis
		}
		holes = append(holes, h)
		if len(holes) > maxHoles {
			return nil, fmt.Errorf("more than %d metavariables and ellipses in a pattern", maxHoles)
		}
	}
	if len(deep) > 0 {
		h := holes[deep[len(deep)-1]]
		return nil, fmt.Errorf("line %d: `<...` has no `...>`", lineOf(text, h.start))
	}
	for i := range holes {
		holes[i].quoted = isQuoted(text, holes[i].start)
		if p.place != nil && holes[i].kind == ellipsis && !holes[i].quoted {
			holes[i].standIns = p.place(text, holes[i].start)
		}
	}
	return p.typedHoles(text, holes), nil
}

// isQuoted reports whether a place lies between quotes that open and close on its line. What stands there can only be
// text, while "..." as code may be anything.
func isQuoted(text string, at int) bool {
	from := strings.LastIndexByte(text[:at], '\n') + 1
	line := text[from:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	at -= from
	for i := 0; i < at; i++ {
		quote := line[i]
		if quote == '\\' {
			i++
			continue
		}
		if quote != '"' && quote != '\'' && quote != '`' || quote == '\'' && i > 0 && isName(line[i-1]) {
			continue
		}
		end := closingQuote(line, i)
		if end > at {
			return true
		}
		if end > i {
			i = end
		}
	}
	return false
}

// closingQuote is where the quote at open closes, or -1.
func closingQuote(line string, open int) int {
	for i := open + 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case line[open]:
			return i
		}
	}
	return -1
}

// isWord reports whether a metavariable that is followed by c is really another word.
func isWord(c byte) bool { return c >= 'a' && c <= 'z' }

func lineOf(text string, at int) int { return 1 + strings.Count(text[:min(at, len(text))], "\n") }

// isSpread reports whether the `...` at text[start:end] is the language's own.
func (p *patternSyntax) isSpread(text string, start, end int) bool {
	if strings.HasSuffix(strings.TrimRight(text[:start], " "), "function") { // a function of any name
		return false
	}
	if p.spreadBefore && end < len(text) && (isName(text[end]) || strings.IndexByte(`$[({"'`+"`", text[end]) >= 0) {
		return true
	}
	if p.spreadAfter && start > 0 && (isName(text[start-1]) || text[start-1] == ')' || text[start-1] == ']') {
		return true
	}
	return false
}

func isName(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isVariable reports whether the $X at text[start:end] is the language's own: $1 in a template, say.
func (p *patternSyntax) isVariable(text string, start, end int) bool {
	return p.ownVariable != nil && p.ownVariable(text, start, end)
}

// typedHoles marks the metavariables that have a type: ($X: T), or (T $X) where the language puts types first.
func (p *patternSyntax) typedHoles(text string, holes []hole) []hole {
	if p.typed == nil {
		return holes
	}
	var out []hole
	for i := 0; i < len(holes); i++ {
		h := holes[i]
		if h.kind == metavariable {
			if more := p.typed(text, holes, i, &out); more >= 0 {
				i = more
				continue
			}
		}
		out = append(out, h)
	}
	return out
}

// typeBehind recognises ($X: T) and is the typed function of most languages. As ($X: T) may also be the parameters of a
// function, nothing may stand before the bracket that is called or declared, nor an arrow or a body behind it. The
// three texts stand round the metavariable and its type: "(", " as ", ")" makes a cast.
func typeBehind(before, between, after string) typedFunc {
	return func(text string, holes []hole, i int, out *[]hole) int {
		h := holes[i]
		open := skipBack(text, h.start)
		colon := skipSpace(text, h.end)
		if open < 0 || text[open] != '(' || !opensExpression(text, open) || colon >= len(text) || text[colon] != ':' || colon+1 < len(text) && text[colon+1] == ':' {
			return -1
		}
		end := closing(text, open)
		if end < 0 || isParameters(text, end) {
			return -1
		}
		typed := h
		typed.typed = true
		typed.start, typed.end = open, colon+1
		typed.standIns = []string{before + "@" + between}
		*out = append(*out, typed)
		j := i + 1
		for ; j < len(holes) && holes[j].start < end; j++ {
			*out = append(*out, holes[j])
		}
		*out = append(*out, hole{kind: typedText, start: end, end: end + 1, standIns: []string{after}})
		return j - 1
	}
}

// typeBefore recognises (T $X), and makes `before T between $X after` of it.
func typeBefore(before, between, after string) typedFunc {
	return func(text string, holes []hole, i int, out *[]hole) int {
		h := holes[i]
		end := skipSpace(text, h.end)
		open := opening(text, h.start)
		if end >= len(text) || text[end] != ')' || open < 0 || !opensExpression(text, open) || isParameters(text, end) {
			return -1
		}
		of := strings.TrimSpace(text[open+1 : h.start])
		if of == "" || !typeText.MatchString(of) {
			return -1
		}
		before, between, after := before, between, after
		if rest := text[skipSpace(text, end+1):]; strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") {
			before, between, after = "", "[", "]" // a cast can't be assigned to, T[x] can
		}
		// The holes in the type are out already; the bracket comes before them.
		first := len(*out)
		for first > 0 && (*out)[first-1].start > open {
			first--
		}
		inType := append([]hole(nil), (*out)[first:]...)
		*out = append((*out)[:first], hole{kind: typedText, start: open, end: open + 1, standIns: []string{before}})
		*out = append(*out, inType...)
		typed := h
		typed.typed, typed.end = true, end+1
		typed.standIns = []string{between + "@" + after}
		*out = append(*out, typed)
		return i
	}
}

// typeText is what may be a type before a metavariable.
var typeText = regexp.MustCompile(`^[\w$][\w$.:]*(\s*<[\w\s$.,?<>]*>)?[\s*&]*(\[\s*\]\s*)*$`)

type typedFunc func(text string, holes []hole, i int, out *[]hole) int

func skipBack(text string, at int) int {
	for at--; at >= 0 && strings.IndexByte(" \t\r\n", text[at]) >= 0; at-- {
	}
	return at
}

func skipSpace(text string, at int) int {
	for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
		at++
	}
	return at
}

// opensExpression reports whether the bracket at open groups, rather than calls or declares.
func opensExpression(text string, open int) bool {
	at := skipBack(text, open)
	if at < 0 {
		return true
	}
	if text[at] == ')' || text[at] == ']' || text[at] == '>' || text[at] == '.' {
		return at > 0 && text[at] == '>' && strings.IndexByte("=-.", text[at-1]) >= 0
	}
	if !isName(text[at]) {
		return true
	}
	begin := at
	for begin > 0 && isName(text[begin-1]) {
		begin--
	}
	switch text[begin : at+1] {
	case "return", "await", "yield", "in", "of", "not", "and", "or", "throw", "assert", "else", "case", "print", "del", "raise", "is", "range":
		return true
	}
	return false
}

// isParameters reports whether what stands behind the bracket at end makes it the end of parameters.
func isParameters(text string, end int) bool {
	after := text[skipSpace(text, end+1):]
	return strings.HasPrefix(after, "=>") || strings.HasPrefix(after, "->") || strings.HasPrefix(after, "{")
}

// closing is the bracket that closes the one at open, or -1.
func closing(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// opening is the bracket round the place at, if nothing but a list of words stands between; or -1.
func opening(text string, at int) int {
	for i := at - 1; i >= 0; i-- {
		switch text[i] {
		case '(':
			return i
		case ')', ';', '{', '}', '"', '\'', '=':
			return -1
		}
	}
	return -1
}

// standInsOf are the texts to try in a hole, in order.
func (p *patternSyntax) standInsOf(h *hole) []string {
	if h.standIns != nil {
		return h.standIns
	}
	if h.quoted {
		return []string{"@"}
	}
	switch h.kind {
	case metavariable:
		return orDefault(p.metavariables)
	case rest, ellipsis:
		return orDefault(p.ellipses)
	case deepBegin:
		return []string{"@("}
	case deepEnd:
		return []string{")"}
	}
	return []string{"@"}
}

func orDefault(standIns []string) []string {
	if len(standIns) == 0 {
		return []string{"@"}
	}
	return standIns
}

// astKind is what the hole becomes.
func (h *hole) astKind() ast.Kind {
	switch h.kind {
	case rest:
		return ast.MetavarRest
	case ellipsis, chain:
		return ast.Ellipsis
	}
	return ast.Metavar
}
