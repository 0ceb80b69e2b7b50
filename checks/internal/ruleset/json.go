package ruleset

import (
	"encoding/json"
	"errors"
	"strings"
)

// jsonReader reads a compiled form into maps, lists, strings, booleans, nulls and [json.Number]. What it is for is speed: it makes
// no copy of strings, and can pass over what is not needed. It reads what [Compile] writes; all else may be an error.
type jsonReader struct {
	text string
	at   int
	skip string // a key whose value is left out
}

var errNotJSON = errors.New("no JSON as rules are compiled to")

func (r *jsonReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// next takes a byte, if it is the next one.
func (r *jsonReader) next(c byte) bool {
	r.space()
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) value(depth int) (any, error) {
	if depth > maxNesting {
		return nil, errNesting
	}
	r.space()
	if r.at == len(r.text) {
		return nil, errNotJSON
	}
	switch c := r.text[r.at]; c {
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case '"':
		return r.str()
	}
	end := r.at
	for end < len(r.text) && strings.IndexByte(",]} \t\r\n", r.text[end]) < 0 {
		end++
	}
	word := r.text[r.at:end]
	r.at = end
	switch word {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if word == "" || !json.Valid([]byte(word)) {
		return nil, errNotJSON
	}
	return json.Number(word), nil
}

func (r *jsonReader) object(depth int) (any, error) {
	r.at++
	out := map[string]any{}
	for more := !r.next('}'); more; {
		r.space()
		key, err := r.str()
		if err != nil {
			return nil, err
		}
		if !r.next(':') {
			return nil, errNotJSON
		}
		if key == r.skip && key != "" {
			err = r.pass()
		} else {
			out[key], err = r.value(depth + 1)
		}
		if err != nil {
			return nil, err
		}
		if more = r.next(','); !more && !r.next('}') {
			return nil, errNotJSON
		}
	}
	return out, nil
}

func (r *jsonReader) list(depth int) (any, error) {
	r.at++
	out := []any{}
	for more := !r.next(']'); more; {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
		if more = r.next(','); !more && !r.next(']') {
			return nil, errNotJSON
		}
	}
	return out, nil
}

// str reads a string in quotes.
func (r *jsonReader) str() (string, error) {
	start := r.at
	escaped, err := r.quoted()
	if err != nil {
		return "", err
	}
	if !escaped {
		return r.text[start+1 : r.at-1], nil
	}
	var out string
	err = json.Unmarshal([]byte(r.text[start:r.at]), &out)
	return out, err
}

// quoted passes over a string in quotes and reports whether something in it is escaped.
func (r *jsonReader) quoted() (escaped bool, err error) {
	if r.at == len(r.text) || r.text[r.at] != '"' {
		return false, errNotJSON
	}
	for r.at++; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '\\':
			escaped = true
			r.at++
		case '"':
			r.at++
			return escaped, nil
		}
	}
	r.at = len(r.text)
	return false, errNotJSON
}

// pass passes over a value: to the comma or the bracket behind it.
func (r *jsonReader) pass() error {
	for open := 0; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '"':
			if _, err := r.quoted(); err != nil {
				return err
			}
			r.at--
		case '{', '[':
			open++
		case '}', ']':
			if open == 0 {
				return nil
			}
			open--
		case ',':
			if open == 0 {
				return nil
			}
		}
	}
	return errNotJSON
}
