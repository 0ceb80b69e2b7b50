#pragma once

#include "treesitter.h"

enum { FLAG_NAMED = 1, FLAG_EXTRA = 2, FLAG_MISSING = 4, FLAG_ERROR = 8, FLAG_HAS_ERROR = 16 };

// syntax_node has the layout of Go's Node.
typedef struct {
	uint16_t symbol, field;
	uint8_t flags;
	uint32_t start, end;
	int32_t parent, first, next;
} syntax_node;

typedef struct {
	uint64_t steps, memory;
	uint32_t nodes, depth;
} syntax_limits;

enum { PARSED, CANCELLED, TOO_MANY_STEPS, TOO_MUCH_MEMORY, TOO_MANY_NODES, TOO_DEEP, NO_PARSER, NO_STACK, CRASHED };

typedef struct {
	int status;
	syntax_node *nodes; // malloc'ed; NULL unless PARSED
	uint32_t count, errors;
	uint64_t steps;
} syntax_result;

// syntax_language is the grammar of a Language of Go, or NULL when it is not linked in.
const TSLanguage *syntax_language(int language);

// syntax_install must be called once before the first parse.
void syntax_install(void);

// syntax_parse parses and copies the tree in preorder. It stops soon after stop becomes nonzero, and sets it itself
// when a limit is passed.
void syntax_parse(const TSLanguage *grammar, const char *source, uint32_t length, size_t *stop, const syntax_limits *limits, syntax_result *result);
