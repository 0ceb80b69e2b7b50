package ruleset

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// fill sets what target points to from a document of maps, lists, strings, booleans, nulls and [json.Number], by the
// fields' yaml tags and with the strictness of [Decode]. It knows the kinds of types that rules are made of; others are
// errors.
func fill(target, document any) error {
	return assign(reflect.ValueOf(target).Elem(), document, 0)
}

// maxNesting bounds how deep a document may nest: far more than a rule does.
const maxNesting = 1000

var errNesting = errors.New("nested too deep")

func assign(to reflect.Value, from any, depth int) error {
	if depth > maxNesting {
		return errNesting
	}
	switch own := to.Addr().Interface().(type) {
	case yaml.InterfaceUnmarshaler:
		return own.UnmarshalYAML(func(v any) error { return assign(reflect.ValueOf(v).Elem(), from, depth+1) })
	case yaml.BytesUnmarshaler, yaml.NodeUnmarshaler, yaml.InterfaceUnmarshalerContext, yaml.BytesUnmarshalerContext,
		yaml.NodeUnmarshalerContext, encoding.TextUnmarshaler, json.Unmarshaler:
		return fmt.Errorf("%s reads YAML in its own way", to.Type())
	}
	if from == nil {
		to.SetZero()
		return nil
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Elem(), from, depth+1)
	case reflect.Interface:
		return assignAny(to, from, depth)
	case reflect.Struct:
		return assignStruct(to, from, depth)
	case reflect.Map:
		return assignMap(to, from, depth)
	case reflect.Slice:
		return assignSlice(to, from, depth)
	}
	return assignScalar(to, from)
}

func mismatch(to reflect.Value, from any) error { return fmt.Errorf("a %T for a %s", from, to.Type()) }

func assignScalar(to reflect.Value, from any) error {
	var text string
	switch from := from.(type) {
	case string:
		if to.Kind() != reflect.String {
			return mismatch(to, from)
		}
		to.SetString(from)
		return nil
	case bool:
		if to.Kind() != reflect.Bool {
			return mismatch(to, from)
		}
		to.SetBool(from)
		return nil
	case json.Number:
		text = from.String()
	default:
		return mismatch(to, from)
	}
	switch {
	case to.CanInt():
		n, err := strconv.ParseInt(text, 10, to.Type().Bits())
		to.SetInt(n)
		return err
	case to.CanUint():
		n, err := strconv.ParseUint(text, 10, to.Type().Bits())
		to.SetUint(n)
		return err
	case to.CanFloat():
		n, err := strconv.ParseFloat(text, to.Type().Bits())
		to.SetFloat(n)
		return err
	}
	return mismatch(to, from) // a number for a string: what YAML wrote is not what JSON kept
}

func assignStruct(to reflect.Value, from any, depth int) error {
	values, ok := from.(map[string]any)
	if !ok {
		return mismatch(to, from)
	}
	used := 0
	for i := range to.NumField() {
		field := to.Type().Field(i)
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case key == "-" || !field.IsExported():
			continue
		case options != "" || field.Anonymous:
			return fmt.Errorf("%s.%s has a tag that is not known here", to.Type(), field.Name)
		case key == "":
			key = strings.ToLower(field.Name)
		}
		value, ok := values[key]
		if !ok {
			continue
		}
		used++
		if err := assign(to.Field(i), value, depth+1); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if used != len(values) {
		return fmt.Errorf("unknown field of %s", to.Type())
	}
	return nil
}

func assignMap(to reflect.Value, from any, depth int) error {
	values, ok := from.(map[string]any)
	if !ok || to.Type().Key().Kind() != reflect.String {
		return mismatch(to, from)
	}
	to.Set(reflect.MakeMapWithSize(to.Type(), len(values)))
	for key, value := range values {
		element := reflect.New(to.Type().Elem()).Elem()
		if err := assign(element, value, depth+1); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		to.SetMapIndex(reflect.ValueOf(key).Convert(to.Type().Key()), element)
	}
	return nil
}

func assignSlice(to reflect.Value, from any, depth int) error {
	values, ok := from.([]any)
	if !ok {
		return mismatch(to, from)
	}
	to.Set(reflect.MakeSlice(to.Type(), len(values), len(values)))
	for i, value := range values {
		if err := assign(to.Index(i), value, depth+1); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return nil
}

// assignAny gives numbers the types that YAML's decoder gives them.
func assignAny(to reflect.Value, from any, depth int) error {
	if to.NumMethod() > 0 {
		return mismatch(to, from)
	}
	plain, err := untyped(from, depth)
	if err == nil {
		to.Set(reflect.ValueOf(plain))
	}
	return err
}

func untyped(from any, depth int) (_ any, err error) {
	if depth > maxNesting {
		return nil, errNesting
	}
	switch from := from.(type) {
	case json.Number:
		if n, err := strconv.ParseUint(from.String(), 10, 64); err == nil {
			return n, nil
		}
		if n, err := strconv.ParseInt(from.String(), 10, 64); err == nil {
			return n, nil
		}
		return from.Float64()
	case map[string]any:
		for key, value := range from {
			if from[key], err = untyped(value, depth+1); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, value := range from {
			if from[i], err = untyped(value, depth+1); err != nil {
				return nil, err
			}
		}
	}
	return from, nil
}
