use std::io::{self, Read, Write as W};
use a::b::*;
use c::d as e;
mod m { pub fn f() {} }
#[derive(Debug)] #[get("/x")]
pub struct S<T> { pub a: i32, b: String }
struct Tu(i32, pub String);
enum E { A, B(i32), C { x: i32 } }
trait Tr { fn f(&self) -> i32; }
impl<T> Tr for S<T> { fn f(&self) -> i32 { self.a } }
impl S<i32> { pub async fn new(a: i32, mut b: &str, (c, d): (i32, i32)) -> Self { S { a, b: b.to_string(), ..Default::default() } } }
const K: &str = "k"; static mut G: i32 = 1; type Al = i32;
fn main() {
  let x = foo(1, &y, *z)?; let mut w: i32 = 2; let (p, q) = t; let _ = 1;
  x += 1; x = y; a.b().c::<i32>(1).d; a[1]; a[1..2]; A::B::c(x); x as i32; !a; -b; a && b || c; a == b;
  println!("a {}", x); vec![1, 2]; format!("{x}");
  if a { b() } else if let Some(c) = d { e() } else { f() }
  let v = if a { 1 } else { 2 };
  match x { 1 | 2 => a(), Some(y) if y > 1 => { b() } _ => c() }
  for i in 0..10 { foo(i) } while x { } while let Some(y) = z { } loop { break; } 'l: loop { continue 'l; }
  unsafe { foo() } let f = |x, y: i32| x + 1; let g = move |x| { y }; async { z().await }; return x; "s"; r"raw"; b"b"; 'c'; 1u8; 1.5; true; (1, 2); [1, 2]; [0; 3]; ();
  Command::new("sh").arg(x).spawn(); let Some(z) = x else { return }; S { a: 1 }; &mut x; a..=b; macro_call!{ x };
}
