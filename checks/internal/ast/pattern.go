package ast

// Pattern is code with holes, as rules write it: a [Tree] in which Metavar, MetavarRest, Ellipsis, Deep and Chain nodes
// may stand.
type Pattern struct {
	*Tree

	// Roots are the nodes to match: one expression, one statement, or several statements in a row.
	Roots []ID

	// Sequence is set when the pattern is written as statements (even one), so that its Ellipsis skips statements.
	Sequence bool

	// Partial says that only a part of a construct was written, such as a function's head or a lone `try`; Roots then
	// is the construct without the part that is missing, which matches anything.
	Partial bool
}

// Metavariable reports the name that a node binds ("$X", "$...ARGS"), or "" for any other node and for "$_".
func (p *Pattern) Metavariable(id ID) string {
	n := &p.Nodes[id]
	if (n.Kind == Metavar || n.Kind == MetavarRest) && n.Name != "$_" {
		return n.Name
	}
	return ""
}
