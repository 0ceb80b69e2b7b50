package githubapi

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPrivateAuthorityIsTrustedWhenNamed(t *testing.T) {
	server := httptest.NewUnstartedServer(answerJSON(200, goodApp))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the refused handshake is the test
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	config := Config{BaseURL: server.URL + "/api/v3", AppID: testAppID, PrivateKey: keyPEM(), Clock: newTestClock()}

	t.Run("without it the call fails once and says what to do", func(t *testing.T) {
		a, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.Identity(context.Background())
		if Classify(err) != Untrusted || !strings.Contains(err.Error(), "name its file as CA file") {
			t.Errorf("got %v (%s)", err, Classify(err))
		}
		if got := config.Clock.(*testClock).sleeps(); len(got) != 0 {
			t.Errorf("tried again after %v", got)
		}
	})
	t.Run("with it the call succeeds", func(t *testing.T) {
		config.CAFile = ca
		a, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Identity(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestTheProxyIsUsed(t *testing.T) {
	seen := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.URL.String()
		answerJSON(200, goodApp)(w, r)
	}))
	defer proxy.Close()
	d := newDouble(t)
	d.on("GET /app", answerJSON(500, `{}`))
	if _, err := d.app(func(c *Config) { c.ProxyURL = proxy.URL }).Identity(context.Background()); err != nil {
		t.Fatal(err)
	}
	if seen != d.URL+"/app" || len(d.asked("GET /app")) != 0 {
		t.Errorf("the proxy saw %q, GitHub %d requests", seen, len(d.asked("GET /app")))
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	password := "hunter" + "2hunter2"
	notPEM := filepath.Join(t.TempDir(), "ca")
	if err := os.WriteFile(notPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	huge := filepath.Join(t.TempDir(), "huge")
	if err := os.WriteFile(huge, make([]byte, maxCABytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"no App id":                       {func(c *Config) { c.AppID = 0 }, "App id is 0"},
		"no key":                          {func(c *Config) { c.PrivateKey = nil }, "key is empty"},
		"an address in the clear":         {func(c *Config) { c.BaseURL = "http://ghe.example.com/api/v3" }, "not https"},
		"a proxy that is no address":      {func(c *Config) { c.ProxyURL = "http://u:" + password + "@%zz" }, "proxy address does not parse"},
		"a proxy without a host":          {func(c *Config) { c.ProxyURL = "proxy:3128" }, "proxy address does not parse"},
		"a proxy of another kind":         {func(c *Config) { c.ProxyURL = "ftp://proxy:21" }, `scheme "ftp"`},
		"a CA file that is not there":     {func(c *Config) { c.CAFile = "/nonexistent/ca" }, "no such file"},
		"a CA file without a certificate": {func(c *Config) { c.CAFile = notPEM }, "holds no certificate"},
		"a CA file that is huge":          {func(c *Config) { c.CAFile = huge }, "larger than 4 MiB"},
	} {
		c := Config{AppID: testAppID, PrivateKey: keyPEM()}
		test.change(&c)
		_, err := New(c)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("%s: the error holds the password", name)
		}
	}
}
