package main

import (
	"fmt"

	"github.com/assay-app/assay/app/analyse"
)

// sandboxVariable chooses what happens on a kernel that lacks a layer of the wall around the analysing child.
const sandboxVariable = "ASSAY_SANDBOX"

// runner starts the child that analyses.
func (p *process) runner() (*analyse.Runner, error) {
	mode := analyse.SandboxMode(p.env(sandboxVariable))
	switch mode {
	case "", analyse.Required:
		mode = analyse.Required
	case analyse.BestEffort:
	default:
		return nil, usage(fmt.Errorf("%s=%q: want %s or %s", sandboxVariable, mode, analyse.Required, analyse.BestEffort))
	}
	if err := analyse.ProtectParent(); err != nil {
		return nil, err
	}
	return &analyse.Runner{Args: []string{childCommand}, Sandbox: mode}, nil
}
