// Package corpus writes source code of any amount that looks like what people write: modules with imports, classes,
// functions, strings and comments, no two with the same names. It exists to measure how fast such code is scanned.
//
// Half of it is about what security rules look at (requests, queries, commands, calls of models), the other half is
// not: prices, shapes, calendars. What the code says means nothing, but it parses, and the same seed gives the same bytes.
package corpus

import (
	"embed"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
)

// File is one file of source code.
type File struct {
	Path string // slash-separated
	Text string
	Busy bool // it is about what security rules look at
}

// The bounds of a file, in bytes. Half of the files are smaller than medianFile, as in ordinary repositories.
const (
	minFile    = 1 << 10
	medianFile = 6 << 10
	maxFile    = 60 << 10
	spread     = 0.95 // the standard deviation of a size's logarithm
)

// kinds are the kinds of files, in equal parts.
var kinds = []struct {
	grammar, extension string
	style              style
}{
	{"python", ".py", snake},
	{"javascript", ".js", camel},
	{"typescript", ".ts", camel},
	{"go", ".go", camel},
	{"java", ".java", camel},
}

//go:embed grammar/*.txt
var grammars embed.FS

// Files gives files of all kinds until they hold so many bytes. As many bytes are busy as are not.
func Files(seed uint64, bytes int64) iter.Seq[File] {
	return func(yield func(File) bool) {
		var total, busy int64
		for i := 0; total < bytes; i++ {
			f := Nth(seed, i, 2*busy <= total)
			total += int64(len(f.Text))
			if f.Busy {
				busy += int64(len(f.Text))
			}
			if !yield(f) {
				return
			}
		}
	}
}

// Nth gives one file. Neighbours are of different kinds.
func Nth(seed uint64, i int, busy bool) File {
	kind := kinds[i%len(kinds)]
	random := rand.New(rand.NewPCG(seed, uint64(i)))
	w := newWriter(grammarOf(kind.grammar), kind.style, random, busy)
	size := int(math.Exp(math.Log(medianFile) + spread*random.NormFloat64()))
	text := w.file(min(max(size, minFile), maxFile))
	dir := fmt.Sprintf("%s/%s%d", nouns[i/len(kinds)%len(nouns)], nouns[i%len(nouns)], i/400)
	name := w.fileName
	return File{Path: dir + "/" + name + kind.extension, Text: text, Busy: busy}
}

// grammarOf reads a grammar, and what all of them share.
func grammarOf(name string) grammar {
	g := grammar{}
	for _, file := range []string{"shared", name} {
		text, err := grammars.ReadFile("grammar/" + file + ".txt")
		if err != nil {
			panic(err) // it is embedded
		}
		g.read(strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
	return g
}
