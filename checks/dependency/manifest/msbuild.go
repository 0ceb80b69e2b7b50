package manifest

import (
	"context"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// msbuild reads a project file of MSBuild. Conditions are not looked at: what is there under any counts.
type msbuild struct {
	*document
	file       *File
	properties map[string]xmlText // by name in lower case
}

func readMSBuild(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "Project")
	if err != nil {
		return err
	}
	m := &msbuild{document: d, file: file, properties: map[string]xmlText{}}
	for _, group := range d.children(0, "PropertyGroup") {
		for n := d.elements[group].first; n >= 0; n = d.elements[n].next {
			m.property(n)
		}
	}
	for _, group := range append(d.children(0, "ItemGroup"), d.all(0, "Target", "ItemGroup")...) {
		m.items(group)
	}
	for _, group := range d.all(0, "Choose", "When", "ItemGroup") {
		m.items(group)
	}
	m.sdks()
	sortByPlace(file.Entries)
	return nil
}

// property notes a property. Some say where packages come from.
func (m *msbuild) property(n int32) {
	value := m.content(n)
	name := strings.ToLower(m.elements[n].name)
	m.properties[name] = value
	switch name {
	case "restoresources", "restoreadditionalprojectsources":
		for source := range strings.SplitSeq(value.text, ";") {
			if source = strings.TrimSpace(source); strings.Contains(source, "://") {
				m.file.addSource(Source{URL: source, Extra: name != "restoresources", At: m.place(n)})
			}
		}
	}
}

func (m *msbuild) items(group int32) {
	for n := m.elements[group].first; n >= 0; n = m.elements[n].next {
		use := ""
		switch m.elements[n].name {
		case "PackageReference", "PackageVersion":
		case "GlobalPackageReference", "PackageDownload", "DotNetCliToolReference":
			use = "build"
		default:
			continue
		}
		name, ok := m.attribute(n, "Include", true)
		if !ok {
			name, _ = m.attribute(n, "Update", true)
		}
		e := Entry{Ecosystem: nugetEcosystem, Name: m.fill(name.text), Direct: true, Group: use, At: m.place(n)}
		if strings.Contains(e.Name, "$(") || strings.Contains(e.Name, ";") {
			m.file.lose("a package whose name is computed")
			continue
		}
		if private := m.metadata(n, "PrivateAssets"); use == "" && strings.EqualFold(strings.TrimSpace(private.text), "all") {
			e.Group = "dev"
		}
		version := m.metadata(n, "Version")
		if override := m.metadata(n, "VersionOverride"); override.text != "" {
			version = override
		}
		m.version(&e, version)
		m.file.add(e)
	}
}

// metadata is what an item says in an attribute or in an element of a name.
func (m *msbuild) metadata(n int32, name string) xmlText {
	if w, ok := m.attribute(n, name, true); ok {
		return w
	}
	return m.content(m.child(n, name))
}

// sdks adds what builds the project: those with a version are packages.
func (m *msbuild) sdks() {
	if w, ok := m.attribute(0, "Sdk", true); ok {
		for sdk := range strings.SplitSeq(w.text, ";") {
			name, version, ok := strings.Cut(strings.TrimSpace(sdk), "/")
			if ok && version != "" {
				m.sdk(0, name, xmlText{text: version})
			}
		}
	}
	for _, n := range append(m.children(0, "Sdk"), m.children(0, "Import")...) {
		attribute := "Name"
		if m.elements[n].name == "Import" {
			attribute = "Sdk"
		}
		name, _ := m.attribute(n, attribute, true)
		if version, ok := m.attribute(n, "Version", true); ok {
			m.sdk(n, name.text, version)
		}
	}
}

func (m *msbuild) sdk(n int32, name string, version xmlText) {
	e := Entry{Ecosystem: nugetEcosystem, Name: name, Direct: true, Group: "build", At: m.place(n)}
	if n == 0 { // its tag alone, not all of the project
		e.At = between(m.text, m.elements[0].start, m.elements[0].open)
	}
	m.version(&e, version)
	m.file.add(e)
}

var msbuildProperty = regexp.MustCompile(`\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)

// fill fills in the properties of a text.
func (m *msbuild) fill(s string) string {
	if !strings.Contains(s, "$(") {
		return s
	}
	for range maxPropertyDepth {
		filled := msbuildProperty.ReplaceAllStringFunc(s, func(reference string) string {
			if value, ok := m.properties[strings.ToLower(reference[2:len(reference)-1])]; ok && len(value.text) <= maxPropertyValue {
				return value.text
			}
			return reference
		})
		if len(filled) > maxPropertyBytes {
			return "$(too long)"
		}
		if filled == s {
			return s
		}
		s = filled
	}
	return s
}

func (m *msbuild) version(e *Entry, w xmlText) {
	for range maxPropertyDepth {
		parts := msbuildProperty.FindStringSubmatch(w.text)
		value, ok := xmlText{}, false
		if len(parts) > 0 && parts[0] == w.text {
			value, ok = m.properties[strings.ToLower(parts[1])]
		}
		if !ok {
			break
		}
		w = value
	}
	if filled := m.fill(w.text); filled != w.text {
		w = xmlText{text: filled}
	}
	nugetVersion(e, m.document, w)
}

// nugetVersion fills in a version. "1.2" and "[1.2, )" name the lowest that will do, which is the one that is taken.
func nugetVersion(e *Entry, d *document, w xmlText) {
	version := w.text
	if inner, ok := strings.CutPrefix(version, "["); ok && (strings.HasSuffix(inner, "]") || strings.HasSuffix(inner, ")")) {
		lowest, highest, two := strings.Cut(inner[:len(inner)-1], ",")
		lowest, highest = strings.TrimSpace(lowest), strings.TrimSpace(highest)
		if closed := strings.HasSuffix(inner, "]"); closed && (!two || lowest == highest) || !closed && two && highest == "" {
			version = lowest
			if w.end > w.start {
				w.start += strings.Index(w.text, lowest)
				w.end = w.start + len(lowest)
			}
		}
		if two && highest != "" {
			w.start, w.end = 0, 0 // one edit would not do
		}
	}
	if version == "" || strings.ContainsAny(version, "[](),*$&;") {
		e.Requirement = version
		return
	}
	e.Version = version
	if d != nil {
		e.Pin = d.pin(w)
	}
}
