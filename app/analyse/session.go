//go:build linux

package analyse

import (
	"context"
	"encoding/json"
	"os"
	"slices"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// A check may send so many frames besides findings: fileRequests for each file of the change, and baseRequests for
// what else it looks at and for long files.
const (
	baseRequests = 1 << 20
	fileRequests = 32 // both sides and some commits, each sent ahead, opened, looked at, read and closed
)

// session is the conversation with one child.
type session struct {
	run     *run
	child   *child
	library *library

	pending  []checks.Name // not finished, in order
	failures []failure
	current  checks.Name // "" between two checks
	looking  checks.Path // the file last looked at by the current check
	accept   *acceptance
	requests int

	staged      []stagedResult // of the current check
	stagedBytes int

	mostRequests int
}

func newSession(r *run, c *child, a attempt) *session {
	return &session{
		run: r, child: c,
		library:      newLibrary(r.change, a.without, r.read, r.results.seen),
		pending:      slices.Clone(a.checks),
		mostRequests: baseRequests + fileRequests*len(r.change.Files),
	}
}

// converse hands the change over and serves the child until it is done. One frame is answered before the next is
// read, so a child can have no more under way than the socket holds.
func (s *session) converse(ctx context.Context, subject []byte) error {
	s.child.allowUntil(s.run.limits.Time, s.run.limits.Total) // for reading the change
	if _, err := (protocol.Frame{Type: protocol.Change, Body: subject}).WriteTo(s.child.socket); err != nil {
		return err
	}
	<-s.run.fetched // ends with ctx, at the latest
	s.child.allow(s.run.limits.Time)
	for {
		frame, err := s.child.frames.Next()
		if err != nil {
			return err
		}
		if frame.Type == protocol.Done {
			if s.current != "" || len(s.pending) > 0 {
				return protocol.Violate("the child is done before its checks are")
			}
			return nil
		}
		if err := s.take(ctx, frame); err != nil {
			return err
		}
	}
}

// take deals with one frame.
func (s *session) take(ctx context.Context, f protocol.Frame) error {
	if f.Type == protocol.Started {
		return s.started(checks.Name(f.Body))
	}
	if s.current == "" {
		return protocol.Violate("a frame of type %d came outside of a check", f.Type)
	}
	if f.Type == protocol.Item {
		return s.accept.add(f.Body) // which bounds them by kind and size
	}
	if s.requests++; s.requests > s.mostRequests {
		return protocol.Violate("a check made more than %d requests", s.mostRequests)
	}
	switch f.Type {
	case protocol.Finished:
		return s.finished(f.Body)
	case protocol.Opening:
		name, err := protocol.ParseFileName(f.Body)
		s.looking = checks.Path(name.Path)
		return err
	case protocol.Prefetch:
		list, err := protocol.ParsePathList(f.Body)
		if err == nil {
			s.library.prefetch(ctx, list)
		}
		return err
	case protocol.Keep:
		result, err := protocol.ParseResult(f.Body)
		if err != nil {
			return err
		}
		return s.keep(result)
	case protocol.Close:
		id, err := protocol.ParseFileID(f.Body)
		if err != nil {
			return err
		}
		return s.library.close(id)
	}
	body, err := s.answer(f)
	if err != nil {
		return err
	}
	if _, err = (protocol.Frame{Type: protocol.Answer, ID: f.ID, Body: body}).WriteTo(s.child.socket); isGone(err) {
		return nil // reading on tells what it said before it ended
	}
	return err
}

// answer is the body of the answer to a question.
func (s *session) answer(f protocol.Frame) ([]byte, error) {
	switch f.Type {
	case protocol.Open:
		request, err := protocol.ParseOpen(f.Body)
		if err != nil {
			return nil, err
		}
		if !request.Ahead {
			s.looking = checks.Path(request.Path)
		}
		return s.library.open(request), nil
	case protocol.Stat:
		name, err := protocol.ParseFileName(f.Body)
		if err != nil {
			return nil, err
		}
		return s.library.stat(name), nil
	case protocol.ReadDir:
		name, err := protocol.ParseFileName(f.Body)
		if err != nil {
			return nil, err
		}
		return s.library.readDir(name), nil
	case protocol.Read:
		request, err := protocol.ParseRead(f.Body)
		if err != nil {
			return nil, err
		}
		return s.library.read(request)
	case protocol.Recall:
		name, err := protocol.ParseFileName(f.Body)
		if err != nil {
			return nil, err
		}
		found, err := s.recall(name)
		return append(answer(err), found...), nil
	}
	return nil, protocol.Violate("a frame of type %d came out of turn", f.Type)
}

func (s *session) started(name checks.Name) error {
	if s.current != "" || len(s.pending) == 0 || s.pending[0] != name {
		return protocol.Violate("a check started out of turn")
	}
	s.current, s.looking, s.requests = name, "", 0
	s.staged, s.stagedBytes = nil, 0
	s.accept = &acceptance{check: name, exists: s.library.exists, commits: s.library.commits}
	s.child.allow(s.run.limits.Time)
	return nil
}

func (s *session) finished(body []byte) error {
	var ending protocol.Ending
	if err := json.Unmarshal(body, &ending); err != nil || ending.Check != s.current || len(ending.Reason) > 2*maxShort {
		return protocol.Violate("a check finished out of turn")
	}
	switch {
	case ending.Panicked:
		s.failures = append(s.failures, failure{check: s.current, path: s.lookedAt(), reason: ending.Reason, again: true})
	case ending.Reason != "":
		s.accept.report.Unscanned = append(s.accept.report.Unscanned,
			checks.Unscanned{Check: s.current, Reason: ending.Reason, Kind: checks.Failed})
		fallthrough
	default:
		s.run.outcomes[s.current].report = s.accept.report
	}
	s.settle(ending.Reason == "" && !ending.Panicked, s.accept.report.Unscanned)
	s.pending, s.current, s.accept = s.pending[1:], "", nil
	s.library.closeAll()
	return nil
}

func (s *session) closeAll() { s.library.closeAll() }

// lookedAt is the file that the current check looked at last, if there is one: the name came from the child and will be
// shown.
func (s *session) lookedAt() checks.Path {
	for _, side := range []checks.Revision{checks.AtHead, checks.AtMergeBase} {
		if s.looking != "" && s.library.exists(s.looking, side, "") {
			return s.looking
		}
	}
	return ""
}

// blame puts the child's end down to the check that ran, or else to the one whose turn it was.
func (s *session) blame(err error, state *os.ProcessState) failure {
	f := failure{check: s.current, path: s.lookedAt(), again: true}
	if s.current == "" {
		f = failure{}
		if len(s.pending) > 0 {
			f.check = s.pending[0]
		}
	}
	killed := s.child.killed.Load()
	reason, violated := protocol.IsViolation(err)
	switch {
	case violated:
		// Not again: whoever broke the protocol may have chosen which file we would leave out.
		f.reason, f.again = "broke the protocol: "+reason, false
	case killed != nil:
		f.reason = *killed
	default:
		f.reason = deathReason(state, s.child.stderr.text())
	}
	return f
}
