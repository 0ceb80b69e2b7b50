package a.b
import c.d.E
import c.d.*
import c.d.F as G
@Ann("x") @B
class A<T : Foo>(private val x: Int, y: String = "z") : B(x), C {
  val p: String = "a ${x.y} $z"
  var q = 1
    get() = field
  lateinit var r: Foo
  companion object { const val K = "k" }
  init { foo() }
  constructor(a: Int) : this(a, "b") { bar() }
  @Get override suspend fun m(a: String, vararg b: Int): List<String> { return a.b(1) }
  fun e(x: Int) = x + 1
  fun String.ext(): Int { return this.length }
}
object O { fun x() {} }
interface I { fun f(): Int }
enum class E { A, B(1) }
data class D(val a: Int)
fun main() {
  val a = foo(1, name = "x", *rest); var b: String? = null
  a += 1; a++; a.b?.c(1)!!.d; a ?: b; a as String; a as? B; a is C; a !is C; x in y; x !in y; 1..2; x until y
  list.map { it + 1 }; foo(1) { x, y -> bar(x) }; val f = fun(x: Int): Int { return x }; val g = { x: Int -> x }
  if (a) b() else if (c) d() else { e() }
  val x = if (a) 1 else 2
  when (x) { 1, 2 -> a(); is String -> b(); in 1..2 -> c(); else -> d() }
  when { a > 1 -> b() }
  for (i in 0..10) { foo(i) }; for ((k, v) in m) { }; while (x) { y() }; do { z() } while (w)
  try { a() } catch (e: E) { b() } finally { c() }
  throw E("x"); return@foo x; break; continue@l
  val (p, q) = pair; a[1] = 2; a[x, y]; !a; -b; "raw"; """tri $x"""; 'c'; 1L; 1.5; true; null; this; super.foo()
  object : I { override fun f() = 1 }; A::class.java; ::foo; String::length; a == b && c || d; a === b; listOf<String>("a")
  Runtime.getRuntime().exec(cmd)
}
