package setup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/assay-app/assay/app/githubapi"
)

const (
	// identityTimeout is how long a start waits for GitHub before it goes on without.
	identityTimeout = 15 * time.Second
	// minWebhookSecret keeps a signature from being guessed: 16 characters.
	minWebhookSecret = 16
)

// ErrNoSecret: deliveries could not be told from forgeries.
var ErrNoSecret = errors.New("no webhook secret is configured")

// Start is how `assay serve` may start.
type Start struct {
	App      *githubapi.App
	Identity githubapi.Identity // zero when Degraded

	// Degraded says why GitHub could not be asked who we are; nil when it was. The server then accepts and queues,
	// and asks again.
	Degraded error

	// Missing are permissions and events that Assay needs and the App was not given, such as "checks: write".
	Missing []string
}

// CheckServe refuses what no waiting will heal: no secret, a key that does not parse, and a GitHub that does not know
// us (401, 404, another App). When GitHub is merely down the start is Degraded.
func CheckServe(ctx context.Context, webhookSecrets []string, c githubapi.Config) (Start, error) {
	if err := checkSecrets(webhookSecrets); err != nil {
		return Start{}, err
	}
	app, err := githubapi.New(c)
	if err != nil {
		return Start{}, err
	}
	start := Start{App: app}
	asking, cancel := context.WithTimeout(ctx, identityTimeout)
	defer cancel()
	start.Identity, err = app.Identity(asking)
	switch {
	case errors.Is(err, githubapi.ErrUnreachable):
		start.Degraded = err
	case err != nil:
		return Start{}, err
	default:
		start.Missing = missing(start.Identity)
	}
	return start, nil
}

func checkSecrets(webhookSecrets []string) error {
	if len(webhookSecrets) == 0 {
		return fmt.Errorf("%w: anyone could pretend to be GitHub", ErrNoSecret)
	}
	for i, secret := range webhookSecrets {
		switch {
		case strings.TrimSpace(secret) == "":
			return fmt.Errorf("%w: number %d is empty", ErrNoSecret, i+1)
		case strings.TrimSpace(secret) != secret:
			return fmt.Errorf("webhook secret number %d begins or ends with white space: GitHub signs without it", i+1)
		case len(secret) < minWebhookSecret:
			return fmt.Errorf("webhook secret number %d has %d characters: use %d or more, at random", i+1, len(secret), minWebhookSecret)
		}
	}
	return nil
}

func missing(identity githubapi.Identity) []string {
	found := missingPermissions(identity.Permissions)
	for _, event := range missingEvents(identity.Events) {
		found = append(found, "event "+event)
	}
	return found
}
