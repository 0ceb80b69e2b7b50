package tensor

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/model/artefact"
)

// maxJSONDepth bounds arrays and objects in each other. A header of tensors has three levels.
const maxJSONDepth = 32

// notJSON is where a header stops being JSON.
type notJSON struct {
	at   int
	want string
}

func (e *notJSON) Error() string { return fmt.Sprintf("expected %s at %d of the header", e.want, e.at) }

// scanner goes through JSON member by member, so that a name that stands there twice is seen twice.
type scanner struct {
	b      []byte
	at     int
	depth  int
	budget *artefact.Budget
}

func (s *scanner) fail(want string) error { return &notJSON{s.at, want} }

// peek is the next byte that is no space, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.at < len(s.b); s.at++ {
		switch s.b[s.at] {
		case ' ', '\t', '\r', '\n':
		default:
			return s.b[s.at]
		}
	}
	return 0
}

func (s *scanner) open(c byte, want string) error {
	if s.peek() != c {
		return s.fail(want)
	}
	if s.depth++; s.depth > maxJSONDepth {
		return errDepth
	}
	s.at++
	return nil
}

// more moves on to the next item of an array or object and reports whether there is one.
func (s *scanner) more(first bool, end byte) (bool, error) {
	if !s.budget.Step(1) {
		return false, artefact.ErrBudget
	}
	switch c := s.peek(); {
	case c == end:
		s.at++
		s.depth--
		return false, nil
	case first:
		return true, nil
	case c == ',':
		s.at++
		return true, nil
	}
	return false, s.fail("a comma")
}

// object calls member at each value.
func (s *scanner) object(member func(name string, at int) error) error {
	if err := s.open('{', "an object"); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.more(first, '}')
		if err != nil || !more {
			return err
		}
		s.peek()
		at := s.at
		name, err := s.string()
		if err != nil {
			return err
		}
		if s.peek() != ':' {
			return s.fail("a colon")
		}
		s.at++
		if err := member(name, at); err != nil {
			return err
		}
	}
}

// array calls item at each value.
func (s *scanner) array(item func() error) error {
	if err := s.open('[', "an array"); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.more(first, ']')
		if err != nil || !more {
			return err
		}
		if err := item(); err != nil {
			return err
		}
	}
}

// string takes a string, with what its escapes stand for: two spellings of a name are one name.
func (s *scanner) string() (string, error) {
	if s.peek() != '"' {
		return "", s.fail("a string")
	}
	from := s.at
	for s.at++; s.at < len(s.b); s.at++ {
		switch c := s.b[s.at]; {
		case c == '\\':
			s.at++
		case c < ' ':
			return "", s.fail("a string without control characters")
		case c == '"':
			s.at++
			var decoded string
			if raw := s.b[from:s.at]; !utf8.Valid(raw) || json.Unmarshal(raw, &decoded) != nil {
				return "", s.fail("a string of UTF-8")
			}
			return decoded, nil
		}
	}
	return "", s.fail("the end of a string")
}

// natural takes a number that counts something. Without digits, or with more than 63 bits, it is none.
func (s *scanner) natural() (uint64, error) {
	c := s.peek()
	from := s.at
	var n uint64
	for ; c >= '0' && c <= '9'; c = s.byte() {
		tens, ok := product(n, 10)
		if n = tens + uint64(c-'0'); !ok || n < tens {
			return 0, s.fail("a number of at most 63 bits")
		}
		s.at++
	}
	if s.at == from || s.b[from] == '0' && s.at > from+1 || c == '.' || c == 'e' || c == 'E' {
		return 0, s.fail("a number that counts something")
	}
	return n, nil
}

// byte is the byte here, or 0 at the end.
func (s *scanner) byte() byte {
	if s.at < len(s.b) {
		return s.b[s.at]
	}
	return 0
}

// value passes over any value.
func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(func(string, int) error { return s.value() })
	case c == '[':
		return s.array(s.value)
	case c == '"':
		_, err := s.string()
		return err
	}
	from := s.at
	for s.at < len(s.b) && !isDelimiter(s.b[s.at]) {
		s.at++
	}
	if s.at == from || !json.Valid(s.b[from:s.at]) {
		return s.fail("a value")
	}
	return nil
}

func isDelimiter(c byte) bool {
	switch c {
	case ',', ']', '}', ':', ' ', '\t', '\r', '\n', '"', '[', '{':
		return true
	}
	return false
}

// malformed reports whether an error is about what a header says, rather than about a bound of ours.
func malformed(err error) bool {
	var syntax *notJSON
	return errors.As(err, &syntax) || errors.Is(err, errDepth)
}
