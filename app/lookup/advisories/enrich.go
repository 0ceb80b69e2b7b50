package advisories

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/assay-app/assay/app/lookup/internal/record"
)

// enrichment is what an operator knows of vulnerabilities besides their advisories, by CVE.
type enrichment struct {
	exploited map[cve]bool
	epss      map[cve]float32
}

// cve is a CVE's number: its year times a thousand million, and its place in the year.
type cve uint64

func parseCVE(id string) (cve, bool) {
	year, place, ok := strings.Cut(strings.TrimPrefix(id, "CVE-"), "-")
	if !ok || !strings.HasPrefix(id, "CVE-") || len(year) != 4 || len(place) > 9 {
		return 0, false
	}
	y, err := strconv.ParseUint(year, 10, 32)
	n, err2 := strconv.ParseUint(place, 10, 32)
	return cve(y*1_000_000_000 + n), err == nil && err2 == nil
}

// apply says of a record whether it is exploited, and how likely that is, in place of what was said before.
func (e enrichment) apply(r *record.Record) {
	r.Exploited, r.EPSS = false, 0
	see := func(id string) {
		if n, ok := parseCVE(id); ok {
			r.Exploited = r.Exploited || e.exploited[n]
			r.EPSS = max(r.EPSS, float64(e.epss[n]))
		}
	}
	see(r.ID)
	for _, alias := range r.Aliases {
		see(alias)
	}
}

// Bounds of an operator's files. CISA's catalogue has 1 MB and 1,500 entries, the EPSS scores 10 MB and 300,000 lines.
const (
	maxCatalogue = 64 << 20
	maxScores    = 128 << 20 // unpacked
	maxScoreLine = 4 << 10
)

// readEnrichment reads a catalogue of known exploited vulnerabilities in CISA's form and EPSS scores as FIRST publishes
// them. Either may be left out.
func readEnrichment(kev, epss string) (e enrichment, err error) {
	if kev != "" {
		if e.exploited, err = readFile(kev, readKEV); err != nil {
			return e, fmt.Errorf("known exploited vulnerabilities: %s: %w", kev, err)
		}
	}
	if epss != "" {
		if e.epss, err = readFile(epss, readEPSS); err != nil {
			return e, fmt.Errorf("EPSS scores: %s: %w", epss, err)
		}
	}
	return e, nil
}

func readFile[T any](name string, read func(io.Reader) (T, error)) (T, error) {
	var none T
	file, err := os.Open(name)
	if err != nil {
		return none, errors.Unwrap(err) // the name is said already
	}
	defer file.Close()
	return read(file)
}

func readKEV(in io.Reader) (map[cve]bool, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxCatalogue+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxCatalogue {
		return nil, fmt.Errorf("larger than %d MiB", maxCatalogue>>20)
	}
	var catalogue struct {
		Vulnerabilities []struct {
			CVE string `json:"cveID"`
		} `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), &catalogue); err != nil {
		return nil, fmt.Errorf("not CISA's catalogue: %w", err)
	}
	exploited := map[cve]bool{}
	for _, v := range catalogue.Vulnerabilities {
		if n, ok := parseCVE(v.CVE); ok {
			exploited[n] = true
		}
	}
	if len(exploited) == 0 {
		return nil, errors.New("not CISA's catalogue: it names no CVE")
	}
	return exploited, nil
}

// readEPSS reads lines of CVE, score and more, packed or not. A comment and the names of the columns come before them.
func readEPSS(in io.Reader) (map[cve]float32, error) {
	buffered := bufio.NewReader(in)
	if head, _ := buffered.Peek(2); string(head) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, err
		}
		buffered = bufio.NewReader(unpacked)
	}
	limited := &io.LimitedReader{R: buffered, N: maxScores}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxScoreLine)
	scores := map[cve]float32{}
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "cve,") {
			continue
		}
		fields := strings.SplitN(line, ",", 3)
		id, ok := parseCVE(fields[0])
		if !ok || len(fields) < 2 {
			return nil, fmt.Errorf("line %d is no CVE and score", n)
		}
		score, err := strconv.ParseFloat(fields[1], 64)
		if err != nil || math.IsNaN(score) || score < 0 || score > 1 {
			return nil, fmt.Errorf("line %d: the score is no probability", n)
		}
		scores[id] = float32(score)
	}
	switch {
	case lines.Err() != nil:
		return nil, lines.Err()
	case limited.N <= 0:
		return nil, fmt.Errorf("larger than %d MiB", maxScores>>20)
	case len(scores) == 0:
		return nil, errors.New("it holds no scores")
	}
	return scores, nil
}
