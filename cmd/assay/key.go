package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	// keyVariable holds the key of secrets' fingerprints, for machines that must agree on them. The content of keyFile
	// is a fitting value.
	keyVariable = "ASSAY_FINGERPRINT_KEY"
	keyFile     = "fingerprint.key"

	// keyBytes is the length of a key that is made here: as many as the hash that it keys gives.
	keyBytes = 32
	// maxKey bounds what is read of a key file.
	maxKey = 4096
)

// fingerprintKey is what a secret's fingerprint is keyed with, so that nobody can confirm a guess by it. It is the
// variable's value, or else the text of a file that is made the first time. Where that cannot be kept, the key is new
// each time, and with it the fingerprints of secrets.
func (p *process) fingerprintKey() ([]byte, error) {
	if value := p.env(keyVariable); value != "" {
		return []byte(value), nil
	}
	directory := p.dataDirectory()
	if directory != "" {
		key, err := keptKey(directory)
		if err == nil {
			return key, nil
		}
		var wrong usageError
		if errors.As(err, &wrong) {
			return nil, err
		}
	}
	if isTerminal(p.stderr) {
		fmt.Fprintf(p.stderr, "assay: no key can be kept in %q, so fingerprints of secrets hold for this run alone; set %s\n", directory, keyVariable)
	}
	return newKey()
}

// dataDirectory is where Assay keeps what should outlast a run, and "" when this user has no such place.
func (p *process) dataDirectory() string {
	if state := p.env("XDG_STATE_HOME"); filepath.IsAbs(state) { // a relative one is to be ignored
		return filepath.Join(state, "assay")
	}
	if home := p.env("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "assay")
	}
	return ""
}

// keptKey reads the key in a directory, or makes one there.
func keptKey(directory string) ([]byte, error) {
	name := filepath.Join(directory, keyFile)
	key, err := readKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return nil, err
	}
	if key, err = newKey(); err != nil {
		return nil, err
	}
	if err := placeKey(directory, name, key); err != nil {
		return nil, err
	}
	return readKey(name)
}

// placeKey puts a key where none is. Of several processes that do so at once, the first wins; none sees half a key.
func placeKey(directory, name string, key []byte) error {
	file, err := os.CreateTemp(directory, keyFile+".*") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(append(key, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func readKey(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKey+1))
	if err != nil {
		return nil, err
	}
	key := bytes.TrimSpace(text)
	if len(key) < keyBytes || len(text) > maxKey {
		return nil, usage(fmt.Errorf("%s holds no key: delete it to have one made, or set %s", name, keyVariable))
	}
	return key, nil
}

func newKey() ([]byte, error) {
	raw := make([]byte, keyBytes)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("make a key for fingerprints: %w", err)
	}
	return []byte(hex.EncodeToString(raw)), nil
}
