package code

import (
	"slices"
	"testing"
)

func TestImportsAsTheyAreWritten(t *testing.T) {
	tests := map[string]struct {
		read   func(string, func(string) bool)
		source string
		want   []string
	}{
		"Python":                {pythonImports, "import a.b\nfrom .c import d\n  from e import (\n    f)\nfromage = 1\nx = 'import y'\n", []string{"a.b", ".c", "e"}},
		"JavaScript":            {scriptImports, "import a from './a';\nimport {\n  b\n} from \"b\";\nconst c = require('../c');\nimport './d';\nawait import('e');\nxfrom './f'\n", []string{"./a", "b", "../c", "./d", "e"}},
		"Go":                    {goImports, "package a\n\nimport \"b\"\n\nimport (\n\t\"c/d\"\n\te \"f\"\n\t_ \"g\"\n)\n\nfunc h() { i(\"j\") }\n", []string{"b", "c/d", "f", "g"}},
		"an empty file":         {pythonImports, "", nil},
		"an import that is cut": {scriptImports, "import './a", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			test.read(test.source, func(module string) bool { got = append(got, module); return true })
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNamesOfJavaAsTheyAreWritten(t *testing.T) {
	var got []string
	javaNames("class A extends com.example.B { org.c.D.e(); f.G h; xY z9.Q }", func(name, full string) bool {
		got = append(got, name+"="+full)
		return true
	})
	want := []string{"A=", "B=com.example.B", "D=org.c.D", "G=", "Q="}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
