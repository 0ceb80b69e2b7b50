package match_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// Bounds of what is fuzzed. Beyond them nothing new happens, but an execution gets slow.
const (
	maxFuzzed   = 2048   // bytes of a pattern and of the code
	fuzzedSteps = 200000 // of a search
)

// FuzzRanges looks for any pattern in any code: what is found lies in the file, and is the same each time.
func FuzzRanges(f *testing.F) {
	languages := lang.All()
	number := func(name string) uint8 {
		for i, l := range languages {
			if string(l.Name) == name {
				return uint8(i)
			}
		}
		f.Fatalf("no language %s", name)
		return 0
	}
	for _, seed := range []struct{ language, pattern, code string }{
		{"python", "$X = foo(...)\n...\nbar($X, <... $Y ...>)", "a = foo(1)\nif b:\n    bar(a, [c])\n"},
		{"python", "f\"...{$X}...\"", "a = f\"b{c}d\"\n"},
		{"javascript", "$X. ... .then(($E) => { ... })", "a.b().c.then((e) => { f(e) })"},
		{"javascript", "<$T a={$X} ...>...</$T>", "x = <b a={c} d=\"e\">f{g}</b>"},
		{"typescript", "({..., $K: ($V : string), ...})", "f({a: b as string, c: 1})"},
		{"java", "(T $X).foo(..., \"=~/a+/\", $...Y)", "class A { void f(T t) { t.foo(1, \"aa\", 2, 3); } }"},
		{"go", "if $X, err := $F(...); err != nil { ... }", "package a\nfunc f() { if a, err := b(); err != nil { return } }"},
		{"ruby", "foo(:a => $X) do |$Y| ... end", "foo(a: 1) do |b| c end"},
		{"dockerfile", "RUN ... $X install ...", "FROM a\nRUN b install c\n"},
		{"terraform", "resource \"a\" $N { ... b = $X ... }", "resource \"a\" \"c\" {\n  b = 1\n}\n"},
		{"yaml", "a:\n  - ...\n  - b: $X", "a:\n  - c\n  - b: d\n"},
		{"bash", "curl ... $X | sh", "curl -s a | sh\n"},
	} {
		f.Add(number(seed.language), seed.pattern, seed.code, uint32(0))
	}
	f.Fuzz(func(t *testing.T, language uint8, pattern, code string, options uint32) {
		if len(pattern) > maxFuzzed || len(code) > maxFuzzed {
			return
		}
		l := languages[int(language)%len(languages)]
		node, err := semgrep.FromValue(map[string]any{"languages": []any{string(l.Name)}, "pattern": pattern})
		if err != nil {
			return
		}
		rule, errs := (&semgrep.Loader{Strict: true}).Compile("a", node)
		if len(errs) > 0 {
			return
		}
		o := rule.Options
		for i, flag := range []*bool{
			&o.SymbolicPropagation, &o.CommutativeBoolop, &o.SymmetricEq, &o.FlddefAssign, &o.ACMatching, &o.VardefAssign, &o.GoDeeperStmt, &o.GoDeeperExpr,
			&o.ImplicitDeepExprStmt, &o.ImplicitEllipsis, &o.ConstantPropagation, &o.XMLAttrsImplicitEllipsis, &o.XMLSingletonLoose, &o.XMLChildrenOrdered,
		} {
			if options>>i&1 == 1 {
				*flag = !*flag
			}
		}
		search := func() []match.Range {
			tree, err := parse(l.Name, code)
			if err != nil {
				return nil
			}
			found, err := match.NewFile(tree, names.Resolve(tree)).Ranges(rule.Formula, l.Name, &o, &match.Budget{Steps: fuzzedSteps})
			if err != nil && !errors.Is(err, match.ErrBudget) && !errors.Is(err, match.ErrRanges) {
				t.Fatal(err)
			}
			return found
		}
		first := search()
		for _, r := range first {
			if r.Start > r.End || int(r.End) > len(code) {
				t.Fatalf("[%d, %d) of %d bytes", r.Start, r.End, len(code))
			}
			r.Env.Each(func(name string, value match.Value) bool {
				if value.Start > value.End || int(value.End) > len(code) {
					t.Fatalf("%s is [%d, %d) of %d bytes", name, value.Start, value.End, len(code))
				}
				return true
			})
		}
		if again := search(); len(again) != len(first) || len(first) > 0 && !reflect.DeepEqual(places(first), places(again)) {
			t.Fatalf("found %v, then %v", places(first), places(again))
		}
	})
}

func places(ranges []match.Range) [][2]uint32 {
	var out [][2]uint32
	for _, r := range ranges {
		out = append(out, [2]uint32{r.Start, r.End})
	}
	return out
}
