package manifest

import (
	"fmt"
	"iter"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest/yaml"
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/text"
)

// outline is what a file of JSON or YAML says, as a tree of values with their places.
type outline struct {
	t      *text.Text
	nodes  []jsonc.Node
	source string
	words  interface {
		Text(n int32) string
		KeyText(n int32) string
	}
}

// plain is the text of a string in double quotation marks, the same in both languages, if nothing in it needs decoding.
func (o *outline) plain(r jsonc.Range) (string, bool) {
	if r.End < r.Start+2 || o.source[r.Start] != '"' {
		return "", false
	}
	word := o.source[r.Start+1 : r.End-1]
	return word, o.source[r.End-1] == '"' && strings.IndexByte(word, '\\') < 0 && strings.IndexByte(word, '\n') < 0
}

// value is one value of an outline, or none.
type value struct {
	*outline
	n int32
}

// jsonOf reads a text whose first value is an object. What is wrong with the text is noted in the file.
func jsonOf(file *File, t *text.Text) (value, error) {
	d, err := jsonc.Parse(string(t.Bytes))
	if err != nil {
		return value{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	file.loseProblems(t, d.Problems)
	if len(d.Nodes) == 0 || d.Nodes[0].Kind != jsonc.Object {
		return value{}, fmt.Errorf("%w: no JSON object", ErrMalformed)
	}
	return value{&outline{t, d.Nodes, d.Source, d}, 0}, nil
}

// yamlOf reads the documents of a text, each of which is a map. One that holds something else is left out and noted.
func yamlOf(file *File, t *text.Text) ([]value, error) {
	d, err := yaml.Parse(string(t.Bytes))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	file.loseProblems(t, d.Problems)
	if d.Aliases {
		file.lose("references to other values")
	}
	var documents []value
	o := &outline{t, d.Nodes, d.Source, d}
	for n := int32(0); int(n) < len(d.Nodes) && n != jsonc.None; n = d.Nodes[n].Next {
		if d.Nodes[n].Kind != jsonc.Object {
			file.lose(fmt.Sprintf("line %d: no map", t.Position(int(d.Nodes[n].Start)).Line))
			continue
		}
		documents = append(documents, value{o, n})
	}
	if len(d.Nodes) > 0 && len(documents) == 0 {
		return nil, fmt.Errorf("%w: no YAML map", ErrMalformed)
	}
	return documents, nil
}

func (f *File) loseProblems(t *text.Text, problems []jsonc.Problem) {
	if len(problems) > 0 {
		f.lose(fmt.Sprintf("line %d: %s", t.Position(int(problems[0].Offset)).Line, problems[0].Text))
	}
}

// is reports whether there is a value, of a kind.
func (v value) is(kind jsonc.Kind) bool { return v.outline != nil && v.nodes[v.n].Kind == kind }

// key is the key of a member.
func (v value) key() string {
	if word, ok := v.plain(v.nodes[v.n].Key); ok {
		return word
	}
	return v.words.KeyText(v.n)
}

// text is the text of a string, and "" of anything else.
func (v value) text() string {
	if !v.is(jsonc.String) {
		return ""
	}
	if word, ok := v.plain(v.nodes[v.n].Range); ok {
		return word
	}
	return v.words.Text(v.n)
}

// yes reports whether a value is true. In YAML that is a word like others.
func (v value) yes() bool {
	return v.outline != nil && (v.is(jsonc.Bool) || v.is(jsonc.String)) && v.words.Text(v.n) == "true"
}

// members are those of an object, and the values of a list.
func (v value) members() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.is(jsonc.Object) && !v.is(jsonc.Array) {
			return
		}
		for n := v.nodes[v.n].First; n != jsonc.None; n = v.nodes[n].Next {
			if !yield(value{v.outline, n}) {
				return
			}
		}
	}
}

// each are the members of an object with a key. A key that occurs twice has all its members here: parsers differ in
// which one counts.
func (v value) each(key string) iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.is(jsonc.Object) {
			return
		}
		for m := range v.members() {
			if m.key() == key && !yield(m) {
				return
			}
		}
	}
}

// get is the value that a path of keys leads to, at each step the last with the key; none if there is nothing.
func (v value) get(path ...string) value {
	for _, key := range path {
		found := value{}
		for m := range v.each(key) {
			found = m
		}
		v = found
	}
	return v
}

// texts are the strings of a list.
func (v value) texts() []string {
	if !v.is(jsonc.Array) {
		return nil
	}
	var texts []string
	for m := range v.members() {
		if m.is(jsonc.String) {
			texts = append(texts, m.text())
		}
	}
	return texts
}

// at is the place of a value with its key.
func (v value) at() checks.Range {
	n := v.nodes[v.n]
	start := n.Start
	if n.Key != (jsonc.Range{}) {
		start = n.Key.Start
	}
	return between(v.t, int(start), int(n.End))
}

// pin is the place of the bytes [start, end) of a string's text, if they stand in the file as they are.
func (v value) pin(start, end int) *checks.Range {
	n := v.nodes[v.n]
	raw, decoded := string(v.t.Bytes[n.Start:n.End]), v.text()
	first := 0
	switch {
	case raw == decoded:
	case len(raw) == len(decoded)+2 && raw[1:len(raw)-1] == decoded:
		first = 1
	default:
		return nil
	}
	return pinBetween(v.t, int(n.Start)+first+start, int(n.Start)+first+end)
}
