package githubapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Identity is who GitHub says we are.
type Identity struct {
	AppID       int64
	Slug        string
	Name        string
	BotLogin    string            // the account that comments and reviews come from
	Permissions map[string]Access // as GitHub names them
	Events      []string
}

// Why GitHub does not know us. None of these heals by itself.
var (
	// ErrWrongKey: the App exists, and this key is not one of its keys.
	ErrWrongKey = errors.New("GitHub refuses the App's private key")
	// ErrNoSuchApp: there is no App of this id.
	ErrNoSuchApp = errors.New("GitHub knows no App of this id")
	// ErrOtherApp: the key is another App's.
	ErrOtherApp = errors.New("GitHub takes the key for another App's")
)

// ErrUnreachable means that GitHub could not be asked, now: it is down, unreachable, limiting us, or answers nonsense.
var ErrUnreachable = errors.New("GitHub cannot be asked who this App is")

// Identity asks GitHub who we are (GET /app). The error is one of the four above, or none of them when something else
// is wrong, such as a certificate.
func (a *App) Identity(ctx context.Context) (Identity, error) {
	client := a.AsApp()
	req, err := client.NewRequest(http.MethodGet, "app", nil)
	if err != nil {
		return Identity{}, fmt.Errorf("ask GitHub who this App is: %w", err)
	}
	// go-github's App type does not know every permission, merge_queues for one.
	var answer struct {
		ID          int64             `json:"id"`
		Slug        string            `json:"slug"`
		Name        string            `json:"name"`
		Permissions map[string]Access `json:"permissions"`
		Events      []string          `json:"events"`
	}
	if _, err := client.Do(ctx, req, &answer); err != nil {
		return Identity{}, a.identityFault(ctx, err)
	}
	switch {
	case answer.ID <= 0 || answer.Slug == "":
		return Identity{}, fmt.Errorf("%w: its answer names no App", ErrUnreachable)
	case answer.ID != a.appID:
		return Identity{}, fmt.Errorf("%w: this is App %d (%.100q), configured is %d", ErrOtherApp, answer.ID, answer.Slug, a.appID)
	}
	return Identity{
		AppID:       answer.ID,
		Slug:        answer.Slug,
		Name:        answer.Name,
		BotLogin:    answer.Slug + "[bot]",
		Permissions: answer.Permissions,
		Events:      answer.Events,
	}, nil
}

func (a *App) identityFault(ctx context.Context, err error) error {
	switch kind := Classify(err); kind {
	case Unauthorized:
		return fmt.Errorf("%w: make a new one on the page of App %d, or correct the id%s", ErrWrongKey, a.appID, a.clockAdvice())
	case NotFound:
		return fmt.Errorf("%w: %d at %s", ErrNoSuchApp, a.appID, a.address.API)
	case RateLimited, Unavailable, Garbled:
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case Cancelled:
		if errors.Is(context.Cause(ctx), context.Canceled) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrUnreachable, err) // the time that the caller gave it is over
	default:
		return fmt.Errorf("ask GitHub who this App is: %w", err)
	}
}

// clockAdvice names the other reason for which signatures are refused.
func (a *App) clockAdvice() string {
	if skew := a.clock.skew(); skew != 0 {
		return fmt.Sprintf(" (this machine's clock differs from GitHub's by %s)", skew)
	}
	return ""
}
