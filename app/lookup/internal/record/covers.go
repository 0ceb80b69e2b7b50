package record

// covers reports whether the record holds for a version. An error means that it cannot be told.
func (r *Record) covers(v version) (bool, error) {
	if r.Versions.has(v) {
		return true, nil
	}
	var wrong error
	for _, span := range r.Ranges {
		in, err := span.covers(v)
		if in {
			return true, nil
		}
		if err != nil {
			wrong = err
		}
	}
	return false, wrong
}

// covers walks the events up to the version, as OSV's schema describes it.
func (span Range) covers(v version) (bool, error) {
	if below, err := span.belowLimits(v); !below || err != nil {
		return false, err
	}
	affected := false
	for _, event := range span.Events {
		if event.fromTheBeginning() {
			affected = true
			continue
		}
		order, err := v.compare(event.Version)
		switch {
		case err != nil:
			return false, err
		case order < 0:
			return affected, nil // what happens later does not matter
		case event.Kind == Introduced:
			affected = true
		case event.Kind == Fixed || order > 0:
			affected = false
		}
	}
	return affected, nil
}

func (e Event) fromTheBeginning() bool { return e.Kind == Introduced && e.Version == "0" }

func (span Range) belowLimits(v version) (bool, error) {
	for _, limit := range span.Limits {
		if limit == "*" {
			return true, nil
		}
		order, err := v.compare(limit)
		if err != nil || order < 0 {
			return err == nil, err
		}
	}
	return len(span.Limits) == 0, nil
}

// fix is the lowest version later than one that the record covers at which a fix is said to be, and "" when none is.
// A span that holds the version counts first: fixes of other release lines may be lower and be none for this one.
func (r *Record) fix(v version) string {
	lowest := func(others bool) (best string) {
		for _, span := range r.Ranges {
			if in, err := span.covers(v); err != nil || !in && !others {
				continue
			}
			for _, event := range span.Events {
				if event.Kind != Fixed {
					continue
				}
				if order, err := v.compare(event.Version); err != nil || order >= 0 {
					continue
				}
				if best == "" || v.of.lower(event.Version, best) {
					best = event.Version
				}
				break
			}
		}
		return best
	}
	if best := lowest(false); best != "" {
		return best
	}
	return lowest(true)
}

// lower reports whether a version that an advisory names is lower than another, and false when that cannot be told.
func (e *ecosystem) lower(a, b string) bool {
	v, w := e.named(a), e.named(b)
	if v == nil || w == nil {
		return false
	}
	order, err := v.Compare(w)
	return err == nil && order < 0
}

// maxRises bounds how often a candidate for a safe version is found to be covered by another record. Each rise skips all
// versions that the records at hold cover together, so that real packages need a few.
const maxRises = 64

// safe is the lowest later version that none of the records covers, and "" when none is known.
func safe(v version, records []Record) string {
	for range maxRises {
		rise := ""
		covered := false
		for i := range records {
			in, err := records[i].covers(v)
			if err != nil {
				return "" // perhaps covered, perhaps not
			}
			if !in {
				continue
			}
			covered = true
			fix := records[i].fix(v)
			if fix == "" {
				return ""
			}
			if rise == "" || v.of.lower(rise, fix) {
				rise = fix
			}
		}
		if !covered {
			return v.text
		}
		next, err := v.of.version(rise)
		if err != nil {
			return ""
		}
		v = next
	}
	return ""
}
