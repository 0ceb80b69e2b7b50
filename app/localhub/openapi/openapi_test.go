package openapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// quiet is a validator whose findings do not fail the test.
func quiet(t *testing.T) *Validator {
	t.Helper()
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return &Validator{description: d}
}

func TestViolationsAreSeen(t *testing.T) {
	const checkRuns = "/repos/acme/shop/check-runs"
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		answer                   string
		want                     string // part of the violation; none when empty
	}{
		{"a request without what is required", "POST", checkRuns, `{"name": "x"}`, 403, `{}`, "head_sha"},
		{"a label of 21 characters", "POST", checkRuns, `{"name": "x", "head_sha": "a", "actions": [{"label": "123456789012345678901", "description": "d", "identifier": "i"}]}`, 403, `{}`, "maximum string length is 20"},
		{"a summary that is too long", "POST", checkRuns, `{"name": "x", "head_sha": "a", "output": {"title": "t", "summary": "` + strings.Repeat("x", 65536) + `"}}`, 403, `{}`, "maximum string length is 65535"},
		{"51 annotations", "POST", checkRuns, `{"name": "x", "head_sha": "a", "output": {"title": "t", "summary": "s", "annotations": [` + strings.TrimSuffix(strings.Repeat(`{"path": "p", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"},`, 51), ",") + `]}}`, 403, `{}`, "maximum number of items is 50"},
		{"a review event that there is not", "POST", "/repos/acme/shop/pulls/1/reviews", `{"event": "MAYBE"}`, 403, `{"message": "no"}`, "allowed values"},
		{"an answer without what is required", "GET", "/repos/acme/shop/commits/feature/x/check-runs", "", 200, `{"total_count": 0}`, "check_runs"},
		{"an answer of another type", "GET", "/repos/acme/shop/pulls/1/files", "", 200, `{}`, "must be an array"},
		{"a status that there is not", "GET", "/repos/acme/shop/pulls/1/files", "", 204, ``, "status is not supported"},
		{"a path that there is not", "GET", "/repos/acme/shop/nothing", "", 200, `{}`, "not in GitHub's description"},
		{"nothing, in an answer as described", "GET", "/repos/acme/shop/pulls/1/files", "", 200, `[]`, ""},
		{"nothing, in a path with slashes", "GET", "/repos/acme/shop/compare/a/b...c/d", "", 404, `{"message": "Not Found"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := quiet(t)
			handler := v.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.answer))
			}))
			r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
			if c.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, r)
			got := strings.Join(v.Violations(), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("violations: %q, want %q", got, c.want)
			}
			if recorder.Code != c.status || recorder.Body.String() != c.answer {
				t.Errorf("the answer was changed: %d %s", recorder.Code, recorder.Body)
			}
		})
	}
}

func TestWebhookViolationsAreSeen(t *testing.T) {
	v := quiet(t)
	v.Webhook("pull_request", []byte(`{"action": "synchronize", "number": 1}`))
	v.Webhook("pull_request", []byte(`{"action": "invented"}`))
	v.Webhook("merge_group", []byte(`{`))
	if got := v.Violations(); len(got) != 3 || !strings.Contains(got[0], "repository") {
		t.Errorf("violations: %q", got)
	}
}
