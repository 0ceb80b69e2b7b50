package manifest

import "strings"

// Bounds of the properties of Maven and MSBuild, which may name each other.
const (
	maxPropertyDepth = 10   // properties inside properties
	maxPropertyBytes = 4096 // of a text with its properties filled in; names and versions have some dozens
	maxPropertyValue = 256  // bytes of a property that is filled in; longer ones are no names or versions
)

// readProperties notes what "${name}" stands for.
func (p *pom) readProperties() {
	for _, block := range p.children(0, "properties") {
		for n := p.elements[block].first; n >= 0; n = p.elements[n].next {
			p.properties[p.elements[n].name] = p.content(n)
		}
	}
	for _, name := range []string{"groupId", "artifactId", "version"} {
		parent := p.content(p.child(0, "parent", name)).text
		own := p.content(p.child(0, name)).text
		if own == "" && name != "artifactId" {
			own = parent
		}
		for prefix, value := range map[string]string{"project.": own, "pom.": own, "": own, "project.parent.": parent, "parent.": parent} {
			if _, ok := p.properties[prefix+name]; !ok && value != "" {
				p.properties[prefix+name] = xmlText{text: value} // without a place: its edit would rename the project
			}
		}
	}
}

// resolve fills in the properties of a text. What is one property as a whole stands where that is written. A property that
// is not known stays as it is.
func (p *pom) resolve(w xmlText) (value xmlText, property bool) {
	for range maxPropertyDepth {
		if !strings.HasPrefix(w.text, "${") || !strings.HasSuffix(w.text, "}") {
			break
		}
		name := w.text[len("${") : len(w.text)-len("}")]
		if strings.ContainsAny(name, "${}") {
			break
		}
		inner, known := p.properties[name]
		if !known || w.start == w.end { // a text without a place stays without
			break
		}
		w, property = inner, true
	}
	if filled := p.fill(w.text); filled != w.text {
		return xmlText{text: filled}, property
	}
	return w, property
}

// fill fills in the properties of a text.
func (p *pom) fill(s string) string {
	for range maxPropertyDepth {
		start := strings.Index(s, "${")
		if start < 0 {
			return s
		}
		var b strings.Builder
		rest := s
		for {
			before, after, ok := strings.Cut(rest, "${")
			name, behind, closed := strings.Cut(after, "}")
			b.WriteString(before)
			if !ok {
				break
			}
			value, known := p.properties[name]
			known = known && len(value.text) <= maxPropertyValue
			switch {
			case !closed:
				b.WriteString("${" + after)
			case known:
				b.WriteString(value.text)
			default:
				b.WriteString("${" + name + "}")
			}
			if b.Len() > maxPropertyBytes {
				return "${too long}"
			}
			rest = behind
		}
		if b.String() == s {
			return s
		}
		s = b.String()
	}
	return s
}
