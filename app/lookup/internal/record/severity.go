package record

import (
	"math"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"

	"github.com/assay-app/assay/checks"
)

// maxVector bounds a CVSS vector. The longest that version 4 can write has some 270 bytes.
const maxVector = 512

// score is the base score of a CVSS vector of any version, and false when it is none. Version 4 has one score, which
// is the base score as long as nothing else is stated.
func score(vector string) (float64, bool) {
	vector = strings.TrimRight(strings.TrimSpace(vector), "/")
	if len(vector) > maxVector {
		return 0, false
	}
	var result float64
	switch {
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		c, err := gocvss40.ParseVector(vector)
		if err != nil {
			return 0, false
		}
		result = c.Score()
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		c, err := gocvss31.ParseVector(vector)
		if err != nil {
			return 0, false
		}
		result = c.BaseScore()
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		c, err := gocvss30.ParseVector(vector)
		if err != nil {
			return 0, false
		}
		result = c.BaseScore()
	default:
		c, err := gocvss20.ParseVector(strings.TrimSuffix(strings.TrimPrefix(vector, "("), ")"))
		if err != nil {
			return 0, false
		}
		result = c.BaseScore()
	}
	result = math.Round(result*10) / 10
	return result, result > 0 && result <= 10
}

// rating is the severity that the CVSS specification, from version 3 on, calls a score. Version 2 has the same bounds and no
// "critical"; a 9 is one here all the same.
func rating(score float64) checks.Severity {
	switch {
	case score >= 9:
		return checks.Critical
	case score >= 7:
		return checks.High
	case score >= 4:
		return checks.Medium
	case score > 0:
		return checks.Low
	}
	return ""
}

// label is the severity that a database wrote as a word.
func label(word string) checks.Severity {
	switch strings.ToUpper(word) {
	case "CRITICAL":
		return checks.Critical
	case "HIGH":
		return checks.High
	case "MODERATE", "MEDIUM":
		return checks.Medium
	case "LOW":
		return checks.Low
	}
	return ""
}

// scored is the score of the newest CVSS version that there is a vector of, and 0 without one.
func scored(vectors []scoreJSON) float64 {
	best, newest := 0.0, ""
	for _, s := range vectors {
		if !strings.HasPrefix(s.Type, "CVSS_") || s.Type < newest {
			continue
		}
		if result, ok := score(s.Score); ok && (s.Type > newest || result > best) {
			best, newest = result, s.Type
		}
	}
	return best
}
