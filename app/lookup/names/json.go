package names

import (
	"encoding/json"
	"io"
)

// The answers of registries are megabytes of which a few names and times matter. These functions walk over them
// without building what nobody reads. They hold no more than the longest string, and recurse nowhere.

// whole reads one JSON value, and refuses whatever follows it.
func whole(r io.Reader, value func(*json.Decoder) error) error {
	d := json.NewDecoder(&squeezed{r: r})
	if err := value(d); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		if err == nil {
			return errGarbled
		}
		return err
	}
	return nil
}

// squeezed makes one space of many between values. A json.Decoder looks at all of them again whenever it reads more.
type squeezed struct {
	r        io.Reader
	inText   bool
	escaped  bool
	wasSpace bool
}

func (s *squeezed) Read(p []byte) (int, error) {
	for {
		n, err := s.r.Read(p)
		if n = s.squeeze(p[:n]); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

// squeeze does so in place, and returns what is left.
func (s *squeezed) squeeze(p []byte) int {
	kept := 0
	for _, c := range p {
		isSpace := !s.inText && (c == ' ' || c == '\n' || c == '\t' || c == '\r')
		if isSpace && s.wasSpace {
			continue
		}
		s.wasSpace = isSpace
		switch {
		case s.escaped:
			s.escaped = false
		case s.inText && c == '\\':
			s.escaped = true
		case c == '"':
			s.inText = !s.inText
		}
		p[kept] = c
		kept++
	}
	return kept
}

// object walks over the members of an object. member is to read the value of those that it knows, and to say so; all
// others are skipped. A null is an object without members.
func object(d *json.Decoder, member func(key string) (read bool, err error)) error {
	if opened, err := open(d, '{'); err != nil || !opened {
		return err
	}
	return members(d, member)
}

// members walks over the members of an object that is open, and reads its end.
func members(d *json.Decoder, member func(key string) (read bool, err error)) error {
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return errGarbled
		}
		read, err := member(key)
		if err == nil && !read {
			err = skip(d)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// array walks over the elements of an array; element is to read one. A null is an empty array.
func array(d *json.Decoder, element func() error) error {
	if opened, err := open(d, '['); err != nil || !opened {
		return err
	}
	for d.More() {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// open reads the start of a value. An empty answer is said to be one.
func open(d *json.Decoder, want json.Delim) (bool, error) {
	token, err := d.Token()
	switch {
	case err == io.EOF && d.InputOffset() == 0:
		return false, errEmpty
	case err != nil:
		return false, err
	case token == nil:
		return false, nil
	case token != want:
		return false, errGarbled
	}
	return true, nil
}

// skip reads past one value.
func skip(d *json.Decoder) error { return rest(d, 0) }

// text reads a string. Any other value is skipped and leaves it as it is.
func text(d *json.Decoder, into *string) (read bool, err error) {
	token, err := d.Token()
	if err != nil {
		return true, err
	}
	switch value := token.(type) {
	case string:
		*into = value
	case json.Delim:
		return true, rest(d, 1)
	}
	return true, nil
}

// rest reads up to the end of a value of which depth brackets are open.
func rest(d *json.Decoder, depth int) error {
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth <= 0 {
			return nil
		}
	}
}
