package osv

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// answers is a service that says the same each time.
type answers struct{ batch, advisory []byte }

func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	body := a.advisory
	if strings.HasSuffix(req.URL.Path, "/querybatch") {
		body = a.batch
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: req}, nil
}

// FuzzAnswers: whatever the service says ends in advisories with ids or in a reason why none are known.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"results":[{"vulns":[{"id":"GHSA-a"}]}]}`), []byte(statement("GHSA-a", "npm", "left", "2.0.0")))
	f.Add([]byte(`{"results":[{"vulns":[{"id":"GHSA-a"},{}],"next_page_token":"x"}]}`), []byte(`{"id":"GHSA-a","modified":"soon"}`))
	f.Add([]byte(`{"results":[{}]}`), []byte(`{`))
	f.Fuzz(func(t *testing.T, batch, advisory []byte) {
		c := reaching(t, "http://api.example", Options{Transport: answers{batch, advisory}})
		question := ref("npm", "left", "1.0.0")
		got, err := c.Lookup(t.Context(), []judge.Ref{question})
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 && len(got.Unknown) == 0 {
			t.Error("no answer counts as one")
		}
		for _, a := range got.Advisories[question] {
			if a.ID == "" {
				t.Error("an advisory without an id")
			}
		}
	})
}
