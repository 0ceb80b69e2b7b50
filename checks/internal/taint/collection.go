package taint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// collection is a kind of object whose methods are known to keep what they are given.
type collection uint8

const (
	noCollection collection = iota
	listCollection
	mapCollection
	setCollection
	builderCollection // of a text
)

// collectionTypes are the types, by the last part of their names, in all languages.
var collectionTypes = map[string]collection{
	"list": listCollection, "deque": listCollection, "ArrayList": listCollection, "LinkedList": listCollection,
	"List": listCollection, "Vector": listCollection, "Stack": listCollection, "Array": listCollection,
	"Queue": listCollection, "Deque": listCollection, "ArrayDeque": listCollection, "MutableList": listCollection,
	"dict": mapCollection, "defaultdict": mapCollection, "OrderedDict": mapCollection, "Map": mapCollection,
	"HashMap": mapCollection, "LinkedHashMap": mapCollection, "TreeMap": mapCollection, "ConcurrentHashMap": mapCollection,
	"Hashtable": mapCollection, "Properties": mapCollection, "WeakMap": mapCollection, "FormData": mapCollection,
	"URLSearchParams": mapCollection, "Dictionary": mapCollection, "MutableMap": mapCollection, "Dict": mapCollection,
	"set": setCollection, "Set": setCollection, "HashSet": setCollection, "LinkedHashSet": setCollection,
	"TreeSet": setCollection, "Collection": setCollection, "PriorityQueue": setCollection,
	"StringBuilder": builderCollection, "StringBuffer": builderCollection, "StringIO": builderCollection,
	"BytesIO": builderCollection, "StringWriter": builderCollection, "bytearray": builderCollection,
	"Builder": builderCollection, "Buffer": builderCollection, "StringJoiner": builderCollection,
}

func lastName(dotted string) string {
	if i := strings.IndexAny(dotted, "<["); i > 0 {
		dotted = dotted[:i]
	}
	return trimPointer(dotted[strings.LastIndexByte(dotted, '.')+1:])
}

// collectionOf is what kind of collection an expression certainly is, as far as the file tells.
func (u *unit) collectionOf(id ast.ID) collection { return u.collectionWithin(id, maxPath) }

// collectionWithin follows calls and variables only so often: `x = x.trim()` leads back to itself.
func (u *unit) collectionWithin(id ast.ID, left int) collection {
	if left < 0 {
		return noCollection
	}
	t := u.tree
	n := &t.Nodes[id]
	var v *names.Variable
	switch n.Kind {
	case ast.List, ast.Comprehension:
		return listCollection
	case ast.Dict:
		return mapCollection
	case ast.Set:
		return setCollection
	case ast.Call:
		callee := t.Child(id, ast.Callee)
		if callee == ast.None {
			return noCollection
		}
		if c := collectionTypes[lastName(t.Dotted(callee))]; c != noCollection {
			return c
		}
		if object := t.Child(callee, ast.Object); object != ast.None && u.collectionWithin(object, left-1) == builderCollection {
			return builderCollection // sb.append(a).append(b)
		}
		return noCollection
	case ast.New:
		return collectionTypes[lastName(u.info.Type(id).Text)]
	case ast.Ident:
		v = u.info.Variable(id)
	case ast.Member:
		v = u.info.Field(id)
	}
	if v == nil {
		return noCollection
	}
	if c := collectionTypes[lastName(u.info.Type(id).Text)]; c != noCollection {
		return c
	}
	for _, at := range v.Assignments {
		right := t.Child(at, ast.Right)
		if right == ast.None || t.Nodes[right].Kind == ast.Ident || t.Nodes[right].Kind == ast.Member {
			continue
		}
		if c := u.collectionWithin(right, left-1); c != noCollection {
			return c
		}
	}
	return noCollection
}

// makesCollection is the value of a call that makes an empty list.
func (f *frame) makesCollection(id ast.ID, args []argument) (*cell, bool) {
	if len(args) > 0 {
		return nil, false
	}
	t := f.unit.tree
	name := lastName(t.Dotted(t.Child(id, ast.Callee)))
	if t.Nodes[id].Kind == ast.New {
		name = lastName(f.unit.info.Type(id).Text)
	}
	if collectionTypes[name] != listCollection {
		return nil, false
	}
	return &cell{size: 1}, true
}

// collectionCall runs a method of a collection. It reports false for what it knows nothing of.
func (f *frame) collectionCall(callee ast.ID, method string, receiver *cell, args []argument, s *state) (*cell, bool) {
	object := f.unit.tree.Child(callee, ast.Object)
	if object == ast.None {
		return nil, false
	}
	var after, result *cell
	ok := false
	kind := f.unit.collectionOf(object)
	if kind == mapCollection && len(args) > 1 && hasFunction(args[len(args)-1].cell) { // m.computeIfAbsent(k, f)
		computed, _ := f.callbacks(f.unit.tree.Nodes[callee].Parent, method, receiver, args[len(args)-1:], s)
		args[len(args)-1].cell = computed
	}
	switch kind {
	case listCollection:
		after, result, ok = f.listCall(method, receiver, args)
	case mapCollection:
		after, result, ok = f.mapCall(method, receiver, args)
	case setCollection:
		after, result, ok = f.setCall(method, receiver, args)
	case builderCollection:
		after, result, ok = f.builderCall(method, receiver, args)
	default:
		after, ok = f.growing(method, receiver, args)
	}
	if !ok {
		return nil, false
	}
	if !equalCells(after, receiver) {
		if p, ok := f.builtPlace(object); ok {
			s.write(p, f.via(after, callee))
		}
	}
	return result, true
}

// builtPlace is the place of a collection, through a chain of calls that return it.
func (f *frame) builtPlace(object ast.ID) (place, bool) {
	t := f.unit.tree
	for t.Nodes[object].Kind == ast.Call {
		callee := t.Child(object, ast.Callee)
		if callee == ast.None || t.Nodes[callee].Kind != ast.Member {
			return place{}, false
		}
		if object = t.Child(callee, ast.Object); object == ast.None {
			return place{}, false
		}
	}
	return f.place(object)
}

// growing are the methods that add to a list in whatever they are found: nothing else is called like that.
func (f *frame) growing(method string, receiver *cell, args []argument) (*cell, bool) {
	python := f.unit.tree.Language == "python"
	switch {
	case len(args) == 1 && python && (method == "append" || method == "extend"):
	case len(args) == 1 && f.unit.keysAreFields && (method == "push" || method == "unshift"):
	default:
		return nil, false
	}
	return receiver.put([]string{anyElem}, tainted(args[0].cell.all()), true), true
}

// index is the constant that an argument is.
func (f *frame) index(args []argument, i int) (int, bool) {
	if i >= len(args) {
		return 0, false
	}
	v, ok := f.unit.info.Constant(args[i].node)
	if !ok || !v.Whole || v.Int < 0 || v.Int >= maxElems {
		return 0, false
	}
	return int(v.Int), true
}

func (f *frame) listCall(method string, c *cell, args []argument) (after, result *cell, ok bool) {
	var last *cell
	if len(args) > 0 {
		last = args[len(args)-1].cell
	}
	switch method {
	case "append", "add", "push", "addLast", "offer", "addElement", "offerLast":
		switch {
		case len(args) == 2 && method == "add":
			i, known := f.index(args, 0)
			return c.inserted(i, known, last), nil, true
		case len(args) == 1:
			return c.appended(last), nil, true
		case len(args) > 1: // push(a, b)
			for _, a := range args {
				c = c.appended(a.cell)
			}
			return c, nil, true
		}
	case "insert":
		if len(args) == 2 {
			i, known := f.index(args, 0)
			return c.inserted(i, known, last), nil, true
		}
	case "unshift", "appendleft", "addFirst", "offerFirst":
		if len(args) == 1 {
			return c.inserted(0, true, last), nil, true
		}
	case "extend", "addAll", "extendleft":
		if len(args) > 0 {
			return c.put([]string{anyElem}, tainted(last.all()), true).unsized(), nil, true
		}
	case "get", "at", "elementAt", "getFirst", "getLast", "peek", "first", "last":
		if i, known := f.index(args, 0); known {
			return c, c.at(indexName(int64(i))), true
		}
		return c, c.element(), true
	case "set":
		if i, known := f.index(args, 0); known && len(args) == 2 {
			return c.put([]string{indexName(int64(i))}, last, false), c.at(indexName(int64(i))), true
		}
	case "remove", "pop", "shift", "removeFirst", "removeLast", "poll", "popleft":
		if method == "remove" && f.unit.tree.Language == "python" {
			return c.shuffled(), nil, true // by value
		}
		i, known := f.index(args, 0)
		switch {
		case len(args) == 0 && (method == "shift" || method == "removeFirst" || method == "poll" || method == "popleft"):
			i, known = 0, true
		case len(args) == 0 && c != nil && c.size > 1:
			i, known = c.size-2, true
		}
		if !known {
			return c.shuffled(), c.element(), true
		}
		return c.removed(i), c.at(indexName(int64(i))), true
	case "clear", "removeAllElements":
		return &cell{size: 1}, nil, true
	}
	return nil, nil, false
}

func (c *cell) unsized() *cell {
	if c == nil || c.size == 0 {
		return c
	}
	out := *c
	out.size = 0
	return &out
}

// appended is a list with one more element.
func (c *cell) appended(v *cell) *cell {
	if c == nil || c.size == 0 || c.size > maxElems {
		return c.put([]string{anyElem}, v, true).unsized()
	}
	out := *c
	if v != nil || len(c.own) > 0 {
		out = *c.with(indexName(int64(c.size-1)), v)
	}
	out.size = c.size + 1
	return &out
}

// moved is a list whose elements have new places; negative for one that is gone.
func (c *cell) moved(to func(i int) int) *cell {
	out := &cell{own: c.own, refs: c.refs, size: c.size}
	for _, p := range c.parts {
		if i, err := strconv.Atoi(p.name[1:]); err == nil && isElem(p.name) {
			if i = to(i); i < 0 {
				continue
			}
			p.name = indexName(int64(i))
		}
		out.parts = append(out.parts, p)
	}
	slices.SortFunc(out.parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return out
}

// inserted is a list with an element put before others.
func (c *cell) inserted(at int, known bool, v *cell) *cell {
	if c == nil || c.size == 0 || c.size > maxElems || !known {
		return c.shuffled().put([]string{anyElem}, v, true)
	}
	out := c.moved(func(i int) int {
		if i >= at {
			return i + 1
		}
		return i
	})
	out.size++
	if v != nil || len(c.own) > 0 {
		size := out.size
		out = out.with(indexName(int64(at)), v)
		out.size = size
	}
	return out
}

// removed is a list without one element.
func (c *cell) removed(at int) *cell {
	if c == nil || c.size < 2 {
		return c.shuffled()
	}
	out := c.moved(func(i int) int {
		switch {
		case i == at:
			return -1
		case i > at:
			return i - 1
		}
		return i
	})
	out.size--
	return out
}

// shuffled is a list whose elements may have any place.
func (c *cell) shuffled() *cell {
	if c == nil {
		return nil
	}
	out := &cell{own: c.own, refs: c.refs}
	var elements *cell
	for _, p := range c.parts {
		if isElem(p.name) {
			elements = join(elements, p.cell)
		} else {
			out.parts = append(out.parts, p)
		}
	}
	if elements != nil {
		out = out.with(anyElem, elements)
	}
	return out
}

func (f *frame) mapCall(method string, c *cell, args []argument) (after, result *cell, ok bool) {
	switch method {
	case "put", "set", "setProperty", "setdefault", "putIfAbsent", "append", "add", "computeIfAbsent":
		if len(args) < 2 {
			return nil, nil, false
		}
		name := f.elementName(args[0].node)
		v := args[1].cell.adding(args[0].cell.all())
		weak := method == "setdefault" || method == "putIfAbsent" || method == "append"
		after = c.put([]string{name}, v, weak)
		if method == "setdefault" {
			return after, after.at(name), true
		}
		return after, c.at(name), true
	case "get", "getOrDefault", "getProperty", "pop", "remove":
		if len(args) == 0 {
			return nil, nil, false
		}
		name := f.elementName(args[0].node)
		if name == anyElem && f.unit.keysAreFields {
			result = tainted(c.all())
		} else {
			result = c.at(name)
		}
		for _, a := range args[1:] {
			result = join(result, a.cell)
		}
		if (method == "pop" || method == "remove") && name != anyElem && c != nil {
			return c.with(name, nil), result, true
		}
		return c, result, true
	case "update", "putAll", "addAll", "merge":
		after = c
		for _, a := range args {
			if a.name != "" {
				after = after.put([]string{"[" + a.name}, a.cell, false)
			} else {
				after = join(after, a.cell)
			}
		}
		return after, nil, true
	case "clear":
		return nil, nil, true
	case "size", "isEmpty", "containsKey", "has":
		return c, nil, true
	}
	return nil, nil, false
}

func (f *frame) setCall(method string, c *cell, args []argument) (after, result *cell, ok bool) {
	switch method {
	case "add", "update", "addAll", "offer":
		after = c
		for _, a := range args {
			after = after.put([]string{anyElem}, tainted(a.cell.all()), true)
		}
		return after, nil, true
	case "clear":
		return nil, nil, true
	}
	return nil, nil, false
}

func (f *frame) builderCall(method string, c *cell, args []argument) (after, result *cell, ok bool) {
	switch method {
	case "append", "insert", "write", "WriteString", "Write", "WriteByte", "WriteRune", "add", "AppendLine", "Append",
		"AppendFormat", "replace", "extend", "writelines", "print", "println":
		after = c
		for _, a := range args {
			after = after.adding(a.cell.all())
		}
		return after, after, true
	case "setLength", "truncate":
		return nil, nil, true
	}
	return nil, nil, false
}
