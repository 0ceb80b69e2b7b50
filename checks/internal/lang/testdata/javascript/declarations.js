var a, b = 1;
let {c, d: e, f = 1, g: h = 2, [k]: l, ...rest} = o;
const [m, , n = 3, ...more] = p;
function plain(a, {b}, [c] = [], ...d) { return a; }
async function later() { await x; }
function* generator() { yield 1; yield* other; }
const arrow = async x => x + 1;
const block = (x) => { f(x); };
const expression = function named() {};
class A extends B.C {
  #secret = 1;
  static count = 0;
  field;
  constructor(x) { super(x); }
  get v() { return this.#secret; }
  static async *gen() {}
  [computed]() {}
  static { start(); }
}
const K = class {};
