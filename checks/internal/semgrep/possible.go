package semgrep

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/prefilter"
)

// Contents is what is known of a text before anything is looked for in it.
type Contents interface {
	// Windows are those of the text.
	Windows() *prefilter.Grams
	// PutsTogether reports whether texts of the code, as they are written or as it puts them together, may be that one.
	PutsTogether(text Piece) bool
}

// Possible reports whether the formula may hold somewhere in code, by what the code must contain for that. It costs next to nothing, and
// most of the patterns of a rule have no business in most files.
func (f *Formula) Possible(c Contents) bool {
	switch f.Op {
	case PatternOp:
		words := f.Pattern.read()
		return c.Windows().HoldsAll(words.windows) && meets(c.PutsTogether, words.quoted)
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
	return func(p Piece) bool { return c.Windows().HoldsAll(p.Windows) && c.Windows().HoldsAll(p.Words) }
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

// Outline is a text of which no more is known than what stands in it.
type Outline struct {
	windows prefilter.Grams
	known   map[*Formula]bool // of taint, which rules have in common
}

// NewOutline reads a text.
func NewOutline(text string) *Outline {
	o := &Outline{known: map[*Formula]bool{}}
	o.windows.Add(text)
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

// Windows implements [Contents].
func (o *Outline) Windows() *prefilter.Grams { return &o.windows }

// A text that code puts together of two pieces lacks the windows across the seam, and perhaps the word there; nobody puts together a
// short one, or one of more pieces.
const (
	seam      = 2 // windows
	shortText = 5 // windows, of seven bytes
)

// PutsTogether implements [Contents].
func (o *Outline) PutsTogether(text Piece) bool {
	windows, words := o.missing(text.Windows), o.missing(text.Words)
	return windows+words == 0 || len(text.Windows) > shortText && windows <= seam && words <= 1
}

func (o *Outline) missing(list []prefilter.Gram) int {
	n := 0
	for _, one := range list {
		if !o.windows.Holds(one) {
			n++
		}
	}
	return n
}
