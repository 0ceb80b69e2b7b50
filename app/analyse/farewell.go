//go:build linux

package analyse

import (
	"errors"
	"io"
	"syscall"
)

// farewell reads from a socket. When the other side ends with something left unread, Linux says so (ECONNRESET) before
// it hands over what the other side had still sent, such as which file it died of; reading on gives that.
type farewell struct{ io.Reader }

func (r farewell) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n <= 0 && errors.Is(err, syscall.ECONNRESET) {
		return r.Reader.Read(p)
	}
	return n, err
}

// isGone reports whether a write failed because the other side has ended. What it said before is still to be read.
func isGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
