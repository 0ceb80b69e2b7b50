using System;
using X = A.B;
using static System.Math;
namespace N.M {
  [Route("a", Name = "b")] [Foo]
  public class A<T> : B, IC where T : class {
    private const string K = "k";
    public int P { get; set; } = 3;
    public int Q => 4;
    static int[] arr = { 1, 2 };
    public A(int x, string y = "z") : base(x) { this.x = x; }
    [HttpGet]
    public async Task<int> M([FromBody] string a, params int[] rest) {
      var s = $"a {a} b{x:N2}"; string v = @"c\d"; int i = 0, j = 1;
      s += a; i++; --i; s = a ?? b; s ??= c;
      foo(a, b: 1, out var z, ref y);
      new Foo(1) { A = 1, B = 2 }; new int[] {1}; new int[3]; new { a = 1 }; new(1);
      a.B().C[0]?.D(); a?.b?[1];
      if (a is string q && x is not null) { } else if (b) c(); else { d(); }
      for (int k = 0; k < 3; k++) { } foreach (var f in fs) { g(f); } while (x) { } do { } while (y);
      try { a(); } catch (E e) when (e.x) { } catch { } finally { }
      using (var u = O()) { } using var w = O();
      lock (x) { } switch (x) { case 1: case 2: a(); break; default: b(); break; }
      var r = x switch { 1 => "a", _ => "b" };
      Func<int, int> l = x => x + 1; Action l2 = (int a, b) => { c(); }; Func<int> l3 = delegate(int a) { return 1; };
      (string)x; x as string; typeof(X); nameof(y); default(int); await z; throw new E("x"); return a == b ? 1 : 2;
      (int, int) t = (1, 2); "a" + 'c' + 1.5 + true + null; !x; -y; int.Parse("1"); List<string> ls = new List<string>();
      goto x; yield return 1; checked { } unsafe { } var raw = """a""";
      from x in y where x.a select x.b; x => y; a[1..2]; global::System.X; base.Foo(); Local(1); int Local(int a) { return a; }
    }
    public static void Main() => Run();
    ~A() { } public event E Ev; public int this[int i] => 1; public static A operator +(A a) { }
  }
  struct S { } interface I { void F(); } enum E { A = 1, B } record R(int X); delegate int D(int x);
}
