package corpus

import (
	"slices"
	"strings"
	"testing"
)

func TestTheSameSeedGivesTheSameFiles(t *testing.T) {
	first, second := slices.Collect(Files(7, 200_000)), slices.Collect(Files(7, 200_000))
	if !slices.Equal(first, second) {
		t.Error("two runs differ")
	}
	if other := slices.Collect(Files(8, 200_000)); other[0].Text == first[0].Text {
		t.Error("another seed gives the same file")
	}
}

func TestFilesAreWhatTheyAreSaidToBe(t *testing.T) {
	const bytes = 2 << 20
	var total, busy int
	paths := map[string]bool{}
	extensions := map[string]int{}
	for f := range Files(1, bytes) {
		if paths[f.Path] {
			t.Errorf("%s comes twice", f.Path)
		}
		paths[f.Path] = true
		extensions[f.Path[strings.LastIndexByte(f.Path, '.'):]]++
		if len(f.Text) < minFile || len(f.Text) > maxFile+20_000 {
			t.Errorf("%s has %d bytes", f.Path, len(f.Text))
		}
		if strings.ContainsAny(f.Text, "«»") {
			t.Errorf("%s holds a name of the grammar", f.Path)
		}
		total += len(f.Text)
		if f.Busy {
			busy += len(f.Text)
		}
	}
	if total < bytes || total > bytes+2*maxFile {
		t.Errorf("%d bytes, want %d", total, bytes)
	}
	if busy < total*2/5 || busy > total*3/5 {
		t.Errorf("%d of %d bytes are busy, want half", busy, total)
	}
	if len(extensions) != len(kinds) {
		t.Errorf("files of %v, want all %d kinds", extensions, len(kinds))
	}
}
