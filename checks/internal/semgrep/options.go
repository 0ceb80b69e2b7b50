package semgrep

import (
	"fmt"
	"strconv"
)

// Options change how patterns are matched. Names and defaults are Semgrep's.
type Options struct {
	ConstantPropagation  bool
	SymbolicPropagation  bool
	ACMatching           bool
	CommutativeBoolop    bool
	SymmetricEq          bool
	VardefAssign         bool
	FlddefAssign         bool
	AttrExpr             bool
	ArrowIsFunction      bool
	LetIsVar             bool
	UnifyIDsStrictly     bool
	GoDeeperExpr         bool
	GoDeeperStmt         bool
	ImplicitDeepExprStmt bool
	ImplicitEllipsis     bool
	DecoratorsOrdered    bool

	XMLSingletonLoose        bool
	XMLAttrsImplicitEllipsis bool
	XMLChildrenOrdered       bool
	GenericEllipsisMaxSpan   int    // lines
	GenericCommentStyle      string // "", "c", "cpp", "shell"

	TaintAssumeSafeFunctions   bool
	TaintAssumeSafeIndexes     bool
	TaintAssumeSafeComparisons bool
	TaintAssumeSafeBooleans    bool
	TaintAssumeSafeNumbers     bool
	TaintUnifyMvars            bool
}

// DefaultOptions are the options of a rule that sets none.
func DefaultOptions() Options {
	return Options{
		ConstantPropagation: true, ACMatching: true, VardefAssign: true, AttrExpr: true, ArrowIsFunction: true,
		LetIsVar: true, UnifyIDsStrictly: true, GoDeeperExpr: true, GoDeeperStmt: true, ImplicitDeepExprStmt: true,
		ImplicitEllipsis: true, XMLSingletonLoose: true, XMLAttrsImplicitEllipsis: true, XMLChildrenOrdered: true,
		GenericEllipsisMaxSpan: 10,
	}
}

// flags are the options that are on or off.
func (o *Options) flags() map[string]*bool {
	return map[string]*bool{
		"constant_propagation": &o.ConstantPropagation, "symbolic_propagation": &o.SymbolicPropagation,
		"ac_matching": &o.ACMatching, "commutative_boolop": &o.CommutativeBoolop, "symmetric_eq": &o.SymmetricEq,
		"vardef_assign": &o.VardefAssign, "flddef_assign": &o.FlddefAssign, "attr_expr": &o.AttrExpr,
		"arrow_is_function": &o.ArrowIsFunction, "let_is_var": &o.LetIsVar, "unify_ids_strictly": &o.UnifyIDsStrictly,
		"go_deeper_expr": &o.GoDeeperExpr, "go_deeper_stmt": &o.GoDeeperStmt,
		"implicit_deep_exprstmt": &o.ImplicitDeepExprStmt, "implicit_ellipsis": &o.ImplicitEllipsis,
		"decorators_order_matters":      &o.DecoratorsOrdered,
		"xml_singleton_loose_matching":  &o.XMLSingletonLoose,
		"xml_attrs_implicit_ellipsis":   &o.XMLAttrsImplicitEllipsis,
		"xml_children_ordered":          &o.XMLChildrenOrdered,
		"taint_assume_safe_functions":   &o.TaintAssumeSafeFunctions,
		"taint_assume_safe_indexes":     &o.TaintAssumeSafeIndexes,
		"taint_assume_safe_comparisons": &o.TaintAssumeSafeComparisons,
		"taint_assume_safe_booleans":    &o.TaintAssumeSafeBooleans,
		"taint_assume_safe_numbers":     &o.TaintAssumeSafeNumbers,
		"taint_unify_mvars":             &o.TaintUnifyMvars,
	}
}

// ignored are options that tell Semgrep's other editions how far to look, or an engine for text that is not the usual one.
// How far we look does not depend on the rule, so nothing is lost by passing over them.
var ignored = map[string]bool{
	"generic_multiline": true, "interfile": true, "taint_intrafile": true, "interproc": true, "dynamic_timeout": true,
	"dynamic_timeout_unit_kb": true, "dynamic_timeout_max_multiplier": true, "max_match_per_file": true,
}

// unset are options that we lack; to set one to false, as it is by default, does no harm.
var unset = map[string]bool{"generic_caseless": true, "taint_only_propagate_through_assignments": true}

func (c *compiler) options(n *Node) Options {
	o := DefaultOptions()
	if !c.expect(n, "options", MapNode) {
		return o
	}
	flags := o.flags()
	for _, p := range n.Pairs {
		where := "options." + p.Key
		switch {
		case flags[p.Key] != nil:
			*flags[p.Key] = c.boolean(p.Value, where)
		case ignored[p.Key]:
		case p.Key == "generic_ellipsis_max_span":
			o.GenericEllipsisMaxSpan = c.number(p.Value, where, 0, 1<<20)
		case p.Key == "generic_comment_style":
			o.GenericCommentStyle = c.text(p.Value, where)
			if s := o.GenericCommentStyle; s != "" && s != "c" && s != "cpp" && s != "shell" {
				c.fail(p.Value, where, fmt.Errorf("want c, cpp or shell, got %q", s))
			}
		case unset[p.Key] && p.Value != nil && p.Value.Kind == BoolNode && !c.boolean(p.Value, where):
		case p.Key == "generic_engine" && c.text(p.Value, where) == "spacegrep":
		default:
			c.unsupported(p.Value, where, "an option that is not known")
		}
	}
	return o
}

func (c *compiler) boolean(n *Node, where string) bool {
	if n == nil || n.Kind != BoolNode {
		c.fail(n, where, fmt.Errorf("want true or false, got %s", describe(n)))
		return false
	}
	value, err := strconv.ParseBool(n.Text)
	if err != nil {
		c.fail(n, where, fmt.Errorf("want true or false, got %q", n.Text))
	}
	return value
}

func (c *compiler) number(n *Node, where string, low, high int) int {
	if n != nil && n.Kind == NumberNode {
		if value, err := strconv.Atoi(n.Text); err == nil && value >= low && value <= high {
			return value
		}
	}
	c.fail(n, where, fmt.Errorf("want a whole number from %d to %d, got %s", low, high, describe(n)))
	return low
}
