//go:build linux

package analyse

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// shelf is a [ResultStore] in memory.
type shelf map[ResultKey][]byte

func (s shelf) Get(key ResultKey) ([]byte, bool) { entry, ok := s[key]; return entry, ok }
func (s shelf) Put(key ResultKey, entry []byte)  { s[key] = entry }

// scene is a conversation about a change, in which results may be recalled and kept.
type scene struct {
	cache  ResultCache
	files  memory
	named  []string // by the change
	check  checks.Name
	option checks.Options
}

func newScene(s shelf) scene {
	return scene{
		cache: ResultCache{Store: s, Program: "program", Scope: "scope"}, check: "test",
		files: memory{"a.py": "import b\n", "b.py": "import os\n", "d.py": "print(1)\n", "link.py": "x", "long.py": strings.Repeat("x", protocol.FirstRead+1)},
		named: []string{"a.py", "long.py"},
	}
}

// play has a conversation, which ends well unless it is said how it does.
func (s scene) play(t *testing.T, ending string, talk func(*client, checks.Results)) {
	t.Helper()
	change := added(s.files, s.named...)
	change.Options = s.option
	c, _, over := connect(t, change, &s.cache, attempt{checks: []checks.Name{s.check}})
	talk(c, recollection{c})
	if ending == "" {
		ending = `{"check":"` + string(s.check) + `"}`
	}
	if err := c.tell(protocol.Finished, []byte(ending)); err != nil {
		t.Error(err)
	}
	if err := c.tell(protocol.Done, nil); err != nil {
		t.Error(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// look reads a.py and what it imports, as a check does: b.py is there, c.py is not, and d.py is left alone.
func look(t *testing.T, c *client) {
	t.Helper()
	tree := &tree{client: c, revision: protocol.Head}
	for _, name := range []string{"a.py", "b.py"} {
		if _, err := fs.ReadFile(tree, name); err != nil {
			t.Error(err)
		}
	}
	if _, err := tree.Stat("c.py"); err == nil {
		t.Error("c.py is there")
	}
	if _, err := tree.Stat("d.py"); err != nil {
		t.Error(err)
	}
}

var (
	found  = []checks.Finding{{Rule: "a-rule", Title: "Found", Location: checks.Location{Path: "a.py"}, Snippet: "\xff is no UTF-8"}}
	others = []checks.Path{"b.py", "c.py", "d.py"}
)

// kept is a shelf on which the result of a.py lies.
func kept(t *testing.T) shelf {
	t.Helper()
	s := shelf{}
	newScene(s).play(t, "", func(c *client, results checks.Results) {
		if _, ok := results.Recall(checks.AtHead, "a.py"); ok {
			t.Error("a result was recalled that nobody kept")
		}
		look(t, c)
		results.Keep(checks.AtHead, "a.py", others, found)
		if len(s) > 0 {
			t.Error("a result was kept before its check ended well")
		}
	})
	if len(s) != 1 {
		t.Fatalf("%d results were kept", len(s))
	}
	return s
}

func TestResultsAreRecalledWhileNothingChanged(t *testing.T) {
	s := newScene(kept(t))
	s.files["d.py"] = "print(2)\n" // that it is there is all that matters
	s.files["unrelated.py"] = "print(1)\n"
	s.named = append(s.named, "unrelated.py")
	s.play(t, "", func(_ *client, results checks.Results) {
		got, ok := results.Recall(checks.AtHead, "a.py")
		want := []checks.Finding{found[0]}
		want[0].Snippet = "\ufffd is no UTF-8"
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("recalled %v (-want +got):\n%s", ok, diff)
		}
	})
}

func TestResultsAreNotRecalledWhen(t *testing.T) {
	for name, change := range map[string]func(*scene){
		"the file changed":                    func(s *scene) { s.files["a.py"] += "\n" },
		"a file that it imports changed":      func(s *scene) { s.files["b.py"] += "\n" },
		"a file that it imports is gone":      func(s *scene) { delete(s.files, "b.py") },
		"a file that it imports came":         func(s *scene) { s.files["c.py"] = "" },
		"a file that was there is a folder":   func(s *scene) { delete(s.files, "d.py"); s.files["d.py/e"] = "" },
		"the program is another":              func(s *scene) { s.cache.Program = "another" },
		"the repository is another":           func(s *scene) { s.cache.Scope = "another" },
		"the check is another":                func(s *scene) { s.check = "another" },
		"the organisation's rules are others": func(s *scene) { s.option.Rules = []checks.RuleFile{{Name: "a", Text: "b"}} },
		"the change does not name the file":   func(s *scene) { s.named = []string{"b.py"} },
		"nothing is to be remembered":         func(s *scene) { s.cache.Store = nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(kept(t))
			change(&s)
			s.play(t, "", func(_ *client, results checks.Results) {
				if _, ok := results.Recall(checks.AtHead, "a.py"); ok {
					t.Error("the result was recalled")
				}
			})
		})
	}
	t.Run("the same content lies at another path", func(t *testing.T) {
		s := newScene(kept(t))
		s.files["sub/a.py"], s.named = s.files["a.py"], []string{"sub/a.py"}
		s.play(t, "", func(_ *client, results checks.Results) {
			if _, ok := results.Recall(checks.AtHead, "sub/a.py"); ok {
				t.Error("the result was recalled")
			}
		})
	})
}

func TestResultsAreNotKeptWhen(t *testing.T) {
	keep := func(t *testing.T, c *client, results checks.Results) {
		look(t, c)
		results.Keep(checks.AtHead, "a.py", others, found)
	}
	for name, test := range map[string]struct {
		ending string
		talk   func(*testing.T, *client, checks.Results)
	}{
		"the check failed":  {ending: `{"check":"test","reason":"went wrong"}`, talk: keep},
		"the check crashed": {ending: `{"check":"test","reason":"crashed","panicked":true}`, talk: keep},
		"the file was not looked at to the end": {talk: func(t *testing.T, c *client, results checks.Results) {
			keep(t, c, results)
			item, err := encodeItem(protocol.UnscannedItem, checks.Unscanned{Path: "a.py", Check: "test", Reason: "cut", Kind: checks.Failed})
			if err != nil || c.tell(protocol.Item, item) != nil {
				t.Error(err)
			}
		}},
		"the file was not read": {talk: func(_ *testing.T, _ *client, results checks.Results) {
			results.Keep(checks.AtHead, "a.py", nil, found)
		}},
		"the file was not read at that revision": {talk: func(t *testing.T, c *client, results checks.Results) {
			look(t, c)
			results.Keep(checks.AtMergeBase, "a.py", others, found)
		}},
		"nobody looked at a file that it depends on": {talk: func(t *testing.T, c *client, results checks.Results) {
			look(t, c)
			results.Keep(checks.AtHead, "a.py", []checks.Path{"b.py", "e.py"}, found)
		}},
		"the change does not name the file": {talk: func(t *testing.T, c *client, results checks.Results) {
			look(t, c)
			results.Keep(checks.AtHead, "b.py", nil, found)
		}},
		"the file is longer than what is sent at once": {talk: func(t *testing.T, c *client, results checks.Results) {
			if _, err := fs.ReadFile(&tree{client: c, revision: protocol.Head}, "long.py"); err != nil {
				t.Error(err)
			}
			results.Keep(checks.AtHead, "long.py", nil, found)
		}},
		"it depends on what is no path": {talk: func(t *testing.T, c *client, results checks.Results) {
			look(t, c)
			results.Keep(checks.AtHead, "a.py", []checks.Path{"../b.py"}, found)
		}},
		"it depends on too many files": {talk: func(t *testing.T, c *client, results checks.Results) {
			look(t, c)
			results.Keep(checks.AtHead, "a.py", make([]checks.Path, checks.MaxDependencies+1), found)
		}},
		"it is too long": {talk: func(t *testing.T, c *client, results checks.Results) {
			look(t, c)
			results.Keep(checks.AtHead, "a.py", others, []checks.Finding{{Message: strings.Repeat("x", checks.MaxResult)}})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := shelf{}
			newScene(s).play(t, test.ending, func(c *client, results checks.Results) { test.talk(t, c, results) })
			if len(s) > 0 {
				t.Error("a result was kept")
			}
		})
	}
}

func TestAFileThatChangesMeanwhileIsNothingToRelyOn(t *testing.T) {
	name := protocol.FileName{Revision: protocol.Head, Path: "a"}
	one, two := contentOf([]byte("one")), contentOf([]byte("two"))
	for what, test := range map[string]struct {
		told []content
		want content
	}{
		"once":                        {[]content{one}, one},
		"twice the same":              {[]content{one, one}, one},
		"looked for, then read":       {[]content{present, one}, one},
		"read, then looked for":       {[]content{one, present}, one},
		"looked for twice":            {[]content{present, present}, present},
		"changed":                     {[]content{one, two}, unsure},
		"changed and back":            {[]content{one, two, one}, unsure},
		"gone":                        {[]content{one, absent}, unsure},
		"gone after it was seen":      {[]content{present, absent}, unsure},
		"came":                        {[]content{absent, present}, unsure},
		"came and was read":           {[]content{absent, one}, unsure},
		"not there, and still not":    {[]content{absent, absent}, absent},
		"a link in the place of it":   {[]content{one, irregular}, unsure},
		"only a part of it was read":  {[]content{unsure, one}, unsure},
		"only a part of it, and seen": {[]content{unsure, present}, unsure},
	} {
		s := sightings{}
		for _, is := range test.told {
			s.note(name, is)
		}
		if s[name] != test.want {
			t.Errorf("%s: %s, want %s", what, s[name], test.want)
		}
	}
}

func TestResultsHoldNoCredential(t *testing.T) {
	key := "sk-ant-" + "api03-" + strings.Repeat("Zx8_qP3-kL", 9) + "w7H" + "AA"
	s := shelf{}
	newScene(s).play(t, "", func(c *client, results checks.Results) {
		look(t, c)
		mine := []checks.Finding{{Rule: "a-rule", Snippet: "client(\"" + key + "\")", Trace: []checks.Step{{Path: "a.py", Line: 1, Text: key}}}}
		results.Keep(checks.AtHead, "a.py", others, mine)
		if mine[0].Snippet == "" || !strings.Contains(mine[0].Trace[0].Text, key) {
			t.Error("the check's own finding was changed")
		}
	})
	if len(s) != 1 {
		t.Fatalf("%d results were kept", len(s))
	}
	newScene(s).play(t, "", func(_ *client, results checks.Results) {
		got, ok := results.Recall(checks.AtHead, "a.py")
		if !ok || len(got) != 1 || strings.Contains(got[0].Snippet+got[0].Trace[0].Text, key[20:40]) {
			t.Errorf("recalled %v: %+v", ok, got)
		}
	})
}
