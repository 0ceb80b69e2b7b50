package names

import (
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// Value is a constant.
type Value struct {
	Kind  ast.Kind // Str, Num, Bool or Null
	Text  string   // of a Str its content, else how it is written
	Int   int64    // of a Num that is whole
	Whole bool     // Int holds
	True  bool     // of a Bool
}

// What is known of a node that has no number of a value.
const (
	unfolded  int32 = 0
	valueless int32 = -1
)

// Bounds of folding.
const (
	maxFoldDepth  = 40      // how deep expressions and variables nest
	maxFoldedText = 1 << 16 // bytes of a text
)

// Constant is the value that an expression certainly has, as far as the file tells.
func (i *Info) Constant(id ast.ID) (Value, bool) { return i.fold(id, maxFoldDepth) }

// IsText reports whether an expression is certainly a constant text, even if it is not known which of several.
func (i *Info) IsText(id ast.ID) bool {
	if value, ok := i.Constant(id); ok {
		return value.Kind == ast.Str
	}
	switch n := &i.tree.Nodes[id]; n.Kind {
	case ast.Cond:
		then, ok := i.Constant(i.tree.Child(id, ast.Then))
		other, both := i.Constant(i.tree.Child(id, ast.Else))
		return ok && both && then.Kind == ast.Str && other.Kind == ast.Str
	case ast.Ident:
		if v := i.variables[id]; v != nil {
			value, ok := i.heldAlike(v, id, maxFoldDepth, func(a, b Value) bool { return a.Kind == b.Kind })
			return ok && value.Kind == ast.Str
		}
	}
	return false
}

func (i *Info) fold(id ast.ID, depth int) (Value, bool) {
	if id == ast.None || depth == 0 {
		return Value{}, false
	}
	switch i.tree.Nodes[id].Kind {
	case ast.Str, ast.Num, ast.Bool, ast.Null:
		return i.literal(id)
	case ast.Ident, ast.Member, ast.Binary, ast.Unary, ast.Interp, ast.Cond, ast.Cast, ast.Call, ast.Index:
	default:
		return Value{}, false
	}
	switch known := i.folded[id]; known {
	case unfolded:
	case valueless:
		return Value{}, false
	default:
		return i.values[known], true
	}
	i.folded[id] = valueless // a name that depends on itself has no value
	value, ok := i.compute(id, depth-1)
	if ok {
		i.folded[id] = int32(len(i.values))
		i.values = append(i.values, value)
	}
	return value, ok
}

func (i *Info) literal(id ast.ID) (Value, bool) {
	n := &i.tree.Nodes[id]
	switch n.Kind {
	case ast.Str:
		if n.Op == ast.OpRegex {
			return Value{}, false
		}
		return Value{Kind: ast.Str, Text: n.Name}, true
	case ast.Num:
		v := Value{Kind: ast.Num, Text: n.Name}
		text := strings.TrimRight(strings.ReplaceAll(n.Name, "_", ""), "lLuU")
		if number, err := strconv.ParseInt(text, 0, 64); err == nil {
			v.Int, v.Whole = number, true
		} else if number, err := strconv.ParseInt(text, 10, 64); err == nil {
			v.Int, v.Whole = number, true
		}
		return v, true
	case ast.Bool:
		return Value{Kind: ast.Bool, Text: n.Name, True: strings.EqualFold(n.Name, "true")}, true
	}
	return Value{Kind: ast.Null, Text: n.Name}, true
}

func (i *Info) compute(id ast.ID, depth int) (Value, bool) {
	t := i.tree
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.Ident:
		if v := i.variables[id]; v != nil {
			return i.held(v, id, depth)
		}
	case ast.Member:
		if t.Language == "terraform" {
			return i.fold(i.setting(id), depth)
		}
		if v := i.Field(id); v != nil && len(v.Assignments) == 1 && i.fixed(v) {
			return i.assigned(v.Assignments[0], v, depth)
		}
	case ast.Cast:
		return i.fold(t.Child(id, ast.Value), depth)
	case ast.Unary:
		return i.unary(n.Op, t.Child(id, ast.Value), depth)
	case ast.Binary:
		return i.binary(id, depth)
	case ast.Cond:
		test, ok := i.fold(t.Child(id, ast.Test), depth)
		if !ok || test.Kind != ast.Bool {
			then, ok := i.fold(t.Child(id, ast.Then), depth)
			other, both := i.fold(t.Child(id, ast.Else), depth)
			return then, ok && both && then.Kind == other.Kind && then.Text == other.Text
		}
		if test.True {
			return i.fold(t.Child(id, ast.Then), depth)
		}
		return i.fold(t.Child(id, ast.Else), depth)
	case ast.Interp:
		return i.joined(id, depth)
	case ast.Call:
		return i.method(id, depth)
	case ast.Index:
		return i.element(id, depth)
	}
	return Value{}, false
}

// fixed reports whether a field is never given another value from outside, as far as the file tells: it is declared in
// the class body.
func (i *Info) fixed(v *Variable) bool {
	return i.tree.Enclosing(v.Assignments[0], ast.Class, ast.Func) == v.Owner
}

// assigned is the value that an assignment gives.
func (i *Info) assigned(at ast.ID, v *Variable, depth int) (Value, bool) {
	t := i.tree
	n := &t.Nodes[at]
	if n.Kind != ast.VarDef && (n.Kind != ast.Assign || n.Op != ast.OpAssign) {
		return Value{}, false
	}
	left := t.Child(at, ast.Left)
	if left == ast.None || t.Nodes[left].Name != v.Name && t.Nodes[left].Kind != ast.Member {
		return Value{}, false
	}
	return i.fold(t.Child(at, ast.Right), depth)
}

func (i *Info) unary(op ast.Op, operand ast.ID, depth int) (Value, bool) {
	v, ok := i.fold(operand, depth)
	switch {
	case !ok:
	case op == ast.OpNot && v.Kind == ast.Bool:
		return boolean(!v.True), true
	case op == ast.OpSub && v.Whole:
		return whole(-v.Int), true
	case op == ast.OpAdd && v.Whole:
		return v, true
	}
	return Value{}, false
}

func boolean(b bool) Value { return Value{Kind: ast.Bool, Text: strconv.FormatBool(b), True: b} }

func whole(n int64) Value {
	return Value{Kind: ast.Num, Text: strconv.FormatInt(n, 10), Int: n, Whole: true}
}

func (i *Info) binary(id ast.ID, depth int) (Value, bool) {
	t := i.tree
	op := t.Nodes[id].Op
	left, leftOK := i.fold(t.Child(id, ast.Left), depth)
	right, rightOK := i.fold(t.Child(id, ast.Right), depth)
	switch op { // one side may decide
	case ast.OpAnd:
		if leftOK && left.Kind == ast.Bool && !left.True || rightOK && right.Kind == ast.Bool && !right.True {
			return boolean(false), true
		}
	case ast.OpOr:
		if leftOK && left.Kind == ast.Bool && left.True || rightOK && right.Kind == ast.Bool && right.True {
			return boolean(true), true
		}
	}
	switch {
	case !leftOK || !rightOK:
		return Value{}, false
	case left.Kind == ast.Str && right.Kind == ast.Str,
		op == ast.OpAdd && (isJavaScript(t.Language) || t.Language == "java") && (left.Kind == ast.Str && right.Kind == ast.Num || left.Kind == ast.Num && right.Kind == ast.Str):
		return texts(op, left.Text, right.Text)
	case left.Whole && right.Whole:
		return numbers(op, left.Int, right.Int)
	case left.Kind == ast.Bool && right.Kind == ast.Bool:
		switch op {
		case ast.OpAnd:
			return boolean(left.True && right.True), true
		case ast.OpOr:
			return boolean(left.True || right.True), true
		case ast.OpEq, ast.OpStrictEq, ast.OpIs:
			return boolean(left.True == right.True), true
		case ast.OpNe, ast.OpStrictNe, ast.OpIsNot:
			return boolean(left.True != right.True), true
		}
	}
	return Value{}, false
}

func texts(op ast.Op, a, b string) (Value, bool) {
	switch op {
	case ast.OpAdd, ast.OpConcat:
		if len(a)+len(b) <= maxFoldedText {
			return Value{Kind: ast.Str, Text: a + b}, true
		}
	case ast.OpEq, ast.OpStrictEq:
		return boolean(a == b), true
	case ast.OpNe, ast.OpStrictNe:
		return boolean(a != b), true
	case ast.OpIn:
		return boolean(strings.Contains(b, a)), true
	case ast.OpNotIn:
		return boolean(!strings.Contains(b, a)), true
	}
	return Value{}, false
}

// numbers computes on whole numbers; what would overflow or divide by zero has no value.
func numbers(op ast.Op, a, b int64) (Value, bool) {
	const small = 1 << 31
	inRange := -small < a && a < small && -small < b && b < small
	switch op {
	case ast.OpEq, ast.OpStrictEq:
		return boolean(a == b), true
	case ast.OpNe, ast.OpStrictNe:
		return boolean(a != b), true
	case ast.OpLt:
		return boolean(a < b), true
	case ast.OpLe:
		return boolean(a <= b), true
	case ast.OpGt:
		return boolean(a > b), true
	case ast.OpGe:
		return boolean(a >= b), true
	}
	if !inRange {
		return Value{}, false
	}
	switch op {
	case ast.OpAdd:
		return whole(a + b), true
	case ast.OpSub:
		return whole(a - b), true
	case ast.OpMul:
		return whole(a * b), true
	case ast.OpDiv, ast.OpFloorDiv:
		if b != 0 && a%b == 0 || b != 0 && a > 0 && b > 0 && op == ast.OpFloorDiv {
			return whole(a / b), true
		}
	case ast.OpMod:
		if a >= 0 && b > 0 {
			return whole(a % b), true
		}
	}
	return Value{}, false
}

// joined is the value of adjacent and interpolated texts.
func (i *Info) joined(id ast.ID, depth int) (Value, bool) {
	t := i.tree
	var b strings.Builder
	for c := t.Nodes[id].First; c != ast.None; c = t.Nodes[c].Next {
		v, ok := i.fold(c, depth)
		if !ok || b.Len()+len(v.Text) > maxFoldedText {
			return Value{}, false
		}
		b.WriteString(v.Text)
	}
	return Value{Kind: ast.Str, Text: b.String()}, true
}

// method is the value of a few calls on constants that are used to hide one.
func (i *Info) method(id ast.ID, depth int) (Value, bool) {
	t := i.tree
	callee := t.Child(id, ast.Callee)
	if callee == ast.None || t.Nodes[callee].Kind != ast.Member {
		return Value{}, false
	}
	property := t.Child(callee, ast.Property)
	object, ok := i.fold(t.Child(callee, ast.Object), depth)
	if !ok || object.Kind != ast.Str || property == ast.None {
		return Value{}, false
	}
	args := t.Children(id, ast.Arg)
	switch t.Nodes[property].Name {
	case "lower", "toLowerCase":
		return Value{Kind: ast.Str, Text: strings.ToLower(object.Text)}, len(args) == 0
	case "upper", "toUpperCase":
		return Value{Kind: ast.Str, Text: strings.ToUpper(object.Text)}, len(args) == 0
	case "charAt":
		return i.character(object.Text, args, depth)
	case "equals":
		if len(args) == 1 {
			if other, ok := i.fold(args[0], depth); ok && other.Kind == ast.Str {
				return boolean(object.Text == other.Text), true
			}
		}
	case "length":
		return whole(int64(len(object.Text))), len(args) == 0
	}
	return Value{}, false
}

// element is a character of a constant text.
func (i *Info) element(id ast.ID, depth int) (Value, bool) {
	t := i.tree
	object, ok := i.fold(t.Child(id, ast.Object), depth)
	if !ok || object.Kind != ast.Str {
		return Value{}, false
	}
	return i.character(object.Text, t.Children(id, ast.Arg), depth)
}

func (i *Info) character(text string, args []ast.ID, depth int) (Value, bool) {
	if len(args) != 1 {
		return Value{}, false
	}
	at, ok := i.fold(args[0], depth)
	if !ok || !at.Whole || at.Int < 0 || at.Int >= int64(len(text)) || text[at.Int] >= 0x80 {
		return Value{}, false
	}
	return Value{Kind: ast.Str, Text: text[at.Int : at.Int+1]}, true
}
