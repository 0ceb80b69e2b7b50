package main

import (
	"archive/zip"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-app/assay/app/lookup"
	"github.com/assay-app/assay/app/lookup/advisories"
	"github.com/assay-app/assay/app/lookup/names"
)

// demoRecords are the public advisories on one package, in OSV's form and our words.
//
//go:embed demodata/*.json
var demoRecords embed.FS

// demoPackages are the packages that the demo's registry has: since when, and in which version.
var demoPackages = map[string]struct {
	since   int
	version string
}{
	"python-multipart": {2012, "0.0.6"}, "huggingface-hub": {2020, "0.35.3"},
}

// demoLookups are what the demo asks about packages: an index and a registry of its own, for nothing may leave this
// machine. The registry runs until it is closed.
func demoLookups(ctx context.Context, dir string) (packages *lookup.Lookup, end func(), err error) {
	index := filepath.Join(dir, "advisories.db")
	if err := packRecords(filepath.Join(dir, "osv", "PyPI", "all.zip")); err != nil {
		return nil, nil, err
	}
	if _, err := advisories.Run(ctx, advisories.Options{Path: index, From: filepath.Join(dir, "osv"), Ecosystems: []string{"PyPI"}}); err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	registry := &http.Server{Handler: http.HandlerFunc(serveDemoPackage), ReadHeaderTimeout: time.Second}
	go registry.Serve(listener)
	defer func() {
		if err != nil {
			_ = registry.Close()
		}
	}()
	client, err := names.New(names.Config{
		DepsDev: names.Off, Registries: map[string]string{"PyPI": "http://" + listener.Addr().String()}, Version: thisBuild().Version,
	})
	if err != nil {
		return nil, nil, err
	}
	packages, err = lookup.New(lookup.Config{Index: index, Names: client, Offline: true})
	return packages, func() { _ = registry.Close() }, err
}

// packRecords writes the advisories as OSV publishes them: one archive an ecosystem.
func packRecords(archive string) error {
	if err := os.MkdirAll(filepath.Dir(archive), 0o700); err != nil {
		return err
	}
	file, err := os.Create(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	records, err := fs.Sub(demoRecords, "demodata")
	if err != nil {
		return err
	}
	w := zip.NewWriter(file)
	if err := w.AddFS(records); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return file.Close()
}

// serveDemoPackage answers as a Python index does (PEP 691).
func serveDemoPackage(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/simple/"), "/")
	known, ok := demoPackages[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	version := func(number string, year int) map[string]any {
		return map[string]any{
			"filename": fmt.Sprintf("%s-%s.tar.gz", name, number), "url": "", "hashes": map[string]string{},
			"upload-time": fmt.Sprintf("%d-06-01T00:00:00Z", year),
		}
	}
	w.Header().Set("Content-Type", "application/vnd.pypi.simple.v1+json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // whoever hung up wants no answer
		"meta": map[string]string{"api-version": "1.1"}, "name": name, "versions": []string{"0.0.1", known.version},
		"files": []map[string]any{version("0.0.1", known.since), version(known.version, known.since+1)},
	})
}
