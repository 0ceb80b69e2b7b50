#include "parse.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <ucontext.h>
#endif

#include "arena.h"

// READ_CHUNK is how many bytes the lexer gets at a time. A lexer that looks far ahead again and again has to read
// again, and reading costs a step for every READ_PER_STEP bytes: otherwise looking for the end of a comment that has none,
// from each of a million places, would be free.
#define READ_CHUNK 4096
#define READ_PER_STEP 16

const TSLanguage *syntax_language(int language) {
	static const TSLanguage *(*const grammars[])(void) = {
		tree_sitter_python, tree_sitter_javascript, tree_sitter_typescript, tree_sitter_tsx, tree_sitter_go,
		tree_sitter_java, tree_sitter_ruby, tree_sitter_c_sharp, tree_sitter_php, tree_sitter_rust,
		tree_sitter_kotlin, tree_sitter_c, tree_sitter_cpp, tree_sitter_bash, tree_sitter_dockerfile,
		tree_sitter_hcl, tree_sitter_yaml, tree_sitter_toml,
	};
	if (language < 0 || (size_t)language >= sizeof grammars / sizeof *grammars || !grammars[language]) return NULL;
	return grammars[language]();
}

void syntax_install(void) {
	arena_install();
}

typedef struct {
	const char *source;
	uint32_t length;
	bool cut; // the lexer was told that the file ends here, to make it stop
	arena *arena;
} reader;

static const char *read_chunk(void *payload, uint32_t offset, TSPoint position, uint32_t *length) {
	reader *r = payload;
	(void)position;
	*length = 0;
	if (offset >= r->length) return "";
	if (__atomic_load_n(r->arena->stop, __ATOMIC_RELAXED)) {
		r->cut = true;
		return "";
	}
	*length = r->length - offset < READ_CHUNK ? r->length - offset : READ_CHUNK;
	arena_step(r->arena, *length / READ_PER_STEP);
	return r->source + offset;
}

static void describe(const TSTreeCursor *cursor, syntax_node *n, int32_t parent) {
	TSNode node = ts_tree_cursor_current_node(cursor);
	n->symbol = ts_node_symbol(node);
	n->field = ts_tree_cursor_current_field_id(cursor);
	n->flags = (ts_node_is_named(node) ? FLAG_NAMED : 0) | (ts_node_is_extra(node) ? FLAG_EXTRA : 0) |
		(ts_node_is_missing(node) ? FLAG_MISSING : 0) | (n->symbol == UINT16_MAX ? FLAG_ERROR : 0);
	n->start = ts_node_start_byte(node);
	n->end = ts_node_end_byte(node);
	n->parent = parent;
	n->first = n->next = -1;
}

// mark_errors marks what has an error in it. Tree-sitter's own mark leaves out ERROR nodes without children.
static int mark_errors(syntax_result *result) {
	for (uint32_t i = result->count; i-- > 0;) {
		syntax_node *n = &result->nodes[i];
		if (n->flags & (FLAG_ERROR | FLAG_MISSING)) {
			n->flags |= FLAG_HAS_ERROR;
			result->errors++;
		}
		if (n->parent >= 0) result->nodes[n->parent].flags |= n->flags & FLAG_HAS_ERROR;
	}
	return PARSED;
}

// copy writes the tree below root to result in preorder. It keeps no stack: the way back up is in the parents.
static int copy(TSNode root, const syntax_limits *limits, syntax_result *result) {
	uint32_t capacity = ts_node_descendant_count(root);
	if (capacity > limits->nodes) return TOO_MANY_NODES;
	syntax_node *nodes = malloc(capacity * sizeof *nodes);
	if (!nodes) return TOO_MUCH_MEMORY;
	result->nodes = nodes;

	TSTreeCursor cursor = ts_tree_cursor_new(root);
	uint32_t depth = 0;
	int32_t at = 0;
	describe(&cursor, &nodes[0], -1);
	result->count = 1;
	for (;;) {
		int32_t parent;
		if (ts_tree_cursor_goto_first_child(&cursor)) {
			if (++depth > limits->depth) return TOO_DEEP;
			parent = at;
			nodes[at].first = result->count;
		} else {
			while (!ts_tree_cursor_goto_next_sibling(&cursor)) {
				if (depth == 0) return mark_errors(result);
				ts_tree_cursor_goto_parent(&cursor);
				depth--;
				at = nodes[at].parent;
			}
			parent = nodes[at].parent;
			nodes[at].next = result->count;
		}
		if (result->count == capacity) return TOO_MANY_NODES;
		at = result->count++;
		describe(&cursor, &nodes[at], parent);
	}
}

// run is apart from syntax_parse because no variable of its own may change once escape is set.
static void run(const TSLanguage *grammar, reader *input, const syntax_limits *limits, syntax_result *result) {
	arena *memory = input->arena;
	if (setjmp(memory->escape)) {
		// The parser may be in any state; what a scanner took from malloc, a few hundred bytes, is not freed.
		result->status = CRASHED;
		return;
	}
	TSParser *parser = ts_parser_new();
	if (!ts_parser_set_language(parser, grammar)) {
		result->status = NO_PARSER;
		return;
	}
	ts_parser_set_cancellation_flag(parser, memory->stop);
	TSTree *tree = ts_parser_parse(parser, NULL, (TSInput){input, read_chunk, 0});
	result->steps = memory->steps;
	if (memory->exceeded == ARENA_STEPS) result->status = TOO_MANY_STEPS;
	else if (memory->exceeded == ARENA_DEPTH) result->status = TOO_DEEP;
	else if (memory->exceeded == ARENA_MEMORY) result->status = TOO_MUCH_MEMORY;
	else if (!tree || input->cut) result->status = CANCELLED;
	else result->status = copy(ts_tree_root_node(tree), limits, result);
	ts_parser_delete(parser); // for what some scanners take from malloc; the rest goes with the arena
}

typedef struct {
	const TSLanguage *grammar;
	const syntax_limits *limits;
	syntax_result *result;
	reader input;
} job;

static void work(job *j) {
	arena_enter(j->input.arena);
	run(j->grammar, &j->input, j->limits, j->result);
	arena_leave(j->input.arena);
}

// A stack is the same for one parse after the other: mapping 64 MiB and faulting in its first pages takes as long as parsing
// a small file. The lowest page is there to be run into.
#define STACK_GUARD 4096
#define STACKS_KEPT 4

static pthread_mutex_t stack_lock = PTHREAD_MUTEX_INITIALIZER;
static void *spare_stacks[STACKS_KEPT];
static size_t spare_stack_count;

static void *take_stack(void) {
	void *stack = NULL;
	pthread_mutex_lock(&stack_lock);
	if (spare_stack_count) stack = spare_stacks[--spare_stack_count];
	pthread_mutex_unlock(&stack_lock);
	if (stack) return stack;
	stack = mmap(NULL, ARENA_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (stack == MAP_FAILED) return NULL;
	if (mprotect(stack, STACK_GUARD, PROT_NONE)) {
		munmap(stack, ARENA_STACK);
		return NULL;
	}
	return stack;
}

// drop_stack keeps a stack for the next parse, unless that of a hostile file may have touched all of it.
static void drop_stack(void *stack, bool keep) {
	if (keep) {
		pthread_mutex_lock(&stack_lock);
		if (spare_stack_count < STACKS_KEPT) {
			spare_stacks[spare_stack_count++] = stack;
			stack = NULL;
		}
		pthread_mutex_unlock(&stack_lock);
	}
	if (stack) munmap(stack, ARENA_STACK);
}

#ifdef __GLIBC__

static _Thread_local job *entered;

static void enter(void) { work(entered); }

// start runs the job in this thread, on another stack: a thread of its own takes longer to begin and to wait for than a small file
// takes to parse.
static bool start(void *stack, job *j) {
	ucontext_t here, there;
	if (getcontext(&there)) return false;
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = ARENA_STACK;
	there.uc_link = &here;
	entered = j;
	makecontext(&there, enter, 0);
	return !swapcontext(&here, &there);
}

#else

static void *thread(void *j) {
	work(j);
	return NULL;
}

// start runs the job in a thread on that stack, which takes none of the signals that belong to the threads of Go.
static bool start(void *stack, job *j) {
	pthread_t id;
	pthread_attr_t attributes;
	if (pthread_attr_init(&attributes)) return false;
	sigset_t blocked, before;
	sigfillset(&blocked);
	sigdelset(&blocked, SIGSEGV);
	sigdelset(&blocked, SIGBUS);
	sigdelset(&blocked, SIGFPE);
	sigdelset(&blocked, SIGILL);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	bool started = !pthread_attr_setstack(&attributes, stack, ARENA_STACK) && !pthread_create(&id, &attributes, thread, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (started) pthread_join(id, NULL);
	return started;
}

#endif

void syntax_parse(const TSLanguage *grammar, const char *source, uint32_t length, size_t *stop, const syntax_limits *limits, syntax_result *result) {
	arena memory = {.max_steps = limits->steps, .max_memory = limits->memory, .stop = stop};
	job j = {grammar, limits, result, {source, length, false, &memory}};
	void *stack = take_stack();
	if (!stack || !start(stack, &j)) result->status = NO_STACK;
	if (stack) drop_stack(stack, result->status == PARSED && result->count < ARENA_MAX_STACK_NODES);
	if (result->status != PARSED) {
		free(result->nodes);
		result->nodes = NULL;
		result->count = 0;
	}
}
