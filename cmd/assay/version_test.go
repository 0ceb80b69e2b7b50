package main

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	if got := assay(t, "version").stdout; !strings.HasPrefix(got, "assay ") || !strings.Contains(got, runtime.Version()) || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q", got)
	}
	var b build
	if err := json.Unmarshal([]byte(assay(t, "version", "--format", "json").stdout), &b); err != nil {
		t.Fatal(err)
	}
	if b.Go != runtime.Version() || b.Version == "" || b.Commit == "" || b.Platform != runtime.GOOS+"/"+runtime.GOARCH {
		t.Errorf("got %+v", b)
	}
}
