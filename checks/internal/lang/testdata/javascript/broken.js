function f(x) {
  eval(x;
  const y = = exec(x);
}
}
dangerous(z);
