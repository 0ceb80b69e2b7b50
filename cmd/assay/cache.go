package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/app/resultcache"
)

// cacheFlags say where results are kept from one run to the next. None are unless somebody asks for it: what was found
// in a file by a run that hostile code took over would be believed by all later ones.
type cacheFlags struct {
	Cache string `placeholder:"DIR" help:"Keep what was found there, and look again only at files that changed since, or when a rule did."`
}

// cache opens the folder of results for what lies at some places. Results of one place are none for another.
func (f *cacheFlags) cache(scanned bool, places ...string) (*analyse.ResultCache, func() error, error) {
	nothing := func() error { return nil }
	if f.Cache == "" {
		return nil, nothing, nil
	}
	var scope []string
	for _, place := range places {
		at, err := filepath.Abs(place)
		if err != nil {
			return nil, nothing, err
		}
		if scanned && contains(at, f.Cache) {
			return nil, nothing, usage(fmt.Errorf("--cache %s: it lies in what is scanned", f.Cache))
		}
		scope = append(scope, at)
	}
	program, err := programHash()
	if err != nil {
		return nil, nothing, fmt.Errorf("--cache: tell which program this is: %w", err)
	}
	folder, err := resultcache.Open(f.Cache)
	if err != nil {
		return nil, nothing, usage(err)
	}
	return &analyse.ResultCache{Store: folder, Program: program, Scope: strings.Join(scope, "\x00")}, folder.Close, nil
}

// contains reports whether a path is a folder or lies in it, links followed as far as there are any.
func contains(folder, path string) bool {
	real := func(path string) string {
		path, _ = filepath.Abs(path)
		rest := ""
		for at := path; ; at = filepath.Dir(at) {
			if resolved, err := filepath.EvalSymlinks(at); err == nil {
				return filepath.Join(resolved, rest)
			}
			if at == filepath.Dir(at) {
				return path
			}
			rest = filepath.Join(filepath.Base(at), rest)
		}
	}
	inside, err := filepath.Rel(real(folder), real(path))
	return err == nil && inside != ".." && !strings.HasPrefix(inside, ".."+string(filepath.Separator))
}

// programHash names this program, rules and all, to the byte.
func programHash() (string, error) {
	file, err := os.Open("/proc/self/exe")
	if err != nil {
		return "", err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
