package output

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"time"
	"unicode/utf16"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// SchemaName is what the field "schema" of the JSON output says. Fields may be added under this name; none is renamed,
// removed or given another meaning.
const SchemaName = "assay/v1"

//go:embed schema/assay-v1.schema.json
var schema []byte

// Schema is the JSON Schema that every JSON output satisfies.
func Schema() []byte { return bytes.Clone(schema) }

// document is the JSON output. The order of the fields is the order in which they are written.
type document struct {
	Schema     string         `json:"schema"`
	Findings   []finding      `json:"findings"`
	Unscanned  []unscanned    `json:"unscanned"`
	Authorship *authorship    `json:"authorship,omitempty"`
	Lookups    *lookups       `json:"lookups,omitempty"`
	Verdict    policy.Verdict `json:"verdict"`
	Stats      stats          `json:"stats"`
}

type finding struct {
	Fingerprint checks.Fingerprint `json:"fingerprint"`
	Rule        checks.RuleID      `json:"rule"`
	Check       checks.Name        `json:"check"`
	Class       checks.Class       `json:"class"`
	Severity    checks.Severity    `json:"severity"`
	Confidence  checks.Confidence  `json:"confidence"`
	Status      checks.Status      `json:"status"`
	Title       string             `json:"title"`
	Message     string             `json:"message"`
	Path        checks.Path        `json:"path"`
	Start       position           `json:"start"`
	End         position           `json:"end"`
	Commit      checks.CommitSHA   `json:"commit,omitempty"` // the place exists in this commit and no longer at the head
	Taxonomy    taxonomy           `json:"taxonomy"`
	Remediation remediation        `json:"remediation"`
	Trace       []step             `json:"trace"`
	Package     *packageFact       `json:"package,omitempty"`
}

type position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type taxonomy struct {
	CWE          []string `json:"cwe"`
	OWASPLLM2025 []string `json:"owasp_llm_2025"`
	OWASPLLM2026 []string `json:"owasp_llm_2026"`
	OWASPAgentic []string `json:"owasp_agentic"`
	MITREATLAS   []string `json:"mitre_atlas"`
}

type remediation struct {
	Text       string   `json:"text"`
	Edits      []edit   `json:"edits"`
	References []string `json:"references"`
}

type edit struct {
	Path    checks.Path `json:"path"`
	Start   position    `json:"start"`
	End     position    `json:"end"`
	NewText string      `json:"new_text"`
}

type step struct {
	Path checks.Path `json:"path"`
	Line int         `json:"line"`
	Text string      `json:"text"`
}

type packageFact struct {
	Ecosystem string   `json:"ecosystem"`
	Name      string   `json:"name"`
	Version   string   `json:"version"`
	Advisory  string   `json:"advisory"`
	Aliases   []string `json:"aliases"`
	Fixed     string   `json:"fixed"`
}

type unscanned struct {
	Path   checks.Path          `json:"path"`
	Reason string               `json:"reason"`
	Kind   checks.UnscannedKind `json:"kind"`
}

type stats struct {
	Files   int     `json:"files"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"`
}

// lookups says who was asked about packages, and what nobody answered.
type lookups struct {
	Source  string     `json:"source"`            // index, osv.dev, or empty
	Built   *time.Time `json:"built,omitempty"`   // when an index's data was fetched
	Records int        `json:"records,omitempty"` // advisories in an index
	Stale   bool       `json:"stale"`
	Missing string     `json:"missing,omitempty"` // why nobody could be asked about advisories
	Off     bool       `json:"off,omitempty"`     // nobody wanted look-ups
	Unknown []unknown  `json:"unknown"`
}

type unknown struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
	Version   string `json:"version,omitempty"`
	Reason    string `json:"reason"`
}

func jsonLookups(l *review.Lookups) *lookups {
	if l == nil {
		return nil
	}
	out := &lookups{Source: l.Database.Source, Records: l.Database.Records, Stale: l.Stale, Missing: l.Database.Missing, Off: l.Database.Off, Unknown: []unknown{}}
	if !l.Database.Built.IsZero() {
		built := l.Database.Built.UTC()
		out.Built = &built
	}
	for _, u := range l.Unknown {
		out.Unknown = append(out.Unknown, unknown{u.Ecosystem, u.Name.Name, u.Version, u.Reason})
	}
	return out
}

func renderJSON(r Report) ([]byte, error) {
	d := document{
		Schema:    SchemaName,
		Findings:  []finding{},
		Unscanned: []unscanned{},
		Verdict:   r.Decision.Verdict,
		Stats: stats{
			Files: r.Result.Stats.Files, Bytes: r.Result.Stats.Bytes,
			Seconds: math.Round(r.Result.Stats.Seconds*1000) / 1000,
		},
	}
	for _, f := range r.Result.Findings {
		d.Findings = append(d.Findings, jsonFinding(f))
	}
	for _, u := range r.Result.Unscanned {
		d.Unscanned = append(d.Unscanned, unscanned{u.Path, u.Reason, u.Kind})
	}
	d.Lookups = jsonLookups(r.Result.Lookups)
	if r.Range {
		a := summarise(r.Result.Evidence)
		d.Authorship = &a
	}
	return encode(d)
}

func jsonFinding(f checks.Finding) finding {
	out := finding{
		Fingerprint: f.Fingerprint, Rule: f.Rule, Check: f.Check, Class: f.Class, Severity: f.Severity,
		Confidence: f.Confidence, Status: f.Status, Title: f.Title, Message: f.Message,
		Path: f.Location.Path, Start: jsonPosition(f.Location.Start), End: jsonPosition(f.Location.End),
		Commit: f.Location.Commit,
		Taxonomy: taxonomy{
			some(f.Taxonomy.CWE), some(f.Taxonomy.OWASPLLM2025), some(f.Taxonomy.OWASPLLM2026),
			some(f.Taxonomy.OWASPAgentic), some(f.Taxonomy.MITREATLAS),
		},
		Remediation: remediation{f.Remediation.Text, []edit{}, some(f.Remediation.References)},
		Trace:       []step{},
	}
	for _, e := range f.Remediation.Edits {
		out.Remediation.Edits = append(out.Remediation.Edits, edit{e.Path, jsonPosition(e.Start), jsonPosition(e.End), e.NewText})
	}
	for _, s := range f.Trace {
		out.Trace = append(out.Trace, step(s))
	}
	if p := f.Package; p != nil {
		out.Package = &packageFact{p.Ecosystem, p.Name, p.Version, p.Advisory, some(p.Aliases), p.Fixed}
	}
	return out
}

// jsonPosition gives a finding about a whole file, which has no position, the file's first.
func jsonPosition(p checks.Position) position { return position{max(p.Line, 1), max(p.Column, 1)} }

// some makes an absent list an empty one, so that consumers never meet null.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// encode writes indented JSON in which every character that a terminal might act on is a \u escape: encoding/json
// leaves U+009B, which starts an escape sequence, and the characters that reorder a line as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	out := make([]byte, 0, b.Len())
	for _, r := range b.String() {
		switch {
		case r == '\n' || !concealed(r):
			out = append(out, string(r)...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out, nil
}
