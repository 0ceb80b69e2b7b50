package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// chain is a text in which each of n things leads to the next, from 0 on, and the last one to something else.
func chain(n int, format, last string) string {
	var b strings.Builder
	for i := range n - 1 {
		fmt.Fprintf(&b, format, i, fmt.Sprintf("${p%d}", i+1))
	}
	fmt.Fprintf(&b, format, n-1, last)
	return b.String()
}

func TestPropertiesAreBounded(t *testing.T) {
	pom := func(version, properties string) string {
		return "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><version>" + version +
			"</version></dependency></dependencies><properties>" + properties + "</properties></project>"
	}
	value := strings.Repeat("1", maxPropertyValue)
	many := strings.Repeat("${x}", maxPropertyBytes/maxPropertyValue)
	tests := map[string]struct{ content, want string }{
		"as many inside each other as are followed": {pom("1${p0}", chain(maxPropertyDepth, "<p%d>%s</p%[1]d>", "7")), "17"},
		"one more":                     {pom("1${p0}", chain(maxPropertyDepth+1, "<p%d>%s</p%[1]d>", "7")), fmt.Sprintf("1${p%d}", maxPropertyDepth)},
		"a value as long as is filled": {pom("1${x}", "<x>"+value+"</x>"), "1" + value},
		"a longer value":               {pom("1${x}", "<x>"+value+"1</x>"), "1${x}"},
		"a text as long as is filled":  {pom(many, "<x>"+value+"</x>"), strings.Repeat(value, maxPropertyBytes/maxPropertyValue)},
		"a longer text":                {pom(many+"1${x}", "<x>"+value+"</x>"), "${too long}"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := readAlone(t, "pom.xml", test.content)
			if err != nil || len(file.Entries) != 1 {
				t.Fatalf("%+v, %v", file, err)
			}
			if got := file.Entries[0].Version + file.Entries[0].Requirement; got != test.want {
				t.Errorf("version %.100q, want %.100q", got, test.want)
			}
		})
	}
}

func TestSourcesOfCargoThatStandForEachOther(t *testing.T) {
	for n, want := range map[int]int{maxReplacements: maxReplacements, maxReplacements + 1: maxReplacements} {
		var b strings.Builder
		b.WriteString("[source.crates-io]\nreplace-with = \"s0\"\n")
		for i := range n {
			fmt.Fprintf(&b, "[source.s%d]\nregistry = \"https://r%[1]d.example\"\nreplace-with = \"s%d\"\n", i, i+1)
		}
		file, err := readAlone(t, ".cargo/config.toml", b.String())
		if err != nil || len(file.Sources) != want {
			t.Errorf("%d in a row: %d are read, want %d; %v", n, len(file.Sources), want, err)
		}
	}
}

func TestMemoryForSetupPy(t *testing.T) {
	file, err := readAlone(t, "setup.py", strings.Repeat("x\n", maxSetup/2))
	if want := fmt.Sprintf("more than %d bytes of memory", maxSetupMemory); err != nil || !strings.Contains(file.Lossy, want) {
		t.Errorf("%+v, %v", file, err)
	}
}
