package webhook_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/webhook"
)

func TestHealth(t *testing.T) {
	probe := func(name string, essential bool, err error) webhook.Probe {
		return webhook.Probe{Name: name, Complaint: name + " cannot be reached", Essential: essential, Check: func(context.Context) error { return err }}
	}
	slow := webhook.Probe{Name: "slow", Complaint: "it does not answer", Check: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
	log := slog.New(slog.DiscardHandler)

	tests := []struct {
		name    string
		handler http.Handler
		status  int
		body    string
	}{
		{"a process that answers is alive", webhook.Healthz(), 200, `{"status":"alive"}`},
		{"without a complaint it is ready", webhook.Readyz(log, probe("database", true, nil), probe("GitHub", false, nil)), 200, `{"status":"ready"}`},
		{"without GitHub it is degraded, and still takes deliveries", webhook.Readyz(log, probe("database", true, nil), probe("GitHub", false, errBoom)), 200,
			`{"status":"degraded","reasons":{"GitHub":"GitHub cannot be reached"}}`},
		{"without the database it takes none, and does not say why", webhook.Readyz(log, probe("database", true, errBoom), probe("GitHub", false, errBoom)), 503,
			`{"status":"unavailable","reasons":{"GitHub":"GitHub cannot be reached","database":"database cannot be reached"}}`},
		{"a probe that does not answer has failed", webhook.Readyz(log, slow), 200, `{"status":"degraded","reasons":{"slow":"it does not answer"}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(test.handler)
			defer server.Close()
			resp, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != test.status || strings.TrimSpace(string(body)) != test.body {
				t.Errorf("%d %s, %v", resp.StatusCode, body, err)
			}
		})
	}
}
