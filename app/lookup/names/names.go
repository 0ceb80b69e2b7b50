// Package names answers whether a package name exists, since when, and whether named versions of it do.
//
// What a caller may rely on:
//
//   - A name is called nonexistent only when somebody who was asked says so. An error, a time-out, a redirect to
//     another host, an answer that makes no sense or that is about another package leaves it unanswered, with a reason.
//   - No address comes from a change: a request goes to a configured root, for a name that passed the grammar of its
//     ecosystem. What was not asked cannot leak, and no name reaches another host.
//   - A machine without a network loses seconds, not minutes: a host that failed three times in a row is left alone.
//   - Answers are remembered for all who share a [Client], and many who ask for one name at once cause one request.
package names

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/assay-app/assay/checks/dependency/judge"
)

const (
	// DefaultDepsDev is the root of the interface of deps.dev, which knows the names of seven ecosystems. It lags
	// behind the registries by minutes to days.
	DefaultDepsDev = "https://api.deps.dev"

	// Off, in the place of deps.dev's root, asks deps.dev nothing.
	Off = "off"

	// MaxNames is how many names of one change are looked up. A change by hand adds fewer than twenty.
	MaxNames = 300

	// maxVersionsAsked is how many versions of one name are compared with those that exist.
	maxVersionsAsked = 50
)

// Question is a name, and versions of it that a change names exactly.
type Question struct {
	judge.Name
	Versions []string // may be empty; those that nobody could compare are left out of the answer
}

// Config says whom to ask, and with how much patience.
type Config struct {
	DepsDev string // root of deps.dev's interface; [DefaultDepsDev] when empty, [Off] for nobody

	// Registries are the roots of registries by ecosystem, as OSV writes it. What they say counts more than deps.dev.
	Registries map[string]string

	// Lists are files with all names of an ecosystem, for where nobody can be asked: text with one name a line, or
	// JSON; either may be gzipped.
	Lists map[string]string

	// Transport is the network: proxy, certificates. The environment's proxy and the system's certificates when nil.
	Transport http.RoundTripper

	Version string       // of Assay, for the user agent
	Logger  *slog.Logger // nothing is logged when nil

	Concurrent     int           // requests at the same time, over all who share a client; DefaultConcurrent when 0
	RequestTimeout time.Duration // of one request, to its last byte; DefaultRequestTimeout when 0
	TotalTimeout   time.Duration // of all names of one change; DefaultTotalTimeout when 0

	maxAnswer int // bytes; maxAnswerBytes when 0, less in tests
}

const (
	// DefaultConcurrent is what a browser opens to one host, more or less.
	DefaultConcurrent = 8

	// DefaultRequestTimeout holds for the largest answers, which are a few megabytes.
	DefaultRequestTimeout = 5 * time.Second

	// DefaultTotalTimeout is what a review waits for names. 300 names take half of it when each is fetched.
	DefaultTotalTimeout = 30 * time.Second
)

// Client looks names up. It is safe for concurrent use and meant to be shared by everything in a process.
type Client struct {
	total   time.Duration
	workers int

	outOfTime error // why there is no answer when all of it is over

	places  map[string][]*place // by ecosystem: who is asked, in this order
	lists   map[string]*nameList
	cache   *cache
	flights singleflight.Group
}

// place is somebody who can be asked about the names of one ecosystem.
type place struct {
	source
	label         string // for people: deps.dev, or a host
	key           string // tells answers of different places apart
	authoritative bool
}

// New checks the configuration and reads the lists. It makes no request.
func New(c Config) (*Client, error) {
	net := newNetwork(c)
	client := &Client{
		total: c.TotalTimeout, workers: cap(net.slots),
		places: map[string][]*place{}, lists: map[string]*nameList{}, cache: newCache(maxCacheBytes),
	}
	if client.total == 0 {
		client.total = DefaultTotalTimeout
	}
	client.outOfTime = fmt.Errorf("no answer within %s for all names of the change", client.total)
	if err := client.addRegistries(net, c.Registries); err != nil {
		return nil, err
	}
	if err := client.addDepsDev(net, c.DepsDev); err != nil {
		return nil, err
	}
	for name, file := range c.Lists {
		eco, ok := ecosystems[name]
		if !ok {
			return nil, unknownEcosystem("the list "+file, name)
		}
		list, err := readListFile(file, eco)
		if err != nil {
			return nil, fmt.Errorf("read the list of %s names: %w", name, err)
		}
		client.lists[name] = list
	}
	return client, nil
}

func (c *Client) addRegistries(net *network, roots map[string]string) error {
	for name, root := range roots {
		eco, ok := ecosystems[name]
		if !ok {
			return unknownEcosystem("a registry", name)
		}
		asked, host, err := eco.at(net, root)
		if err != nil {
			return fmt.Errorf("the %s registry: %w", name, err)
		}
		c.places[name] = append(c.places[name], &place{source: asked, label: host.name, key: host.root + " " + name, authoritative: true})
	}
	return nil
}

func (c *Client) addDepsDev(net *network, root string) error {
	switch root {
	case Off:
		return nil
	case "":
		root = DefaultDepsDev
	}
	at, err := parseRoot(root)
	if err != nil {
		return fmt.Errorf("deps.dev: %w", err)
	}
	host := net.host(at, depsDevPace)
	for name, eco := range ecosystems {
		if eco.system != "" {
			c.places[name] = append(c.places[name], &place{source: &depsDev{host, eco}, label: "deps.dev", key: host.root + " " + name})
		}
	}
	return nil
}

func unknownEcosystem(what, name string) error {
	known := make([]string, 0, len(ecosystems))
	for k := range ecosystems {
		known = append(known, k)
	}
	slices.Sort(known)
	return fmt.Errorf("%s is for the ecosystem %q: known are %q", what, name, known)
}

// Knows reports whether there is anybody to ask about names of an ecosystem.
func (c *Client) Knows(ecosystem string) bool {
	return len(c.places[ecosystem]) > 0 || c.lists[ecosystem] != nil
}

// Standings looks up each name once, whatever its versions. Those that come first are asked first, and names above
// [MaxNames] are not asked at all, so the caller orders questions by what matters.
//
// Every name asked about is in the result. A name without an answer stands there as [judge.Unanswered], and an Unknown
// without a version says why.
func (c *Client) Standings(ctx context.Context, questions []Question) (map[judge.Name]judge.Standing, []judge.Unknown) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.total, c.outOfTime)
	defer cancel()
	asked := byName(questions)
	verdicts := make([]verdict, len(asked))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(c.workers, len(asked)) {
		workers.Go(func() {
			for i := range next {
				verdicts[i] = c.judge(ctx, asked[i])
			}
		})
	}
	for i := range asked {
		if i >= MaxNames {
			verdicts[i] = unanswered(fmt.Errorf("only the first %d names of a change are looked up", MaxNames))
			continue
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return collect(asked, verdicts)
}

func collect(asked []Question, verdicts []verdict) (map[judge.Name]judge.Standing, []judge.Unknown) {
	standings := make(map[judge.Name]judge.Standing, len(asked))
	var unknown []judge.Unknown
	for i, q := range asked {
		standings[q.Name] = verdicts[i].Standing
		if verdicts[i].State == judge.Unanswered {
			unknown = append(unknown, judge.Unknown{Ref: judge.Ref{Name: q.Name}, Reason: verdicts[i].reason.Error()})
		}
	}
	return standings, unknown
}

// byName brings the versions of one name together, names in the order in which they first occur.
func byName(questions []Question) []Question {
	at := map[judge.Name]int{}
	var merged []Question
	for _, q := range questions {
		i, ok := at[q.Name]
		if !ok {
			i = len(merged)
			at[q.Name] = i
			merged = append(merged, Question{Name: q.Name})
		}
		for _, version := range q.Versions {
			if len(merged[i].Versions) < maxVersionsAsked && !slices.Contains(merged[i].Versions, version) {
				merged[i].Versions = append(merged[i].Versions, version)
			}
		}
	}
	return merged
}
