package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// destination is where a result goes. A file appears whole or not at all: it is written beside its place and moved.
type destination struct {
	io.Writer
	part *os.File // nil for standard output and for what cannot be moved to, such as a pipe
	open io.Closer
	name string
}

// openDestination prepares a place before the work begins, so that a wrong one is noticed at once.
func (p *process) openDestination(name string) (*destination, error) {
	if name == "" || name == "-" {
		return &destination{Writer: p.stdout}, nil
	}
	if stat, err := os.Stat(name); err == nil && !stat.Mode().IsRegular() {
		if stat.IsDir() {
			return nil, usage(fmt.Errorf("--output %s is a folder", name))
		}
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, usage(fmt.Errorf("--output: %w", err))
		}
		return &destination{Writer: file, open: file, name: name}, nil
	}
	part := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d.part", filepath.Base(name), os.Getpid()))
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // less what the user's mask takes
	if err != nil {
		return nil, usage(fmt.Errorf("--output: %w", err))
	}
	return &destination{Writer: file, part: file, open: file, name: name}, nil
}

// commit puts the result in its place.
func (d *destination) commit() error {
	if d.part == nil {
		return nil
	}
	err := d.part.Close()
	if err == nil {
		err = os.Rename(d.part.Name(), d.name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", d.name, err)
	}
	d.part, d.open = nil, nil
	return nil
}

// discard leaves nothing behind of a result that was not committed.
func (d *destination) discard() {
	if d.open != nil {
		d.open.Close()
	}
	if d.part != nil {
		os.Remove(d.part.Name())
	}
}
