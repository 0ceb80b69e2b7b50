package lang

import (
	"context"
	"strings"
	"testing"
)

func TestMacrosInMacrosAreReadToABoundedDepth(t *testing.T) {
	source := "fn f() { " + strings.Repeat("m!(", 2*maxEmbeddings) + "x" + strings.Repeat(")", 2*maxEmbeddings) + "; }"
	tree, err := rust.Parse(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	drawing := tree.String()
	if calls := strings.Count(drawing, "Call\n"); calls != maxEmbeddings+1 {
		t.Errorf("%d macros are calls, not %d", calls, maxEmbeddings+1)
	}
	if !strings.Contains(drawing, `Ident "x"`) {
		t.Errorf("what lies deeper is lost:\n%s", drawing)
	}
}

func TestCommentsInACommandOfADockerfileAreNoneOfIt(t *testing.T) {
	tree, err := dockerfile.Parse(context.Background(), "RUN a && \\\n # not here\n  b c\nENV A several words\nUSER me\n")
	if err != nil {
		t.Fatal(err)
	}
	drawing := tree.String()
	for _, want := range []string{`Ident "b"`, `"several words"`, `Instruction "USER"`} {
		if !strings.Contains(drawing, want) {
			t.Errorf("no %s in\n%s", want, drawing)
		}
	}
	if strings.Contains(drawing, "not") || tree.Errors > 0 {
		t.Errorf("%d errors in\n%s", tree.Errors, drawing)
	}
}
