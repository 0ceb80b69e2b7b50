package secret

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/internal/text"
)

// make assembles a value from a pattern such as "sk-ant-api03-{{base64url 93}}AA", so that none stands in this file.
func assemble(t testing.TB, pattern, seed string) string {
	t.Helper()
	value, err := ruleset.Expand(pattern, seed)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

const (
	anthropic = "sk-ant-api03-{{base64url 93}}AA"
	openai    = "sk-proj-{{base64url 74}}T3BlbkFJ{{base64url 74}}"
)

// tree makes a file system of paths and contents.
func tree(files map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for path, content := range files {
		fs[path] = &fstest.MapFile{Data: []byte(content), Mode: 0o644}
	}
	return fs
}

// change compares two trees whole: what is only in head is added, what differs is modified in all its lines.
func change(base, head map[string]string, commits ...checks.Commit) *checks.Change {
	c := &checks.Change{MergeBase: tree(base), Head: tree(head), Commits: commits}
	c.Options.SecretKey = []byte("key of the installation")
	for path, content := range head {
		old, was := base[path]
		switch {
		case !was:
			c.Files = append(c.Files, checks.FileChange{Path: checks.Path(path), Status: checks.Added})
		case old != content:
			c.Files = append(c.Files, checks.FileChange{Path: checks.Path(path), OldPath: checks.Path(path), Status: checks.Modified,
				Hunks: []checks.Hunk{{OldStart: 1, OldLines: 1000, NewStart: 1, NewLines: 1000}}})
		}
	}
	slices.SortFunc(c.Files, func(a, b checks.FileChange) int { return cmp.Compare(a.Path, b.Path) })
	return c
}

// commit is one that adds whole files.
func commit(sha string, files map[string]string) checks.Commit {
	c := checks.Commit{SHA: checks.CommitSHA(sha), Message: "Change things", Tree: tree(files)}
	for path := range files {
		c.Files = append(c.Files, checks.FileChange{Path: checks.Path(path), Status: checks.Added})
	}
	slices.SortFunc(c.Files, func(a, b checks.FileChange) int { return cmp.Compare(a.Path, b.Path) })
	return c
}

// summary is a finding on one line, for comparison.
func summary(f checks.Finding) string {
	at := fmt.Sprintf("%s:%d:%d", f.Location.Path, f.Location.Start.Line, f.Location.Start.Column)
	if f.Location.Commit != "" {
		at += "@" + string(f.Location.Commit)
	}
	if f.Revision != checks.AtHead {
		at += " " + string(f.Revision)
	}
	return string(f.Rule) + " " + at
}

func run(t testing.TB, c *checks.Change) (checks.Report, []string) {
	t.Helper()
	report, err := newCheck(t).Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range report.Findings {
		list = append(list, summary(f))
	}
	return report, list
}

func TestWhereCredentialsAreReported(t *testing.T) {
	key := assemble(t, anthropic, "1")
	other := assemble(t, anthropic, "2")
	line, clean := "key = \""+key+"\"\n", "key = os.environ[\"KEY\"]\n"
	type files = map[string]string
	tests := map[string]struct {
		change *checks.Change
		want   []string
	}{
		"a credential that the pull request adds is reported at the head": {
			change(files{}, files{"a.py": line}), []string{"anthropic-api-key a.py:1:8"}},
		"one that was there before is reported on both sides": {
			change(files{"a.py": line}, files{"a.py": "x = 1\n" + line}),
			[]string{"anthropic-api-key a.py:2:8", "anthropic-api-key a.py:1:8 merge-base"}},
		"one that the pull request removes is not reported": {
			change(files{"a.py": line}, files{"a.py": clean}), nil},
		"one that a commit adds and a later one removes is reported in that commit": {
			change(files{}, files{"a.py": clean}, commit("c1", files{"a.py": "\n" + line}), commit("c2", files{"a.py": clean})),
			[]string{"anthropic-api-key a.py:2:8@c1"}},
		"one in several commits is reported once, in the earliest": {
			change(files{}, files{}, commit("c1", files{"a.py": line}), commit("c2", files{"b.py": line}), commit("c3", files{"a.py": clean})),
			[]string{"anthropic-api-key a.py:1:8@c1"}},
		"one that commits move to another file is reported at the head alone": {
			change(files{}, files{"b.py": line}, commit("c1", files{"a.py": line}), commit("c2", files{"b.py": line})),
			[]string{"anthropic-api-key b.py:1:8"}},
		"two different ones in two commits are two findings": {
			change(files{}, files{}, commit("c1", files{"a.py": line}), commit("c2", files{"a.py": "key = \"" + other + "\"\n"})),
			[]string{"anthropic-api-key a.py:1:8@c1", "anthropic-api-key a.py:1:8@c2"}},
		"one that comes and goes in commits but was at the merge base is not new": {
			change(files{"a.py": line}, files{"a.py": line}, commit("c1", files{"a.py": "\n\n" + line})), nil},
		"one in a commit's message is reported there": {
			change(files{}, files{}, checks.Commit{SHA: "c1", Message: "Use key\n\nkey " + key, Tree: tree(nil)}),
			[]string{"anthropic-api-key :3:5@c1"}},
		"the same value twice in a file is two findings": {
			change(files{}, files{"a.py": line + line}), []string{"anthropic-api-key a.py:1:8", "anthropic-api-key a.py:2:8"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, got := run(t, test.change); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnUntouchedLineOfACommitIsNotItsDoing(t *testing.T) {
	key := assemble(t, anthropic, "1")
	content := "key = \"" + key + "\"\n# added\n"
	c := change(map[string]string{}, map[string]string{})
	c.Commits = []checks.Commit{commit("c1", map[string]string{"a.py": content})}
	c.Commits[0].Files[0].Status = checks.Modified
	c.Commits[0].Files[0].Hunks = []checks.Hunk{{OldStart: 1, NewStart: 2, NewLines: 1}}
	if _, got := run(t, c); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestARenamedFileIsComparedWithWhatItWas(t *testing.T) {
	line := "key = \"" + assemble(t, anthropic, "1") + "\"\n"
	c := change(map[string]string{"old.py": line}, map[string]string{"new.py": line + "\n"})
	c.Files = []checks.FileChange{{Path: "new.py", OldPath: "old.py", Status: checks.Renamed, Blob: "b", OldBlob: "a"}}
	want := []string{"anthropic-api-key new.py:1:8", "anthropic-api-key old.py:1:8 merge-base"}
	if _, got := run(t, c); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	c.Files[0].Blob = "a"
	if report, got := run(t, c); len(got) > 0 || report.Stats.Files > 0 {
		t.Errorf("a pure rename was read: %q", got)
	}
}

func TestFingerprintsAreKeyedAndFollowTheValue(t *testing.T) {
	key := assemble(t, anthropic, "1")
	fingerprint := func(content, secret string) checks.Fingerprint {
		c := change(nil, map[string]string{"a.py": content})
		c.Options.SecretKey = []byte(secret)
		report, _ := run(t, c)
		if len(report.Findings) != 1 {
			t.Fatalf("%q: %d findings", content, len(report.Findings))
		}
		return report.Findings[0].Fingerprint
	}
	first := fingerprint("key = \""+key+"\"\n", "k")
	if fingerprint("\n\n  other_name: '"+key+"'\n", "k") != first {
		t.Error("the fingerprint depends on where the value stands")
	}
	if fingerprint("key = \""+key+"\"\n", "another") == first {
		t.Error("the fingerprint does not depend on the installation's key")
	}
	if fingerprint("key = \""+assemble(t, anthropic, "2")+"\"\n", "k") == first {
		t.Error("two values have the same fingerprint")
	}
}

// utf16le encodes a text as Windows' editors do.
func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(s)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

// privateKey assembles a PEM block of the given lines.
func privateKey(t testing.TB, lines int) string {
	dashes := strings.Repeat("-", 5)
	body := ""
	for i := range lines {
		body += assemble(t, "{{base64 64}}", fmt.Sprint("pem", i)) + "\n"
	}
	return dashes + "BEGIN RSA PRIVATE KEY" + dashes + "\n" + body + dashes + "END RSA PRIVATE KEY" + dashes
}

func TestNoReportHoldsAnyPartOfAValue(t *testing.T) {
	a, b := assemble(t, anthropic, "1"), assemble(t, openai, "2")
	token := assemble(t, "ghp_{{alnum 36}}", "3")
	pem := privateKey(t, 26)
	encoded := base64.StdEncoding.EncodeToString([]byte("key: " + a + "\n"))
	long := strings.Repeat("x();", 1<<15)
	tests := map[string]struct {
		content string
		values  []string
		rules   []string
	}{
		"two keys on a line":                   {"a=\"" + a + "\" b=\"" + b + "\"", []string{a, b}, []string{"anthropic-api-key", "openai-project-key"}},
		"two keys with nothing between":        {a + "," + b + ";" + token, []string{a, b, token}, nil},
		"a key repeated without a boundary":    {"k=\"" + a + "\" # was x" + a + "y", []string{a}, nil},
		"a key in a header of curl":            {"curl -H \"Authorization: Bearer " + b + "\" https://x.example", []string{b}, []string{"openai-project-key"}},
		"a private key":                        {"key = '''\n" + pem + "\n'''", []string{pem}, []string{"private-key"}},
		"a private key on one line":            {`{"key": "` + strings.ReplaceAll(pem, "\n", `\n`) + `"}`, []string{pem}, []string{"private-key"}},
		"a private key with CRLF":              {strings.ReplaceAll(pem, "\n", "\r\n"), []string{pem}, []string{"private-key"}},
		"a key in base64":                      {"data: " + encoded + "\n", []string{a, encoded}, []string{"anthropic-api-key"}},
		"a key in a long line":                 {long + "k=\"" + a + "\";" + long, []string{a}, []string{"anthropic-api-key"}},
		"two keys in a long line":              {long + "k=\"" + a + "\";" + strings.Repeat(" ", 280) + b + long, []string{a, b}, nil},
		"a key in UTF-16":                      {utf16le("k=\"" + a + "\"\r\n"), []string{a}, []string{"anthropic-api-key"}},
		"a key after an escaped line break":    {`{"source": ["x\n` + a + `\n"]}`, []string{a}, []string{"anthropic-api-key"}},
		"a key marked as allowed for gitleaks": {"k=\"" + a + "\" # gitleaks:" + "allow", []string{a}, []string{"anthropic-api-key"}},
		"a key among bytes that are not UTF-8": {"\xff\xfa k=\"" + a + "\" \xc3", []string{a}, []string{"anthropic-api-key"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"app/config.py", "vendor/github.com/x/y.bin", "package-lock.json"} {
				report, got := run(t, change(nil, map[string]string{path: test.content}))
				if len(got) == 0 {
					t.Fatalf("nothing is reported in %s: %+v", path, report.Unscanned)
				}
				var ids []string
				for _, f := range report.Findings {
					ids = append(ids, string(f.Rule))
				}
				if test.rules != nil && !slices.Equal(ids, test.rules) {
					t.Errorf("%s: reported by %q, want %q", path, ids, test.rules)
				}
				assertNoLeak(t, report, test.values)
			}
		})
	}
}

// assertNoLeak fails if the report, as it is stored and sent, holds any 8 bytes of the random part of a value.
func assertNoLeak(t *testing.T, report checks.Report, values []string) {
	t.Helper()
	encoded, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	public := []string{"sk-ant-api03-", "sk-proj-", "T3BlbkFJ", "ghp_", "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"}
	for _, value := range values {
		for _, word := range public {
			value = strings.ReplaceAll(value, word, "\x00")
		}
		for i := 0; i+8 <= len(value); i++ {
			part := value[i : i+8]
			if !strings.ContainsAny(part, "\x00\n") && bytes.Contains(encoded, []byte(part)) {
				t.Fatalf("the report holds %q of a value:\n%s", part, encoded)
			}
		}
	}
}

func TestTheSnippetShowsWhatIsPublic(t *testing.T) {
	report, _ := run(t, change(nil, map[string]string{"a.py": "client = Anthropic(api_key=\"" + assemble(t, anthropic, "1") + "\")\n"}))
	if got, want := report.Findings[0].Snippet, `client = Anthropic(api_key="sk-ant-api03-[redacted]")`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestThePlaceIsSaid(t *testing.T) {
	line := assemble(t, anthropic, "1")
	for name, test := range map[string]struct{ path, content, want string }{
		"an agent's configuration": {".cursor/mcp.json", `{"mcpServers": {"a": {"env": {"K": "` + line + `"}}}}`, "MCP server"},
		"a notebook":               {"a.ipynb", `"` + line + `"`, "Clear the outputs"},
		"a client bundle":          {"web/.env.production", "NEXT_PUBLIC_KEY=" + line, "every browser"},
		"a Dockerfile":             {"Dockerfile", "ENV KEY=" + line, "layers of the image"},
		"an .env file":             {".env", "KEY=" + line, ".gitignore"},
	} {
		t.Run(name, func(t *testing.T) {
			report, _ := run(t, change(nil, map[string]string{test.path: test.content}))
			if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Message, test.want) {
				t.Errorf("got %+v, want a message with %q", report.Findings, test.want)
			}
		})
	}
}

func TestWhatCannotBeScannedIsSaid(t *testing.T) {
	c := change(nil, map[string]string{"binary.png": "\x89PNG\x00", "clean.txt": "hello\n"})
	c.Files = append(c.Files, checks.FileChange{Path: "missing.txt", Status: checks.Added})
	c.Head.(fstest.MapFS)["large.txt"] = &fstest.MapFile{Data: bytes.Repeat([]byte("a\n"), text.MaxFile/2+1)}
	c.Files = append(c.Files, checks.FileChange{Path: "large.txt", Status: checks.Added})
	dump := strings.Builder{}
	for i := range MaxMatches + 1 {
		dump.WriteString(assemble(t, "gsk_{{alnum 52}}\n", fmt.Sprint(i)))
	}
	placeholder := assemble(t, "gsk_placeholder{{alnum 41}}\n", "1")
	for name, content := range map[string]string{
		"dump.txt":         dump.String(),
		"placeholders.txt": strings.Repeat(placeholder, maxCandidates+1),
		"translations.js":  strings.Repeat("tokenName = \"internationalisation\"\n", maxCandidates+1),
	} {
		c.Head.(fstest.MapFS)[name] = &fstest.MapFile{Data: []byte(content)}
		c.Files = append(c.Files, checks.FileChange{Path: checks.Path(name), Status: checks.Added})
	}
	report, _ := run(t, c)
	want := []checks.Unscanned{
		{Path: "binary.png", Check: checks.Secret, Reason: "not a text file", Kind: checks.Excluded},
		{Path: "dump.txt", Check: checks.Secret, Reason: "more than 1000 credentials", Kind: checks.Failed},
		{Path: "large.txt", Check: checks.Secret, Reason: "larger than 50 MiB", Kind: checks.Failed},
		{Path: "missing.txt", Check: checks.Secret, Reason: "could not be read: file does not exist", Kind: checks.Failed},
		{Path: "placeholders.txt", Check: checks.Secret, Reason: "more than 4000 values that look like credentials", Kind: checks.Failed},
	}
	if !slices.Equal(report.Unscanned, want) {
		t.Errorf("got %+v, want %+v", report.Unscanned, want)
	}
	if len(report.Findings) != MaxMatches {
		t.Errorf("%d findings are kept of a dump, want %d", len(report.Findings), MaxMatches)
	}
}

func TestATextMadeToTakeLongIsGivenUp(t *testing.T) {
	c := newCheck(t).catalogue
	content := []byte(strings.Repeat("api_key = \"abcdefghi", 1000))
	for steps, want := range map[int]error{10 * stepsOfTry: errTooManySteps, stepsBasis: nil} {
		s, err := c.newScanner("a.go", content, steps)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.search(t.Context()); !errors.Is(err, want) {
			t.Errorf("with %d steps: %v, want %v", steps, err, want)
		}
	}
}

func TestACancelledReviewSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newCheck(t).Run(ctx, change(nil, map[string]string{"a.py": "x"})); err == nil {
		t.Error("no error")
	}
}

func FuzzScan(f *testing.F) {
	check := newCheck(f)
	f.Add([]byte("api_key = \""+assemble(f, openai, "1")+"\"\n"), "a.py")
	f.Add([]byte(privateKey(f, 3)), "id_rsa")
	f.Add([]byte("kind: Secret\ndata:\n  k: "+base64.StdEncoding.EncodeToString([]byte(assemble(f, anthropic, "1")))), "s.yaml")
	f.Add([]byte("\xff\xfek\x00=\x00"), "x")
	f.Fuzz(func(t *testing.T, raw []byte, path string) {
		decoded, ok := text.Decode(raw)
		if !ok {
			return
		}
		matches, err := check.catalogue.scan(t.Context(), checks.Path(path), decoded.Bytes)
		if err != nil {
			return
		}
		end := 0
		for i, s := range check.catalogue.sightings(nil, checks.Path(path), decoded, matches) {
			m := matches[i]
			if m.Start < end || m.End <= m.Start || m.End > len(decoded.Bytes) {
				t.Fatalf("match %d is at [%d, %d) of %d, the one before ended at %d", i, m.Start, m.End, len(decoded.Bytes), end)
			}
			end = m.End
			if body := m.rule.body(m.value); len(body) >= 16 && strings.Contains(s.finding.Snippet+s.finding.Message, body) {
				t.Fatalf("a value is quoted: %q", s.finding.Snippet)
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	c := newCheck(b).catalogue
	source := bytes.Repeat([]byte("func (s *Server) token(ctx context.Context, key string) (string, error) {\n"+
		"\taccess := s.cache.Get(key) // the api caches tokens\n\tif access == \"\" {\n\t\treturn \"\", errors.New(\"no auth\")\n\t}\n}\n\n"), 1<<13)
	words := bytes.Repeat([]byte("sk-ant-api03-key=token=secret:api_key,password=auth "), 1<<14)
	for name, content := range map[string][]byte{
		"source code": source, "one line": bytes.ReplaceAll(source, []byte("\n"), []byte(" ")),
		"words of rules": words, "base64": []byte(base64.StdEncoding.EncodeToString(source)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				if _, err := c.scan(b.Context(), "a.go", content); err != nil {
					b.Log(err)
				}
			}
		})
	}
}
