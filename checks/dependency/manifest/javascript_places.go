package manifest

// places knows which package a name means where, as Node.js looks for packages: in a folder, or in one above it.
type places struct {
	numbers map[string]int // of folders that hold packages
	entries map[place]int
	above   func(folder string) string
}

// place is a name in a folder, by its number: folders have long names, and are looked into often.
type place struct {
	folder int
	name   string
}

func newPlaces(above func(folder string) string) *places {
	return &places{map[string]int{}, map[place]int{}, above}
}

func (p *places) put(folder, name string, entry int) {
	number, ok := p.numbers[folder]
	if !ok {
		number = len(p.numbers)
		p.numbers[folder] = number
	}
	p.entries[place{number, name}] = entry
}

// maxUpwards is how many folders are looked into, of which real packages use a few.
const maxUpwards = 30

// from gives what can be found from a folder.
func (p *places) from(folder string) near {
	n := near{places: p}
	for range maxUpwards {
		if number, ok := p.numbers[folder]; ok {
			n.folders = append(n.folders, number)
		}
		if folder == "" {
			break
		}
		folder = p.above(folder)
	}
	return n
}

// near is a view of places from one folder.
type near struct {
	*places
	folders []int
}

func (n near) find(name string) (entry int, ok bool) {
	for _, folder := range n.folders {
		if entry, ok = n.entries[place{folder, name}]; ok {
			return entry, true
		}
	}
	return 0, false
}
