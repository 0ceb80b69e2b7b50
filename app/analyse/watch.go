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
	reasonTime    = "took longer than %s"
	reasonMemory  = "needed more than %d MiB of memory"
	reasonThreads = "started more than %d threads"
)

// watch kills the child when it exceeds a limit or when ctx ends, until the child is to be ended anyway.
func (c *child) watch(ctx context.Context, limits Limits) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.ending:
			return
		case <-ctx.Done():
			c.kill(context.Cause(ctx).Error())
			return
		case now := <-tick.C:
			if now.After(*c.deadline.Load()) {
				c.kill(fmt.Sprintf(reasonTime, limits.Time))
				return
			}
			// If /proc hides other processes, RLIMIT_DATA alone bounds the memory.
			use, err := usageOf(c.cmd.Process.Pid)
			switch {
			case err != nil:
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

// usage is what a process takes.
type usage struct {
	threads  int
	resident int64 // bytes
}

// The fields of /proc/PID/stat after the command's closing bracket, counted from 0 (proc(5) counts from 1, and from
// the number before it).
const (
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
	threads, err := strconv.Atoi(string(fields[fieldThreads]))
	if err != nil {
		return usage{}, err
	}
	pages, err := strconv.ParseInt(string(fields[fieldResident]), 10, 64)
	return usage{threads: threads, resident: pages * int64(os.Getpagesize())}, err
}
