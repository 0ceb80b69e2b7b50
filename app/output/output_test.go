package output

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t *testing.T, format Format, r Report, style Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r, style); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var extensions = map[Format]string{Text: ".txt", JSON: ".json", SARIF: ".sarif", Markdown: ".md"}

func TestFormatsMatchTheirGoldenFiles(t *testing.T) {
	for name, r := range reports() {
		for _, format := range Formats() {
			t.Run(name+extensions[format], func(t *testing.T) {
				got := render(t, format, r, Style{})
				file := filepath.Join("testdata", name+extensions[format])
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestFormatsAreTheSameTwice(t *testing.T) {
	for name, r := range reports() {
		for _, format := range Formats() {
			first, second := render(t, format, r, Style{}), render(t, format, r, Style{})
			if first != second {
				t.Errorf("%s as %s differs from run to run", name, format)
			}
		}
	}
}

// TestNothingThatATerminalActsOnIsPrinted: no format lets an escape sequence, a reordering or an unseen character of the
// change through, nor a byte that is not UTF-8.
func TestNothingThatATerminalActsOnIsPrinted(t *testing.T) {
	for name, r := range reports() {
		for _, format := range Formats() {
			got := render(t, format, r, Style{})
			if !utf8.ValidString(got) {
				t.Errorf("%s as %s is not UTF-8", name, format)
			}
			for _, c := range got {
				joiner := c == zeroWidthNonJoiner || c == zeroWidthJoiner || c == emojiStyle
				if c != '\n' && concealed(c) && !(joiner && name == "wide") {
					t.Errorf("%s as %s holds %U", name, format, c)
				}
			}
		}
	}
}

func TestColourIsTheOnlyEscapeSequence(t *testing.T) {
	for name, r := range reports() {
		got := render(t, Text, r, Style{Colour: true})
		var rest strings.Builder
		for i, part := range strings.Split(got, "\x1b[") {
			if i > 0 {
				params, text, ok := strings.Cut(part, "m")
				if !ok || strings.Trim(params, "0123456789;") != "" {
					t.Fatalf("%s: an escape sequence that sets no colour: %.20q", name, part)
				}
				part = text
			}
			rest.WriteString(part)
		}
		if diff := cmp.Diff(render(t, Text, r, Style{}), rest.String()); diff != "" {
			t.Errorf("%s: colour changes more than colour: %s", name, diff)
		}
	}
}

func TestTextStaysWithinItsWidth(t *testing.T) {
	for name, r := range reports() {
		for _, width := range []int{40, 80, 120} {
			for line := range strings.Lines(render(t, Text, r, Style{Width: width})) {
				line = strings.TrimRight(line, "\n")
				source := strings.Contains(line, "│") || strings.Contains(line, "^")
				if n := columns(line); source && n > width {
					t.Errorf("%s: %d columns where there are %d: %s", name, n, width, line)
				}
			}
		}
	}
}

func TestTextShowsTheTimeOnlyToAPerson(t *testing.T) {
	r := reports()["clean"]
	if got := render(t, Text, r, Style{}); got != "No findings · 42 files\n" {
		t.Errorf("to a pipe: %q", got)
	}
	if got := render(t, Text, r, Style{Live: true}); got != "No findings · 42 files · 1.2 s\n" {
		t.Errorf("to a person: %q", got)
	}
}

func TestWriteRefusesAnUnknownFormat(t *testing.T) {
	if err := Write(&bytes.Buffer{}, "xml", reports()["clean"], Style{}); err == nil || !strings.Contains(err.Error(), `"xml"`) {
		t.Errorf("got %v", err)
	}
}

// FuzzVisible: whatever a file holds, what is shown of it is printable and as wide as it claims to be.
func FuzzVisible(f *testing.F) {
	for _, r := range reports() {
		for _, finding := range r.Result.Findings {
			f.Add(finding.Snippet[:min(len(finding.Snippet), 500)], finding.Location.Start.Column, 10)
		}
	}
	f.Fuzz(func(t *testing.T, line string, start, length int) {
		line, _, _ = strings.Cut(line, "\n")
		start = max(0, min(start, len(line)))
		end := max(start, min(start+length, len(line)))
		for _, width := range []int{1, 7, 40} {
			v := look(excerptLine{text: line, start: start, end: end}, width)
			if sum(v.glyphs) > max(width, 2) {
				t.Fatalf("%d columns in %d", sum(v.glyphs), width)
			}
			if v.before < 0 || v.marked < 0 || v.before+v.marked > sum(v.glyphs) {
				t.Fatalf("the place is at %d, %d wide, of %d", v.before, v.marked, sum(v.glyphs))
			}
		}
		for _, r := range visible(line) {
			if !unicode.IsGraphic(r) && r != zeroWidthJoiner && r != zeroWidthNonJoiner {
				t.Fatalf("%U is shown", r)
			}
		}
	})
}
