package osv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/lookup/internal/record"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// query is a question as the service gets it.
type query struct {
	Version string `json:"version"`
	Package struct {
		Name      string `json:"name"`
		Ecosystem string `json:"ecosystem"`
	} `json:"package"`
}

func (q query) String() string {
	return strings.Trim(q.Package.Ecosystem+" "+q.Package.Name+" "+q.Version, " ")
}

// service is OSV as far as it is asked here.
type service struct {
	*httptest.Server
	ids        map[string][]string // by question
	statements map[string]string   // by id

	mu    sync.Mutex
	asked []string // questions and ids
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{ids: map[string][]string{}, statements: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/querybatch", s.batch)
	mux.HandleFunc("GET /v1/vulns/{id}", s.vuln)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *service) note(asked string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, asked)
}

func (s *service) batch(w http.ResponseWriter, r *http.Request) {
	var batch struct {
		Queries []query `json:"queries"`
	}
	if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var results []any
	for _, q := range batch.Queries {
		s.note(q.String())
		result := map[string]any{}
		var vulns []map[string]string
		for _, id := range s.ids[q.String()] {
			if id == "and more" {
				result["next_page_token"] = "next"
				continue
			}
			vulns = append(vulns, map[string]string{"id": id})
		}
		if vulns != nil {
			result["vulns"] = vulns
		}
		results = append(results, result)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"results": results})
}

func (s *service) vuln(w http.ResponseWriter, r *http.Request) {
	s.note(r.PathValue("id"))
	text, known := s.statements[r.PathValue("id")]
	if !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, text)
}

// reaching is a client of a service, with pauses that take no time.
func reaching(t *testing.T, base string, o Options) *Client {
	t.Helper()
	o.Base = base
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.transport.pause = func(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }
	return c
}

func statement(id, ecosystem, name, fixed string, aliases ...string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-05-01T00:00:00Z","published":"2026-05-01T00:00:00Z","aliases":["%s"],"summary":"About %s","affected":[{"package":{"ecosystem":%q,"name":%q},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":%q}]}]}],"database_specific":{"severity":"HIGH"}}`,
		id, strings.Join(aliases, `","`), name, ecosystem, name, fixed)
}

func ref(ecosystem, name, version string) judge.Ref {
	return judge.Ref{Name: judge.Name{Ecosystem: ecosystem, Name: name}, Version: version}
}

func TestPackagesAreLookedUp(t *testing.T) {
	s := newService(t)
	s.ids["PyPI thing 1.5"] = []string{"GHSA-a", "PYSEC-1", "GHSA-gone"}
	s.ids["PyPI thing 2.1"] = []string{"GHSA-later"}
	s.ids["npm left 1.0.0"] = []string{"GHSA-js"}
	s.ids["GitHub Actions actions/thing"] = []string{"GHSA-action"}
	s.statements["GHSA-a"] = statement("GHSA-a", "PyPI", "Thing", "2.0", "CVE-2026-1")
	s.statements["PYSEC-1"] = statement("PYSEC-1", "PyPI", "thing", "2.1", "CVE-2026-1")
	s.statements["GHSA-gone"] = strings.Replace(statement("GHSA-gone", "PyPI", "thing", "9.0"), "{", `{"withdrawn":"2026-06-01T00:00:00Z",`, 1)
	s.statements["GHSA-later"] = strings.Replace(statement("GHSA-later", "PyPI", "thing", "2.2"), `"introduced":"0"`, `"introduced":"2.1"`, 1)
	s.statements["GHSA-js"] = strings.Replace(statement("GHSA-js", "npm", "left", "x"), `{"fixed":"x"}`, `{"last_affected":"1.9.0"}`, 1)
	s.statements["GHSA-action"] = statement("GHSA-action", "GitHub Actions", "Actions/Thing", "4.1.0")
	refs := []judge.Ref{
		ref("PyPI", "thing", "1.5"), ref("npm", "left", "1.0.0"), ref("npm", "right", "1.0.0"), ref("npm", "left", "1.0.0"),
		ref("GitHub Actions", "actions/thing", "v4"), ref("GitHub Actions", "actions/thing", "v3"), ref("GitHub Actions", "actions/thing", "main"), ref("GitHub Actions", "actions/other", "main"),
	}
	got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	high := judge.Advisory{Severity: checks.High, Published: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	thing, left, action := high, high, high
	thing.ID, thing.Aliases, thing.Summary, thing.Fixed = "GHSA-a", []string{"PYSEC-1", "CVE-2026-1"}, "About Thing", "2.1"
	left.ID, left.Summary = "GHSA-js", "About left"
	action.ID, action.Summary, action.Fixed = "GHSA-action", "About Actions/Thing", "4.1.0"
	want := Result{
		Advisories: map[judge.Ref][]judge.Advisory{refs[0]: {thing}, refs[1]: {left}, refs[5]: {action}},
		Safe:       map[judge.Ref]string{refs[0]: "2.2", refs[5]: "4.1.0"},
		Unknown:    []judge.Unknown{{Ref: refs[6], Reason: "no exact version"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	times := map[string]int{}
	for _, asked := range s.asked {
		if times[asked]++; times[asked] > 1 && !strings.HasPrefix(asked, "GitHub Actions") {
			t.Errorf("asked more than once: %s", asked)
		}
	}
}

// TestWhatGoesWrongIsUnknown: no answer, a wrong one or half of one is said, and is never taken for "no advisories".
func TestWhatGoesWrongIsUnknown(t *testing.T) {
	answer := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	slow := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	huge := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"results":[{"vulns":[{"id":"`)
		block := strings.Repeat("A", 1<<20)
		for range 40 {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	}
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	one := answer(200, `{"results":[{"vulns":[{"id":"GHSA-a"}]}]}`)
	fine := answer(200, statement("GHSA-a", "npm", "left", "2.0.0"))
	for _, test := range []struct {
		name        string
		batch, vuln http.HandlerFunc
		reason      string
		attempts    int32 // at what goes wrong
	}{
		{"an error of the server", answer(500, "oops"), fine, "OSV answers 500", maxAttempts},
		{"too many questions", answer(429, ""), fine, "OSV answers 429", maxAttempts},
		{"not found", answer(404, "no"), fine, "OSV answers 404", 1},
		{"no answer in time", slow, fine, "OSV gives no answer within 50ms", 1},
		{"an empty answer", answer(200, ""), fine, "OSV's answer is empty", 1},
		{"garbage", answer(200, "<html>hello</html>"), fine, "OSV's answer cannot be read", 1},
		{"an answer that breaks off", answer(200, `{"results":[{"vul`), fine, "OSV's answer cannot be read", 1},
		{"an answer of another form", answer(200, `{"results":"none"}`), fine, "OSV's answer cannot be read", 1},
		{"no results", answer(200, `{}`), fine, "OSV answers something else than what was asked", 1},
		{"more results than questions", answer(200, `{"results":[{},{}]}`), fine, "OSV answers something else than what was asked", 1},
		{"an answer without end", huge, fine, "OSV's answer is larger than 8 MiB", 1},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }, fine, "OSV redirects, which is not followed", 1},
		{"more pages", answer(200, `{"results":[{"next_page_token":"x"}]}`), fine, "OSV has more advisories than it tells at once", 1},
		{"an id that leads elsewhere", answer(200, `{"results":[{"vulns":[{"id":"../../admin"}]}]}`), fine, "OSV names an advisory by what is no id", 1},

		{"an advisory that is not there", one, answer(404, ""), "GHSA-a: OSV answers 404", 1},
		{"an advisory that fails", one, answer(503, ""), "GHSA-a: OSV answers 503", maxAttempts},
		{"an advisory that does not come", one, slow, "GHSA-a: OSV gives no answer within 50ms", 1},
		{"an advisory that is none", one, answer(200, "{}"), "GHSA-a: OSV answers something else than this advisory", 1},
		{"an advisory that is another", one, answer(200, statement("GHSA-b", "npm", "left", "2.0.0")), "GHSA-a: OSV answers something else than this advisory", 1},
		{"an advisory about another package", one, answer(200, statement("GHSA-a", "npm", "right", "2.0.0")), "OSV names GHSA-a, which is not about this package", 1},
		{"an advisory that is garbled", one, answer(200, "\x00\xff"), "GHSA-a: OSV's answer cannot be read", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var batches, vulns atomic.Int32
			mux := http.NewServeMux()
			mux.HandleFunc("POST /v1/querybatch", func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that the client has gone
				batches.Add(1)
				test.batch(w, r)
			})
			mux.HandleFunc("GET /v1/vulns/", func(w http.ResponseWriter, r *http.Request) {
				vulns.Add(1)
				test.vuln(w, r)
			})
			server := httptest.NewServer(mux)
			defer server.Close()
			patience := 10 * time.Second
			if strings.Contains(test.reason, "within") {
				patience = 50 * time.Millisecond
			}
			question := ref("npm", "left", "1.0.0")
			got, err := reaching(t, server.URL, Options{RequestTime: patience}).Lookup(t.Context(), []judge.Ref{question})
			if err != nil {
				t.Fatal(err)
			}
			want := Result{Advisories: map[judge.Ref][]judge.Advisory{}, Safe: map[judge.Ref]string{}, Unknown: []judge.Unknown{{Ref: question, Reason: test.reason}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if n := max(batches.Load(), vulns.Load()); n != test.attempts {
				t.Errorf("%d attempts, want %d", n, test.attempts)
			}
		})
	}
	if elsewhere.Load() != 0 {
		t.Error("another host was asked")
	}
}

func TestWhatIsKnownIsSaidThoughSomethingIsNot(t *testing.T) {
	s := newService(t)
	s.ids["npm left 1.0.0"] = []string{"GHSA-a", "GHSA-lost", "and more"}
	s.statements["GHSA-a"] = statement("GHSA-a", "npm", "left", "2.0.0")
	question := ref("npm", "left", "1.0.0")
	got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), []judge.Ref{question})
	if err != nil || len(got.Advisories[question]) != 1 || len(got.Unknown) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnAnswerAfterFailuresCounts(t *testing.T) {
	var attempts atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if attempts.Add(1) < maxAttempts {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = io.WriteString(w, `{"results":[{}]}`)
	}))
	defer server.Close()
	c := reaching(t, server.URL, Options{})
	var pauses []time.Duration
	c.transport.pause = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	got, err := c.Lookup(t.Context(), []judge.Ref{ref("npm", "left", "1.0.0")})
	if err != nil || len(got.Unknown) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if diff := cmp.Diff([]time.Duration{maxPause, maxPause}, pauses); diff != "" {
		t.Errorf("a server may not ask for any pause: %s", diff)
	}
}

func TestASafeVersionIsNotClaimedWithoutAnAnswer(t *testing.T) {
	s := newService(t)
	s.ids["npm left 1.0.0"] = []string{"GHSA-a"}
	s.ids["npm left 2.0.0"] = []string{"GHSA-lost"}
	s.statements["GHSA-a"] = statement("GHSA-a", "npm", "left", "2.0.0")
	question := ref("npm", "left", "1.0.0")
	got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), []judge.Ref{question})
	if err != nil || len(got.Safe) != 0 || len(got.Unknown) != 0 || got.Advisories[question][0].Fixed != "2.0.0" {
		t.Errorf("%+v, %v", got, err)
	}
	t.Run("nor after too many rises", func(t *testing.T) {
		for i := range maxRises + 1 {
			id := fmt.Sprint("GHSA-", i)
			s.ids[fmt.Sprintf("npm up %d.0.0", i)] = []string{id}
			s.statements[id] = strings.Replace(statement(id, "npm", "up", fmt.Sprintf("%d.0.0", i+1)), `"introduced":"0"`, fmt.Sprintf(`"introduced":"%d.0.0"`, i), 1)
		}
		got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), []judge.Ref{ref("npm", "up", "0.0.0"), ref("npm", "up", "1.0.0")})
		if diff := cmp.Diff(map[judge.Ref]string{ref("npm", "up", "1.0.0"): "4.0.0"}, got.Safe); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
	})
}

func TestQuestionsThatMakeNoSenseAreNotAsked(t *testing.T) {
	s := newService(t)
	got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), []judge.Ref{
		ref("Homegrown", "x", "1.0.0"), ref("npm", "", "1.0.0"), ref("npm", strings.Repeat("x", record.MaxName+1), "1.0.0"), ref("npm", "a\nb", "1.0.0"), ref("npm", "a\xff", "1.0.0"),
	})
	if err != nil || len(got.Unknown) != 5 || len(s.asked) != 0 {
		t.Errorf("%+v, %v; asked %q", got, err, s.asked)
	}
}

func TestBoundsOfALookup(t *testing.T) {
	s := newService(t)
	var refs []judge.Ref
	for i := range maxRefs + 1 {
		refs = append(refs, ref("npm", fmt.Sprint("package-", i), "1.0.0"))
	}
	got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), refs)
	want := []judge.Unknown{{Ref: refs[maxRefs], Reason: "more than 10000 packages in one lookup"}}
	if diff := cmp.Diff(want, got.Unknown); err != nil || diff != "" {
		t.Error(err, diff)
	}
	t.Run("of advisories", func(t *testing.T) {
		for i := range maxAdvisories + 1 {
			id := fmt.Sprintf("GHSA-%06d", i)
			s.ids["npm many 1.0.0"] = append(s.ids["npm many 1.0.0"], id)
			s.statements[id] = statement(id, "npm", "many", "2.0.0")
		}
		question := ref("npm", "many", "1.0.0")
		got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), []judge.Ref{question})
		want := []judge.Unknown{{Ref: question, Reason: "more than 5000 advisories in one lookup"}}
		if diff := cmp.Diff(want, got.Unknown); err != nil || diff != "" || len(got.Advisories[question]) != maxAdvisories {
			t.Error(err, diff, len(got.Advisories[question]))
		}
	})
}

func TestMoreAdvisoriesThanCanBeMeantAreUnknown(t *testing.T) {
	s := newService(t)
	s.statements["GHSA-a"] = statement("GHSA-a", "npm", "first", "2.0.0")
	s.ids["npm first 1.0.0"] = []string{"GHSA-a"}
	s.ids["npm flood 1.0.0"] = slices.Repeat([]string{"GHSA-a"}, maxTold)
	first, flood := ref("npm", "first", "1.0.0"), ref("npm", "flood", "1.0.0")
	got, err := reaching(t, s.URL, Options{}).Lookup(t.Context(), []judge.Ref{first, flood})
	want := []judge.Unknown{{Ref: flood, Reason: "OSV names more than 50000 advisories in one lookup"}}
	if diff := cmp.Diff(want, got.Unknown); err != nil || diff != "" || len(got.Advisories[first]) != 1 {
		t.Error(err, diff)
	}
}

func TestALookupThatTakesTooLongSaysSo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer server.Close()
	question := ref("npm", "left", "1.0.0")
	got, err := reaching(t, server.URL, Options{LookupTime: 50 * time.Millisecond}).Lookup(t.Context(), []judge.Ref{question})
	want := []judge.Unknown{{Ref: question, Reason: "OSV: no answer within 50ms"}}
	if diff := cmp.Diff(want, got.Unknown); err != nil || diff != "" {
		t.Error(err, diff)
	}
	t.Run("and one that is called off is an error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := reaching(t, server.URL, Options{}).Lookup(ctx, []judge.Ref{question}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestNobodyThereIsUnknown(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	got, err := reaching(t, server.URL, Options{}).Lookup(t.Context(), []judge.Ref{ref("npm", "left", "1.0.0")})
	if err != nil || len(got.Unknown) != 1 || !strings.HasPrefix(got.Unknown[0].Reason, "OSV cannot be reached: ") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheServiceIsWhereItIsSaidToBe(t *testing.T) {
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.Host+r.URL.Path)
		_, _ = io.WriteString(w, `{"results":[{}]}`)
	}))
	defer server.Close()
	got, err := reaching(t, server.URL+"/mirror/", Options{}).Lookup(t.Context(), []judge.Ref{ref("npm", "left", "1.0.0")})
	if want := strings.TrimPrefix(server.URL, "http://") + "/mirror/v1/querybatch"; err != nil || len(got.Unknown) != 0 || !slices.Equal(paths, []string{want}) {
		t.Errorf("%q, want %q; %+v, %v", paths, want, got, err)
	}
	for _, base := range []string{"api.example", "ftp://api.example", "https://", "://"} {
		if _, err := New(Options{Base: base}); err == nil {
			t.Errorf("%q is taken for an address", base)
		}
	}
}
