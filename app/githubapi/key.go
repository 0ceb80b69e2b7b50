package githubapi

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

const (
	// maxKeyBytes is far above any RSA key: one of 16,384 bits is 13 KB of PEM.
	maxKeyBytes = 64 << 10
	// minKeyBits is what GitHub makes, and the least that RS256 should be used with (RFC 7518, 3.3).
	minKeyBits = 2048
)

// ParseKey reads the App's private key. Line breaks written as \n, as environment variables often hold them, are
// understood. An error says what the text is instead, and never quotes it.
func ParseKey(text []byte) (*rsa.PrivateKey, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the App's private key is empty: give the .pem file that GitHub made for the App")
	}
	if len(text) > maxKeyBytes {
		return nil, fmt.Errorf("the App's private key is larger than %d KiB: that is not a key", maxKeyBytes>>10)
	}
	if !bytes.Contains(bytes.TrimSpace(text), []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte(`\n`), []byte("\n"))
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the App's private key is not PEM (it must begin with a BEGIN line): give the .pem file that GitHub made for the App")
	}
	key, err := parseBlock(block)
	if err != nil {
		return nil, err
	}
	if key.N.BitLen() < minKeyBits {
		return nil, fmt.Errorf("the App's private key has %d bits: GitHub makes keys of %d", key.N.BitLen(), minKeyBits)
	}
	return key, nil
}

func parseBlock(block *pem.Block) (*rsa.PrivateKey, error) {
	if block.Headers["DEK-Info"] != "" || block.Type == "ENCRYPTED PRIVATE KEY" {
		return nil, errors.New("the App's private key is encrypted with a passphrase: give it decrypted, in a file with mode 0600")
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the App's private key is damaged: its PKCS#1 block does not parse")
		}
		return key, nil
	case "PRIVATE KEY":
		any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the App's private key is damaged: its PKCS#8 block does not parse")
		}
		key, ok := any.(*rsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("the App's private key is not RSA (%T): GitHub Apps sign with RSA keys only", any)
		}
		return key, nil
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		return nil, fmt.Errorf("the App's private key is a %s: give the private half", block.Type)
	default:
		return nil, errors.New("the App's private key is PEM of another kind: it must be RSA PRIVATE KEY or PRIVATE KEY")
	}
}
