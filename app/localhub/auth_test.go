package localhub_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
	"github.com/golang-jwt/jwt/v4"
)

func TestAppsSignInWithAJWT(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		jwt    string
		status int
	}{
		{"a JWT by the app's key is let in", s.jwt(nil), http.StatusOK},
		{"the issuer may be a number", s.jwt(func(c jwt.MapClaims) { c["iss"] = s.app.ID() }), http.StatusOK},
		{"ten minutes of life are the most", s.jwt(func(c jwt.MapClaims) { c["exp"] = time.Now().Add(11 * time.Minute).Unix() }), http.StatusUnauthorized},
		{"one that has expired is refused", s.jwt(func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Second).Unix() }), http.StatusUnauthorized},
		{"one without expiry is refused", s.jwt(func(c jwt.MapClaims) { delete(c, "exp") }), http.StatusUnauthorized},
		{"one from the future is refused", s.jwt(func(c jwt.MapClaims) { c["iat"] = time.Now().Add(3 * time.Minute).Unix() }), http.StatusUnauthorized},
		{"an unknown app is not found", s.jwt(func(c jwt.MapClaims) { c["iss"] = "999999" }), http.StatusNotFound},
		{"another key is refused", sign(t, other, jwt.MapClaims{
			"iss": id(s.app.ID()), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		}), http.StatusUnauthorized},
		{"an installation token is no JWT", s.token, http.StatusUnauthorized},
		{"nothing is refused", "", http.StatusUnauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, answer := s.call("GET", "/app", c.jwt, nil); status != c.status {
				t.Errorf("got %d %v, want %d", status, answer, c.status)
			}
		})
	}
}

func TestInstallationTokensGiveWhatTheySayAndNoMore(t *testing.T) {
	var late atomic.Int64 // seconds by which the hub's clock is ahead
	s := begin(t, localhub.Options{Now: func() time.Time { return time.Now().Add(time.Duration(late.Load()) * time.Second) }},
		localhub.Files{"a": "a\n"})
	secret := s.acme.Repository("secret", localhub.RepositoryOptions{Private: true})
	secret.Commit("main", "begin", s.dev, localhub.Files{"a": "a\n"})
	elsewhere := s.dev.Repository("own", localhub.RepositoryOptions{Private: true})
	tokens := "/app/installations/" + id(s.installation.ID()) + "/access_tokens"
	run := object{"name": "x", "head_sha": s.repo.Tip("main")}

	narrow := s.newToken(object{"repository_ids": []int64{s.repo.ID()}, "permissions": object{"checks": "write", "contents": "read"}})
	reader := s.newToken(object{"permissions": object{"checks": "read"}})
	for _, c := range []struct {
		name, method, path, token string
		body                      any
		status                    int
		message                   string
	}{
		{"a permission that it has works", "POST", "/repos/acme/shop/check-runs", narrow, run, 201, ""},
		{"one that it lacks is refused", "GET", "/repos/acme/shop/pulls", narrow, nil, 403, "Resource not accessible by integration"},
		{"read is not write", "POST", "/repos/acme/shop/check-runs", reader, run, 403, "Resource not accessible by integration"},
		{"write includes read", "GET", "/repos/acme/shop/commits/main/check-runs", narrow, nil, 200, ""},
		{"a repository left out does not exist", "GET", "/repos/acme/secret", narrow, nil, 404, "Not Found"},
		{"nor does one without the app", "GET", "/repos/dev/own", s.token, nil, 404, "Not Found"},
		{"a JWT is no token", "GET", "/repos/acme/shop", s.jwt(nil), nil, 404, "Not Found"},
		{"an unknown token is refused", "GET", "/repos/acme/shop", "ghs_unknown", nil, 401, "Bad credentials"},
		{"a permission that was not granted can't be had", "POST", tokens, s.jwt(nil), object{"permissions": object{"contents": "write"}}, 422,
			"The permissions requested are not granted to this installation."},
		{"nor a repository outside", "POST", tokens, s.jwt(nil), object{"repository_ids": []int64{elsewhere.ID()}}, 422,
			"There is at least one repository that does not exist or is not accessible to the parent installation."},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := s.call(c.method, c.path, c.token, c.body)
			if status != c.status || c.message != "" && answer["message"] != c.message {
				t.Errorf("got %d %v, want %d %q", status, answer["message"], c.status, c.message)
			}
		})
	}

	t.Run("a suspended installation can do nothing until it is let on", func(t *testing.T) {
		s.installation.Suspend()
		if status, answer := s.call("GET", "/repos/acme/shop", s.token, nil); status != 403 {
			t.Errorf("got %d %v", status, answer)
		}
		if status, _ := s.call("POST", tokens, s.jwt(nil), nil); status != 403 {
			t.Errorf("a token was made: %d", status)
		}
		s.installation.Unsuspend()
		s.must(200, "GET", "/repos/acme/shop", nil)
	})
	t.Run("what an owner takes back is gone from tokens at once", func(t *testing.T) {
		s.installation.SetPermissions(map[string]string{"contents": "read"})
		if status, _ := s.call("POST", "/repos/acme/shop/check-runs", s.token, run); status != 403 {
			t.Errorf("got %d", status)
		}
		s.installation.SetPermissions(allPermissions)
	})
	t.Run("a token lives for an hour", func(t *testing.T) {
		late.Store(3590)
		s.must(200, "GET", "/repos/acme/shop", nil)
		late.Store(3601)
		if status, answer := s.call("GET", "/repos/acme/shop", s.token, nil); status != 401 {
			t.Errorf("got %d %v", status, answer)
		}
	})
}
