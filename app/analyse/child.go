//go:build linux

package analyse

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/app/analyse/internal/wall"
	"github.com/assay-app/assay/checks"
)

// socketFD is where the parent puts its end of the conversation, after the three standard streams.
const socketFD = 3

// The statuses with which a child ends by itself. A Go crash ends with 2.
const (
	exitDone    = 0
	exitNoWall  = 10 // a layer is missing and the parent requires all
	exitParent  = 11 // the parent is gone, or this was not started by one
	exitUnknown = 12 // the parent speaks otherwise
)

// Child is the process that looks at hostile bytes. It closes itself in, says how well that went, and only then reads
// what the change holds. The hidden command that [Runner] starts does nothing but return its value as exit status.
func Child() int {
	if kind, err := unix.GetsockoptInt(socketFD, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || kind != unix.SOCK_STREAM {
		fmt.Fprintln(os.Stderr, "this command is started by assay itself; use assay review or assay scan")
		return exitParent
	}
	socket := os.NewFile(socketFD, "parent")
	frames := protocol.NewReader(socket, protocol.Type.FromParent)

	var greeting protocol.Greeting
	if err := expect(frames, protocol.Hello, &greeting); err != nil {
		return exitUnknown
	}
	debug.SetMemoryLimit(softMemory(greeting.MemoryBytes))
	debug.SetGCPercent(gcPercent)
	debug.SetMaxStack(maxStack)
	layers := wall.Build(wall.Options{
		KeepOpen:    socketFD + 1,
		MemoryBytes: uint64(hardMemory(greeting.MemoryBytes)),
		CPUSeconds:  greeting.CPUSeconds,
		Without:     greeting.Without,
	})
	if err := send(socket, protocol.Wall, layers); err != nil {
		return exitParent
	}
	if greeting.Required && !layers.Complete() {
		return exitNoWall
	}

	// From here on, what is read is hostile.
	var subject protocol.Subject
	if err := expect(frames, protocol.Change, &subject); err != nil {
		return exitUnknown
	}
	c := newClient(socket, frames)
	go c.receive(func() { os.Exit(exitParent) })
	if err := runChecks(c, c.change(&subject), greeting.Checks); err != nil {
		return exitParent
	}
	return exitDone
}

// maxStack bounds a goroutine's stack: recursion 100,000 deep fits, and a runaway one ends within seconds.
const maxStack = 64 << 20

// softMemory is where the garbage collector begins to work harder; the rest is for C and for stacks.
func softMemory(limit int64) int64 { return limit / 4 * 3 }

// gcPercent lets garbage grow to one and a half times what is alive, which is mostly the rules and the files that others import. More
// saves a tenth of the time and takes twice the memory.
const gcPercent = 150

// hardMemory bounds private writable memory mapped, used or not, for what grows faster than the parent looks. Thread
// stacks count in full there, 8 MiB each.
func hardMemory(limit int64) int64 { return limit + 1<<30 }

// expect reads one frame of JSON.
func expect(frames *protocol.Reader, want protocol.Type, into any) error {
	frame, err := frames.Next()
	if err != nil {
		return err
	}
	if frame.Type != want {
		return protocol.Violate("a frame of type %d came instead of %d", frame.Type, want)
	}
	return json.Unmarshal(frame.Body, into)
}

// send writes one frame of JSON.
func send(w io.Writer, kind protocol.Type, what any) error {
	body, err := json.Marshal(what)
	if err != nil {
		return err
	}
	_, err = protocol.Frame{Type: kind, Body: body}.WriteTo(w)
	return err
}

// runChecks runs them one after the other, so that whatever goes wrong belongs to one of them.
func runChecks(c *client, change *checks.Change, names []checks.Name) error {
	for _, name := range names {
		if err := c.tell(protocol.Started, []byte(name)); err != nil {
			return err
		}
		report, ending := runCheck(change, name)
		ending.Check = name
		if err := sendReport(c, name, fit(name, report)); err != nil {
			return err
		}
		body, err := json.Marshal(ending)
		if err != nil {
			return err
		}
		if err := c.tell(protocol.Finished, body); err != nil {
			return err
		}
	}
	return c.tell(protocol.Done, nil)
}

// runCheck runs one check. Its panic is its failure, not that of the others.
func runCheck(change *checks.Change, name checks.Name) (report checks.Report, ending protocol.Ending) {
	defer func() {
		if value := recover(); value != nil {
			report, ending = checks.Report{}, protocol.Ending{Panicked: true, Reason: panicReason(value)}
		}
	}()
	for _, r := range registry() {
		if r.name != name {
			continue
		}
		check, err := r.make()
		if err == nil {
			report, err = check.Run(context.Background(), change)
		}
		if unclean := redact(context.Background(), name, &report); unclean != nil {
			return checks.Report{}, protocol.Ending{Reason: short(unclean.Error())}
		}
		if err != nil {
			return report, protocol.Ending{Reason: short(err.Error())}
		}
		return report, protocol.Ending{}
	}
	return checks.Report{}, protocol.Ending{Reason: "there is no such check"}
}
