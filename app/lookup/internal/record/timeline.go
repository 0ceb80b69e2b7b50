package record

import (
	"fmt"
	"slices"

	"github.com/google/osv-scalibr/semantic"
)

// span reads a timeline and sorts it.
func span(ecosystem string, stated []eventJSON) (Range, error) {
	var s Range
	for _, e := range stated {
		for _, event := range []Event{{Introduced, e.Introduced}, {Fixed, e.Fixed}, {LastAffected, e.LastAffected}} {
			if len(event.Version) > MaxVersion {
				return s, fmt.Errorf("a version of more than %d bytes", MaxVersion)
			}
			if event.Version != "" {
				s.Events = append(s.Events, event)
			}
		}
		if len(e.Limit) > MaxVersion {
			return s, fmt.Errorf("a version of more than %d bytes", MaxVersion)
		}
		if e.Limit != "" {
			s.Limits = append(s.Limits, e.Limit)
		}
	}
	s.sort(ecosystem)
	return s, nil
}

// placed is an event whose version can be compared.
type placed struct {
	Event
	at semantic.Version
}

// sort puts events in the order of their versions. What cannot be compared stays as it is; whoever asks will be told.
func (span *Range) sort(ecosystem string) {
	all := make([]placed, 0, len(span.Events))
	for _, e := range span.Events {
		at := parseNamed(ecosystem, e.Version)
		if at == nil {
			return
		}
		// What is fixed where it was introduced never was.
		if last := len(all) - 1; e.Kind == Fixed && last >= 0 && all[last].Kind == Introduced && same(at, all[last]) {
			all = all[:last]
			continue
		}
		all = append(all, placed{e, at})
	}
	slices.SortStableFunc(all, inOrder)
	span.Events = span.Events[:0]
	for _, p := range all {
		span.Events = append(span.Events, p.Event)
	}
}

func same(at semantic.Version, other placed) bool {
	order, err := at.Compare(other.at)
	return err == nil && order == 0 && !other.fromTheBeginning()
}

// inOrder orders events. At one version a fix comes first, since what is introduced there is something new; that it is
// the last affected one comes last.
func inOrder(a, b placed) int {
	switch {
	case a.fromTheBeginning() && b.fromTheBeginning():
		return 0
	case a.fromTheBeginning():
		return -1
	case b.fromTheBeginning():
		return 1
	}
	if order, err := a.at.Compare(b.at); err == nil && order != 0 {
		return order
	}
	turn := []Kind{Fixed, Introduced, LastAffected}
	return slices.Index(turn, a.Kind) - slices.Index(turn, b.Kind)
}
