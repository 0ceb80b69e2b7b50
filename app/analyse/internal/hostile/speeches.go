//go:build linux

package hostile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

const socket = 3

// say writes to the parent past the client, as whoever took the child over would.
func say(b []byte) {
	for len(b) > 0 {
		n, err := unix.Write(socket, b)
		if err != nil && err != unix.EINTR {
			return
		}
		b = b[max(n, 0):]
	}
}

func frame(kind protocol.Type, body []byte) []byte {
	return protocol.Frame{Type: kind, ID: 99, Body: body}.Append(nil)
}

func item(kind protocol.ItemKind, what any) []byte {
	text, err := json.Marshal(what)
	if err != nil {
		text = []byte(err.Error())
	}
	return frame(protocol.Item, append([]byte{byte(kind)}, text...))
}

// speech is something said to the parent that breaks the protocol.
func speech(name checks.Name, words func(self checks.Name, c *checks.Change)) check {
	return check{name, func(_ context.Context, c *checks.Change) (checks.Report, error) {
		words(name, c)
		spin() // the parent has to act
		return checks.Report{}, nil
	}}
}

// Finding is one that the parent takes if the path exists.
func Finding(self checks.Name, path checks.Path) checks.Finding {
	return checks.Finding{
		Fingerprint: "00", Rule: "hostile-rule", Check: self, Class: checks.ClassCode, Severity: checks.High,
		Confidence: checks.ConfidenceHigh, Title: "A title", Message: "A message",
		Location: checks.Location{Path: path, Start: checks.Position{Line: 1, Column: 1}, End: checks.Position{Line: 1, Column: 2}},
	}
}

// speeches lists them, one rule broken each.
func speeches() []check {
	name := func(p string) []byte { return protocol.FileName{Revision: protocol.Head, Path: p}.Append(nil) }
	lie := func(change func(f *checks.Finding)) func(checks.Name, *checks.Change) {
		return func(self checks.Name, c *checks.Change) {
			f := Finding(self, c.Files[0].Path)
			change(&f)
			say(item(protocol.FindingItem, f))
		}
	}
	raw := func(b []byte) func(checks.Name, *checks.Change) {
		return func(checks.Name, *checks.Change) { say(b) }
	}
	return []check{
		speech("says-garbage", raw(bytes.Repeat([]byte("GET / HTTP/1.1\r\n"), 100))),
		speech("says-unknown-type", raw(frame(77, nil))),
		speech("says-parents-words", raw(frame(protocol.Answer, nil))),
		speech("says-four-gibibytes", raw([]byte{protocol.Version, byte(protocol.Item), 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})),
		speech("says-absolute-path", raw(frame(protocol.Stat, name("/etc/passwd")))),
		speech("says-path-upwards", raw(frame(protocol.Opening, name("a/../../etc/passwd")))),
		speech("says-path-too-long", raw(frame(protocol.ReadDir, name(strings.Repeat("a/", 3000)+"a")))),
		speech("says-read-of-nothing", raw(frame(protocol.Read, protocol.ReadRequest{FileID: 7, Length: 1}.Append(nil)))),
		speech("says-negative-offset", raw(frame(protocol.Read, protocol.ReadRequest{FileID: 1, Offset: -1, Length: 1}.Append(nil)))),
		speech("says-read-too-long", raw(frame(protocol.Read, protocol.ReadRequest{FileID: 1, Length: 1 << 30}.Append(nil)))),
		speech("says-close-twice", raw(frame(protocol.Close, protocol.FileID(7).Append(nil)))),
		speech("says-started-again", raw(frame(protocol.Started, []byte("secret")))),
		speech("says-other-finished", raw(frame(protocol.Finished, []byte(`{"check":"secret"}`)))),
		speech("says-done-early", raw(frame(protocol.Done, nil))),
		speech("says-wall-again", raw(frame(protocol.Wall, []byte(`[]`)))),
		speech("says-item-of-no-kind", raw(frame(protocol.Item, []byte("z{}")))),
		speech("says-item-without-end", raw(frame(protocol.Item, []byte("f"+strings.Repeat(`{"trace":[`, 50_000))))),
		speech("says-item-with-unknown-field", raw(frame(protocol.Item, []byte(`f{"verdict":"pass"}`)))),
		speech("says-floods", func(checks.Name, *checks.Change) { flood(frame(protocol.Opening, name("a"))) }),
		speech("says-floods-unheard", func(checks.Name, *checks.Change) {
			flood(frame(protocol.Open, protocol.OpenRequest{FileName: protocol.FileName{Revision: protocol.Head, Path: "a.txt"}}.Append(nil)))
		}),
		speech("lies-a-million-times", func(self checks.Name, c *checks.Change) {
			say(bytes.Repeat(item(protocol.FindingItem, Finding(self, c.Files[0].Path)), 1_000_000))
		}),
		speech("lies-about-a-file", lie(func(f *checks.Finding) { f.Location.Path = "no/such/file" })),
		speech("lies-about-a-path", lie(func(f *checks.Finding) { f.Location.Path = "../../etc/passwd" })),
		speech("lies-about-severity", lie(func(f *checks.Finding) { f.Severity = "<b>worst</b>" })),
		speech("lies-about-status", lie(func(f *checks.Finding) { f.Status = checks.Suppressed })),
		speech("lies-about-its-name", lie(func(f *checks.Finding) { f.Check = checks.Secret })),
		speech("lies-about-a-commit", lie(func(f *checks.Finding) { f.Location.Commit = "0000000000000000000000000000000000000000" })),
		speech("lies-about-lines", lie(func(f *checks.Finding) { f.Location.Start.Line = -1 })),
		speech("lies-at-length", lie(func(f *checks.Finding) { f.Title = strings.Repeat("a", 100_000) })),
		speech("lies-about-an-edit", lie(func(f *checks.Finding) {
			f.Remediation.Edits = []checks.Edit{{Path: "/etc/crontab", NewText: "x"}}
		})),
	}
}

// flood repeats a frame until the parent has enough.
func flood(b []byte) {
	many := bytes.Repeat(b, 1000)
	for {
		if _, err := unix.Write(socket, many); err != nil && err != unix.EINTR {
			return
		}
	}
}

// manyFindings reports, honestly, more than anyone wants to know.
func manyFindings(_ context.Context, c *checks.Change) (checks.Report, error) {
	var report checks.Report
	for i := range 50_000 {
		f := Finding("hostile-many-findings", c.Files[0].Path)
		f.Fingerprint = checks.Fingerprint(fmt.Sprintf("%07d", i))
		report.Findings = append(report.Findings, f)
	}
	return report, nil
}
