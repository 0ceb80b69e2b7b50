package githubapi

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Address says where one GitHub is to be found: github.com, a tenant of ghe.com, an Enterprise Server, or a local
// double on a loopback address.
type Address struct {
	API     string // root of the REST interface, no trailing slash
	Web     string // what people open in a browser, and git clones from; no trailing slash
	GraphQL string
}

const publicAPI = "https://api.github.com"

// ParseAddress derives the addresses from the root of the REST interface; an empty one is github.com's.
//
//	https://api.github.com        https://github.com        https://api.github.com/graphql
//	https://api.octo.ghe.com      https://octo.ghe.com      https://api.octo.ghe.com/graphql
//	https://HOST/api/v3           https://HOST              https://HOST/api/graphql
//	http://127.0.0.1:PORT         http://127.0.0.1:PORT     http://127.0.0.1:PORT/graphql
func ParseAddress(baseURL string) (Address, error) {
	if baseURL == "" {
		baseURL = publicAPI
	}
	u, err := url.Parse(baseURL)
	if err != nil {
		// url.Parse repeats what it was given, which may hold a password.
		return Address{}, errors.New("the GitHub address does not parse: give the root of its REST interface, such as https://HOST/api/v3")
	}
	if err := checkAddress(u); err != nil {
		return Address{}, err
	}
	host := strings.ToLower(u.Host)
	path := strings.TrimRight(u.Path, "/")
	origin := u.Scheme + "://" + host
	a := Address{API: origin + path, Web: origin, GraphQL: origin + path + "/graphql"}
	switch {
	case path == "/api/v3":
		a.GraphQL = origin + "/api/graphql"
	case path == "" && (host == "api.github.com" || strings.HasPrefix(host, "api.") && strings.HasSuffix(host, ".ghe.com")):
		a.Web = u.Scheme + "://" + strings.TrimPrefix(host, "api.")
	case path == "" && IsLoopback(u.Hostname()):
	default:
		return Address{}, fmt.Errorf("%s is not the root of a GitHub REST interface: for GitHub Enterprise Server give %s/api/v3", origin+path, origin)
	}
	return a, nil
}

func checkAddress(u *url.URL) error {
	switch {
	case u.User != nil:
		return errors.New("the GitHub address holds a user name or password: Assay authenticates as an App and needs none there")
	case u.Hostname() == "" || u.Opaque != "":
		return fmt.Errorf("the GitHub address %q names no host", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("the GitHub address %q has a query or a fragment", u.Redacted())
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && IsLoopback(u.Hostname()):
		return nil
	default:
		return fmt.Errorf("the GitHub address %q is not https: tokens would travel in the clear", u.Redacted())
	}
}

// IsLoopback reports whether a host name can only be this machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// CloneURL is what git fetches a repository from, without any token.
func (a Address) CloneURL(owner, repository string) string {
	return a.Web + "/" + url.PathEscape(owner) + "/" + url.PathEscape(repository) + ".git"
}

func (a Address) apiRoot() *url.URL {
	u, err := url.Parse(a.API + "/")
	if err != nil {
		return &url.URL{} // cannot be: ParseAddress built it from a parsed address
	}
	return u
}
