if (a) b(); else if (c) d(); else { e(); }
for (let i = 0, j = 1; i < n; i++) {}
for (;;) break;
for (const k in o) f(k);
for (x of y) {}
for await (const v of o) {}
while (x) y();
do { y(); } while (x);
switch (x) { case 1: case 2: f(); break; default: g(); }
outer: for (;;) { continue outer; }
try { a(); } catch ({message}) { b(); } finally { c(); }
try { a(); } catch {}
throw new Error("x");
with (o) { p; }
debugger;
{ let inner; }
