package ruleset

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTheReaderOfCompiledRulesLeavesOutWhatItIsToldTo(t *testing.T) {
	tests := map[string]struct{ text, skip, want string }{
		"all is read":               {`{"a":[1,true,null,"x"],"b":{}}`, "", `{"a":[1,true,null,"x"],"b":{}}`},
		"a list is left out":        {`{"a":["]","\"",[1]],"b":2}`, "a", `{"b":2}`},
		"a map is left out":         {`{"a":{"c":{"d":"}"}},"b":2}`, "a", `{"b":2}`},
		"a string is left out":      {`{"b":2,"a":","}`, "a", `{"b":2}`},
		"it is left out everywhere": {`{"b":[{"a":1},{"a":2,"c":3}]}`, "a", `{"b":[{},{"c":3}]}`},
		"escapes are undone":        {`["\u00e9\n\"","é"]`, "", `["é\n\"","é"]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := jsonReader{text: test.text, skip: test.skip}
			got, err := r.value(0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheReaderOfCompiledRulesRefusesWhatIsNoJSON(t *testing.T) {
	for _, text := range []string{"", "{", "[", `"`, `"\`, `{"a"}`, `{"a":}`, `{1:2}`, "[1,]", "[1 2]", "nil", "-", `["\x"]`, `{"a":1,}`} {
		if got, err := (&jsonReader{text: text}).value(0); err == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func FuzzCompiledRulesAreReadAsJSONIs(f *testing.F) {
	f.Add(`{"a":[1,-2.5e3,true,null,"x\n",{}],"b":{"c":[]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var out bytes.Buffer
		if !utf8.ValidString(text) || json.Compact(&out, []byte(text)) != nil {
			_, _ = (&jsonReader{text: text, skip: "a"}).value(0)
			return
		}
		got, err := (&jsonReader{text: out.String()}).value(0)
		if err != nil {
			return // such as nesting
		}
		want := decoded(t, out.String())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
