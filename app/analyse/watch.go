//go:build linux

package analyse

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

const (
	watchEvery = 20 * time.Millisecond // memory grows by at most a few 100 MB meanwhile; RLIMIT_DATA stops it at once
	maxThreads = 512                   // a busy Go program has some tens
)

// The reasons for which a child is killed.
const (
	reasonTime    = "took longer than %s of processor time"
	reasonStalled = "did not end within %s"
	reasonMemory  = "needed more than %d MiB of memory"
	reasonThreads = "started more than %d threads"
)

// watch kills the child when it exceeds a limit or when ctx ends, until the child is to be ended anyway.
func (c *child) watch(ctx context.Context, limits Limits) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	var now *allowance
	var before time.Duration // that was spent before now was given
	for {
		select {
		case <-c.ending:
			return
		case <-ctx.Done():
			c.kill(context.Cause(ctx).Error())
			return
		case at := <-ticker.C:
			// If /proc hides other processes, RLIMIT_DATA alone bounds the memory, and the clock the time.
			use, err := usageOf(c.cmd.Process.Pid)
			if next := c.allowance.Load(); next != now {
				now, before = next, use.processor
			}
			switch {
			case at.After(now.until):
				c.kill(fmt.Sprintf(reasonStalled, stallFactor*now.processor))
				return
			case err != nil:
			case use.processor-before > now.processor:
				c.kill(fmt.Sprintf(reasonTime, now.processor))
				return
			case use.resident > limits.MemoryBytes:
				c.kill(fmt.Sprintf(reasonMemory, limits.MemoryBytes>>20))
				return
			case use.threads > maxThreads:
				c.kill(fmt.Sprintf(reasonThreads, maxThreads))
				return
			}
		}
	}
}

// stallFactor is how many times its processor time a check may take by the clock. On a machine that is busy with other
// things a check gets a share of a processor, and its files come from a parent that gets no more; it is not to be
// blamed for that, and the answer is not to depend on it. What sleeps ends all the same.
const stallFactor = 4

// allowance is the time that a child has for what it does now.
type allowance struct {
	processor time.Duration // of all its threads together
	until     time.Time
}

func (c *child) allow(processor time.Duration) { c.allowUntil(processor, stallFactor*processor) }

// allowUntil is allow with another time by the clock, for a child that waits for us.
func (c *child) allowUntil(processor, clock time.Duration) {
	c.allowance.Store(&allowance{processor, time.Now().Add(clock)})
}

// usage is what a process takes.
type usage struct {
	threads   int
	resident  int64         // bytes
	processor time.Duration // spent so far, in steps of a tick
}

// tick is the unit in which Linux tells programs of processor time.
const tick = time.Second / 100

// The fields of /proc/PID/stat after the command's closing bracket, counted from 0 (proc(5) counts from 1, and from
// the number before it).
const (
	fieldUser     = 11 // ticks
	fieldSystem   = 12 // ticks
	fieldThreads  = 17
	fieldResident = 21 // pages
)

func usageOf(pid int) (usage, error) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return usage{}, err
	}
	// The command may hold anything, brackets and spaces too.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= fieldResident {
		return usage{}, fmt.Errorf("/proc/%d/stat has only %d fields", pid, len(fields))
	}
	var numbers [fieldResident + 1]int64
	for _, i := range []int{fieldUser, fieldSystem, fieldThreads, fieldResident} {
		if numbers[i], err = strconv.ParseInt(string(fields[i]), 10, 64); err != nil {
			return usage{}, err
		}
	}
	return usage{
		threads:   int(numbers[fieldThreads]),
		resident:  numbers[fieldResident] * int64(os.Getpagesize()),
		processor: time.Duration(numbers[fieldUser]+numbers[fieldSystem]) * tick,
	}, nil
}
