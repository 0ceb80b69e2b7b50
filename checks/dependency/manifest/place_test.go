package manifest

import "testing"

func TestCredentialsAreLeftOutOfAddresses(t *testing.T) {
	tests := map[string]struct{ address, want string }{
		"a name and a password":               {"https://bob:hunter2@gems.acme.example/a", "https://gems.acme.example/a"},
		"a token alone":                       {"https://tok@gems.acme.example", "https://gems.acme.example"},
		"an at sign in a path is none":        {"https://gems.acme.example/@acme", "https://gems.acme.example/@acme"},
		"an at sign in a password":            {"https://bob:p@ss@gems.acme.example/", "https://gems.acme.example/"},
		"the user of an SSH address stays":    {"ssh://git@git.acme.example/a.git", "ssh://git@git.acme.example/a.git"},
		"a password in an SSH address":        {"git+ssh://git:x@git.acme.example/a", "git+ssh://git.acme.example/a"},
		"what git takes for an SSH address":   {"git@git.acme.example:acme/a.git", "git@git.acme.example:acme/a.git"},
		"a path":                              {"../a@b", "../a@b"},
		"a sparse registry's compound scheme": {"sparse+https://u:p@crates.acme.example/", "sparse+https://crates.acme.example/"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := withoutCredentials(test.address); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
