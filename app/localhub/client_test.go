package localhub_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/localhub/openapi"
	"github.com/golang-jwt/jwt/v4"
)

// scene is a hub with the things most tests need.
type scene struct {
	*testing.T
	hub          *localhub.Hub
	acme         *localhub.Account
	dev          *localhub.Account
	repo         *localhub.Repository
	app          *localhub.App
	installation *localhub.Installation
	token        string
	now          func() time.Time
}

// object is a JSON object of an answer.
type object = map[string]any

var allPermissions = map[string]string{
	"contents": "read", "issues": "write", "pull_requests": "write", "checks": "write", "merge_queues": "read",
	"security_events": "write",
}

var allEvents = []string{
	"pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread", "issue_comment",
	"check_run", "check_suite", "merge_group",
}

// begin makes a hub with one repository that has files on main.
func begin(t *testing.T, o localhub.Options, files localhub.Files) *scene {
	t.Helper()
	// Everything the hub says, and everything sent to it that it takes, is as GitHub describes it.
	github := openapi.New(t)
	github.AllowRefused = true
	o.Wrap, o.OnWebhook = github.Wrap, github.Webhook
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &scene{T: t, hub: localhub.StartTest(t, o), now: o.Now}
	s.acme, s.dev = s.hub.Organisation("acme"), s.hub.User("dev")
	s.repo = s.acme.Repository("shop", localhub.RepositoryOptions{Private: true, CodeScanning: true})
	s.repo.Commit("main", "begin", s.dev, files)
	s.app = s.hub.App(localhub.AppOptions{
		Slug: "assay", Owner: s.acme, Permissions: allPermissions, Events: allEvents, WebhookSecret: "it's a secret",
	})
	s.installation = s.app.Install(s.acme)
	s.token = s.newToken(nil)
	return s
}

func (s *scene) newToken(narrowed any) string {
	s.Helper()
	status, answer := s.call("POST", "/app/installations/"+id(s.installation.ID())+"/access_tokens", s.jwt(nil), narrowed)
	if status != http.StatusCreated {
		s.Fatalf("create a token: %d %v", status, answer)
	}
	return answer["token"].(string)
}

// jwt signs in as the app; change alters the claims.
func (s *scene) jwt(change func(jwt.MapClaims)) string {
	s.Helper()
	now := s.now()
	claims := jwt.MapClaims{"iss": id(s.app.ID()), "iat": now.Add(-time.Minute).Unix(), "exp": now.Add(8 * time.Minute).Unix()}
	if change != nil {
		change(claims)
	}
	return sign(s.T, s.key(), claims)
}

func (s *scene) key() *rsa.PrivateKey {
	s.Helper()
	key, err := jwt.ParseRSAPrivateKeyFromPEM(s.app.PrivateKey())
	if err != nil {
		s.Fatal(err)
	}
	return key
}

func sign(t *testing.T, key *rsa.PrivateKey, claims jwt.Claims) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// request sends a call and gives back the answer with its body read.
func (s *scene) request(method, path, credential string, body any, header ...string) (*http.Response, []byte) {
	s.Helper()
	response, content, err := s.try(method, path, credential, body, header...)
	if err != nil {
		s.Fatal(err)
	}
	return response, content
}

func (s *scene) try(method, path, credential string, body any, header ...string) (*http.Response, []byte, error) {
	s.Helper()
	var payload io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			s.Fatal(err)
		}
		payload = bytes.NewReader(encoded)
	}
	address := path
	if !strings.HasPrefix(path, "http") {
		address = strings.TrimSuffix(s.hub.APIURL(), "/") + path
	}
	request, err := http.NewRequestWithContext(s.Context(), method, address, payload)
	if err != nil {
		s.Fatal(err)
	}
	if credential != "" {
		request.Header.Set("Authorization", "Bearer "+credential)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response, content, err
}

// call sends a call whose answer is an object.
func (s *scene) call(method, path, credential string, body any) (int, object) {
	s.Helper()
	response, content := s.request(method, path, credential, body)
	var answer object
	if len(content) > 0 {
		if err := json.Unmarshal(content, &answer); err != nil {
			s.Fatalf("%s %s: %d %s", method, path, response.StatusCode, content)
		}
	}
	return response.StatusCode, answer
}

// list sends a call whose answer is an array.
func (s *scene) list(path string) []object {
	s.Helper()
	response, content := s.request("GET", path, s.token, nil)
	var answer []object
	if err := json.Unmarshal(content, &answer); err != nil || response.StatusCode != http.StatusOK {
		s.Fatalf("GET %s: %d %s", path, response.StatusCode, content)
	}
	return answer
}

// must sends a call that has to succeed with a status.
func (s *scene) must(status int, method, path string, body any) object {
	s.Helper()
	got, answer := s.call(method, path, s.token, body)
	if got != status {
		s.Fatalf("%s %s: %d %v, want %d", method, path, got, answer, status)
	}
	return answer
}
