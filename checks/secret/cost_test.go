package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// stepsFor counts the steps that a text takes.
func stepsFor(t *testing.T, path checks.Path, content string) int {
	t.Helper()
	const most = 1 << 40
	s, err := newCheck(t).catalogue.newScanner(path, []byte(content), most)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.run(t.Context()); err != nil && !errors.Is(err, errTooManyCandidates) {
		t.Fatal(err)
	}
	return most - s.steps
}

func TestWhatTakesTimeTakesSteps(t *testing.T) {
	const n = 1000
	tests := map[string]struct {
		path        checks.Path
		content     string
		least, most int // steps for each of n repetitions
	}{
		// Other guards excuse some of these values first.
		"a value that a list of gitleaks' excuses": {"a.txt", `token:"{{alnum 8}}stripe{{alnum 8}}"` + "\n", stepsOfTry + stepsOfLists/4, 2 * (stepsOfTry + stepsOfLists)},
		"a name with a value that is none":         {"a.txt", `token:"internationalisation" `, stepsOfTry, 2 * stepsOfTry},
		"the word secret all over a workflow":      {"a.yaml", "env: {A: '${{ secrets.SECRET }}'} # data: secret\n", 0, 100},
		"a Secret of Kubernetes":                   {"a.yaml", "kind: Secret\nname: x\ndata: {}\n", 10_000, 150_000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for i := range n {
				b.WriteString(strings.NewReplacer("{{alnum 8}}", assemble(t, "{{alnum 8}}", fmt.Sprint(i))).Replace(test.content))
			}
			if got := stepsFor(t, test.path, b.String()) / n; got < test.least || got > test.most {
				t.Errorf("%d steps each, want %d to %d", got, test.least, test.most)
			}
		})
	}
}

// BenchmarkMadeToTakeLong scans texts of the greatest size that is read, made to take as long as can be:
//
//	go test -run '^$' -bench MadeToTakeLong -benchtime 1x ./checks/secret
func BenchmarkMadeToTakeLong(b *testing.B) {
	many := func(pattern string) func(i int) string {
		return func(i int) string { return assemble(b, pattern, fmt.Sprint(i)) }
	}
	for _, shape := range []struct {
		name string
		unit func(i int) string
	}{
		{"values that lists excuse", many(strings.Repeat(`token:"{{alnum 8}}stripe{{alnum 6}}" `, 50) + "\n")},
		{"values of every provider", many(`adobe_key="{{alnum 60}}" snyk_key="{{alnum 60}}" okta_key="{{alnum 60}}"` + "\n")},
		{"words of long expressions", many("okta facebook atlasv1 meraki sumo q~ privateai {{alnum 3}}\n")},
		{"halves of tokens", many(" ey{{alnum 600}}.ey{{alnum 600}}")},
		{"values in base64", func(i int) string {
			return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(assemble(b, `okta api_key="{{alnum 12}}" `, fmt.Sprint(i)), 90))) + "\n"
		}},
		{"Secrets without data", many("kind: Secret\nname: {{alnum 4}}\n")},
	} {
		b.Run(shape.name, func(b *testing.B) {
			var unit strings.Builder
			for i := range 200 {
				unit.WriteString(shape.unit(i))
			}
			content := []byte(strings.Repeat(unit.String(), text.MaxFile/unit.Len()))
			c := newCheck(b).catalogue
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				matches, err := c.scan(b.Context(), "a.yaml", content)
				b.Logf("%d found; %v", len(matches), err)
			}
		})
	}
}
