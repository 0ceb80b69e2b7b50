package semgrep

import (
	"slices"
	"sort"
	"strings"

	"github.com/assay-app/assay/checks/internal/prefilter"
)

// Contents is what is known of a text before anything is looked for in it.
type Contents interface {
	// Written is the text as it is written.
	Written() *prefilter.Text
	// PutsTogether reports whether texts of the code, as they are written or as it puts them together, may be that one.
	PutsTogether(text Piece) bool
}

// Possible reports whether the formula may hold somewhere in code, by what the code must contain for that. It costs next to nothing, and
// most of the patterns of a rule have no business in most files.
func (f *Formula) Possible(c Contents) bool {
	switch f.Op {
	case PatternOp:
		words := f.Pattern.read()
		return c.Written().HoldsAll(words.windows) && marks(c.Written(), words.marked) && meets(c.PutsTogether, words.quoted)
	case RegexOp:
		return meets(written(c), f.Regex.choices())
	case Any:
		for _, part := range f.Formulas {
			if part.Possible(c) {
				return true
			}
		}
		return false
	case Inside, Anywhere:
		return f.Formulas[0].Possible(c)
	case All:
		for _, part := range f.Formulas {
			if part.Op != Not && !part.Possible(c) {
				return false
			}
		}
		for _, condition := range f.Conditions {
			if condition.Kind == PatternCondition && condition.Language == "" && !condition.Formula.Possible(c) {
				return false
			}
		}
		conditions := f.readConditions()
		return meets(written(c), conditions.written) && meets(c.PutsTogether, conditions.told)
	}
	return true
}

func written(c Contents) func(Piece) bool {
	return func(p Piece) bool { return p.In(c.Written()) }
}

// marks reports whether all words stand behind an @, or have other names there.
func marks(text *prefilter.Text, words []markedWord) bool {
	for _, word := range words {
		if !text.Holds(word.gram) && !text.Contains(word.renamed) {
			return false
		}
	}
	return true
}

// meets reports whether a text contains one of each choice.
func meets(contains func(Piece) bool, choices []choice) bool {
	for _, any := range choices {
		if !slices.ContainsFunc(any, contains) {
			return false
		}
	}
	return true
}

// Possible reports whether the rule may find something in a text, as [Formula.Possible] does. Where a flow may begin or end in
// another file, one of its ends is enough.
func (r *Rule) Possible(o *Outline, crossing bool) bool {
	if r.Taint == nil {
		return r.Formula.Possible(o)
	}
	sinks := slices.ContainsFunc(r.Taint.Sinks, func(s Sink) bool { return o.mayHold(s.Formula) })
	if sinks == crossing {
		return sinks
	}
	return slices.ContainsFunc(r.Taint.Sources, func(s Source) bool { return o.mayHold(s.Formula) })
}

// In reports whether the piece is in a text as it is written.
func (p *Piece) In(text *prefilter.Text) bool {
	return text.HoldsAll(p.Windows) && text.HoldsAll(p.Words) && text.ContainsAll(p.parts)
}

// Outline is a text of which no more is known than what stands in it.
type Outline struct {
	text  prefilter.Text
	known map[*Formula]bool // of taint, which rules have in common
}

// NewOutline reads a text.
func NewOutline(text string) *Outline {
	o := &Outline{known: map[*Formula]bool{}}
	o.text.Read(text)
	return o
}

func (o *Outline) mayHold(f *Formula) bool {
	may, ok := o.known[f]
	if !ok {
		may = f.Possible(o)
		o.known[f] = may
	}
	return may
}

// Written implements [Contents].
func (o *Outline) Written() *prefilter.Text { return &o.text }

// A text that code puts together of two pieces lacks the windows across the seam, and the word there, whose halves it has instead;
// nobody puts together a short one, or one of more pieces.
const (
	seam      = 2 // windows
	shortText = 5 // windows, of seven bytes
)

// PutsTogether implements [Contents].
func (o *Outline) PutsTogether(text Piece) bool {
	if len(text.Windows) <= shortText {
		return text.In(&o.text) && (!text.quoted || o.text.Quotes(text.parts[0]))
	}
	first, last := -1, -1
	for i, window := range text.Windows {
		if !o.text.Holds(window) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first >= 0 && last-first >= seam {
		return false
	}
	lacking := -1
	for i, word := range text.Words {
		if !o.text.Holds(word) {
			if lacking >= 0 {
				return false
			}
			lacking = i
		}
	}
	return (lacking < 0 || o.halves(text.words[lacking]) || o.changesCase()) && o.pieces(text.parts)
}

// pieces reports whether all parts of a text are written, but for one of which two pieces are.
func (o *Outline) pieces(parts []string) bool {
	apart := false
	for _, part := range parts {
		if o.text.Contains(part) {
			continue
		}
		if apart || !o.apart(part) {
			return false
		}
		apart = true
	}
	return true
}

// apart reports whether two pieces of a text are written that make it up.
func (o *Outline) apart(text string) bool {
	// Of how many bytes the longest piece is that begins it: what begins that is written, too.
	begin := sort.Search(len(text), func(n int) bool { return !o.text.Contains(text[:n+1]) })
	return begin > 0 && o.text.Contains(text[begin:])
}

// halves reports whether there are two words that make one.
func (o *Outline) halves(word string) bool {
	for i := 1; i < len(word); i++ {
		if !o.text.Holds(prefilter.WordGram(word[:i])) {
			continue
		}
		if rest := strings.TrimLeft(word[i:], "0123456789"); rest == "" || o.text.Holds(prefilter.WordGram(rest)) {
			return true
		}
	}
	return false
}

// changesCase reports whether the text calls what gives a text in other letters, in which its words are not written.
func (o *Outline) changesCase() bool { return slices.ContainsFunc(caseChanges, o.text.Holds) }

// caseChanges are the names of those methods.
var caseChanges = []prefilter.Gram{
	prefilter.WordGram("lower"), prefilter.WordGram("upper"), prefilter.WordGram("toLowerCase"), prefilter.WordGram("toUpperCase"),
}
