package githubapi

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type observerFunc func(method, route string, status int, elapsed time.Duration)

func (f observerFunc) Call(method, route string, status int, elapsed time.Duration) {
	f(method, route, status, elapsed)
}

func TestEveryAttemptIsObserved(t *testing.T) {
	d := newDouble(t)
	d.on(readLine, answerJSON(502, `{}`), answerJSON(200, `{"number":1}`))
	var seen []string
	a := d.app(func(c *Config) {
		c.Observer = observerFunc(func(method, route string, status int, _ time.Duration) {
			seen = append(seen, fmt.Sprint(method, " ", route, " ", status))
		})
	})
	if err := readPull(a); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST /app/installations/{}/access_tokens 201",
		"GET /repos/{}/{}/pulls/{} 502",
		"GET /repos/{}/{}/pulls/{} 200",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}
