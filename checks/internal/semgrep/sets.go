package semgrep

import "fmt"

// Bounds on `use`.
const (
	maxSetDepth = 10   // sets in sets
	maxSetItems = 4000 // of one list after expansion
)

// expandList gives the items of a list with the sets that it uses. In a list of alternatives a set's items take the
// place of `use`; elsewhere they are one alternative together.
func (c *compiler) expandList(n *Node, where string, alternatives bool) []*Node {
	items := c.list(n, where)
	if !alternatives {
		return items
	}
	var out []*Node
	c.expand(items, where, maxSetDepth, &out)
	return out
}

func (c *compiler) expand(items []*Node, where string, left int, out *[]*Node) {
	for _, item := range items {
		name := item.Get("use")
		if name == nil || len(item.Pairs) != 1 {
			if *out = append(*out, item); len(*out) == maxSetItems {
				c.fail(item, where, fmt.Errorf("more than %d items", maxSetItems))
			}
			if len(*out) >= maxSetItems {
				return
			}
			continue
		}
		set, ok := c.Sets[c.text(name, where)]
		switch {
		case !ok:
			c.fail(item, join(where, "use"), fmt.Errorf("there is no set %q", name.Text))
		case left == 0:
			c.fail(item, join(where, "use"), fmt.Errorf("sets nest deeper than %d", maxSetDepth))
			return
		default:
			c.expand(c.list(set, "sets."+name.Text), where, left-1, out)
		}
	}
}
