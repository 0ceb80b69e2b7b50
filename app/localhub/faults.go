package localhub

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// Fault is something that goes wrong with one request.
type Fault struct {
	// Status, Header and Body are answered instead of GitHub's answer.
	Status int
	Header http.Header
	Body   string

	// Drop closes the connection without an answer.
	Drop bool

	// Hang answers nothing until the client gives up.
	Hang bool

	// AfterApplying lets the hub do what it was asked first: the change is made, and only the answer is lost.
	AfterApplying bool
}

// behaviour is how the hub misbehaves.
type behaviour struct {
	latency  time.Duration
	faults   func(*http.Request) *Fault
	limits   RateLimits
	primary  map[*Installation]*window
	contents map[*Installation][]time.Time
}

// Latency delays every request to the API and to git.
func (h *Hub) Latency(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.behaviour.latency = d
}

// Faults asks choose, for every request to the API and to git, what goes wrong with it; nil for nothing. It is called
// for one request at a time, and may read the body. A nil function ends all faults.
func (h *Hub) Faults(choose func(*http.Request) *Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.behaviour.faults = choose
}

func (h *Hub) behaviourFor(r *http.Request, body []byte) (time.Duration, *Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var fault *Fault
	if h.behaviour.faults != nil {
		copied := r.Clone(r.Context())
		copied.Body = io.NopCloser(bytes.NewReader(body))
		fault = h.behaviour.faults(copied)
	}
	return h.behaviour.latency, fault
}

// pause waits, and reports false when the client gave up or the hub closed meanwhile.
func (h *Hub) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-h.closed:
	}
	return false
}

// misbehave answers as the fault has it.
func (h *Hub) misbehave(w http.ResponseWriter, r *http.Request, f *Fault) {
	if f.Hang {
		select {
		case <-r.Context().Done():
		case <-h.closed:
		}
	}
	if f.Hang || f.Drop {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
		return
	}
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, f.Body) // the client is gone when this fails
}
