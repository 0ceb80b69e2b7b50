package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay/app/server"
)

// enterprise is a GitHub Enterprise Server behind a proxy: its name means nothing outside of the proxy, and its
// certificate was signed by an authority that no system knows.
type enterprise struct {
	host   string
	proxy  string // its address, with the credentials that it asks for
	caFile string

	mu       sync.Mutex
	tunnels  []string // by whom they were asked for
	refusals int      // tunnels that were asked for without credentials
}

const proxyUser, proxyPassword = "assay", "let me out"

// behindProxy puts the hub of a world behind a proxy and TLS.
func behindProxy(t *testing.T, w *world) *enterprise {
	t.Helper()
	e := &enterprise{host: "github.corp.example", caFile: filepath.Join(t.TempDir(), "ca.pem")}
	hub, err := url.Parse(w.hub.URL())
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(hub) },
		FlushInterval: -1,
	})
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of clients that do not trust it
	front.TLS = &tls.Config{Certificates: []tls.Certificate{e.certificate(t)}}
	front.StartTLS()
	t.Cleanup(front.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { e.tunnel(rw, r, front.Listener.Addr().String()) }))
	t.Cleanup(proxy.Close)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(proxyUser, proxyPassword)
	e.proxy = address.String()
	return e
}

// certificate is one for the host, by a new authority whose own certificate goes to caFile.
func (e *enterprise) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Corp authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: e.host}, DNSNames: []string{e.host}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	must(err)
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, authorityKey)
	must(err)
	must(os.WriteFile(e.caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}), 0o600))
	return tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}
}

// tunnel answers CONNECT, and nothing else.
func (e *enterprise) tunnel(rw http.ResponseWriter, r *http.Request, to string) {
	user, password, _ := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
	e.mu.Lock()
	allowed := r.Method == http.MethodConnect && r.Host == e.host+":443" && user == proxyUser && password == proxyPassword
	if allowed {
		e.tunnels = append(e.tunnels, r.UserAgent())
	} else {
		e.refusals++
	}
	e.mu.Unlock()
	if !allowed {
		rw.Header().Set("Proxy-Authenticate", `Basic realm="corp"`)
		rw.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	there, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, early, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(there, early) // ends with either connection
		_ = there.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(here, there)
}

// usedBy reports whether somebody who calls himself so came through the proxy.
func (e *enterprise) usedBy(agent string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.tunnels, func(by string) bool { return strings.Contains(by, agent) })
}

// settings make Assay find this GitHub.
func (e *enterprise) settings(c *server.Config) {
	c.GitHub.BaseURL = "https://" + e.host + "/api/v3"
	c.GitHub.ProxyURL, c.GitHub.CAFile = e.proxy, e.caFile
}

// TestBehindAProxyAndAPrivateAuthority: neither the API nor git reaches GitHub in any other way, since only the proxy
// knows its name and only the CA file vouches for it.
func TestBehindAProxyAndAPrivateAuthority(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	corp := behindProxy(t, w)
	with(corp.settings)(w)
	w.start()
	w.installApp()
	pull := w.open("feature", "main", settings(anthropicKey(1)))
	w.concluded(pull.Head(), "Assay", "failure")
	if n := len(pull.ReviewComments()); n != 1 {
		t.Errorf("%d comments, want one", n)
	}
	for _, agent := range []string{"git/", "Go-http-client"} {
		if !corp.usedBy(agent) {
			t.Errorf("%s went another way: %q", agent, corp.tunnels)
		}
	}
}

// TestWithoutTheCAFileNothingIsSaid: what the proxy hands on is not believed.
func TestWithoutTheCAFileNothingIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	corp := behindProxy(t, w)
	with(func(c *server.Config) { corp.settings(c); c.GitHub.CAFile = "" })(w)
	_, err := server.Start(t.Context(), w.config())
	if err == nil || !strings.Contains(err.Error(), "name its file as CA file") {
		t.Errorf("the start ends with %v", err)
	}
	if n := len(w.hub.Requests()); n != 0 {
		t.Errorf("GitHub was asked %d times", n)
	}
}
