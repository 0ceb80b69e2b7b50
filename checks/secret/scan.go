package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// match is a value in a text that a rule takes for a credential.
type match struct {
	text.Span           // of the value, or of the encoded text that holds it
	whole     text.Span // of all that the expression matched
	cut       text.Span // what a quote must not show: the value, and those of other rules that overlap it
	rule      *detector
	value     string
	innocent  bool // a guard says that it is none
}

// A scan may take so many steps for each byte of the text, plus a basis; a step is one byte tried against one state of an
// expression, mostly at 8 ns or less. Go's own source takes 4 a byte, and its worst file a fifth of the bound. A text
// that exceeds it was made to, and is reported as not wholly scanned.
const (
	stepsPerByte = 20
	stepsBasis   = 250_000_000
	stepsOfTry   = 5_000 // what an anchored expression takes at worst; it fails early
	stepsOfLists = 5_000 // what gitleaks' lists of expressions and words take that say what is no credential
)

// MaxMatches is how many credentials are kept of one file. More is a dump, and one finding would do.
const MaxMatches = 1000

// maxCandidates is how many values are kept of one file until it is clear which of them are placeholders or overlap.
const maxCandidates = 4 * MaxMatches

var (
	errTooManySteps      = errors.New("too many words that announce credentials")
	errTooManyValues     = fmt.Errorf("more than %d credentials", MaxMatches)
	errTooManyCandidates = fmt.Errorf("more than %d values that look like credentials", maxCandidates)
)

// scanner scans one text. The keyword index leads to the rules that can match nearby.
type scanner struct {
	*catalogue
	path    checks.Path
	text    []byte
	steps   int
	seen    []covered
	matches []match
	all     bool // keep what generic rules match and a guard excuses, too; it can take the place of nothing

	hashes   bool // the file is machine-made; no generic rule holds
	unquoted bool // a value may stand without quotes
}

// covered is the stretch of the text that a rule has been tried on.
type covered struct {
	from, to, matchedTo int
	elsewhere           bool // the rule holds for other paths
}

// scan finds the credentials of a text, most specific first where several rules match, in the order of their places.
// When it gives up it returns what it has and why.
func (c *catalogue) scan(ctx context.Context, path checks.Path, b []byte) ([]match, error) {
	s, err := c.newScanner(path, b, stepsPerByte*len(b)+stepsBasis)
	if err != nil {
		return nil, err
	}
	matches, err := s.run(ctx)
	if matches = resolve(matches); err == nil && len(matches) > MaxMatches {
		err = errTooManyValues
	}
	return matches, err
}

// run searches the text and gives what it found by the time it gave up.
func (s *scanner) run(ctx context.Context) ([]match, error) {
	err := s.search(ctx)
	if err == nil {
		err = s.searchEncoded(ctx)
	}
	if errors.Is(err, errTooManySteps) || errors.Is(err, errTooManyCandidates) || err == nil {
		return s.matches, err
	}
	return nil, err
}

func (c *catalogue) newScanner(path checks.Path, b []byte, steps int) (*scanner, error) {
	s := &scanner{
		catalogue: c, path: path, text: b, steps: steps, seen: make([]covered, len(c.detectors)),
		hashes: c.machineMade.Match(path), unquoted: !c.needsQuotes.Match(path),
	}
	for i, d := range c.detectors {
		if d.path == nil {
			continue
		}
		re, err := d.path.compile()
		if err != nil {
			return nil, err
		}
		s.seen[i].elsewhere = !re.MatchString(string(path))
	}
	return s, nil
}

// ctxEvery is how many keywords are looked at between two looks at the context.
const ctxEvery = 4096

func (s *scanner) search(ctx context.Context) error {
	var err error
	count := 0
	s.keywords.Find(s.text, func(word, start, end int) bool {
		if count++; count%ctxEvery == 0 && ctx.Err() != nil {
			err = ctx.Err()
			return false
		}
		for _, i := range s.byKeyword[word] {
			if err = s.try(i, start, end); err != nil {
				return false
			}
		}
		return true
	})
	return err
}

// try runs a rule on what surrounds its keyword at [start, end).
func (s *scanner) try(i, start, end int) error {
	d := s.detectors[i]
	if s.seen[i].elsewhere {
		return nil
	}
	switch d.how {
	case named:
		if !assigns(s.text, end) {
			return nil
		}
		return s.window(i, start, start, end+d.reach.after)
	case anchored:
		if d.boundary && !startsWord(s.text, start) {
			return nil
		}
		return s.window(i, start, start, end+d.reach.after)
	}
	if d.where != nil {
		where, err := d.where.compile()
		if err != nil || !where.Match(s.text[start:min(len(s.text), end+nameReach)]) {
			return err
		}
	}
	if at := &s.seen[i]; at.from < at.to && start-d.reach.before >= at.from && end+d.reach.after <= at.to {
		return nil
	}
	// Looking twice as far as one keyword needs covers the keywords that follow closely.
	return s.window(i, start, start-d.reach.before, end+2*d.reach.after)
}

// window runs a rule on [from, to) of the text, and further when a match reaches the end, where "end of text" would be
// taken for the end of a value.
func (s *scanner) window(i, keyword, from, to int) error {
	d := s.detectors[i]
	re, err := d.expr.compile()
	if err != nil {
		return err
	}
	at := &s.seen[i]
	if d.how == around {
		from = wordStart(s.text, max(from, at.matchedTo, 0))
	}
	to = min(to, len(s.text))
	for from < to {
		if s.spend(d, to-from); s.steps < 0 {
			return errTooManySteps
		}
		loc := re.FindSubmatchIndex(s.text[from:to])
		if loc == nil {
			break
		}
		if loc[1] == to-from && to < len(s.text) && to-from < d.reach.most {
			to = min(len(s.text), from+min(4*(to-from), d.reach.most))
			continue
		}
		if err := s.found(d, from, loc); err != nil {
			return err
		}
		if d.how != around {
			break
		}
		from += max(loc[1], 1)
		at.matchedTo = from
	}
	at.from, at.to = min(keyword, from), to
	if d.how == around {
		at.from = max(0, keyword-d.reach.before)
	}
	return nil
}

// spend counts the steps of trying a rule on so many bytes.
func (s *scanner) spend(d *detector, window int) {
	if d.how != around {
		s.steps -= stepsOfTry
		return
	}
	s.steps -= window * d.states
}

// found checks what an expression matched at text[from:] and keeps it if it can be a credential.
func (s *scanner) found(d *detector, from int, loc []int) error {
	group := d.group
	if group == 0 {
		for i := 1; 2*i < len(loc) && group == 0; i++ {
			if loc[2*i] >= 0 && loc[2*i] < loc[2*i+1] {
				group = i
			}
		}
	}
	if loc[2*group] < 0 {
		return nil
	}
	m := match{rule: d, Span: text.Span{Start: from + loc[2*group], End: from + loc[2*group+1]},
		whole: text.Span{Start: from + loc[0], End: from + loc[1]}}
	for m.Start < m.End && s.text[m.Start] == '\n' {
		m.Start++
	}
	for m.Start < m.End && s.text[m.End-1] == '\n' {
		m.End--
	}
	if d.how == named { // the rest of the name, which the expression was relieved of
		for n := 0; n < maxName && m.whole.Start > 0 && nameByte(s.text[m.whole.Start-1]); n++ {
			m.whole.Start--
		}
	}
	m.value = string(s.text[m.Start:m.End])
	if m.value == "" || entropy(m.value) <= d.entropy {
		return nil
	}
	if m.innocent = s.innocent(&m); m.innocent && d.rank == generic && !s.all {
		return nil
	}
	plausible, err := s.plausible(&m)
	if err != nil || !plausible {
		return err
	}
	return s.keep(m)
}

func (s *scanner) keep(m match) error {
	if len(s.matches) >= maxCandidates {
		return errTooManyCandidates
	}
	m.cut = m.Span
	for n := 0; n < blockReach && m.cut.End < len(s.text) && encodedByte[s.text[m.cut.End]]; n++ {
		m.cut.End++ // what goes on after the value may belong to it
	}
	s.matches = append(s.matches, m)
	return nil
}

// plausible applies what the rule itself says about values.
func (s *scanner) plausible(m *match) (bool, error) {
	d := m.rule
	if d.except != nil {
		if re, err := d.except.compile(); err != nil || re.MatchString(m.value) {
			return false, err
		}
	}
	if len(d.context) > 0 && !s.nearby(m.Span, d.context) {
		return false, nil
	}
	whole := s.text[m.whole.Start:m.whole.End]
	s.steps -= stepsOfLists
	for i := range d.allow {
		allowed, err := d.allow[i].allows(s.path, []byte(m.value), whole, s.lineAround(m.Span))
		if err != nil || allowed {
			return false, err
		}
	}
	return true, nil
}

// nearby reports whether one of the words stands within contextReach of the span or in the file's path.
func (s *scanner) nearby(at text.Span, words []string) bool {
	around := bytes.ToLower(s.text[max(0, at.Start-contextReach):min(len(s.text), at.End+contextReach)])
	path := bytes.ToLower([]byte(s.path))
	return slices.ContainsFunc(words, func(word string) bool {
		return bytes.Contains(around, []byte(word)) || bytes.Contains(path, []byte(word))
	})
}

// maxLine is how much of a line on either side of a value counts as its line.
const maxLine = 1 << 10

// lineAround is the line that holds the span, or as much of it as maxLine allows.
func (s *scanner) lineAround(at text.Span) []byte {
	from, to := max(0, at.Start-maxLine), min(len(s.text), at.End+maxLine)
	if i := bytes.LastIndexByte(s.text[from:at.Start], '\n'); i >= 0 {
		from += i + 1
	}
	if i := bytes.IndexByte(s.text[at.End:to], '\n'); i >= 0 {
		to = at.End + i
	}
	return s.text[from:to]
}

// resolve keeps of matches that overlap the one whose rule is most specific, and drops the innocent ones last, so that
// what a specific rule knows to be a placeholder is not taken up by a generic one.
func resolve(matches []match) []match {
	slices.SortStableFunc(matches, func(a, b match) int { return a.Start - b.Start })
	var kept []match
	for _, m := range matches {
		last := len(kept) - 1
		if last < 0 || m.Start >= kept[last].cut.End {
			kept = append(kept, m)
			continue
		}
		cut := text.Span{Start: kept[last].cut.Start, End: max(kept[last].cut.End, m.cut.End)}
		if better(&m, &kept[last]) {
			kept[last] = m
		}
		kept[last].cut = cut
	}
	return slices.DeleteFunc(kept, func(m match) bool { return m.innocent })
}

func better(a, b *match) bool {
	if a.rule.rank != b.rule.rank {
		return a.rule.rank > b.rule.rank
	}
	if la, lb := a.End-a.Start, b.End-b.Start; la != lb {
		return la > lb
	}
	return a.rule.finding.Rule < b.rule.finding.Rule
}

func nameByte(c byte) bool { return wordByte(c) || c == '.' || c == '-' }

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// startsWord reports whether a word can begin at offset: nothing of a word precedes but, in a JSON string, the letter of
// an escaped line break.
func startsWord(b []byte, offset int) bool {
	if offset == 0 || !wordByte(b[offset-1]) {
		return true
	}
	c := b[offset-1]
	return (c == 'n' || c == 'r' || c == 't') && offset > 1 && b[offset-2] == '\\'
}

// wordStart moves offset left to the beginning of a word, by a little.
func wordStart(b []byte, offset int) int {
	for n := 0; n < maxName && offset > 0 && wordByte(b[offset-1]); n++ {
		offset--
	}
	return offset
}

// assigns reports whether something is assigned after a name's keyword at offset: the rest of the name, white space and
// quotation marks, an operator, and the beginning of a value, as all of gitleaks' named expressions demand.
func assigns(b []byte, offset int) bool {
	const most, least = 48, 8
	at, end := offset, min(len(b), offset+most)
	for at < end && (wordByte(b[at]) || strings.IndexByte(" \t\n\r\f\v'\".-", b[at]) >= 0) {
		at++
	}
	if at == end || strings.IndexByte("=:>|?,", b[at]) < 0 {
		return false
	}
	value := bytes.TrimLeft(b[at:min(len(b), at+most)], "=:>|?, \t\n\r\f\v'\"`")
	for i, c := range value {
		if !encodedByte[c] && c != '.' && c != '=' && c != '%' {
			return i >= least
		}
	}
	return len(value) >= least
}
