package localhub

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

func (h *Hub) getRoot(*call) (any, *refusal) {
	return object{"current_user_url": h.api("/user"), "rate_limit_url": h.api("/rate_limit")}, nil
}

func (h *Hub) getZen(*call) (any, *refusal) {
	return reply{status: http.StatusOK, body: []byte("Speak like a human."), contentType: "text/plain;charset=utf-8"}, nil
}

func (h *Hub) getMeta(*call) (any, *refusal) {
	return object{"verifiable_password_authentication": false, "hooks": []string{"127.0.0.1/32"}}, nil
}

func (h *Hub) getApp(c *call) (any, *refusal) {
	view := c.app.view()
	n := 0
	for _, i := range h.installations {
		if i.app == c.app && !i.removed {
			n++
		}
	}
	view["installations_count"] = n
	return view, nil
}

func (h *Hub) listInstallations(c *call) (any, *refusal) {
	var own []*Installation
	for _, i := range h.installations {
		if i.app == c.app && !i.removed {
			own = append(own, i)
		}
	}
	return views(page(c, own), (*Installation).view), nil
}

func (h *Hub) getInstallation(c *call) (any, *refusal) {
	i, refused := c.installation()
	if refused != nil {
		return nil, refused
	}
	return i.view(), nil
}

func (h *Hub) getRepositoryInstallation(c *call) (any, *refusal) {
	r := h.repository(c.PathValue("owner"), c.PathValue("repo"))
	for _, i := range h.installations {
		if i.app == c.app && r != nil && i.covers(r) {
			return i.view(), nil
		}
	}
	return nil, notFound()
}

func (h *Hub) getAccountInstallation(c *call) (any, *refusal) {
	for _, i := range h.installations {
		if i.app == c.app && !i.removed && i.account.login == c.PathValue("org") {
			return i.view(), nil
		}
	}
	return nil, notFound()
}

func (h *Hub) listInstallationRepositories(c *call) (any, *refusal) {
	var seen []*Repository
	for _, r := range h.repositories {
		if c.token.sees(r) {
			seen = append(seen, r)
		}
	}
	selection := "selected"
	if c.token.installation.all {
		selection = "all"
	}
	return object{
		"total_count": len(seen), "repository_selection": selection,
		"repositories": views(page(c, seen), (*Repository).view),
	}, nil
}

func (h *Hub) revokeToken(c *call) (any, *refusal) {
	delete(h.tokens, c.token.value)
	return noContent(), nil
}

// listDeliveries pages by cursor, newest first, as GitHub does.
func (h *Hub) listDeliveries(c *call) (any, *refusal) {
	query := c.URL.Query()
	size, err := strconv.Atoi(query.Get("per_page"))
	if err != nil || size < 1 {
		size = defaultPerPage
	}
	before := int64(1) << 62
	if cursor := query.Get("cursor"); cursor != "" {
		if before, err = strconv.ParseInt(cursor, 10, 64); err != nil {
			return nil, &refusal{status: http.StatusBadRequest, message: "Invalid cursor"}
		}
	}
	items := []object{}
	for _, d := range slices.Backward(h.deliveries) {
		if d.app != c.app || !d.Done || d.ID >= before || !matchesStatus(d, query.Get("status")) {
			continue
		}
		if len(items) == min(size, maxPerPage) {
			query.Set("cursor", fmt.Sprint(items[len(items)-1]["id"]))
			c.header.Set("Link", fmt.Sprintf("<%s?%s>; rel=\"next\"", h.api("%s", c.URL.Path), query.Encode()))
			break
		}
		items = append(items, d.view())
	}
	return items, nil
}

func matchesStatus(d *Delivery, status string) bool {
	succeeded := d.StatusCode >= 200 && d.StatusCode < 300
	return status == "" || (status == "success") == succeeded
}

func (d *Delivery) view() object {
	var repository any
	if d.RepositoryID != 0 {
		repository = d.RepositoryID
	}
	return object{
		"id": d.ID, "guid": d.GUID, "delivered_at": stamp(d.DeliveredAt), "redelivery": d.Redelivery,
		"duration": d.Duration.Seconds(), "status": d.Status(), "status_code": d.StatusCode, "event": d.Event,
		"action": textOrNull(d.Action), "installation_id": d.InstallationID, "repository_id": repository, "throttled_at": nil,
	}
}

func (c *call) delivery() (*Delivery, *refusal) {
	for _, d := range c.hub.deliveries {
		if d.ID == c.id("delivery") && d.app == c.app {
			return d, nil
		}
	}
	return nil, notFound()
}

func (h *Hub) getDelivery(c *call) (any, *refusal) {
	d, refused := c.delivery()
	if refused != nil {
		return nil, refused
	}
	headers := func(h http.Header) object {
		flat := object{}
		for name := range h {
			flat[name] = h.Get(name)
		}
		return flat
	}
	view := d.view()
	view["url"] = d.URL
	view["request"] = object{"headers": headers(d.RequestHeader), "payload": json.RawMessage(d.Payload)}
	view["response"] = object{"headers": headers(d.ResponseHeader), "payload": string(d.Response)}
	return view, nil
}

func (h *Hub) redeliverDelivery(c *call) (any, *refusal) {
	d, refused := c.delivery()
	if refused != nil {
		return nil, refused
	}
	h.redeliver(d)
	return accepted(object{}), nil
}
