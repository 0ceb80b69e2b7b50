package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/assay-app/assay/app/webhook"
)

// routes is all that can be asked of the server. No page shows a finding.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/webhook", s.hook)
	mux.Handle("GET /healthz", webhook.Healthz())
	mux.Handle("GET /readyz", webhook.Readyz(s.log,
		webhook.Probe{Name: "database", Complaint: "the database does not answer", Essential: true, Check: s.store.Ping},
		webhook.Probe{Name: "github", Complaint: "GitHub has not said yet who this App is", Check: s.identity.ready},
		webhook.Probe{Name: "sandbox", Complaint: s.layers.String(), Check: s.contained},
	))
	return mux
}

// contained is nil when every layer of the wall around the analysis holds.
func (s *Server) contained(context.Context) error {
	if missing := s.layers.Missing(); len(missing) > 0 {
		return errors.New("not in force: " + strings.Join(missing, ", "))
	}
	return nil
}
