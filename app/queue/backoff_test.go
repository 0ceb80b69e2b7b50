package queue

import (
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
)

func TestTheLastAttemptIsAboutAnHourAfterTheFirst(t *testing.T) {
	var total time.Duration
	for attempt := 1; attempt < MaxAttempts; attempt++ {
		before := time.Now()
		total += backoff{DefaultBackoff}.NextRetry(&rivertype.JobRow{Attempt: attempt}).Sub(before)
	}
	if total < 40*time.Minute || total > 70*time.Minute {
		t.Errorf("the pauses add up to %v", total)
	}
}
