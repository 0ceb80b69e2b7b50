package publish

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/localhub/openapi"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// scene is a local GitHub with one repository on which Assay is installed. All that is sent and answered is checked
// against GitHub's own description.
type scene struct {
	*testing.T
	hub   *localhub.Hub
	dev   *localhub.Account
	repo  *localhub.Repository
	app   *localhub.App
	wire  *wire
	login http.RoundTripper
}

// firstDay is when everything was committed, so that commits have the same name each time.
var firstDay = time.Unix(1_800_000_000, 0)

// appKey is made once: it is most of what a local GitHub costs.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // never happens, see crypto/rand
	}
	return key
})

// lines is a file of n lines.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String()
}

func begin(t *testing.T) *scene {
	t.Helper()
	description := openapi.New(t)
	description.AllowRefused = true
	s := &scene{T: t, hub: localhub.StartTest(t, localhub.Options{Wrap: description.Wrap})}
	acme := s.hub.Organisation("acme")
	s.dev = s.hub.User("dev")
	s.repo = acme.Repository("shop", localhub.RepositoryOptions{Private: true})
	s.repo.Commit("main", "begin", s.dev, localhub.Files{"old.py": lines(60)}, localhub.At(firstDay))
	s.app = s.hub.App(localhub.AppOptions{
		Slug: "assay", Owner: acme, Key: appKey(),
		Permissions: map[string]string{"contents": "read", "pull_requests": "write", "checks": "write"},
	})
	s.wire = &wire{next: http.DefaultTransport}
	s.login = s.signIn(s.app, s.app.Install(acme))
	return s
}

// signIn is the transport of an app's installation.
func (s *scene) signIn(app *localhub.App, installation *localhub.Installation) http.RoundTripper {
	s.Helper()
	login, err := ghinstallation.New(s.wire, app.ID(), installation.ID(), app.PrivateKey())
	if err != nil {
		s.Fatal(err)
	}
	login.InstallationTokenOptions = &github.InstallationTokenOptions{} // without it the body is null, which GitHub does not describe
	login.BaseURL = strings.TrimSuffix(s.hub.APIURL(), "/")
	return login
}

// publisher is that of a new process.
func (s *scene) publisher() *Publisher {
	s.Helper()
	return s.publisherOf(s.login, Identity{AppID: s.app.ID(), BotLogin: "assay[bot]"})
}

func (s *scene) publisherOf(login http.RoundTripper, id Identity) *Publisher {
	s.Helper()
	client := github.NewClient(&http.Client{Transport: login})
	base, err := client.BaseURL.Parse(s.hub.APIURL())
	if err != nil {
		s.Fatal(err)
	}
	client.BaseURL = base
	return New(client, "acme", "shop", id, testLinks(s.hub.URL()))
}

func testLinks(web string) Links {
	return Links{Web: web, Rule: RulePages("https://assay.example/rules")}
}

// wire counts the writes that reach GitHub, and can cut the connection after one of them was applied.
type wire struct {
	next    http.RoundTripper
	reads   int
	writes  int
	cutFrom int // the first write whose answer is lost, counted from 1; all that follows is lost too. 0 cuts nothing
	dead    bool
}

var errKilled = errors.New("the process was killed")

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.dead {
		return nil, errKilled
	}
	if strings.HasSuffix(r.URL.Path, "/access_tokens") {
		return w.next.RoundTrip(r)
	}
	if r.Method == http.MethodGet {
		w.reads++
		return w.next.RoundTrip(r)
	}
	w.writes++
	response, err := w.next.RoundTrip(r)
	if w.writes == w.cutFrom {
		w.dead = true
		if err == nil {
			response.Body.Close()
		}
		return nil, errKilled
	}
	return response, err
}

// revive is a new process: nothing is cut any more, and counting starts again.
func (w *wire) revive() { *w = wire{next: w.next} }

// pull opens a pull request of one commit.
func (s *scene) pull(branch string, files localhub.Files) *localhub.PullRequest {
	s.Helper()
	s.repo.Commit(branch, "change", s.dev, files)
	return s.repo.OpenPull(localhub.NewPull{Head: branch, Title: "A change", Author: s.dev})
}

// judged is a pull request after its review, under the enforcing policy.
func judged(pull *localhub.PullRequest, findings ...checks.Finding) Pull {
	review.Sort(findings)
	result := &review.Result{
		MergeBase: checks.CommitSHA(pull.MergeBase()), Head: checks.CommitSHA(pull.Head()), Findings: findings,
		Stats: review.Stats{Files: 3, Bytes: 2048, Seconds: 0.25},
	}
	return decidedBy(enforcing(), Pull{Number: pull.Number(), Head: checks.CommitSHA(pull.Head()), Result: result})
}

func enforcing() policy.Policy {
	p := policy.Default()
	p.Mode = policy.Enforce
	return p
}

func decidedBy(rules policy.Policy, pull Pull) Pull {
	pull.Decision = policy.Decide(rules, pull.Result.Findings, pull.unscanned(), pull.Result.Unanswered())
	pull.CommentAt = rules.CommentAt
	pull.Policy = policy.File + " at main"
	return pull
}

// finding is a new one of high severity.
func finding(path checks.Path, line int) checks.Finding {
	return checks.Finding{
		Fingerprint: checks.NewFingerprint("hidden-text", string(path), fmt.Sprint(line)),
		Rule:        "hidden-text",
		Check:       checks.Agent,
		Severity:    checks.High,
		Confidence:  checks.ConfidenceHigh,
		Status:      checks.New,
		Title:       fmt.Sprintf("Hidden text at line %d", line),
		Message:     "The line holds characters that people do not see and agents obey.",
		Location:    checks.Location{Path: path, Start: checks.Position{Line: line, Column: 1}, End: checks.Position{Line: line + 1, Column: 1}},
		Remediation: checks.Remediation{Text: "Remove the characters."},
		Taxonomy:    checks.Taxonomy{CWE: []string{"CWE-1007"}, OWASPLLM2025: []string{"LLM01"}},
	}
}

// publish does what the decide job does: comments first, then the gate.
func (s *scene) publish(name string, pulls ...Pull) error {
	p, ctx := s.publisher(), context.Background()
	for i := range pulls {
		placed, err := p.Review(ctx, pulls[i])
		if err != nil {
			return err
		}
		pulls[i].Placed = placed
	}
	return p.Conclude(ctx, Gate{Name: name, Head: pulls[0].Head, Pulls: pulls})
}

func (s *scene) mustPublish(pulls ...Pull) {
	s.Helper()
	if err := s.publish("Assay", pulls...); err != nil {
		s.Fatal(err)
	}
}

// run is the newest check run of a name.
func (s *scene) run(sha, name string) localhub.CheckRun {
	s.Helper()
	for _, r := range s.repo.CheckRuns(sha) {
		if r.Name == name {
			return r
		}
	}
	s.Fatalf("no check run %q on %s", name, sha)
	return localhub.CheckRun{}
}

// refuse makes GitHub refuse comments at lines that its own patch shows, which it now and then does.
func (s *scene) refuse(lines []int) {
	s.hub.Faults(func(r *http.Request) *localhub.Fault {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/reviews") {
			return nil
		}
		var request struct {
			Comments []struct {
				Line int `json:"line"`
			} `json:"comments"`
		}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			s.Error(err)
		}
		for _, c := range request.Comments {
			if slices.Contains(lines, c.Line) {
				return &localhub.Fault{
					Status: http.StatusUnprocessableEntity,
					Header: http.Header{"Content-Type": {"application/json"}},
					Body:   `{"message":"Unprocessable Entity","errors":["Line could not be resolved"]}`,
				}
			}
		}
		return nil
	})
}
