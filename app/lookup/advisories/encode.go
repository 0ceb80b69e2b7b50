package advisories

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/checks"
)

// A package's value in the index is a checksum, then its records, each with its length before it. Numbers are
// variable-length as in encoding/binary, and a text is its length and its bytes.

// castagnoli is a checksum that processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("a record is damaged")

const (
	checksumSize = 4
	epssUnit     = 100_000 // EPSS is published with five digits
)

// severities are written as their place in this list. It only ever grows at its end.
var severities = []checks.Severity{"", checks.Low, checks.Medium, checks.High, checks.Critical, checks.Info}

// appendRecord writes a record behind what is there.
func appendRecord(to []byte, r *record.Record) []byte {
	to = append(to, byte(max(0, slices.Index(severities, r.Severity))), byte(math.Round(r.Score*10)), flag(r.Exploited))
	to = binary.AppendUvarint(to, uint64(math.Round(r.EPSS*epssUnit)))
	to = appendText(to, r.ID)
	to = appendTexts(to, r.Aliases)
	to = appendText(to, r.Summary)
	to = binary.AppendUvarint(to, uint64(len(r.CWE)))
	for _, id := range r.CWE {
		n, _ := strconv.Atoi(strings.TrimPrefix(id, "CWE-")) // record knows no others
		to = binary.AppendUvarint(to, uint64(n))
	}
	published := uint64(0)
	if !r.Published.IsZero() {
		published = uint64(r.Published.Unix())
	}
	to = binary.AppendUvarint(to, published)
	to = appendText(to, string(r.Versions))
	to = binary.AppendUvarint(to, uint64(len(r.Ranges)))
	for _, span := range r.Ranges {
		to = binary.AppendUvarint(to, uint64(len(span.Events)))
		for _, e := range span.Events {
			to = append(to, byte(e.Kind))
			to = appendText(to, e.Version)
		}
		to = appendTexts(to, span.Limits)
	}
	return to
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

func appendTexts(to []byte, texts []string) []byte {
	to = binary.AppendUvarint(to, uint64(len(texts)))
	for _, text := range texts {
		to = appendText(to, text)
	}
	return to
}

// sealed puts the checksum before the records of a package.
func sealed(records []byte) []byte {
	value := binary.LittleEndian.AppendUint32(make([]byte, 0, checksumSize+len(records)), crc32.Checksum(records, castagnoli))
	return append(value, records...)
}

// unsealed checks a package's value and copies its records out of the mapped file. What is read afterwards holds even
// if somebody cuts the file off.
func unsealed(value []byte) (string, error) {
	if len(value) < checksumSize {
		return "", errDamaged
	}
	records := string(value[checksumSize:])
	if crc32.Checksum([]byte(records), castagnoli) != binary.LittleEndian.Uint32(value) {
		return "", errDamaged
	}
	return records, nil
}

// decoder reads texts and numbers, and stays at the first thing that cannot be.
type decoder struct {
	rest string
	err  error
}

// readRecords reads all records of a package. Their texts are parts of the one given.
func readRecords(text string) ([]record.Record, error) {
	d := decoder{rest: text}
	var all []record.Record
	for d.rest != "" {
		one := decoder{rest: d.text()}
		if d.err != nil {
			return nil, d.err
		}
		r := one.record()
		if one.err != nil || one.rest != "" {
			return nil, errDamaged
		}
		all = append(all, r)
	}
	return all, nil
}

func (d *decoder) record() (r record.Record) {
	if severity := int(d.byte()); severity < len(severities) {
		r.Severity = severities[severity]
	} else {
		d.err = errDamaged
	}
	r.Score = float64(d.byte()) / 10
	r.Exploited = d.byte() == 1
	r.EPSS = float64(d.number()) / epssUnit
	r.ID = d.text()
	r.Aliases = d.texts()
	r.Summary = d.text()
	for range d.count() {
		r.CWE = append(r.CWE, "CWE-"+strconv.FormatUint(d.number(), 10))
	}
	if published := d.number(); published > 0 && published < math.MaxInt32*100 {
		r.Published = time.Unix(int64(published), 0).UTC()
	}
	r.Versions = record.Versions(d.text())
	for range d.count() {
		var span record.Range
		for range d.count() {
			span.Events = append(span.Events, record.Event{Kind: record.Kind(d.byte()), Version: d.text()})
		}
		span.Limits = d.texts()
		r.Ranges = append(r.Ranges, span)
	}
	return r
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); d.err == nil {
		return b[0]
	}
	return 0
}

func (d *decoder) bytes(n int) string {
	if d.err != nil || n > len(d.rest) {
		d.err, d.rest = errDamaged, ""
		return ""
	}
	part := d.rest[:n]
	d.rest = d.rest[n:]
	return part
}

func (d *decoder) number() uint64 {
	n, shift := uint64(0), 0
	for {
		b := d.byte()
		if d.err != nil || shift > 63 {
			d.err = errDamaged
			return 0
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
		shift += 7
	}
}

// count is how many things follow, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.number()
	if n > uint64(len(d.rest)) {
		d.err, d.rest = errDamaged, ""
		return 0
	}
	return int(n)
}

func (d *decoder) text() string { return d.bytes(d.count()) }

func (d *decoder) texts() (all []string) {
	for range d.count() {
		all = append(all, d.text())
	}
	return all
}
