//go:build linux

package analyse

import (
	"encoding/json"
	"fmt"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// sender hands a report over, one item a frame, so that the parent never holds more of it than it has counted.
type sender struct {
	client *client
	bytes  int
	full   bool // MaxReportBytes is reached
	err    error
}

func sendReport(c *client, name checks.Name, report checks.Report) error {
	s := &sender{client: c}
	sendAll(s, protocol.FindingItem, report.Findings, func(f *checks.Finding) { f.Remediation.Edits, f.Trace = nil, nil })
	sendAll(s, protocol.ComponentItem, report.Components, func(*checks.Component) {})
	sendAll(s, protocol.PackageItem, report.Packages, func(*checks.Package) {})
	sendAll(s, protocol.EvidenceItem, report.Evidence, func(*checks.Evidence) {})
	sendAll(s, protocol.UnscannedItem, report.Unscanned, func(*checks.Unscanned) {})
	if s.full {
		reason := fmt.Sprintf("the report is longer than %d MiB; the rest is not listed", MaxReportBytes>>20)
		s.full, s.bytes = false, 0
		sendAll(s, protocol.UnscannedItem, []checks.Unscanned{{Check: name, Reason: reason, Kind: checks.Failed}}, func(*checks.Unscanned) {})
	}
	return s.err
}

// lastWords is kept free of [MaxReportBytes] to say that it was reached.
const lastWords = 4 << 10

// sendAll sends items until the report is full. lighten makes an item that is too long for a frame fit one.
func sendAll[T any](s *sender, kind protocol.ItemKind, items []T, lighten func(*T)) {
	for i := range items {
		if s.err != nil || s.full {
			return
		}
		body, err := encodeItem(kind, &items[i])
		if err == nil && len(body) > protocol.MaxItem {
			lighten(&items[i])
			body, err = encodeItem(kind, &items[i])
		}
		if err != nil {
			s.err = err
			return
		}
		if s.bytes+len(body) > MaxReportBytes-lastWords {
			s.full = true
			return
		}
		s.bytes += len(body)
		s.err = s.client.tell(protocol.Item, body)
	}
}

func encodeItem(kind protocol.ItemKind, item any) ([]byte, error) {
	text, err := json.Marshal(item)
	return append([]byte{byte(kind)}, text...), err
}
