package tensor

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of what is kept of a graph, besides those of ONNX.
const (
	maxConstants = 4096 // texts of a graph that an operation may be given
	maxHandedOn  = 500  // texts that are examined as files
	minHandedOn  = 16   // bytes of such a text
	maxMetadata  = 16 << 20
)

// tensorflow reads SavedModel, MetaGraph and GraphDef files, and what Keras writes beside them.
type tensorflow struct{}

// Name implements [artefact.Reader].
func (tensorflow) Name() string { return "TensorFlow" }

// graphKind is which of TensorFlow's messages a file is.
type graphKind int

const (
	noGraph graphKind = iota
	graphDef
	metaGraph
	savedModel
	kerasMetadata
)

// Sniff implements [artefact.Reader]: there is no magic number.
func (tensorflow) Sniff(head []byte, src artefact.Source) bool {
	return len(head) > 4 && kindOf(src) != noGraph
}

func kindOf(src artefact.Source) graphKind {
	for _, kind := range []graphKind{savedModel, metaGraph, graphDef, kerasMetadata} {
		w := newWire(src, &artefact.Budget{Steps: sniffFields})
		if like(w, w.whole(), kind, 0) {
			return kind
		}
		if w.budget.Steps <= 0 {
			return graphDef // what it is stands behind more than is gone through to find out
		}
	}
	return noGraph
}

// like reports whether a message may be of a kind, from its first parts that tell.
func like(w *wire, message field, kind graphKind, depth int) bool {
	found := false
	visit := func(f field) error {
		switch {
		case kind == savedModel && f.is(2), kind == metaGraph && f.is(2):
			found = like(w, f, map[graphKind]graphKind{savedModel: metaGraph, metaGraph: graphDef}[kind], depth+1)
		case kind == metaGraph && f.is(7):
			found = likeObjects(w, f, depth+1)
		case kind == graphDef && f.is(1):
			found = likeNodeDef(w, f, depth+1)
		case kind == graphDef && f.is(2):
			found = likeLibrary(w, f, depth+1)
		case kind == kerasMetadata && f.is(1):
			found = likeKeras(w, f, depth+1)
		}
		if found {
			return errFound
		}
		return nil
	}
	at, end := message.at, message.at+message.size
	for at < end {
		f, err := w.field(at, end)
		if errors.Is(err, errCut) && f.size > 0 {
			_ = visit(f)
		}
		if err != nil || visit(f) != nil {
			break
		}
		at = f.at + f.size
	}
	return found
}

func likeNodeDef(w *wire, node field, depth int) bool {
	var name, op string
	err := w.fields(node, depth, func(f field) error {
		switch {
		case f.is(1):
			name = w.text(f, maxNameKept)
		case f.is(2):
			op = w.text(f, maxNameKept)
		}
		return nil
	})
	return (err == nil || errors.Is(err, errCut)) && name != "" && isPrinted(name) && isOperation(op) && !strings.HasPrefix(op, "/")
}

func likeLibrary(w *wire, library field, depth int) bool {
	found := false
	_ = w.fields(library, depth, func(f field) error {
		if !f.is(1) || found {
			return nil
		}
		return w.fields(f, depth+1, func(f field) error {
			found = found || f.is(3) && likeNodeDef(w, f, depth+2)
			return nil
		})
	})
	return found
}

// likeObjects reports whether a message holds objects of a SavedModel without a graph: one of them is a user's, with what
// Keras says of it.
func likeObjects(w *wire, objects field, depth int) bool {
	found := false
	_ = w.fields(objects, depth, func(f field) error {
		if !f.is(1) || found {
			return nil
		}
		return w.fields(f, depth+1, func(f field) error {
			if !f.is(4) {
				return nil
			}
			return w.fields(f, depth+2, func(f field) error {
				found = found || f.is(3) && strings.HasPrefix(w.text(f, 1), "{")
				return nil
			})
		})
	})
	return found
}

func likeKeras(w *wire, object field, depth int) bool {
	found := false
	err := w.fields(object, depth, func(f field) error {
		found = found || f.is(5) && strings.HasPrefix(w.text(f, 1), "{")
		return nil
	})
	return found && (err == nil || errors.Is(err, errCut))
}

var errFound = errors.New("found")

// graphNode is a node that is reported when its graph was read, since what it is given may stand behind it.
type graphNode struct {
	danger *danger
	op     string
	name   string
	inputs []string
	at     int64
}

// graphFile is a file being read.
type graphFile struct {
	*wire
	x         *artefact.Examination
	dangers   []graphNode
	constants map[string]string
	handed    int
	nodes     uint64
}

// Read implements [artefact.Reader].
func (tensorflow) Read(x *artefact.Examination) {
	g := &graphFile{wire: newWire(x.Source, x.Budget), x: x, constants: map[string]string{}}
	var err error
	switch kind := kindOf(x.Source); kind {
	case savedModel:
		x.Fact("format", "TensorFlow SavedModel")
		err = g.fields(g.whole(), 0, func(f field) error {
			if f.is(2) {
				return g.metaGraph(f, 1)
			}
			return nil
		})
	case metaGraph:
		x.Fact("format", "TensorFlow MetaGraph")
		err = g.metaGraph(g.whole(), 0)
	case kerasMetadata:
		x.Fact("format", "Keras metadata")
		err = g.keras()
	default:
		x.Fact("format", "TensorFlow GraphDef")
		err = g.graph(g.whole(), 0)
	}
	if err != nil {
		x.Fail("TensorFlow: %v, at %d", err, g.at)
	}
	if g.nodes > 0 {
		x.Fact("operations", fmt.Sprint(g.nodes))
	}
}

func (g *graphFile) metaGraph(message field, depth int) error {
	return g.fields(message, depth, func(f field) error {
		switch {
		case f.is(1):
			return g.fields(f, depth+1, func(f field) error {
				if f.is(5) {
					fact(g.x, "producer", "TensorFlow "+g.text(f, maxNameKept))
				}
				return nil
			})
		case f.is(2):
			return g.graph(f, depth+1)
		case f.is(7):
			return g.objects(f, depth+1)
		}
		return nil
	})
}

// objects are those of a SavedModel; older versions keep Keras's description of a layer there.
func (g *graphFile) objects(objects field, depth int) error {
	return g.fields(objects, depth, func(f field) error {
		if !f.is(1) {
			return nil
		}
		return g.fields(f, depth+1, func(f field) error {
			if !f.is(4) {
				return nil
			}
			return g.fields(f, depth+2, func(f field) error {
				if f.is(3) && f.size > 0 {
					g.layer(f)
				}
				return nil
			})
		})
	})
}

func (g *graphFile) keras() error {
	return g.fields(g.whole(), 0, func(f field) error {
		if !f.is(1) {
			return nil
		}
		return g.fields(f, 1, func(f field) error {
			if f.is(5) {
				g.layer(f)
			}
			return nil
		})
	})
}

var lambda = regexp.MustCompile(`"class_name"\s*:\s*"(Lambda|__lambda__)"|"class_name"\s*:\s*"[^"]{1,100}>Lambda"`)

// layer is what Keras says of a layer, in JSON.
func (g *graphFile) layer(f field) {
	if f.size > maxMetadata || !g.x.Budget.Hold(f.size) {
		g.x.Fail("TensorFlow: the description of a layer at %d is too large", f.at)
		return
	}
	defer g.x.Budget.Release(f.size)
	raw, err := artefact.Window(g.src, f.at, int(f.size))
	if err != nil {
		g.x.Fail("TensorFlow: could not be read at %d", f.at)
		return
	}
	if lambda.Match(raw) {
		g.x.Add(tensorflowLambda, f.at, "lambda", map[string]string{"offset": fmt.Sprint(f.at)})
	}
	if g.x.Nested != nil {
		g.x.Nested(fmt.Sprintf("Keras metadata at %d", f.at), artefact.Section(g.src, f.at, f.size))
	}
}

func (g *graphFile) graph(graph field, depth int) error {
	err := g.fields(graph, depth, func(f field) error {
		switch {
		case f.is(1):
			return g.node(f, depth+1)
		case f.is(2):
			return g.fields(f, depth+1, func(f field) error {
				if f.is(1) {
					return g.function(f, depth+2)
				}
				return nil
			})
		}
		return nil
	})
	g.report()
	return err
}

// function is one of a graph's library. Its nodes name their inputs by output ("path:output:0").
func (g *graphFile) function(function field, depth int) error {
	return g.fields(function, depth, func(f field) error {
		if f.is(3) {
			return g.node(f, depth+1)
		}
		return nil
	})
}

func (g *graphFile) node(node field, depth int) error {
	n := graphNode{at: node.tag}
	var written string
	err := g.fields(node, depth, func(f field) error {
		switch {
		case f.is(1):
			n.name = g.text(f, maxNameKept)
		case f.is(2):
			n.op = g.text(f, maxNameKept)
		case f.is(3) && len(n.inputs) < 4:
			n.inputs = append(n.inputs, g.text(f, maxNameKept))
		case f.is(5):
			return g.attribute(f, depth+1, &written)
		}
		return nil
	})
	g.nodes++
	if n.op == "Const" && written != "" && len(g.constants) < maxConstants {
		g.constants[n.name] = written
	}
	if d := dangerOf(n.op, written); d != nil {
		if n.danger = d; len(g.dangers) < artefact.MaxFindings {
			g.dangers = append(g.dangers, n)
		} else {
			g.x.Fail("TensorFlow: more than %d operations that reach out of the graph", artefact.MaxFindings)
		}
	}
	return err
}

// attribute goes through an attribute of a node: texts, and tensors of texts.
func (g *graphFile) attribute(entry field, depth int, written *string) error {
	text := func(f field) {
		if said := g.text(f, maxNameKept); *written == "" || reach(said) > reach(*written) {
			*written = said
		}
		if f.size >= minHandedOn && g.handed < maxHandedOn && g.x.Nested != nil {
			g.handed++
			g.x.Nested(fmt.Sprintf("text at %d", f.at), artefact.Section(g.src, f.at, f.size))
		}
	}
	return g.fields(entry, depth, func(f field) error {
		if !f.is(2) {
			return nil
		}
		return g.fields(f, depth+1, func(f field) error {
			switch {
			case f.is(2):
				text(f)
			case f.is(1): // a list
				return g.fields(f, depth+2, func(f field) error {
					if f.is(2) {
						text(f)
					}
					return nil
				})
			case f.is(8): // a tensor
				return g.fields(f, depth+2, func(f field) error {
					if f.is(8) {
						text(f)
					}
					return nil
				})
			}
			return nil
		})
	})
}

// reach ranks the texts of a node by where they may lead, so that one does not hide the other.
func reach(text string) int {
	switch {
	case strings.HasPrefix(text, "file://"):
		return 2
	case strings.Contains(text, "://"):
		return 1
	}
	return 0
}

// report reports the nodes of a graph.
func (g *graphFile) report() {
	slices.SortStableFunc(g.dangers, func(a, b graphNode) int { return cmp.Compare(a.at, b.at) })
	for i := range g.dangers {
		n := &g.dangers[i]
		call := code(n.op)
		for _, input := range n.inputs {
			input, _, _ = strings.Cut(strings.TrimPrefix(input, "^"), ":")
			if text := g.constants[input]; text != "" {
				call += " with " + code(text)
				break
			}
		}
		g.x.Add(n.danger.rule, n.at, n.op+" "+n.name, map[string]string{"call": call, "why": n.danger.why, "name": code(n.name), "offset": fmt.Sprint(n.at)})
	}
	g.dangers, g.constants = nil, map[string]string{}
}
