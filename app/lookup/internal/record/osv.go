package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

// Statement is one advisory as OSV publishes it.
type Statement struct {
	ID        string
	Withdrawn bool // whoever wrote it takes it back
	text      statementJSON
}

// The parts of OSV's schema that are read. Databases may write anything into what is specific to them; it is looked at
// apart, so that a surprise there costs no advisory.
type (
	statementJSON struct {
		ID        string          `json:"id"`
		Aliases   []string        `json:"aliases"`
		Summary   string          `json:"summary"`
		Details   string          `json:"details"`
		Published string          `json:"published"`
		Withdrawn string          `json:"withdrawn"`
		Severity  []scoreJSON     `json:"severity"`
		Affected  []affectedJSON  `json:"affected"`
		Specific  json.RawMessage `json:"database_specific"`
	}
	affectedJSON struct {
		Package struct {
			Ecosystem string `json:"ecosystem"`
			Name      string `json:"name"`
		} `json:"package"`
		Severity []scoreJSON     `json:"severity"`
		Ranges   []rangeJSON     `json:"ranges"`
		Versions []string        `json:"versions"`
		Specific json.RawMessage `json:"database_specific"`
	}
	scoreJSON struct {
		Type  string `json:"type"`
		Score string `json:"score"`
	}
	rangeJSON struct {
		Type   string      `json:"type"`
		Events []eventJSON `json:"events"`
	}
	eventJSON struct {
		Introduced   string `json:"introduced"`
		Fixed        string `json:"fixed"`
		LastAffected string `json:"last_affected"`
		Limit        string `json:"limit"`
	}
	specificJSON struct {
		Severity      json.RawMessage `json:"severity"`
		CWE           json.RawMessage `json:"cwe_ids"`
		CVSS          json.RawMessage `json:"cvss"`
		Informational json.RawMessage `json:"informational"`
	}
)

var (
	idForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]*$`)
	cweForm = regexp.MustCompile(`^CWE-[0-9]{1,6}$`)
)

// ValidID reports whether a text can be the id of an advisory: it is shown, and part of addresses.
func ValidID(id string) bool { return len(id) <= MaxID && idForm.MatchString(id) }

// Read reads one advisory in OSV's schema.
func Read(text []byte) (*Statement, error) {
	var s Statement
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), &s.text); err != nil {
		return nil, fmt.Errorf("no advisory in OSV's schema: %w", err)
	}
	if !ValidID(s.text.ID) {
		return nil, errors.New("no advisory in OSV's schema: it has no proper id")
	}
	s.ID = s.text.ID
	s.Withdrawn = !instant(s.text.Withdrawn).IsZero()
	return &s, nil
}

// About gives what the advisory says of packages of an ecosystem, by their [Name].
func (s *Statement) About(ecosystem string) (map[string]Record, error) {
	records := map[string]Record{}
	for i := range s.text.Affected {
		affected := &s.text.Affected[i]
		if Ecosystem(affected.Package.Ecosystem) != Ecosystem(ecosystem) {
			continue
		}
		if affected.Package.Name == "" || len(affected.Package.Name) > MaxName || strings.ContainsRune(affected.Package.Name, 0) {
			return nil, fmt.Errorf("%s names no proper package", s.ID)
		}
		name := Name(ecosystem, affected.Package.Name)
		r, known := records[name]
		if !known {
			r = s.general()
		}
		if err := r.add(Ecosystem(ecosystem), affected); err != nil {
			return nil, fmt.Errorf("%s: %w", s.ID, err)
		}
		r.rate(s.text.Severity, s.text.Specific, affected)
		records[name] = r
	}
	return records, nil
}

// general is what the advisory says of all packages alike.
func (s *Statement) general() Record {
	r := Record{ID: s.ID, Summary: oneLine(s.text.Summary), Published: instant(s.text.Published)}
	if r.Summary == "" {
		r.Summary = oneLine(s.text.Details) // Python's advisories have nothing shorter
	}
	for _, alias := range s.text.Aliases {
		if ValidID(alias) && alias != s.ID && len(r.Aliases) < MaxAliases {
			r.Aliases = append(r.Aliases, alias)
		}
	}
	r.CWE = weaknesses(s.text.Specific)
	return r
}

// add joins versions and ranges to those of the record.
func (r *Record) add(ecosystem string, affected *affectedJSON) error {
	if err := r.Versions.add(ecosystem, affected.Versions); err != nil {
		return err
	}
	events := 0
	for _, span := range r.Ranges {
		events += len(span.Events) + len(span.Limits)
	}
	for _, stated := range affected.Ranges {
		if stated.Type != "SEMVER" && stated.Type != "ECOSYSTEM" {
			continue // commits
		}
		if events += len(stated.Events); events > MaxEvents {
			return fmt.Errorf("more than %d events", MaxEvents)
		}
		span, err := span(ecosystem, stated.Events)
		if err != nil {
			return err
		}
		r.Ranges = append(r.Ranges, span)
	}
	return nil
}

// rate keeps the gravest of what is said of the packages' severities. What is said of one package counts for more than
// what is said of all, and a vector for more than a word.
func (r *Record) rate(general []scoreJSON, database json.RawMessage, affected *affectedJSON) {
	result := scored(affected.Severity)
	if result == 0 {
		result = scored(general)
	}
	about, own := specific(affected.Specific), specific(database)
	if result == 0 {
		result, _ = score(word(about.CVSS))
	}
	severity := rating(result)
	if severity == "" {
		severity = label(word(about.Severity))
	}
	if severity == "" {
		severity = label(word(own.Severity))
	}
	// RustSec publishes notices that no flaw stands behind.
	if informational := word(about.Informational); severity == "" && (informational == "unmaintained" || informational == "notice") {
		severity = checks.Low
	}
	if severity.Rank() > r.Severity.Rank() {
		r.Severity = severity
	}
	r.Score = max(r.Score, result)
}

func specific(raw json.RawMessage) (s specificJSON) {
	_ = json.Unmarshal(raw, &s) // what has another form says nothing that is understood
	return s
}

// word is a JSON string, and "" when it is something else.
func word(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

func weaknesses(database json.RawMessage) (cwe []string) {
	var ids []string
	_ = json.Unmarshal(specific(database).CWE, &ids)
	for _, id := range ids {
		if cweForm.MatchString(id) && len(cwe) < MaxCWE && !slices.Contains(cwe, id) {
			cwe = append(cwe, id)
		}
	}
	return cwe
}
