package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

type healthCommand struct {
	Listen string `default:"127.0.0.1:8080" env:"ASSAY_LISTEN" placeholder:"HOST:PORT" help:"Where the server listens."`
}

// healthTimeout is as long as a container runtime waits for an answer.
const healthTimeout = 3 * time.Second

// Run asks the server on this machine whether it is alive, for container images that hold no other client.
func (c *healthCommand) Run(p *process) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return usage(fmt.Errorf("health: %w", err))
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(p.ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return usage(fmt.Errorf("health: %w", err))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("health: the server answers %s", resp.Status)
	}
	return nil
}
