package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// authoritiesFile is where, beside the mirrors, the certificates that git trusts are put together. Git takes one file
// in place of the system's, and a private authority rarely signs for everything.
const authoritiesFile = "authorities.pem"

// maxAuthorities bounds each file of certificates in bytes; the systems' have some 200 KiB.
const maxAuthorities = 4 << 20

// systemAuthorities are the files of certificates of the Linux distributions; the first that is there counts.
func systemAuthorities() []string {
	return []string{
		os.Getenv("SSL_CERT_FILE"),
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Alpine, Arch
		"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, older
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
		"/etc/ssl/ca-bundle.pem",                            // SUSE
		"/etc/ssl/cert.pem",
	}
}

// trustAlso writes a file into dir that holds the system's certificates and those of caFile, and gives its name.
func trustAlso(dir, caFile string, system []string) (string, error) {
	own, err := readAuthorities(caFile)
	if err != nil {
		return "", fmt.Errorf("read the CA file: %w", err)
	}
	var all bytes.Buffer
	for _, name := range system {
		if name == "" {
			continue
		}
		text, err := readAuthorities(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("read the system's certificates: %w", err)
		}
		all.Write(text)
		all.WriteByte('\n')
		break
	}
	all.Write(own)

	// Several processes may share the directory, and a git that runs may be reading the file.
	file, err := os.CreateTemp(dir, authoritiesFile+".*")
	if err != nil {
		return "", fmt.Errorf("put certificates together: %w", err)
	}
	_, err = file.Write(all.Bytes())
	name := filepath.Join(dir, authoritiesFile)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("put certificates together: %w", err), os.Remove(file.Name()))
	}
	return name, nil
}

func readAuthorities(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxAuthorities+1))
	if err == nil && len(text) > maxAuthorities {
		err = fmt.Errorf("%s is larger than %d MiB", name, maxAuthorities>>20)
	}
	return text, err
}
