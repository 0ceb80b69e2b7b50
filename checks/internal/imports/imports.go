// Package imports says which files of a repository an import may mean, and which files of a package declare a name, as
// far as the repository's own files tell. What comes from outside it, a library, is none of them.
package imports

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// Tree is a repository as imports are looked up in it. Names are slash-separated and relative to its root.
type Tree interface {
	// Text is the text of a file, "" when there is none. The error ErrTooLarge says that it has more than limit bytes.
	Text(name string, limit int) (string, error)
	// Names are the names of the files in a folder, sorted; none when there is no such folder.
	Names(folder string) ([]string, error)
}

// ErrTooLarge says that a file is larger than what is read of its kind.
var ErrTooLarge = errors.New("too large to be read for imports")

// Bounds. What exceeds one is a problem: imports that depend on it lead nowhere.
const (
	maxSettings      = 256 << 10 // bytes of a tsconfig.json, package.json or go.mod
	maxAliases       = 200       // paths that such a file gives names to
	maxExtends       = 4         // tsconfig.json files that extend one another
	maxFolders       = 16        // folders from a file up to the one with its settings
	maxPackageFiles  = 400       // files of a package in one folder
	maxPackageBytes  = 8 << 20   // of them together
	maxProblemsNoted = 20
)

// From is the file that an import stands in.
type From struct {
	Path     string
	Language ast.Language
	Package  string // of Java: what the file says its package is
}

// Resolver looks imports up. It is not safe for concurrent use.
type Resolver struct {
	tree     Tree
	index    *Index
	aliases  map[string]*aliases // of folders
	problems []error
}

// New makes a resolver. What it learns of folders is kept in the index, which may be shared by resolvers of one revision.
func New(tree Tree, index *Index) *Resolver {
	return &Resolver{tree: tree, index: index, aliases: map[string]*aliases{}}
}

// Problems are what kept imports from being looked up.
func (r *Resolver) Problems() []error { return r.problems }

// problem notes that a file could not be read for what it says of imports.
func (r *Resolver) problem(file string, err error) {
	if err != nil && len(r.problems) < maxProblemsNoted {
		r.problems = append(r.problems, fmt.Errorf("flows through imports are missing, for %s is %w", file, err))
	}
}

// Files are the files that a module may be which a file imports under that name, the likeliest first; whether they are
// there is for the caller to see. None for a library.
func (r *Resolver) Files(from From, module string) []string {
	dir := path.Dir(from.Path)
	var out []string
	switch from.Language {
	case "python":
		out = pythonFiles(dir, module)
	case "javascript", "typescript":
		out = r.javascriptFiles(dir, module)
	case "java":
		out = javaFiles(from, module)
	}
	return slices.DeleteFunc(out, func(file string) bool { return !fs.ValidPath(file) }) // nothing outside the repository
}

// Declaring are the files that declare a function, variable or type of a package, or a method ("Type.Method") of one of
// its types. The package is the file's own when module is empty.
func (r *Resolver) Declaring(from From, module, name string) []string {
	switch from.Language {
	case "go":
		return r.goFiles(from, module, name)
	case "java":
		if module == "" && !strings.Contains(name, ".") && !language[name] {
			return []string{path.Join(path.Dir(from.Path), name+".java")}
		}
	}
	return nil
}

// Implementing are the files that may hold a class which implements an interface that a file declares.
func (r *Resolver) Implementing(from From, name string) []string {
	if from.Language != "java" {
		return nil
	}
	dir := path.Dir(from.Path)
	return []string{
		path.Join(dir, name+"Impl.java"), path.Join(dir, "impl", name+"Impl.java"), path.Join(dir, "Default"+name+".java"),
		path.Join(dir, "impl", "Default"+name+".java"),
	}
}

// MethodTypes are the types of the package of a Go file that have a method of that name.
func (r *Resolver) MethodTypes(from From, method string) []string {
	if from.Language != "go" {
		return nil
	}
	return r.folder(path.Dir(from.Path)).types[method]
}
