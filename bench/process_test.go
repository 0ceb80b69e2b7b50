package bench

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

// process is `assay serve` as a process of its own, on SQLite.
type process struct {
	b       *testing.B
	cmd     *exec.Cmd
	address string
	data    string
	log     string
	ready   time.Duration // from its start to the first answer of /healthz
}

// serve starts the program for an App of a hub, with nothing that is kept from before.
func serve(b *testing.B, hub *localhub.Hub, app *localhub.App) *process {
	b.Helper()
	return serveOn(b, filepath.Join(b.TempDir(), "data"), hub, app)
}

// serveOn starts the program on a data folder.
func serveOn(b *testing.B, data string, hub *localhub.Hub, app *localhub.App) *process {
	b.Helper()
	dir := b.TempDir()
	p := &process{b: b, address: freeAddress(b), data: data, log: filepath.Join(dir, "log")}
	if *logs != "" {
		p.log = filepath.Join(*logs, strings.ReplaceAll(b.Name(), "/", "-")+".log")
	}
	for name, content := range map[string]string{"key.pem": string(app.PrivateKey()), "secret": app.WebhookSecret()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	log, err := os.Create(p.log)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(suite.binary, "serve", "--listen", p.address, "--data", p.data, "--github-url", strings.TrimSuffix(hub.APIURL(), "/"),
		"--app-id", fmt.Sprint(app.ID()), "--private-key-file", filepath.Join(dir, "key.pem"), "--webhook-secret-file", filepath.Join(dir, "secret"))
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	p.cmd.Stderr = log
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.stop)
	for !p.healthy() {
		if time.Since(began) > patience {
			b.Fatalf("assay serve does not answer; it said:\n%s", p.lastLines())
		}
		time.Sleep(time.Millisecond)
	}
	p.ready = time.Since(began)
	return p
}

func (p *process) webhook() string { return "http://" + p.address + "/webhook" }

func (p *process) healthy() bool {
	resp, err := http.Get("http://" + p.address + "/healthz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// stop asks the process to end, which it does in good order.
func (p *process) stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		p.b.Errorf("assay serve: %v; it said:\n%s", err, p.lastLines())
	}
}

// database is the file that it keeps everything in.
func (p *process) database() string { return filepath.Join(p.data, "assay.db") }

// logged counts the lines of its log that hold a text.
func (p *process) logged(text string) int {
	lines, err := os.ReadFile(p.log)
	if err != nil {
		p.b.Fatal(err)
	}
	return bytes.Count(lines, []byte(text))
}

func (p *process) lastLines() []byte {
	lines, err := os.ReadFile(p.log)
	if err != nil {
		return []byte(err.Error())
	}
	return lines[max(0, len(lines)-4000):]
}

// memory is what the kernel counts for the process, in MB of a million bytes: all of it, and what is its own and not a
// page of the program's file.
func (p *process) memory() (resident, anonymous float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.b.Fatal(err)
	}
	field := func(name string) float64 {
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, name+":"); ok {
				kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
				if err == nil {
					return kib * 1024 / 1e6
				}
			}
		}
		p.b.Fatalf("the kernel does not say %s", name)
		return 0
	}
	return field("VmRSS"), field("RssAnon")
}

// clockTicks is how the kernel counts processor time in /proc, in every configuration that Linux is shipped in.
const clockTicks = 100

// processor is the processor time that the process has taken so far, and what its ended children have.
func (p *process) processor() (own, children time.Duration) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.b.Fatal(err)
	}
	// The name of the program, in brackets, may hold anything; behind it the fields are counted from the third.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	ticks := func(from int) (sum time.Duration) {
		for _, field := range fields[from-3 : from-1] {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				p.b.Fatal(err)
			}
			sum += time.Duration(n) * time.Second / clockTicks
		}
		return sum
	}
	return ticks(14), ticks(16)
}

// freeAddress is a loopback address that nobody listens on just now.
func freeAddress(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
