package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Probe is something that the server depends on.
type Probe struct {
	Name      string                      // shown to anybody, as is Complaint
	Complaint string                      // what is said when Check fails, such as "GitHub cannot be reached"
	Essential bool                        // without it deliveries cannot be taken, so that none should be sent here
	Check     func(context.Context) error // its error goes to the log alone
}

// probeTimeout bounds how long a probe is waited for.
const probeTimeout = 2 * time.Second

// Healthz answers that the process lives.
func Healthz() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "alive"})
	})
}

// readiness is the body of the answer of [Readyz].
type readiness struct {
	Status  string            `json:"status"`            // ready, degraded or unavailable
	Reasons map[string]string `json:"reasons,omitempty"` // complaints by the probe's name
}

// Readyz answers 200 when deliveries can be taken, with the status "degraded" when something else is amiss, such as
// GitHub itself: what was taken waits in the queue. It answers 503 when an essential probe fails.
func Readyz(log *slog.Logger, probes ...Probe) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
		defer cancel()
		failures := make([]error, len(probes))
		var group sync.WaitGroup
		for i, probe := range probes {
			group.Go(func() { failures[i] = probe.Check(ctx) })
		}
		group.Wait()

		status, state := http.StatusOK, readiness{Status: "ready"}
		for i, err := range failures {
			if err == nil {
				continue
			}
			log.Warn("not quite ready", "probe", probes[i].Name, "error", err)
			if state.Reasons == nil {
				state.Reasons = map[string]string{}
			}
			state.Reasons[probes[i].Name] = probes[i].Complaint
			if probes[i].Essential {
				status, state.Status = http.StatusServiceUnavailable, "unavailable"
			} else if status == http.StatusOK {
				state.Status = "degraded"
			}
		}
		answer(w, status, state)
	})
}
