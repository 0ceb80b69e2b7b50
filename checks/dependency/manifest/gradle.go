package manifest

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// readGradleLockfile reads lines of "group:name:version=configurations". The configurations say whether a package is only
// used in tests or in the build itself.
func readGradleLockfile(ctx context.Context, file *File, t *text.Text) error {
	source := withoutMark(t)
	build := strings.HasPrefix(path.Base(string(file.Path)), "buildscript-")
	for line := 1; line <= t.Lines(); line++ {
		if line%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		start, end := t.Line(line)
		written := strings.TrimSpace(string(source[start:end]))
		if written == "" || strings.HasPrefix(written, "#") || strings.HasPrefix(written, "empty=") {
			continue
		}
		coordinates, configurations, locked := strings.Cut(written, "=")
		parts := strings.SplitN(coordinates, ":", 3)
		if len(parts) < 3 || parts[0] == "" || parts[1] == "" || !locked && strings.Contains(coordinates, " ") {
			file.lose(fmt.Sprintf("line %d makes no sense", line))
			continue
		}
		start += strings.Index(string(source[start:end]), written)
		e := Entry{Ecosystem: mavenEcosystem, Name: parts[0] + ":" + parts[1], Version: parts[2], At: between(t, start, start+len(written))}
		switch names := strings.Split(configurations, ","); {
		case build:
			e.Group = "build"
		case locked && !slices.ContainsFunc(names, func(name string) bool { return !strings.Contains(strings.ToLower(name), "test") }):
			e.Group = "test"
		}
		file.add(e)
	}
	if len(file.Entries) == 0 && file.Lossy != "" {
		return fmt.Errorf("%w: no line is one of a Gradle lockfile", ErrMalformed)
	}
	return nil
}

// readVerificationMetadata reads the checksums that artifacts must have, and which are trusted without.
func readVerificationMetadata(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "verification-metadata")
	if err != nil {
		return err
	}
	for _, n := range d.all(0, "components", "component") {
		group, _ := d.attribute(n, "group", false)
		name, _ := d.attribute(n, "name", false)
		version, _ := d.attribute(n, "version", false)
		if group.text == "" || name.text == "" {
			file.lose("a component without a name")
			continue
		}
		e := Entry{Ecosystem: mavenEcosystem, Name: group.text + ":" + name.text, Version: version.text, At: d.place(n)}
		for _, artifact := range d.children(n, "artifact") {
			of, _ := d.attribute(artifact, "name", false)
			for sum := d.elements[artifact].first; sum >= 0; sum = d.elements[sum].next {
				if value, ok := d.attribute(sum, "value", false); ok {
					e.Hashes = append(e.Hashes, of.text+" "+d.elements[sum].name+":"+value.text)
				}
			}
		}
		file.add(e)
	}
	for _, n := range d.all(0, "configuration", "trusted-artifacts", "trust") {
		var trusted []string
		for _, a := range d.elements[n].attributes {
			trusted = append(trusted, a.Name.Local+"="+a.Value)
		}
		file.addOption(Option{Name: "trusted-artifacts", Value: strings.Join(trusted, " "), At: d.place(n)})
	}
	for _, n := range d.all(0, "configuration", "verify-metadata") {
		if d.content(n).text == "false" {
			file.addOption(Option{Name: "verify-metadata", Value: "false", At: d.place(n)})
		}
	}
	return nil
}
