package tensor

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// maxBuffers bounds the buffers of a TFLite file that are examined as files of their own.
const maxBuffers = 2000

// tflite reads TensorFlow Lite's models.
type tflite struct{}

// Name implements [artefact.Reader].
func (tflite) Name() string { return "TFLite" }

// Sniff implements [artefact.Reader].
func (tflite) Sniff(head []byte, _ artefact.Source) bool {
	return len(head) >= 8 && string(head[4:7]) == "TFL" && head[7] >= '0' && head[7] <= '9'
}

// tfliteFile is a model being read.
type tfliteFile struct {
	*flat
	x        *artefact.Examination
	total    total
	metadata map[int64]string // buffers by number
	examined int
}

// Read implements [artefact.Reader].
func (tflite) Read(x *artefact.Examination) {
	f := &tfliteFile{flat: &flat{newCursor(x.Source), x.Budget}, x: x, metadata: map[int64]string{}}
	x.Fact("format", "TFLite")
	model := f.table(f.jump(0))
	fact(x, "name", f.text(model, 3, maxNameKept))
	f.tables(model, 1, f.operator)
	f.tables(model, 6, func(_ int64, t table) {
		name, n := f.text(t, 0, maxNameKept), int64(f.number(t, 1))
		if f.err == nil && len(f.metadata) < maxBuffers {
			f.metadata[n] = name
		}
	})
	f.tables(model, 2, func(_ int64, t table) {
		f.tables(t, 0, f.tensor)
	})
	f.tables(model, 4, f.buffer)
	if f.err != nil {
		wrong(x, tfliteBounds, max(0, min(f.at, x.Size())), "bounds", "has an offset or a length that leads out of it")
		x.Fail("TFLite: %v, at %d", f.err, f.at)
	}
	f.total.facts(x)
}

// customCode is the number of operators that the program which loads the model brings along.
const customCode = 32

// operator is a kind of operation. Older files keep its number in a byte.
func (f *tfliteFile) operator(_ int64, t table) {
	custom := f.text(t, 1, maxNameKept)
	old := uint8(0)
	if at := f.field(t, 0); at > 0 {
		f.at = at
		old = f.u8()
	}
	if f.err != nil || custom == "" && old != customCode && f.number(t, 3) != customCode {
		return
	}
	at := fmt.Sprint(t.at)
	if op, flex := strings.CutPrefix(custom, "Flex"); flex {
		if d := dangerOf(op, ""); d != nil {
			f.x.Add(d.rule, t.at, op, map[string]string{"call": code(op), "why": d.why, "name": code(custom), "offset": at})
		}
		return // an operation of TensorFlow's own
	}
	if !known(custom) {
		f.x.Add(tfliteCustom, t.at, custom, map[string]string{"name": code(custom), "offset": at})
	}
}

// known reports whether a custom operator is one that TensorFlow Lite itself brings along.
func known(name string) bool {
	switch name {
	case "TFLite_Detection_PostProcess", "edgetpu-custom-op", "AudioSpectrogram", "Mfcc", "NumericVerify", "RandomUniform", "RandomStandardNormal", "Multinomial",
		"MaxPoolWithArgmax2D", "MaxUnpooling2D", "Convolution2DTransposeBias", "TransposeConvBias", "Landmarks2TransformMatrix", "HashtableV2", "VarHandle", "AssignVariable", "ReadVariable":
		return true
	}
	return strings.HasPrefix(name, "TFSentencepiece") || strings.HasPrefix(name, "MediaPipe")
}

func (f *tfliteFile) tensor(_ int64, t table) {
	v := f.vector(t, 0, 4)
	elements, whole := uint64(1), true
	f.at = v.at
	for range v.count {
		if !f.budget.Step(1) || f.err != nil {
			return
		}
		var ok bool
		elements, ok = product(elements, uint64(f.u32()))
		whole = whole && ok
	}
	if whole && f.number(t, 2) > 0 { // buffer 0 is that of all tensors without data
		f.total.add(elements)
	}
}

// buffer is the data of a tensor, or metadata, which may be a file.
func (f *tfliteFile) buffer(n int64, t table) {
	v := f.vector(t, 0, 1)
	offset, size := f.long(t, 1), f.long(t, 2)
	if f.err == nil && offset > 1 {
		end := uint64(f.size())
		if offset > end || size > end-offset {
			f.err = errCut
			return
		}
		v = vector{at: int64(offset), count: int64(size)}
	}
	name, meta := f.metadata[n]
	if f.err != nil || !meta || v.count == 0 || f.x.Nested == nil || name == "min_runtime_version" {
		return
	}
	if f.examined++; f.examined > maxBuffers {
		f.x.Fail("TFLite: more than %d pieces of metadata", maxBuffers)
		return
	}
	f.x.Nested("metadata "+code(name), artefact.Section(f.src, v.at, v.count))
}
