package secret

import (
	"bytes"
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// redactBasis is the basis of steps for one quote, which is short; see stepsBasis.
const redactBasis = 20_000_000

// Redact takes the credentials out of a text that another check quotes from a file: whole ones, those that invisible
// characters interrupt or spell, and the beginning or end of one that the edge of the quote cuts off. When it cannot
// tell, it shows nothing of the text.
func (c *Check) Redact(ctx context.Context, path checks.Path, quoted string) (string, error) {
	var found []text.Cut
	for _, view := range viewsOf(quoted) {
		s, err := c.catalogue.newScanner(path, view.text, stepsPerByte*len(view.text)+redactBasis)
		if err != nil {
			return redacted, err
		}
		matches, err := s.run(ctx)
		if err != nil {
			return redacted, err
		}
		for _, cut := range append(cuts(resolve(matches)), clipped(view.text)...) {
			cut.Span = view.origin(cut.Span)
			found = append(found, cut)
		}
	}
	return text.Replace([]byte(quoted), found), nil
}

// view is a text without some of its characters.
type view struct {
	text    []byte
	offsets []int // where each byte stood; nil for the text itself
	width   int   // bytes that each took there
}

// viewsOf gives a text as it is, and if there are invisible characters in it, the text without them and what the tag
// characters among them spell.
func viewsOf(quoted string) []view {
	views := []view{{text: []byte(quoted)}}
	if !strings.ContainsFunc(quoted, invisible) {
		return views
	}
	visible, tags := view{width: 1}, view{width: utf8.RuneLen(tagBlock)}
	for at, r := range quoted {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(quoted[at:])
		}
		switch {
		case !invisible(r):
			for i := range size {
				visible.text, visible.offsets = append(visible.text, quoted[at+i]), append(visible.offsets, at+i)
			}
		case r > tagBlock && r < tagBlock+utf8.RuneSelf:
			tags.text, tags.offsets = append(tags.text, byte(r-tagBlock)), append(tags.offsets, at)
		}
	}
	return append(views, visible, tags)
}

// tagBlock is where Unicode's invisible copy of ASCII begins.
const tagBlock = 0xe0000

func invisible(r rune) bool {
	return r >= 0xad && unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// origin is where a span of the view stands in the text.
func (v *view) origin(at text.Span) text.Span {
	if v.offsets == nil || at.Start >= at.End {
		return at
	}
	return text.Span{Start: v.offsets[at.Start], End: v.offsets[at.End-1] + v.width}
}

// clipped finds what looks random right before or after an ellipsis: a quote that was cut to a length may have cut a
// credential, and a part of one matches no rule.
func clipped(b []byte) []text.Cut {
	const ellipsis, least, random = "…", 12, 3.2
	var out []text.Cut
	add := func(at text.Span) {
		if word := string(b[at.Start:at.End]); len(word) >= least && entropy(word) > random && !wordy(word) {
			out = append(out, text.Cut{Span: at, Shown: redacted})
		}
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(ellipsis))
		if i < 0 {
			return out
		}
		start, end := at+i, at+i+len(ellipsis)
		before, after := start, end
		for before > 0 && encodedByte[b[before-1]] {
			before--
		}
		for after < len(b) && encodedByte[b[after]] {
			after++
		}
		add(text.Span{Start: before, End: start})
		add(text.Span{Start: end, End: after})
		at = end
	}
}
