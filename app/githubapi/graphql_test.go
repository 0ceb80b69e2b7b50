package githubapi

import (
	"context"
	"net/http"
	"testing"
	"time"
)

const graphLine = "POST /graphql"

func TestGraphQL(t *testing.T) {
	d := newDouble(t)
	d.on(graphLine, answerJSON(200, `{"data":{"viewer":{"login":"assay[bot]"}}}`))
	var out struct {
		Viewer struct{ Login string }
	}
	err := d.app().GraphQL(context.Background(), Scope{installation, repository, reviewing()},
		`query($n:Int!){viewer{login}}`, map[string]any{"n": 1}, &out)
	if err != nil || out.Viewer.Login != "assay[bot]" {
		t.Fatalf("got %+v, %v", out, err)
	}
	sent := decode(t, d.asked(graphLine)[0].body)
	if sent["query"] != `query($n:Int!){viewer{login}}` || sent["variables"].(map[string]any)["n"] != 1.0 {
		t.Errorf("sent %v", sent)
	}
}

func TestAQueryIsRepeatedAndAMutationIsNot(t *testing.T) {
	for query, sent := range map[string]int{
		"query{viewer{login}}": 2,
		"{viewer{login}}":      2,
		"\n mutation($id:ID!){minimizeComment(input:{}){__typename}}": 1,
	} {
		d := newDouble(t)
		taken := 0
		a := d.app(func(c *Config) {
			c.Bucket = bucketFunc(func(context.Context, int64) (time.Duration, error) { taken++; return 0, nil })
		})
		d.on(graphLine, answerJSON(502, `{}`), answerJSON(200, `{"data":{}}`))
		a.GraphQL(context.Background(), Scope{installation, repository, reviewing()}, query, nil, nil)
		if got := len(d.asked(graphLine)); got != sent {
			t.Errorf("%s: sent %d times, want %d", query, got, sent)
		}
		if got, want := taken, 2-sent; got != want {
			t.Errorf("%s: took %d writes from the bucket, want %d", query, got, want)
		}
	}
}

func TestWhatGraphQLRefuses(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   Kind
	}{
		"something that is gone":    {answerJSON(200, `{"data":null,"errors":[{"type":"NOT_FOUND","message":"Could not resolve to a node"}]}`), NotFound},
		"something not permitted":   {answerJSON(200, `{"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`), Forbidden},
		"a budget that is spent":    {answerJSON(200, `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`), RateLimited},
		"a secondary limit":         {answerJSON(200, `{"errors":[{"message":"You have exceeded a secondary rate limit."}]}`), RateLimited},
		"a query that is wrong":     {answerJSON(200, `{"errors":[{"message":"Field 'x' doesn't exist"}]}`), Unprocessable},
		"GitHub's own trouble":      {answerJSON(200, `{"errors":[{"type":"INTERNAL","message":"Something went wrong"}]}`), Unavailable},
		"data of another shape":     {answerJSON(200, `{"data":[1]}`), Garbled},
		"an answer without data":    {answerJSON(200, `{}`), Garbled},
		"a gateway's error instead": {answerJSON(502, `<html>`), Unavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t)
			d.on(graphLine, test.answer)
			var out struct{ Viewer struct{ Login string } }
			err := d.app().GraphQL(context.Background(), Scope{installation, repository, reviewing()}, "{viewer{login}}", nil, &out)
			if Classify(err) != test.want || err == nil {
				t.Errorf("got %v (%s), want %s", err, Classify(err), test.want)
			}
		})
	}
}

func TestDeliveries(t *testing.T) {
	d := newDouble(t)
	d.on("GET /app/hook/deliveries", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("status") != "failure" || q.Get("per_page") != "100" {
			t.Errorf("asked for %s", r.URL.RawQuery)
		}
		if q.Get("cursor") == "" {
			w.Header().Set("Link", `<`+d.URL+`/app/hook/deliveries?cursor=v1_5&per_page=100>; rel="next"`)
			answerJSON(200, `[{"id":6,"guid":"g-1","status":"Bad gateway","status_code":502,"event":"pull_request","action":"opened",
				"installation_id":7,"repository_id":99,"delivered_at":"2025-06-01T11:00:00Z","throttled_at":"2025-06-01T11:00:01Z"}]`)(w, r)
			return
		}
		answerJSON(200, `[{"id":5,"guid":"g-1","status":"timed out","event":"push","delivered_at":"2025-06-01T10:00:00Z"}]`)(w, r)
	})
	a := d.app()
	first, next, err := a.Deliveries(context.Background(), FailedDeliveries, "")
	if err != nil || len(first) != 1 || next != "v1_5" || first[0].GUID != "g-1" || first[0].ThrottledAt == nil {
		t.Fatalf("first page %+v, next %q, %v", first, next, err)
	}
	second, next, err := a.Deliveries(context.Background(), FailedDeliveries, next)
	if err != nil || len(second) != 1 || next != "" || second[0].ID != 5 || second[0].ThrottledAt != nil {
		t.Fatalf("second page %+v, next %q, %v", second, next, err)
	}
	d.on("POST /app/hook/deliveries/6/attempts", answerJSON(202, `{}`))
	if err := a.Redeliver(context.Background(), 6); err != nil {
		t.Error(err)
	}
	d.on("POST /app/hook/deliveries/6/attempts", answerJSON(404, `{}`))
	if err := a.Redeliver(context.Background(), 6); Classify(err) != NotFound {
		t.Errorf("got %v", err)
	}
}
