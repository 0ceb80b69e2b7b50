package command

import "strings"

// placeholders are names that stand for any name in texts.
var placeholders = setOf(`foo bar baz qux foobar example sample package package-name packagename pkg pkg-name name module
	module-name library library-name lib some-package mypackage myproject myapp yourpackage project project-name app
	app-name plugin plugin-name server-name package1 package2 pkg1 pkg2 dependency tool tool-name xxx xyz image image-name
	imagename the this that a an it and or to in with from for on dependencies dependencies. packages requirements
	something whatever new-package another-package user/repo owner/repo org/repo username/repo vendor/package
	org/package`)

// standsForAny reports whether a word in a text is written as what stands for any name: X, PACKAGE_NAME.
func standsForAny(word string) bool {
	name := word[:nameLength(word, "_-")]
	return name != "" && name == strings.ToUpper(name) && name != strings.ToLower(name) && (len(name) == 1 || strings.Contains(name, "_"))
}

// placeholder reports whether a name in a text for people stands for any name: example, your-package, @your-org/x.
func placeholder(name string) bool {
	name = strings.ToLower(name)
	if placeholders[name] || placeholders[strings.ReplaceAll(name, "_", "-")] || strings.ContainsAny(name, "<>{}[]…") || strings.Contains(name, "...") {
		return true
	}
	scope, rest, scoped := strings.Cut(strings.TrimPrefix(name, "@"), "/")
	parts := []string{name}
	if scoped {
		parts = []string{scope, rest}
	}
	for n, part := range parts {
		if hasPrefix(part, "your-", "your_", "my-", "my_", "some-", "yourorg", "yourname", "youruser", "yourcompany", "myorg", "path/to") {
			return true
		}
		if scoped && n == 0 && (part == "scope" || part == "org" || part == "your" || part == "my" || part == "owner" || part == "username" || part == "user") {
			return true
		}
	}
	return false
}
