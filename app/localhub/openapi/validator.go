package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Validator records what contradicts GitHub's description. The test fails at its end if there was anything.
type Validator struct {
	description *description

	// AllowRefused leaves requests out that were answered 4xx, for tests that send wrong ones on purpose.
	AllowRefused bool

	mu         sync.Mutex
	violations []string
	checked    int
}

// undescribed are paths that GitHub answers and does not describe.
var undescribed = []string{"/", "/repositories/"}

// New loads the description, or fails the test with the command that fetches it.
func New(t testing.TB) *Validator {
	t.Helper()
	d, err := load()
	if err != nil {
		t.Fatal(err)
	}
	v := &Validator{description: d}
	t.Cleanup(func() {
		for _, violation := range v.Violations() {
			t.Error(violation)
		}
	})
	return v
}

// Violations are what was found so far.
func (v *Validator) Violations() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.violations)
}

// Checked is how many requests and webhooks were compared.
func (v *Validator) Checked() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.checked
}

func (v *Validator) violation(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.violations = append(v.violations, fmt.Sprintf(format, args...))
}

// Wrap checks each request to next, and each of its answers. Paths are GitHub's: "/repos/…".
func (v *Validator) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		v.check(r, body, recorder)
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes()) // the client is gone when this fails
	})
}

func (v *Validator) check(r *http.Request, body []byte, answer *httptest.ResponseRecorder) {
	path := r.URL.Path
	op, parameters := v.description.find(r.Method, path)
	if op == nil {
		isKnown := slices.ContainsFunc(undescribed, func(p string) bool { return path == p || p != "/" && strings.HasPrefix(path, p) })
		if !isKnown && answer.Code != http.StatusNotFound {
			v.violation("%s %s is not in GitHub's description", r.Method, path)
		}
		return
	}
	v.mu.Lock()
	v.checked++
	v.mu.Unlock()
	request := r.Clone(r.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	options := &openapi3filter.Options{
		MultiError:            true,
		IncludeResponseStatus: true,
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
	}
	input := &openapi3filter.RequestValidationInput{
		Request: request, PathParams: parameters, Options: options,
		Route: &routers.Route{Spec: v.description.document, Path: op.path, PathItem: op.item, Method: r.Method, Operation: op.spec},
	}
	refused := answer.Code >= 400 && answer.Code < 500
	if !refused || !v.AllowRefused {
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			v.violation("request %s %s: %s", r.Method, path, brief(err))
		}
	}
	if answer.Code >= 400 && op.spec.Responses.Status(answer.Code) == nil {
		return // GitHub does not describe every way in which it refuses
	}
	if kind := answer.Header().Get("Content-Type"); strings.Contains(kind, "github.raw") || strings.Contains(kind, "github.diff") {
		return // nor the forms that are not JSON
	}
	err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: options,
	})
	if err != nil {
		v.violation("answer %d to %s %s: %s", answer.Code, r.Method, path, brief(err))
	}
}

// Webhook checks a webhook's payload.
func (v *Validator) Webhook(event string, payload []byte) {
	var value map[string]any
	if err := json.Unmarshal(payload, &value); err != nil {
		v.violation("webhook %s: %v", event, err)
		return
	}
	name := strings.ReplaceAll(fmt.Sprint(event, "-", value["action"]), "_", "-")
	schema := v.description.webhooks[name]
	if schema == nil {
		v.violation("webhook %s is not in GitHub's description", name)
		return
	}
	v.mu.Lock()
	v.checked++
	v.mu.Unlock()
	if err := schema.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		v.violation("webhook %s: %s", name, brief(err))
	}
}

// maxViolation keeps a report readable: an error repeats the whole schema otherwise.
const maxViolation = 1500

func brief(err error) string {
	var lines []string
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) {
		case openapi3.MultiError:
			for _, one := range e {
				walk(one)
			}
		case *openapi3.SchemaError:
			if e.Origin != nil {
				walk(e.Origin)
				return
			}
			lines = append(lines, "/"+strings.Join(e.JSONPointer(), "/")+": "+e.Reason)
		case *openapi3filter.RequestError:
			lines = append(lines, e.Reason)
			if e.Parameter != nil {
				lines = append(lines, "parameter "+e.Parameter.Name)
			}
			if e.Err != nil {
				walk(e.Err)
			}
		case *openapi3filter.ResponseError:
			lines = append(lines, e.Reason)
			if e.Err != nil {
				walk(e.Err)
			}
		default:
			lines = append(lines, firstLine(err.Error()))
		}
	}
	walk(err)
	text := strings.Join(lines, "; ")
	if len(text) > maxViolation {
		text = text[:maxViolation] + "…"
	}
	return text
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
