package imports

import (
	"path"
	"slices"
	"strings"
)

// javaFiles are where a class stands that is imported by its full name: below the folder in which the file's own package
// begins, and for the tests of a package below that of its code too. A nested class stands in the file of the outer one.
func javaFiles(from From, class string) []string {
	if slices.ContainsFunc(platform, func(prefix string) bool { return strings.HasPrefix(class, prefix) }) {
		return nil
	}
	dir := path.Dir(from.Path)
	folder := strings.ReplaceAll(from.Package, ".", "/")
	root, ok := strings.CutSuffix("/"+dir, "/"+folder)
	if from.Package == "" {
		root, ok = "/"+dir, true
	}
	if !ok { // it stands elsewhere than its package says
		return nil
	}
	root = strings.TrimPrefix(root, "/")
	roots := []string{root}
	if module, ok := strings.CutSuffix(root, "src/test/java"); ok {
		roots = append(roots, module+"src/main/java")
	}
	file := strings.ReplaceAll(class, ".", "/")
	var out []string
	for _, root := range roots {
		out = append(out, path.Join(root, file+".java"))
	}
	if outer := path.Dir(file); outer != "." && IsType(path.Base(outer)) {
		for _, root := range roots {
			out = append(out, path.Join(root, outer+".java"))
		}
	}
	return out
}

// platform are the packages that come with Java; no file of a repository is meant by them.
var platform = []string{"java.", "javax.", "jakarta.", "jdk.", "sun."}

// language are classes of java.lang that nearly every file names, so that none is looked for beside it.
var language = map[string]bool{
	"String": true, "Object": true, "Integer": true, "Long": true, "Boolean": true, "Double": true, "Float": true, "Byte": true,
	"Short": true, "Character": true, "Number": true, "Void": true, "System": true, "Math": true, "Thread": true, "Class": true,
	"StringBuilder": true, "StringBuffer": true, "Exception": true, "RuntimeException": true, "Throwable": true, "Error": true,
	"Override": true, "Deprecated": true, "SuppressWarnings": true, "FunctionalInterface": true, "Iterable": true, "Runnable": true,
	"IllegalArgumentException": true, "IllegalStateException": true, "NullPointerException": true, "Comparable": true, "Enum": true,
}

// IsType reports whether a name is written as those of classes are.
func IsType(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }
