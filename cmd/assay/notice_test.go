package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestNoticeNamesEveryModuleThatIsLinked(t *testing.T) {
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	list, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Fields(string(list))
	if len(modules) < 20 {
		t.Fatalf("only %d packages of other modules", len(modules))
	}
	for _, module := range modules {
		if !strings.Contains(string(notice), "\n    "+module+"\n") && !strings.Contains(string(notice), "\n    "+module+":") {
			t.Errorf("NOTICE does not name %s; add it with its licence and copyright", module)
		}
	}
}
