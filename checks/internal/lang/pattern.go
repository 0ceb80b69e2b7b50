package lang

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// Bounds of a pattern. People write a few hundred bytes.
const (
	maxPattern  = 64 << 10 // bytes
	maxHoles    = 500
	maxAttempts = 400     // parses, over all frames and stand-ins
	maxParsed   = 1 << 20 // bytes that they may read together
)

// patternSyntax says how patterns are made to parse as code of a language.
type patternSyntax struct {
	// grammars are tried in order; the language's own if empty.
	grammars []*grammar

	// metavariables and ellipses are the stand-ins for $X, and for `...` and $...X; "@" alone if empty. A grammar wants
	// different ones in different positions, so the first that makes sense is taken. "@" is an identifier, "^" one that begins with a
	// capital.
	metavariables []string
	ellipses      []string

	// frames are what is written round a pattern, so that a part of a program is a program. The first that makes sense
	// is taken; the empty frame should be the first of those without a condition.
	frames []frame

	// place gives the stand-ins of the ellipsis at a byte of a pattern where its place tells; nil where it doesn't.
	place func(text string, at int) []string

	onlyPair     bool // a mapping of one pair, without brackets, means the pair
	typed        typedFunc
	words        bool // code is words: `. ...` is a word and an ellipsis
	spreadBefore bool // ...x is code
	spreadAfter  bool // x... is code
	ownVariable  func(text string, start, end int) bool
}

// frame is the text round a pattern.
type frame struct {
	before, after string
	when          *regexp.Regexp // the patterns it is for; nil means all
	unless        *regexp.Regexp // the patterns it is not for: grammars take a keyword for a name where it has no meaning
	partial       bool           // it completes what the pattern begins or ends
	inner         bool           // what begins in the pattern and ends behind it is not meant
	unblock       bool           // a block that begins the pattern is the frame's: its statements are meant
}

func (f *frame) fits(text string) bool {
	return (f.when == nil || f.when.MatchString(text)) && (f.unless == nil || !f.unless.MatchString(text))
}

// Pattern reads the pattern of a rule.
func (l *Language) Pattern(text string) (*ast.Pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("a pattern of %d bytes; at most %d are read", len(text), maxPattern)
	}
	text = dedent(text)
	if l.patterns.onlyPair {
		text = strings.TrimRight(strings.TrimSuffix(text, ","), " ") // a pair that was cut out of an object
	}
	if text == "" {
		return nil, errors.New("an empty pattern")
	}
	holes, err := findHoles(text, &l.patterns)
	if err != nil {
		return nil, err
	}
	r := &reader{language: l, text: text, holes: holes, attempts: allowance(text)}
	if err := r.read(); err != nil {
		return nil, err
	}
	return r.plant()
}

// allowance is how many attempts a pattern gets: fewer when each is long. The first in each frame are beside it.
func allowance(text string) int { return min(maxAttempts, maxParsed/len(text)) }

// dedent removes the indentation that all lines share, and the space round the text.
func dedent(text string) string {
	lines := strings.Split(strings.TrimRight(text, " \t\r\n"), "\n")
	for len(lines) > 1 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	common := -1
	for _, line := range lines {
		if body := strings.TrimLeft(line, " \t"); body != "" {
			if indent := len(line) - len(body); common < 0 || indent < common {
				common = indent
			}
		}
	}
	for i, line := range lines {
		lines[i] = line[min(max(common, 0), len(line)):]
	}
	return strings.TrimLeft(strings.Join(lines, "\n"), " \t")
}

// reader finds the frame and the stand-ins with which a pattern parses.
type reader struct {
	language *Language
	text     string
	holes    []hole
	attempts int

	best attempt
}

// attempt is one way of making code of a pattern.
type attempt struct {
	frame   *frame
	grammar *grammar
	cst     *syntax.Tree
	choices []int // of each hole, which stand-in
	starts  []int // of each hole, where its stand-in begins in the code
	ends    []int
	cost    int // how much of it makes no sense; 0 is none
}

var bare frame

func (r *reader) read() error {
	grammars := r.language.patterns.grammars
	if len(grammars) == 0 {
		grammars = r.language.grammars[:1]
	}
	frames := r.language.patterns.frames
	if len(frames) == 0 {
		frames = []frame{bare}
	}
	var failed *attempt // of the bare frame, for the message
	for _, thorough := range []bool{false, true} {
		for _, g := range grammars {
			for i := range frames {
				f := &frames[i]
				if !f.fits(r.text) {
					continue
				}
				a, err := r.try(attempt{frame: f, grammar: g, choices: make([]int, len(r.holes))})
				if err == nil && thorough && a.cost > 0 && r.attempts > 0 {
					a, err = r.improve(a)
				}
				if err != nil {
					return err
				}
				if a.cost == 0 {
					r.best = a
					return nil
				}
				if failed == nil || f.before == "" && f.after == "" && a.cost < failed.cost {
					failed = &a
				}
			}
		}
	}
	return r.explain(failed)
}

// improve tries other stand-ins: for each hole by itself, then one for all ellipses and one for all metavariables, since
// most patterns have them in one position, then each hole again while that helps, and last two holes at a time.
func (r *reader) improve(a attempt) (attempt, error) {
	bare := a
	a, err := r.each(a)
	if err != nil || a.cost == 0 {
		return a, err
	}
	p := &r.language.patterns
	for choice := range orDefault(p.ellipses) {
		for metavariables := range orDefault(p.metavariables) {
			b, err := r.tryWith(bare, func(j int) bool { return r.holes[j].kind != metavariable }, choice)
			if err == nil && metavariables > 0 && b.cost > 0 {
				b, err = r.tryWith(b, func(j int) bool { return r.holes[j].kind == metavariable }, metavariables)
			}
			if err != nil || b.cost == 0 {
				return b, err
			}
			if b.cost < a.cost {
				a = b
			}
		}
	}
	for before := a.cost + 1; a.cost < before; {
		before = a.cost
		if a, err = r.each(a); err != nil || a.cost == 0 {
			return a, err
		}
	}
	for i := range r.holes {
		for choice := range r.standIns(i) {
			b, err := r.tryWith(a, func(j int) bool { return j == i }, choice)
			if err != nil || b.cost == 0 {
				return b, err
			}
			if b, err = r.each(b); err != nil || b.cost == 0 {
				return b, err
			}
		}
	}
	return a, nil
}

// each takes the best of the stand-ins of each hole in turn.
func (r *reader) each(a attempt) (attempt, error) {
	for i := range r.holes {
		for choice := range r.standIns(i) {
			if choice == a.choices[i] {
				continue
			}
			b, err := r.tryWith(a, func(j int) bool { return j == i }, choice)
			if err != nil || b.cost == 0 {
				return b, err
			}
			if b.cost < a.cost {
				a = b
			}
		}
	}
	return a, nil
}

func (r *reader) standIns(hole int) []string {
	return r.language.patterns.standInsOf(&r.holes[hole])
}

// tryWith tries a with another stand-in in some holes; it gives a back when there were too many attempts.
func (r *reader) tryWith(a attempt, in func(hole int) bool, choice int) (attempt, error) {
	if r.attempts <= 0 {
		return a, nil
	}
	a.choices = append([]int(nil), a.choices...)
	for i := range r.holes {
		if in(i) && choice < len(r.standIns(i)) {
			a.choices[i] = choice
		}
	}
	return r.try(a)
}

// try parses the pattern in a frame, with a choice of stand-ins.
func (r *reader) try(a attempt) (attempt, error) {
	r.attempts--
	var code strings.Builder
	code.WriteString(a.frame.before)
	a.starts, a.ends = make([]int, len(r.holes)), make([]int, len(r.holes))
	at := 0
	for i := range r.holes {
		h := &r.holes[i]
		code.WriteString(r.text[at:h.start])
		a.starts[i] = code.Len()
		writeStandIn(&code, r.standIns(i)[a.choices[i]], i)
		a.ends[i] = code.Len()
		at = h.end
	}
	code.WriteString(r.text[at:])
	code.WriteString(a.frame.after)

	text := code.String()
	if a.grammar.legible != nil {
		text = a.grammar.legible(text)
	}
	cst, err := syntax.Parse(context.Background(), a.grammar.language, []byte(text), syntax.Limits{})
	if err != nil {
		return a, fmt.Errorf("the pattern can't be read: %w", err)
	}
	cst.Source = code.String()
	a.cst, a.cost = cst, 0
	if cst.Errors > 0 {
		for i := range cst.Nodes {
			if n := &cst.Nodes[i]; n.Flags&(syntax.Error|syntax.Missing) != 0 {
				a.cost += 16 + int(n.End-n.Start)
			}
		}
	}
	return a, nil
}

// writeStandIn writes the stand-in of a hole, with the hole's own names in it.
func writeStandIn(code *strings.Builder, standIn string, hole int) {
	for i := range len(standIn) {
		switch standIn[i] {
		case '@':
			code.WriteString(sentinel(hole))
		case '^':
			code.WriteString(capitalSentinel(hole))
		default:
			code.WriteByte(standIn[i])
		}
	}
}

// explain says where a pattern stops making sense.
func (r *reader) explain(a *attempt) error {
	for i := range a.cst.Nodes {
		n := &a.cst.Nodes[i]
		if n.Flags&(syntax.Error|syntax.Missing) == 0 {
			continue
		}
		line := lineOf(r.text, r.original(a, int(n.Start)))
		if n.Flags&syntax.Missing != 0 {
			return fmt.Errorf("line %d of the pattern: expected %q here: %s", line, a.cst.Language.SymbolName(n.Symbol), r.quoteLine(line))
		}
		return fmt.Errorf("line %d of the pattern makes no sense as %s: %s", line, r.language.Name, r.quoteLine(line))
	}
	return errors.New("the pattern makes no sense")
}

// quoteLine is a line of the pattern, cut to a length that fits into a message.
func (r *reader) quoteLine(line int) string {
	const longest = 80
	lines := strings.Split(r.text, "\n")
	text := strings.TrimSpace(lines[min(line, len(lines))-1])
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return "`" + text + "`"
}

// original is where a place of the code is in the pattern.
func (r *reader) original(a *attempt, at int) int {
	at -= len(a.frame.before)
	if at < 0 {
		return 0
	}
	shift := len(a.frame.before)
	for i := range r.holes {
		place := at + len(a.frame.before)
		switch {
		case place < a.starts[i]:
			return min(place-shift, len(r.text))
		case place < a.ends[i]:
			return r.holes[i].start
		}
		shift = a.ends[i] - r.holes[i].end
	}
	return min(at+len(a.frame.before)-shift, len(r.text))
}
