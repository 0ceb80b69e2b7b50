<?php
namespace A\B;
use C\D as E, F\G;
use function H\i;
const K = 1;
require_once 'x.php';
include($x);
#[Attr(1)]
abstract class A extends B implements C, D {
  use T;
  const X = 1;
  private ?string $p = "a";
  public static $q;
  public function __construct(private int $x, $y = 1, string ...$rest) { $this->x = $x; parent::__construct($x); self::$q = 1; }
  public static function m(): string { return static::foo(); }
}
interface I { function f(); } trait T { } enum E: string { case A = 'a'; }
function f(&$a, array $b = []) { global $g; static $s = 1; return $a . "b $c {$d['x']} {$e->f} $e->g $h[0]"; }
$a = $_GET['x']; $b = 'raw'; $c = array(1, 'a' => 2, ...$z); $d = [1, 'k' => 2]; list($x, $y) = $z; [$p, $q] = $r;
$a->b->c($d, name: 1); A::b($x); new Foo($x); $f($x); $a?->b(); A::C; $a['b']['c'] = 1; $a[] = 2; A\B\f($x); \strlen($s);
$x .= "a"; $x ??= 1; $i++; !$a && $b || $c and $d; $a ?? $b; $a ? $b : $c; $a ?: $b; $a === $b; $a instanceof A; (int)$x; -$x; @f();
if ($a) { b(); } elseif ($c) { d(); } else if ($e) { f(); } else { g(); }
if ($a): b(); else: c(); endif;
for ($i = 0; $i < 3; $i++) { } foreach ($a as $k => $v) { } foreach ($a as $v): endforeach; while ($x) { } do { } while ($y);
switch ($x) { case 1: a(); break; default: b(); }
try { a(); } catch (E | F $e) { b(); } finally { c(); }
$f = function($x) use ($y) { return $x; }; $g = fn($x) => $x + 1; $m = match($x) { 1, 2 => 'a', default => 'b' };
echo $a, "b"; print $x; exit(1); die("x"); unset($a); isset($b); empty($c); `ls $x`; throw new E("x"); eval($code);
$h = <<<EOT
hi $x
EOT;
$n = <<<'EOT'
raw
EOT;
return;
?>
<p><?= $x ?></p>
<?php foo();
