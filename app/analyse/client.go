//go:build linux

package analyse

import (
	"bufio"
	"io"
	"sync"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// maxAhead is how many files are asked for before the first has come: enough to hide a round trip of 0.1 ms behind
// reading, and within what the socket's buffers take.
const maxAhead = 64

// client is the child's end of the conversation: it asks for files and tells what was found. Checks may use it from
// many goroutines.
type client struct {
	frames *protocol.Reader
	cache  cache

	writing sync.Mutex // held while the socket takes bytes, perhaps for long
	out     *bufio.Writer

	// Whoever receives must never wait for whoever writes: the parent takes no question while an answer of its own is
	// not taken. So this is another lock.
	asking  sync.Mutex
	lastID  uint32
	waiting map[uint32]func(protocol.Frame)
}

func newClient(out io.Writer, frames *protocol.Reader) *client {
	return &client{
		frames:  frames,
		cache:   cache{entries: map[protocol.FileName]*cached{}},
		out:     bufio.NewWriterSize(out, 64<<10),
		waiting: map[uint32]func(protocol.Frame){},
	}
}

// receive hands every answer to whoever asked, until the parent is gone.
func (c *client) receive(gone func()) {
	for {
		frame, err := c.frames.Next()
		if err != nil {
			gone()
			return
		}
		c.asking.Lock()
		answer := c.waiting[frame.ID]
		delete(c.waiting, frame.ID)
		c.asking.Unlock()
		if answer != nil {
			answer(frame)
		}
	}
}

// question sends a frame whose answer goes to then, on the receiving goroutine.
func (c *client) question(kind protocol.Type, body []byte, flush bool, then func(protocol.Frame)) error {
	c.asking.Lock()
	c.lastID++
	id := c.lastID
	c.waiting[id] = then
	c.asking.Unlock()
	return c.write(protocol.Frame{Type: kind, ID: id, Body: body}, flush)
}

// ask sends a question and waits for its answer: what follows the status, or the failure that the status stands for.
func (c *client) ask(kind protocol.Type, body []byte) ([]byte, error) {
	came := make(chan protocol.Frame, 1)
	if err := c.question(kind, body, true, func(f protocol.Frame) { came <- f }); err != nil {
		return nil, err
	}
	return protocol.CutStatus((<-came).Body)
}

// tell sends what is not answered. Findings wait in the buffer; all else goes out at once, so that after a crash the
// parent knows what was going on.
func (c *client) tell(kind protocol.Type, body []byte) error {
	return c.write(protocol.Frame{Type: kind, Body: body}, kind != protocol.Item)
}

func (c *client) write(f protocol.Frame, flush bool) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if _, err := f.WriteTo(c.out); err != nil {
		return err
	}
	if !flush {
		return nil
	}
	return c.out.Flush()
}

// change puts the trees back into a change.
func (c *client) change(s *protocol.Subject) *checks.Change {
	change := s.Change
	if s.HasMergeBase {
		change.MergeBase = &tree{client: c, revision: protocol.MergeBase}
	}
	if s.HasHead {
		change.Head = &tree{client: c, revision: protocol.Head}
	}
	for i := range change.Commits {
		if i < len(s.HasCommits) && s.HasCommits[i] {
			change.Commits[i].Tree = &tree{client: c, revision: protocol.FirstCommit + protocol.Revision(i)}
		}
	}
	if s.HasResults {
		change.Results = recollection{c}
	}
	return change
}

// open has a file from the cache or from the parent.
func (c *client) open(name protocol.FileName) (protocol.Opened, error) {
	if entry := c.cache.get(name); entry != nil {
		if err := c.tell(protocol.Opening, name.Append(nil)); err != nil {
			return protocol.Opened{}, err
		}
		<-entry.came
		if entry.whole() {
			return entry.opened, entry.err
		}
	}
	entry := &cached{came: make(chan struct{})}
	body, err := c.ask(protocol.Open, protocol.OpenRequest{FileName: name}.Append(nil))
	entry.resolve(body, err)
	if entry.whole() {
		c.cache.put(name, entry)
	}
	return entry.opened, entry.err
}

// openAhead asks for files that will be opened soon, without waiting for them, and stops when they fill the cache.
func (c *client) openAhead(revision protocol.Revision, paths []checks.Path) {
	slots := make(chan struct{}, maxAhead)
	start := c.cache.received()
	for i, path := range paths {
		name := protocol.FileName{Revision: revision, Path: string(path)}
		if c.cache.received()-start > cacheBytes/2 {
			break
		}
		entry := &cached{came: make(chan struct{})}
		if !c.cache.reserve(name, entry) {
			continue
		}
		select {
		case slots <- struct{}{}:
		default: // all on their way: make sure that they are, and wait for one
			if c.flush() != nil {
				return
			}
			slots <- struct{}{}
		}
		err := c.question(protocol.Open, protocol.OpenRequest{FileName: name, Ahead: true}.Append(nil), i == len(paths)-1,
			func(f protocol.Frame) {
				entry.resolve(protocol.CutStatus(f.Body))
				c.cache.settle(name, entry)
				<-slots
			})
		if err != nil {
			return
		}
	}
	_ = c.flush() // a broken socket shows at the next question
}

func (c *client) flush() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.out.Flush()
}
