// Package openapi checks requests, answers and webhooks against GitHub's own OpenAPI description. Only tests use it.
package openapi

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Command fetches the description.
const Command = "make octokit  (or: go run ./app/localhub/openapi/fetch)"

// description is GitHub's, cut down to what localhub serves: loading all of it takes seconds in every test binary.
type description struct {
	document   *openapi3.T
	operations []operation
	webhooks   map[string]*openapi3.SchemaRef // by name: "pull-request-opened"
}

// operation is one method of one path.
type operation struct {
	method, path string
	pattern      *regexp.Regexp
	names        []string // of the path's parameters
	item         *openapi3.PathItem
	spec         *openapi3.Operation
}

// served are the parts of the API that tests call.
var served = regexp.MustCompile(`^/(app|app/.*|app-manifests/.*|installation/(repositories|token)|rate_limit|meta|zen|orgs/\{org\}/installation)$|` +
	`^/repos/\{owner\}/\{repo\}($|/(installation|pulls|issues/comments|issues/\{issue_number\}/comments|check-runs|check-suites|commits|compare|contents|branches/\{branch\}$|git/(trees|blobs)|code-scanning/sarifs|collaborators/\{username\}/permission|dependency-graph)(/|$))`)

// events are the webhooks that tests send.
var events = regexp.MustCompile(`^(pull-request|check-run|check-suite|merge-group|installation|issue-comment)-`)

// load reads the description once for each test binary.
var load = sync.OnceValues(func() (*description, error) {
	file, err := locate()
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("GitHub's OpenAPI description is missing; fetch it with: %s: %w", Command, err)
	}
	return parse(content)
})

// locate finds the file: below $ASSAY_OCTOKIT, or below .cache/octokit beside go.mod.
func locate() (string, error) {
	const below = "openapi/generated/api.github.com.json"
	if dir := os.Getenv("ASSAY_OCTOKIT"); dir != "" {
		return filepath.Join(dir, below), nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".cache", "octokit", below), nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", fmt.Errorf("no go.mod above the working directory; set ASSAY_OCTOKIT to the folder that %s filled", Command)
	}
}

type object = map[string]any

func parse(content []byte) (*description, error) {
	var full object
	if err := json.Unmarshal(content, &full); err != nil {
		return nil, fmt.Errorf("read GitHub's OpenAPI description: %w", err)
	}
	trimmed, err := json.Marshal(trim(full))
	if err != nil {
		return nil, err
	}
	document, err := openapi3.NewLoader().LoadFromData(trimmed)
	if err != nil {
		return nil, fmt.Errorf("load GitHub's OpenAPI description: %w", err)
	}
	d := &description{document: document, webhooks: map[string]*openapi3.SchemaRef{}}
	for path, item := range document.Paths.Map() {
		if name, ok := strings.CutPrefix(path, webhookPath); ok {
			d.webhooks[name] = item.Post.RequestBody.Value.Content.Get("application/json").Schema
			continue
		}
		for method, spec := range item.Operations() {
			d.operations = append(d.operations, newOperation(method, path, item, spec))
		}
	}
	// The more fixed text, the earlier: commits/{ref}/check-runs before commits/{ref}.
	slices.SortFunc(d.operations, func(a, b operation) int {
		if fixed := len(parameter.ReplaceAllString(b.path, "")) - len(parameter.ReplaceAllString(a.path, "")); fixed != 0 {
			return fixed
		}
		return strings.Compare(a.path, b.path)
	})
	return d, nil
}

// webhookPath is where trim puts webhooks, which OpenAPI 3.0 has no place for.
const webhookPath = "/x-webhooks/"

// trim keeps the served paths, the webhooks, and the components that they reach.
func trim(full object) object {
	paths := object{}
	for path, item := range full["paths"].(object) {
		if served.MatchString(path) {
			paths[path] = item
		}
	}
	for name, item := range full["x-webhooks"].(object) {
		if events.MatchString(name) {
			post := item.(object)["post"].(object)
			paths[webhookPath+name] = object{"post": object{
				"requestBody": post["requestBody"], "responses": object{"200": object{"description": "taken"}},
			}}
		}
	}
	kept := object{}
	all := full["components"].(object)
	amend(all["schemas"].(object))
	drop(paths)
	keep(paths, all, kept)
	return object{"openapi": full["openapi"], "info": full["info"], "paths": paths, "components": kept}
}

// amend corrects the description where GitHub itself is known to answer otherwise.
func amend(schemas object) {
	// The head of a pull request whose fork was deleted has no repository. (The webhooks' schemas know that.)
	for _, name := range []string{"pull-request", "pull-request-simple"} {
		head := schemas[name].(object)["properties"].(object)["head"].(object)["properties"].(object)
		head["repo"] = object{"nullable": true, "allOf": []any{head["repo"]}}
	}
	// One of three copies of the list of events has no merge_group.
	in := schemas["webhook-check-suite-rerequested"].(object)
	for _, name := range []string{"check_suite", "app", "events"} {
		in = in["properties"].(object)[name].(object)
	}
	delete(in["items"].(object), "enum")
}

// keep copies every component that something refers to, and what those refer to.
func keep(from any, all, kept object) {
	switch value := from.(type) {
	case object:
		if ref, ok := value["$ref"].(string); ok {
			parts := strings.Split(ref, "/") // #/components/KIND/NAME
			kind, name := parts[2], parts[3]
			if kept[kind] == nil {
				kept[kind] = object{}
			}
			if _, have := kept[kind].(object)[name]; !have {
				component := all[kind].(object)[name]
				drop(component)
				kept[kind].(object)[name] = component
				keep(component, all, kept)
			}
		}
		for _, child := range value {
			keep(child, all, kept)
		}
	case []any:
		for _, child := range value {
			keep(child, all, kept)
		}
	}
}

// drop removes examples, which are half of the description and check nothing.
func drop(from any) {
	switch value := from.(type) {
	case object:
		for key, child := range value {
			// A property may be called "example"; a schema's is no object with a type.
			if schema, ok := child.(object); ok && (schema["type"] != nil || schema["$ref"] != nil || schema["oneOf"] != nil) {
				drop(child)
				continue
			}
			if key == "example" || key == "examples" || key == "x-github" {
				delete(value, key)
				continue
			}
			drop(child)
		}
	case []any:
		for _, child := range value {
			drop(child)
		}
	}
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

func newOperation(method, path string, item *openapi3.PathItem, spec *openapi3.Operation) operation {
	op := operation{method: method, path: path, item: item, spec: spec}
	pattern := "^"
	rest := path
	for {
		at := parameter.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		name := rest[at[2]:at[3]]
		pattern += regexp.QuoteMeta(rest[:at[0]])
		// These may hold slashes.
		if slices.Contains([]string{"path", "ref", "basehead", "branch", "tree_sha"}, name) {
			pattern += "(.+)"
		} else {
			pattern += "([^/]+)"
		}
		op.names = append(op.names, name)
		rest = rest[at[1]:]
	}
	op.pattern = regexp.MustCompile(pattern + regexp.QuoteMeta(rest) + "$")
	return op
}

// find gives the operation of a request and its path's parameters.
func (d *description) find(method, path string) (*operation, map[string]string) {
	for i := range d.operations {
		op := &d.operations[i]
		if op.method != method {
			continue
		}
		if match := op.pattern.FindStringSubmatch(path); match != nil {
			values := map[string]string{}
			for j, name := range op.names {
				values[name] = match[j+1]
			}
			return op, values
		}
	}
	return nil, nil
}
