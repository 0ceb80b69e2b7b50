//go:build linux

package hostile

/*
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void segfault(void) { *(volatile int *)8 = 1; }

static void spin(void) { volatile unsigned long n = 0; for (;;) n++; }

// eat takes up to the given number of MiB and touches every page. It returns how many it got.
static int eat(int mib) {
	int got = 0;
	for (; got < mib; got++) {
		char *p = malloc(1 << 20);
		if (!p) break;
		memset(p, 1, 1 << 20);
	}
	return got;
}

static void *wait_for_ever(void *unused) {
	static pthread_mutex_t never = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&never);
	pthread_mutex_lock(&never);
	return unused;
}

// threads starts up to n threads with small stacks and returns how many it got.
static int threads(int n) {
	pthread_attr_t attr;
	pthread_t t;
	int got = 0;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	while (got < n && pthread_create(&t, &attr, wait_for_ever, NULL) == 0) got++;
	return got;
}

static void *churn(void *result) {
	size_t size = 1 << 20;
	for (int i = 0; i < 100; i++) {
		char *p = malloc(size + i);
		if (!p) return result;
		memset(p, i, size + i);
		p = realloc(p, 2 * size);
		if (!p) return result;
		free(p);
	}
	*(int *)result = 1;
	return NULL;
}

// busy has n C threads use the heap at once, and a block of 100 MiB. It returns whether all went well.
static int busy(int n) {
	pthread_t t[64];
	int ok[64] = {0}, all = n <= 64;
	char *big = malloc(100 << 20);
	if (!big) return 0;
	memset(big, 1, 100 << 20);
	for (int i = 0; i < n && all; i++) all = pthread_create(&t[i], NULL, churn, &ok[i]) == 0;
	for (int i = 0; i < n && all; i++) { pthread_join(t[i], NULL); all = ok[i]; }
	free(big);
	return all;
}
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/assay-app/assay/checks"
)

func segfault()   { C.segfault() }
func abort()      { C.abort() }
func spinInC()    { C.spin() }
func sleep()      { <-make(chan bool) }
func eatThreads() { C.threads(1 << 20); spin() }

func panicHere() {
	var none []int
	_ = none[len(os.Args)]
}

func panicElsewhere() {
	go panicHere()
	spin()
}

func exitQuietly() { os.Exit(0) }

func overflowStack() {
	var deeper func(int) int
	deeper = func(n int) int { return deeper(n+1) + n }
	deeper(0)
}

func spin() {
	for n := 0; ; n++ {
		if n == -1 {
			return
		}
	}
}

// eightGiB in MiB.
const eightGiB = 8 << 10

func eatMemory() {
	var kept [][]byte
	for range eightGiB {
		block := make([]byte, 1<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		kept = append(kept, block)
	}
	runtime.KeepAlive(kept)
}

func eatMemoryInC() {
	if got := C.eat(eightGiB); got < eightGiB {
		C.abort() // as a program would that does not check
	}
}

// beBusy does what an honest check may: many goroutines and threads, C's heap, garbage, timers.
func beBusy(context.Context, *checks.Change) (checks.Report, error) {
	if C.busy(16) != 1 {
		return checks.Report{}, errors.New("memory of C could not be used")
	}
	var group sync.WaitGroup
	sums := make([]int, 64)
	for i := range sums {
		group.Go(func() {
			if i%2 == 0 {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			}
			for range 50 {
				garbage := make([]byte, 256<<10)
				garbage[i] = 1
				sums[i] += int(garbage[i])
				time.Sleep(time.Microsecond)
			}
		})
	}
	group.Wait()
	runtime.GC()
	for i, sum := range sums {
		if sum != 50 {
			return checks.Report{}, fmt.Errorf("goroutine %d counted %d", i, sum)
		}
	}
	return checks.Report{Evidence: []checks.Evidence{evidence("busy", "went well")}}, nil
}
