package dependency

import "testing"

func TestReplacedHashes(t *testing.T) {
	tests := map[string]struct {
		before, after []string
		want          bool
	}{
		"the same hash":                              {[]string{"sha512-a"}, []string{"sha512-a"}, false},
		"another hash":                               {[]string{"sha512-a"}, []string{"sha512-b"}, true},
		"another algorithm":                          {[]string{"sha512-a"}, []string{"sha1-b"}, false},
		"more files than before":                     {[]string{"sha256:a"}, []string{"sha256:a", "sha256:b"}, false},
		"a stronger one besides":                     {[]string{"sha1-a"}, []string{"sha1-a", "sha512-b"}, false},
		"a module's content, while its go.mod stays": {[]string{"h1:a=", "go.mod h1:c="}, []string{"h1:b=", "go.mod h1:c="}, true},
		"one file of several":                        {[]string{"a-1.jar sha256:a", "a-1.pom sha256:b"}, []string{"a-1.jar sha256:c", "a-1.pom sha256:b"}, true},
		"another file":                               {[]string{"a-1.pom sha256:b"}, []string{"a-1.jar sha256:c"}, false},
		"bare hexadecimal of one length":             {[]string{"00"}, []string{"01"}, true},
		"bare hexadecimal of two lengths":            {[]string{"00"}, []string{"0123"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := replaced(test.before, test.after); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestStrongHashes(t *testing.T) {
	for hash, want := range map[string]bool{
		"sha512-a": true, "h1:a=": true, "a-1.jar sha256:b": true, "commit:a": true,
		"sha1-a": false, "md5:a": false, "a-1.jar md5:b": false, "3ef4aeffc89b1b79724b97e0adff03ce39b8fdd3": false,
	} {
		if got := isStrong(hash); got != want {
			t.Errorf("%s: got %v", hash, got)
		}
	}
}
