#include <stdio.h>
#include "foo.h"
#define K 1
#define F(x) (x+1)
typedef struct { int a; char *b; } S;
struct T { int x; struct T *next; };
enum E { A, B = 2 };
static const char *g = "x" "y";
int arr[3] = {1, 2, 3};
extern int f(int, char *);
static int *fn(char *a, int b[], ...) {
  int x = 1, *y, z[10]; char buf[256] = {0};
  x = f(a, &x); x += 1; x++; --x; *y = 2; a->b.c = 3; z[0] = 1; strcpy(buf, a); (char *)x; sizeof(x); sizeof(int);
  if (x == 1 && !y) foo(); else if (z) { bar(); } else baz();
  for (int i = 0; i < 3; i++) { } for (;;) { break; } while (x) { continue; } do { } while (y);
  switch (x) { case 1: case 2: foo(); break; default: bar(); }
  x ? y : z; goto end; end: return x; struct T t = { .x = 1 }; 'c'; 0x1F; 1.5f; NULL; a, b; (*fp)(x); L"w"; return;
}
int main(void) { return 0; }
#ifdef X
int h(void);
#else
int i(void);
#endif
