package setup

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/google/go-github/v62/github"
)

// Registered is what GitHub tells of the new App, without its secrets.
type Registered struct {
	ID             int64                       `json:"app_id"`
	Slug           string                      `json:"slug"`
	Owner          string                      `json:"owner"`
	ClientID       string                      `json:"client_id"`
	HTMLURL        string                      `json:"html_url"`
	APIURL         string                      `json:"api_url"`
	KeyFingerprint string                      `json:"key_fingerprint"` // as GitHub shows it on the App's page
	Permissions    map[string]githubapi.Access `json:"-"`
	Events         []string                    `json:"-"`
}

func (r Registered) installURL() string { return r.HTMLURL + "/installations/new" }

// secrets is what must be seen by nobody. It prints as nothing, whatever the verb.
type secrets struct{ privateKey, webhookSecret string }

func (secrets) String() string   { return "(secrets)" }
func (secrets) GoString() string { return "(secrets)" }

const (
	// minSecretLength is 16 bytes of hexadecimal; GitHub makes 40 characters.
	minSecretLength = 32
	// maxWordLength bounds names in GitHub's answer.
	maxWordLength = 100
)

// redeem trades the code for the App. A code works once, so asking again after a lost answer does no harm; and then it
// may turn out that the lost answer was the good one.
func redeem(ctx context.Context, client *github.Client, address githubapi.Address, code string) (Registered, secrets, error) {
	req, err := client.NewRequest(http.MethodPost, "app-manifests/"+code+"/conversions", nil)
	if err != nil {
		return Registered{}, secrets{}, fmt.Errorf("redeem the code: %w", err)
	}
	var answer conversion
	if _, err := client.Do(githubapi.Harmless(ctx), req, &answer); err != nil {
		switch githubapi.Classify(err) {
		case githubapi.NotFound, githubapi.Unprocessable:
			return Registered{}, secrets{}, fmt.Errorf("%w (it is good once and for an hour): run `assay setup` again; if the App stands at %s/settings/apps already, delete it first", ErrCodeSpent, address.Web)
		default:
			return Registered{}, secrets{}, fmt.Errorf("GitHub may have registered the App, but did not hand out its credentials: look at %s/settings/apps, delete it, and run `assay setup` again: %w", address.Web, withoutCode{err, code})
		}
	}
	app, kept, err := answer.check(address)
	if err != nil {
		return Registered{}, secrets{}, fmt.Errorf("GitHub's answer to the registration makes no sense: look at %s/settings/apps, delete the App, and run `assay setup` again: %w", address.Web, err)
	}
	return app, kept, nil
}

// withoutCode is an error whose text names the request, and with it a code that may still be good.
type withoutCode struct {
	error
	code string
}

func (e withoutCode) Error() string { return strings.ReplaceAll(e.error.Error(), e.code, "CODE") }

func (e withoutCode) Unwrap() error { return e.error }

// conversion is GitHub's answer. The client secret in it is left unread: Assay signs nobody in, and what is not kept
// cannot leak.
type conversion struct {
	ID    int64  `json:"id"`
	Slug  string `json:"slug"`
	Owner struct {
		Login string `json:"login"`
	} `json:"owner"`
	ClientID      string                      `json:"client_id"`
	HTMLURL       string                      `json:"html_url"`
	WebhookSecret string                      `json:"webhook_secret"`
	PEM           string                      `json:"pem"`
	Permissions   map[string]githubapi.Access `json:"permissions"`
	Events        []string                    `json:"events"`
}

func (c conversion) check(address githubapi.Address) (Registered, secrets, error) {
	switch {
	case c.ID <= 0:
		return Registered{}, secrets{}, fmt.Errorf("the App's id is %d", c.ID)
	case !slug.MatchString(c.Slug):
		return Registered{}, secrets{}, fmt.Errorf("the App's slug is %.60q", c.Slug)
	case !login.MatchString(c.Owner.Login):
		return Registered{}, secrets{}, fmt.Errorf("the App's owner is %.60q", c.Owner.Login)
	case len(c.ClientID) > maxWordLength || plain(strings.ReplaceAll(c.ClientID, ".", "")) != strings.ReplaceAll(c.ClientID, ".", ""):
		return Registered{}, secrets{}, fmt.Errorf("the App's client id is %.60q", c.ClientID)
	case len(c.WebhookSecret) < minSecretLength:
		return Registered{}, secrets{}, fmt.Errorf("the webhook secret has %d characters, less than %d", len(c.WebhookSecret), minSecretLength)
	}
	key, err := githubapi.ParseKey([]byte(c.PEM))
	if err != nil {
		return Registered{}, secrets{}, err
	}
	fingerprint, err := fingerprintOf(key)
	if err != nil {
		return Registered{}, secrets{}, err
	}
	return Registered{
		ID: c.ID, Slug: c.Slug, Owner: c.Owner.Login, ClientID: c.ClientID, HTMLURL: c.page(address), APIURL: address.API,
		KeyFingerprint: fingerprint, Permissions: c.Permissions, Events: c.Events,
	}, secrets{privateKey: c.PEM, webhookSecret: c.WebhookSecret}, nil
}

// page is the App's public page. GitHub knows best where it is (an Enterprise Server has it elsewhere), as long as it
// is its own.
func (c conversion) page(address githubapi.Address) string {
	rest, own := strings.CutPrefix(c.HTMLURL, address.Web+"/")
	if own && (rest == "apps/"+c.Slug || rest == "github-apps/"+c.Slug) {
		return c.HTMLURL
	}
	return address.Web + "/apps/" + c.Slug
}

// fingerprintOf is how GitHub names a key: the SHA-256 of its public half.
func fingerprintOf(key *rsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return "", fmt.Errorf("read the public half of the App's key: %w", err)
	}
	sum := sha256.Sum256(der)
	return "SHA256:" + base64.StdEncoding.EncodeToString(sum[:]), nil
}
