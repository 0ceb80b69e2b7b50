//go:build linux

// Package wall takes from the process that calls it everything that analysing bytes does not need: files, sockets,
// other processes, most system calls. What is left is reading and writing what is already open.
//
// Each layer stands by itself and is tried once it is built: the process attempts what the layer should stop, and only
// a refusal counts. A layer that the kernel lacks is said, not hidden.
package wall

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// The layers, in the order in which they are built.
const (
	Descriptors = "descriptors"       // nothing is open but the standard streams and the socket
	Limits      = "limits"            // memory, processor time, file size, core dumps
	Undumpable  = "undumpable"        // no other process of this user may look inside
	NoNewPrivs  = "no-new-privileges" // set-user-id programs give nothing
	Landlock    = "landlock"          // no file, TCP port, foreign signal or abstract socket
	Seccomp     = "seccomp"           // only the system calls of [Syscalls]
)

// Names lists all layers.
func Names() []string {
	return []string{Descriptors, Limits, Undumpable, NoNewPrivs, Landlock, Seccomp}
}

// Layer is one part of the wall.
type Layer struct {
	Name   string `json:"name"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail,omitempty"` // how far it reaches, or why it does not hold
}

// Layers is the whole wall.
type Layers []Layer

// Missing lists the layers that do not hold, each with its reason; a layer that is not mentioned does not hold.
func (l Layers) Missing() []string {
	var missing []string
	for _, name := range Names() {
		at := slices.IndexFunc(l, func(layer Layer) bool { return layer.Name == name })
		switch {
		case at < 0:
			missing = append(missing, name)
		case !l[at].Holds:
			missing = append(missing, name+" ("+l[at].Detail+")")
		}
	}
	return missing
}

// Complete reports whether every layer holds.
func (l Layers) Complete() bool { return len(l.Missing()) == 0 }

// String lists what holds and what does not, on one line.
func (l Layers) String() string {
	var holds []string
	for _, layer := range l {
		switch {
		case layer.Holds && layer.Detail != "":
			holds = append(holds, layer.Name+" ("+layer.Detail+")")
		case layer.Holds:
			holds = append(holds, layer.Name)
		}
	}
	text := strings.Join(holds, ", ")
	if missing := l.Missing(); len(missing) > 0 {
		text += "; missing: " + strings.Join(missing, ", ")
	}
	return text
}

// Options are what differs between children.
type Options struct {
	KeepOpen    int    // descriptors below this one stay open
	MemoryBytes uint64 // of private writable memory, mapped or not: the kernel's RLIMIT_DATA
	CPUSeconds  uint64
	Without     []string // layers to leave out
}

// Build closes the process in, for all its threads and for good. It never fails half-way: what could not be built is
// in the answer, and the caller decides.
func Build(o Options) Layers {
	startPoller()
	steps := map[string]func() (string, error){
		Descriptors: func() (string, error) { return "", closeInherited(o.KeepOpen) },
		Limits:      func() (string, error) { return "", setLimits(o) },
		Undumpable:  func() (string, error) { return "", SetUndumpable() },
		NoNewPrivs:  func() (string, error) { return "", setNoNewPrivs() },
		Landlock:    restrictWithLandlock,
		Seccomp:     func() (string, error) { return loadFilter() },
	}
	// The filter is loaded by this thread onto all others, which take no_new_privs over from it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var layers Layers
	for _, name := range Names() {
		layer := Layer{Name: name}
		if slices.Contains(o.Without, name) {
			layer.Detail = "left out"
		} else if detail, err := steps[name](); err != nil {
			layer.Detail = err.Error()
		} else {
			layer.Detail, layer.Holds = detail, true
		}
		layers = append(layers, layer)
	}
	return layers
}

// startPoller has the Go runtime open its epoll and event descriptors, which timers need, while that can still be done.
func startPoller() {
	fired := make(chan struct{})
	time.AfterFunc(time.Nanosecond, func() { close(fired) })
	<-fired
	// An explicit value also keeps the runtime from reading the control group's files again later.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
}

// refusal is an attempt that went through although its layer should have stopped it.
func refusal(attempt string, err error) error {
	if err == nil {
		return fmt.Errorf("%s was not refused", attempt)
	}
	return fmt.Errorf("%s was not refused: %w", attempt, err)
}
