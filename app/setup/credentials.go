package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/assay-app/assay/app/githubapi"
)

// The files of a credentials directory. app.json is written last and read first: without it the others do not count.
const (
	appFile     = "app.json"
	keyFile     = "private-key.pem"
	secretFile  = "webhook-secret"
	rulesetFile = "ruleset.json"
	orgFile     = "organisation-ruleset.json"

	// maxCredentialBytes is the size of the largest private key that githubapi reads.
	maxCredentialBytes = 64 << 10
)

// Credentials is what `assay serve` needs to be the App.
type Credentials struct {
	App           Registered
	PrivateKey    []byte
	WebhookSecret string
}

// String keeps the secrets out of logs, whatever the verb.
func (c Credentials) String() string {
	return fmt.Sprintf("credentials of App %d (%s)", c.App.ID, c.App.Slug)
}

// GoString does the same for %#v.
func (c Credentials) GoString() string { return c.String() }

// prepareDirectory makes sure, before GitHub is asked, that the credentials will find their place.
func prepareDirectory(dir string, force bool) error {
	if dir == "" {
		return errors.New("no directory for the credentials is named")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the directory for the credentials: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close the directory for the credentials to others: %w", err)
	}
	for _, name := range []string{appFile, keyFile, secretFile} {
		_, err := os.Lstat(filepath.Join(dir, name))
		switch {
		case err == nil && !force:
			return fmt.Errorf("%w: %s; --force replaces them, and the App that they belong to is lost to Assay", ErrExists, filepath.Join(dir, name))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("look at the directory for the credentials: %w", err)
		}
	}
	staged, err := stage(dir, "probe", []byte("probe"))
	if err != nil {
		return err
	}
	return os.Remove(staged)
}

// writeCredentials writes everything beside its place first, and then moves it there. Whoever is interrupted in
// between is left without app.json, and so without credentials rather than with half of them.
func writeCredentials(dir string, force bool, app Registered, s secrets) error {
	about, err := json.MarshalIndent(app, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", appFile, err)
	}
	rules, err := ruleset(app.ID, false)
	if err != nil {
		return err
	}
	organisation, err := ruleset(app.ID, true)
	if err != nil {
		return err
	}
	files := []struct {
		name      string
		text      []byte
		replacing bool
	}{
		{rulesetFile, rules, true},
		{orgFile, organisation, true},
		{keyFile, []byte(s.privateKey), force},
		{secretFile, []byte(s.webhookSecret + "\n"), force},
		{appFile, append(about, '\n'), force},
	}
	staged := make([]string, len(files))
	defer func() {
		for _, name := range staged {
			os.Remove(name) // those not moved
		}
	}()
	for i, f := range files {
		if staged[i], err = stage(dir, f.name, f.text); err != nil {
			return err
		}
	}
	if force {
		if err := os.Remove(filepath.Join(dir, appFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("take the old credentials away: %w", err)
		}
	}
	for i, f := range files {
		if err := place(staged[i], filepath.Join(dir, f.name), f.replacing); err != nil {
			return err
		}
	}
	return syncDirectory(dir)
}

// stage writes a file with mode 0600 beside the place where it belongs.
func stage(dir, name string, text []byte) (string, error) {
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return "", fmt.Errorf("write the credentials: %w", err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("write the credentials: %w", err)
	}
	return f.Name(), nil
}

// place moves a staged file. A link, unlike a rename, fails when something is there already.
func place(staged, name string, replacing bool) error {
	if replacing {
		if err := os.Rename(staged, name); err != nil {
			return fmt.Errorf("put the credentials in place: %w", err)
		}
		return nil
	}
	if err := os.Link(staged, name); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%w: %s", ErrExists, name)
		}
		return fmt.Errorf("put the credentials in place: %w", err)
	}
	return nil
}

func syncDirectory(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("put the credentials in place: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("put the credentials in place: %w", err)
	}
	return nil
}

// LoadCredentials reads what Run wrote. Files that everybody may read are refused.
func LoadCredentials(dir string) (Credentials, error) {
	about, err := readSecret(dir, appFile)
	if err != nil {
		return Credentials{}, err
	}
	var c Credentials
	if err := json.Unmarshal(about, &c.App); err != nil {
		return Credentials{}, fmt.Errorf("%s does not parse: run `assay setup` again: %w", filepath.Join(dir, appFile), err)
	}
	if c.PrivateKey, err = readSecret(dir, keyFile); err != nil {
		return Credentials{}, err
	}
	secret, err := readSecret(dir, secretFile)
	if err != nil {
		return Credentials{}, err
	}
	c.WebhookSecret = string(bytes.TrimSpace(secret))
	key, err := githubapi.ParseKey(c.PrivateKey)
	if err != nil {
		return Credentials{}, fmt.Errorf("%s: %w", filepath.Join(dir, keyFile), err)
	}
	fingerprint, err := fingerprintOf(key)
	if err != nil {
		return Credentials{}, err
	}
	if c.App.KeyFingerprint != "" && c.App.KeyFingerprint != fingerprint {
		return Credentials{}, fmt.Errorf("%s is the key %s, but %s names %s: put the right key there, or correct key_fingerprint after a rotation", filepath.Join(dir, keyFile), fingerprint, appFile, c.App.KeyFingerprint)
	}
	return c, nil
}

func readSecret(dir, name string) ([]byte, error) {
	path := filepath.Join(dir, name)
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the App's credentials (run `assay setup` if there are none): %w", err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the App's credentials: %w", err)
	}
	if stat.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("%s is open to everyone on this machine (mode %04o): chmod 600 %s", path, stat.Mode().Perm(), path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxCredentialBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the App's credentials: %w", err)
	}
	if len(text) > maxCredentialBytes {
		return nil, fmt.Errorf("%s is larger than %d KiB: that is no credential", path, maxCredentialBytes>>10)
	}
	return text, nil
}
