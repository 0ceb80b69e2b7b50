package manifest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/internal/syntax"
	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds on setup.py. The longest known have 100 KB.
const (
	maxSetupDepth  = 20        // of names and sums that are followed
	maxSetup       = 1 << 20   // bytes
	maxSetupMemory = 256 << 20 // bytes that its parser may take
)

// setupLists are the arguments of setup() that list requirements, and the group of the packages there.
var setupLists = map[string]string{"install_requires": "", "setup_requires": "build", "tests_require": "test", "extras_require": "optional"}

// readSetupPy reads the arguments of setup() that are literal, or names of literals of the module, or sums of both. Nothing
// is run; what is computed is said to be.
func readSetupPy(ctx context.Context, file *File, t *text.Text) error {
	tree, err := syntax.Parse(ctx, syntax.Python, withoutMark(t), syntax.Limits{Bytes: maxSetup, Memory: maxSetupMemory})
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case errors.Is(err, syntax.ErrParser):
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	case err != nil:
		file.lose(err.Error())
		return nil
	}
	s := &setupPy{Tree: tree, file: file, t: t, assigned: map[string]int32{}, items: map[string][]item{}}
	for i := range int32(len(tree.Nodes)) {
		if s.kind(i) == "assignment" && s.kind(s.Nodes[s.Nodes[i].Parent].Parent) == "module" {
			s.assignment(s.field(i, "left"), s.field(i, "right"))
		}
	}
	for i := range int32(len(tree.Nodes)) {
		if s.kind(i) == "call" {
			s.call(i)
		}
	}
	file.inOrder()
	return nil
}

// setupPy is the syntax tree of setup.py.
type setupPy struct {
	*syntax.Tree
	file     *File
	t        *text.Text
	assigned map[string]int32  // what names of the module stand for
	items    map[string][]item // what is put into dictionaries of the module, one by one
}

// item is what is put into a dictionary under a key.
type item struct {
	key   string
	value int32
}

// assignment notes "name = value" and "name[key] = value".
func (s *setupPy) assignment(left, right int32) {
	if left < 0 || right < 0 {
		return
	}
	switch s.kind(left) {
	case "identifier":
		s.assigned[s.Text(left)] = right
	case "subscript":
		dictionary, key := s.field(left, "value"), s.field(left, "subscript")
		if dictionary >= 0 && key >= 0 && s.kind(dictionary) == "identifier" {
			name := s.Text(dictionary)
			s.items[name] = append(s.items[name], item{s.written(key).text, right})
		}
	}
}

func (s *setupPy) kind(i int32) string {
	if i < 0 || s.Nodes[i].Flags&syntax.Named == 0 {
		return ""
	}
	return s.Language.SymbolName(s.Nodes[i].Symbol)
}

func (s *setupPy) field(i int32, name string) int32 {
	for child := s.Nodes[i].First; child >= 0; child = s.Nodes[child].Next {
		if s.Language.FieldName(s.Nodes[child].Field) == name {
			return child
		}
	}
	return -1
}

// inside are the named nodes right below one, without comments.
func (s *setupPy) inside(i int32) []int32 {
	var nodes []int32
	for child := s.Nodes[i].First; child >= 0; child = s.Nodes[child].Next {
		if kind := s.kind(child); kind != "" && kind != "comment" {
			nodes = append(nodes, child)
		}
	}
	return nodes
}

// call reads a call of setup().
func (s *setupPy) call(i int32) {
	function := s.field(i, "function")
	arguments := s.field(i, "arguments")
	if function < 0 || arguments < 0 || s.kind(arguments) != "argument_list" {
		return
	}
	if name := s.Text(function); name != "setup" && !strings.HasSuffix(name, ".setup") {
		return
	}
	for _, argument := range s.inside(arguments) {
		if s.kind(argument) != "keyword_argument" {
			continue
		}
		name, value := s.field(argument, "name"), s.field(argument, "value")
		if name < 0 || value < 0 {
			continue
		}
		key := s.Text(name)
		if key == "name" && s.kind(value) == "string" {
			s.file.Project = pep503(s.written(value).text)
		}
		if group, ok := setupLists[key]; ok {
			s.list(value, group, maxSetupDepth)
		}
	}
}

// list reads the requirements in a value.
func (s *setupPy) list(i int32, group string, depth int) {
	if depth == 0 {
		s.computed(i)
		return
	}
	switch s.kind(i) {
	case "list", "tuple", "set", "parenthesized_expression":
		for _, element := range s.inside(i) {
			s.list(element, group, depth-1)
		}
	case "binary_operator":
		left, right := s.field(i, "left"), s.field(i, "right")
		if left < 0 || right < 0 || s.field(i, "operator") < 0 || s.Text(s.field(i, "operator")) != "+" {
			s.computed(i)
			return
		}
		s.list(left, group, depth-1)
		s.list(right, group, depth-1)
	case "dictionary":
		for _, pair := range s.inside(i) {
			key, value := s.field(pair, "key"), s.field(pair, "value")
			if s.kind(pair) != "pair" || key < 0 || value < 0 {
				s.computed(pair)
				continue
			}
			s.list(value, pythonGroup(s.written(key).text, group), depth-1)
		}
	case "identifier":
		value, ok := s.assigned[s.Text(i)]
		if !ok {
			s.computed(i)
			return
		}
		// Whoever uses a name twice asks for its packages twice; they are read once.
		delete(s.assigned, s.Text(i))
		s.list(value, group, depth-1)
		s.assigned[s.Text(i)] = -1
		for _, item := range s.items[s.Text(i)] {
			s.list(item.value, pythonGroup(item.key, group), depth-1)
		}
	case "string":
		s.requirements(i, group)
	case "subscript":
		// An item that is read with the dictionary it is in.
		if dictionary := s.field(i, "value"); dictionary < 0 || s.items[s.Text(dictionary)] == nil {
			s.computed(i)
		}
	case "":
		// A name that was read already, or nothing.
	default:
		s.computed(i)
	}
}

func (s *setupPy) computed(i int32) {
	line := s.t.Position(int(s.Nodes[i].Start)).Line
	s.file.lose(fmt.Sprintf("line %d computes requirements", line))
}

// written is the text of a string. That of one with escapes or computed parts is nowhere in the file.
func (s *setupPy) written(i int32) written {
	parts := s.inside(i)
	if len(parts) == 3 && s.kind(parts[1]) == "string_content" && s.Nodes[parts[1]].First < 0 {
		return verbatim(s.t, int(s.Nodes[parts[1]].Start), s.Text(parts[1]))
	}
	return written{t: s.t}
}

// requirements reads a string: one requirement, or one in each line.
func (s *setupPy) requirements(i int32, group string) {
	w := s.written(i)
	if w.runs == nil && s.Nodes[i].End-s.Nodes[i].Start > uint32(len(`""`)) {
		s.computed(i)
		return
	}
	at := 0
	for line := range strings.Lines(w.text) {
		start := at
		at += len(line)
		trimmed := strings.TrimSpace(withoutComment(strings.TrimRight(line, "\r\n")))
		if trimmed == "" {
			continue
		}
		start += strings.Index(line, trimmed)
		part := w.slice(start, start+len(trimmed))
		r, ok := parseRequirement(part.text)
		if !ok {
			s.file.lose(fmt.Sprintf("line %d is no requirement", part.between(0, 1).Start.Line))
			continue
		}
		e := Entry{Direct: true, Group: group, At: part.between(0, len(part.text))}
		if s.file.place(part, r, &e) {
			s.file.addEntry(e)
		}
	}
}
