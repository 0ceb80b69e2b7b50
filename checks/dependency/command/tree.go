package command

import (
	"strings"

	"github.com/assay-app/assay/checks/dependency/manifest/yaml"
	"github.com/assay-app/assay/checks/internal/jsonc"
)

// tree is the values of a YAML or a JSON file.
type tree struct {
	nodes    []jsonc.Node
	source   string
	place    func(offset int) int // in the file of a byte of source
	key      func(n int32) string
	fragment func(n int32) fragment // of a string
	lossy    bool
}

func treeOfYAML(source string) (*tree, error) {
	d, err := yaml.Parse(source)
	if err != nil {
		return nil, err
	}
	same := func(offset int) int { return offset }
	return &tree{nodes: d.Nodes, source: source, place: same, key: d.KeyText, lossy: d.Incomplete, fragment: func(n int32) fragment {
		return fragmentOfYAML(source[d.Nodes[n].Start:d.Nodes[n].End], int(d.Nodes[n].Start))
	}}, nil
}

func treeOfJSON(f fragment) (*tree, error) {
	d, err := jsonc.Parse(f.text)
	if err != nil {
		return nil, err
	}
	return &tree{nodes: d.Nodes, source: f.text, place: f.source, key: d.KeyText, lossy: d.Incomplete, fragment: func(n int32) fragment {
		return fragmentOfJSON(f.text, jsonc.Range{Start: d.Nodes[n].Start, End: d.Nodes[n].End}).inside(&f)
	}}, nil
}

// is reports whether n is a value of a kind.
func (t *tree) is(n int32, kind jsonc.Kind) bool { return n != jsonc.None && t.nodes[n].Kind == kind }

// child is the first value inside n; the others follow by Next.
func (t *tree) child(n int32) int32 {
	if n == jsonc.None {
		return jsonc.None
	}
	return t.nodes[n].First
}

// member gives the last member of an object with a key.
func (t *tree) member(n int32, key string) int32 {
	found := jsonc.None
	if t.is(n, jsonc.Object) {
		for child := t.child(n); child != jsonc.None; child = t.nodes[child].Next {
			if t.key(child) == key {
				found = child
			}
		}
	}
	return found
}

// members gives the members of an object with some keys in one pass, in their order.
func (t *tree) members(n int32, keys ...string) []int32 {
	found := make([]int32, len(keys))
	for i := range found {
		found[i] = jsonc.None
	}
	for child := t.child(n); child != jsonc.None; child = t.nodes[child].Next {
		key := t.key(child)
		for i := range keys {
			if key == keys[i] {
				found[i] = child
			}
		}
	}
	return found
}

// text is a string, and nothing for other values.
func (t *tree) text(n int32) string {
	if !t.is(n, jsonc.String) {
		return ""
	}
	return t.fragment(n).text
}

// parentKey is the key of the value that n is inside, past lists.
func (t *tree) parentKey(n int32) string {
	for up := t.nodes[n].Parent; up != jsonc.None; up = t.nodes[up].Parent {
		if t.nodes[up].Kind == jsonc.Object {
			return t.key(up)
		}
	}
	return ""
}

// word is a string as one word.
func (t *tree) word(n int32) word {
	f := t.fragment(n)
	return whole(&f)
}

// items are the strings directly inside a list as words, or of one string the string.
func (t *tree) items(n int32) []word {
	if t.is(n, jsonc.String) {
		return []word{t.word(n)}
	}
	var list []word
	if t.is(n, jsonc.Array) {
		for child := t.child(n); child != jsonc.None && len(list) < MaxWords; child = t.nodes[child].Next {
			if t.is(child, jsonc.String) {
				list = append(list, t.word(child))
			}
		}
	}
	return list
}

// fragmentOfYAML is a scalar as it is written from start on, without its quotation marks or its indentation.
func fragmentOfYAML(raw string, start int) fragment {
	var w weaver
	switch {
	case raw == "":
		return piece("", start)
	case raw[0] == '|' || raw[0] == '>':
		block(&w, raw, start)
	case raw[0] == '\'':
		folded(&w, strings.TrimSuffix(raw[1:], "'"), start+1, func(text string, at int) {
			for {
				i := strings.Index(text, "''")
				if i < 0 {
					w.add(text, at)
					return
				}
				w.add(text[:i+1], at)
				text, at = text[i+2:], at+i+2
			}
		})
	case raw[0] == '"':
		folded(&w, strings.TrimSuffix(raw[1:], `"`), start+1, func(text string, at int) { unescape(&w, text, at) })
	case !strings.Contains(raw, "\n"):
		return piece(raw, start)
	default:
		folded(&w, raw, start, w.add)
	}
	return w.fragment()
}

// folded gives the lines of a scalar to add, with a space between them.
func folded(w *weaver, raw string, start int, add func(text string, at int)) {
	for at := 0; at < len(raw); {
		end, next := lineAt(raw, at)
		line := strings.TrimRight(raw[at:end], "\r")
		if at > 0 {
			w.add(" ", start+at-1)
			trimmed := strings.TrimLeft(line, " \t")
			at += len(line) - len(trimmed)
			line = trimmed
		}
		add(line, start+at)
		at = next
	}
}

// unescape decodes the escapes of a text in double quotation marks that commands have: quotes, backslashes, ends of
// lines, tabs. Others stay as they are.
func unescape(w *weaver, text string, at int) {
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 || i+1 >= len(text) {
			w.add(text, at)
			return
		}
		w.add(text[:i], at)
		switch c := text[i+1]; c {
		case 'n':
			w.add("\n", at+i)
		case 't':
			w.add("\t", at+i)
		default:
			if strings.IndexByte(`"\/ `, c) < 0 {
				w.add(`\`, at+i)
			}
			w.add(text[i+1:i+2], at+i+1)
		}
		text, at = text[i+2:], at+i+2
	}
}

// block reads a scalar behind "|" or ">". Behind the latter a line's end is a space, but at blank and at indented lines.
func block(w *weaver, raw string, start int) {
	_, at := lineAt(raw, 0)
	indent := -1
	for at < len(raw) {
		end, next := lineAt(raw, at)
		line := raw[at:end]
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		if indent < 0 && strings.TrimSpace(line) != "" {
			indent = spaces
		}
		skip := min(spaces, max(indent, 0))
		w.add(line[skip:], start+at+skip)
		if next > end {
			sign := "\n"
			if raw[0] == '>' && joins(raw, next, indent) && spaces <= indent && strings.TrimSpace(line) != "" {
				sign = " "
			}
			w.add(sign, start+end)
		}
		at = next
	}
}

// joins reports whether the line at a place continues the one before it in a folded block.
func joins(raw string, at, indent int) bool {
	if at >= len(raw) {
		return false
	}
	end, _ := lineAt(raw, at)
	line := raw[at:end]
	return strings.TrimSpace(line) != "" && len(line)-len(strings.TrimLeft(line, " \t")) <= indent
}
