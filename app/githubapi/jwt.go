package githubapi

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/golang-jwt/jwt/v4"
)

const (
	// jwtBackdate is how far in the past GitHub advises to date a signature, against clocks that drift.
	jwtBackdate = 60 * time.Second
	// jwtLifetime leaves half of the ten minutes that GitHub allows as room for a clock of ours that is ahead.
	jwtLifetime = 5 * time.Minute
)

// signer signs as the App, by GitHub's clock. ghinstallation chooses the times itself (30 s back, 90 s ahead, by the
// local clock); they are replaced here.
type signer struct {
	key *rsa.PrivateKey
	now func() time.Time
}

// Sign implements [ghinstallation.Signer].
func (s *signer) Sign(claims jwt.Claims) (string, error) {
	registered, ok := claims.(*jwt.RegisteredClaims)
	if !ok {
		return "", fmt.Errorf("sign as the App: unexpected claims %T", claims)
	}
	now := s.now().Truncate(time.Second)
	registered.IssuedAt = jwt.NewNumericDate(now.Add(-jwtBackdate))
	registered.ExpiresAt = jwt.NewNumericDate(now.Add(jwtLifetime))
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, registered).SignedString(s.key)
	if err != nil {
		return "", errors.New("sign as the App: the private key cannot sign")
	}
	return signed, nil
}

// appsTransport signs requests and hands them to next. Each use has its own: a Transport of ghinstallation writes to
// the AppsTransport it was made from, so that sharing one is a data race.
func (a *App) appsTransport(next http.RoundTripper) (*ghinstallation.AppsTransport, error) {
	t, err := ghinstallation.NewAppsTransportWithOptions(next, a.appID, ghinstallation.WithSigner(a.signer))
	if err != nil {
		return nil, fmt.Errorf("prepare to sign as the App: %w", err)
	}
	t.BaseURL = a.address.API
	return t, nil
}

// appAuthorization makes requests as the App. When GitHub refuses a signature and its answer shows that our idea of
// its clock was wrong, the request is signed anew, once.
type appAuthorization struct{ app *App }

func (p *appAuthorization) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		defer closeBody(req)
		if err := p.app.checkHost(req); err != nil {
			return nil, err
		}
		signing, err := p.app.appsTransport(next)
		if err != nil {
			return nil, err
		}
		send := func() (*http.Response, error) {
			unsigned, err := cloneRequest(req.Context(), req)
			if err != nil {
				return nil, err
			}
			return signing.RoundTrip(unsigned)
		}
		before := p.app.clock.skew()
		resp, err := send()
		if err != nil || resp.StatusCode != http.StatusUnauthorized || !p.app.clock.movedFrom(before) {
			return resp, err
		}
		discard(resp)
		return send()
	})
}
