package tensor

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/model/artefact"
	"github.com/assay-app/assay/rules"
)

// part is something that a reader handed on.
type part struct{ name, text string }

// examine reads a source as everything that it may be.
func examine(tb testing.TB, src artefact.Source) (*artefact.Report, []part) {
	tb.Helper()
	var parts []part
	x := &artefact.Examination{Context: context.Background(), Source: src, Budget: artefact.NewBudget(), Report: &artefact.Report{}}
	x.Nested = func(name string, src artefact.Source) {
		head, err := artefact.Head(src, artefact.SniffBytes)
		if err != nil {
			tb.Fatal(err)
		}
		parts = append(parts, part{name, string(head)})
	}
	head, err := artefact.Head(src, artefact.SniffBytes)
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range Readers() {
		if r.Sniff(head, src) {
			x.Report.Formats = append(x.Report.Formats, r.Name())
			r.Read(x)
		}
	}
	return x.Report, parts
}

func TestEveryRuleReportsItsBadExamplesAndNotItsGoodOnes(t *testing.T) {
	list, err := ruleset.Load[any](rules.FS, "model/tensor.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range list {
		t.Run(string(rule.ID), func(t *testing.T) {
			for i, example := range rule.Examples.Bad {
				report, _ := examine(t, artefact.Bytes(forge(t, example.Text)))
				found := false
				for _, f := range report.Findings {
					if f.Rule != rule.ID {
						continue
					}
					found = true
					for name, word := range f.Words {
						if strings.Contains(rule.Message, "{"+name+"}") && word == "" {
							t.Errorf("bad example %d: the message has no %s", i+1, name)
						}
					}
				}
				if !found || len(report.Formats) != 1 {
					t.Errorf("bad example %d (%s): %v %+v %+v", i+1, example.Text, report.Formats, report.Findings, report.Problems)
				}
			}
			for i, example := range rule.Examples.Good {
				if report, _ := examine(t, artefact.Bytes(forge(t, example.Text))); len(report.Findings)+len(report.Problems) > 0 || len(report.Formats) != 1 {
					t.Errorf("good example %d (%s): %v %+v %+v", i+1, example.Text, report.Formats, report.Findings, report.Problems)
				}
			}
		})
	}
}

// whole are files of each format that nothing is wrong with.
var whole = map[string]string{
	"safetensors": "safetensors; meta license mit; tensor a F32 2,2 0 16; data 16",
	"GGUF":        "gguf 3; text general.architecture llama; array t 8 2 a b; tensor a 4 0 0; data 16",
	"npy":         "npy 1; header {'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }; data 16",
	"ONNX":        "onnx; node Relu; weight w 2,2",
	"TensorFlow":  "saved; node x Placeholder; node y MatMul x",
	"TFLite":      "tflite; builtin 3; op TFLite_Detection_PostProcess",
	"msgpack":     "msgpack; array kernel; float step",
}

func TestEachFormatIsKnownByItsContent(t *testing.T) {
	for format, text := range whole {
		report, _ := examine(t, artefact.Bytes(forge(t, text)))
		if len(report.Formats) != 1 || report.Formats[0] != format || len(report.Findings)+len(report.Problems) > 0 || report.Facts["format"] == "" {
			t.Errorf("%s: %+v", format, report)
		}
	}
}

func TestAFileThatIsCutOffIsNotClean(t *testing.T) {
	for format, text := range whole {
		file := forge(t, text)
		for _, size := range []int{len(file) - 1, len(file) - 7} {
			if report, _ := examine(t, artefact.Bytes(file[:size])); len(report.Problems) == 0 && len(report.Formats) > 0 {
				t.Errorf("%s with %d of %d bytes: %+v", format, size, len(file), report)
			}
		}
	}
}

func TestOtherFilesAreNoneOfThese(t *testing.T) {
	for _, s := range []string{
		"", "{", "hello, world\n", "# README\n\nText.\n", "{\"a\": 1}\n", "const x={\"a\":1}", "PK\x03\x04\x14\x00", "\x80\x04}.", "\n\n\n\n", "\x08\x01\x12\x05hello", "\x89PNG\r\n\x1a\n\x00\x00",
		"\x0a\x08\x0a\x03the\x15\x00\x00\x80\x3f\x0a\x08\x0a\x03and\x15\x00\x00\x80\x3f", strings.Repeat("\x00", 5000),
	} {
		if report, _ := examine(t, artefact.Bytes([]byte(s))); len(report.Formats) > 0 {
			t.Errorf("%q is taken for %v", s, report.Formats)
		}
	}
}

func TestPartsAreHandedOn(t *testing.T) {
	for name, test := range map[string]struct{ text, name, head string }{
		"a chat template":                    {"gguf 3; text tokenizer.chat_template {{ messages }}", "chat template", "{{ messages }}"},
		"a chat template with a name":        {"gguf 3; text tokenizer.chat_template.tool_use {{ x }}", "chat template tool_use", "{{ x }}"},
		"the pickle of an array of objects":  {"npy 1; header {'descr': '|O', 'fortran_order': False, 'shape': (1,)}; bytes cos", "behind the array's header, at 69", "cos"},
		"what follows an array":              {"npy 1; header {'descr': '|b1', 'fortran_order': False, 'shape': (0,)}; bytes PK", "after the array, at 70", "PK"},
		"what follows the last tensor":       {"safetensors; tensor a I8 1 0 1; data 1; append #!x", "after the tensors, at 70", "#!x"},
		"what follows the tensors of GGUF":   {"gguf 3; tensor a 4 0 0; data 16; append PK", "after the tensors, at 96", "PK"},
		"what a layer says of itself":        {`keras {"class_name": "Dense"}`, "Keras metadata at 29", `{"class_name": "Dense"}`},
		"a text of a graph":                  {"graph; const c 0123456789abcdef; node x Identity c", "text at 29", "0123456789abcdef"},
		"a header that is evaluated by some": {"npy 1; header exec(1); bytes cos", "behind the array's header, at 18", "cos"},
	} {
		t.Run(name, func(t *testing.T) {
			_, parts := examine(t, artefact.Bytes(forge(t, test.text)))
			if len(parts) != 1 || parts[0].text != test.head || !strings.HasPrefix(parts[0].name, strings.TrimRight(test.name, "0123456789")) {
				t.Errorf("%+v", parts)
			}
		})
	}
}

func TestWhatAFileSaysOfItselfIsKept(t *testing.T) {
	for name, test := range map[string]struct{ text, fact, want string }{
		"parameters of safetensors": {whole["safetensors"], "parameters", "4"},
		"a license":                 {whole["safetensors"], "license", "mit"},
		"parameters of GGUF":        {whole["GGUF"], "parameters", "4"},
		"an architecture":           {whole["GGUF"], "architecture", "llama"},
		"parameters of ONNX":        {whole["ONNX"], "parameters", "4"},
		"a producer":                {whole["ONNX"], "producer", "forge"},
		"a quantization":            {"gguf 3; u32 general.file_type 15", "quantization", "Q4_K_M"},
		"TensorFlow's version":      {whole["TensorFlow"], "producer", "TensorFlow 2.15.0"},
		"tensors of msgpack":        {whole["msgpack"], "tensors", "1"},
	} {
		if report, _ := examine(t, artefact.Bytes(forge(t, test.text))); report.Facts[test.fact] != test.want {
			t.Errorf("%s: %v", name, report.Facts)
		}
	}
}

func TestWhatIsQuotedIsPlain(t *testing.T) {
	report, _ := examine(t, artefact.Bytes(forge(t, "onnx; node Relu; external w /x`y\x1b\u202e@"+strings.Repeat("z", 1000))))
	if len(report.Findings) != 1 {
		t.Fatalf("%+v", report)
	}
	if got := report.Findings[0].Words["location"]; !strings.HasPrefix(got, "`/x'y\\x1b\\u202e@zzz") || len(got) > 2*maxQuoted {
		t.Errorf("%s", got)
	}
}

// sparse is a file of which only the beginning was written; it counts what is read.
type sparse struct {
	head []byte
	size int64
	read int64
}

func (s *sparse) Size() int64 { return s.size }

func (s *sparse) ReadAt(b []byte, at int64) (int, error) {
	s.read += int64(len(b))
	clear(b)
	if at < int64(len(s.head)) {
		copy(b, s.head[at:])
	}
	if at+int64(len(b)) > s.size {
		return int(max(0, s.size-at)), io.EOF
	}
	return len(b), nil
}

func TestOnlyWhatMattersOfALargeFileIsRead(t *testing.T) {
	const size = 5 << 30
	onnx := message{}.number(1, 9)
	weight := append(message{}.number(2, 1), 9<<3|chunk, 0x80, 0x80, 0x80, 0x80, 0x10) // 4 GiB of data
	graph := append(message{}.bytes(1, message{}.text(4, "Relu")), 5<<3|chunk)
	graph = append(graph, 0x88, 0x80, 0x80, 0x80, 0x10)
	graph = append(graph, weight...)
	for name, file := range map[string]*sparse{
		"safetensors": {head: forge(t, "safetensors; tensor a U8 5368709000 0 5368709000"), size: 0},
		"GGUF":        {head: append(forge(t, "gguf 3; tensor a 1342177000 0 0; data 32"), 0), size: size},
		"ONNX":        {head: graph, size: 0},
	} {
		switch name {
		case "safetensors":
			file.size = int64(len(file.head)) + 5368709000
		case "ONNX":
			head := append(append([]byte{}, onnx...), 7<<3|chunk)
			n := uint64(len(graph)) + 4<<30
			for ; n >= 0x80; n >>= 7 {
				head = append(head, byte(n)|0x80)
			}
			head = append(append(head, byte(n)), graph...)
			file.head, file.size = head, int64(len(head))+4<<30
			file.size = int64(len(head)) + (4 << 30)
		}
		report, _ := examine(t, file)
		if len(report.Formats) != 1 || len(report.Findings)+len(report.Problems) > 0 {
			t.Errorf("%s: %+v", name, report)
		}
		if file.read > 512<<10 {
			t.Errorf("%s: %d bytes were read", name, file.read)
		}
	}
}

func TestBoundsHold(t *testing.T) {
	deep := message{}.text(4, "Relu")
	for range maxMessages {
		deep = message{}.text(4, "If").bytes(5, message{}.bytes(6, message{}.bytes(1, deep)))
	}
	arrays := strings.Repeat("\x09\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", 2*maxArrays)
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"graphs in each other": {message{}.number(1, 9).bytes(7, message{}.bytes(1, message{}.text(4, "Relu")).bytes(1, deep)), errDepth.Error()},
		"JSON in itself":       {forge(t, `safetensors; member "a":{"x":`+strings.Repeat("[", 2*maxJSONDepth)), errDepth.Error()},
		"arrays in each other": {append(forge(t, "gguf 3; array a 9 1"), arrays...), errDepth.Error()},
		"a literal in itself":  {forge(t, "npy 1; header "+strings.Repeat("(", 2*maxLiteralDepth)), errDepth.Error()},
		"a literal of many":    {forge(t, "npy 2; header ["+strings.Repeat("1,", maxLiteralValues)), errDepth.Error()},
		"a length of msgpack":  {forge(t, "msgpack; array a; claim b"), errCut.Error()},
		"a header of npy":      {append([]byte(npyMagic+"\x02\x00\xff\xff\xff\x7f"), make([]byte, 100)...), errCut.Error()},
	} {
		if report, _ := examine(t, artefact.Bytes(test.file)); len(report.Problems) == 0 || !strings.Contains(report.Problems[0].Reason, test.want) {
			t.Errorf("%s: %+v", name, report)
		}
	}
}

// fuzzReader reads bytes as one format, whatever they begin with.
func fuzzReader(f *testing.F, r artefact.Reader) {
	list, err := ruleset.Load[any](rules.FS, "model/tensor.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, rule := range list {
		for _, example := range append(rule.Examples.Bad, rule.Examples.Good...) {
			file := forge(f, example.Text)
			if r.Sniff(file[:min(len(file), artefact.SniffBytes)], artefact.Bytes(file)) {
				f.Add(file)
			}
		}
	}
	f.Add(forge(f, whole[r.Name()]))
	f.Fuzz(func(t *testing.T, file []byte) {
		read := func() *artefact.Report {
			x := &artefact.Examination{Context: context.Background(), Source: artefact.Bytes(file), Budget: artefact.NewBudget(), Report: &artefact.Report{}}
			x.Nested = func(_ string, src artefact.Source) {
				if src.Size() > int64(len(file)) {
					t.Error("a part is larger than the file")
				}
			}
			r.Sniff(file[:min(len(file), artefact.SniffBytes)], x.Source)
			r.Read(x)
			if x.Budget.Held != artefact.MaxHeld && len(x.Report.Problems) == 0 {
				t.Errorf("%d bytes are still held", artefact.MaxHeld-x.Budget.Held)
			}
			return x.Report
		}
		first, second := read(), read()
		if len(first.Findings) != len(second.Findings) || len(first.Problems) != len(second.Problems) {
			t.Errorf("%+v, then %+v", first, second)
		}
		for i, finding := range first.Findings {
			if finding.Offset < 0 || finding.Offset > int64(len(file)) {
				t.Errorf("at %d of %d", finding.Offset, len(file))
			}
			if finding.Key != second.Findings[i].Key || finding.Rule == checks.RuleID("") {
				t.Errorf("%+v, then %+v", finding, second.Findings[i])
			}
		}
	})
}

func FuzzSafetensors(f *testing.F) { fuzzReader(f, safetensors{}) }
func FuzzGGUF(f *testing.F)        { fuzzReader(f, gguf{}) }
func FuzzNPY(f *testing.F)         { fuzzReader(f, npy{}) }
func FuzzONNX(f *testing.F)        { fuzzReader(f, onnx{}) }
func FuzzTensorFlow(f *testing.F)  { fuzzReader(f, tensorflow{}) }
func FuzzTFLite(f *testing.F)      { fuzzReader(f, tflite{}) }
func FuzzMsgpack(f *testing.F)     { fuzzReader(f, msgpack{}) }
