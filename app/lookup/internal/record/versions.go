package record

import (
	"fmt"
	"slices"
	"strings"
)

// Versions are versions by name. Advisories list hundreds, nearly all of which nobody asks about; so they stay the one
// text that an index keeps, each as [sameVersion] has it, sorted, between line feeds.
type Versions string

func (s *Versions) add(ecosystem string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	all := s.list()
	size := len(*s)
	for _, name := range names {
		if name = sameVersion(ecosystem, name); name == "" || len(name) > MaxVersion || strings.Contains(name, "\n") {
			continue // nobody can ask about it
		}
		if size += len(name) + 1; size > MaxVersions {
			return fmt.Errorf("more than %d bytes of versions", MaxVersions)
		}
		all = append(all, name)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > 0 {
		*s = Versions("\n" + strings.Join(all, "\n") + "\n")
	}
	return nil
}

func (s Versions) list() []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.Trim(string(s), "\n"), "\n")
}

func (s Versions) has(v version) bool {
	name := sameVersion(v.of.name, v.text)
	return s != "" && name != "" && !strings.Contains(name, "\n") && strings.Contains(string(s), "\n"+name+"\n")
}
