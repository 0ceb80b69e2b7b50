package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/goccy/go-yaml"
)

const (
	// maxManifestBytes is twenty times the manifest that comes with Assay.
	maxManifestBytes = 64 << 10
	// maxNameLength is GitHub's limit for the name of an App.
	maxNameLength = 34
)

// Manifest is app.yml. The names of its fields are GitHub's; where GitHub sends the browser back to is filled in when
// it is posted. What Assay does not use (OAuth, set-up pages) cannot be written.
type Manifest struct {
	Name        string                      `yaml:"name" json:"name"`
	URL         string                      `yaml:"url" json:"url"`
	Description string                      `yaml:"description" json:"description,omitempty"`
	Public      bool                        `yaml:"public" json:"public"` // always sent: GitHub must not choose
	Hook        Hook                        `yaml:"hook_attributes" json:"hook_attributes"`
	Permissions map[string]githubapi.Access `yaml:"default_permissions" json:"default_permissions"`
	Events      []string                    `yaml:"default_events" json:"default_events"`
	RedirectURL string                      `yaml:"-" json:"redirect_url,omitempty"`
}

// Hook is where webhooks go.
type Hook struct {
	URL    string `yaml:"url" json:"url"`
	Active *bool  `yaml:"active" json:"active,omitempty"`
}

// ParseManifest reads app.yml strictly: a key that it does not know is an error, as it would be a wish unheard.
func ParseManifest(text []byte) (Manifest, error) {
	if len(text) > maxManifestBytes {
		return Manifest{}, fmt.Errorf("the manifest is larger than %d KiB", maxManifestBytes>>10)
	}
	var m Manifest
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := decoder.Decode(&m); err != nil {
		if errors.Is(err, io.EOF) {
			return Manifest{}, errors.New("the manifest is empty")
		}
		return Manifest{}, fmt.Errorf("the manifest does not parse: %w", err)
	}
	if err := decoder.Decode(&Manifest{}); !errors.Is(err, io.EOF) {
		return Manifest{}, errors.New("the manifest holds more than one document")
	}
	return m, m.Check()
}

// Check refuses a manifest with which Assay could not work, or that asks for more than it can use.
func (m Manifest) Check() error {
	switch {
	case strings.TrimSpace(m.Name) == "":
		return errors.New("the manifest has no name")
	case len([]rune(m.Name)) > maxNameLength:
		return fmt.Errorf("the App's name has %d characters: GitHub takes %d", len([]rune(m.Name)), maxNameLength)
	}
	if u, err := url.Parse(m.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("the manifest's url must be a web address, not %.100q", m.URL)
	}
	if err := checkPermissions(m.Permissions); err != nil {
		return err
	}
	return checkEvents(m.Events, m.Permissions)
}

// post is the manifest as GitHub takes it.
func (m Manifest) post(redirectURL string) (string, error) {
	m.RedirectURL = redirectURL
	text, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("write the manifest: %w", err)
	}
	return string(text), nil
}

// checkWebhookURL refuses addresses that GitHub cannot deliver to, or only in the clear.
func checkWebhookURL(text string) error {
	if text == "" {
		return errors.New("no webhook address: say where GitHub reaches this server, such as https://assay.example.org/webhook")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("the webhook address does not parse: write it as https://HOST/webhook")
	case u.User != nil:
		return errors.New("the webhook address holds a user name or password: deliveries are signed instead")
	case u.Fragment != "" || u.RawQuery != "":
		return fmt.Errorf("the webhook address %q has a query or a fragment", text)
	case u.Scheme != "https" && (u.Scheme != "http" || !githubapi.IsLoopback(u.Hostname())):
		return fmt.Errorf("the webhook address %q is not https: what GitHub tells of private repositories would travel in the clear", text)
	case strings.Trim(u.Path, "/") == "":
		return fmt.Errorf("the webhook address %q has no path: `assay serve` takes deliveries at %s://%s/webhook", text, u.Scheme, u.Host)
	}
	return nil
}
