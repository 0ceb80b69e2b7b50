package checks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Finding is one problem at one place.
type Finding struct {
	Fingerprint Fingerprint `json:"fingerprint"`
	Rule        RuleID      `json:"rule"`
	Check       Name        `json:"check"`
	Class       Class       `json:"class"`
	Severity    Severity    `json:"severity"`
	Confidence  Confidence  `json:"confidence"`
	Status      Status      `json:"status"`

	Title   string `json:"title"`   // a few words, without a full stop: "Anthropic API key committed"
	Message string `json:"message"` // what is wrong here and why it matters; plain text

	Location Location `json:"location"`
	Revision Revision `json:"revision,omitempty"`
	Snippet  string   `json:"snippet,omitempty"` // the lines at Location verbatim; credentials redacted
	Symbol   string   `json:"symbol,omitempty"`  // the enclosing function or section, if known

	Trace       []Step       `json:"trace,omitempty"`
	Taxonomy    Taxonomy     `json:"taxonomy"`
	Remediation Remediation  `json:"remediation"`
	Package     *PackageFact `json:"package,omitempty"`

	// Suppression is a comment in the code that asks to leave the finding out, if there is one. The review decides
	// whether it counts.
	Suppression *Suppression `json:"suppression,omitempty"`
}

// Suppression is a comment such as `assay:ignore RULE reason`, in the file of the finding.
type Suppression struct {
	Line   int    `json:"line"`             // where it stands, from 1
	Reason string `json:"reason,omitempty"` // forms of other tools have none
}

// RuleID names a rule: lower-case words joined by hyphens, such as "hidden-tag-characters". Assay's own are unique over
// all checks; a rule that an organisation brings keeps its own id verbatim.
type RuleID string

// Fingerprint identifies a finding across pushes, moves and renames, together with the file that it is in. It holds
// no line number.
type Fingerprint string

// NewFingerprint hashes what stays the same when code moves: the rule, the enclosing symbol and the snippet with its
// white space folded. A credential must not be in the snippet; pass a keyed hash of it instead.
func NewFingerprint(rule RuleID, symbol, snippet string) Fingerprint {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s%d:%s%s", len(rule), rule, len(symbol), symbol, strings.Join(strings.Fields(snippet), " "))
	return Fingerprint(hex.EncodeToString(h.Sum(nil)[:16]))
}

// Class says what kind of risk a finding is, so that policy can tell them apart.
type Class string

// The classes of risk.
const (
	ClassAI          Class = "ai"           // exists only because of AI
	ClassCode        Class = "code"         // an ordinary vulnerability
	ClassSupplyChain Class = "supply-chain" // comes with something that was fetched
)

// Severity is how bad it is if the finding is right. Only what a person should see is above Info.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists all severities, worst first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// Rank orders severities: the worse, the higher; an unknown one ranks 0.
func (s Severity) Rank() int {
	for i, known := range Severities() {
		if s == known {
			return len(Severities()) - i
		}
	}
	return 0
}

// AtLeast reports whether s is as bad as min or worse.
func (s Severity) AtLeast(min Severity) bool { return s.Rank() >= min.Rank() }

// Confidence is how likely the finding is right.
type Confidence string

// The confidences, surest first.
const (
	ConfidenceHigh   Confidence = "high"
	ConfidenceMedium Confidence = "medium"
	ConfidenceLow    Confidence = "low"
)

// Status says whether the change brought the finding. Checks leave it empty; the review sets it.
type Status string

// The statuses.
const (
	New        Status = "new"
	Existing   Status = "existing"
	Suppressed Status = "suppressed"
)

// Revision is the side of the change that a finding was seen on. Checks report both sides of a changed file, so that
// the review can tell what is new.
type Revision string

// The two sides. The zero value is the head.
const (
	AtHead      Revision = ""
	AtMergeBase Revision = "merge-base"
)

// Location is a range in a file.
type Location struct {
	Path   Path      `json:"path"`
	Start  Position  `json:"start"`
	End    Position  `json:"end"`              // exclusive
	Commit CommitSHA `json:"commit,omitempty"` // set when the place exists only in this commit of the change, not at its head
}

// LastLine is the last line that the location covers, counted from 1.
func (l Location) LastLine() int {
	if l.End.Column <= 1 && l.End.Line > l.Start.Line {
		return l.End.Line - 1
	}
	return max(l.Start.Line, l.End.Line)
}

// Position is a place in a text. Line and Column count from 1; columns count bytes of UTF-8.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Step is one step of a flow, from where bad data enters to where it does harm.
type Step struct {
	Path Path   `json:"path"`
	Line int    `json:"line"`
	Text string `json:"text"` // the line verbatim
}

// Taxonomy places a finding in the field's catalogues.
type Taxonomy struct {
	CWE          []string `json:"cwe" yaml:"cwe"`                       // CWE-798
	OWASPLLM2025 []string `json:"owasp_llm_2025" yaml:"owasp_llm_2025"` // LLM01
	OWASPLLM2026 []string `json:"owasp_llm_2026" yaml:"owasp_llm_2026"` // LLM01
	OWASPAgentic []string `json:"owasp_agentic" yaml:"owasp_agentic"`   // ASI01
	MITREATLAS   []string `json:"mitre_atlas" yaml:"mitre_atlas"`       // AML.T0051.000
}

// Remediation is how to put it right.
type Remediation struct {
	Text       string   `json:"text"`
	Edits      []Edit   `json:"edits,omitempty"` // only when applying them verbatim is right
	References []string `json:"references,omitempty"`
}

// Edit replaces a range of the file at head by NewText.
type Edit struct {
	Path    Path     `json:"path"`
	Start   Position `json:"start"`
	End     Position `json:"end"` // exclusive
	NewText string   `json:"new_text"`
}

// PackageFact is the package that a finding is about.
type PackageFact struct {
	Ecosystem string   `json:"ecosystem"`
	Name      string   `json:"name"`
	Version   string   `json:"version,omitempty"`
	Advisory  string   `json:"advisory,omitempty"`
	Aliases   []string `json:"aliases,omitempty"`
	Fixed     string   `json:"fixed,omitempty"`   // the lowest version without the flaw
	Summary   string   `json:"summary,omitempty"` // of the advisory, in somebody else's words
}
