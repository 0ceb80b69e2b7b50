package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// disk is where the database lies, and can be full.
type disk struct {
	fill func(*world)
	free func(*world)
}

// growing keeps SQLite from making its file any larger, which it reports as a full disk, and fills what is free in it.
// It works for everybody.
func growing() disk {
	run := func(w *world, statement string) error {
		w.t.Helper()
		_, err := w.servers[0].Store().SQLite().ExecContext(w.t.Context(), statement)
		return err
	}
	must := func(w *world, statement string) {
		w.t.Helper()
		if err := run(w, statement); err != nil {
			w.t.Fatal(err)
		}
	}
	return disk{
		fill: func(w *world) {
			must(w, "CREATE TABLE ballast (x BLOB)")
			must(w, "PRAGMA max_page_count = 1") // SQLite takes it for what there is now
			for _, bytes := range []int{100_000, 1000} {
				for run(w, fmt.Sprintf("INSERT INTO ballast VALUES (zeroblob(%d))", bytes)) == nil {
				}
			}
		},
		free: func(w *world) {
			must(w, "PRAGMA max_page_count = 1073741823")
			must(w, "DROP TABLE ballast")
		},
	}
}

// small mounts a file system of a few megabytes for the whole data folder, mirrors included. Only root can.
func small(w *world) (disk, error) {
	const size = 24 << 20
	if err := syscall.Mount("none", w.data, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		return disk{}, err
	}
	w.t.Cleanup(func() {
		if err := syscall.Unmount(w.data, syscall.MNT_DETACH); err != nil {
			w.t.Errorf("unmount: %v", err)
		}
	})
	ballast := filepath.Join(w.data, "ballast")
	return disk{
		fill: func(w *world) {
			if err := os.WriteFile(ballast, make([]byte, size), 0o600); !errors.Is(err, syscall.ENOSPC) {
				w.t.Fatalf("the disk is not full: %v", err)
			}
		},
		free: func(w *world) {
			if err := os.Remove(ballast); err != nil {
				w.t.Fatal(err)
			}
		},
	}, nil
}

func TestOnAFullDiskDeliveriesAreRefusedWholeAndAreTakenLater(t *testing.T) {
	t.Parallel()
	disks := map[string]func(*world) disk{"a database that cannot grow": func(*world) disk { return growing() }}
	if os.Geteuid() == 0 {
		disks["a file system without space"] = func(w *world) disk {
			d, err := small(w)
			if err != nil {
				w.t.Logf("no file system can be mounted here (%v); the database is kept from growing instead", err)
				return growing()
			}
			return d
		}
	}
	for name, prepare := range disks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldWithoutServer(t, enforcing(nil), with(hasty))
			d := prepare(w)
			w.start()
			w.installApp()
			d.fill(w)
			pulls := w.openUntilRefused()
			refused := w.refusals()
			for _, delivery := range refused {
				if _, known, err := w.servers[0].Store().Delivery(t.Context(), delivery.GUID); err != nil || known {
					t.Errorf("delivery %s was refused, and is known: %v, %v", delivery.GUID, known, err)
				}
			}
			d.free(w)
			for _, delivery := range refused {
				w.hub.Redeliver(delivery.ID)
			}
			for _, pull := range pulls {
				w.concluded(pull.Head(), "Assay", "failure")
			}
			w.idle()
			for _, pull := range pulls {
				if comments, reviews := len(pull.ReviewComments()), len(pull.Reviews()); comments != 1 || reviews != 1 {
					t.Errorf("%d comments in %d reviews on #%d, want one", comments, reviews, pull.Number())
				}
			}
			if got := len(w.refusals()); got != len(refused) {
				t.Errorf("%d deliveries were refused once there was space again", got-len(refused))
			}
		})
	}
}

// maxPulls is more than fit into the slack of a full database.
const maxPulls = 200

// openUntilRefused opens pull requests, each with a key, until one's delivery is refused.
func (w *world) openUntilRefused() []*localhub.PullRequest {
	w.t.Helper()
	var pulls []*localhub.PullRequest
	for n := range maxPulls {
		branch := fmt.Sprintf("feature-%d", n)
		pulls = append(pulls, w.open(branch, "main", localhub.Files{branch + ".py": keyLine(byte(n))}))
		w.hub.Flush()
		for _, delivery := range w.refusals() {
			if delivery.Event == "pull_request" && delivery.Action == "opened" {
				return pulls
			}
		}
	}
	w.t.Fatalf("%d pull requests fit on a full disk", maxPulls)
	return nil
}

// refusals are the deliveries that the server asked to be sent again.
func (w *world) refusals() []localhub.Delivery {
	w.t.Helper()
	var refused []localhub.Delivery
	w.hub.Flush()
	for _, delivery := range w.hub.Deliveries() {
		if !delivery.Done {
			continue // about what Assay has done since
		}
		switch delivery.StatusCode {
		case http.StatusAccepted:
		case http.StatusServiceUnavailable:
			if text := string(delivery.Response); !strings.Contains(text, "deliver it again later") {
				w.t.Errorf("the refusal says %s", text)
			}
			refused = append(refused, delivery)
		default:
			w.t.Errorf("delivery %s of %s was answered %d: %s", delivery.GUID, delivery.Event, delivery.StatusCode, delivery.Response)
		}
	}
	return refused
}
