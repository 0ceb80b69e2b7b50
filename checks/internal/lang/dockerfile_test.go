package lang

import (
	"context"
	"strings"
	"testing"
)

func TestDockerfilesAreReadAsDockerDoes(t *testing.T) {
	l, _ := Named("dockerfile")
	tests := map[string]struct{ text, want string }{
		"spaces behind the backslash at the end of a line": {"RUN a \\  \n  b\n", "arg: Str \"b\""},
		"an option without a value":                        {"COPY --link --chown=c a b\n", "KeywordArg \"link\""},
		"a list of texts":                                  {"CMD [\"a\", \\\n  # why\n  \"b\"]\n", "arg: List"},
		"a test is a command of a shell":                   {"RUN [ -f a ] && b\n", "callee: Ident \"b\""},
		"texts without commas are one too":                 {"RUN [\"a\" \"b\"]\n", "body: Block"},
		"and a list that something follows":                {"RUN [\"a\"] && b\n", "callee: Ident \"b\""},
		"and one with an escape that JSON has not":         {"ENTRYPOINT [\"\\x41\"]\n", "body: Block"},
		"a path with a variable in it":                     {"WORKDIR /a/$B\n", "value: Ident \"B\""},
		"a user and a group":                               {"USER a:b\n", "property: Str \"b\""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree, err := l.Parse(context.Background(), "FROM x\n"+test.text)
			if err != nil {
				t.Fatal(err)
			}
			if tree.Errors > 0 || !strings.Contains(tree.String(), test.want) {
				t.Errorf("%d errors, want %s in:\n%s", tree.Errors, test.want, tree)
			}
		})
	}
}
