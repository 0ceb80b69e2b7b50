package server_test

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser is a person's, as far as registering an App needs one: it keeps cookies and follows redirects.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, Timeout: patience}}
}

func (b *browser) open(address string) string {
	b.t.Helper()
	response, err := b.client.Get(address)
	return b.page(response, err)
}

func (b *browser) page(response *http.Response, err error) string {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %d, %v\n%s", response.Request.URL, response.StatusCode, err, body)
	}
	return string(body)
}

var (
	formTag  = regexp.MustCompile(`<form[^>]*>`)
	action   = regexp.MustCompile(`action="([^"]*)"`)
	inputTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// submit presses the button of the page's one form.
func (b *browser) submit(at, page string, more url.Values) string {
	b.t.Helper()
	base, err := url.Parse(at)
	if err != nil {
		b.t.Fatal(err)
	}
	form := action.FindStringSubmatch(formTag.FindString(page))
	to := base
	if form != nil {
		if to, err = base.Parse(html.UnescapeString(form[1])); err != nil {
			b.t.Fatal(err)
		}
	}
	values := url.Values{}
	for _, input := range inputTag.FindAllStringSubmatch(page, -1) {
		values.Set(input[1], html.UnescapeString(input[2]))
	}
	for name, value := range more {
		values[name] = value
	}
	response, err := b.client.PostForm(to.String(), values)
	return b.page(response, err)
}

// TestFromNothingToAReview registers the App as its owner does, serves it with what that wrote, installs it, and opens
// a pull request.
func TestFromNothingToAReview(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	address, credentials := freeAddress(t), filepath.Join(t.TempDir(), "credentials")
	w.register(address, credentials)

	w.app = w.hub.AppBySlug("assay-of-acme")
	if w.app == nil {
		t.Fatal("no App was registered")
	}
	p := w.serve(address, "--credentials", credentials)
	b := newBrowser(t)
	install := w.hub.URL() + "/apps/" + w.app.Slug() + "/installations/new"
	b.submit(install, b.open(install), url.Values{"account": {"acme"}})
	w.hub.Flush()
	pull := w.open("feature", "main", settings(anthropicKey(1)))
	w.concluded(pull.Head(), "Assay", "failure")
	if n := len(pull.ReviewComments()); n != 1 {
		t.Errorf("%d comments, want one", n)
	}
	p.kill()
}

// register runs `assay setup` and does in a browser what it asks for.
func (w *world) register(address, credentials string) {
	w.t.Helper()
	cmd := exec.Command(binary, "setup", "--github-url", strings.TrimSuffix(w.hub.APIURL(), "/"), "--organization", "acme", "--name", "Assay of Acme",
		"--webhook-url", "http://"+address+"/webhook", "--out", credentials)
	cmd.Stderr = testWriter{w.t}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	kill := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	lines := bufio.NewScanner(stdout)
	var said strings.Builder
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		start := strings.TrimSpace(lines.Text())
		if !strings.HasPrefix(start, "http://127.0.0.1:") {
			continue
		}
		b := newBrowser(w.t)
		confirm := b.submit(start, b.open(start), nil)
		if done := b.submit(w.hub.URL(), confirm, nil); !strings.Contains(done, "assay-of-acme") {
			w.t.Errorf("the last page says:\n%s", done)
		}
	}
	if err := cmd.Wait(); err != nil {
		w.t.Fatalf("assay setup: %v\n%s", err, said.String())
	}
	for _, part := range []string{"pull_requests", "checks", "ruleset"} {
		if !strings.Contains(said.String(), part) {
			w.t.Errorf("setup does not tell about %s:\n%s", part, said.String())
		}
	}
	w.keptPrivate(credentials, said.String())
}

// keptPrivate checks that nobody else can read the credentials, and that none was printed.
func (w *world) keptPrivate(credentials, said string) {
	w.t.Helper()
	files, err := os.ReadDir(credentials)
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no credentials were written: %v", err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			w.t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			w.t.Errorf("%s has mode %o", file.Name(), mode)
		}
		text, err := os.ReadFile(filepath.Join(credentials, file.Name()))
		if err != nil {
			w.t.Fatal(err)
		}
		if strings.Contains(file.Name(), "secret") && strings.Contains(said, strings.TrimSpace(string(text))) {
			w.t.Errorf("%s was printed", file.Name())
		}
	}
}
