package githubapi

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	tests := map[string]Address{
		"":                                     {"https://api.github.com", "https://github.com", "https://api.github.com/graphql"},
		"https://api.github.com":               {"https://api.github.com", "https://github.com", "https://api.github.com/graphql"},
		"https://api.github.com/":              {"https://api.github.com", "https://github.com", "https://api.github.com/graphql"},
		"https://API.GitHub.com":               {"https://api.github.com", "https://github.com", "https://api.github.com/graphql"},
		"https://api.octo.ghe.com":             {"https://api.octo.ghe.com", "https://octo.ghe.com", "https://api.octo.ghe.com/graphql"},
		"https://ghe.example.com/api/v3":       {"https://ghe.example.com/api/v3", "https://ghe.example.com", "https://ghe.example.com/api/graphql"},
		"https://ghe.example.com:8443/api/v3/": {"https://ghe.example.com:8443/api/v3", "https://ghe.example.com:8443", "https://ghe.example.com:8443/api/graphql"},
		"http://127.0.0.1:8080":                {"http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080/graphql"},
		"http://127.0.0.1:8080/api/v3":         {"http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080", "http://127.0.0.1:8080/api/graphql"},
		"http://[::1]:8080/":                   {"http://[::1]:8080", "http://[::1]:8080", "http://[::1]:8080/graphql"},
		"http://localhost:8080/":               {"http://localhost:8080", "http://localhost:8080", "http://localhost:8080/graphql"},
	}
	for in, want := range tests {
		got, err := ParseAddress(in)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	password := "hunter" + "2hunter2"
	tests := map[string]string{
		"http://ghe.example.com/api/v3":               "not https",
		"http://127.0.0.1.example.com/api/v3":         "not https",
		"ftp://127.0.0.1/":                            "not https",
		"https://ghe.example.com":                     "give https://ghe.example.com/api/v3",
		"https://github.com":                          "give https://github.com/api/v3",
		"https://ghe.example.com/api/v4":              "not the root",
		"https://u:" + password + "@ghe.example.com/": "user name or password",
		"https://ghe.example.com/api/v3?x=1":          "a query",
		"https://ghe.example.com/api/v3#x":            "a query",
		"ghe.example.com":                             "names no host",
		"https:///api/v3":                             "names no host",
		"https://u:" + password + "@%zz/":             "does not parse",
	}
	for in, want := range tests {
		_, err := ParseAddress(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", in, err, want)
		}
		if err != nil && strings.Contains(err.Error(), password) {
			t.Errorf("%q: the error holds the password", in)
		}
	}
}

func TestCloneURLHoldsNothingButTheRepository(t *testing.T) {
	a, err := ParseAddress("https://ghe.example.com/api/v3")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range [][3]string{
		{"octo", "app", "https://ghe.example.com/octo/app.git"},
		{"octo", "../x", "https://ghe.example.com/octo/..%2Fx.git"},
		{"o?", "a#b", "https://ghe.example.com/o%3F/a%23b.git"},
	} {
		if got := a.CloneURL(test[0], test[1]); got != test[2] {
			t.Errorf("got %s, want %s", got, test[2])
		}
	}
}

func TestRoutesNameNobody(t *testing.T) {
	tests := map[string]string{
		"/repos/octo/app/pulls/7":                    "/repos/{}/{}/pulls/{}",
		"/api/v3/repos/octo/app/pulls/7/files":       "/repos/{}/{}/pulls/{}/files",
		"/repos/pulls/pulls/check-runs/9":            "/repos/{}/{}/check-runs/{}",
		"/repos/o/r/compare/main...feature/x":        "/repos/{}/{}/compare/{}/{}",
		"/repos/o/r/contents/a/b/c/d/e/f/g/h/secret": "/repos/{}/{}/contents/{}/{}/{}/{}/{}/…",
		"/app/installations/5/access_tokens":         "/app/installations/{}/access_tokens",
		"/graphql":                                   "/graphql",
		"/api/graphql":                               "/graphql",
		"/":                                          "/{}",
	}
	for in, want := range tests {
		if got := routeOf(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func FuzzRouteOf(f *testing.F) {
	f.Add("/repos/octo/app/pulls/7")
	f.Add("//repos//\x00/")
	f.Fuzz(func(t *testing.T, path string) {
		for i, segment := range strings.Split(routeOf(path), "/") {
			if i > 0 && segment != "{}" && segment != "…" && !isRouteWord(segment) {
				t.Errorf("%q: %q is neither a word of the interface nor taken out", path, segment)
			}
		}
	})
}
