package manifest

import (
	"strings"
	"testing"
)

func TestGradleScript(t *testing.T) {
	expectOutlines(t, "build.gradle", map[string]struct{ content, want string }{
		"one text, with and without brackets": {"dependencies {\n  implementation 'a.example:b:1.2'\n  api(\"a.example:c:1.3\")\n}\n", `
2:18-35 Maven a.example:b "1.2" direct  pin 2:31 "1.2"
3:7-24 Maven a.example:c "1.3" direct  pin 3:20 "1.3"
`},
		"several in one call": {"implementation 'a:b:1', 'a:c:2'\n", `
1:16-23 Maven a:b "1" direct  pin 1:21 "1"
1:25-32 Maven a:c "2" direct  pin 1:30 "2"
`},
		"parts with names": {"testImplementation group: 'a', name: 'b', version: '1'\nimplementation(group = \"c\", name = \"d\", version = \"2\")\nruntimeOnly group: 'e', name: 'f'\n", `
1:20-55 Maven a:b "1" direct  group: test  pin 1:53 "1"
2:16-54 Maven c:d "2" direct  pin 2:52 "2"
3:13-34 Maven e:f "" direct
`},
		"platforms, classifiers and what builds": {"implementation platform('a:bom:1')\nkapt(\"a:p:1:x@jar\")\nclasspath 'a:q:1'\nannotationProcessor 'a:r:1'\n", `
1:25-34 Maven a:bom "1" direct  pin 1:32 "1"
2:6-19 Maven a:p "1" direct  group: build  pin 2:11 "1"
3:11-18 Maven a:q "1" direct  group: build  pin 3:16 "1"
4:21-28 Maven a:r "1" direct  group: build  pin 4:26 "1"
`},
		"configurations that are texts": {"\"implementation\"('a:b:1')\nadd(\"api\", 'a:c:1')\nadd('x', 'a:d:1')\nimplementation(dependencies.platform(\n  'a:e:1'))\nimplementation(\n  'a:f:1',\n  'a:g:1')\n", `
1:18-25 Maven a:b "1" direct  pin 1:23 "1"
2:12-19 Maven a:c "1" direct  pin 2:17 "1"
5:3-10 Maven a:e "1" direct  pin 5:8 "1"
7:3-10 Maven a:f "1" direct  pin 7:8 "1"
8:3-10 Maven a:g "1" direct  pin 8:8 "1"
`},
		"a version that stands elsewhere": {"def v = '1.2'\next { set('w', '1.3') }\nimplementation \"a:b:$v\"\nimplementation \"c:d:${w}\"\nimplementation \"e:f:${v}.1\"\nimplementation \"g:h:$x\"\n", `
3:16-24 Maven a:b "1.2" direct  pin 1:10 "1.2"
4:16-26 Maven c:d "1.3" direct  pin 2:17 "1.3"
5:16-28 Maven e:f "1.2.1" direct
6:16-24 Maven g:h "" direct  wants: $x
`},
		"a name that is given two texts": {"v = '1'\nv = '2'\nimplementation \"a:b:$v\"\n", "3:16-24 Maven a:b \"\" direct  wants: $v\n"},
		"ranges":                         {"implementation 'a:b:1.+'\nimplementation 'a:c:latest.release'\nimplementation 'a:d'\n", "1:16-25 Maven a:b \"\" direct  wants: 1.+\n2:16-36 Maven a:c \"\" direct  wants: latest.release\n3:16-21 Maven a:d \"\" direct\n"},
		"comments and other texts": {"// implementation 'a:b:1'\n/* api 'a:b:1' */\nprintln 'a:b:1'\nid 'a.b' version '1'\nurl 'https://a.example:80/x'\nimplementation project(':core')\nimplementation 'a:b:1' // c\n", `
7:16-23 Maven a:b "1" direct  pin 7:21 "1"
`},
		"repositories": {"repositories {\n  mavenCentral()\n  maven { url 'https://u:p@maven.acme.example' }\n  maven(\"https://maven.acme.example/b\")\n  maven {\n    name = \"c\"\n    url = uri(\"http://maven.acme.example/c\")\n    allowInsecureProtocol = true\n  }\n}\n", `
3:3-47 source https://maven.acme.example  besides another
4:3-39 source https://maven.acme.example/b  besides another
5:3-7:44 source http://maven.acme.example/c  besides another
8:5-33 option allowInsecureProtocol: true
`},
		"repositories that are published to": {"publishing {\n  publications { x }\n  repositories {\n    maven { url 'https://maven.acme.example/to' }\n  }\n}\nrepositories {\n  maven { url 'https://maven.acme.example/from' }\n}\n", "8:3-48 source https://maven.acme.example/from  besides another\n"},
	})
}

func TestGradleScriptsWithoutEnd(t *testing.T) {
	for name, content := range map[string]string{
		"a text that nobody closes":    "implementation 'a:b:1",
		"a comment that nobody closes": "/* implementation 'a:b:1'",
		"a long call":                  "implementation " + strings.Repeat(" ", 10*maxGradleCall) + "'a:b:1'",
	} {
		if file, err := readAlone(t, "build.gradle.kts", content); err != nil || len(file.Entries) != 0 {
			t.Errorf("%s: got %v and %v", name, file, err)
		}
	}
}

func TestGradleScriptsWithTooManyTexts(t *testing.T) {
	file, err := readAlone(t, "build.gradle", strings.Repeat("'a:b'\n", maxGradleTexts+1))
	if err != nil || file.Lossy == "" {
		t.Errorf("got %v and %v", file, err)
	}
}
