// What this package calls of tree-sitter. The objects are linked in by the Go packages of smacker/go-tree-sitter; the
// declarations are weak because cgo links each package once by itself, where those objects are missing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEAK __attribute__((weak))

typedef struct TSLanguage TSLanguage;
typedef struct TSParser TSParser;
typedef struct TSTree TSTree;

typedef struct {
	uint32_t row, column;
} TSPoint;

typedef struct {
	void *payload;
	const char *(*read)(void *payload, uint32_t offset, TSPoint position, uint32_t *length);
	int encoding; // 0 is UTF-8
} TSInput;

typedef struct {
	uint32_t context[4];
	const void *id;
	const void *tree;
} TSNode;

typedef struct {
	const void *tree;
	const void *id;
	uint32_t context[3];
} TSTreeCursor;

void ts_set_allocator(void *(*)(size_t), void *(*)(size_t, size_t), void *(*)(void *, size_t), void (*)(void *)) WEAK;

TSParser *ts_parser_new(void) WEAK;
void ts_parser_delete(TSParser *) WEAK;
bool ts_parser_set_language(TSParser *, const TSLanguage *) WEAK;
void ts_parser_set_cancellation_flag(TSParser *, const size_t *) WEAK;
TSTree *ts_parser_parse(TSParser *, const TSTree *, TSInput) WEAK;
TSNode ts_tree_root_node(const TSTree *) WEAK;

TSTreeCursor ts_tree_cursor_new(TSNode) WEAK;
bool ts_tree_cursor_goto_first_child(TSTreeCursor *) WEAK;
bool ts_tree_cursor_goto_next_sibling(TSTreeCursor *) WEAK;
bool ts_tree_cursor_goto_parent(TSTreeCursor *) WEAK;
TSNode ts_tree_cursor_current_node(const TSTreeCursor *) WEAK;
uint16_t ts_tree_cursor_current_field_id(const TSTreeCursor *) WEAK;

uint16_t ts_node_symbol(TSNode) WEAK;
uint32_t ts_node_start_byte(TSNode) WEAK;
uint32_t ts_node_end_byte(TSNode) WEAK;
bool ts_node_is_named(TSNode) WEAK;
bool ts_node_is_extra(TSNode) WEAK;
bool ts_node_is_missing(TSNode) WEAK;
uint32_t ts_node_descendant_count(TSNode) WEAK;

uint32_t ts_language_symbol_count(const TSLanguage *) WEAK;
const char *ts_language_symbol_name(const TSLanguage *, uint16_t) WEAK;
uint16_t ts_language_symbol_for_name(const TSLanguage *, const char *, uint32_t, bool named) WEAK;
uint32_t ts_language_field_count(const TSLanguage *) WEAK;
const char *ts_language_field_name_for_id(const TSLanguage *, uint16_t) WEAK;

const TSLanguage *tree_sitter_bash(void) WEAK;
const TSLanguage *tree_sitter_c(void) WEAK;
const TSLanguage *tree_sitter_c_sharp(void) WEAK;
const TSLanguage *tree_sitter_cpp(void) WEAK;
const TSLanguage *tree_sitter_dockerfile(void) WEAK;
const TSLanguage *tree_sitter_go(void) WEAK;
const TSLanguage *tree_sitter_hcl(void) WEAK;
const TSLanguage *tree_sitter_java(void) WEAK;
const TSLanguage *tree_sitter_javascript(void) WEAK;
const TSLanguage *tree_sitter_kotlin(void) WEAK;
const TSLanguage *tree_sitter_php(void) WEAK;
const TSLanguage *tree_sitter_python(void) WEAK;
const TSLanguage *tree_sitter_ruby(void) WEAK;
const TSLanguage *tree_sitter_rust(void) WEAK;
const TSLanguage *tree_sitter_toml(void) WEAK;
const TSLanguage *tree_sitter_tsx(void) WEAK;
const TSLanguage *tree_sitter_typescript(void) WEAK;
const TSLanguage *tree_sitter_yaml(void) WEAK;
