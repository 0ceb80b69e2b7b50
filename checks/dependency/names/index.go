package names

import (
	"hash/maphash"
	"slices"
	"strings"
)

// index is the well-known names of one ecosystem.
type index struct {
	ecosystem string
	written   []string            // as a person writes them
	canonical []string            // as they are compared
	at        map[string]int      // by canonical name
	owners    map[string]likeness // by the owner's name as names are compared
	folded    map[string]int      // by the name without what sets confusable names apart
	squashed  map[string]int      // by the name without separators
	sorted    map[string]int      // by its parts in alphabetical order
	affixes   affixes

	// Two names are one edit apart only if dropping at most one character of each leaves the same. So each name stands
	// here under itself and under what is left when one of its characters is dropped, sorted by hash.
	deletions []deletion
	seed      maphash.Seed
}

// likeness is what is left of a name when that is taken off in which names that look alike differ.
type likeness struct{ folded, squashed string }

func likenessOf(name string) likeness { return likeness{fold(name), squash(name)} }

type deletion struct {
	hash uint64
	name int32
}

func newIndex(ecosystem, names, owners string, affixes affixes, own []string) *index {
	i := &index{
		ecosystem: ecosystem, affixes: affixes, seed: maphash.MakeSeed(),
		at: map[string]int{}, owners: map[string]likeness{}, folded: map[string]int{}, squashed: map[string]int{}, sorted: map[string]int{},
	}
	for owner := range strings.FieldsSeq(owners) {
		i.addOwner(canonicalOwner(ecosystem, owner))
	}
	for name := range strings.FieldsSeq(names) {
		i.add(name)
	}
	for _, name := range own {
		i.add(name)
	}
	slices.SortFunc(i.deletions, func(a, b deletion) int {
		if a.hash != b.hash {
			if a.hash < b.hash {
				return -1
			}
			return 1
		}
		return int(a.name - b.name)
	})
	return i
}

func (i *index) add(name string) {
	c := canonical(i.ecosystem, name)
	if _, known := i.at[c]; known {
		return
	}
	id := len(i.written)
	i.written, i.canonical = append(i.written, name), append(i.canonical, c)
	i.at[c] = id
	first := func(m map[string]int, key string) {
		if _, taken := m[key]; !taken {
			m[key] = id
		}
	}
	first(i.folded, fold(c))
	first(i.squashed, squash(c))
	if s := sortParts(c); s != "" {
		first(i.sorted, s)
	}
	if i.ecosystem != "NuGet" { // where prefixes may be reserved, and most are not
		i.addOwner(ownerOf(i.ecosystem, c))
	}
	if len(c) >= minEdited {
		i.eachDeletion(c, func(hash uint64) { i.deletions = append(i.deletions, deletion{hash, int32(id)}) })
	}
}

func (i *index) addOwner(owner string) {
	if owner != "" {
		i.owners[owner] = likenessOf(owner)
	}
}

// eachDeletion gives the hashes of a name and of what is left when one of its bytes is dropped.
func (i *index) eachDeletion(name string, found func(hash uint64)) {
	found(maphash.String(i.seed, name))
	left := make([]byte, 0, len(name))
	for at := range len(name) {
		if at > 0 && name[at] == name[at-1] {
			continue // the same is left
		}
		left = append(append(left[:0], name[:at]...), name[at+1:]...)
		found(maphash.Bytes(i.seed, left))
	}
}

func (i *index) is(name string) bool {
	_, known := i.at[name]
	return known
}

// lookAlike compares a canonical name.
func (i *index) lookAlike(name string) (string, How, bool) {
	owner := ownerOf(i.ecosystem, name)
	if _, known := i.owners[owner]; known || i.is(name) {
		return "", "", false
	}
	if id, ok := i.folded[fold(name)]; ok && len(name) >= minFolded {
		return i.written[id], Confusable, true
	}
	if written, ok := i.likeOwner(owner); ok {
		return written, Owner, true
	}
	if s := squash(name); len(s) >= minFolded {
		if id, ok := i.squashed[s]; ok {
			return i.written[id], Separator, true
		}
	}
	if s := sortParts(name); s != "" {
		if id, ok := i.sorted[s]; ok {
			return i.written[id], Order, true
		}
	}
	if id, ok := i.edited(name); ok {
		return i.written[id], Edit, true
	}
	if id, ok := i.combined(name); ok {
		return i.written[id], Combination, true
	}
	return "", "", false
}

// edited finds a name that is one edit away; the first of the list if there are several.
func (i *index) edited(name string) (int, bool) {
	if len(name) < minEdited {
		return 0, false
	}
	best := -1
	i.eachDeletion(name, func(hash uint64) {
		at, _ := slices.BinarySearchFunc(i.deletions, hash, func(d deletion, hash uint64) int {
			switch {
			case d.hash < hash:
				return -1
			case d.hash > hash:
				return 1
			}
			return 0
		})
		for ; at < len(i.deletions) && i.deletions[at].hash == hash; at++ {
			id := int(i.deletions[at].name)
			if (best < 0 || id < best) && oneEdit(name, i.canonical[id]) {
				best = id
			}
		}
	})
	return best, best >= 0
}

// combined finds a name that is left when a usual word is taken off the name, or off one of the parts of a path.
func (i *index) combined(name string) (int, bool) {
	for start := 0; ; {
		end := len(name)
		if at := strings.IndexAny(name[start:], "/:"); at >= 0 {
			end = start + at
		}
		for _, affix := range i.affixes.Before {
			if rest, ok := strings.CutPrefix(name[start:end], affix); ok && len(rest) > 2 {
				if id, ok := i.at[name[:start]+rest+name[end:]]; ok {
					return id, true
				}
			}
		}
		for _, affix := range i.affixes.After {
			if rest, ok := strings.CutSuffix(name[start:end], strings.ToLower(affix)); ok && len(rest) > 2 {
				if id, ok := i.at[name[:start]+rest+name[end:]]; ok {
					return id, true
				}
			}
		}
		if end == len(name) {
			return 0, false
		}
		start = end + 1
	}
}

// likeOwner finds a well-known owner that the owner of a name looks like. Where owners are accounts of a forge, of which
// there are millions, or domains, it takes the rest of the name, too; those are found by comparing whole names.
func (i *index) likeOwner(owner string) (string, bool) {
	if i.ecosystem != "npm" && i.ecosystem != "Packagist" || len(owner) < minEdited {
		return "", false
	}
	like, best := likenessOf(owner), ""
	for known, of := range i.owners {
		if len(known) >= minEdited && (best == "" || known < best) &&
			(like.folded == of.folded || like.squashed == of.squashed || oneEdit(owner, known) || isEnded(owner, known)) {
			best = known
		}
	}
	return best, best != ""
}

// ownerEndings are what an owner's name may have more than that of the one it poses as.
var ownerEndings = [...]string{"er", "ers", "js", "-js", "-io", "hq", "org", "-org", "team", "-team", "-official", "-dev", "dev", "ai", "-ai"}

func isEnded(owner, known string) bool {
	rest, ok := strings.CutPrefix(owner, known)
	return ok && slices.Contains(ownerEndings[:], rest)
}
