#include "arena.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "treesitter.h"

// Most files fit in the first chunk. Of the others so many are kept for the next parse, whose pages need no clearing.
#define FIRST_CHUNK (64 << 10)
#define CHUNK (1 << 20)
#define CHUNKS_KEPT 32
#define LARGE UINT64_MAX
#define STACK_NODE ((ARENA_STACK_NODE + 15) / 16)

// Blocks are preceded by their size class, or by LARGE. Like malloc's they are 16-byte aligned.
typedef struct chunk {
	struct chunk *older;
	size_t size;
} chunk;

typedef struct large {
	struct large *previous, *next;
	uint64_t size;
	uint64_t class;
} large;

static _Thread_local arena *current;

static uint64_t *class_of(void *block) {
	return (uint64_t *)block - 1;
}

static large *large_of(void *block) {
	return (large *)block - 1;
}

static size_t class_for(size_t size) {
	if (size <= ARENA_SMALL) return (size + 15) / 16;
	size_t class = ARENA_SMALL / 16 + 1;
	for (size_t limit = 2 * ARENA_SMALL; limit < size; limit *= 2) class++;
	return class;
}

static size_t class_size(size_t class) {
	if (class <= ARENA_SMALL / 16) return class * 16;
	return (size_t)ARENA_SMALL << (class - ARENA_SMALL / 16);
}

void __real_abort(void) __attribute__((noreturn));
void __wrap_abort(void) __attribute__((noreturn));
void __wrap___assert_fail(const char *, const char *, unsigned, const char *) __attribute__((noreturn));

// The linker sends every call of abort in this program here (--wrap). Outside of a parse it does what it always does.
void __wrap_abort(void) {
	if (current) longjmp(current->escape, 1);
	__real_abort();
}

void __wrap___assert_fail(const char *expression, const char *file, unsigned line, const char *function) {
	(void)expression, (void)file, (void)line, (void)function;
	__wrap_abort();
}

static void exceed(arena *a, int bound) {
	if (a->exceeded == ARENA_OK) a->exceeded = bound;
	__atomic_store_n(a->stop, 1, __ATOMIC_RELAXED);
}

static void *must(void *block) {
	if (!block) __wrap_abort();
	return block;
}

void arena_step(arena *a, uint64_t n) {
	a->steps += n;
	if (a->steps > a->max_steps) exceed(a, ARENA_STEPS);
}

static void take(arena *a, size_t size) {
	a->memory += size;
	if (a->memory > a->max_memory) exceed(a, ARENA_MEMORY);
}

static void link_large(arena *a, large *block) {
	block->previous = NULL;
	block->next = a->larges;
	if (a->larges) a->larges->previous = block;
	a->larges = block;
}

static void unlink_large(arena *a, large *block) {
	if (block->previous) block->previous->next = block->next;
	else a->larges = block->next;
	if (block->next) block->next->previous = block->previous;
}

static void *allocate_large(arena *a, size_t size) {
	take(a, size);
	large *block = must(malloc(sizeof(large) + size));
	block->size = size;
	block->class = LARGE;
	link_large(a, block);
	return block + 1;
}

static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;
static chunk *spares[CHUNKS_KEPT];
static size_t spare_count;

static chunk *new_chunk(size_t size) {
	chunk *spare = NULL;
	if (size == CHUNK) {
		pthread_mutex_lock(&spare_lock);
		if (spare_count) spare = spares[--spare_count];
		pthread_mutex_unlock(&spare_lock);
	}
	return spare ? spare : must(malloc(size));
}

static void drop_chunk(chunk *dropped) {
	bool kept = false;
	if (dropped->size == CHUNK) {
		pthread_mutex_lock(&spare_lock);
		if (spare_count < CHUNKS_KEPT) {
			spares[spare_count++] = dropped;
			kept = true;
		}
		pthread_mutex_unlock(&spare_lock);
	}
	if (!kept) free(dropped);
}

static void *allocate_new(arena *a, size_t class) {
	size_t size = class_size(class) + 16;
	if ((size_t)(a->end - a->next) < size) {
		chunk *newest = new_chunk(a->chunk_size);
		take(a, a->chunk_size);
		newest->size = a->chunk_size;
		newest->older = a->chunks;
		a->chunks = newest;
		a->next = (char *)(newest + 1);
		a->end = (char *)newest + a->chunk_size;
		a->chunk_size = CHUNK;
	}
	void *block = a->next + 16;
	a->next += size;
	*class_of(block) = class;
	return block;
}

static void *arena_malloc(size_t size) {
	arena *a = current;
	if (!a) return must(malloc(size ? size : 1));
	arena_step(a, 1 + size / ARENA_BYTES_PER_STEP);
	if (size > ARENA_LARGEST) return allocate_large(a, size);
	size_t class = class_for(size);
	if (class == STACK_NODE && ++a->stack_nodes > ARENA_MAX_STACK_NODES) exceed(a, ARENA_DEPTH);
	void *block = a->free[class];
	if (!block) return allocate_new(a, class);
	memcpy(&a->free[class], block, sizeof(void *));
	return block;
}

static void *arena_calloc(size_t count, size_t size) {
	if (size && count > SIZE_MAX / 2 / size) __wrap_abort();
	void *block = arena_malloc(count * size);
	return memset(block, 0, count * size);
}

static void arena_free(void *block) {
	arena *a = current;
	if (!a) {
		free(block);
		return;
	}
	if (!block) return;
	uint64_t class = *class_of(block);
	if (class == LARGE) {
		a->memory -= large_of(block)->size;
		unlink_large(a, large_of(block));
		free(large_of(block));
	} else if (class) {
		if (class == STACK_NODE) a->stack_nodes--;
		memcpy(block, &a->free[class], sizeof(void *));
		a->free[class] = block;
	}
}

static void *arena_realloc(void *block, size_t size) {
	arena *a = current;
	if (!a) return must(realloc(block, size ? size : 1));
	if (!block) return arena_malloc(size);
	uint64_t class = *class_of(block);
	size_t old = class == LARGE ? large_of(block)->size : class_size(class);
	if (size <= old) return block;
	void *grown = arena_malloc(size);
	memcpy(grown, block, old);
	arena_free(block);
	return grown;
}

void arena_enter(arena *a) {
	a->chunk_size = FIRST_CHUNK;
	current = a;
}

void arena_leave(arena *a) {
	current = NULL;
	while (a->chunks) {
		chunk *older = a->chunks->older;
		drop_chunk(a->chunks);
		a->chunks = older;
	}
	while (a->larges) {
		large *next = a->larges->next;
		free(a->larges);
		a->larges = next;
	}
}

void arena_install(void) {
	ts_set_allocator(arena_malloc, arena_calloc, arena_realloc, arena_free);
}
