package output

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assay-app/assay/checks"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("assay-v1", parsed); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("assay-v1")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestJSONSatisfiesItsSchema(t *testing.T) {
	schema := compileSchema(t)
	for name, r := range reports() {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(render(t, JSON, r, Style{})))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJSONSchemaRefusesWhatItDoesNotPromise(t *testing.T) {
	schema := compileSchema(t)
	good := render(t, JSON, reports()["review"], Style{})
	for name, replace := range map[string][2]string{
		"another schema":         {`"assay/v1"`, `"assay/v2"`},
		"null for an empty list": {`"aliases": [`, `"aliases": null, "x": [`},
		"a field renamed":        {`"end":`, `"stop":`},
		"a column of 0":          {`"column": 15`, `"column": 0`},
		"an unknown severity":    {`"critical"`, `"worst"`},
		"an unknown tier":        {`"tier": "identified"`, `"tier": "87 %"`},
		"an unknown verdict":     {`"verdict": "block"`, `"verdict": "fine"`},
	} {
		bad := strings.Replace(good, replace[0], replace[1], 1)
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
		if err != nil || bad == good {
			t.Fatalf("%s: %v", name, err)
		}
		if schema.Validate(instance) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestJSONKeepsEveryPath(t *testing.T) {
	paths := []checks.Path{"plain.py", "with space", "a\nb", "\xff\xfe", `"quoted"`, "\u202e", "日本語", `back\slash`, "\x1b[2J"}
	var findings []checks.Finding
	for _, path := range paths {
		findings = append(findings, found("r", checks.Low, at(path, 1, 1, 1, 2), "x"))
	}
	var got struct {
		Findings []struct {
			Path checks.Path `json:"path"`
		} `json:"findings"`
	}
	if err := json.Unmarshal([]byte(render(t, JSON, reportOf(findings), Style{})), &got); err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		if got.Findings[i].Path != path {
			t.Errorf("%q came back as %q", path, got.Findings[i].Path)
		}
	}
}

func TestJSONOfAReviewSaysWhoWroteIt(t *testing.T) {
	type commitOf struct {
		SHA    string   `json:"sha"`
		Tier   string   `json:"tier"`
		Agents []string `json:"agents"`
	}
	type authorshipOf struct {
		Tier    string     `json:"tier"`
		Agents  []string   `json:"agents"`
		Commits []commitOf `json:"commits"`
	}
	tests := map[string]struct {
		report Report
		want   *authorshipOf
	}{
		"the strongest tier, every agent once, evidence by commit": {reports()["review"], &authorshipOf{
			"identified", []string{"Aider", "Claude Code", "Copilot"}, []commitOf{
				{strings.Repeat("1", 40), "attested", []string{"Claude Code"}},
				{strings.Repeat("2", 40), "declared", []string{"Aider"}},
			},
		}},
		"a scan says nothing": {reports()["clean"], nil},
		"nothing pointing to an AI is said": {func() Report {
			r := reportOf(nil)
			r.Range = true
			return r
		}(), &authorshipOf{"none", []string{}, []commitOf{}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got struct {
				Authorship *authorshipOf `json:"authorship"`
			}
			if err := json.Unmarshal([]byte(render(t, JSON, test.report, Style{})), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got.Authorship); diff != "" {
				t.Error(diff)
			}
		})
	}
}
