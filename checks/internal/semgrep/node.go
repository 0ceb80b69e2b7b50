package semgrep

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"
)

// Node is a value of a rule's YAML, with the line that it stands on where that is known.
type Node struct {
	Kind  NodeKind
	Text  string // of a scalar
	Line  int    // counted from 1; 0 when unknown
	Items []*Node
	Pairs []Pair
}

// Pair is one entry of a map.
type Pair struct {
	Key   string
	Line  int
	Value *Node
}

// NodeKind is what a node is.
type NodeKind uint8

// The kinds of nodes.
const (
	NullNode NodeKind = iota
	StringNode
	NumberNode
	BoolNode
	ListNode
	MapNode
)

var nodeKinds = [...]string{"nothing", "a string", "a number", "a boolean", "a list", "a map"}

func (k NodeKind) String() string { return nodeKinds[k] }

// Get is the value of a key of a map, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

// Body is what a rule of Assay's own has under `match:`. Its lines are not known.
type Body struct{ Node *Node }

// UnmarshalYAML takes any value.
func (b *Body) UnmarshalYAML(unmarshal func(any) error) error {
	var value any
	if err := unmarshal(&value); err != nil {
		return err
	}
	var err error
	b.Node, err = FromValue(value)
	return err
}

// FromValue makes nodes of what a decoder of YAML or JSON gives: maps, lists and scalars. Keys that came without an order
// are sorted.
func FromValue(value any) (*Node, error) { return fromValue(value, MaxNesting) }

func fromValue(value any, left int) (*Node, error) {
	if left == 0 {
		return nil, errNesting
	}
	switch v := value.(type) {
	case nil:
		return &Node{}, nil
	case string:
		return &Node{Kind: StringNode, Text: v}, nil
	case bool:
		return &Node{Kind: BoolNode, Text: strconv.FormatBool(v)}, nil
	case json.Number:
		return &Node{Kind: NumberNode, Text: v.String()}, nil
	case int, int64, uint64, float64:
		return &Node{Kind: NumberNode, Text: fmt.Sprint(v)}, nil
	case []any:
		n := &Node{Kind: ListNode}
		for _, item := range v {
			child, err := fromValue(item, left-1)
			if err != nil {
				return nil, err
			}
			n.Items = append(n.Items, child)
		}
		return n, nil
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		n := &Node{Kind: MapNode}
		for _, key := range keys {
			child, err := fromValue(v[key], left-1)
			if err != nil {
				return nil, err
			}
			n.Pairs = append(n.Pairs, Pair{Key: key, Value: child})
		}
		return n, nil
	case yaml.MapSlice:
		n := &Node{Kind: MapNode}
		for _, item := range v {
			child, err := fromValue(item.Value, left-1)
			if err != nil {
				return nil, err
			}
			n.Pairs = append(n.Pairs, Pair{Key: fmt.Sprint(item.Key), Value: child})
		}
		return n, nil
	}
	return nil, fmt.Errorf("a %T is nothing that a rule can hold", value)
}
