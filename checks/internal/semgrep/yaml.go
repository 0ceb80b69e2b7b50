package semgrep

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds on a file of rules.
const (
	MaxFile    = 4 << 20 // bytes
	MaxNesting = 200     // of its values
	MaxNodes   = 1 << 19 // values, aliases expanded
)

var (
	errNesting = fmt.Errorf("nested deeper than %d", MaxNesting)
	errNodes   = fmt.Errorf("more than %d values", MaxNodes)
)

// readYAML reads one document, with lines. Anchors and merge keys are expanded.
func readYAML(source []byte) (*Node, int, error) {
	if len(source) > MaxFile {
		return nil, 0, fmt.Errorf("larger than %d KiB", MaxFile>>10)
	}
	if line := tooDeep(string(source)); line > 0 {
		return nil, line, errNesting
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil && syntax.GetToken().Position != nil {
			return nil, syntax.GetToken().Position.Line, errors.New(syntax.GetMessage())
		}
		return nil, 0, err
	}
	var body ast.Node
	for _, document := range file.Docs {
		if document.Body == nil {
			continue
		}
		if body != nil {
			return nil, document.Body.GetToken().Position.Line, errors.New("more than one YAML document")
		}
		body = document.Body
	}
	if body == nil {
		return nil, 1, errors.New("empty file")
	}
	r := reader{anchors: map[string]ast.Node{}, left: MaxNodes}
	n, err := r.read(body, MaxNesting)
	return n, r.line, err
}

// tooDeep finds the line on which brackets or list marks nest deeper than the YAML parser, which recurses, is safe with;
// 0 if there is none. Brackets in strings count too, which the bound leaves room for.
func tooDeep(source string) int {
	const bound = 20 * MaxNesting
	depth, line := 0, 0
	for text := range strings.Lines(source) {
		line++
		marks := 0
		for _, c := range []byte(text) {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			case '-', '?', ':', '!', '&':
				marks++
			case ' ', '\t':
				continue
			default:
				marks = 0
			}
			if depth > bound || marks > bound {
				return line
			}
		}
	}
	return 0
}

// reader turns the parser's nodes into ours.
type reader struct {
	anchors map[string]ast.Node
	left    int
	line    int // of the node read last, for errors
}

func (r *reader) read(n ast.Node, depth int) (*Node, error) {
	if n == nil {
		return &Node{Line: r.line}, nil
	}
	if token := n.GetToken(); token != nil && token.Position != nil {
		r.line = token.Position.Line
	}
	if depth == 0 {
		return nil, errNesting
	}
	if r.left--; r.left < 0 {
		return nil, errNodes
	}
	out := &Node{Line: r.line}
	switch n := n.(type) {
	case *ast.AnchorNode:
		r.anchors[n.Name.GetToken().Value] = n.Value
		return r.read(n.Value, depth-1)
	case *ast.AliasNode:
		value, ok := r.anchors[n.Value.GetToken().Value]
		if !ok {
			return nil, fmt.Errorf("no anchor %q stands above", n.Value.GetToken().Value)
		}
		line := r.line
		copied, err := r.read(value, depth-1)
		if err == nil {
			r.line = line
		}
		return copied, err
	case *ast.TagNode:
		return r.read(n.Value, depth-1)
	case *ast.MappingNode:
		out.Kind = MapNode
		for _, pair := range n.Values {
			if err := r.pair(out, pair, depth); err != nil {
				return nil, err
			}
		}
	case *ast.MappingValueNode:
		out.Kind = MapNode
		return out, r.pair(out, n, depth)
	case *ast.SequenceNode:
		out.Kind = ListNode
		for _, item := range n.Values {
			child, err := r.read(item, depth-1)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, child)
		}
	case *ast.StringNode:
		out.Kind, out.Text = StringNode, n.Value
	case *ast.LiteralNode:
		out.Kind, out.Text = StringNode, n.Value.Value
	case *ast.BoolNode:
		out.Kind, out.Text = BoolNode, n.String()
		out.Text = strings.ToLower(strings.TrimSpace(n.GetToken().Value))
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.Kind, out.Text = NumberNode, n.GetToken().Value
	case *ast.NullNode:
	default:
		return nil, fmt.Errorf("%s is nothing that a rule can hold", n.Type())
	}
	return out, nil
}

func (r *reader) pair(into *Node, pair *ast.MappingValueNode, depth int) error {
	value, err := r.read(pair.Value, depth-1)
	if err != nil {
		return err
	}
	line := pair.Key.GetToken().Position.Line
	if pair.Key.IsMergeKey() {
		merged := []*Node{value}
		if value.Kind == ListNode {
			merged = value.Items
		}
		for _, from := range merged {
			for _, p := range from.Pairs {
				if into.Get(p.Key) == nil {
					into.Pairs = append(into.Pairs, p)
				}
			}
		}
		return nil
	}
	key := pair.Key.GetToken().Value
	for i, p := range into.Pairs {
		if p.Key == key { // it came from a merge: the parser refuses other repeated keys
			into.Pairs[i].Value = value
			return nil
		}
	}
	into.Pairs = append(into.Pairs, Pair{Key: key, Line: line, Value: value})
	return nil
}
