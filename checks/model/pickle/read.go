// Package pickle says what loading a pickle would call, without loading it: it goes through the opcodes as CPython does and
// resolves by name whatever they would call. It never builds an object.
package pickle

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/model/artefact"
)

// The rules of this format. Each is one in rules/model/pickle.yaml.
const (
	callsDangerous checks.RuleID = "pickle-calls-dangerous"
	namesDangerous checks.RuleID = "pickle-names-dangerous"
	callsUnlisted  checks.RuleID = "pickle-calls-unlisted"
	namesUnlisted  checks.RuleID = "pickle-names-unlisted"
	computedName   checks.RuleID = "pickle-computed-name"
	changesName    checks.RuleID = "pickle-changes-program"
	brokenAfter    checks.RuleID = "pickle-broken-after-call"
)

// Bounds of the search for streams in one source.
const (
	maxStreams = 10_000  // one after the other
	minHidden  = 8       // bytes of a text in which a stream may hide
	maxHidden  = 8 << 20 // likewise
	maxHiding  = 2_000   // texts that are looked at
)

// Reader reads pickles.
type Reader struct{ catalogue *catalogue }

// New loads what is known of names.
func New() (*Reader, error) {
	c, err := newCatalogue()
	if err != nil {
		return nil, err
	}
	return &Reader{c}, nil
}

// Name implements [artefact.Reader].
func (*Reader) Name() string { return "pickle" }

// Sniff reports whether a source begins as a pickle: with a protocol, or with an opcode of protocol 0 or 1 and some more
// that make sense. Any text could; so the stream is followed for a few opcodes.
func (r *Reader) Sniff(head []byte, src artefact.Source) bool { return looksLike(head) }

// looksLike follows a stream as far as its beginning goes. One that reaches its STOP, or goes on beyond what is there after
// a name, a mark or a protocol, is a pickle as far as one can tell.
func looksLike(head []byte) bool {
	if len(head) < 2 {
		return false
	}
	if head[0] == opProto {
		return head[1] <= maxProtocol
	}
	budget := artefact.Budget{Steps: 4 * artefact.SniffBytes}
	m := newMachine(newWindow(artefact.Bytes(head)), &budget)
	err := m.run()
	switch {
	case !plausible(m):
		return false // no loader finds such a module, and goes no further
	case err == nil:
		return m.opcodes > 1
	case errors.Is(err, errCut):
		return len(m.globals) > 0 && m.opcodes > 3 || len(head) == artefact.SniffBytes && m.opcodes > 32
	}
	for _, g := range m.globals {
		if !g.computed {
			return true // it breaks, but named something before
		}
	}
	return false
}

// plausible reports whether the names of a stream are names: text holds "c" and line ends as well.
func plausible(m *machine) bool {
	for _, g := range m.globals {
		if !g.computed && (!isName(g.module) || !isName(g.name)) {
			return false
		}
	}
	return true
}

func isName(s string) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c < 0x80 && c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true // names in other alphabets are names
}

// Read implements [artefact.Reader]: it goes through all streams of a source, one after the other.
func (r *Reader) Read(x *artefact.Examination) {
	j := &judgement{catalogue: r.catalogue, x: x}
	w := newWindow(x.Source)
	for n := 0; w.offset() < x.Size(); n++ {
		if n == maxStreams {
			x.Fail("more than %d pickles one after the other", maxStreams)
			return
		}
		m := newMachine(w, x.Budget)
		m.texts, m.ended = j.text, j.stream
		err := m.run()
		j.stream(m, err)
		if err != nil {
			return
		}
		if w.offset() >= x.Size() {
			return
		}
		next := w.peek(artefact.SniffBytes)
		if w.err != nil {
			x.Fail("could not be read at %d", w.offset())
			return
		}
		if len(next) == 0 || next[0] != opProto && !looksLike(next) {
			r.rest(x, w.offset(), next)
			return
		}
	}
}

// rest is what follows the last stream: the raw data of other formats, or another file that somebody appended.
func (r *Reader) rest(x *artefact.Examination, offset int64, next []byte) {
	if len(bytes.Trim(next, "\x00")) == 0 || x.Nested == nil {
		return
	}
	x.Nested(fmt.Sprintf("after the pickle, at %d", offset), artefact.Section(x.Source, offset, x.Size()-offset))
}

// judgement makes findings of what streams do.
type judgement struct {
	*catalogue
	x      *artefact.Examination
	hiding int
}

// text looks for a stream in a text: loaders of all kinds unpickle what they find in one.
func (j *judgement) text(offset, size int64) {
	if size > maxHidden || j.x.Nested == nil || j.hiding >= maxHiding {
		return
	}
	j.hiding++
	j.x.Nested(fmt.Sprintf("text at %d", offset), artefact.Section(j.x.Source, offset, size))
}

// mayHide reports whether a text begins as something that is worth a closer look: a pickle with its protocol or a call, an
// archive or something compressed, as bytes, in base64 or in hexadecimal digits.
func mayHide(head []byte) bool {
	if len(head) == 0 || !hidden.first[head[0]] {
		return false
	}
	for _, magic := range hidden.magic {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// beginnings are what files begin with that may hide in a text.
type beginnings struct {
	magic []string
	first [256]bool
}

var hidden = newBeginnings(
	"\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05", "cos\n", "cposix\n", "cbuiltins\n", "c__builtin__\n", "csubprocess\n", "(cos\n",
	"PK\x03\x04", "\x1f\x8b", "BZh", "\xfd7zXZ", "x\x01", "x\x9c", "x\xda", "7z\xbc\xaf", "\x28\xb5\x2f\xfd",
	"gAI", "gAJ", "gAN", "gAO", "gAQ", "gAR", "gAS", "gAU", "gAV", "gAW", "gASV", "Y29z", "Y3Bv", "H4sI", "eJ", "UEsD", "8002", "8003", "8004", "8005",
)

func newBeginnings(magic ...string) *beginnings {
	b := &beginnings{magic: magic}
	for _, m := range magic {
		b.first[m[0]] = true
	}
	return b
}

// stream judges all that one stream does. What was done before a stream broke was done.
func (j *judgement) stream(m *machine, ended error) {
	grave := false
	for i := range m.calls {
		grave = j.call(m, &m.calls[i]) || grave
	}
	for i := range m.globals {
		grave = j.name(m, &m.globals[i]) || grave
	}
	for _, p := range m.patches {
		grave = true
		j.x.Add(changesName, p.offset, j.callee(m, p.target), map[string]string{"name": code(j.callee(m, p.target)), "offset": fmt.Sprint(p.offset)})
	}
	if ended == nil {
		return
	}
	if len(m.calls) > 0 && !grave && !errors.Is(ended, errBudget) && !errors.Is(ended, errTooMany) {
		j.x.Add(brokenAfter, m.w.offset(), "", map[string]string{"reason": ended.Error(), "offset": fmt.Sprint(m.w.offset()), "calls": j.list(m)})
	}
	j.x.Fail("pickle: %v, at %d", ended, m.w.offset())
}

// call judges one call, and reports whether it is grave.
func (j *judgement) call(m *machine, c *call) bool {
	if c.how == instantiated && c.callee.kind == global {
		return false // judged with its name
	}
	if c.callee.kind != global {
		j.x.Add(computedName, c.offset, "call", map[string]string{"what": "calls what an earlier step made", "offset": fmt.Sprint(c.offset)})
		return true
	}
	g := &m.globals[c.callee.at]
	if g.computed {
		return false // judged with its name
	}
	name := j.current(g.module, g.name)
	words := map[string]string{"call": code(name + "(" + j.arguments(m, c.args) + ")"), "why": j.why(name), "offset": fmt.Sprint(c.offset)}
	switch j.judge(name, called) {
	case harmful:
		if words["why"] == "" {
			words["why"] = "is part of Python's own library and nothing that data needs"
		}
		j.x.Add(callsDangerous, c.offset, name, words)
		return true
	case unlisted:
		if !isClass(name) {
			j.x.Add(callsUnlisted, c.offset, name, words)
			return true
		}
	}
	return false
}

// name judges a name by the gravest way in which it is used.
func (j *judgement) name(m *machine, g *reference) bool {
	if g.computed {
		j.x.Add(computedName, g.offset, "name", map[string]string{"what": "makes the name of what it loads while it is loaded", "offset": fmt.Sprint(g.offset)})
		return true
	}
	name := j.current(g.module, g.name)
	j.x.Import(g.module, g.name, g.how == called)
	words := map[string]string{"name": code(name), "why": j.why(name), "offset": fmt.Sprint(g.offset)}
	// A dotted name reaches through a module to another, whatever module it begins with.
	if first, _, dotted := strings.Cut(g.name, "."); dotted && !isClass(first) && !j.catalogue.call[name] {
		words["why"] = "reaches through a module to something else"
		j.x.Add(namesDangerous, g.offset, name, words)
		return true
	}
	switch j.judge(name, g.how) {
	case harmful:
		if g.how == called {
			return true // told with the call
		}
		if words["why"] == "" {
			words["why"] = "is part of Python's own library and nothing that data needs"
		}
		j.x.Add(namesDangerous, g.offset, name, words)
		return true
	case unlisted:
		j.x.Add(namesUnlisted, g.offset, name, words)
	}
	return false
}

// callee is what is called or changed, in words.
func (j *judgement) callee(m *machine, v value) string {
	switch v.kind {
	case global:
		return j.current(m.globals[v.at].module, m.globals[v.at].name)
	case result:
		if inner := m.calls[v.at].callee; inner.kind == global {
			return "what " + j.callee(m, inner) + " gave"
		}
	}
	return "an object"
}

// list is the names that were called, at most a few.
func (j *judgement) list(m *machine) string {
	var names []string
	for i := range m.calls {
		name := code(j.callee(m, m.calls[i].callee))
		if len(names) < 5 && !strings.Contains(strings.Join(names, " "), name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
