package match

import "github.com/assay-app/assay/checks/internal/ast"

// postings are lists of nodes by name. They share one array, since most of them are short.
type postings struct {
	lists   map[string]posting
	entries []posted
}

// posting is one list: the places of its first and last entry.
type posting struct{ first, last, count int32 }

type posted struct {
	id   ast.ID
	next int32
}

func newPostings(size int) postings {
	return postings{lists: make(map[string]posting, size/4), entries: make([]posted, 0, size)}
}

// add adds a node to the list of a name, once. Nodes come in the order of the tree.
func (p *postings) add(name string, id ast.ID) {
	at := int32(len(p.entries))
	list, ok := p.lists[name]
	switch {
	case !ok:
		list.first = at
	case p.entries[list.last].id == id:
		return
	default:
		p.entries[list.last].next = at
	}
	p.entries = append(p.entries, posted{id: id})
	list.last = at
	list.count++
	p.lists[name] = list
}

// count is the length of a list.
func (p *postings) count(name string) int { return int(p.lists[name].count) }

// list gives the nodes of a name.
func (p *postings) list(name string) []ast.ID {
	list := p.lists[name]
	out := make([]ast.ID, list.count)
	at := list.first
	for i := range out {
		out[i] = p.entries[at].id
		at = p.entries[at].next
	}
	return out
}
