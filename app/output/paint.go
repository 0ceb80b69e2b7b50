package output

import "github.com/assay-app/assay/checks"

// ink is a rendition of text in a terminal: the parameters of SGR, the one escape sequence that is ever written.
type ink string

// The inks. Only the eight basic colours are used, since terminals let people choose those to suit their eyes.
const (
	plain   ink = ""
	bold    ink = "1"
	faint   ink = "2"
	warning ink = "1;35" // what was escaped: it should be seen
	removed ink = "31"
	added   ink = "32"
)

var severityInk = map[checks.Severity]ink{
	checks.Critical: "1;97;41",
	checks.High:     "1;31",
	checks.Medium:   "1;33",
	checks.Low:      "1;36",
}

// brush paints, or does not.
type brush struct{ colour bool }

// paint gives s in an ink. The inks do not nest: s must hold no painted text.
func (b brush) paint(i ink, s string) string {
	if !b.colour || i == plain || s == "" {
		return s
	}
	return "\x1b[" + string(i) + "m" + s + "\x1b[0m"
}
