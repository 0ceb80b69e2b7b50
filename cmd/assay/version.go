package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version and commit are set when a release is linked. A build without them takes what Go knows of itself.
var version, commit string

type versionCommand struct {
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// build is what was built, and with what.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (c *versionCommand) Run(p *process) error {
	b := thisBuild()
	if c.Format == "json" {
		return json.NewEncoder(p.stdout).Encode(b)
	}
	_, err := fmt.Fprintf(p.stdout, "assay %s (commit %s, %s, %s)\n", b.Version, b.Commit, b.Go, b.Platform)
	return err
}

func thisBuild() build {
	b := build{Version: version, Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if known, ok := debug.ReadBuildInfo(); ok {
		if b.Version == "" && known.Main.Version != "(devel)" {
			b.Version = known.Main.Version
		}
		for _, setting := range known.Settings {
			if setting.Key == "vcs.revision" && b.Commit == "" {
				b.Commit = setting.Value
			}
		}
	}
	if b.Version == "" {
		b.Version = "unknown"
	}
	if b.Commit == "" {
		b.Commit = "unknown"
	}
	return b
}
