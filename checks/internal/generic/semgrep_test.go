package generic

import (
	"fmt"
	"strings"
	"testing"
)

// Where each pattern matches, or what the metavariable of focus takes there, as start-end. The figures are those of
// Semgrep 1.185.
func TestMatch(t *testing.T) {
	type example struct {
		pattern, focus, text, want string
		opts                       options
	}
	tests := []struct {
		name     string
		examples []example
	}{
		{"words and bytes", []example{
			{"foo bar", "", "foo bar foobar foo  bar foo\nbar foo-bar", "0-7; 15-23; 24-31", options{}},
			{"foo", "", "foo foo_bar foobar foo1 foo-x Foo", "0-3; 24-27", options{}},
			{"a.b", "", "a.b a . b a\n.b a..b", "0-3; 4-9; 10-14", options{}},
			{"a b c", "", "a (b) c", "", options{}},
			{"a (b) c", "", "a (b) c a ( b ) c a(b)c", "0-7; 8-17; 18-23", options{}},
			{"a ) b", "", "a ) b", "0-5", options{}},
			{"(a", "", "(a (a)", "0-2; 3-5", options{}},
			{"a)", "", "(a) a)", "4-6", options{}},
			{"é ü", "", "é ü éü", "0-5; 6-10", options{}},
			{"éa", "", "éa é a aéa", "0-3; 4-8; 10-13", options{}},
			{"1.5", "", "1.5 11.5 1.55", "0-3", options{}},
			{"foo;", "", "foo; foo ; foo\n;", "0-4; 5-10; 11-16", options{}},
			{"//x", "", "//x / /x", "0-3; 4-8", options{}},
			{"a\tb", "", "a b a\t\tb", "0-3; 4-8", options{}},
			{"a b", "", "a b a b a\n\n\n\nb", "0-3; 4-7; 8-14", options{}},
			{"a", "", "", "", options{}},
			{"a ( b", "", "a ( b ) a ( b", "0-5; 8-13", options{}},
			{"a c", "", "a\n  c\na\n    b\n  c", "0-5", options{}},
			{"b c", "", "a\n    b\n  c\na\n  b\nc", "", options{}},
			{"b c", "", "a\n    b\n\n    c", "6-14", options{}},
			{"a b", "", "(a) b [a b] {a} b (a b", "7-10; 19-22", options{}},
			{"a b", "", "(a b\n a) b", "1-4", options{}},
			{"( a", "", "(a) ((a)) ( (a", "0-2; 5-7; 12-14", options{}},
			{"a )", "", "(a) (a a) ) a )", "12-15", options{}},
			{"a ] b", "", "[a ] b a ] b (a ] b) (a ] b", "7-12; 14-19; 22-27", options{}},
			{"a-b_c", "", "a-b_c a - b_c", "0-5; 6-13", options{}},
			{"a b", "", "a\r\nb", "0-4", options{}},
			{"… a", "", "x a", "", options{}},
			{"a", "", "a a", "0-1; 2-3", options{}},
			{"a b", "", "(a [b) c] a b", "10-13", options{}},
			{"b c", "", "(a [b c) d]", "4-7", options{}},
			{"b d", "", "(a [b) d] b d", "10-13", options{}},
			{"c d", "", "(a [b ) c d]", "8-11", options{}},
			{"a b", "", "a\n\tb\n\t\ta\n        b", "0-4", options{}},
			{"a b", "", "  a\n\tb\nc", "2-6", options{}},
			{"a b", "", "  a\n b", "", options{}},
			{"a .. b", "", "a .. b a ... b a b", "0-6", options{}},
			{"a\\ b", "", "a\\ b", "0-4", options{}},
			{"a\fb", "", "a b", "", options{}},
			{"x", "", "caféx xé", "5-6; 7-8", options{}},
			{"# x", "", "# x", "0-3", options{}},
			{"  a b", "", "x\n  a b\n  a b c", "", options{}},
		}},
		{"comments and other options", []example{
			{"a ... b", "", "a x b\na\nb", "0-5", options{span: oneLine}},
			{"a ... b", "", "a x b\na\nb\na\n\nb", "0-5; 6-9", options{span: 1}},
			{"FOO Bar", "", "foo bar FOO BAR", "", options{}},
			{"a ... b", "", "a // b \n /* b */ b", "0-6", options{comments: "c"}},
			{"a ... b", "", "a // b \n /* b */ b", "0-18", options{comments: "cpp"}},
			{"a ... b", "", "a # b\n b", "0-8", options{comments: "shell"}},
			{"a ... b", "", "a\nb a x b", "4-9", options{span: oneLine}},
			{"a ...", "", "a x b\nc", "0-5", options{span: oneLine}},
			{"a ...", "", "a x b\nc\nd", "0-7", options{span: 1}},
			{"...", "", "a x b\nc\nd", "0-5", options{span: oneLine}},
			{"a b", "", "a /* x */ b a // y\nb a /* x\n y */ b", "0-11; 21-35", options{comments: "c"}},
			{"a b", "", "a /* x */ b a // y\nb a /* x\n y */ b", "0-11; 12-20; 21-35", options{comments: "cpp"}},
			{"a b", "", "a # x\nb a#b\nb a /* */ b", "0-7; 8-13", options{comments: "shell"}},
			{"# x", "", "a # x\nb", "", options{comments: "shell"}},
			{"a # x\nb", "", "a # x\nb a b", "", options{comments: "shell"}},
			{"\"# x\" b", "", "\"# x\" b", "", options{comments: "shell"}},
			{"a b", "", "a \"//\" b\n", "", options{comments: "cpp"}},
			{"a b", "", "/* x\n  */ a\nb", "", options{comments: "c"}},
			{"a b", "", "a /* x\n*/ b", "0-11", options{comments: "c"}},
			{"a b", "", "a /* x b", "", options{comments: "c"}},
			{"a \"x", "", "a \"x//y\"", "0-4", options{comments: "cpp"}},
			{"a ... b", "", "a" + strings.Repeat("\n# b", 12) + "\nb", "", options{comments: "shell"}},
			{"x b", "", "a /* x b", "5-8", options{comments: "c"}},
			{"a", "", "a /* x b", "0-1", options{comments: "c"}},
			{"foo", "", "FOO foo", "4-7", options{}},
			{"a", "", "http://a", "", options{comments: "cpp"}},
			{"ignore previous instructions", "", "ignore previous\n  instructions", "0-30", options{}},
		}},
		{"metavariables", []example{
			{"foo $X", "", "foo bar; foo - foo (x) foo \"a\"", "0-7", options{}},
			{"$X", "", "a - b 12 é", "0-1; 4-5; 6-8", options{}},
			{"$X = $X", "", "a = a b = c", "0-5", options{}},
			{"foo ( $X )", "", "foo(a) foo(a b) foo()", "0-6", options{}},
			{"\"$X\"", "", "\"abc\" \"a b\" \"\" \"a-b\"", "0-5", options{}},
			{"$_ $_", "", "a b c d e", "", options{}},
			{"$_ = $_", "", "a=a b=c", "", options{}},
			{"$x", "", "$x x", "0-2", options{}},
			{"$1", "", "$1 1", "0-2", options{}},
			{"${X}", "", "${X} ${abc} {a}", "0-4", options{}},
			{"$FOO_1 z", "", "abc z $FOO_1 z", "0-5; 7-14", options{}},
			{"$$X", "", "$abc abc", "0-4", options{}},
			{"$Xy", "", "$Xy abc", "1-3; 4-7", options{}},
			{"- $X", "", "- a\n- b", "0-3; 4-7", options{}},
			{"key: $V", "", "key: \"v\" key: v key: -v", "9-15", options{}},
			{"'$X'", "", "'abc' 'a b' it's", "0-5; 10-15", options{}},
			{"$_", "", "$_ a", "0-2", options{}},
			{"$_X b", "", "$_X b a b", "0-5", options{}},
			{"$X1 b", "", "$X1 b a b", "1-5; 6-9", options{}},
			{"$X = $Y", "$Y", "a = b", "4-5", options{}},
			{"$X-$Y", "$Y", "ab-cd_e", "3-7", options{}},
			{"$X.$Y", "$X", "a.b.c", "0-1; 2-3", options{}},
			{"$A $A", "", "x x y y", "0-3; 4-7", options{}},
			{"$X: $Y", "", "k: v\nk2:\n  v2", "0-4; 5-13", options{}},
			{"$X $X", "", "a\na b\nb", "0-3; 4-7", options{}},
			{"$X", "", "_a a_1 1a A9_", "0-2; 3-6; 7-9; 10-13", options{}},
			{"\"$X\"", "$X", "\"abc\"", "1-4", options{}},
			{"$X;", "", "a b; c d;", "2-4; 7-9", options{}},
			{"x $A$B", "", "x ab x a b x a.b", "0-6; 5-10", options{}},
			{"$X", "", "caféx", "0-3; 5-6", options{}},
			{"a $X", "", "a (b) a b", "6-9", options{}},
			{"password: $X", "", "password: hunter2\npassword: \"x\"", "0-17", options{}},
			{"FROM $IMAGE:latest", "", "FROM ubuntu:latest\nFROM a/b:latest", "0-18", options{}},
			{"{{ $X | safe }}", "$X", "<p>{{ user | safe }} {{ a.b | safe }}</p>", "6-10", options{}},
		}},
		{"patterns of several lines", []example{
			{"a\n  b", "", "a\n  b\na b\na\nb\na\n    b", "0-5; 14-21", options{}},
			{"a\nb", "", "a b\na\nb\na\n  b", "0-3; 4-7; 8-13", options{}},
			{"  a\nb", "", "a\nb\n   a\nb", "", options{}},
			{"x:\n  ...\n  y", "", "x:\n  1\n  2\n  y\nz:\n  y", "0-14", options{}},
			{"foo (a\n b) c", "", "foo (a b) c foo (a\n b) c foo (a\n   b) c", "25-39", options{}},
			{"foo {\n  ...\n}", "", "foo {\n  a\n}\nfoo { a }\nfoo {\na\n}\nfoo {\n}\nfoo {\n  a\n  }", "0-11; 12-21; 32-39", options{}},
			{"foo {\n ...\n bar\n ...\n}", "", "foo {\n  a\n  bar\n  b\n}\nfoo { a bar b }\nfoo {\n  x {\n    bar\n  }\n}", "0-21; 22-37; 38-63", options{}},
			{"a:\n  b", "", "a:\n  x\n  b", "", options{}},
			{"a:\n  ...\n  b", "", "a:\n  x\n    b", "0-12", options{}},
			{"a:\n  ...\n  b", "", "a:\n  x\nb", "", options{}},
			{"a:\n  b\nc", "", "a:\n  b\nc\na:\n    b\n  c\na:\n  b\n\n c", "0-8; 9-21; 22-32", options{}},
			{"a:\n  b", "", "a:\n\n  b\n\na:\n\tb\n  a:\n    b", "0-7; 9-14; 17-25", options{}},
			{"a b\nc", "", "a\nb\nc\n  a b\n  c\n  a b\nc", "0-5; 8-15", options{}},
			{"a ...\n... b", "", "a" + strings.Repeat("\nx", 12) + "\nb", "0-27", options{}},
			{"a\n\nb", "", "a b a\nb", "0-3; 4-7", options{}},
			{"a\r\nb", "", "a b a\r\nb", "0-3; 4-8", options{}},
			{"...\na", "", "x\na", "0-3", options{}},
			{"a\n...", "", "a\nb\n  c\nd", "0-9", options{}},
			{"a\n  ...", "", "a\n  b\n  c\nd", "0-9", options{}},
			{"a\n  ...\nb", "", "a\n  x\nb a b\na\nb", "0-7; 8-11; 12-15", options{}},
			{"- a\n- b", "", "- a\n- b\n  - a\n  - b\n- a\n  - b", "0-7; 10-19; 20-29", options{}},
			{"a\n  b", "", "a\n  b c\na\n  b\n  c\na\n  b\nd", "18-23", options{}},
			{"a\n  b ...", "", "a\n  b c\na\n  b\n  c\na\n  b\nd", "0-7; 8-17; 18-23", options{}},
			{"foo {\n  ...\n}", "", "foo {" + strings.Repeat("\n  x", 15) + "\n}", "0-67", options{}},
			{"foo {\n  a\n}", "", "foo {\n  a\n  b\n}\nfoo { a }\nfoo { a b }\nfoo {\n    a\n  }", "16-25; 38-53", options{}},
			{"...\n  foo", "", "a\n  foo\nb\n  foo", "0-7", options{}},
			{"  ...\nfoo", "", "a\n  b\nfoo", "6-9", options{}},
			{"a\n  b", "", "x\n\ta\n        b", "", options{}},
			{"a\n  b", "", "x\n  a\n\tb", "4-8", options{}},
			{"a\n  ...\n  c", "", "a\n  b\n  c\na\n  b\n    c\na\n  b\n  c\n  d", "0-9; 10-21", options{}},
			{"a\n  ... c", "", "a\n  b\n  c\na\n  b\n    c\na\n  b\n  c\n  d", "0-9; 10-21", options{}},
			{"a\n  c", "", "a\n    b\n  c\na\n    c", "12-19", options{}},
			{"a\n  b\n    c", "", "a\n  b\n    c\na\n  b c\na\n  b\n   c\nd", "0-11; 20-30", options{}},
			{"a\n    b\n  c", "", "a\n    b\n  c\na\n  b\nc", "0-11", options{}},
			{"a (\n  b\n)", "", "a (b) a ( b c )", "0-5", options{}},
			{"a $...X\n  b", "", "a 1 2\n  b", "0-9", options{}},
			{"a\n  $...X\nb", "$...X", "a\n  1\n  2\nb", "1-9", options{}},
			{"a\n  $X\nb", "$X", "a\n  1\nb", "4-5", options{}},
			{"a\n\u000bb", "", "a b", "", options{}},
			{"a $...X\nc", "", "a" + strings.Repeat("\nx", 9) + "\nc", "0-21", options{}},
			{"$A = $B\n$C = $A", "", "a = b\nc = a", "0-11", options{}},
			{"- $X\n...\n- $X", "", "- a\n- b\n- a", "0-11", options{}},
			{"a\n  ...\nd", "", "a\n    b\n  c\nd", "", options{}},
			{"a\n  b", "", "a (b)\na\n  (b)\na\n  (\n  b\n  )", "", options{}},
			{"a\n  (b)", "", "a\n  (b)", "0-7", options{}},
			{"a\n  (\n    b)", "", "a\n  (b)\na\n  (\n    b)", "8-20", options{}},
			{"foo {\n  ...\n} x", "", "foo {} x\nfoo { } x\nfoo {\n\n} x\nfoo\n{\na\n} x", "0-8; 9-18; 19-29", options{}},
			{"a\n  ... b ...\nc", "", "a" + strings.Repeat("\n  x", 12) + "\n  b" + strings.Repeat("\n  y", 12) + "\nc", "", options{}},
			{"a\n  ... b ...\nc", "", "a\n  x\n  x\n  x\n  x\n  x\n  x\n  x\n  x\n  b" + strings.Repeat("\n  y", 12) + "\nc", "0-87", options{}},
			{"  ...\nfoo", "", "x\n  b\nfoo", "6-9", options{}},
			{"a\n  ...\n  ...\nb", "", "a\n  x\nb", "0-7", options{}},
			{"a\n b\n  c\n d", "", "a\n b\n  c\n d", "0-11", options{}},
			{"a\n b\n  c\nd", "", "a\n b\n  c\nd", "0-10", options{}},
			{"a\n b\n  ...\nd", "", "a\n b\nd", "0-6", options{}},
			{"\n  a\n  b", "", "x\n  a\n  b\nc", "", options{}},
			{"server {\n  ...\n  listen $P;\n  ...\n}", "$P", "server {\n  a;\n  listen 80;\n  b {\n    c;\n  }\n}", "23-25", options{}},
			{"$X: |\n  ...", "", "a: |\n  b\n  c\nd: |\n  e", "0-12; 13-21", options{}},
		}},
		{"named ellipses", []example{
			{"$...X = 1", "", "a b c = 1\nd = 1", "0-9", options{}},
			{"f($...X)", "", "f(a, b, c) f() f(\nx)", "0-10; 11-14; 15-20", options{}},
			{"f($...X, z)", "", "f(a, b, z)", "0-10", options{}},
			{"\"$...X\"", "", "\"abc\" \"a b\" \"\" \"a\nb\"", "0-5; 4-7; 6-11; 10-13; 12-14; 13-16; 15-20", options{}},
			{"$...x b", "", "$...x b a b", "0-7", options{}},
			{"$...X", "", "a b\nc", "0-5", options{}},
			{"$...X1y b", "", "a b", "0-3", options{}},
			{"$...X foo", "", "a foo b foo", "0-5", options{}},
			{"$...X foo", "$...X", "a foo b foo", "0-1", options{}},
			{"foo $...X", "", "foo" + strings.Repeat("\nx", 15), "0-23", options{}},
			{"foo $...X", "$...X", "foo a b\nfoo c", "3-13", options{}},
			{"f($...X)", "$...X", "f(a, b) f() f((c))", "2-6; 10-10; 14-16", options{}},
			{"a $...X b $...X c", "$...X", "a 1 2 b 1 2 c a 1 b 2 c a 1 b 1\nc", "1-5; 25-27", options{}},
			{"$X = \"$...Y\"", "$...Y", "a = \"x y\" b = \"z\"", "5-8; 15-16", options{}},
			{"<a $...X>", "", "<a b=\"c\"> <a> <a\n b>", "0-9; 10-13; 14-20", options{}},
			{"foo $...X", "", "foo\nx\nx\nx\nx\nx\nfoo" + strings.Repeat("\ny", 20), "0-25; 14-37", options{}},
			{"$...X foo", "$...X", "  a foo", "2-3", options{}},
			{"$...X foo", "$...X", "foo", "0-0", options{}},
			{"a $...X b $...X c", "$...X", "a 1  2 b 1 2 c", "", options{}},
			{"a $...X b $...X c", "$...X", "a1 2b1 2c a (1) b(1) c", "", options{}},
			{"a($...X) b($...X)", "$...X", "a( 1) b(1) a(2) b(2) a(3 4) b(3  4)", "13-14", options{}},
			{"x $...A, $...B;", "", "x 1, 2, 3;", "0-10", options{}},
			{"x $...A, $...B;", "$...A", "x 1, 2, 3;", "1-3", options{}},
			{"x $...A, $...B;", "$...B", "x 1, 2, 3;", "4-9", options{}},
			{"$A.$...B(", "$...B", "a.b.c.d(", "6-7", options{}},
			{"$...", "", "$... a", "0-6", options{}},
			{"$...X...", "", "a", "0-1", options{}},
			{"a $...X c", "", "a" + strings.Repeat("\nx", 10) + "\nc a" + strings.Repeat("\nx", 10) + "\nc", "", options{}},
			{"$...X", "", "a\n  b (c d)", "0-11; 7-10", options{}},
			{"a $...X ...", "$...X", "a b c", "1-5", options{}},
			{"a $...X $Y", "$...X", "a b c", "1-1", options{}},
			{"a $...X ... c", "$...X", "a b c c", "1-3", options{}},
			{"<script ... src=\"$...URL\"", "$...URL", "<script async src=\"http://a/b.js\">", "19-32", options{}},
			{"\"$KEY\": \"$...VALUE\"", "$...VALUE", "{\"a\": \"b c\", \"d\": \"e\"}", "7-10; 19-20", options{}},
		}},
		{"ellipses", []example{
			{"foo ... bar", "", "foo x y bar z bar foo bar", "0-11; 18-25", options{}},
			{"foo ...", "", "foo x y\n z\nlast", "0-15", options{}},
			{"... foo", "", "a b\nc foo d", "0-9", options{}},
			{"foo(...)", "", "foo(a,(b),c) foo() foo(\na\n) foo (x)", "0-9; 13-18; 19-27; 28-35", options{}},
			{"foo(... b ...)", "", "foo(a, b, c) foo(a, (b), c) foo(b)", "0-12; 13-23; 28-34", options{}},
			{"{ ... }", "", "x { a { b } c } y", "6-11", options{}},
			{"a ... b", "", "a {\n x b\n}\nb", "0-8", options{}},
			{"a ... b", "", "{ a } b", "", options{}},
			{"a ... b", "", "a\n\n\n\n\n\n\n\n\nb a\n\n\n\n\n\n\n\n\n\nb a\n\n\n\n\n\n\n\n\n\n\nb", "0-11; 12-24", options{}},
			{"a ... b", "", "a" + strings.Repeat("\nx", 9) + "\nb  a" + strings.Repeat("\nx", 10) + "\nb", "0-21", options{}},
			{"a ... b", "", "a" + strings.Repeat("\nx", 10) + "\nb", "", options{}},
			{"\"...\"", "", "\"abc\" \"a b\" \"\" \"a\nb\"", "0-5; 4-7; 6-11; 10-13; 12-14; 13-16; 15-20", options{}},
			{"x: ... y", "", "x:\n  1\n  2\n  y\nz:\n  y", "0-14", options{}},
			{"x: ... y", "", "x:\n  1\n  2\nz\n  y", "0-16", options{}},
			{"x: ... y", "", "  x:\n  1\nz\n  y", "", options{}},
			{"foo ... ... bar", "", "foo a bar", "0-9", options{}},
			{"...", "", "foo a bar", "0-9", options{}},
			{"$X ... $X", "", "a b a b", "0-5; 2-7", options{}},
			{"$X ... $Y", "", "a b c d e", "0-3; 2-5; 4-7; 6-9", options{}},
			{"a....b", "", "a....b a...b a.b a c b", "0-6", options{}},
			{"a...b", "", "axb a b a...b a c b", "4-7; 8-13; 14-19", options{}},
			{"a ...", "", "a b c\nd\n\ne (f\ng) h", "0-18", options{}},
			{"{ ...", "", "{ a\nb\n} c", "0-9", options{}},
			{"... }", "", "x\n{ a\nb\n} c", "0-9", options{}},
			{"foo ... bar", "", "foo foo bar bar", "4-11", options{}},
			{"<$TAG ... src=\"$U\"", "", "<script a=1 src=\"x\"> <img src=\"http://a/b\">", "0-19", options{}},
			{"{{ ... }}", "", "{{ a }} { { b } }", "0-7; 8-17", options{}},
			{"[ ... ]", "", "[a [b]] ] [", "3-6", options{}},
			{"( ... ]", "", "(a] (b)", "0-3", options{}},
			{"... foo", "", "x" + strings.Repeat("\nx", 14) + "\nfoo\ny foo", "", options{}},
			{"... foo", "", "a foo b foo", "0-5", options{}},
			{"foo ...", "", "foo a foo b", "0-11", options{}},
			{"foo ...", "", "foo" + strings.Repeat("\nx", 15), "0-23", options{}},
			{"foo ...", "", "foo\n\n\nx\n" + strings.Repeat("\nx", 15), "0-20", options{}},
			{"a ... $X b", "$X", "a 1 2 b", "4-5", options{}},
			{"foo { ... bar ... }", "", "foo {\n  a\n  bar\n  b\n}\nfoo { a bar b }\nfoo {\n  x {\n    bar\n  }\n}", "0-21; 22-37; 38-61", options{}},
			{"foo { ... }", "", "foo {\n  a {\n    b\n  }\n  c\n}", "0-21", options{}},
			{"foo {...}", "", "foo { a { b } c }", "0-13", options{}},
			{"foo { ... } bar", "", "foo { a { b } c } bar", "0-21", options{}},
			{"a ... c", "", "x\n  a\n  b\n  c\n  a\n  b\nc", "4-13", options{}},
			{"a ... c", "", "a\n    b\n  c", "0-11", options{}},
			{"x ... c", "", "x\n a\n  b\n   c\n  d\nx\ny\n   c", "0-13; 18-26", options{}},
			{"a ... b", "", "(a [x] b) a (x) b a (b) c", "1-8; 10-17; 18-22", options{}},
			{"a ... b", "", "(a x) b", "", options{}},
			{"a ... b", "", "((a) b) (a (b))", "9-13", options{}},
			{"( ... )", "", "(a (b) c)", "3-6", options{}},
			{"( ... ) x", "", "(a (b) c) x", "0-11", options{}},
			{"( ... ) ;", "", "f(a,\n  g(b)\n) ;", "1-15", options{}},
			{"a ... b", "", "a b b a a b", "0-3; 8-11", options{}},
			{"a ... b ... c", "", "a b c a c b c a b b c c", "0-5; 6-13; 14-21", options{}},
			{"a ... ... b", "", "a" + strings.Repeat("\nx", 12) + "\nb", "0-27", options{}},
			{"a ... x ... b", "", "a" + strings.Repeat("\ny", 8) + "\nx" + strings.Repeat("\nz", 8) + "\nb", "0-37", options{}},
			{"...", "", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\nu", "0-21", options{}},
			{"a ...;", "", "a b; a; a\nb;", "0-4; 5-7; 8-12", options{}},
			{"foo.$X(...)", "$X", "foo.bar(1) foo.baz (2)", "4-7; 15-18", options{}},
			{"a ... $B ... c", "$B", "a 1 2 c", "2-3", options{}},
			{"a ... b", "", "a\n\n  b", "0-6", options{}},
			{"f(..., $X, ...)", "$X", "f(a, b, c, d)", "5-6", options{}},
			{"f(..., b, ...)", "", "f(a, b, c) f(b) f(b, c) f(a,b)", "0-10", options{}},
			{"$X = \"...\"", "", "a = \"x y\" b = \"\" c = 'x'", "0-9; 10-16", options{}},
			{"a ... a", "", "a a a a", "0-3; 2-5; 4-7", options{}},
			{"a ...", "", "a b a c\n\n\n\n\n\n\n\n\n\n\n\nd", "0-7", options{}},
			{"foo ...", "", "foo\nx\nx\nx\nx\nx\nfoo" + strings.Repeat("\ny", 20), "0-25; 14-37", options{}},
			{"foo ...", "", "foo\nx\nx\nx\nx\nx\n{ foo }" + strings.Repeat("\ny", 20), "0-29; 16-19", options{}},
			{"foo ...", "", "{ foo a } foo b\n  foo c\nd", "2-7; 10-25; 18-23", options{}},
			{"... foo", "", "a\n  b foo\nc foo", "4-9", options{}},
			{"... foo", "", "a\nx\nx\nx\n  b\n  c foo\n d\nfoo", "10-19", options{}},
			{"... foo", "", "\n \n\na" + strings.Repeat("\nx", 9) + "\nfoo", "4-27", options{}},
			{"... foo", "", "\n\n\na\nx\nx\nx\nx\nx\nx\nx\nx\nfoo", "3-24", options{}},
			{"... foo", "", "\n\n\na\nx\nx\nx\nx\nx\nx\nfoo", "3-20", options{}},
			{"... foo", "", "x (b foo)", "3-8", options{}},
			{"b ... d", "", "(a [b ) c d]", "4-11", options{}},
			{"b ... d", "", "[(a b ] c d)", "4-11", options{}},
			{"b ... d", "", "{a (b } c d", "4-11", options{}},
			{"b ... d", "", "a ) b ) d", "4-9", options{}},
			{"b ... d", "", "( b ( c ) d", "2-11", options{}},
			{"b ... d", "", "( b \n( c ) d", "2-12", options{}},
			{"b ... d", "", "  (\nb ) d", "4-9", options{}},
			{"a ... b", "", "  a\nb", "", options{}},
			{"foo ... bar", "", "foo a foo b bar bar", "6-15", options{}},
			{"foo ... bar ... ", "", "foo a foo b bar bar", "0-19", options{}},
			{"foo ... bar ...", "", "foo a\nfoo b bar\nc" + strings.Repeat("\nx", 20), "0-35", options{}},
			{"$X ...", "", "a b c", "0-5", options{}},
			{"$X ...;", "", "a b; c d;", "2-4; 7-9", options{}},
			{"... $X", "", "a b c", "0-1", options{}},
			{"... a ...", "", "x a y a z", "0-9", options{}},
			{"a ... ...", "", "a" + strings.Repeat("\nx", 30), "0-41", options{}},
			{"... ... a", "", "x" + strings.Repeat("\nx", 14) + "\na", "0-31", options{}},
			{"(...)", "", "f(a) g() (b (c))", "1-4; 6-8; 12-15", options{}},
			{"f(...) ...", "", "f(a) g()\nh", "0-10", options{}},
			{"a.... b", "", "a.... b", "0-7", options{}},
			{"a ... . b", "", "a x . b a. b", "0-7; 8-12", options{}},
			{"a ....", "", "a .... b", "0-6", options{}},
			{"a...", "", "a b\nc", "0-5", options{}},
			{"$X...$X", "", "a b a", "0-5", options{}},
			{"a ... b", "", "a é b", "0-6", options{}},
			{"foo { ... }", "", "foo {\n}\nfoo {}\nfoo\n {\n  }", "0-7; 8-14; 15-25", options{}},
			{"a ... b ... c", "", "a" + strings.Repeat("\nx", 10) + "\nb" + strings.Repeat("\nx", 10) + "\nc", "", options{}},
			{"a ... $X ... c", "", "a" + strings.Repeat("\nx", 15) + "\nc", "0-33", options{}},
			{"a ... b", "", "a\nx\n  b", "0-7", options{}},
			{"... b", "", "  a\nb\n  c\n  b", "8-13", options{}},
			{"... b", "", "x\n    a\n  b\nb", "10-11", options{}},
			{"...", "", "  a\nb\n  c", "2-3; 8-9", options{}},
			{"...", "", "a (b c) d\n  e", "0-13; 3-6", options{}},
			{"a ... b ...", "", "a b (a b) c", "0-11; 5-8", options{}},
			{"a ... c", "", "(x) a (y) z (c)", "4-14", options{}},
			{"a ... ;", "", "a {\n  b;\n}\n;", "0-8", options{}},
			{"proxy_pass $$SCHEME:// ...;", "", "proxy_pass $scheme://host; proxy_pass http://x;", "0-26", options{}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, example := range test.examples {
				matches := match(t, example.pattern, example.text, example.opts)
				if got := show(matches, example.focus); got != example.want {
					t.Errorf("%q %s in %q: got %q, want %q", example.pattern, example.focus, example.text, got, example.want)
				}
			}
		})
	}
}

type options struct {
	span     int // 0 for the usual one
	comments CommentStyle
}

const oneLine = -1

func match(t *testing.T, pattern, text string, opts options) []Match {
	t.Helper()
	if opts.span == 0 {
		opts.span = DefaultEllipsisMaxSpan
	}
	p, err := ParsePattern(pattern, opts.span)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(text, opts.comments)
	if err != nil {
		t.Fatal(err)
	}
	matches, err := p.Match(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return matches
}

// show lists the matches, or what a metavariable took in them.
func show(matches []Match, focus string) string {
	var shown []string
	for _, m := range matches {
		r := m.Range
		if focus != "" {
			r = m.Bindings[focus]
		}
		shown = append(shown, fmt.Sprintf("%d-%d", r.Start, r.End))
	}
	return strings.Join(shown, "; ")
}
