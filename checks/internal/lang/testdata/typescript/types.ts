import type {D} from "d";
import fs = require("fs");
interface Shape<T> extends Base, Other<T> { a: string; b?(x: number): void; [k: string]: any }
enum Color { Red, Green = "g" }
type Id = string | number;
type Pair<T> = [T, T];
namespace A.B { export const x = 1; }
declare module "m" { function f(x: string): void; }
declare const D2: string;
abstract class Q<T extends U = V> implements I, J {
  constructor(private a: string, public readonly b = 2) { super(); }
  private readonly name: string = "a";
  optional?: number;
  abstract m(): Promise<void>;
}
function over(a: string): void;
function over(this: Window, a: any, b?: number, ...c: string[]): void {}
let v: Foo<Bar>, w: () => void, u: typeof x, o: {a: string};
const c1 = x as string, c2 = <any>y, c3 = z!, c4 = q satisfies T, c5 = r as const;
f<string>(x);
new Map<string, number>();
const g = <T,>(x: T) => x;
