package keyword

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

type hit struct{ word, start, end int }

func find(words []string, text string) []hit {
	var hits []hit
	NewSet(words).Find([]byte(text), func(word, start, end int) bool {
		hits = append(hits, hit{word, start, end})
		return true
	})
	return hits
}

func TestFind(t *testing.T) {
	tests := map[string]struct {
		words []string
		text  string
		want  []hit
	}{
		"a word is found wherever it stands":            {[]string{"key"}, "key keykey", []hit{{0, 0, 3}, {0, 4, 7}, {0, 7, 10}}},
		"case does not matter, on either side":          {[]string{"AKIA", "tok"}, "akia TOK", []hit{{0, 0, 4}, {1, 5, 8}}},
		"a word inside a word is found too":             {[]string{"apikey", "key", "api"}, "apikey", []hit{{2, 0, 3}, {0, 0, 6}, {1, 3, 6}}},
		"a word that overlaps another is found":         {[]string{"abab"}, "ababab", []hit{{0, 0, 4}, {0, 2, 6}}},
		"the same word given twice is found twice":      {[]string{"x", "x"}, "x", []hit{{0, 0, 1}, {1, 0, 1}}},
		"an empty word is never found":                  {[]string{"", "a"}, "a", []hit{{1, 0, 1}}},
		"no words find nothing":                         {nil, "anything", nil},
		"bytes outside ASCII neither match nor confuse": {[]string{"sk-"}, "\xffs\xffsk-é", []hit{{0, 3, 6}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := find(test.words, test.text); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestFindStopsWhenTold(t *testing.T) {
	calls := 0
	NewSet([]string{"a"}).Find([]byte("aaa"), func(int, int, int) bool { calls++; return false })
	if calls != 1 {
		t.Errorf("called %d times, want once", calls)
	}
}

func FuzzFindAgreesWithIndex(f *testing.F) {
	f.Add("key,api,apikey", "My APIKEY=apikeykey")
	f.Add("aa,aaa", "aaaaaa")
	f.Fuzz(func(t *testing.T, list, text string) {
		words := strings.Split(list, ",")
		for _, word := range words {
			if strings.ContainsFunc(word, func(r rune) bool { return r >= 0x80 }) {
				return
			}
		}
		var want []hit
		folded := lowered([]byte(text))
		for i, word := range words {
			for at := 0; word != "" && at+len(word) <= len(folded); at++ {
				if bytes.HasPrefix(folded[at:], lowered([]byte(word))) {
					want = append(want, hit{i, at, at + len(word)})
				}
			}
		}
		got := find(words, text)
		order := func(a, b hit) int {
			if a.end != b.end {
				return a.end - b.end
			}
			return a.word - b.word
		}
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if !slices.Equal(got, want) {
			t.Fatalf("%q in %q: got %v, want %v", words, text, got, want)
		}
	})
}

func lowered(b []byte) []byte {
	out := slices.Clone(b)
	for i, c := range out {
		out[i] = lower(c)
	}
	return out
}

func BenchmarkFind(b *testing.B) {
	set := NewSet([]string{"key", "token", "secret", "sk-ant-", "hf_", "api"})
	text := bytes.Repeat([]byte("func main() { fmt.Println(\"hello, world\") } // nothing to see\n"), 1<<14)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		set.Find(text, func(int, int, int) bool { return true })
	}
}
