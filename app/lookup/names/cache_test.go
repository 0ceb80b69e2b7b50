package names

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheCacheKeepsWhatWasUsedLast(t *testing.T) {
	one := (&cached{"k0", entry{}}).weight()
	c := newCache(3 * one)
	for i := range 3 {
		c.put(fmt.Sprintf("k%d", i), entry{})
	}
	c.get("k0")
	c.put("k3", entry{})
	for key, want := range map[string]bool{"k0": true, "k1": false, "k2": true, "k3": true} {
		if _, ok := c.get(key); ok != want {
			t.Errorf("%s: %v", key, ok)
		}
	}
	if c.bytes != 3*one || len(c.entries) != 3 || c.order.Len() != 3 {
		t.Errorf("%d bytes in %d entries", c.bytes, len(c.entries))
	}
}

func TestTheCacheCountsVersions(t *testing.T) {
	c := newCache(maxCacheBytes)
	versions := make([]string, maxVersions)
	for i := range versions {
		versions[i] = strings.Repeat("1", maxVersionChars)
	}
	for i := range 100 {
		c.put(fmt.Sprint(i%40), entry{record: record{versions: versions}})
		if c.bytes > maxCacheBytes {
			t.Fatalf("%d bytes", c.bytes)
		}
	}
	if n := len(c.entries); n != maxCacheBytes/(maxVersions*(maxVersionChars+16)) {
		t.Errorf("%d entries", n)
	}
	huge := newCache(10)
	huge.put("a", entry{})
	huge.put("b", entry{})
	if _, ok := huge.get("b"); !ok || len(huge.entries) != 1 {
		t.Errorf("the last is not kept, or more than it: %d", len(huge.entries))
	}
}
