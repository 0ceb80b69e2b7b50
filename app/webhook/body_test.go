package webhook

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestAPayloadMayBeAsLargeAsGitHubSendsAndNoLarger(t *testing.T) {
	for _, test := range []struct {
		size int
		want error
	}{{0, nil}, {1, nil}, {firstChunk, nil}, {firstChunk + 1, nil}, {MaxBody, nil}, {MaxBody + 1, errTooLarge}, {2 * MaxBody, errTooLarge}} {
		b := budget{left: defaultBudget}
		body := bytes.Repeat([]byte("x"), test.size)
		data, release, err := b.read(bytes.NewReader(body))
		if !errors.Is(err, test.want) || err == nil && !bytes.Equal(data, body) {
			t.Errorf("%d bytes: %d read, %v", test.size, len(data), err)
		}
		release()
		if b.left != defaultBudget {
			t.Errorf("%d bytes: %d are not given back", test.size, defaultBudget-b.left)
		}
	}
}

func TestManyLargePayloadsAtOnceAreRefusedRatherThanFillTheMemory(t *testing.T) {
	b := budget{left: defaultBudget}
	largest := make([]byte, MaxBody)
	var releases []func()
	for {
		_, release, err := b.read(bytes.NewReader(largest))
		if err != nil {
			release()
			if !errors.Is(err, errBusy) {
				t.Fatal(err)
			}
			break
		}
		releases = append(releases, release)
		if held := int64(len(releases)) * MaxBody; held > defaultBudget {
			t.Fatalf("%d bytes are held", held)
		}
	}
	if len(releases) != defaultBudget/(MaxBody+1) {
		t.Errorf("%d of the largest at once", len(releases))
	}
	if _, release, err := b.read(bytes.NewReader(make([]byte, 30<<10))); err != nil {
		t.Errorf("one of the usual size beside them: %v", err)
	} else {
		release()
	}
	for _, release := range releases {
		release()
	}
	if b.left != defaultBudget {
		t.Errorf("%d bytes are not given back", defaultBudget-b.left)
	}
}

func TestASenderHoldsNoMoreMemoryThanWhatItHasSent(t *testing.T) {
	b := budget{left: defaultBudget}
	body, sender := io.Pipe()
	read := make(chan error)
	go func() {
		_, release, err := b.read(body)
		release()
		read <- err
	}()
	if _, err := sender.Write(make([]byte, 1000)); err != nil { // returns once it was read
		t.Fatal(err)
	}
	b.mu.Lock()
	held := defaultBudget - b.left
	b.mu.Unlock()
	if held != firstChunk {
		t.Errorf("%d bytes are held for one that has sent 1000", held)
	}
	broken := errors.New("broken off")
	sender.CloseWithError(broken)
	if err := <-read; !errors.Is(err, broken) {
		t.Error(err)
	}
	if b.left != defaultBudget {
		t.Errorf("%d bytes are not given back", defaultBudget-b.left)
	}
}
