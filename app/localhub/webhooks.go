package localhub

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	ID             int64
	GUID           string // the same for every attempt
	Event, Action  string
	InstallationID int64
	RepositoryID   int64
	Redelivery     bool
	URL            string
	RequestHeader  http.Header
	Payload        []byte

	// What came back. StatusCode is 0 until then, and 502 or 504 when nothing did, as in GitHub's log.
	Done           bool
	DeliveredAt    time.Time
	Duration       time.Duration
	StatusCode     int
	ResponseHeader http.Header
	Response       []byte

	app *App
}

// Status is GitHub's word for the outcome.
func (d Delivery) Status() string {
	if d.StatusCode == http.StatusGatewayTimeout {
		return "timed out"
	}
	if text := http.StatusText(d.StatusCode); text != "" && d.StatusCode != http.StatusBadGateway {
		return text
	}
	return "failed to connect to host"
}

// emit sends an event of an installation's life.
func (i *Installation) emit(event, action string, payload object) {
	payload["action"] = action
	payload["installation"] = i.view()
	i.app.deliver(i, nil, event, action, i.account, payload)
}

// emit sends an event of a repository to every app that subscribed to it there.
func (r *Repository) emit(event, action string, sender *Account, payload object) {
	for _, i := range r.hub.installations {
		if slices.Contains(i.app.events, event) && i.permissions[eventNeeds[event]] != "" {
			r.emitTo(i, event, action, sender, payload)
		}
	}
}

// emitTo sends an event to one installation, subscribed or not.
func (r *Repository) emitTo(i *Installation, event, action string, sender *Account, payload object) {
	if !i.covers(r) || i.suspended != nil {
		return
	}
	full := object{
		"action":       action,
		"repository":   r.view(),
		"installation": object{"id": i.id, "node_id": nodeID("MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u", i.id)},
	}
	for key, value := range payload {
		full[key] = value
	}
	i.app.deliver(i, r, event, action, sender, full)
}

// deliver completes a payload and queues it.
func (a *App) deliver(i *Installation, r *Repository, event, action string, sender *Account, payload object) {
	if a.webhookURL == "" {
		return
	}
	payload["sender"] = a.hub.userView(sender)
	if i.account.kind == "Organization" {
		payload["organization"] = a.hub.organisationView(i.account)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return // cannot happen: payloads are maps, strings and numbers
	}
	d := &Delivery{
		ID: a.hub.nextID(), GUID: newGUID(), Event: event, Action: action, InstallationID: i.id,
		URL: a.webhookURL, Payload: body, app: a,
	}
	if r != nil {
		d.RepositoryID = r.id
	}
	a.hub.queue(d)
}

// queue signs a delivery and hands it over. The lock is held.
func (h *Hub) queue(d *Delivery) {
	d.RequestHeader = http.Header{
		"Accept":                                 {"*/*"},
		"Content-Type":                           {"application/json"},
		"User-Agent":                             {"GitHub-Hookshot/localhub"},
		"X-Github-Delivery":                      {d.GUID},
		"X-Github-Event":                         {d.Event},
		"X-Github-Hook-Id":                       {strconv.FormatInt(d.app.id, 10)},
		"X-Github-Hook-Installation-Target-Id":   {strconv.FormatInt(d.app.id, 10)},
		"X-Github-Hook-Installation-Target-Type": {"integration"},
		"X-Hub-Signature-256":                    {Sign(d.app.webhookSecret, d.Payload)},
	}
	h.deliveries = append(h.deliveries, d)
	h.courier.add(d)
}

// Sign is the value of X-Hub-Signature-256 for a body.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// newGUID is a random (version 4) UUID.
func newGUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// maxResponse is how much of a receiver's answer the log keeps.
const maxResponse = 64 << 10

// post makes one attempt and records what came of it.
func (h *Hub) post(ctx context.Context, client *http.Client, d *Delivery) {
	ctx, cancel := context.WithTimeout(ctx, h.options.WebhookTimeout)
	defer cancel()
	if h.options.OnWebhook != nil {
		h.options.OnWebhook(d.Event, d.Payload)
	}
	begin := time.Now()
	status, header, body := http.StatusBadGateway, http.Header(nil), []byte(nil)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Payload))
	if err == nil {
		request.Header = d.RequestHeader.Clone()
		var response *http.Response
		if response, err = client.Do(request); err == nil {
			body, _ = io.ReadAll(io.LimitReader(response.Body, maxResponse))
			response.Body.Close()
			status, header = response.StatusCode, response.Header
		}
	}
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		status = http.StatusGatewayTimeout
	}
	took := time.Since(begin)
	h.mu.Lock()
	defer h.mu.Unlock()
	d.Done, d.DeliveredAt, d.Duration = true, h.now(), took
	d.StatusCode, d.ResponseHeader, d.Response = status, header, body
}

// Deliveries is the log of all attempts, oldest first.
func (h *Hub) Deliveries() []Delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	log := make([]Delivery, len(h.deliveries))
	for i, d := range h.deliveries {
		log[i] = *d
	}
	return log
}

// Redeliver attempts a delivery again, under the same GUID.
func (h *Hub) Redeliver(id int64) {
	h.act("redeliver", func() error {
		for _, d := range h.deliveries {
			if d.ID == id {
				h.redeliver(d)
				return nil
			}
		}
		return fmt.Errorf("no delivery %d", id)
	})
}

func (h *Hub) redeliver(d *Delivery) {
	h.queue(&Delivery{
		ID: h.nextID(), GUID: d.GUID, Event: d.Event, Action: d.Action, InstallationID: d.InstallationID,
		RepositoryID: d.RepositoryID, Redelivery: true, URL: d.app.webhookURL, Payload: d.Payload, app: d.app,
	})
}
