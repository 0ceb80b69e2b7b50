package names

import (
	"strings"
	"testing"
)

func TestPresence(t *testing.T) {
	tests := []struct {
		ecosystem, listed, asked string
		want                     presence
	}{
		{"npm", "1.0.0", "1.0.0", present},
		{"npm", "1.0.0", "v1.0.0", present},
		{"npm", "1.0.0", "1.0.1", absent},
		{"PyPI", "1.0.0", "1", present},
		{"PyPI", "1.0.0", "1.0", present},
		{"PyPI", "1.0a1", "1.0-alpha.1", present},
		{"PyPI", "1.0.post1", "1.0-1", present},
		{"PyPI", "2.1.0", "2.1.0+cu118", absent},
		{"PyPI", "1.0.0", "01.0", present},
		{"PyPI", "what is this", "1.0", absent},
		{"Go", "v1.2.3", "1.2.3", present},
		{"Go", "v2.0.0+incompatible", "v2.0.0+incompatible", present},
		{"Go", "v1.2.3", "v0.0.0-20200101000000-0123456789ab", unlisted},
		{"Go", "v1.2.3", "0.0.0-20200101000000-0123456789ab", unlisted},
		{"Go", "v1.2.3", "main", absent},
		{"crates.io", "1.0.0", "1.0.0", present},
		{"crates.io", "1.0.0", "1.0", absent},
		{"Maven", "1.0", "1.0.0", absent},
		{"RubyGems", "1.15.0", "1.15.0-x86_64-linux", present},
		{"RubyGems", "1.15.0", "1.15", present},
		{"NuGet", "1.0.0", "1.0.0.0", present},
		{"NuGet", "1.0.0-beta", "1.0.0-BETA", present},
		{"Packagist", "v1.0.0", "1.0.0", present},
		{"Packagist", "1.0.0", "dev-main", unlisted},
		{"Packagist", "1.0.0", "1.x-dev", unlisted},
		{"npm", "1.0.0", "", unclear},
		{"npm", "1.0.0", "1.0.0\n", unclear},
		{"npm", "1.0.0", "1.0.0\u202e", unclear},
		{"npm", "1.0.0", strings.Repeat("1", maxVersionChars+1), unclear},
	}
	for _, test := range tests {
		eco := ecosystems[test.ecosystem]
		known := record{versions: []string{test.listed}}
		if got := eco.presence(known, test.asked); got != test.want {
			t.Errorf("%s lists %q: %.40q is %d, want %d", test.ecosystem, test.listed, test.asked, got, test.want)
		}
		known.more = true
		if got := eco.presence(known, test.asked); test.want == absent && got != unclear {
			t.Errorf("%s lists %q and more: %.40q is %d", test.ecosystem, test.listed, test.asked, got)
		}
	}
}

func TestOfTooManyVersionsSomeAreNotKept(t *testing.T) {
	var all releases
	for i := range maxVersions + 10 {
		all.add("1."+strings.Repeat("0", i%3)+string(rune('a'+i%26))+strings.Repeat("x", i/26%200)+string(rune('a'+i/5200)), day("2020-01-01"))
	}
	known, err := all.record()
	if err != nil || !known.more || len(known.versions) > maxVersions || known.releases != len(known.versions)+10 {
		t.Errorf("got %d of %d versions, %v, %v", len(known.versions), known.releases, known.more, err)
	}
	all = releases{}
	all.add(strings.Repeat("1", maxVersionChars+1), day("2020-01-01"))
	all.add("1.0", day("1900-01-01"))
	if known, err := all.record(); err != nil || !known.more || known.releases != 2 || !known.first.Equal(day("2020-01-01")) {
		t.Errorf("got %+v, %v", known, err)
	}
}

func FuzzPresence(f *testing.F) {
	for _, asked := range []string{"1.0", "v1.0.0-rc.1+x", "1!2.0.post1.dev2", "1.0.0.0", "1.0-x86_64-linux", "99999999999999999999", "-", "v"} {
		for ecosystem := range ecosystems {
			f.Add(ecosystem, asked, "1.0.0")
		}
	}
	f.Fuzz(func(t *testing.T, ecosystem, asked, listed string) {
		eco, ok := ecosystems[ecosystem]
		if !ok {
			return
		}
		eco.presence(record{versions: []string{listed}}, asked)
		if isVersion(listed) && eco.presence(record{versions: []string{listed}}, listed) != present {
			t.Errorf("%q is not itself", listed)
		}
	})
}
