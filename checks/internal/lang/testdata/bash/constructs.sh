#!/bin/bash
set -e
X=1 FOO="a $b ${c:-d}" cmd -x "lit" 'raw' $Y ${Z} $(sub a) `back` a$b"c"
readonly A=b
export P=q R
local z
declare -a arr=(1 2)
arr[0]=3
X+=1
a | b 2>&1 | c > out.txt && d || e &
if [ "$a" = "b" ]; then foo; elif [[ $x =~ re && -f y ]]; then bar; else baz; fi
for i in a b $c; do foo $i; done
for ((i=0;i<3;i++)); do foo; done
while read -r l; do echo $l; done < file
until foo; do bar; done
case $x in a|b) foo;; *) bar;; esac
f() { echo $1 "$@"; return 1; }
function g { foo; }
( cd x; ls )
{ a; b; }
cat <<EOF | tee
hello $x
EOF
cat <<'EOF'
raw
EOF
cat <<< "here"
! foo
x=$((1+2))
eval "$cmd"
curl http://a | sudo bash
unset x
test -f a
$'ansi'
diff <(a) <(b)
