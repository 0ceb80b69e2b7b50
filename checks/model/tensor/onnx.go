package tensor

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of what is kept of a graph.
const (
	maxOperations = 20_000 // kinds of operation
	maxNameKept   = 256    // bytes of a name
)

// onnx reads models of the Open Neural Network Exchange.
type onnx struct{}

// Name implements [artefact.Reader].
func (onnx) Name() string { return "ONNX" }

// Sniff looks for a graph with nodes or weights: there is no magic number.
func (onnx) Sniff(head []byte, src artefact.Source) bool {
	if len(head) < 2 {
		return false
	}
	w := newWire(src, &artefact.Budget{Steps: sniffFields})
	for at := int64(0); at < src.Size(); {
		f, err := w.field(at, src.Size())
		if f.is(7) && likeGraph(w, f) || f.is(25) && err == nil && likeNode(w, f, 7) {
			return true
		}
		if err != nil {
			return errors.Is(err, artefact.ErrBudget) && head[0] == 8
		}
		at = f.at + f.size
	}
	return false
}

// likeGraph reports whether a message, which may be cut off, may be a graph.
func likeGraph(w *wire, graph field) bool {
	for at, end := graph.at, graph.at+graph.size; at < end; {
		f, err := w.field(at, end)
		if f.is(1) && likeNode(w, f, 4) || (f.is(5) || f.is(15)) && likeTensor(w, f) {
			return true
		}
		if err != nil {
			return false
		}
		at = f.at + f.size
	}
	return false
}

// likeNode reports whether a message names an operation in a field.
func likeNode(w *wire, node field, number int) bool {
	found := false
	err := w.fields(node, 2, func(f field) error {
		if f.is(number) {
			found = number != 4 || isOperation(w.text(f, maxNameKept))
		}
		return nil
	})
	return found && (err == nil || errors.Is(err, errCut))
}

// likeTensor reports whether a message has a type or data as a tensor does.
func likeTensor(w *wire, tensor field) bool {
	found := false
	err := w.fields(tensor, 2, func(f field) error {
		found = found || f.number == 2 && f.wire == varint || f.is(13) || f.is(9) || f.is(1)
		return nil
	})
	return found && (err == nil || errors.Is(err, errCut))
}

// operation is a kind of node.
type operation struct{ domain, name string }

// onnxFile is a model being read.
type onnxFile struct {
	*wire
	x        *artefact.Examination
	used     map[operation]int64 // where it is used first
	defined  map[operation]bool
	total    total
	external int
}

// Read implements [artefact.Reader].
func (onnx) Read(x *artefact.Examination) {
	o := &onnxFile{wire: newWire(x.Source, x.Budget), x: x, used: map[operation]int64{}, defined: map[operation]bool{}}
	x.Fact("format", "ONNX")
	if err := o.model(); err != nil {
		x.Fail("ONNX: %v, at %d", err, o.at)
	}
	o.domains()
	o.total.facts(x)
	if o.external > 0 {
		x.Fact("external tensors", fmt.Sprint(o.external))
	}
}

func (o *onnxFile) model() error {
	return o.fields(o.whole(), 0, func(f field) error {
		switch {
		case f.is(2):
			fact(o.x, "producer", o.text(f, maxNameKept))
		case f.is(7):
			return o.graph(f, 1)
		case f.is(14):
			_, key, value, err := o.pair(f, 1)
			if key == "license" {
				fact(o.x, "license", value)
			}
			return err
		case f.is(20):
			return o.fields(f, 1, func(f field) error {
				if f.is(1) || f.is(2) {
					return o.graph(f, 2)
				}
				return nil
			})
		case f.is(25):
			return o.function(f, 1)
		}
		return nil
	})
}

func (o *onnxFile) graph(graph field, depth int) error {
	return o.fields(graph, depth, func(f field) error {
		switch {
		case f.is(1):
			return o.node(f, depth+1)
		case f.is(5):
			return o.tensor(f, depth+1, true)
		case f.is(15):
			return o.sparse(f, depth+1)
		}
		return nil
	})
}

// function is one that the model defines itself.
func (o *onnxFile) function(function field, depth int) error {
	var defined operation
	err := o.fields(function, depth, func(f field) error {
		switch {
		case f.is(1):
			defined.name = o.text(f, maxNameKept)
		case f.is(10):
			defined.domain = o.text(f, maxNameKept)
		case f.is(7):
			return o.node(f, depth+1)
		case f.is(11):
			return o.attribute(f, depth+1)
		}
		return nil
	})
	if len(o.defined) < maxOperations {
		o.defined[defined] = true
	}
	return err
}

func (o *onnxFile) node(node field, depth int) error {
	var op operation
	var name string
	var python []string
	err := o.fields(node, depth, func(f field) error {
		switch {
		case f.is(3):
			name = o.text(f, maxNameKept)
		case f.is(4):
			op.name = o.text(f, maxNameKept)
		case f.is(7):
			op.domain = o.text(f, maxNameKept)
		case f.is(5):
			if text := o.named(f, depth+1); text != "" && len(python) < 4 {
				python = append(python, text)
			}
			return o.attribute(f, depth+1)
		}
		return nil
	})
	if op.name == "PyOp" || op.name == "PythonOp" || op.name == "PythonOpGrad" {
		o.x.Add(onnxPython, node.tag, op.name+" "+name, map[string]string{
			"name": code(name), "call": code(cmp.Or(strings.Join(python, "."), "unnamed")), "offset": fmt.Sprint(node.tag),
		})
	}
	if _, known := o.used[op]; !known && !standard(op.domain) {
		if len(o.used) >= maxOperations {
			o.x.Fail("ONNX: more than %d kinds of operation", maxOperations)
			return err
		}
		o.used[op] = node.tag
	}
	return err
}

// named is what an attribute says of the Python that its node calls.
func (o *onnxFile) named(attribute field, depth int) string {
	name, value := "", ""
	_ = o.fields(attribute, depth, func(f field) error { // what is wrong with it is said by whoever reads it in full
		switch {
		case f.is(1):
			name = o.text(f, maxNameKept)
		case f.is(4):
			value = o.text(f, maxNameKept)
		}
		return nil
	})
	switch name {
	case "module", "class_name", "func_name", "name", "compute":
		return value
	}
	return ""
}

func (o *onnxFile) attribute(attribute field, depth int) error {
	return o.fields(attribute, depth, func(f field) error {
		switch {
		case f.is(5), f.is(10):
			return o.tensor(f, depth+1, false)
		case f.is(6), f.is(11):
			return o.graph(f, depth+1)
		case f.is(22), f.is(23):
			return o.sparse(f, depth+1)
		}
		return nil
	})
}

func (o *onnxFile) sparse(sparse field, depth int) error {
	return o.fields(sparse, depth, func(f field) error {
		if f.is(1) || f.is(2) {
			return o.tensor(f, depth+1, f.is(1))
		}
		return nil
	})
}

func (o *onnxFile) tensor(tensor field, depth int, weight bool) error {
	elements, whole := uint64(1), true
	var name string
	var locations []field
	err := o.fields(tensor, depth, func(f field) error {
		switch {
		case f.number == 1:
			return o.numbers(f, func(n uint64) {
				var ok bool
				elements, ok = product(elements, n)
				whole = whole && ok
			})
		case f.is(8):
			name = o.text(f, maxNameKept)
		case f.is(13):
			keys, _, _, err := o.pair(f, depth+1)
			if slices.Contains(keys, "location") && len(locations) < 64 {
				locations = append(locations, f)
			}
			return err
		}
		return nil
	})
	if weight && whole {
		o.total.add(elements)
	}
	for _, l := range locations {
		o.location(l, name, depth+1)
	}
	return err
}

// location judges where a tensor says that its data lies.
func (o *onnxFile) location(entry field, tensor string, depth int) {
	o.external++
	_ = o.fields(entry, depth, func(f field) error { // it was gone through before
		if !f.is(2) {
			return nil
		}
		where := o.text(f, 4<<10)
		if why := escapes(where); why != "" {
			o.x.Add(onnxLocation, f.at, where, map[string]string{"location": code(where), "why": why, "name": code(tensor), "offset": fmt.Sprint(f.at)})
		}
		return nil
	})
}

// pair reads a key and a value, and all keys where there are several.
func (o *onnxFile) pair(entry field, depth int) (keys []string, key, value string, err error) {
	err = o.fields(entry, depth, func(f field) error {
		switch {
		case f.is(1):
			if key = o.text(f, maxNameKept); len(keys) < 8 {
				keys = append(keys, key)
			}
		case f.is(2):
			value = o.text(f, maxNameKept)
		}
		return nil
	})
	return keys, key, value, err
}

// escapes says why a path leads out of the folder of its model, or nothing if it stays there.
func escapes(path string) string {
	slashed := strings.ReplaceAll(path, `\`, "/")
	switch {
	case strings.Contains(slashed, "://"):
		return "is an address"
	case strings.HasPrefix(slashed, "/"), strings.HasPrefix(slashed, "~"):
		return "is a place of the machine, whatever folder the model is in"
	case len(slashed) > 1 && slashed[1] == ':':
		return "is a place on a drive, whatever folder the model is in"
	case slices.Contains(strings.Split(slashed, "/"), ".."):
		return "leads out of the model's folder"
	case strings.ContainsRune(slashed, 0):
		return "holds a zero byte, where some readers take it to end"
	}
	return ""
}

// standard reports whether a domain is one of those that runtimes come with.
func standard(domain string) bool {
	switch domain {
	case "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "ai.onnx.contrib", "com.microsoft", "org.pytorch.aten":
		return true
	}
	return strings.HasPrefix(domain, "com.microsoft.")
}

// domains reports the operations that neither a runtime nor the model itself defines, once for each domain.
func (o *onnxFile) domains() {
	first := map[string]operation{}
	var names []string
	for op, at := range o.used {
		if o.defined[op] {
			continue
		}
		known, there := first[op.domain]
		if !there {
			names = append(names, op.domain)
		}
		if !there || at < o.used[known] {
			first[op.domain] = op
		}
	}
	slices.Sort(names)
	for _, domain := range names {
		op := first[domain]
		at := o.used[op]
		o.x.Add(onnxDomain, at, domain, map[string]string{"domain": code(domain), "name": code(op.name), "offset": fmt.Sprint(at)})
	}
}
