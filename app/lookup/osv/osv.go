// Package osv answers which public advisories hold for which packages by asking OSV, for those who keep no index.
//
// Only what is asked about leaves the house: ecosystem, name and version of packages. What the service says is the text
// of strangers; whatever is late, large, garbled or incomplete makes a question unknown, with a reason.
package osv

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Result answers a question about versions of packages.
type Result = record.Result

// DefaultBase is the public service.
const DefaultBase = "https://api.osv.dev"

// Options say how to reach the service. The zero value reaches the public one.
type Options struct {
	Base      string            // scheme and host, perhaps a path before /v1
	Transport http.RoundTripper // the default one, which knows proxies, when nil

	// RequestTime and LookupTime bound one request and a whole lookup; 10 s and 45 s when zero.
	RequestTime, LookupTime time.Duration
}

// Bounds of a lookup.
const (
	requestTime = 10 * time.Second
	lookupTime  = 45 * time.Second

	maxRefs       = 10_000 // versions of packages; the rest is unknown
	maxAdvisories = 5_000  // that are read; the rest is unknown
	maxTold       = 50_000 // that are named, those of several packages as often; the rest is unknown
	batchSize     = 500    // questions a request; the service takes 1,000
	parallel      = 8      // advisories read at the same time
	maxRises      = 3      // how often a fixed version is asked about in its turn
)

// Client asks OSV. It may be used by several goroutines at the same time, and keeps nothing from one lookup to the next.
type Client struct {
	transport transport
	time      time.Duration // of a lookup
}

// New makes a client. It asks nothing yet.
func New(o Options) (*Client, error) {
	if o.Base == "" {
		o.Base = DefaultBase
	}
	base, err := url.Parse(o.Base)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("OSV's address %q is none that begins with https:// or http://", o.Base)
	}
	if base.Path == "" {
		base.Path = "/" // or what is joined to it would not begin with one
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.RequestTime <= 0 {
		o.RequestTime = requestTime
	}
	if o.LookupTime <= 0 {
		o.LookupTime = lookupTime
	}
	return &Client{transport{base: base, next: o.Transport, timeout: o.RequestTime, pause: pause}, o.LookupTime}, nil
}

// Database says where the answers come from.
func (*Client) Database() judge.Database { return judge.Database{Source: "osv.dev"} }

// Lookup says which advisories hold for versions of packages. What could not be asked or was not answered is unknown;
// only that the context ended is an error.
func (c *Client) Lookup(ctx context.Context, refs []judge.Ref) (Result, error) {
	l := lookup{
		client: c, result: record.NewResult(), open: map[judge.Ref]string{},
		statements: map[string]*record.Statement{}, lost: map[string]string{},
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.time, fmt.Errorf("no answer within %s", c.time))
	defer cancel()
	unique := uniqueRefs(refs)
	holding := l.records(limited, l.askable(unique))
	for ref, records := range holding {
		advisories, reason := assess(ref, records)
		if len(advisories) > 0 {
			l.result.Advisories[ref] = advisories
		}
		if reason != "" {
			l.miss(ref, reason)
		}
	}
	l.findSafe(limited, holding)
	for _, ref := range unique {
		if reason := l.open[ref]; reason != "" {
			l.result.Add(ref, reason)
		}
	}
	return l.result, ctx.Err()
}

// assess makes advisories of records. Those of a version that the service was asked about hold, since it says so; of
// others it told all that there are of the package, and which of them hold is ours to say.
func assess(ref judge.Ref, records []record.Record) ([]judge.Advisory, string) {
	if byVersion(ref) {
		return record.Merge(ref, records), ""
	}
	judged := record.Judge(ref, records)
	return judged.Advisories, judged.Unknown
}

// byVersion reports whether the service can tell for a version. It does not know that v4 is the newest 4.x.y of an action.
func byVersion(ref judge.Ref) bool {
	return record.Comparable(ref) && ref.Ecosystem != "GitHub Actions"
}

func uniqueRefs(refs []judge.Ref) []judge.Ref {
	seen := make(map[judge.Ref]bool, len(refs))
	var unique []judge.Ref
	for _, ref := range refs {
		if !seen[ref] {
			seen[ref] = true
			unique = append(unique, ref)
		}
	}
	return unique
}

// lookup is one lookup on its way.
type lookup struct {
	client     *Client
	result     Result
	open       map[judge.Ref]string         // why there is no answer, or not all of one
	statements map[string]*record.Statement // advisories by id
	lost       map[string]string            // why an advisory could not be read, by id
	told       int                          // how many advisories were named so far
}

// miss notes why something about a version is not known. The first reason stays.
func (l *lookup) miss(ref judge.Ref, reason string) {
	if l.open[ref] == "" {
		l.open[ref] = reason
	}
}

// askable are those that the service takes: one senseless question would cost all others their answers.
func (l *lookup) askable(refs []judge.Ref) []judge.Ref {
	var asked []judge.Ref
	for _, ref := range refs {
		switch err := record.Valid(ref); {
		case err != nil:
			l.miss(ref, err.Error())
		case len(asked) == maxRefs:
			l.miss(ref, fmt.Sprintf("more than %d packages in one lookup", maxRefs))
		default:
			asked = append(asked, ref)
		}
	}
	return asked
}

// findSafe asks about the version that fixes all that is known of a package, since later advisories may hold for that.
func (l *lookup) findSafe(ctx context.Context, holding map[judge.Ref][]record.Record) {
	next := map[judge.Ref]judge.Ref{} // the candidate for each version
	known := map[judge.Ref][]record.Record{}
	for ref := range l.result.Advisories {
		if byVersion(ref) {
			known[ref], next[ref] = holding[ref], ref
		} else if version := record.Safe(ref, holding[ref]); version != "" && l.open[ref] == "" {
			l.result.Safe[ref] = version // the service told all that there are of the package
		}
	}
	for range maxRises {
		var candidates []judge.Ref
		for ref := range next {
			version := record.Safe(ref, known[ref])
			if version == "" {
				delete(next, ref)
				continue
			}
			next[ref] = judge.Ref{Name: ref.Name, Version: version}
			candidates = append(candidates, next[ref])
		}
		if len(candidates) == 0 {
			return
		}
		// A candidate is nobody's question: that it has no answer leaves the safe version unknown, and no more.
		ask := lookup{client: l.client, open: map[judge.Ref]string{}, statements: l.statements, lost: l.lost}
		found := ask.records(ctx, ask.askable(uniqueRefs(candidates)))
		for ref, candidate := range next {
			switch more := found[candidate]; {
			case ask.open[candidate] != "":
				delete(next, ref)
			case len(more) == 0:
				l.result.Safe[ref] = candidate.Version
				delete(next, ref)
			default:
				known[ref] = append(known[ref][:len(known[ref]):len(known[ref])], more...)
			}
		}
	}
}
