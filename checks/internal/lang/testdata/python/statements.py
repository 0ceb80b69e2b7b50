a = b = c
a, *b = c
a[0], b.c = d
a: int
a: "Later" = 1
a += 1
a //= 2
if a: pass
elif b: c()
elif d: e()
else: f()
for i, j in pairs: continue
else: done()
async def g():
    async for x in y: await x
    async with open(x) as f, h: pass
    yield from z
    yield a, b
while True: break
try:
    risky()
except (A, B) as e:
    raise X from e
except C:
    raise
except:
    pass
else:
    ok()
finally:
    close()
with a as b: pass
with (a as b, c): pass
match command:
    case Point(x=0, y=q) if q > 0: pass
    case {"a": b, **rest}: pass
    case [first, *_]: pass
    case a.b | 1 | None: pass
    case _: pass
global g1, g2
nonlocal n1
del a, b[0]
assert a, "why"
return a, b
a; b
type Alias = int
