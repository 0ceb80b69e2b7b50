package localhub

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/scanner"
)

// gqlDocument is a parsed request: its operations, and the fragments that they use.
type gqlDocument struct {
	operations []gqlOperation
	fragments  map[string]gqlFragment
}

type gqlOperation struct {
	kind, name string // query or mutation
	fields     []gqlField
}

type gqlFragment struct {
	on     string
	fields []gqlField
}

// gqlField is one line of a selection. A fragment spread has only spread or an inline fragment.
type gqlField struct {
	alias, name string
	arguments   map[string]gqlValue
	fields      []gqlField
	spread      string
	inline      *gqlFragment
}

// gqlValue is a literal, or a variable's name.
type gqlValue struct {
	variable string
	literal  any // string, int64, float64, bool, nil, []gqlValue, map[string]gqlValue
}

// maxGQLDepth bounds the nesting of selections and values. GitHub's own limit is lower.
const maxGQLDepth = 32

// gqlParser reads GraphQL's query language, without directives and block strings.
type gqlParser struct {
	scan  scanner.Scanner
	token string
	kind  rune
	err   error
}

func parseGQL(text string) (gqlDocument, error) {
	p := &gqlParser{}
	p.scan.Init(strings.NewReader(text))
	p.scan.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanFloats | scanner.ScanStrings
	p.scan.Error = func(_ *scanner.Scanner, message string) { p.fail("%s", message) }
	p.next()
	d := gqlDocument{fragments: map[string]gqlFragment{}}
	for p.err == nil && p.kind != scanner.EOF {
		switch {
		case p.token == "{":
			d.operations = append(d.operations, gqlOperation{kind: "query", fields: p.selection(0)})
		case p.token == "fragment":
			p.next()
			name := p.name()
			p.expect("on")
			d.fragments[name] = gqlFragment{on: p.name(), fields: p.selection(0)}
		case p.token == "query" || p.token == "mutation":
			d.operations = append(d.operations, p.operation())
		default:
			p.fail("unexpected %q", p.token)
		}
	}
	if p.err == nil && len(d.operations) == 0 {
		p.err = errors.New("a query is missing")
	}
	return d, p.err
}

func (p *gqlParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
	p.kind, p.token = scanner.EOF, ""
}

// next reads one token. Commas mean nothing, and a # begins a comment.
func (p *gqlParser) next() {
	for p.err == nil {
		p.kind = p.scan.Scan()
		p.token = p.scan.TokenText()
		switch p.token {
		case ",":
		case "#":
			for c := p.scan.Peek(); c != '\n' && c != scanner.EOF; c = p.scan.Peek() {
				p.scan.Next()
			}
		default:
			return
		}
	}
}

func (p *gqlParser) expect(token string) {
	if p.token != token {
		p.fail("expected %q, found %q", token, p.token)
		return
	}
	p.next()
}

func (p *gqlParser) took(token string) bool {
	if p.token != token || p.kind == scanner.String {
		return false
	}
	p.next()
	return true
}

func (p *gqlParser) name() string {
	name := p.token
	if p.kind != scanner.Ident {
		p.fail("expected a name, found %q", p.token)
		return ""
	}
	p.next()
	return name
}

func (p *gqlParser) operation() gqlOperation {
	op := gqlOperation{kind: p.name()}
	if p.kind == scanner.Ident {
		op.name = p.name()
	}
	if p.took("(") {
		// The types of variables are not checked here.
		for p.err == nil && !p.took(")") {
			if p.kind == scanner.EOF {
				p.fail("unexpected end of the variables")
			}
			p.next()
		}
	}
	op.fields = p.selection(0)
	return op
}

func (p *gqlParser) selection(depth int) []gqlField {
	if depth > maxGQLDepth {
		p.fail("nested deeper than %d", maxGQLDepth)
		return nil
	}
	p.expect("{")
	var fields []gqlField
	for p.err == nil && !p.took("}") {
		if p.took(".") {
			fields = append(fields, p.spread(depth))
			continue
		}
		f := gqlField{name: p.name()}
		f.alias = f.name
		if p.took(":") {
			f.name = p.name()
		}
		if p.took("(") {
			f.arguments = map[string]gqlValue{}
			for p.err == nil && !p.took(")") {
				name := p.name()
				p.expect(":")
				f.arguments[name] = p.value(depth)
			}
		}
		if p.token == "{" {
			f.fields = p.selection(depth + 1)
		}
		fields = append(fields, f)
	}
	return fields
}

// spread reads what follows the first dot of "...".
func (p *gqlParser) spread(depth int) gqlField {
	p.expect(".")
	p.expect(".")
	if p.took("on") {
		return gqlField{inline: &gqlFragment{on: p.name(), fields: p.selection(depth + 1)}}
	}
	return gqlField{spread: p.name()}
}

func (p *gqlParser) value(depth int) gqlValue {
	if depth > maxGQLDepth {
		p.fail("nested deeper than %d", maxGQLDepth)
	}
	text, kind := p.token, p.kind
	p.next()
	switch {
	case kind == scanner.String:
		s, err := strconv.Unquote(text)
		if err != nil {
			p.fail("string %s: %v", text, err)
		}
		return gqlValue{literal: s}
	case text == "$":
		return gqlValue{variable: p.name()}
	case text == "-":
		n, err := strconv.ParseInt("-"+p.token, 10, 64)
		if err != nil {
			p.fail("number -%s", p.token)
		}
		p.next()
		return gqlValue{literal: n}
	case kind == scanner.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			p.fail("number %s", text)
		}
		return gqlValue{literal: n}
	case text == "[":
		list := []gqlValue{}
		for p.err == nil && !p.took("]") {
			list = append(list, p.value(depth+1))
		}
		return gqlValue{literal: list}
	case text == "{":
		fields := map[string]gqlValue{}
		for p.err == nil && !p.took("}") {
			name := p.name()
			p.expect(":")
			fields[name] = p.value(depth + 1)
		}
		return gqlValue{literal: fields}
	case text == "true" || text == "false":
		return gqlValue{literal: text == "true"}
	case text == "null":
		return gqlValue{}
	case kind == scanner.Ident:
		return gqlValue{literal: text} // of an enumeration
	}
	p.fail("unexpected %q", text)
	return gqlValue{}
}

// resolve puts the variables in.
func (v gqlValue) resolve(variables object) any {
	if v.variable != "" {
		return variables[v.variable]
	}
	switch literal := v.literal.(type) {
	case []gqlValue:
		list := []any{}
		for _, item := range literal {
			list = append(list, item.resolve(variables))
		}
		return list
	case map[string]gqlValue:
		fields := object{}
		for name, field := range literal {
			fields[name] = field.resolve(variables)
		}
		return fields
	}
	return v.literal
}
