package manifest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// dependencyOf is a pom.xml with one dependency on its second line.
func dependencyOf(group, artifact, version, rest string) string {
	return fmt.Sprintf("<project><dependencies>\n<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n</dependencies>%s</project>", group, artifact, version, rest)
}

func TestPom(t *testing.T) {
	expectOutlines(t, "pom.xml", map[string]struct{ content, want string }{
		"a range of one version is that version": {dependencyOf("a", "b", "[1.2]", ""), `
2:1-96 Maven a:b "1.2" direct  pin 2:69 "1.2"
`},
		"words for the newest are wishes": {dependencyOf("a", "b", "LATEST", ""), `
2:1-97 Maven a:b "" direct  wants: LATEST
`},
		"a property of a property is a pin where the version is written": {dependencyOf("a", "b", "${x}", "<properties><x>${y}</x>\n<y> 1.2 </y></properties>"), `
2:1-95 Maven a:b "1.2" direct  pin 4:5 "1.2"
`},
		"a property that stands for itself": {dependencyOf("a", "b", "${x}", "<properties><x>${x}</x></properties>"), `
2:1-95 Maven a:b "" direct  wants: ${x}
`},
		"properties in a part of a version": {dependencyOf("a", "b", "${x}.1-${z}", "<properties><x>1.2</x></properties>"), `
2:1-102 Maven a:b "" direct  wants: 1.2.1-${z}
`},
		"properties that grow without end": {dependencyOf("a", "b", "${x}", "<properties><x>"+strings.Repeat("${x}", 50)+"</x></properties>"), `
2:1-95 Maven a:b "" direct  wants: ${too long}
`},
		"a property that is no version": {dependencyOf("a", "b", "1.${x}", "<properties><x>"+strings.Repeat("0", maxPropertyValue+1)+"</x></properties>"), `
2:1-97 Maven a:b "" direct  wants: 1.${x}
`},
		"a property that two groups share has no pin": {"<project><properties><x>1</x></properties><dependencies>\n<dependency><groupId>a</groupId><artifactId>b</artifactId><version>${x}</version></dependency>\n<dependency><groupId>c</groupId><artifactId>d</artifactId><version>${x}</version></dependency>\n</dependencies></project>", `
2:1-95 Maven a:b "1" direct
3:1-95 Maven c:d "1" direct
`},
		"a name that another file completes is left out": {dependencyOf("${g}", "b", "1", ""), ""},
		"a dependency without a name is said":            {"<project><dependencies><dependency><artifactId>b</artifactId></dependency></dependencies></project>", "lossy: a dependency without a name\n"},
		"what only looks like a dependency is none":      {"<project><build><plugins><plugin><artifactId>p</artifactId><configuration><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency></configuration></plugin></plugins></build></project>", "1:26-171 Maven org.apache.maven.plugins:p \"\" direct  group: build\n"},
		"what a plugin brings along":                     {"<project><build><plugins><plugin><artifactId>p</artifactId><configuration><annotationProcessorPaths>\n<path><groupId>a</groupId><artifactId>b</artifactId><version>1</version></path></annotationProcessorPaths></configuration><dependencies>\n<dependency><groupId>c</groupId><artifactId>d</artifactId><version>2</version></dependency></dependencies></plugin></plugins></build></project>", "1:26-3:116 Maven org.apache.maven.plugins:p \"\" direct  group: build\n2:1-80 Maven a:b \"1\" direct  group: build  pin 2:62 \"1\"\n3:1-92 Maven c:d \"2\" direct  group: build  pin 3:68 \"2\"\n"},
		"a file of the repository":                       {"<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>1</version><scope>system</scope><systemPath>${basedir}/b.jar</systemPath></dependency></dependencies></project>", "1:24-177 Maven a:b \"1\" direct  origin: local  from: ${basedir}/b.jar\n"},
		"a comment inside a version leaves no pin":       {dependencyOf("a", "b", "1.<!-- x -->2", ""), "2:1-104 Maven a:b \"1.2\" direct\n"},
		"an entity leaves no pin":                        {dependencyOf("a", "b", "1&#46;2", ""), "2:1-98 Maven a:b \"1.2\" direct\n"},
		"the last of a property's values counts":         {dependencyOf("a", "b", "${x}", "<properties><x>1</x><x>2</x></properties>"), "2:1-95 Maven a:b \"2\" direct  pin 3:39 \"2\"\n"},
		"a repository that takes the place of the usual": {"<project><repositories><repository><id>central</id><url>http://maven.acme.example</url></repository></repositories></project>", "1:24-101 source http://maven.acme.example\n"},
		"a file that breaks off is read as far as it goes": {"<project><dependencies>\n<dependency><groupId>a</groupId><artifactId>b</artifactId><version>1</version></dependency>\n<dependency><groupId>c", `
2:1-92 Maven a:b "1" direct  pin 2:68 "1"
lossy: not well-formed XML
`},
		"entities that a document declares are not filled in": {"<!DOCTYPE project [<!ENTITY a \"1\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n" + dependencyOf("a", "b", "&b;", ""), `
3:1-94 Maven a:b "" direct  wants: &b;
lossy: not well-formed XML
`},
		"another encoding": {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!-- caf\xe9 -->" + dependencyOf("a", "b", "1.2", ""), "2:1-94 Maven a:b \"1.2\" direct  pin 2:68 \"1.2\"\n"},
	})
}

func TestPomParentElsewhere(t *testing.T) {
	for name, test := range map[string]struct{ path, relative, want string }{
		"a folder above the root":            {"pom.xml", "<relativePath>../pom.xml</relativePath>", ""},
		"a folder of the repository":         {"a/b/pom.xml", "<relativePath>../parent</relativePath>", "includes a/parent/pom.xml\n"},
		"one folder up, or a repository":     {"a/pom.xml", "", ""},
		"the root has no folder above":       {"pom.xml", "", "1:10-93 Maven g:p \"1\" direct  group: build  pin 1:73 \"1\"\n"},
		"a repository is asked, if so asked": {"a/pom.xml", "<relativePath/>", "1:10-108 Maven g:p \"1\" direct  group: build  pin 1:73 \"1\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			expectOutlines(t, test.path, map[string]struct{ content, want string }{
				"": {"<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version>" + test.relative + "</parent></project>", test.want},
			})
		})
	}
}

func TestVersionCatalogue(t *testing.T) {
	expectOutlines(t, "gradle/libs.versions.toml", map[string]struct{ content, want string }{
		"a rich version that is referred to": {"[versions]\nx = { strictly = \"[5, 6[\", prefer = \"5.3\" }\n[libraries]\na = { module = \"a:b\", version.ref = \"x\" }\n", `
4:1-42 Maven a:b "" direct  wants: [5, 6[
`},
		"a reference to nothing":              {"[libraries]\na = { module = \"a:b\", version.ref = \"x\" }\n", "2:1-42 Maven a:b \"\" direct\n"},
		"any version of a line":               {"[libraries]\na = \"a:b:1.+\"\n", "2:1-14 Maven a:b \"\" direct  wants: 1.+\n"},
		"a library without a name is said":    {"[libraries]\na = \"b\"\n", "lossy: a library without a name\n"},
		"a library whose table lacks a group": {"[libraries]\na = { name = \"b\", version = \"1\" }\n", "lossy: a library without a name\n"},
		"mistakes":                            {"[libraries]\na = \"a:b:1.2\"\nb = \n", "2:1-14 Maven a:b \"1.2\" direct  pin 2:10 \"1.2\"\nlossy: line 3 makes no sense\n"},
	})
}

func TestGradleLockfile(t *testing.T) {
	expectOutlines(t, "gradle.lockfile", map[string]struct{ content, want string }{
		"lines that make no sense are left out": {"a:b:1=x\n<<<<<<< HEAD\n", "1:1-8 Maven a:b \"1\"\nlossy: line 2 makes no sense\n"},
		"what Gradle wrote before version 7":    {"a:b:1\n", "1:1-6 Maven a:b \"1\"\n"},
	})
}

func TestJVMFilesThatAreNone(t *testing.T) {
	for path, content := range map[string]string{
		"pom.xml":                            "<html></html>",
		".mvn/extensions.xml":                "",
		".mvn/settings.xml":                  "<<<",
		"gradle.lockfile":                    "nothing of the kind\n",
		"gradle/libs.versions.toml":          "= 1",
		"gradle/verification-metadata.xml":   "\x01\x02",
		"gradle/dependency-locks/x.lockfile": "a b c",
	} {
		if file, err := readAlone(t, path, content); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v and %v", path, file, err)
		}
	}
}

func TestXMLBounds(t *testing.T) {
	for name, content := range map[string]string{
		"too deep": "<project>" + strings.Repeat("<a>", maxXMLDepth) + strings.Repeat("</a>", maxXMLDepth) + "</project>",
		"too many": "<project>" + strings.Repeat("<a/>", maxXMLElements) + "</project>",
	} {
		if file, err := readAlone(t, "pom.xml", content); err != nil || file.Lossy != errXMLBound.Error() {
			t.Errorf("%s: got %v and %v", name, file, err)
		}
	}
	file, err := readAlone(t, "pom.xml", "<project>"+strings.Repeat("<a>", maxXMLDepth-1)+strings.Repeat("</a>", maxXMLDepth-1)+"</project>")
	if err != nil || file.Lossy != "" {
		t.Errorf("just deep enough: got %v and %v", file, err)
	}
}

func FuzzJVMFiles(f *testing.F) {
	pom := dependencyOf("a", "${x}", "${x}.1", "<properties><x>1</x></properties><parent><relativePath>../..</relativePath></parent>")
	f.Add("pom.xml", pom)
	f.Add("a/pom.xml", "<project><dependencyManagement><dependencies><dependency a='b'/></dependencies></dependencyManagement>")
	f.Add(".mvn/settings.xml", "<settings><mirrors><mirror><url>https://a:b@c</url></mirror></mirrors></settings>")
	f.Add("gradle.lockfile", "# x\na:b:1=c,testD\nempty=\n")
	f.Add("gradle/libs.versions.toml", "[versions]\nx = \"1\"\n[libraries]\na = { module = \"a:b\", version.ref = \"x\" }\nb = \"a:b:1\"\n")
	f.Add("gradle/verification-metadata.xml", "<verification-metadata><components><component group='a' name=\"b\" version='1'><artifact name='c'><sha256 value='d'/></artifact></component></components></verification-metadata>")
	f.Add("build.gradle", "def x = '1' // c\nimplementation 'a:b:1', \"c:d:${x}\"\napi group: 'a', name: 'b', version: '$x'\nmaven { url 'https://a:b@c' }\n")
	fuzzFormats(f)
}
