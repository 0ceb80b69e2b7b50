package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// signatureHeader is the header with GitHub's signature. Its older sibling X-Hub-Signature is SHA-1, and not looked at.
const signatureHeader = "X-Hub-Signature-256"

type signature [sha256.Size]byte

var errSignature = errors.New("no valid SHA-256 signature")

// parseSignature reads the values of the signature header: one, "sha256=" and 64 hexadecimal digits.
func parseSignature(values []string) (signature, error) {
	var s signature
	if len(values) != 1 {
		return s, errSignature
	}
	digits, ok := strings.CutPrefix(values[0], "sha256=")
	if !ok || len(digits) != hex.EncodedLen(len(s)) {
		return s, errSignature
	}
	if _, err := hex.Decode(s[:], []byte(digits)); err != nil {
		return s, errSignature
	}
	return s, nil
}

// secrets are the webhook secrets that are valid now: while one is being replaced, the old and the new.
type secrets [][]byte

func newSecrets(all [][]byte) (secrets, error) {
	if len(all) == 0 {
		return nil, errors.New("there is no webhook secret, so that nothing GitHub sends could be told from a forgery")
	}
	for _, secret := range all {
		if len(secret) == 0 {
			return nil, errors.New("a webhook secret is empty: anybody could sign with it")
		}
	}
	return all, nil
}

// verify takes the same time whichever secret matches, and if none does.
func (all secrets) verify(body []byte, s signature) bool {
	valid := false
	for _, secret := range all {
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), s[:]) {
			valid = true
		}
	}
	return valid
}
