package imports

import (
	"path"
	"strings"
)

// scriptEnds are what the name of a file of JavaScript or TypeScript may end in that an import leaves out.
var scriptEnds = [...]string{".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", "/index.js", "/index.ts", "/index.jsx", "/index.tsx"}

// scriptFiles are the files that a path in an import may mean.
func scriptFiles(file string) []string {
	var out []string
	if ext := path.Ext(file); ext == ".js" || ext == ".ts" || ext == ".mjs" || ext == ".cjs" || ext == ".jsx" || ext == ".tsx" || ext == ".mts" || ext == ".cts" {
		out = append(out, file)
		file = strings.TrimSuffix(file, ext) // TypeScript imports x.ts as x.js
	}
	for _, end := range scriptEnds {
		out = append(out, file+end)
	}
	return out
}

func isRelative(module string) bool {
	return strings.HasPrefix(module, "./") || strings.HasPrefix(module, "../") || module == "." || module == ".."
}

func (r *Resolver) javascriptFiles(dir, module string) []string {
	if isRelative(module) {
		return scriptFiles(path.Join(dir, module))
	}
	var out []string
	for _, file := range r.aliasesOf(dir).targets(module) {
		out = append(out, scriptFiles(file)...)
	}
	return out
}
