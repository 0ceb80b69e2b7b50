package lookuptest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Server stands for one of those who are asked. It notes all that it is asked, and answers nothing useful while it is
// down.
type Server struct {
	*httptest.Server
	down atomic.Bool

	mu    sync.Mutex
	asked []string
}

// start has answers given by a function, which may give nothing: then there is no such thing.
func start(t testing.TB, answer func(r *http.Request, question []byte) any) *Server {
	t.Helper()
	s := &Server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read a question: %v", err)
		}
		s.mu.Lock()
		s.asked = append(s.asked, r.RequestURI+" "+string(question))
		s.mu.Unlock()
		if s.down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		found := answer(r, question)
		if found == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(found); err != nil {
			t.Errorf("answer %s: %v", r.RequestURI, err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// Fail makes the server answer that it is down.
func (s *Server) Fail() { s.down.Store(true) }

// Asked is everything that the server was asked: a line for each request, of its target and body.
func (s *Server) Asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.asked, "\n")
}

// Package is one that exists.
type Package struct {
	Ecosystem, Name string // npm or PyPI
	Versions        []string
	First           time.Time // when the first version was published; the others a minute after each other
}

func (p Package) published(i int) string {
	return p.First.Add(time.Duration(i) * time.Minute).UTC().Format(time.RFC3339)
}

// DepsDev is deps.dev, in which these packages exist.
func DepsDev(t testing.TB, packages ...Package) *Server {
	return start(t, func(r *http.Request, _ []byte) any {
		system, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v3/systems/"), "/packages/")
		i := slices.IndexFunc(packages, func(p Package) bool { return strings.ToLower(p.Ecosystem) == system && p.Name == name })
		if !ok || i < 0 {
			return nil
		}
		versions := []object{}
		for n, version := range packages[i].Versions {
			versions = append(versions, object{
				"versionKey": object{"system": strings.ToUpper(system), "name": name, "version": version}, "publishedAt": packages[i].published(n),
			})
		}
		return object{"packageKey": object{"system": strings.ToUpper(system), "name": name}, "versions": versions}
	})
}

// NPM is an npm registry that has these packages.
func NPM(t testing.TB, packages ...Package) *Server {
	return start(t, func(r *http.Request, _ []byte) any {
		name := strings.TrimPrefix(r.URL.Path, "/")
		i := slices.IndexFunc(packages, func(p Package) bool { return p.Ecosystem == "npm" && p.Name == name })
		if i < 0 {
			return nil
		}
		versions, times := object{}, object{"created": packages[i].published(0)}
		for n, version := range packages[i].Versions {
			versions[version], times[version] = object{"name": name, "version": version}, packages[i].published(n)
		}
		latest := packages[i].Versions[len(packages[i].Versions)-1]
		return object{"name": name, "dist-tags": object{"latest": latest}, "versions": versions, "time": times}
	})
}

// OSV is OSV's interface, which knows these advisories by the versions that they name, and tells all that there are of a
// package when it is asked about no version.
func OSV(t testing.TB, all ...Advisory) *Server {
	texts := map[string]json.RawMessage{}
	for _, a := range all {
		texts[a.ID] = a.JSON(t)
	}
	return start(t, func(r *http.Request, question []byte) any {
		if id, ok := strings.CutPrefix(r.URL.Path, "/v1/vulns/"); ok {
			if text, ok := texts[id]; ok {
				return text
			}
			return nil
		}
		var batch struct {
			Queries []struct {
				Package struct{ Name, Ecosystem string }
				Version string
			}
		}
		if r.URL.Path != "/v1/querybatch" || json.Unmarshal(question, &batch) != nil {
			return nil
		}
		results := []object{}
		for _, q := range batch.Queries {
			ids := []object{}
			for _, a := range all {
				if a.Ecosystem == q.Package.Ecosystem && a.Package == q.Package.Name && (q.Version == "" || slices.Contains(a.Versions, q.Version)) {
					ids = append(ids, object{"id": a.ID})
				}
			}
			results = append(results, object{"vulns": ids})
		}
		return object{"results": results}
	})
}
