package localhub

import (
	"net/http"
	"strconv"
	"unicode/utf8"
)

// refusal is an answer that says no, in GitHub's form.
type refusal struct {
	status  int
	message string
	errors  []any // strings, or objects with resource, field and code
	header  http.Header
}

// Error makes a refusal usable where people's actions fail.
func (r *refusal) Error() string {
	if len(r.errors) == 1 {
		if text, ok := r.errors[0].(string); ok {
			return r.message + ": " + text
		}
	}
	return r.message
}

// invalid is a 422 with its reason.
func invalid(reason string) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, message: "Unprocessable Entity", errors: []any{reason}}
}

// invalidField is a 422 about one field.
func invalidField(resource, field, code string) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, message: "Validation Failed", errors: []any{
		object{"resource": resource, "field": field, "code": code},
	}}
}

// badRequest is a 422 for a body that GitHub's own schema refuses.
func badRequest(reason string) *refusal {
	return &refusal{status: http.StatusUnprocessableEntity, message: "Invalid request.\n\n" + reason}
}

func notFound() *refusal { return &refusal{status: http.StatusNotFound, message: "Not Found"} }

func unauthorised(message string) *refusal {
	return &refusal{status: http.StatusUnauthorized, message: message}
}

func forbidden(message string) *refusal {
	return &refusal{status: http.StatusForbidden, message: message}
}

func (r *refusal) body() object {
	body := object{
		"message":           r.message,
		"documentation_url": "https://docs.github.com/rest",
		"status":            strconv.Itoa(r.status),
	}
	if len(r.errors) > 0 {
		body["errors"] = r.errors
	}
	return body
}

// tooLong tells whether GitHub refuses a text as a comment's or a review's. It counts characters, not bytes.
func tooLong(body string) bool { return utf8.RuneCountInString(body) > maxBody }
