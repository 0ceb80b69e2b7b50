import def, {a as b, default as c} from "m";
import * as ns from 'n';
import "side";
const {exec, spawn: run} = require("child_process");
export {a, b as c} from "m";
export * from "m2";
export * as q from "m3";
export {def, b as d};
export default function named() {}
export default f(x);
export const one = 1, two = 2;
export class K {}
import("late").then(m => m);
import.meta.url;
