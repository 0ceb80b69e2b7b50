package record

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Judgement is what the records of a package say of one version.
type Judgement struct {
	Advisories []judge.Advisory // the gravest first
	Safe       string           // the lowest later version that no record covers; empty when none is known, or none is needed
	Unknown    string           // why some record could not be compared; empty when all could
}

// Judge says which of a package's records hold for a version. Records that share an id are one advisory.
func Judge(ref judge.Ref, records []Record) Judgement {
	var j Judgement
	if len(records) == 0 {
		return j
	}
	v, noVersion := newEcosystem(ref.Ecosystem).version(ref.Version)
	var holding []Record
	for i := range records {
		in, err := records[i].covers(v)
		switch {
		case in:
			holding = append(holding, records[i]) // all versions may be affected, so what version it is need not be known
		case noVersion != nil:
			j.Unknown = noVersion.Error()
		case err != nil && j.Unknown == "":
			j.Unknown = err.Error()
		}
	}
	for _, group := range groups(holding) {
		j.Advisories = append(j.Advisories, merge(v, group))
	}
	slices.SortFunc(j.Advisories, gravestFirst)
	if len(holding) > 0 {
		j.Safe = safe(v, records)
	}
	return j
}

// Merge makes advisories of records that somebody else found to hold for a version.
func Merge(ref judge.Ref, holding []Record) []judge.Advisory {
	v, _ := newEcosystem(ref.Ecosystem).version(ref.Version)
	var advisories []judge.Advisory
	for _, group := range groups(holding) {
		advisories = append(advisories, merge(v, group))
	}
	slices.SortFunc(advisories, gravestFirst)
	return advisories
}

// Safe is the lowest version from that of the question on that none of the records covers, and "" when none is known.
func Safe(ref judge.Ref, records []Record) string {
	v, _ := newEcosystem(ref.Ecosystem).version(ref.Version)
	return safe(v, records)
}

// groups puts records together that share an id or an alias, also through a third one.
func groups(records []Record) [][]Record {
	parent := make([]int, len(records))
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := map[string]int{} // the first record that has the id
	for i, r := range records {
		parent[i] = i
		for _, id := range r.ids() {
			if other, known := first[id]; known {
				parent[root(i)] = root(other)
			} else {
				first[id] = i
			}
		}
	}
	at := map[int]int{}
	var all [][]Record
	for i, r := range records {
		group, known := at[root(i)]
		if !known {
			group = len(all)
			at[root(i)] = group
			all = append(all, nil)
		}
		all[group] = append(all[group], r)
	}
	return all
}

func (r *Record) ids() []string { return append([]string{r.ID}, r.Aliases...) }

// merge makes one advisory of records about the same problem. What differs is taken from whoever sees it graver.
func merge(v version, group []Record) judge.Advisory {
	slices.SortStableFunc(group, func(a, b Record) int { return cmp.Or(cmp.Compare(rank(a.ID), rank(b.ID)), strings.Compare(a.ID, b.ID)) })
	var ids, aliases []string
	var a judge.Advisory
	for _, r := range group {
		ids = append(ids, r.ID)
		aliases = append(aliases, r.Aliases...)
		a.CWE = append(a.CWE, r.CWE...)
		a.Summary = cmp.Or(a.Summary, r.Summary)
		if r.Severity.Rank() > a.Severity.Rank() {
			a.Severity = r.Severity
		}
		a.Score = max(a.Score, r.Score)
		a.EPSS = max(a.EPSS, r.EPSS)
		a.Exploited = a.Exploited || r.Exploited
		if !r.Published.IsZero() && (a.Published.IsZero() || r.Published.Before(a.Published)) {
			a.Published = r.Published
		}
	}
	slices.Sort(aliases)
	all := append(ids, aliases...)
	// Of ids that are as well known, that of a record comes before one that is only mentioned.
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	a.ID = all[0]
	for _, id := range all[1:] {
		if id != a.ID && !slices.Contains(a.Aliases, id) {
			a.Aliases = append(a.Aliases, id)
		}
	}
	slices.Sort(a.CWE)
	a.CWE = slices.Compact(a.CWE)
	a.Malicious = rank(a.ID) == 0
	if a.Malicious {
		a.Severity = checks.Critical // whatever its score; there often is none
	}
	a.Fixed = safe(v, group)
	return a
}

// rank orders ids by how well they are known, malicious packages first.
func rank(id string) int {
	switch prefix, _, _ := strings.Cut(id, "-"); prefix {
	case "MAL":
		return 0
	case "GHSA":
		return 1
	case "CVE":
		return 3
	}
	return 2 // an ecosystem's own, such as PYSEC, GO or RUSTSEC
}

func gravestFirst(a, b judge.Advisory) int {
	first := func(is bool) int {
		if is {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(first(a.Malicious), first(b.Malicious)),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(b.Score, a.Score),
		cmp.Compare(first(a.Exploited), first(b.Exploited)),
		strings.Compare(a.ID, b.ID),
	)
}
