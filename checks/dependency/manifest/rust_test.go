package manifest

import (
	"errors"
	"strings"
	"testing"
)

func TestCargoToml(t *testing.T) {
	expectOutlines(t, "Cargo.toml", map[string]struct{ content, want string }{
		"one version": {"[dependencies]\na = \"= 1.2.3\"\n", `
2:1-14 crates.io a "1.2.3" direct  pin 2:8 "1.2.3"
`},
		"a sign before a part of a version names many": {"[dependencies]\na = \"=1.2\"\n", `
2:1-11 crates.io a "" direct  wants: =1.2  pin 2:7 "1.2"
`},
		"a star": {"[dependencies]\na = \"1.*\"\n", `
2:1-10 crates.io a "" direct  wants: 1.*
`},
		"a crate without a version": {"[dependencies]\na = { features = [\"x\"] }\n", `
2:1-25 crates.io a "" direct
`},
		"a commit": {"[dependencies]\na = { git = \"https://tok@git.acme.example/a\", rev = \"0123456789abcdef0123456789abcdef01234567\" }\n", `
2:1-97 crates.io a "" direct  origin: git  from: git+https://git.acme.example/a?rev=0123456789abcdef0123456789abcdef01234567
`},
		"another registry": {"[dependencies]\na = { version = \"1.0\", registry = \"acme\" }\nb = { version = \"1.0\", registry-index = \"sparse+https://u:p@crates.acme.example/\" }\n", `
2:1-43 crates.io a "" direct  wants: 1.0  origin: private  pin 2:18 "1.0"
3:1-84 crates.io b "" direct  wants: 1.0  origin: private  from: sparse+https://crates.acme.example/  pin 3:18 "1.0"
`},
		"what takes the place of crates": {"[patch.crates-io]\na = { git = \"https://git.acme.example/a\" }\n[replace]\n\"b:0.1.0\" = { path = \"../b\" }\n", `
2:1-43 crates.io a "" direct  origin: git  from: git+https://git.acme.example/a
4:1-30 crates.io b "" direct  origin: local  from: ../b
`},
		"a number where a version should be is said": {"[dependencies]\na = 1\nb = \"1.0\"\n", `
3:1-10 crates.io b "" direct  wants: 1.0  pin 3:6 "1.0"
lossy: a dependency that is neither a version nor a table
`},
		"of a key that occurs twice, both are read": {"[dependencies]\na = \"1.0\"\na = \"2.0\"\n", `
2:1-10 crates.io a "" direct  wants: 1.0  pin 2:6 "1.0"
3:1-10 crates.io a "" direct  wants: 2.0  pin 3:6 "2.0"
lossy: line 3 makes no sense
`},
		"a file that breaks off is read as far as it goes": {"[dependencies]\na = \"1.0\"\nb = { version = \"1", `
2:1-10 crates.io a "" direct  wants: 1.0  pin 2:6 "1.0"
3:1-19 crates.io b "" direct  wants: 1  pin 3:18 "1"
lossy: line 3 makes no sense
`},
		"names are kept as they are": {"[dependencies]\n\"a\\u0001/../b\" = \"1.0\"\n", "2:1-23 crates.io a\x01/../b \"\" direct  wants: 1.0  pin 2:19 \"1.0\"\n"},
		"escapes leave no pin":       {"[dependencies]\na = \"1\\u002e0\"\n", "2:1-15 crates.io a \"\" direct  wants: 1.0\n"},
	})
}

func TestCargoLock(t *testing.T) {
	expectOutlines(t, "Cargo.lock", map[string]struct{ content, want string }{
		"of two versions, the one that the project names is asked for": {`[[package]]
name = "own"
version = "0.1.0"
dependencies = ["a 1.0.0"]
[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://crates.example/index"
[[package]]
name = "a"
version = "2.0.0"
source = "registry+https://crates.example/index"
`, `
1:1-4:27 crates.io own "0.1.0"  origin: local
5:1-8:49 crates.io a "1.0.0" direct  from: registry+https://crates.example/index
9:1-12:49 crates.io a "2.0.0"  from: registry+https://crates.example/index
holds own
`},
		"what Cargo wrote in 2018": {`[root]
name = "own"
version = "0.1.0"
dependencies = ["a 1.0.0 (registry+https://crates.example/index)"]
[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://crates.example/index"
[metadata]
"checksum a 1.0.0 (registry+https://crates.example/index)" = "0123"
`, `
5:1-8:49 crates.io a "1.0.0" direct  from: registry+https://crates.example/index  hash: 0123
holds own
`},
		"a conflict that nobody resolved": {"<<<<<<< HEAD\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\n", `
2:1-5:13 crates.io a "1.0.0"  from: x
lossy: line 1 makes no sense
`},
		"a crate without a name is said": {"[[package]]\nversion = \"1.0.0\"\n[[package]]\nname = \"a\"\n", "3:1-4:11 crates.io a \"\"  origin: local\nholds a\nlossy: a crate without a name\n"},
	})
}

func TestCargoConfig(t *testing.T) {
	expectOutlines(t, ".cargo/config.toml", map[string]struct{ content, want string }{
		"a folder of the repository is no source":     {"[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n", ""},
		"sources that stand for each other in a ring": {"[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nreplace-with = \"a\"\n", ""},
		"a usual tool around the compiler":            {"[build]\nrustc-wrapper = \"sccache\"\n", ""},
	})
}

func TestRustFilesThatAreNone(t *testing.T) {
	for path, content := range map[string]string{"Cargo.toml": "}}}", "Cargo.lock": "this is no list\n", ".cargo/config": "="} {
		if file, err := readAlone(t, path, content); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v and %v", path, file, err)
		}
	}
}

func TestRustNamesOfAnyLength(t *testing.T) {
	name := strings.Repeat("a", 10_000)
	file, err := readAlone(t, "Cargo.lock", "[[package]]\nname = \""+name+"\"\nversion = \"1.0.0\"\nsource = \"x\"\n")
	if err != nil || len(file.Entries) != 1 || file.Entries[0].Name != name {
		t.Errorf("got %v", err)
	}
}

func FuzzRustFiles(f *testing.F) {
	f.Add("Cargo.toml", "[dependencies]\na = \"=1.2.3\"\nb = { package = \"c\", git = \"https://x\", rev = 'y' }\nd.workspace = true\n[patch.x]\ne = {path=\".\"}\n")
	f.Add("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"git+x\"\nchecksum = \"0\"\ndependencies = [\n \"b\",\n]\n")
	f.Add(".cargo/config.toml", "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nregistry = \"https://x\"\n[registries.y]\nindex = \"z\"\n[build]\nrustc = \"./r\"\n")
	fuzzFormats(f)
}
