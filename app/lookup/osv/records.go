package osv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	client "github.com/google/osv-scanner/pkg/osv"
	"golang.org/x/sync/errgroup"

	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// records asks for the advisories of versions, and reads what they say of the packages.
func (l *lookup) records(ctx context.Context, refs []judge.Ref) map[judge.Ref][]record.Record {
	ids := map[judge.Ref][]string{}
	for batch := range slices.Chunk(refs, batchSize) {
		if err := l.query(ctx, batch, ids); err != nil {
			for _, ref := range refs {
				if _, answered := ids[ref]; !answered {
					l.miss(ref, err.Error()) // nor would the other batches be answered
				}
			}
			break
		}
	}
	l.read(ctx, ids)
	found := map[judge.Ref][]record.Record{}
	for _, ref := range refs {
		for _, id := range ids[ref] {
			statement := l.statements[id]
			if statement == nil {
				l.miss(ref, l.lost[id])
				continue
			}
			if statement.Withdrawn {
				continue
			}
			about, err := statement.About(ref.Ecosystem)
			if err != nil {
				l.miss(ref, err.Error())
				continue
			}
			if r, ok := about[record.Name(ref.Ecosystem, ref.Name.Name)]; ok {
				found[ref] = append(found[ref], r)
			} else {
				l.miss(ref, fmt.Sprintf("OSV names %s, which is not about this package", id))
			}
		}
	}
	return found
}

// query asks which advisories a batch of versions has.
func (l *lookup) query(ctx context.Context, refs []judge.Ref, ids map[judge.Ref][]string) error {
	var questions client.BatchedQuery
	for _, ref := range refs {
		q := &client.Query{Package: client.Package{Name: ref.Name.Name, Ecosystem: ref.Ecosystem}}
		if byVersion(ref) {
			q.Version = ref.Version
		}
		questions.Queries = append(questions.Queries, q)
	}
	call := l.client.transport.call(ctx, maxBatchBody)
	answer, err := client.MakeRequestWithClient(questions, call.client())
	if err != nil {
		return call.reason()
	}
	if len(answer.Results) != len(refs) {
		return errors.New("OSV answers something else than what was asked")
	}
	more := call.morePages()
	for i, ref := range refs {
		ids[ref] = []string{}
		if l.told += len(answer.Results[i].Vulns); l.told > maxTold {
			l.miss(ref, fmt.Sprintf("OSV names more than %d advisories in one lookup", maxTold))
			continue
		}
		for _, v := range answer.Results[i].Vulns {
			ids[ref] = append(ids[ref], v.ID)
		}
		if more[i] {
			l.miss(ref, "OSV has more advisories than it tells at once")
		}
	}
	return nil
}

// read fetches the advisories that are not yet at hand.
func (l *lookup) read(ctx context.Context, ids map[judge.Ref][]string) {
	var wanted []string
	for _, of := range ids {
		for _, id := range of {
			if l.statements[id] == nil && l.lost[id] == "" {
				wanted = append(wanted, id)
			}
		}
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	var mu sync.Mutex // of statements and lost
	var group errgroup.Group
	group.SetLimit(parallel)
	room := max(0, maxAdvisories-len(l.statements)-len(l.lost))
	for _, id := range wanted[min(room, len(wanted)):] {
		l.lost[id] = fmt.Sprintf("more than %d advisories in one lookup", maxAdvisories)
	}
	for _, id := range wanted[:min(room, len(wanted))] {
		group.Go(func() error {
			statement, err := l.client.statement(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				l.lost[id] = err.Error()
			} else {
				l.statements[id] = statement
			}
			return nil
		})
	}
	_ = group.Wait()
}

// statement reads one advisory.
func (c *Client) statement(ctx context.Context, id string) (*record.Statement, error) {
	if !record.ValidID(id) { // it becomes part of an address
		return nil, errors.New("OSV names an advisory by what is no id")
	}
	call := c.transport.call(ctx, maxAdvisoryBody)
	answer, err := client.GetWithClient(id, call.client())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, call.reason())
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, fmt.Errorf("%s: OSV's answer cannot be read", id)
	}
	statement, err := record.Read(text)
	if err != nil || statement.ID != id {
		return nil, fmt.Errorf("%s: OSV answers something else than this advisory", id)
	}
	return statement, nil
}
