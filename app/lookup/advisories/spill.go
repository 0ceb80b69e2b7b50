package advisories

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sorter sorts more entries than memory should hold: full runs are sorted and put aside in a file, and merged in the end.
type sorter struct {
	dir     string
	limit   int64  // of the file, in bytes
	run     []byte // keys and values of this run, one behind the other
	entries []span // of run
	file    *os.File
	out     *bufio.Writer
	starts  []int64 // of runs in file
	size    int64   // of file
}

// span is where in a run an entry is.
type span struct {
	at         int
	key, value int // lengths
}

const (
	runBytes = 24 << 20 // of memory for a run
	maxSpill = 8 << 30  // of the file
)

func (s *sorter) add(key, value []byte) error {
	if len(s.run)+len(key)+len(value) > runBytes && len(s.entries) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.entries = append(s.entries, span{len(s.run), len(key), len(value)})
	s.run = append(append(s.run, key...), value...)
	return nil
}

// spill sorts the run and puts it into the file. What is left of the file is nobody's: it has no name any more.
func (s *sorter) spill() error {
	if s.file == nil {
		file, err := nameless(s.dir)
		if err != nil {
			return err
		}
		s.file, s.out = file, bufio.NewWriterSize(file, 256<<10)
	}
	slices.SortFunc(s.entries, func(a, b span) int {
		if order := bytes.Compare(s.run[a.at:a.at+a.key], s.run[b.at:b.at+b.key]); order != 0 {
			return order
		}
		return bytes.Compare(s.run[a.at+a.key:a.at+a.key+a.value], s.run[b.at+b.key:b.at+b.key+b.value])
	})
	s.starts = append(s.starts, s.size)
	var head []byte
	for _, e := range s.entries {
		head = binary.AppendUvarint(binary.AppendUvarint(head[:0], uint64(e.key)), uint64(e.value))
		s.size += int64(len(head) + e.key + e.value)
		if s.size > s.limit {
			return fmt.Errorf("more than %d bytes of advisories", s.limit)
		}
		s.out.Write(head) // a bufio.Writer keeps its first error for Flush
		s.out.Write(s.run[e.at : e.at+e.key+e.value])
	}
	s.run, s.entries = s.run[:0], s.entries[:0]
	return s.out.Flush()
}

func (s *sorter) close() {
	if s.file != nil {
		s.file.Close()
	}
}

// nameless makes a file that is gone when it is closed.
func nameless(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, temporary)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// each gives all entries in the order of their keys. Key and value hold until it is called again.
func (s *sorter) each(do func(key, value []byte) error) error {
	if len(s.entries) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.run, s.entries = nil, nil
	var runs merge
	for i, start := range s.starts {
		end := s.size
		if i+1 < len(s.starts) {
			end = s.starts[i+1]
		}
		r := &run{in: bufio.NewReaderSize(io.NewSectionReader(s.file, start, end-start), 64<<10)}
		if err := r.next(); err != nil {
			return err
		}
		runs = append(runs, r)
	}
	heap.Init(&runs)
	for len(runs) > 0 {
		if err := do(runs[0].key, runs[0].value); err != nil {
			return err
		}
		switch err := runs[0].next(); {
		case err == nil:
			heap.Fix(&runs, 0)
		case errors.Is(err, io.EOF):
			heap.Pop(&runs)
		default:
			return err
		}
	}
	return nil
}

// run reads one sorted run.
type run struct {
	in         *bufio.Reader
	key, value []byte
}

func (r *run) next() error {
	key, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err
	}
	value, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err
	}
	entry := slices.Grow(r.key[:0], int(key+value))[:key+value]
	if _, err := io.ReadFull(r.in, entry); err != nil {
		return err
	}
	r.key, r.value = entry[:key], entry[key:]
	return nil
}

// merge is a heap of runs, that with the lowest entry first.
type merge []*run

func (m merge) Len() int      { return len(m) }
func (m merge) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)   { *m = append(*m, x.(*run)) }
func (m *merge) Pop() any     { last := (*m)[len(*m)-1]; *m = (*m)[:len(*m)-1]; return last }
func (m merge) Less(i, j int) bool {
	if order := bytes.Compare(m[i].key, m[j].key); order != 0 {
		return order < 0
	}
	return bytes.Compare(m[i].value, m[j].value) < 0
}
