// Memory for one parse: all that tree-sitter allocates comes from an arena that is dropped whole, so that nothing can
// leak and a deep tree costs nothing to free. It also counts, which is how the work of a parse is bounded without a
// clock: whatever the parser does, it allocates for it. And it is where a parse that cannot go on is left, because some
// scanners call abort() on source they did not expect.
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Each size class holds blocks of a multiple of 16 bytes up to 1 KiB, then of powers of two up to 32 KiB.
#define ARENA_SMALL 1024
#define ARENA_CLASSES (ARENA_SMALL / 16 + 1 + 5)
#define ARENA_LARGEST (32 << 10)

// ARENA_BYTES_PER_STEP: a block costs a step, and one more for so many bytes. The parser copies the children of an ERROR
// node each time it grows; the square of that is what takes the time in a file of nothing but errors.
#define ARENA_BYTES_PER_STEP 256

// ARENA_STACK_NODE is the size of a node of the parser's stack, of which ARENA_MAX_STACK_NODES may live at a time. The
// runtime merges and frees branches of that stack recursively, 100 to 200 bytes of C stack for each, in a thread
// that has ARENA_STACK bytes for it. Source nested a hundred thousand levels deep overflowed the 8 MiB of an ordinary one.
#define ARENA_STACK_NODE 232
#define ARENA_MAX_STACK_NODES 100000
#define ARENA_STACK (64 << 20)

enum { ARENA_OK, ARENA_STEPS, ARENA_MEMORY, ARENA_DEPTH };

typedef struct arena {
	uint64_t steps, max_steps;   // of allocations, plus what the reader adds
	uint64_t memory, max_memory; // bytes obtained from the system
	uint32_t stack_nodes;        // alive
	int exceeded;                // the first bound passed, or ARENA_OK
	size_t *stop;                // set to 1 when a bound is passed; tree-sitter polls it

	char *next, *end; // what is left of the newest chunk
	size_t chunk_size;
	struct chunk *chunks;
	struct large *larges;
	void *free[ARENA_CLASSES];

	jmp_buf escape; // where abort(), a failed assertion and a lack of memory lead
} arena;

// arena_enter makes tree-sitter on this thread allocate from a until arena_leave, which frees all of it. The caller sets
// a->escape before tree-sitter runs.
void arena_enter(arena *a);
void arena_leave(arena *a);

// arena_step counts n steps.
void arena_step(arena *a, uint64_t n);

// arena_install points tree-sitter at the arenas. Threads outside of a parse use malloc as before.
void arena_install(void);
