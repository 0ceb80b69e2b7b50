package localhub_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// look fetches a page and demands that it came with its policy.
func look(t *testing.T, address string, status int) string {
	t.Helper()
	s := &scene{T: t}
	response, body := s.request("GET", address, "", nil)
	if response.StatusCode != status {
		t.Fatalf("GET %s: %d", address, response.StatusCode)
	}
	if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy of %s is %q", address, policy)
	}
	return string(body)
}

func TestThePageOfAPullRequestShowsTheReview(t *testing.T) {
	s, p := pullForPlacement(t)
	s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": "Assay", "head_sha": p.Head(), "conclusion": "failure", "output": object{
		"title": "1 finding", "summary": "**One** finding.\n\n<details><summary>More</summary>\n\ntext\n\n</details>", "annotations": []object{annotation(3)},
	}})
	s.must(200, "POST", "/repos/acme/shop/pulls/1/reviews", object{"commit_id": p.Head(), "event": "COMMENT", "body": "Look.", "comments": []object{
		{"path": "a.txt", "start_line": 9, "line": 10, "body": "Better:\n\n````suggestion\nline 9\nline ten\n````"},
	}})
	comment := p.ReviewComments()[0]
	page := look(t, p.URL(), 200)
	for _, want := range []string{
		"Some checks were not successful", "<strong>One</strong> finding", "<details><summary>More</summary>", "a.txt:3", "careful",
		"Comment on lines 9 to 10", "Binary file not shown", `id="discussion_r` + id(comment.ID) + `"`,
		`<tr class="deleted"><td class="sign">-</td><td class="text">changed 10</td></tr><tr class="added"><td class="sign">+</td><td class="text">line 9</td></tr><tr class="added"><td class="sign">+</td><td class="text">line ten</td></tr>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// The comment stands under its line, not elsewhere.
	if line, after, ok := strings.Cut(page, `<td class="text">changed 10</td></tr>`); !ok || strings.Contains(line, "Comment on lines") || strings.Index(after, "Comment on lines") > strings.Index(after, ">line 11<") {
		t.Error("the inline comment is not under line 10")
	}
	run := s.repo.CheckRuns(p.Head())[0]
	look(t, s.hub.URL()+"/acme/shop/runs/"+id(run.ID), 200)
	look(t, s.hub.URL()+"/acme/shop", 200)
	look(t, s.hub.URL()+"/", 200)
	look(t, s.hub.URL()+"/acme/shop/blob/"+p.Head()+"/a.txt", 200)
	look(t, s.hub.URL()+"/acme/shop/pull/99", 404)
	look(t, s.hub.URL()+"/nobody/nothing", 404)
}

func TestPagesShowHostileTextAsText(t *testing.T) {
	const attack = `<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><details onclick=alert(1)>`
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	s.repo.Commit("feature", attack, s.dev, localhub.Files{attack[:8]: attack + "\n", "b": attack})
	p := s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: attack, Body: attack + "\n\n[x](javascript:alert(1)) ![i](http://tracker.example/i.png)", Author: s.dev})
	p.Comment(s.dev, "text\n\n<div style=x>\n"+attack+"\n</div>")
	p.Review(s.dev, localhub.NewReview{Event: "COMMENT", Body: attack, Comments: []localhub.NewReviewComment{
		{Place: localhub.Place{Path: "b", Line: 1}, Body: "```suggestion\n" + attack + "\n```\n" + attack},
	}})
	s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": attack, "head_sha": p.Head(), "conclusion": "failure", "output": object{
		"title": attack, "summary": attack, "text": attack, "annotations": []object{{
			"path": attack, "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": attack, "title": attack}},
	}})
	alive := regexp.MustCompile(`(?i)<script|<img|<[a-z][^>]*\son\w+=|href="javascript|<[a-z][^>]*\sstyle=`)
	for _, address := range []string{p.URL(), s.hub.URL() + "/acme/shop", s.hub.URL() + "/acme/shop/runs/" + id(s.repo.CheckRuns(p.Head())[0].ID)} {
		if found := alive.FindString(look(t, address, 200)); found != "" {
			t.Errorf("%s holds %q", address, found)
		}
	}
}

func TestDeliveriesHaveAPage(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	s.app.SetWebhook(receive(t).URL, "")
	s.installation.Suspend()
	s.hub.Flush()
	page := look(t, s.hub.URL()+"/-/deliveries", 200)
	if !strings.Contains(page, "installation.suspend") {
		t.Error("the delivery is not listed")
	}
	log := s.hub.Deliveries()
	if one := look(t, s.hub.URL()+"/-/deliveries/"+id(log[0].ID), 200); !strings.Contains(one, "&#34;action&#34;: &#34;suspend&#34;") {
		t.Error("the payload is not shown")
	}
}

func TestRegisteringAnAppFromAManifest(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	manifest := `{"name": "Assay at Acme", "url": "https://assay.example", "redirect_url": "http://127.0.0.1:1/done?x=y", "public": false,
		"hook_attributes": {"url": "https://assay.example/webhook"}, "default_permissions": {"checks": "write", "issues": "write", "pull_requests": "write"},
		"default_events": ["pull_request", "issue_comment"]}`
	post := func(address string, form url.Values) (*http.Response, string) {
		t.Helper()
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		response, err := client.PostForm(s.hub.URL()+address, form)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var b strings.Builder
		if _, err := io.Copy(&b, response.Body); err != nil {
			t.Fatal(err)
		}
		return response, b.String()
	}
	response, page := post("/organizations/acme/settings/apps/new?state=st4te", url.Values{"manifest": {manifest}})
	if response.StatusCode != 200 || !strings.Contains(page, "Create GitHub App for acme") || !strings.Contains(page, `value="st4te"`) {
		t.Fatalf("the page of confirmation: %d %s", response.StatusCode, page)
	}
	if s.hub.AppBySlug("assay-at-acme") != nil {
		t.Error("the app was made before anyone confirmed it")
	}
	response, page = post("/-/register-app", url.Values{"manifest": {manifest}, "state": {"st4te"}, "owner": {"acme"}})
	back, err := response.Location()
	if err != nil || response.StatusCode != 302 {
		t.Fatalf("confirming: %d %s", response.StatusCode, page)
	}
	if back.Host != "127.0.0.1:1" || back.Query().Get("state") != "st4te" || back.Query().Get("x") != "y" || back.Query().Get("code") == "" {
		t.Errorf("sent back to %s", back)
	}
	conversion := "/app-manifests/" + back.Query().Get("code") + "/conversions"
	status, app := s.call("POST", conversion, "", nil)
	if status != 201 || app["slug"] != "assay-at-acme" || !strings.HasPrefix(app["pem"].(string), "-----BEGIN RSA PRIVATE KEY-----") || app["webhook_secret"] == "" {
		t.Errorf("credentials: %d %v", status, app)
	}
	if status, _ := s.call("POST", conversion, "", nil); status != 404 {
		t.Errorf("the code worked twice: %d", status)
	}
	registered := s.hub.AppBySlug("assay-at-acme")
	if registered == nil || registered.WebhookSecret() != app["webhook_secret"] {
		t.Error("the app is not the one that was registered")
	}
	if response, _ := post("/apps/assay-at-acme/installations/new", url.Values{"account": {"acme"}}); response.StatusCode != 303 {
		t.Errorf("installing: %d", response.StatusCode)
	}

	for name, bad := range map[string]string{
		"no JSON":                          "{",
		"no name":                          strings.Replace(manifest, `"name": "Assay at Acme",`, "", 1),
		"a permission that there is not":   strings.Replace(manifest, `"checks"`, `"everything"`, 1),
		"an event without its permission":  strings.Replace(manifest, `"issue_comment"`, `"merge_group"`, 1),
		"a place to return to that is not": strings.Replace(manifest, "http://127.0.0.1:1/done", "javascript:alert(1)", 1),
	} {
		if response, page := post("/-/register-app", url.Values{"manifest": {bad}, "owner": {"acme"}}); response.StatusCode != 422 {
			t.Errorf("%s: %d %s", name, response.StatusCode, page)
		}
	}
}

func TestTheExampleHoldsWhatItPromises(t *testing.T) {
	hub := localhub.StartTest(t, localhub.Options{})
	e := localhub.SeedExample(hub)
	p := e.OpenPull()
	if got := p.Patch("support/settings.py"); !strings.Contains(got, `"`+localhub.ExampleAnthropicKey()+`"`) {
		t.Errorf("no key in %s", got)
	}
	if !regexp.MustCompile(`^sk-ant-api03-[a-zA-Z0-9_\-]{93}AA$`).MatchString(localhub.ExampleAnthropicKey()) {
		t.Error("the key has not the form of one")
	}
	var decoded strings.Builder
	for _, r := range p.Patch("AGENTS.md") {
		if r >= 0xE0000 && r < 0xE0080 {
			decoded.WriteRune(r - 0xE0000)
		}
	}
	if decoded.String() != localhub.ExampleHiddenText {
		t.Errorf("hidden: %q", decoded.String())
	}
	if strings.Contains(p.Patch("scripts/evaluate.py"), localhub.ExampleHuggingFaceToken()) {
		t.Error("the token is in the diff; it should be in a commit before the last only")
	}
	history, err := git(t, e.Repository.GitDir(), "log", "-p", "main..claude/ticket-summaries")
	if err != nil || strings.Count(history, localhub.ExampleHuggingFaceToken()) != 2 || strings.Count(history, "Co-Authored-By: Claude <noreply@anthropic.com>") != 4 {
		t.Errorf("the commits do not add and remove the token, or do not say whose they are: %v", err)
	}
	if strings.Contains(history, "@@ANTHROPIC") || strings.Contains(history, "@@INVISIBLE") {
		t.Error("a placeholder was left")
	}
	if policy, err := git(t, e.Repository.GitDir(), "show", "main:.github/assay.yml"); err != nil || policy != "mode: enforce" {
		t.Errorf("policy: %q", policy)
	}
}
