package manifest

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhatIsWantedOfAPackage(t *testing.T) {
	tests := map[string]string{
		"1.2.3":                             `pkg = 1.2.3 pin 1.2.3`,
		" 1.2.3 ":                           `pkg = 1.2.3 pin 1.2.3`,
		"v1.2.3":                            `pkg = 1.2.3`,
		"= 1.2.3":                           `pkg = 1.2.3`,
		"1.2.3-rc.1+build.5":                `pkg = 1.2.3-rc.1+build.5 pin 1.2.3-rc.1+build.5`,
		"^1.2.3":                            `pkg wants ^1.2.3 pin 1.2.3`,
		"~1.2.3":                            `pkg wants ~1.2.3 pin 1.2.3`,
		"^ 1.2.3":                           `pkg wants ^ 1.2.3`,
		"1.2":                               `pkg wants 1.2`,
		"1.x":                               `pkg wants 1.x`,
		">=1.0.0 <2.0.0":                    `pkg wants >=1.0.0 <2.0.0`,
		"1.0.0 - 2.0.0":                     `pkg wants 1.0.0 - 2.0.0`,
		"1.0.0 || 2.0.0":                    `pkg wants 1.0.0 || 2.0.0`,
		"*":                                 `pkg wants *`,
		"":                                  `pkg`,
		"latest":                            `pkg wants latest`,
		"npm:real@1.2.3":                    `real = 1.2.3 alias pkg pin 1.2.3`,
		"npm:@acme/real@^1.2.3":             `@acme/real wants ^1.2.3 alias pkg pin 1.2.3`,
		"npm:@acme/real":                    `@acme/real alias pkg`,
		"npm:vue":                           `vue alias pkg`,
		"npm:v1.2.3":                        `pkg = 1.2.3`,
		"npm:^1.2.3":                        `pkg wants ^1.2.3 pin 1.2.3`,
		"npm:latest":                        `pkg wants latest`,
		"npm:":                              `pkg`,
		"npm:pkg@1.2.3":                     `pkg = 1.2.3 pin 1.2.3`,
		"jsr:@std/bytes@^1.0.0":             `JSR @std/bytes wants ^1.0.0 alias pkg pin 1.0.0`,
		"jsr:1.0.0":                         `JSR pkg = 1.0.0 pin 1.0.0`,
		"file:../folder":                    `pkg local file:../folder`,
		"./folder":                          `pkg local ./folder`,
		"..":                                `pkg local ..`,
		"~/folder":                          `pkg local ~/folder`,
		`C:\folder`:                         `pkg local C:\folder`,
		"/folder":                           `pkg local /folder`,
		"a/b/c":                             `pkg local a/b/c`,
		"archive.tgz":                       `pkg local archive.tgz`,
		"link:folder":                       `pkg local link:folder`,
		"portal:folder":                     `pkg local portal:folder`,
		"exec:./make.js":                    `pkg local exec:./make.js`,
		"workspace:*":                       `pkg local workspace:*`,
		"workspace:^1.0.0":                  `pkg local workspace:^1.0.0`,
		"workspace:":                        `pkg local workspace:`,
		"workspace:@acme/ui@*":              `@acme/ui local workspace:@acme/ui@* alias pkg`,
		"catalog:":                          `pkg wants catalog:`,
		"https://files.acme.example/a.tgz":  `pkg url https://files.acme.example/a.tgz`,
		"http://a:b@files.acme.example/a":   `pkg url http://files.acme.example/a`,
		"git+ssh://git@git.acme.example/a":  `pkg git git+ssh://git@git.acme.example/a`,
		"git+https://t@git.acme.example/a":  `pkg git git+https://git.acme.example/a`,
		"git://git.acme.example/a#b":        `pkg git git://git.acme.example/a#b`,
		"ssh://git@git.acme.example/a":      `pkg git ssh://git@git.acme.example/a`,
		"git@git.acme.example:acme/a.git":   `pkg git git@git.acme.example:acme/a.git`,
		"https://git.acme.example/a.git#v1": `pkg git https://git.acme.example/a.git#v1`,
		"https://github.com/acme/left":      `pkg git https://github.com/acme/left`,
		"https://github.com/acme/left/archive/refs/tags/v1.tar.gz": `pkg url https://github.com/acme/left/archive/refs/tags/v1.tar.gz`,
		"https://codeload.github.com/acme/left/tar.gz/" + forty:    `pkg git https://codeload.github.com/acme/left/tar.gz/` + forty,
		"acme/left":                       `pkg git acme/left`,
		"acme/left#semver:^1.0.0":         `pkg git acme/left#semver:^1.0.0`,
		"gist:11081aaa281":                `pkg git gist:11081aaa281`,
		"bitbucket:acme/left":             `pkg git bitbucket:acme/left`,
		"patch:pkg@npm%3A1.2.3#./x.patch": `pkg = 1.2.3 from patch:pkg@npm%3A1.2.3#./x.patch`,
		"patch:@acme/a@1.2.3#./x.patch":   `@acme/a = 1.2.3 from patch:@acme/a@1.2.3#./x.patch alias pkg`,
		"patch:pkg@patch:pkg@1#a#b":       `pkg local patch:pkg@patch:pkg@1#a#b`, // no patch of a patch
		"patch:%zz":                       `pkg local patch:%zz`,
		"patch:":                          `pkg local patch:`,
	}

	for wanted, want := range tests {
		t.Run(wanted, func(t *testing.T) {
			e, pin := npmEntry("pkg", wanted)
			var words []string
			if e.Ecosystem != npm {
				words = append(words, e.Ecosystem)
			}
			words = append(words, e.Name)
			for _, part := range []struct{ name, value string }{{"=", e.Version}, {"wants", e.Requirement}} {
				if part.value != "" {
					words = append(words, part.name, part.value)
				}
			}
			if e.Origin != "" {
				words = append(words, string(e.Origin), e.Source)
			} else if e.Source != "" {
				words = append(words, "from", e.Source)
			}
			if e.Alias != "" {
				words = append(words, "alias", e.Alias)
			}
			if pin != (span{}) {
				words = append(words, "pin", wanted[pin.start:pin.end])
			}
			if got := strings.Join(words, " "); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

const forty = "0123456789012345678901234567890123456789"

func TestWhichPackageASelectorMeans(t *testing.T) {
	for selector, want := range map[string]string{
		"a": "a", "a@^1": "a", "@s/a": "@s/a", "@s/a@>1 <2": "@s/a", "b>a": "a", "b@1>@s/a@2": "@s/a", "a@>1": "a",
		"**/a": "a", "b/**/a": "a", "@s/b/a": "a", "b/@s/a": "@s/a", "b/@s/a@npm:^1": "@s/a",
		"a@patch:a@npm%3A1#./b/c.patch": "a", "@s/a@https://files.acme.example/a.tgz": "@s/a", "": "", ">": ">", "@": "@",
	} {
		if got := selected(selector); got != want {
			t.Errorf("%q: got %q, want %q", selector, got, want)
		}
	}
}

func TestNamesInPlacesOfBun(t *testing.T) {
	for place, want := range map[string][2]string{
		"a": {"", "a"}, "a/b": {"a", "b"}, "@s/a": {"", "@s/a"}, "@s/a/b": {"@s/a", "b"}, "a/@s/b": {"a", "@s/b"},
		"@s/a/@t/b/c": {"@s/a/@t/b", "c"}, "": {"", ""}, "/": {"", ""},
	} {
		if got := [2]string{abovePlace(place), lastName(place)}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %q, want %q", place, got, want)
		}
	}
}
