package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func TestPolicyParse(t *testing.T) {
	tests := map[string]struct {
		text string
		want Policy
		err  string
	}{
		"an empty file is the defaults":        {text: " \n", want: Default()},
		"a key replaces its default alone":     {text: "mode: enforce", want: Policy{Enforce, checks.High, checks.Low, BlockIncomplete, AllowUnknown, nil, nil}},
		"all keys":                             {text: "mode: enforce\nblock_at: critical\ncomment_at: medium\non_incomplete: allow\non_unknown: block\nprivate_packages: ['@acme/*']\nbranches: ['release/*']", want: Policy{Enforce, checks.Critical, checks.Medium, AllowIncomplete, BlockUnknown, []string{"@acme/*"}, []string{"release/*"}}},
		"a comment with a star is no alias":    {text: "mode: audit # all *.py & more", want: Default()},
		"an unknown key is an error":           {text: "mode: enforce\nblok_at: high", err: `unknown field "blok_at"`},
		"a wrong type is an error":             {text: "mode: [enforce]", err: "[1:"},
		"an unknown mode is an error":          {text: "mode: off-ish", err: `mode: "off-ish" is not one of`},
		"nothing can be blocked at info":       {text: "block_at: info", err: "block_at"},
		"an unknown on_unknown is an error":    {text: "on_unknown: maybe", err: `on_unknown: "maybe" is not one of`},
		"a star alone is no private name":      {text: "private_packages: ['*']", err: `private_packages: "*" is no name`},
		"too many private names are an error":  {text: "private_packages: [" + strings.Repeat("a,", maxPrivate+1) + "]", err: "a policy may have 200"},
		"a bad glob is an error":               {text: "branches: ['[']", err: `branches: "[" is not a glob`},
		"an alias is an error":                 {text: "branches: &a [x]\nmode: *a", err: "aliases are not allowed"},
		"YAML that does not parse is an error": {text: "mode: 'enforce", err: "assay.yml"},
		"a file too large is an error":         {text: strings.Repeat("#", MaxBytes+1), err: "65537 bytes"},
		"a second document is an error":        {text: "mode: enforce\n---\nmode: audit", err: "one document"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse("assay.yml", []byte(test.text), Default())
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want one with %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzPolicyParse(f *testing.F) {
	f.Add([]byte("mode: enforce\nbranches: ['a/*']"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("assay.yml", data, Default())
		if err == nil && p.validate() != nil {
			t.Errorf("%q was accepted as %+v", data, p)
		}
	})
}

func TestPolicyDecide(t *testing.T) {
	high := checks.Finding{Severity: checks.High, Status: checks.New}
	old := checks.Finding{Severity: checks.Critical, Status: checks.Existing}
	low := checks.Finding{Severity: checks.Low, Status: checks.New}
	failed := checks.Unscanned{Path: "a", Kind: checks.Failed}
	excluded := checks.Unscanned{Path: "b", Kind: checks.Excluded}
	enforce := Default()
	enforce.Mode = Enforce
	careful := enforce
	careful.OnUnknown = BlockUnknown
	lenient := enforce
	lenient.OnIncomplete = AllowIncomplete

	tests := map[string]struct {
		policy    Policy
		findings  []checks.Finding
		unscanned []checks.Unscanned
		unknown   int
		want      Verdict
		fails     bool
	}{
		"nothing found passes":                             {policy: enforce, want: Pass},
		"a new finding at the threshold blocks":            {policy: enforce, findings: []checks.Finding{high}, want: Block, fails: true},
		"in audit mode it is a block that does not fail":   {policy: Default(), findings: []checks.Finding{high}, want: Block},
		"one below the threshold passes":                   {policy: enforce, findings: []checks.Finding{low}, want: Pass},
		"one that was there before passes":                 {policy: enforce, findings: []checks.Finding{old}, want: Pass},
		"what could not be scanned is incomplete":          {policy: enforce, unscanned: []checks.Unscanned{failed}, want: Incomplete, fails: true},
		"it does not fail where policy allows it":          {policy: lenient, unscanned: []checks.Unscanned{failed}, want: Incomplete},
		"a look-up without an answer passes":               {policy: enforce, unknown: 2, want: Pass},
		"it is incomplete where policy says so":            {policy: careful, unknown: 2, want: Incomplete, fails: true},
		"what was excluded passes":                         {policy: enforce, unscanned: []checks.Unscanned{excluded}, want: Pass},
		"a block is worse than incomplete":                 {policy: enforce, findings: []checks.Finding{high}, unscanned: []checks.Unscanned{failed}, want: Block, fails: true},
		"a block fails where incomplete would be let pass": {policy: lenient, findings: []checks.Finding{high}, unscanned: []checks.Unscanned{failed}, want: Block, fails: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Decide(test.policy, test.findings, test.unscanned, test.unknown)
			if got.Verdict != test.want || got.Fails != test.fails {
				t.Errorf("verdict %s, fails %v; want %s, %v", got.Verdict, got.Fails, test.want, test.fails)
			}
			if (got.Verdict == Pass) != (len(got.Reasons) == 0) {
				t.Errorf("verdict %s with reasons %q", got.Verdict, got.Reasons)
			}
		})
	}
}

func TestPolicyGates(t *testing.T) {
	p := Policy{Branches: []string{"release/*"}}
	for name, test := range map[string]struct {
		branch               string
		isDefault, protected bool
		want                 bool
	}{
		"the default branch":         {"main", true, false, true},
		"a protected branch":         {"stable", false, true, true},
		"a branch that policy names": {"release/1.2", false, false, true},
		"any other branch":           {"lax", false, false, false},
	} {
		if got := p.Gates(test.branch, test.isDefault, test.protected); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
