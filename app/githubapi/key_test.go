package githubapi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pkcs8(t testing.TB, key any) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return inPEM("PRIVATE KEY", der)
}

func TestKeysThatAreRead(t *testing.T) {
	for name, text := range map[string][]byte{
		"PKCS#1, as GitHub hands it out":   keyPEM(),
		"PKCS#8, as key stores export it":  pkcs8(t, testKey()),
		"with a comment before it":         append([]byte("the key of Assay\n"), keyPEM()...),
		"with Windows line ends":           bytes.ReplaceAll(keyPEM(), []byte("\n"), []byte("\r\n")),
		"on one line, as in a variable":    bytes.ReplaceAll(bytes.TrimSpace(keyPEM()), []byte("\n"), []byte(`\n`)),
		"with space around it":             append(append([]byte("\n\n"), keyPEM()...), "\n\n"...),
		"PKCS#8 on one line in a variable": bytes.ReplaceAll(pkcs8(t, testKey()), []byte("\n"), []byte(`\n`)),
	} {
		key, err := ParseKey(text)
		if err != nil || !key.Equal(testKey()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&testKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	der := x509.MarshalPKCS1PrivateKey(testKey())
	encrypted := pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: der,
	})
	tests := map[string]struct {
		text []byte
		want string
	}{
		"nothing":                {nil, "is empty"},
		"blanks":                 {[]byte(" \n\t"), "is empty"},
		"not PEM":                {[]byte(base64.StdEncoding.EncodeToString(der)), "is not PEM"},
		"cut in the middle":      {keyPEM()[:600], "is not PEM"},
		"damaged PKCS#1":         {inPEM("RSA PRIVATE KEY", der[:500]), "is damaged"},
		"damaged PKCS#8":         {inPEM("PRIVATE KEY", der[:500]), "is damaged"},
		"an elliptic curve":      {pkcs8(t, curve), "is not RSA"},
		"the public half":        {inPEM("PUBLIC KEY", public), "give the private half"},
		"encrypted, old style":   {encrypted, "is encrypted"},
		"encrypted, PKCS#8":      {inPEM("ENCRYPTED PRIVATE KEY", der), "is encrypted"},
		"an SSH key":             {inPEM("OPENSSH PRIVATE KEY", der), "of another kind"},
		"a key of 1024 bits":     {inPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(smallKey(t))), "has 1024 bits"},
		"a file that is no key":  {bytes.Repeat([]byte("x"), maxKeyBytes+1), "larger than 64 KiB"},
		"a file at the very end": {bytes.Repeat([]byte("x"), maxKeyBytes), "is not PEM"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParseKey(test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			for _, line := range strings.Fields(string(test.text)) {
				if len(line) > 20 && strings.Contains(err.Error(), line) {
					t.Errorf("the error quotes the key: %v", err)
				}
			}
		})
	}
}

// smallKey works where small keys may not be generated.
func smallKey(t *testing.T) *rsa.PrivateKey {
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"))
	f.Add([]byte(`-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----"))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := ParseKey(text)
		if (key == nil) == (err == nil) {
			t.Errorf("key %v, error %v", key != nil, err)
		}
	})
}
