package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// expectOutlines reads texts as files of one name and compares the outlines, without their first lines.
func expectOutlines(t *testing.T, path string, tests map[string]struct{ content, want string }) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := readAlone(t, path, test.content)
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(outlineOf(file, test.content), "\n")
			if want := strings.TrimPrefix(test.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestGoMod(t *testing.T) {
	expectOutlines(t, "go.mod", map[string]struct{ content, want string }{
		"what is required indirectly is not asked for by the project": {"require a.example/b v1.2.3 // indirect\n", `
1:1-27 Go a.example/b "1.2.3"  pin 1:22 "1.2.3"
`},
		"a version that the go command would write longer has no pin": {"require a.example/b v1.2\n", `
1:1-25 Go a.example/b "1.2.0" direct
`},
		"a pseudo-version is a version": {"require a.example/b v0.0.0-20210101000000-0123456789ab\n", `
1:1-55 Go a.example/b "0.0.0-20210101000000-0123456789ab" direct  pin 1:22 "0.0.0-20210101000000-0123456789ab"
`},
		"what stands where a version should is a wish": {"require (\n\ta.example/b latest\n\ta.example/c/v2 main\n\tgopkg.in/yaml.v3 master\n)\n", `
2:2-20 Go a.example/b "" direct  wants: latest
3:2-21 Go a.example/c/v2 "" direct  wants: main
4:2-25 Go gopkg.in/yaml.v3 "" direct  wants: master
`},
		"a major version that the path does not have is kept": {"require a.example/b v2.0.0\n", `
1:1-27 Go a.example/b "2.0.0" direct  pin 1:22 "2.0.0"
`},
		"quoted words": {"require \"a.example/b\" \"v1.2.3\"\n", `
1:1-31 Go a.example/b "1.2.3" direct  pin 1:25 "1.2.3"
`},
		"a replacement of another version changes nothing": {"require a.example/b v1.2.3\nreplace a.example/b v1.2.4 => ../b\n", `
1:1-27 Go a.example/b "1.2.3" direct  pin 1:22 "1.2.3"
`},
		"the replacement of the very version comes before that of all": {"require a.example/b v1.2.3\nreplace a.example/b v1.2.3 => a.example/fork v1.0.0\nreplace a.example/b => ../b\n", `
2:1-52 Go a.example/fork "1.0.0" direct  alias: a.example/b  pin 2:47 "1.0.0"
`},
		"a replacement of what is not required changes nothing": {"replace a.example/b => a.example/c v1.0.0\n", ""},
		"the standard library is as old as the toolchain may be": {"go 1.21\n", `
1:1-8 Go stdlib "1.21" direct
`},
		"the default toolchain is that of the go line": {"go 1.22.1\ntoolchain default\n", `
1:1-10 Go stdlib "1.22.1" direct  pin 1:4 "1.22.1"
`},
		"a toolchain's suffix is no part of its version": {"go 1.22.1\ntoolchain go1.23.4-acme\n", `
2:1-24 Go stdlib "1.23.4" direct  pin 2:13 "1.23.4"
`},
		"lines that make no sense are left out": {"require a.example/b v1.2.3\nfrobnicate x\nrequire c\n", `
1:1-27 Go a.example/b "1.2.3" direct  pin 1:22 "1.2.3"
lossy: line 2 makes no sense
`},
		"a file that breaks off inside a block": {"require (\n\ta.example/b v1.2.3\n", `
2:2-20 Go a.example/b "1.2.3" direct  pin 2:15 "1.2.3"
lossy: line 3 makes no sense
`},
		"names are kept as they are": {"require \"a.example/b\x01c\" v1.2.3\n", `
1:1-31 Go a.example/b` + "\x01" + `c "1.2.3" direct  pin 1:26 "1.2.3"
`},
	})
}

func TestGoSum(t *testing.T) {
	expectOutlines(t, "go.sum", map[string]struct{ content, want string }{
		"a hash that changes under one version is seen": {"a.example/b v1.2.3 h1:x=\na.example/b v1.2.3 h1:y=\n", `
1:1-25 Go a.example/b "1.2.3"  hash: h1:x= + h1:y=
`},
		"lines that make no sense are left out": {"a.example/b v1.2.3 h1:x=\n<<<<<<< HEAD\n", `
1:1-25 Go a.example/b "1.2.3"  hash: h1:x=
lossy: line 2 makes no sense
`},
	})
}

func TestGoEnv(t *testing.T) {
	expectOutlines(t, "go.env", map[string]struct{ content, want string }{
		"comments and other settings say nothing": {"# GOPROXY=x\nGOOS=linux\n\nGOPRIVATE=\nGOFLAGS=-mod=mod\n", ""},
		"certificates that are not checked":       {"GOFLAGS=-insecure\n", "1:1-18 option GOFLAGS: -insecure\n"},
	})
}

func TestGoFilesThatAreNone(t *testing.T) {
	for path, content := range map[string]string{
		"go.mod":  strings.Repeat("a (b\n(\n", maxGoRepairs+5),
		"go.work": "(((((",
		"go.sum":  "this is no list of hashes\n",
	} {
		if file, err := readAlone(t, path, content); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v and %v", path, file, err)
		}
	}
}

func TestGoModIsRepairedSoOften(t *testing.T) {
	var b strings.Builder
	for i := range maxGoRepairs * 3 { // mistakes of one kind are all found at once
		fmt.Fprintf(&b, "frobnicate %d\n", i)
	}
	b.WriteString("require a.example/b v1.2.3\n")
	if file, err := readAlone(t, "go.mod", b.String()); err != nil || len(file.Entries) != 1 {
		t.Errorf("got %v and %v", file, err)
	}
}

func FuzzGoFiles(f *testing.F) {
	for _, path := range []string{"go.mod", "go.work", "go.sum", "go.env"} {
		f.Add(path, "go 1.22\nrequire a.example/b v1.2.3 // indirect\nreplace a.example/b => ../b\nuse ./a\nGOPROXY=https://a:b@c,direct\n")
	}
	f.Add("go.mod", "require (\n\t\"a\" `v1`\n)\n\uFEFF")
	fuzzFormats(f)
}
