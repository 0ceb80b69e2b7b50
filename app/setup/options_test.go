package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNobodyCameBack(t *testing.T) {
	github := newRegistrar(t)
	o := github.options()
	ctx, cancel := context.WithCancel(context.Background())
	o.Open = func(string) error { cancel(); return errors.New("no browser") }
	if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(o.Directory); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if said := o.Out.(fmt.Stringer).String(); !strings.Contains(said, "No browser could be opened") {
		t.Errorf("said %q", said)
	}
}

func TestOptionsThatAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no webhook address":                {func(o *Options) { o.WebhookURL = "" }, "no webhook address"},
		"one in the clear":                  {func(o *Options) { o.WebhookURL = "http://assay.example.org/webhook" }, "is not https"},
		"one that only looks like loopback": {func(o *Options) { o.WebhookURL = "http://127.0.0.1.example.org/webhook" }, "is not https"},
		"one without a path":                {func(o *Options) { o.WebhookURL = "https://assay.example.org/" }, "takes deliveries at https://assay.example.org/webhook"},
		"one with a password":               {func(o *Options) { o.WebhookURL = "https://u:p@assay.example.org/webhook" }, "user name or password"},
		"one with a query":                  {func(o *Options) { o.WebhookURL = hookURL + "?x=1" }, "has a query"},
		"one that is no address":            {func(o *Options) { o.WebhookURL = "assay" }, "does not parse"},
		"an organisation that is a path":    {func(o *Options) { o.Organisation = "a/../b" }, "not the name of an organisation"},
		"a name that GitHub does not take":  {func(o *Options) { o.Name = strings.Repeat("a", 35) }, "GitHub takes 34"},
		"no directory":                      {func(o *Options) { o.Directory = "" }, "no directory"},
		"a directory that is a file":        {func(o *Options) { o.Directory = file }, "make the directory"},
		"a GitHub that is none":             {func(o *Options) { o.GitHub.BaseURL = "https://example.com" }, "not the root of a GitHub"},
	} {
		github := newRegistrar(t)
		o := github.options()
		test.change(&o)
		o.Open = func(string) error { t.Errorf("%s: the flow began", name); return nil }
		if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	github := newRegistrar(t)
	o := github.options()
	o.WebhookURL, o.Organisation, o.Name = "http://127.0.0.1:8080/webhook", "", "My Assay"
	start, wait := run(t, o)
	newBrowser(t).submit(start)
	if _, err := wait(); err != nil || github.path != "/settings/apps/new" || github.manifest["name"] != "My Assay" {
		t.Errorf("a loopback address for the user's own account: %v, %s, %v", err, github.path, github.manifest["name"])
	}
	if said := o.Out.(fmt.Stringer).String(); !strings.Contains(said, "github.com cannot deliver to it") {
		t.Errorf("no word about the loopback address in %s", said)
	}
}
