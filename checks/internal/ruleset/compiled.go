package ruleset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// CompiledDir is where the compiled form of the rules lies, in the file system that holds the rules themselves.
//
// A check is made anew for each review, in a process that lives for that review alone, and reading YAML takes more time
// than everything else in making one: JSON is read some eight times as fast. The compiled form of a file is used only
// while it belongs to exactly the text beside it, so that whoever edits a rule may forget it; a test does not.
const CompiledDir = "compiled"

// CompiledName is the name of the file that holds the compiled form of a file of rules.
func CompiledName(name string) string {
	return path.Join(CompiledDir, strings.TrimSuffix(name, path.Ext(name))+".json")
}

// Compile gives the compiled form of a file of rules. A document that says something which JSON cannot has none; its
// YAML is read each time.
func Compile(source []byte) ([]byte, error) {
	var document any
	if err := yaml.NewDecoder(bytes.NewReader(source), yaml.Strict()).Decode(&document); err != nil {
		return nil, fmt.Errorf("compile rules: %w", err)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode([]any{digest(source), document}); err != nil {
		return nil, fmt.Errorf("compile rules: %w", err)
	}
	var again any
	if err := fillCompiled(out.Bytes(), source, &again); err != nil || !reflect.DeepEqual(again, document) {
		return nil, errors.Join(errors.New("compile rules: they hold what JSON cannot say, such as 1.0"), err)
	}
	return out.Bytes(), nil
}

func digest(source []byte) string {
	sum := sha256.Sum256(source)
	return hex.EncodeToString(sum[:])
}

// errNotCompiled says that there is no compiled form, or none of this text.
var errNotCompiled = errors.New("not compiled")

// CompiledForm is the compiled form of a file of rules as it is written.
type CompiledForm struct {
	Text    string // for what can be told from it without decoding it
	belongs string
}

// Compiled gives the compiled form of a file of rules; false when there is none of the file as it is now.
func Compiled(fsys fs.FS, name string) (CompiledForm, bool) {
	source, err := fs.ReadFile(fsys, name)
	if err != nil {
		return CompiledForm{}, false
	}
	text, err := fs.ReadFile(fsys, CompiledName(name))
	form := CompiledForm{Text: string(text), belongs: digest(source)}
	if err != nil || !strings.HasPrefix(form.Text, `["`+form.belongs+`",`) {
		return CompiledForm{}, false
	}
	return form, true
}

// LoadCompiled reads the rules of a compiled form to be run, without their examples. That the rules make sense was said of the YAML, by
// a test.
func LoadCompiled[M any](form CompiledForm) ([]Rule[M], error) {
	document, err := readCompiled(form.Text, form.belongs, "examples")
	if err != nil {
		return nil, err
	}
	var file ruleFile[M]
	if err := fill(&file, document); err != nil {
		return nil, err
	}
	for i := range file.Rules {
		file.Rules[i].inherit(file.Defaults)
	}
	return file.Rules, nil
}

// decodeCompiled fills v from the compiled form of source, as [Decode] would from source itself. Any error means that
// source must be read; v may have been filled in part.
func decodeCompiled(fsys fs.FS, name string, source []byte, v any) error {
	text, err := fs.ReadFile(fsys, CompiledName(name))
	if err != nil {
		return errors.Join(errNotCompiled, err)
	}
	return fillCompiled(text, source, v)
}

// fillCompiled reads a compiled form: a list of the digest of the YAML that it belongs to and what that says.
func fillCompiled(text, source []byte, v any) error {
	document, err := readCompiled(string(text), digest(source), "")
	if err != nil {
		return err
	}
	return fill(v, document)
}

// readCompiled gives the document of a compiled form that belongs to the YAML with that digest; the values of skip are left out of it.
func readCompiled(text, belongs, skip string) (any, error) {
	rest, ok := strings.CutPrefix(text, `["`+belongs+`",`)
	if !ok {
		return nil, errNotCompiled
	}
	r := jsonReader{text: rest, skip: skip}
	document, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if !r.next(']') {
		return nil, errNotJSON
	}
	return document, nil
}
