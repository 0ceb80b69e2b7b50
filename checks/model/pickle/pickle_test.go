package pickle

import (
	"context"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/model/artefact"
	"github.com/assay-app/assay/rules"
)

func newReader(tb testing.TB) *Reader {
	tb.Helper()
	r, err := New()
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// examine reads a stream as a pickle, and what hides in it as well.
func examine(tb testing.TB, stream []byte) *artefact.Report {
	tb.Helper()
	r := newReader(tb)
	x := &artefact.Examination{Context: context.Background(), Source: artefact.Bytes(stream), Budget: artefact.NewBudget(), Report: &artefact.Report{}}
	x.Nested = func(name string, src artefact.Source) {
		head, err := artefact.Head(src, artefact.SniffBytes)
		if err != nil {
			tb.Fatal(err)
		}
		if x.Depth < x.Budget.MaxDepth && r.Sniff(head, src) {
			inner := *x
			inner.Source, inner.Path, inner.Depth = src, name, x.Depth+1
			r.Read(&inner)
		}
	}
	r.Read(x)
	return x.Report
}

func rulesOf(r *artefact.Report) map[checks.RuleID]bool {
	ids := map[checks.RuleID]bool{}
	for _, f := range r.Findings {
		ids[f.Rule] = true
	}
	return ids
}

func TestEveryRuleReportsItsBadExamplesAndNotItsGoodOnes(t *testing.T) {
	list, err := ruleset.Load[any](rules.FS, "model/pickle.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range list {
		t.Run(string(rule.ID), func(t *testing.T) {
			for i, example := range rule.Examples.Bad {
				stream := assemble(t, example.Text)
				if !looksLike(stream) {
					t.Errorf("bad example %d is not taken for a pickle", i+1)
				}
				report := examine(t, stream)
				if !rulesOf(report)[rule.ID] {
					t.Errorf("bad example %d (%s): %+v", i+1, example.Text, report.Findings)
				}
				for _, f := range report.Findings {
					for name, word := range f.Words {
						if strings.Contains(rule.Message, "{"+name+"}") && f.Rule == rule.ID && word == "" {
							t.Errorf("bad example %d: the message has no %s", i+1, name)
						}
					}
				}
			}
			for i, example := range rule.Examples.Good {
				if report := examine(t, assemble(t, example.Text)); len(report.Findings) > 0 || len(report.Problems) > 0 {
					t.Errorf("good example %d (%s): %+v %+v", i+1, example.Text, report.Findings, report.Problems)
				}
			}
		})
	}
}

func TestMachineKeepsToCPython(t *testing.T) {
	for name, test := range map[string]struct {
		source string
		want   checks.RuleID // "" for a stream that is clean and whole
		broken bool
	}{
		"MEMOIZE counts entries, not values":             {source: "proto 4; string posix; put 5; string system; memoize; pop; pop; get 5; get 1; stack_global; string id; tuple1; reduce; stop", want: callsDangerous},
		"PUT may write an entry again":                   {source: "proto 4; string collections; put 0; string os; put 0; pop; pop; get 0; string system; stack_global; string id; tuple1; reduce; stop", want: callsDangerous},
		"POP right after a mark takes the mark":          {source: "proto 4; global os system; mark; pop; string id; tuple1; reduce; stop", want: callsDangerous},
		"a name in a tuple is still that name":           {source: "proto 4; global os system; put 0; tuple1; pop; get 0; string id; tuple1; reduce; stop", want: callsDangerous},
		"DUP gives the same value":                       {source: "proto 4; global os system; dup; string id; tuple1; reduce; pop; stop", want: callsDangerous},
		"frames may lie":                                 {source: "proto 4; frame 1; global os system; frame 99; string id; tuple1; reduce; stop", want: callsDangerous},
		"escapes spell a name":                           {source: `line \x6fs; unicode s\u0079stem; stack_global; mark; line id; tuple; reduce; stop`, want: callsDangerous},
		"a long string is a name as well":                {source: "proto 4; long_string os; long_string system; stack_global; string id; tuple1; reduce; stop", want: callsDangerous},
		"NEWOBJ_EX takes two arguments":                  {source: "proto 4; global sklearn.svm SVC; empty_tuple; empty_dict; newobj_ex; stop"},
		"a persistent id is the loader's":                {source: "proto 2; mark; string storage; tuple; binpersid; stop"},
		"an empty stack has nothing to pop":              {source: "proto 4; pop; stop", broken: true},
		"nothing is popped from below a mark":            {source: "proto 4; string a; mark; tuple1; stop", broken: true},
		"the memo has what was put there":                {source: "proto 4; get 3; stop", broken: true},
		"there is no protocol 6":                         {source: "proto 6; none; stop", broken: true},
		"a stream ends with STOP":                        {source: "proto 4; none", broken: true},
		"STOP needs a value":                             {source: "proto 4; stop", broken: true},
		"a byte that is no opcode ends it":               {source: "proto 4; none; raw fe; stop", broken: true},
		"what ran before the end ran":                    {source: "proto 4; global os system; string id; tuple1; reduce; raw fe", want: callsDangerous, broken: true},
		"a second stream is read as well":                {source: "proto 4; none; stop; proto 4; global os system; string id; tuple1; reduce; stop", want: callsDangerous},
		"old names are what they are now":                {source: "global __builtin__ eval; mark; line 1; tuple; reduce; stop", want: callsDangerous},
		"a stream in a string is read":                   {source: "proto 4; bytes " + "\x80\x04cos\nsystem\n\x8c\x02id\x85R." + "; stop", want: callsDangerous},
		"a class of the standard library is not a value": {source: "proto 4; global subprocess Popen; string id; tuple1; reduce; stop", want: callsDangerous},
	} {
		t.Run(name, func(t *testing.T) {
			report := examine(t, assemble(t, test.source))
			if (len(report.Problems) > 0) != test.broken {
				t.Errorf("problems: %+v", report.Problems)
			}
			if found := rulesOf(report); test.want != "" && !found[test.want] || test.want == "" && len(found) > 0 {
				t.Errorf("found %+v", report.Findings)
			}
		})
	}
}

func TestTextIsNoPickle(t *testing.T) {
	for _, s := range []string{
		"", "a", "# README\n\nHello.\n", "{\"a\": 1}\n", "import os\nos.system('x')\n", "copyright\nnotice\n", "GGUF\x03\x00\x00\x00", "%PDF-1.7\n", "I am\n", "Vector\nsearch\n.", "(a)\n", "N/A\n", "]]]]\n",
	} {
		if looksLike([]byte(s)) {
			t.Errorf("%q is taken for a pickle", s)
		}
	}
}

func TestWhatIsQuotedIsPlain(t *testing.T) {
	report := examine(t, assemble(t, "proto 4; global os system; string curl `evil`\n\x1b[31m @everyone; tuple1; reduce; stop"))
	for _, f := range report.Findings {
		if call := f.Words["call"]; strings.ContainsAny(call, "\n\x1b") || strings.Count(call, "`") != 2 && call != "" {
			t.Errorf("%q", call)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, source := range []string{
		"proto 4; global os system; string id; tuple1; reduce; stop", "mark; line a; decimal 7; list; put_line 3; get_line 3; stop", "proto 2; ext1 7; stop",
		"proto 4; frame 3; empty_dict; mark; string a; int 1; setitems; none; newobj; build; stop",
	} {
		f.Add(assemble(f, source))
	}
	r := newReader(f)
	f.Fuzz(func(t *testing.T, stream []byte) {
		report := func() *artefact.Report {
			x := &artefact.Examination{Context: context.Background(), Source: artefact.Bytes(stream), Budget: artefact.NewBudget(), Report: &artefact.Report{}}
			x.Nested = func(string, artefact.Source) {}
			r.Read(x)
			return x.Report
		}
		first, second := report(), report()
		if len(first.Findings) != len(second.Findings) {
			t.Errorf("%d findings, then %d", len(first.Findings), len(second.Findings))
		}
		for _, finding := range first.Findings {
			if finding.Offset < 0 || finding.Offset > int64(len(stream)) {
				t.Errorf("at %d of %d", finding.Offset, len(stream))
			}
		}
	})
}

// BenchmarkRead is a stream with an opcode for every few bytes, as dictionaries of short strings make them.
func BenchmarkRead(b *testing.B) {
	var s strings.Builder
	s.WriteString("proto 4; empty_dict; mark")
	for range 2000 {
		s.WriteString("; string some_key; memoize; int 7")
	}
	s.WriteString("; setitems")
	one := assemble(b, s.String())
	var stream []byte
	for len(stream) < 16<<20 {
		stream = append(stream, one...)
	}
	stream = append(stream, opStop)
	r := newReader(b)
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		x := &artefact.Examination{Context: context.Background(), Source: artefact.Bytes(stream), Budget: artefact.NewBudget(), Report: &artefact.Report{}}
		r.Read(x)
		if len(x.Report.Findings)+len(x.Report.Problems) > 0 {
			b.Fatalf("%+v", x.Report)
		}
	}
}
