package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/store/storetest"
)

// ground makes worlds: on SQLite with one server, or on Postgres with two.
type ground func(t *testing.T, files localhub.Files, options ...option) *world

// each runs a test on both grounds. What people see must not depend on them.
func each(t *testing.T, test func(t *testing.T, newWorld ground)) {
	t.Helper()
	t.Parallel()
	for name, g := range map[string]ground{"SQLite": newWorld, "Postgres and two servers": newPostgresWorld} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, g)
		})
	}
}

// serversOnPostgres is how many machines share the work; each has a disk of its own.
const serversOnPostgres = 2

// newPostgresWorld is a world in which several servers share one database, and webhooks reach them in turn.
func newPostgresWorld(t *testing.T, files localhub.Files, options ...option) *world {
	t.Helper()
	w := newWorldWithoutServer(t, files, options...)
	w.database = postgres(t)
	var addresses []string
	for i := range serversOnPostgres {
		config := w.config()
		config.Data = filepath.Join(w.data, fmt.Sprint(i))
		addresses = append(addresses, w.startOne(config).URL())
	}
	w.app.SetWebhook(inTurn(t, addresses)+"/webhook", w.app.WebhookSecret())
	w.installApp()
	return w
}

// inTurn is a load balancer as simple as they come.
func inTurn(t *testing.T, addresses []string) string {
	t.Helper()
	var backends []*httputil.ReverseProxy
	for _, address := range addresses {
		to, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		backends = append(backends, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }})
	}
	var n atomic.Uint64
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		backends[n.Add(1)%uint64(len(backends))].ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL
}

// The Postgres of all tests of the package, started by the first that needs it.
var (
	startPostgres = sync.OnceValues(storetest.Start)
	started       atomic.Bool
	databases     atomic.Int64
)

// postgres is the address of a new and empty database.
func postgres(t *testing.T) string {
	t.Helper()
	cluster, err := startPostgres()
	if err != nil {
		t.Fatal(err)
	}
	started.Store(true)
	dsn, err := cluster.DSN(t.Context(), fmt.Sprintf("server%d", databases.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

func stopPostgres() error {
	if !started.Load() {
		return nil
	}
	cluster, err := startPostgres()
	if err != nil {
		return err
	}
	return cluster.Stop()
}
