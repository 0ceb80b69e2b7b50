package queue

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestOfTheQueuesMachineryOnlyWarningsAreLogged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(important{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})}).With("part", "river").WithGroup("g")
	log.Debug("polled")
	log.Info("started")
	log.Warn("slow", "seconds", 3)
	log.Error("broken")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "slow part=river g.seconds=3") || !strings.Contains(lines[1], "broken") {
		t.Errorf("logged:\n%s", out.String())
	}
}
