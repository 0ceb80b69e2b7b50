package syntax

import (
	"context"
	"testing"
)

// FuzzParse: whatever the bytes, in whatever language, there is a sound tree or one of the errors; never a crash.
func FuzzParse(f *testing.F) {
	for _, lang := range Languages() {
		f.Add(uint8(lang), []byte(samples[lang].source))
	}
	f.Add(uint8(Kotlin), []byte(`"${"${"${`))
	f.Add(uint8(YAML), []byte("a: |2-\n \t- *\x00"))
	f.Add(uint8(Ruby), []byte("<<~A + <<-'B'\n#{<<C}\n"))
	f.Fuzz(func(t *testing.T, lang uint8, source []byte) {
		tree, err := Parse(context.Background(), Language(lang%uint8(languages)), source, Limits{Bytes: 64 << 10})
		if err == nil {
			checkShape(t, tree)
			tree.Sexp(0)
		}
	})
}
