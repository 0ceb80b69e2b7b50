package githubapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// GraphQLError is what GitHub's GraphQL interface has against a request; it answers 200 even then.
type GraphQLError struct {
	Errors []GraphQLFault
}

// GraphQLFault is one of its complaints.
type GraphQLFault struct {
	Type    string `json:"type"` // NOT_FOUND, FORBIDDEN, RATE_LIMITED, …
	Message string `json:"message"`
}

func (e *GraphQLError) Error() string {
	first := e.Errors[0]
	return fmt.Sprintf("GraphQL: %.40s: %.300q (%d errors)", first.Type, first.Message, len(e.Errors))
}

func (e *GraphQLError) kind() Kind {
	switch e.Errors[0].Type {
	case "NOT_FOUND":
		return NotFound
	case "FORBIDDEN", "INSUFFICIENT_SCOPES":
		return Forbidden
	case "SERVICE_UNAVAILABLE", "INTERNAL", "RESOURCE_LIMITS_EXCEEDED":
		return Unavailable
	default:
		return Unprocessable
	}
}

// GraphQL makes one request with the token of a repository and decodes its data into out, a pointer, or nil. A query
// is repeated as a GET would be; a mutation is a write and is not.
func (a *App) GraphQL(ctx context.Context, s Scope, query string, variables map[string]any, out any) error {
	if !strings.HasPrefix(strings.TrimSpace(query), "mutation") {
		ctx = Harmless(ctx)
	}
	client := a.Repository(s.Installation, s.Repository, s.Permissions)
	req, err := client.NewRequest(http.MethodPost, a.address.GraphQL, map[string]any{"query": query, "variables": variables})
	if err != nil {
		return fmt.Errorf("make a GraphQL request: %w", err)
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []GraphQLFault  `json:"errors"`
	}
	if _, err := client.Do(ctx, req, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return a.graphQLFault(s.Installation, answer.Errors)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Data, out); err != nil {
		return fmt.Errorf("%w: GraphQL data: %w", errGarbled, err)
	}
	return nil
}

// graphQLFault gives a limit the form that limits have everywhere else. The headers came with the answer, so the lane
// knows when the budget is full again.
func (a *App) graphQLFault(installation int64, faults []GraphQLFault) error {
	for _, fault := range faults {
		if fault.Type == "RATE_LIMITED" || mentionsLimit([]byte(fault.Message)) {
			wait := max(a.lane(installation).wait(resourceGraphQL, a.clock.Now()), minSecondaryWait)
			return &ErrRateLimited{Until: a.clock.Now().Add(min(wait, maxLimitWait))}
		}
	}
	return &GraphQLError{Errors: faults}
}
