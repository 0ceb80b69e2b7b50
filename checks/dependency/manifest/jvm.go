package manifest

import (
	"slices"
	"strings"
)

// mavenEcosystem is what OSV calls the packages of Maven repositories, named "group:artifact".
const mavenEcosystem = "Maven"

// jvmFormats are the files of Maven and Gradle.
func jvmFormats() []format {
	return []format{
		{name: "pom.xml", kind: Manifest, claims: []string{"pom.xml", "*.pom"}, read: readPom},
		{name: "extensions.xml", kind: Manifest, claims: []string{".mvn/extensions.xml"}, read: readMavenExtensions},
		{name: "settings.xml", kind: Settings, claims: []string{".mvn/settings.xml", ".m2/settings.xml"}, read: readMavenSettings},
		{name: "build.gradle", kind: Manifest, claims: []string{"*.gradle", "*.gradle.kts"}, read: readGradleScript},
		{name: "gradle.lockfile", kind: Lockfile, claims: []string{"gradle.lockfile", "buildscript-gradle.lockfile", "gradle/dependency-locks/*.lockfile"}, read: readGradleLockfile},
		{name: "libs.versions.toml", kind: Manifest, claims: []string{"libs.versions.toml", "gradle/*.versions.toml"}, read: readVersionCatalog},
		{name: "verification-metadata.xml", kind: Lockfile, claims: []string{"gradle/verification-metadata.xml"}, read: readVerificationMetadata},
	}
}

// mavenVersion fills in the version that a build asks for. "1.2" is a version, although another dependency's wish may win
// over it; "[1.2]" is one, too. Ranges, "LATEST" and Gradle's "1.+" are wishes.
func mavenVersion(e *Entry, d *document, w xmlText) {
	version, exact := w.text, true
	switch {
	case strings.HasPrefix(version, "[") && strings.HasSuffix(version, "]") && !strings.ContainsAny(version[1:], ",["):
		inner := strings.TrimSpace(version[1 : len(version)-1])
		if w.end > w.start {
			w.start += strings.Index(version, inner)
			w.end = w.start + len(inner)
		}
		version = inner
	case strings.ContainsAny(version, "[](),+$&"), version == "LATEST", version == "RELEASE", strings.HasPrefix(version, "latest."):
		exact = false
	}
	if !exact {
		e.Requirement = version
		return
	}
	if e.Version = version; version != "" && d != nil {
		e.Pin = d.pin(w)
	}
}

// unpinShared takes the pins from packages of different groups that have their version from one place: what is right for one
// need not exist for the other. The entries are listed by that place.
func (f *File) unpinShared(lent map[int][]int) {
	for _, entries := range lent {
		entries = slices.DeleteFunc(entries, func(i int) bool { return i >= len(f.Entries) }) // beyond the bound
		groups := map[string]bool{}
		for _, i := range entries {
			group, _, _ := strings.Cut(f.Entries[i].Name, ":")
			groups[group] = true
		}
		for _, i := range entries {
			if len(groups) > 1 {
				f.Entries[i].Pin = nil
			}
		}
	}
}
