// Package lookup asks the world about the packages of a change, and has the answers judged.
//
// It runs in the parent, on plain names and versions that the child reported: it reads no file of the change. Advisories
// come from an index on disk, or from OSV's interface when there is none; whether a name exists, from deps.dev and
// from registries that the operator names. Whatever goes wrong leaves a question unanswered, which is said and
// counted, and never makes a finding.
package lookup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/assay-app/assay/app/lookup/advisories"
	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/app/lookup/names"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Config says whom to ask.
type Config struct {
	// Index is the path of the advisory index. One that is not there is no error: OSV is asked instead.
	Index string

	// Named says that somebody named that very index. When it is not there, advisories are missing also offline.
	Named bool

	// Online is asked about advisories when there is no index; nil asks nobody.
	Online Advisories

	// Names is asked whether names exist; nil asks nobody. Offline it may know lists alone.
	Names *names.Client

	// Offline says that nobody wants look-ups over the network, so that no advisories are missing.
	Offline bool
}

// Advisories knows which advisories hold for versions of packages.
type Advisories interface {
	Lookup(ctx context.Context, refs []judge.Ref) (advisories.Result, error)
}

// Lookup looks packages up. It is safe for concurrent use; everything in a process shares one.
type Lookup struct {
	config Config
	judge  *judge.Judge
	now    func() time.Time

	mu    sync.Mutex
	index *shared // nil until it is first needed
}

// New prepares the judge. It reads no index and asks nobody yet.
func New(c Config) (*Lookup, error) {
	j, err := judge.New()
	if err != nil {
		return nil, err
	}
	return &Lookup{config: c, judge: j, now: time.Now}, nil
}

// Judge looks the packages of a change up and says what is wrong with them. The error is that of ctx alone.
func (l *Lookup) Judge(ctx context.Context, packages []checks.Package) ([]checks.Finding, judge.Answers, error) {
	questions := judge.Ask(packages)
	answers := judge.Answers{Now: l.now()}
	var asked sync.WaitGroup
	var unknown []judge.Unknown
	if l.config.Names != nil {
		asked.Go(func() {
			answers.Standings, unknown = l.config.Names.Standings(ctx, l.ofNames(questions.Names))
		})
	}
	l.advisories(ctx, questions, &answers)
	asked.Wait()
	answers.Unknown = append(answers.Unknown, unknown...)
	if err := ctx.Err(); err != nil {
		return nil, answers, fmt.Errorf("look packages up: %w", context.Cause(ctx))
	}
	return l.judge.Findings(packages, answers), answers, nil
}

// ofNames are the questions that somebody could answer. Who wants no look-ups over the network misses none that only
// they could answer.
func (l *Lookup) ofNames(all []judge.Question) []names.Question {
	questions := make([]names.Question, 0, len(all))
	for _, q := range all {
		if !l.config.Offline || l.config.Names.Knows(q.Ecosystem) {
			questions = append(questions, names.Question{Name: q.Name, Versions: q.Versions})
		}
	}
	return questions
}

// advisories asks the index, or OSV when there is none. Only what is public is asked of others.
func (l *Lookup) advisories(ctx context.Context, questions judge.Questions, answers *judge.Answers) {
	index, err := l.open()
	if err == nil {
		defer index.release()
		answers.Database = index.Database()
		result, err := index.Lookup(ctx, append(questions.Refs, questions.Hidden...))
		if err == nil {
			answers.Advisories, answers.Safe, answers.Unknown = result.Advisories, result.Safe, versioned(result.Unknown)
			return
		}
		answers.Database = judge.Database{Missing: err.Error()}
		return
	}
	switch {
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNoIndex):
		answers.Database.Missing = err.Error() // a damaged index is never passed over in silence
	case l.config.Offline && l.config.Named:
		answers.Database.Missing = noIndex + " at " + l.config.Index
	case l.config.Offline:
		answers.Database.Off = true
	case l.config.Online == nil:
		answers.Database.Missing = noIndex
	default:
		l.online(ctx, questions, answers)
	}
}

// versioned leaves out the questions that named no version: they were asked for what holds for all versions, and that one
// cannot be compared is no lack of an answer.
func versioned(unknown []judge.Unknown) []judge.Unknown {
	return slices.DeleteFunc(unknown, func(u judge.Unknown) bool { return u.Version == "" })
}

const noIndex = "there is no advisory index"

// online asks OSV about what is public, and says of the rest that nobody was asked.
func (l *Lookup) online(ctx context.Context, questions judge.Questions, answers *judge.Answers) {
	answers.Database.Source = "osv.dev"
	if len(questions.Refs) > 0 {
		result, err := l.config.Online.Lookup(ctx, questions.Refs)
		if err == nil {
			err = silence(questions.Refs, &result)
		}
		if err != nil {
			answers.Database = judge.Database{Missing: noIndex + ", and OSV gave no answer: " + err.Error()}
			return
		}
		answers.Advisories, answers.Safe, answers.Unknown = result.Advisories, result.Safe, versioned(result.Unknown)
	}
	for _, ref := range questions.Hidden {
		if ref.Version == "" {
			continue
		}
		answers.Unknown = append(answers.Unknown, judge.Unknown{Ref: ref, Reason: "its name may be private and is told nobody outside; an advisory index would know"})
	}
}

// silence is why not one of the questions that could be asked has an answer, nil when one has.
func silence(refs []judge.Ref, result *advisories.Result) error {
	if len(result.Advisories) > 0 {
		return nil
	}
	reasons := make(map[judge.Ref]string, len(result.Unknown))
	for _, u := range result.Unknown {
		reasons[u.Ref] = u.Reason
	}
	why := ""
	for _, ref := range refs {
		if record.Valid(ref) != nil {
			continue
		}
		reason, unknown := reasons[ref]
		if !unknown || reason == record.Incomparable(ref) {
			return nil
		}
		why = cmp.Or(why, reason)
	}
	if why == "" {
		return nil
	}
	return errors.New(why)
}

var errNoIndex = errors.New("no advisory index is configured")

// shared is an open index that several reviews use. It is closed when it was replaced and nobody uses it any more.
type shared struct {
	*advisories.Index
	users int
	old   bool
	of    *Lookup
}

func (s *shared) release() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	if s.users--; s.users == 0 && s.old {
		_ = s.Close() // it was only read
	}
}

// open gives the index as it lies on disk now: an update puts another file in its place while the server runs.
func (l *Lookup) open() (*shared, error) {
	if l.config.Index == "" {
		return nil, errNoIndex
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.index != nil && l.index.Replaced() {
		l.index.old = true
		if l.index.users == 0 {
			_ = l.index.Close() // it was only read
		}
		l.index = nil
	}
	if l.index == nil {
		index, err := advisories.Open(l.config.Index)
		if err != nil {
			return nil, err
		}
		l.index = &shared{Index: index, of: l}
	}
	l.index.users++
	return l.index, nil
}

// Close lets go of the index.
func (l *Lookup) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.index == nil {
		return nil
	}
	index := l.index
	l.index = nil
	if index.users > 0 {
		index.old = true
		return nil
	}
	return index.Close()
}
