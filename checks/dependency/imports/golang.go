package imports

import (
	"go/parser"
	"go/token"
	"strconv"
)

// goStatements reads the imports of a file of Go; whatever follows them is not looked at.
func goStatements(source []byte) statements {
	var found statements
	set := token.NewFileSet()
	file, _ := parser.ParseFile(set, "", source, parser.ImportsOnly|parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	base := set.File(file.FileStart)
	if base == nil {
		return nil
	}
	for _, spec := range file.Imports {
		module, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		start := base.Offset(spec.Path.Pos()) + 1
		found.add(statement{module: module, start: start, end: start + len(spec.Path.Value) - 2})
	}
	return found
}
