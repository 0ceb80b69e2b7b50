package localhub

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// gqlNode is an object of the schema: its type and its fields. A field is a value, or a function of its arguments.
type gqlNode struct {
	kind   string
	fields map[string]any
}

type (
	gqlResolver = func(arguments object) (any, error)

	// gqlFault is an error with GitHub's type, such as NOT_FOUND.
	gqlFault struct{ kind, message string }
)

func (f gqlFault) Error() string { return f.message }

// gqlRequest is the body of a POST to /api/graphql.
type gqlRequest struct {
	Query         string `json:"query"`
	OperationName string `json:"operationName"`
	Variables     object `json:"variables"`
}

// operation parses the request and finds what to run.
func (q gqlRequest) operation() (gqlDocument, gqlOperation, error) {
	d, err := parseGQL(q.Query)
	if err != nil {
		return d, gqlOperation{}, err
	}
	for _, op := range d.operations {
		if q.OperationName == "" || op.name == q.OperationName {
			return d, op, nil
		}
	}
	return d, gqlOperation{}, fmt.Errorf("no operation named %q", q.OperationName)
}

// isMutation tells whether a body asks for a change.
func isMutation(body []byte) bool {
	var q gqlRequest
	if json.Unmarshal(body, &q) != nil {
		return false
	}
	_, op, err := q.operation()
	return err == nil && op.kind == "mutation"
}

// serveGraphQL answers the few queries and mutations that a reviewer needs and the REST API lacks.
func (h *Hub) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var q gqlRequest
	if err == nil {
		err = json.Unmarshal(body, &q)
	}
	if err != nil || r.Method != http.MethodPost {
		writeRefusal(w, problemsParsing())
		return
	}
	c := &call{Request: r, hub: h, body: body, header: w.Header()}
	h.mu.Lock()
	var refused *refusal
	if c.caller, refused = h.authenticate(r); refused == nil && c.token == nil {
		refused = unauthorised("This endpoint requires you to be authenticated.")
	}
	if refused == nil {
		refused = h.meter(c)
	}
	var answer object
	if refused == nil {
		answer = c.execute(q)
	}
	h.mu.Unlock()
	if refused != nil {
		writeRefusal(w, refused)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func (c *call) execute(q gqlRequest) object {
	d, op, err := q.operation()
	if err != nil {
		return object{"errors": []any{object{"message": "Parse error: " + err.Error()}}}
	}
	run := &gqlRun{document: d, variables: q.Variables}
	root := c.gqlQuery()
	if op.kind == "mutation" {
		root = c.gqlMutation()
	}
	if !run.known(op.fields, root, nil) {
		return object{"errors": run.errors}
	}
	answer := object{"data": run.selected(op.fields, root, nil)}
	if len(run.errors) > 0 {
		answer["errors"] = run.errors
	}
	return answer
}

// gqlRun is one execution.
type gqlRun struct {
	document  gqlDocument
	variables object
	errors    []any
	steps     int
}

// maxGQLSteps bounds the work of one request, whatever its fragments do.
const maxGQLSteps = 200_000

func (r *gqlRun) complain(fault gqlFault, path []any) {
	e := object{"message": fault.message, "path": path}
	if fault.kind != "" {
		e["type"] = fault.kind
	}
	r.errors = append(r.errors, e)
}

// known rejects, before anything is run, a root field that there is not: a mutation must not be half done.
func (r *gqlRun) known(fields []gqlField, root gqlNode, path []any) bool {
	for _, f := range fields {
		if _, ok := root.fields[f.name]; !ok && f.spread == "" && f.inline == nil && f.name != "__typename" {
			r.complain(gqlFault{"", fmt.Sprintf("Field '%s' doesn't exist on type '%s'", f.name, root.kind)}, append(path, f.alias))
			return false
		}
	}
	return true
}

// selected answers the fields asked for of one object.
func (r *gqlRun) selected(fields []gqlField, node gqlNode, path []any) object {
	answer := object{}
	for _, f := range fields {
		if r.steps++; r.steps > maxGQLSteps {
			return answer
		}
		at := append(path[:len(path):len(path)], f.alias)
		fragment, isFragment := r.document.fragments[f.spread], f.spread != ""
		if f.inline != nil {
			fragment, isFragment = *f.inline, true
		}
		switch {
		case isFragment && len(at) > maxGQLDepth:
			r.complain(gqlFault{"", "fragments are nested too deeply"}, at)
		case isFragment:
			if fragment.on == node.kind || fragment.on == "Node" || fragment.on == "Minimizable" || fragment.on == "Actor" {
				for name, value := range r.selected(fragment.fields, node, at) {
					answer[name] = value
				}
			}
		case f.name == "__typename":
			answer[f.alias] = node.kind
		default:
			answer[f.alias] = r.field(f, node, at)
		}
	}
	return answer
}

func (r *gqlRun) field(f gqlField, node gqlNode, path []any) any {
	value, ok := node.fields[f.name]
	if !ok {
		r.complain(gqlFault{"", fmt.Sprintf("Field '%s' doesn't exist on type '%s'", f.name, node.kind)}, path)
		return nil
	}
	if resolver, ok := value.(gqlResolver); ok {
		arguments := object{}
		for name, argument := range f.arguments {
			arguments[name] = argument.resolve(r.variables)
		}
		var err error
		if value, err = resolver(arguments); err != nil {
			fault := gqlFault{message: err.Error()}
			errors.As(err, &fault)
			r.complain(fault, path)
			return nil
		}
	}
	switch v := value.(type) {
	case gqlNode:
		return r.selected(f.fields, v, path)
	case []gqlNode:
		list := []any{}
		for i, item := range v {
			list = append(list, r.selected(f.fields, item, append(path[:len(path):len(path)], i)))
		}
		return list
	}
	return value
}
