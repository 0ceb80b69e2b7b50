package githubapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/go-github/v62/github"
)

// Delivery is GitHub's record of one attempt to deliver a webhook. go-github's type lacks ThrottledAt, and its call the
// status filter.
type Delivery struct {
	ID           int64      `json:"id"`
	GUID         string     `json:"guid"` // the same for all attempts
	DeliveredAt  time.Time  `json:"delivered_at"`
	Redelivery   bool       `json:"redelivery"`
	Status       string     `json:"status"` // "OK", or what went wrong
	StatusCode   int        `json:"status_code"`
	Event        string     `json:"event"`
	Action       string     `json:"action"`
	Installation int64      `json:"installation_id"`
	Repository   int64      `json:"repository_id"`
	ThrottledAt  *time.Time `json:"throttled_at"`
}

// DeliveryStatus filters deliveries.
type DeliveryStatus string

// The filters that GitHub knows.
const (
	AllDeliveries     DeliveryStatus = ""
	FailedDeliveries  DeliveryStatus = "failure"
	SuccessDeliveries DeliveryStatus = "success"
)

// deliveriesPerPage is the most that GitHub gives at once.
const deliveriesPerPage = 100

// Deliveries lists a page of the App's deliveries, newest first. cursor is empty for the first page; next is empty
// after the last.
func (a *App) Deliveries(ctx context.Context, status DeliveryStatus, cursor string) (page []Delivery, next string, err error) {
	query := url.Values{"per_page": {strconv.Itoa(deliveriesPerPage)}}
	if status != AllDeliveries {
		query.Set("status", string(status))
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	client := a.AsApp()
	req, err := client.NewRequest(http.MethodGet, "app/hook/deliveries?"+query.Encode(), nil)
	if err != nil {
		return nil, "", fmt.Errorf("list webhook deliveries: %w", err)
	}
	resp, err := client.Do(ctx, req, &page)
	if err != nil {
		return nil, "", fmt.Errorf("list webhook deliveries: %w", err)
	}
	return page, resp.Cursor, nil
}

// Redeliver asks GitHub to deliver again, with the same GUID. GitHub accepts and does it later.
func (a *App) Redeliver(ctx context.Context, id int64) error {
	_, _, err := a.AsApp().Apps.RedeliverHookDelivery(ctx, id)
	var accepted *github.AcceptedError
	if err != nil && !errors.As(err, &accepted) {
		return fmt.Errorf("redeliver webhook delivery %d: %w", id, err)
	}
	return nil
}
