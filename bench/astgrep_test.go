package bench

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The rules for ast-grep look for the same calls as ours, as far as it can say them: it follows no flow, resolves no
// import and knows no constant. They are of this benchmark alone.
//
//go:embed astgrep/*.yml
var astGrepRules embed.FS

// astGrep finds the program, or has npm fetch it into a folder that is removed in the end.
func astGrep(dir string) (string, error) {
	if found, err := exec.LookPath("ast-grep"); err == nil {
		return found, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("neither ast-grep nor npm is installed")
	}
	if out, err := exec.Command(npm, "install", "--prefix", dir, "--no-audit", "--no-fund", "--no-save", "@ast-grep/cli").CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm cannot give ast-grep: %w: %s", err, lastLine(out))
	}
	return filepath.Join(dir, "node_modules", ".bin", "ast-grep"), nil
}

func lastLine(text []byte) []byte {
	text = bytes.TrimSpace(text)
	return text[bytes.LastIndexByte(text, '\n')+1:]
}

// compare adds how ast-grep does on the same files, if it is to be had.
func compare(b *testing.B, f *forest, parsed, dropped work) {
	b.Helper()
	dir := b.TempDir()
	program, err := astGrep(dir)
	if err != nil {
		suite.table.say("ast-grep", "left out: "+err.Error())
		return
	}
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		suite.table.say("ast-grep", "left out: it does not start: "+err.Error())
		return
	}
	config, rules, err := configure(dir)
	if err != nil {
		b.Fatal(err)
	}
	scan := func(b *testing.B, dir string) (usage, error) {
		return use(b.Context(), "sh", "-c", `exec "$1" scan --threads 1 --config "$2" --json=stream "$3" > /dev/null`, "sh", program, config, dir)
	}
	theirs := measureGroves(b, f.parsed, scan)
	suite.table.say(fmt.Sprintf("%s with %d rules, the files that we parse", bytes.TrimSpace(version), rules), figure(theirs.speed())+" MB/s a core")
	suite.table.say("  of which", theirs.String())
	suite.table.say("  peak memory", figure(float64(theirs.resident)/1e6)+" MB")
	suite.table.say("  our speed by its speed", figure(parsed.speed()/theirs.speed()))
	if dropped.bytes > 0 {
		theirDropped := measureGroves(b, f.dropped, scan)
		suite.table.say("  the files that we drop", figure(theirDropped.speed())+" MB/s a core")
		suite.table.say("  our speed by its speed", figure(dropped.speed()/theirDropped.speed()))
	}
}

// configure writes the rules, and says how many there are.
func configure(dir string) (config string, rules int, err error) {
	entries, err := astGrepRules.ReadDir("astgrep")
	if err != nil {
		return "", 0, err
	}
	folder := filepath.Join(dir, "rules")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return "", 0, err
	}
	for _, e := range entries {
		text, err := astGrepRules.ReadFile("astgrep/" + e.Name())
		if err != nil {
			return "", 0, err
		}
		rules += bytes.Count(text, []byte("\nid: ")) + bytes.Count(text[:4], []byte("id: "))
		if err := os.WriteFile(filepath.Join(folder, e.Name()), text, 0o644); err != nil {
			return "", 0, err
		}
	}
	config = filepath.Join(dir, "sgconfig.yml")
	return config, rules, os.WriteFile(config, []byte("ruleDirs: [rules]\n"), 0o644)
}
