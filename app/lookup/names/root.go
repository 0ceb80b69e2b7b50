package names

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// sparsePrefix marks the root of a sparse index as Cargo's own configuration does.
const sparsePrefix = "sparse+"

// parseRoot reads the address of a registry. It never repeats what it was given before it knows that it holds no
// password.
func parseRoot(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("the address does not parse: write it as https://HOST/PATH")
	case u.User != nil:
		return nil, errors.New("the address holds a user name or password: Assay asks without, and only what anybody may read")
	case u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("the address %.200q names no host: write it as https://HOST/PATH", text)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("the address %.200q has a query or a fragment: give the root, to which names are appended", text)
	case strings.Contains(u.Path, "/../") || strings.HasSuffix(u.Path, "/.."):
		return nil, fmt.Errorf("the address %.200q goes up in its path", text)
	case strings.HasSuffix(u.Path, "/index.json"):
		return nil, fmt.Errorf("the address %.200q is a service index: give the address of its PackageBaseAddress, to which names are appended", text)
	case u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())):
		return nil, fmt.Errorf("the address %.200q is not https: plain http is for loopback addresses, elsewhere anybody on the way could say that a package exists", text)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// isLoopback reports whether a host name can only be this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
