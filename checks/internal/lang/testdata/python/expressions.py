a < b < c
a < f(x) != c
a not in b and c is not None or not d
-x ** 2 @ y
(n := 10)
a if b else c
[x for x in xs if x if y for y in x]
{x for x in xs}
{k: v for k, v in d.items()}
f(x for x in xs)
f(a, *b, **c, key=1)
{1, 2}
{"a": 1, **rest}
()
(a,)
a, b
x[1]
x[1, 2]
x[1:2]
x[:, ::3]
x.y.z()[0].w
await x
lambda: 0
(a)
