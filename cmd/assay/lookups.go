package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/assay-app/assay/app/lookup"
	"github.com/assay-app/assay/app/lookup/names"
	"github.com/assay-app/assay/app/lookup/osv"
)

// lookupFlags say who is asked about packages.
type lookupFlags struct {
	Advisories string `env:"ASSAY_ADVISORIES" placeholder:"FILE" help:"The index that assay advisories update builds. Default: advisories.db in the data folder. Without one, OSV is asked."`
	OSV        string `name:"osv-url" default:"https://api.osv.dev" env:"ASSAY_OSV_URL" placeholder:"URL" help:"Where OSV answers about advisories when there is no index."`
	names.Settings
	Offline bool `env:"ASSAY_OFFLINE" help:"Make no look-ups over the network."`
}

// open prepares look-ups. The folder is where an index lies that nobody named; the transport is the network, the
// environment's when nil.
func (f lookupFlags) open(p *process, folder string, transport http.RoundTripper) (*lookup.Lookup, error) {
	config := lookup.Config{
		Index: indexFlags{Index: f.Advisories, Data: folder}.path(p), Named: f.Advisories != "", Offline: f.Offline,
	}
	settings, err := f.Settings.Config(transport, thisBuild().Version)
	if err != nil {
		return nil, usage(err)
	}
	if f.Offline {
		settings.DepsDev, settings.Registries = names.Off, nil
	}
	if !f.Offline || len(settings.Lists) > 0 {
		if config.Names, err = names.New(settings); err != nil {
			return nil, usage(err)
		}
	}
	online, err := osv.New(osv.Options{Base: f.OSV, Transport: transport})
	if err != nil {
		return nil, usage(fmt.Errorf("--osv-url: %w", err))
	}
	config.Online = online
	return lookup.New(config)
}

// publicHosts are the hosts of the registries that the operator names: a setting that names one means nothing private.
func (f lookupFlags) publicHosts() []string {
	var hosts []string
	for _, address := range []string{f.NPM, f.PyPI, f.Go, f.Crates, f.Maven, f.RubyGems, f.NuGet, f.Packagist} {
		if u, err := url.Parse(strings.TrimPrefix(address, "sparse+")); err == nil && u.Host != "" {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	return hosts
}
