// Package artefact is what the readers of model formats share: a source of bytes that is never read whole, a budget that
// all parts of one file draw on, and a report.
//
// A format is a [Reader]. Whoever examines a file offers it to every reader, since a file may be several things at once,
// and a loader decides by its own lights which. A reader that meets other files in its own, such as the members of an
// archive or bytes in a string, hands them back to be examined in their turn.
package artefact

import (
	"context"
	"fmt"
	"io"

	"github.com/assay-app/assay/checks"
)

// Source is the bytes of a file or of a part of one. Reading is by windows: a file may have gigabytes.
type Source interface {
	io.ReaderAt
	Size() int64
}

// Reader reads one format.
type Reader interface {
	// Name is the format as people call it: "pickle", "torch zip", "safetensors".
	Name() string

	// Sniff reports whether a source may be of this format, from its first bytes (at most SniffBytes) and, where that is
	// needed, from a few reads elsewhere. It errs on the side of reading.
	Sniff(head []byte, src Source) bool

	// Read says what loading the source would do. What is wrong with the file is in the report, never an error.
	Read(x *Examination)
}

// SniffBytes is how much of a source's beginning a reader is shown.
const SniffBytes = 4 << 10

// Examination is one source being read as one format.
type Examination struct {
	Context context.Context
	Source
	Path   string // where in the file it lies: "archive/data.pkl", then "string at 1234"; empty for the file itself
	Name   string // the file's own name, without folders; it decides nothing and may explain
	Depth  int    // how many containers it lies in
	Budget *Budget
	Report *Report

	// Nested examines a part as a file of its own. The name is where it lies in this one.
	Nested func(name string, src Source)
}

// Report is what loading a file would do, as far as it could be read.
type Report struct {
	Formats  []string // what it was read as
	Findings []Finding
	Imports  []Import  // names that loading resolves, each once
	Problems []Problem // what could not be read: the file is then not clean
	Facts    map[string]string
}

// Finding is one thing that loading would do, or that is wrong with the file.
type Finding struct {
	Rule   checks.RuleID
	Words  map[string]string // fill the rule's message: "call" → "os.system(…)"
	Path   string            // of the part, as in [Examination]
	Offset int64             // in the part; -1 when it has none
	Key    string            // tells it from others of the rule, and stays the same when bytes move
}

// Import is a name that loading a pickle, or what works like one, resolves.
type Import struct {
	Module, Name string
	Called       bool // rather than only referred to
}

// Problem is why a part could not be read to the end.
type Problem struct {
	Path   string
	Reason string // a phrase, such as "cut off after 1,024 bytes"
}

// Add adds a finding at a place.
func (x *Examination) Add(rule checks.RuleID, offset int64, key string, words map[string]string) {
	if len(x.Report.Findings) < MaxFindings {
		x.Report.Findings = append(x.Report.Findings, Finding{Rule: rule, Words: words, Path: x.Path, Offset: offset, Key: key})
		return
	}
	x.Fail("more than %d findings", MaxFindings)
}

// Fail notes that the part could not be read to the end.
func (x *Examination) Fail(format string, args ...any) {
	p := Problem{Path: x.Path, Reason: fmt.Sprintf(format, args...)}
	for _, known := range x.Report.Problems {
		if known == p {
			return
		}
	}
	if len(x.Report.Problems) < MaxProblems {
		x.Report.Problems = append(x.Report.Problems, p)
	}
}

// Import notes a name that loading resolves.
func (x *Examination) Import(module, name string, called bool) {
	for i := range x.Report.Imports {
		if known := &x.Report.Imports[i]; known.Module == module && known.Name == name {
			known.Called = known.Called || called
			return
		}
	}
	if len(x.Report.Imports) < MaxImports {
		x.Report.Imports = append(x.Report.Imports, Import{module, name, called})
	}
}

// Fact notes something for the bill of materials; the first one of a name stands.
func (x *Examination) Fact(name, value string) {
	if x.Report.Facts == nil {
		x.Report.Facts = map[string]string{}
	}
	if _, known := x.Report.Facts[name]; !known && len(x.Report.Facts) < MaxFacts {
		x.Report.Facts[name] = value
	}
}

// Bounds of a report on one file.
const (
	MaxFindings = 200
	MaxProblems = 50
	MaxImports  = 2000
	MaxFacts    = 50
)
