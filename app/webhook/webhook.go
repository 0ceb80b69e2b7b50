package webhook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
)

// Queue takes jobs in the transaction that stores a delivery.
type Queue interface {
	EnqueueTx(ctx context.Context, tx store.Tx, job queue.Job) (int64, error)
	CancelOlder(ctx context.Context, tx store.Tx, repositoryID int64, number int, head string) (heads []string, err error)
	CancelRepository(ctx context.Context, tx store.Tx, repositoryID int64) (int, error)
}

// Options are what the receiver needs to know. Secrets and AppID are needed.
type Options struct {
	Secrets [][]byte      // all that are valid now
	AppID   int64         // whose checks are ours
	Bot     func() string // the login of our own bot, empty while it is not known; nil: never known

	// Purge deletes what is kept outside the database about repositories that were removed. It runs after the answer.
	Purge func(ctx context.Context, repositoryIDs []int64) error

	Logger *slog.Logger
}

// readTimeout and storeTimeout together stay below the ten seconds after which GitHub gives up on a delivery, so that
// it is answered with a reason.
const (
	readTimeout  = 5 * time.Second
	storeTimeout = 4 * time.Second
)

// Handler answers POST /webhook.
type Handler struct {
	store   *store.Store
	queue   Queue
	secrets secrets
	planner planner
	purge   func(ctx context.Context, repositoryIDs []int64) error
	log     *slog.Logger
	budget  budget
	purges  sync.WaitGroup
}

// New sets up a receiver. It refuses to work without a secret.
func New(s *store.Store, q Queue, o Options) (*Handler, error) {
	valid, err := newSecrets(o.Secrets)
	if err != nil {
		return nil, err
	}
	if o.AppID <= 0 {
		return nil, errors.New("the receiver of webhooks needs the id of the App, to tell its own checks from others'")
	}
	if o.Bot == nil {
		o.Bot = func() string { return "" }
	}
	if o.Purge == nil {
		o.Purge = func(context.Context, []int64) error { return nil }
	}
	return &Handler{
		store: s, queue: q, secrets: valid, purge: o.Purge,
		planner: planner{store: s, appID: o.AppID, bot: o.Bot},
		log:     cmp.Or(o.Logger, slog.New(slog.DiscardHandler)),
		budget:  budget{left: defaultBudget},
	}, nil
}

// Wait returns when everything that was begun after an answer has ended.
func (h *Handler) Wait() { h.purges.Wait() }

// refusal is an answer other than success.
type refusal struct {
	status int
	error
}

func refuse(status int, format string, args ...any) error {
	return refusal{status, fmt.Errorf(format, args...)}
}

// ServeHTTP receives one delivery.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	guid := r.Header.Get("X-GitHub-Delivery")
	status, err := h.receive(w, r)
	log := h.log.With("event", r.Header.Get("X-GitHub-Event"), "delivery", guid, "seconds", time.Since(began).Seconds())
	if err == nil {
		log.Info("delivery", "outcome", status)
		answer(w, http.StatusAccepted, map[string]string{"status": status})
		return
	}
	log.Warn("delivery refused", "error", err)
	var no refusal
	if !errors.As(err, &no) {
		// The error may name hosts and tables; the sender need not know them.
		no = refusal{http.StatusServiceUnavailable, errors.New("the delivery could not be stored; deliver it again later")}
	}
	if no.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	answer(w, no.status, map[string]string{"error": no.Error()})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender is gone if this fails
}

// receive does everything about one delivery and says in a word what came of it.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) (status string, err error) {
	name, guid, claimed, err := headers(r)
	if err != nil {
		return "", err
	}
	body, release, err := h.body(w, r)
	defer release()
	if err != nil {
		return "", err
	}
	if !h.secrets.verify(body, claimed) {
		return "", refusal{http.StatusUnauthorized, errSignature}
	}
	p, err := parse(body)
	if err != nil {
		return "", refusal{http.StatusBadRequest, err}
	}

	ctx, cancel := context.WithTimeout(r.Context(), storeTimeout)
	defer cancel()
	e, todo, err := h.planner.plan(ctx, name, guid, p)
	var database storeError
	switch {
	case errors.As(err, &database):
		return "", err
	case err != nil:
		return "", refuse(http.StatusBadRequest, "the payload of %s is not the one that GitHub sends: %w", name, err)
	case todo.empty():
		return "ignored", nil
	}
	return h.record(ctx, name, e, todo)
}

// guidForm is wider than a GUID: other servers that speak GitHub's language use numbers.
var (
	guidForm  = regexp.MustCompile(`^[0-9A-Za-z-]{1,100}$`)
	eventForm = regexp.MustCompile(`^[a-z0-9_]{1,100}$`)
)

// headers checks all that can be checked before the body is read.
func headers(r *http.Request) (name, guid string, claimed signature, err error) {
	if r.Method != http.MethodPost {
		return "", "", claimed, refuse(http.StatusMethodNotAllowed, "only POST is answered here")
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return "", "", claimed, refuse(http.StatusUnsupportedMediaType, "the content type of the webhook must be set to application/json")
	}
	claimed, err = parseSignature(r.Header.Values(signatureHeader))
	if err != nil {
		return "", "", claimed, refusal{http.StatusUnauthorized, err}
	}
	name, guid = r.Header.Get("X-GitHub-Event"), r.Header.Get("X-GitHub-Delivery")
	if !eventForm.MatchString(name) || !guidForm.MatchString(guid) {
		return "", "", claimed, refuse(http.StatusBadRequest, "the headers X-GitHub-Event and X-GitHub-Delivery are missing or malformed")
	}
	return name, guid, claimed, nil
}

func (h *Handler) body(w http.ResponseWriter, r *http.Request) (data []byte, release func(), err error) {
	if r.ContentLength > MaxBody {
		return nil, func() {}, refusal{http.StatusRequestEntityTooLarge, errTooLarge}
	}
	// Not all connections have deadlines, such as those of some tests; then the server's own limits hold.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout))
	data, release, err = h.budget.read(http.MaxBytesReader(w, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, errTooLarge):
		err = refusal{http.StatusRequestEntityTooLarge, errTooLarge}
	case errors.Is(err, errBusy):
		err = refusal{http.StatusServiceUnavailable, err}
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = refuse(http.StatusRequestTimeout, "the payload did not arrive within %v", readTimeout)
	case err != nil:
		err = refuse(http.StatusBadRequest, "the payload could not be read to its end: %w", err)
	}
	return data, release, err
}
