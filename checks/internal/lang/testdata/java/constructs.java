package p;
import java.util.List;
import java.util.*;
import static java.lang.Math.max;
@Foo(value = 3)
@Bar({1, 2})
public class A<T extends B> extends D implements I, J {
  private String name = "abc";
  private int x;
  static final int[] ARR = {1, 2};
  @Test
  public void t1() throws Exception { foo(); }
  @RequestMapping("/a")
  public String t2(@P("x") String p, final int q, String... rest) {
    String s = "a" + p;
    String s2 = p + "b" + q;
    foo();
    int y = 1;
    bar();
    foo(1, 2).bar();
    a.b().c.bar();
    x.foo(1);
    this.x = y;
    y++;
    Object o = (String) s;
    if (o instanceof String) { bar(); } else if (y == 1) bar(); else { foo(); }
    if (o instanceof String str && y > 0) bar();
    for (int i = 0; i < 10; i++) { foo(i); }
    for (String k : list) foo(k);
    while (y < 2) { y--; }
    do { y++; } while (y < 10);
    try { foo(); } catch (IOException | RuntimeException e) { bar(); } finally { baz(); }
    try (InputStream in = open(); Out out = o2()) { foo(); }
    List<String> l = new ArrayList<>();
    List<String> l2 = Lists.<String>of("a");
    int[] arr = new int[3];
    int[] arr2 = new int[] {1, 2};
    arr[0] = 1;
    Runnable r = () -> foo();
    Function<String, String> f = v -> v + "x";
    g((a, b) -> { return a; });
    h(A::new, String::valueOf, this::foo);
    switch (y) { case 1: foo(); break; case 2: default: bar(); }
    int z = switch (y) { case 1, 2 -> 3; case 4 -> { yield 5; } default -> 6; };
    int w = switch (o) { case String q2 when q2.length() > 1 -> 1; case Foo(int m, var n) -> 2; default -> 0; };
    synchronized (this) { foo(); }
    assert y > 0 : "msg";
    String tb = """
      hello
      world""";
    String c = y > 0 ? "a" : "b";
    Class<?> k = String.class;
    s.equals("a");
    l.add("x");
    foo(y + 1);
    label: for (;;) { break label; }
    char ch = 'a';
    long big = 10L, bigger = 0xFFL;
    new Thread(new Runnable() { public void run() { foo(); } }).start();
    if (a) return "x";
    throw new RuntimeException("x");
  }
  A() { super(); this.x = 1; }
  static { foo(); }
  record R(int a, String b) { R { foo(); } }
  enum E { X, Y(1) { void q() {} }; int v; E(int v) { this.v = v; } }
  sealed interface S permits R1, R2 { int f(); default void g() {} }
  @interface Ann { String value() default "x"; }
  public static void main(String[] args) { return; }
}
