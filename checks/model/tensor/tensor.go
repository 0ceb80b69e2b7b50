// Package tensor reads the formats that hold weights and graphs rather than programs: safetensors, GGUF, NumPy arrays, ONNX,
// TensorFlow's protocol buffers, TFLite and Flax's msgpack. It says where such a file lies about itself, and what a graph
// would read, write or run when it is used.
package tensor

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/model/artefact"
)

// The rules of these formats. Each is one in rules/model/tensor.yaml.
const (
	safetensorsHeader   checks.RuleID = "safetensors-malformed-header"
	safetensorsOverlap  checks.RuleID = "safetensors-overlapping-data"
	safetensorsTrailing checks.RuleID = "safetensors-trailing-data"
	safetensorsProgram  checks.RuleID = "safetensors-trailing-program"
	ggufBounds          checks.RuleID = "gguf-bad-bounds"
	npyObjects          checks.RuleID = "npy-object-array"
	npyHeader           checks.RuleID = "npy-malformed-header"
	onnxLocation        checks.RuleID = "onnx-external-data-escapes"
	onnxPython          checks.RuleID = "onnx-python-op"
	onnxDomain          checks.RuleID = "onnx-custom-domain"
	tensorflowFile      checks.RuleID = "tensorflow-file-op"
	tensorflowRecords   checks.RuleID = "tensorflow-record-op"
	tensorflowPython    checks.RuleID = "tensorflow-python-op"
	tensorflowLambda    checks.RuleID = "tensorflow-keras-lambda"
	tfliteCustom        checks.RuleID = "tflite-custom-op"
	tfliteBounds        checks.RuleID = "tflite-bad-bounds"
)

// Readers are the formats of this package.
func Readers() []artefact.Reader {
	return []artefact.Reader{safetensors{}, gguf{}, npy{}, onnx{}, tensorflow{}, tflite{}, msgpack{}}
}

// maxQuoted bounds what a message quotes of a file, in bytes.
const maxQuoted = 120

// code is text of somebody else as code in a message: on one line, with all that cannot be seen spelled out.
func code(s string) string {
	quoted := text.Quote(s, maxQuoted)
	return "`" + strings.NewReplacer("`", "'", `\"`, `"`).Replace(quoted[1:len(quoted)-1]) + "`"
}

// fact notes what a file says of itself, if it says anything.
func fact(x *artefact.Examination, name, value string) {
	if value = strings.TrimSpace(value); value != "" {
		quoted := text.Quote(value, maxQuoted)
		x.Fact(name, quoted[1:len(quoted)-1])
	}
}

// wrong is a file that breaks the rules of its format: a loader that does not look will read or write beyond it.
func wrong(x *artefact.Examination, rule checks.RuleID, offset int64, kind, format string, args ...any) {
	x.Add(rule, offset, kind, map[string]string{"what": fmt.Sprintf(format, args...), "offset": fmt.Sprint(offset)})
}

// product multiplies sizes, and reports whether the result has 63 bits.
func product(a, b uint64) (uint64, bool) {
	hi, lo := bits.Mul64(a, b)
	return lo, hi == 0 && lo <= math.MaxInt64
}

// total counts tensors and their parameters for the bill of materials.
type total struct {
	tensors, parameters uint64
	huge                bool
}

func (t *total) add(elements uint64) {
	t.tensors++
	t.parameters += elements
	t.huge = t.huge || elements > math.MaxInt64 || t.parameters > math.MaxInt64
}

func (t *total) facts(x *artefact.Examination) {
	x.Fact("tensors", fmt.Sprint(t.tensors))
	if !t.huge {
		x.Fact("parameters", fmt.Sprint(t.parameters))
	}
}

// Errors that end the reading of a file.
var (
	errCut    = errors.New("the file is cut off")
	errWire   = errors.New("a field is none of a protocol buffer")
	errDepth  = errors.New("more levels in each other than are followed")
	errNumber = errors.New("a number is longer than 64 bits")
)
