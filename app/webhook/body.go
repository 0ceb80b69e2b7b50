package webhook

import (
	"errors"
	"io"
	"sync"
)

const (
	// MaxBody is the largest payload that GitHub delivers; larger events are not sent at all ("Webhook events and
	// payloads": 25 MB).
	MaxBody = 25 << 20

	// defaultBudget bounds the bytes of all payloads held at once. Anybody can send a body, since it must be read
	// before its signature can be checked.
	defaultBudget = 128 << 20

	// firstChunk holds most payloads: they are 10 to 40 KiB.
	firstChunk = 64 << 10
)

var (
	errTooLarge = errors.New("the payload is larger than 25 MiB")
	errBusy     = errors.New("too many payloads at once")
)

// budget is the memory that payloads may take together.
type budget struct {
	mu   sync.Mutex
	left int64
}

func (b *budget) take(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.left {
		return false
	}
	b.left -= n
	return true
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left += n
}

// read reads a body. Memory is taken as it fills, not as it is announced, so that a slow sender holds no more than it
// has sent. The caller calls release when it is done with the bytes; it is never nil.
func (b *budget) read(body io.Reader) (data []byte, release func(), err error) {
	var taken int64
	release = func() { b.give(taken) }
	for {
		if len(data) == cap(data) {
			size := min(max(firstChunk, 2*cap(data)), MaxBody+1)
			if len(data) == size {
				return nil, release, errTooLarge
			}
			if !b.take(int64(size - cap(data))) {
				return nil, release, errBusy
			}
			taken += int64(size - cap(data))
			grown := make([]byte, len(data), size)
			copy(grown, data)
			data = grown
		}
		n, err := body.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			if len(data) > MaxBody {
				return nil, release, errTooLarge
			}
			return data, release, nil
		}
		if err != nil {
			return nil, release, err
		}
	}
}
