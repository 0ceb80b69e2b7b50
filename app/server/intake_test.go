package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// TestWhatIsNoDeliveryOfGitHubIsRefusedAndNotStored posts to the running server what anybody on the internet can.
func TestWhatIsNoDeliveryOfGitHubIsRefusedAndNotStored(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil))
		w.hub.Flush()
		before := [3]int{w.rows("deliveries"), w.rows("river_job"), w.rows("pulls")}
		genuine := []byte(`{"action": "opened", "number": 1, "installation": {"id": 1}}`)
		secret := w.app.WebhookSecret()
		type post struct {
			body    []byte
			headers map[string]string // instead of the right ones; removed when empty
			method  string
			want    int
		}
		for name, p := range map[string]post{
			"no signature":                    {body: genuine, headers: map[string]string{"X-Hub-Signature-256": ""}, want: 401},
			"a signature by another secret":   {body: genuine, headers: map[string]string{"X-Hub-Signature-256": localhub.Sign("another secret altogether", genuine)}, want: 401},
			"a signature of another body":     {body: append([]byte(" "), genuine...), headers: map[string]string{"X-Hub-Signature-256": localhub.Sign(secret, genuine)}, want: 401},
			"SHA-1 only":                      {body: genuine, headers: map[string]string{"X-Hub-Signature-256": "", "X-Hub-Signature": "sha1=" + strings.Repeat("a", 40)}, want: 401},
			"SHA-1 in the place of SHA-256":   {body: genuine, headers: map[string]string{"X-Hub-Signature-256": "sha1=" + strings.Repeat("a", 40)}, want: 401},
			"a form":                          {body: []byte("payload=%7B%7D"), headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, want: 415},
			"no content type":                 {body: genuine, headers: map[string]string{"Content-Type": ""}, want: 415},
			"more than 25 MiB":                {body: bytes.Repeat([]byte(" "), 25<<20+1), want: 413},
			"no JSON":                         {body: []byte("hello"), want: 400},
			"JSON cut short":                  {body: genuine[:len(genuine)-4], want: 400},
			"two values":                      {body: append(append([]byte{}, genuine...), genuine...), want: 400},
			"no event":                        {body: genuine, headers: map[string]string{"X-GitHub-Event": ""}, want: 400},
			"an event with a line feed in it": {body: genuine, headers: map[string]string{"X-GitHub-Event": "pull request"}, want: 400},
			"no delivery id":                  {body: genuine, headers: map[string]string{"X-GitHub-Delivery": ""}, want: 400},
			"another method":                  {body: genuine, method: http.MethodPut, want: 405},
			"a payload that lacks the pull":   {body: genuine, want: 400},
		} {
			t.Run(name, func(t *testing.T) {
				method := p.method
				if method == "" {
					method = http.MethodPost
				}
				request, err := http.NewRequestWithContext(t.Context(), method, w.servers[0].URL()+"/webhook", bytes.NewReader(p.body))
				if err != nil {
					t.Fatal(err)
				}
				for name, value := range map[string]string{
					"Content-Type": "application/json", "X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "00000000-0000-4000-8000-000000000000",
					"X-Hub-Signature-256": localhub.Sign(secret, p.body),
				} {
					request.Header.Set(name, value)
				}
				for name, value := range p.headers {
					request.Header.Set(name, value)
					if value == "" {
						request.Header.Del(name)
					}
				}
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				if response.StatusCode != p.want {
					t.Errorf("answered %d, want %d", response.StatusCode, p.want)
				}
			})
		}
		if after := [3]int{w.rows("deliveries"), w.rows("river_job"), w.rows("pulls")}; after != before {
			t.Errorf("deliveries, jobs and pull requests: %v rows, %v before", after, before)
		}
	})
}
