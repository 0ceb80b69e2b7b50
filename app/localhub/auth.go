package localhub

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// GitHub's times of credentials.
const (
	tokenLife    = time.Hour        // of an installation token
	maxJWTLife   = 10 * time.Minute // of an app's JWT
	jwtClockSkew = time.Minute      // how far in the future iat may lie
)

// accessToken is an installation token.
type accessToken struct {
	value        string
	installation *Installation
	repositories []*Repository // nil when not narrowed
	permissions  map[string]string
	expires      time.Time
}

// caller is who sent a request: an app, an installation, or nobody.
type caller struct {
	app   *App         // with a JWT
	token *accessToken // with an installation token
}

// authenticate reads the Authorization header. Credentials that are wrong are an error even where none are needed.
func (h *Hub) authenticate(r *http.Request) (caller, *refusal) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, nil
	}
	scheme, value, _ := strings.Cut(header, " ")
	switch strings.ToLower(scheme) {
	case "bearer", "token":
	case "basic":
		// git sends x-access-token:TOKEN.
		_, value, _ = r.BasicAuth()
	default:
		return caller{}, unauthorised("Bad credentials")
	}
	if strings.Count(value, ".") == 2 {
		app, refused := h.verifyJWT(value)
		return caller{app: app}, refused
	}
	token := h.tokens[value]
	if token == nil || !h.now().Before(token.expires) || token.installation.removed {
		return caller{}, unauthorised("Bad credentials")
	}
	if token.installation.suspended != nil {
		return caller{}, forbidden("This installation has been suspended")
	}
	return caller{token: token}, nil
}

// verifyJWT checks an app's JWT as GitHub does: RS256 by the app's key, not in the future, at most ten minutes long.
func (h *Hub) verifyJWT(value string) (*App, *refusal) {
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	var app *App
	_, err := parser.ParseWithClaims(value, claims, func(*jwt.Token) (any, error) {
		if app = h.appByIssuer(claims["iss"]); app == nil {
			return nil, fmt.Errorf("no app %v", claims["iss"])
		}
		return &app.key.PublicKey, nil
	})
	if err != nil && app == nil {
		return nil, &refusal{status: http.StatusNotFound, message: "Integration not found"}
	}
	if err != nil {
		return nil, unauthorised("A JSON web token could not be decoded")
	}
	now := h.options.Now()
	issued, ok := claims["iat"].(float64)
	if !ok || time.Unix(int64(issued), 0).After(now.Add(jwtClockSkew)) {
		return nil, unauthorised("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	}
	expires, ok := claims["exp"].(float64)
	if !ok || !time.Unix(int64(expires), 0).After(now) {
		return nil, unauthorised("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	}
	if time.Unix(int64(expires), 0).After(now.Add(maxJWTLife)) {
		return nil, unauthorised("'Expiration time' claim ('exp') is too far in the future")
	}
	return app, nil
}

// appByIssuer takes an app id (as text or number) or a client id.
func (h *Hub) appByIssuer(issuer any) *App {
	name, ok := issuer.(string)
	if number, isNumber := issuer.(float64); isNumber {
		name, ok = strconv.FormatInt(int64(number), 10), true
	}
	for _, a := range h.apps {
		if ok && (name == a.clientID || name == strconv.FormatInt(a.id, 10)) {
			return a
		}
	}
	return nil
}

// may tells whether the token has a permission, "checks:write", or one of several, "issues:read|pull_requests:read".
func (t *accessToken) may(permission string) bool {
	for alternative := range strings.SplitSeq(permission, "|") {
		name, level, _ := strings.Cut(alternative, ":")
		// What an owner has taken back is gone from tokens too.
		if covers(t.permissions[name], level) && covers(t.installation.permissions[name], level) {
			return true
		}
	}
	return false
}

func covers(granted, wanted string) bool {
	levels := []string{"", "read", "write", "admin"}
	return slices.Index(levels, granted) >= slices.Index(levels, wanted)
}

func (t *accessToken) sees(r *Repository) bool {
	return t.installation.covers(r) && (t.repositories == nil || slices.Contains(t.repositories, r))
}

// tokenRequest narrows an installation token.
type tokenRequest struct {
	Repositories  []string          `json:"repositories"`
	RepositoryIDs []int64           `json:"repository_ids"`
	Permissions   map[string]string `json:"permissions"`
}

// createToken issues an installation token.
func (h *Hub) createToken(c *call) (any, *refusal) {
	i, refused := c.installation()
	if refused != nil {
		return nil, refused
	}
	if i.suspended != nil {
		return nil, forbidden("This installation has been suspended")
	}
	var q tokenRequest
	if len(c.body) > 0 {
		if err := json.Unmarshal(c.body, &q); err != nil {
			return nil, problemsParsing()
		}
	}
	t := &accessToken{
		value: "ghs_" + randomText(36), installation: i, permissions: maps.Clone(i.permissions), expires: h.now().Add(tokenLife),
	}
	if refused := t.narrow(q); refused != nil {
		return nil, refused
	}
	h.tokens[t.value] = t
	selection := "all"
	answer := object{"token": t.value, "expires_at": stamp(t.expires), "permissions": t.permissions}
	if t.repositories != nil || !i.all {
		selection = "selected"
	}
	if t.repositories != nil {
		views := []object{}
		for _, r := range t.repositories {
			views = append(views, r.view())
		}
		answer["repositories"] = views
	}
	answer["repository_selection"] = selection
	return created(answer), nil
}

func (t *accessToken) narrow(q tokenRequest) *refusal {
	if q.Permissions != nil {
		for name, level := range q.Permissions {
			if level == "" || !covers(t.permissions[name], level) {
				return &refusal{status: http.StatusUnprocessableEntity, message: "The permissions requested are not granted to this installation."}
			}
		}
		t.permissions = maps.Clone(q.Permissions)
		t.permissions["metadata"] = "read"
	}
	for _, r := range t.installation.repositories() {
		if slices.Contains(q.RepositoryIDs, r.id) || slices.Contains(q.Repositories, r.name) {
			t.repositories = append(t.repositories, r)
		}
	}
	if len(t.repositories) < max(len(q.RepositoryIDs), len(q.Repositories)) {
		return &refusal{status: http.StatusUnprocessableEntity,
			message: "There is at least one repository that does not exist or is not accessible to the parent installation."}
	}
	return nil
}

const alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func randomText(length int) string {
	b := make([]byte, length)
	_, _ = rand.Read(b) // never fails, see crypto/rand
	for i := range b {
		b[i] = alphanumerics[int(b[i])%len(alphanumerics)]
	}
	return string(b)
}
