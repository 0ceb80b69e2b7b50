package semgrep

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/assay-app/assay/checks/internal/regex"
)

// Scalar is a value of a comparison: a whole number, a number, a text, a truth, a list, or nothing.
type Scalar struct {
	kind  byte // 'i', 'f', 's', 'b', 'l', 0 for nothing
	whole int64
	float float64
	text  string
	truth bool
	list  []Scalar
}

// Whole makes a whole number.
func Whole(n int64) Scalar { return Scalar{kind: 'i', whole: n} }

// Text makes a text.
func Text(s string) Scalar { return Scalar{kind: 's', text: s} }

// Truth makes a boolean.
func Truth(b bool) Scalar { return Scalar{kind: 'b', truth: b} }

// Number reads a number as code writes it, in a base or, if that is 0, in the one that it says itself.
func Number(text string, base int) (Scalar, bool) { return parseNumber(text, base) }

func parseNumber(text string, base int) (Scalar, bool) {
	plain := strings.ReplaceAll(text, "_", "")
	if n, err := strconv.ParseInt(plain, base, 64); err == nil {
		return Whole(n), true
	}
	for prefix, of := range map[string]int{"0o": 8, "0x": 16, "0b": 2} {
		if digits, ok := strings.CutPrefix(strings.ToLower(plain), prefix); ok && of == base {
			return parseNumber(digits, base)
		}
	}
	if base == 0 {
		trimmed := strings.TrimRight(plain, "lLuUnN")
		if n, err := strconv.ParseInt(trimmed, 0, 64); err == nil {
			return Whole(n), true
		}
		if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return Whole(n), true
		}
		if f, err := strconv.ParseFloat(strings.TrimRight(plain, "fFdD"), 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return Scalar{kind: 'f', float: f}, true
		}
	}
	return Scalar{}, false
}

// errNoValue says that a comparison compares what can't be compared: it does not hold.
var errNoValue = errors.New("no value")

// Holds evaluates the comparison. The value function gives what a metavariable holds. today is the date that today()
// gives, in seconds since 1970. A comparison of values that can't be compared does not hold; the error is that of a
// regular expression.
func (c *Comparison) Holds(value func(metavariable string) (Scalar, bool), today int64, budget *regex.Budget) (bool, error) {
	e := evaluator{c, value, today, budget}
	v, err := e.eval(c.root)
	if errors.Is(err, errNoValue) {
		return false, nil
	}
	return v.true(), err
}

func (s Scalar) true() bool {
	switch s.kind {
	case 'b':
		return s.truth
	case 'i':
		return s.whole != 0
	case 'f':
		return s.float != 0
	case 's':
		return s.text != ""
	}
	return len(s.list) > 0
}

func (s Scalar) number() (float64, bool) {
	switch s.kind {
	case 'i':
		return float64(s.whole), true
	case 'f':
		return s.float, true
	}
	return 0, false
}

type evaluator struct {
	*Comparison
	value  func(string) (Scalar, bool)
	today  int64
	budget *regex.Budget
}

func (e *evaluator) eval(t *term) (Scalar, error) {
	switch t.op {
	case "number":
		return t.number, nil
	case "string":
		return Text(t.text), nil
	case "true", "false":
		return Truth(t.op == "true"), nil
	case "none":
		return Scalar{}, nil
	case "name":
		v, ok := e.value(t.text)
		if !ok {
			return v, errNoValue
		}
		return v, nil
	case "and", "or":
		left, err := e.eval(t.parts[0])
		if err != nil || left.true() == (t.op == "or") {
			return left, err
		}
		return e.eval(t.parts[1])
	case "not":
		v, err := e.eval(t.parts[0])
		return Truth(!v.true()), err
	case "list":
		out := Scalar{kind: 'l'}
		for _, part := range t.parts {
			v, err := e.eval(part)
			if err != nil {
				return v, err
			}
			out.list = append(out.list, v)
		}
		return out, nil
	case "call":
		return e.call(t)
	case "unary-", "unary+", "unary~":
		v, err := e.eval(t.parts[0])
		if err != nil {
			return v, err
		}
		return unary(t.op[5:], v)
	}
	left, err := e.eval(t.parts[0])
	if err != nil {
		return left, err
	}
	right, err := e.eval(t.parts[1])
	if err != nil {
		return right, err
	}
	return binary(t.op, left, right)
}

func unary(op string, v Scalar) (Scalar, error) {
	switch {
	case op == "+" && (v.kind == 'i' || v.kind == 'f'):
		return v, nil
	case op == "-" && v.kind == 'i':
		return Whole(-v.whole), nil
	case op == "-" && v.kind == 'f':
		return Scalar{kind: 'f', float: -v.float}, nil
	case op == "~" && v.kind == 'i':
		return Whole(^v.whole), nil
	}
	return v, errNoValue
}

func binary(op string, a, b Scalar) (Scalar, error) {
	switch op {
	case "==":
		return Truth(a.equal(b)), nil
	case "!=":
		return Truth(!a.equal(b)), nil
	case "in", "not in":
		in, err := a.in(b)
		return Truth(in == (op == "in")), err
	case "<", "<=", ">", ">=":
		order, ok := a.compare(b)
		holds := op == "<" && order < 0 || op == "<=" && order <= 0 || op == ">" && order > 0 || op == ">=" && order >= 0
		if !ok {
			return Truth(false), errNoValue
		}
		return Truth(holds), nil
	}
	if op == "+" && a.kind == 's' && b.kind == 's' {
		return Text(a.text + b.text), nil
	}
	if a.kind == 'i' && b.kind == 'i' {
		return wholes(op, a.whole, b.whole)
	}
	x, xOK := a.number()
	y, yOK := b.number()
	if !xOK || !yOK {
		return a, errNoValue
	}
	var f float64
	switch op {
	case "+":
		f = x + y
	case "-":
		f = x - y
	case "*":
		f = x * y
	case "/":
		f = x / y
	case "//":
		f = math.Floor(x / y)
	case "%":
		f = math.Mod(x, y)
	case "**":
		f = math.Pow(x, y)
	default:
		return a, errNoValue
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return a, errNoValue
	}
	return Scalar{kind: 'f', float: f}, nil
}

func wholes(op string, x, y int64) (Scalar, error) {
	switch op {
	case "+":
		return Whole(x + y), nil
	case "-":
		return Whole(x - y), nil
	case "*":
		return Whole(x * y), nil
	case "&":
		return Whole(x & y), nil
	case "|":
		return Whole(x | y), nil
	case "^":
		return Whole(x ^ y), nil
	case "/", "//":
		if y != 0 {
			return Whole(int64(math.Floor(float64(x) / float64(y)))), nil
		}
	case "%":
		if y != 0 {
			return Whole(((x % y) + y) % y), nil
		}
	case "**":
		if f := math.Pow(float64(x), float64(y)); y >= 0 && math.Abs(f) < 1<<53 {
			return Whole(int64(f)), nil
		}
	case "<<":
		if y >= 0 && y < 62 {
			return Whole(x << y), nil
		}
	case ">>":
		if y >= 0 && y < 64 {
			return Whole(x >> y), nil
		}
	}
	return Scalar{}, errNoValue
}

func (a Scalar) equal(b Scalar) bool {
	x, xOK := a.number()
	y, yOK := b.number()
	switch {
	case a.kind == 'i' && b.kind == 'i':
		return a.whole == b.whole
	case xOK && yOK:
		return x == y
	case a.kind != b.kind:
		return false
	case a.kind == 'l':
		if len(a.list) != len(b.list) {
			return false
		}
		for i := range a.list {
			if !a.list[i].equal(b.list[i]) {
				return false
			}
		}
		return true
	}
	return a.text == b.text && a.truth == b.truth
}

func (a Scalar) compare(b Scalar) (int, bool) {
	x, xOK := a.number()
	y, yOK := b.number()
	switch {
	case xOK && yOK && x < y:
		return -1, true
	case xOK && yOK && x > y:
		return 1, true
	case xOK && yOK:
		return 0, true
	case a.kind == 's' && b.kind == 's':
		return strings.Compare(a.text, b.text), true
	}
	return 0, false
}

func (a Scalar) in(b Scalar) (bool, error) {
	switch {
	case b.kind == 'l':
		for _, item := range b.list {
			if a.equal(item) {
				return true, nil
			}
		}
		return false, nil
	case b.kind == 's' && a.kind == 's':
		return strings.Contains(b.text, a.text), nil
	}
	return false, errNoValue
}

func (e *evaluator) call(t *term) (Scalar, error) {
	if t.text == "today" {
		return Scalar{kind: 'f', float: float64(e.today)}, nil
	}
	v, err := e.eval(t.parts[len(t.parts)-1])
	if err != nil {
		return v, err
	}
	switch t.text {
	case "int":
		switch v.kind {
		case 'i':
			return v, nil
		case 'f':
			return Whole(int64(v.float)), nil
		case 's':
			if n, ok := parseNumber(v.text, max(e.Base, 0)); ok && n.kind == 'i' {
				return n, nil
			}
		}
	case "float":
		if x, ok := v.number(); ok {
			return Scalar{kind: 'f', float: x}, nil
		}
		if x, err := strconv.ParseFloat(v.text, 64); v.kind == 's' && err == nil {
			return Scalar{kind: 'f', float: x}, nil
		}
	case "str":
		switch v.kind {
		case 's':
			return v, nil
		case 'i':
			return Text(strconv.FormatInt(v.whole, 10)), nil
		case 'f':
			return Text(strconv.FormatFloat(v.float, 'g', -1, 64)), nil
		}
	case "len":
		if v.kind == 's' {
			return Whole(int64(len(v.text))), nil
		}
		return Whole(int64(len(v.list))), nil
	case "lower":
		return Text(strings.ToLower(v.text)), nil
	case "upper":
		return Text(strings.ToUpper(v.text)), nil
	case "strptime":
		if when, err := time.Parse(time.DateOnly, v.text); v.kind == 's' && err == nil {
			return Scalar{kind: 'f', float: float64(when.Unix())}, nil
		}
	case "re.match":
		if v.kind != 's' {
			return v, errNoValue
		}
		re, err := t.regex.Compiled()
		if err != nil {
			return v, err
		}
		ok, err := re.Match(v.text, e.budget)
		return Truth(ok), err
	}
	return v, errNoValue
}
