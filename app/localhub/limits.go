package localhub

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// RateLimits turns GitHub's rate limits on. What is zero is not limited.
type RateLimits struct {
	PerHour          int // requests of one installation; the rate-limit headers say 5000 when zero
	ContentPerMinute int // requests of one installation that create content; GitHub's is 80
	ContentPerHour   int // GitHub's is 500

	// Status of a refusal: 403 (when zero) or 429. GitHub uses both.
	Status int

	// RetryAfter is put into refusals of the content limits; when zero the header is missing, as it sometimes is.
	RetryAfter time.Duration
}

// Limit sets the rate limits and forgets what was counted.
func (h *Hub) Limit(l RateLimits) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.behaviour.limits, h.behaviour.primary, h.behaviour.contents = l, nil, nil
}

// window counts the requests of one hour.
type window struct {
	used  int
	reset time.Time
}

// defaultPerHour is the least that GitHub gives an installation.
const defaultPerHour = 5000

// meter counts a request and writes the headers that tell how much is left. It refuses what is too much.
func (h *Hub) meter(c *call) *refusal {
	if c.token == nil {
		return nil
	}
	i, now, limits := c.token.installation, h.now(), h.behaviour.limits
	if h.behaviour.primary == nil {
		h.behaviour.primary = map[*Installation]*window{}
		h.behaviour.contents = map[*Installation][]time.Time{}
	}
	w := h.behaviour.primary[i]
	if w == nil || !now.Before(w.reset) {
		w = &window{reset: now.Add(time.Hour)}
		h.behaviour.primary[i] = w
	}
	most := limits.PerHour
	if most == 0 {
		most = defaultPerHour
	}
	w.used++
	c.header.Set("X-Ratelimit-Limit", strconv.Itoa(most))
	c.header.Set("X-Ratelimit-Remaining", strconv.Itoa(max(0, most-w.used)))
	c.header.Set("X-Ratelimit-Used", strconv.Itoa(min(w.used, most)))
	c.header.Set("X-Ratelimit-Reset", strconv.FormatInt(w.reset.Unix(), 10))
	c.header.Set("X-Ratelimit-Resource", "core")
	if limits.PerHour > 0 && w.used > most {
		return limits.refuse(fmt.Sprintf("API rate limit exceeded for installation ID %d.", i.id))
	}
	if c.Method == http.MethodGet {
		return nil
	}
	return h.meterContent(i, now)
}

func (h *Hub) meterContent(i *Installation, now time.Time) *refusal {
	limits := h.behaviour.limits
	times := h.behaviour.contents[i]
	within := func(d time.Duration) (n int) {
		for _, t := range times {
			if now.Sub(t) < d {
				n++
			}
		}
		return n
	}
	if limits.ContentPerMinute > 0 && within(time.Minute) >= limits.ContentPerMinute ||
		limits.ContentPerHour > 0 && within(time.Hour) >= limits.ContentPerHour {
		refused := limits.refuse("You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.")
		if limits.RetryAfter > 0 {
			refused.header = http.Header{"Retry-After": {strconv.Itoa(int(limits.RetryAfter.Seconds()))}}
		}
		return refused
	}
	if limits.ContentPerMinute > 0 || limits.ContentPerHour > 0 {
		h.behaviour.contents[i] = append(times, now)
	}
	return nil
}

func (l RateLimits) refuse(message string) *refusal {
	status := l.Status
	if status == 0 {
		status = http.StatusForbidden
	}
	return &refusal{status: status, message: message}
}

// getRateLimit is free, and tells what meter counted.
func (h *Hub) getRateLimit(c *call) (any, *refusal) {
	core := object{"limit": 60, "remaining": 60, "used": 0, "reset": h.now().Add(time.Hour).Unix()}
	if c.token != nil {
		w := h.behaviour.primary[c.token.installation]
		limit, _ := strconv.Atoi(c.header.Get("X-Ratelimit-Limit"))
		core = object{"limit": limit, "remaining": max(0, limit-w.used), "used": min(w.used, limit), "reset": w.reset.Unix()}
	}
	return object{"resources": object{"core": core, "search": core, "graphql": core}, "rate": core}, nil
}
