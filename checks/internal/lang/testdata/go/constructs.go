package p

import (
	ctls "crypto/tls"
	_ "embed"
	"fmt"
	. "strings"
)
import "os"

const A = "a"
const (
	B = iota
	C
)

var v1 int
var v2 int = 3
var v3 = "x"
var (
	v4, v5 = 1, 2
)

type T struct {
	A    string `json:"a"`
	B, C int
	*E
	pkg.F
}
type I interface {
	M(x int) (string, error)
	Other
}
type Num interface{ ~int | ~float64 }
type G[K comparable, V any] struct{ m map[K]V }
type Al = string
type Fn func(int) string

func (t *T) M(r *http.Request, b string) (int, error) {
	x, err := os.Open("a" + b)
	if err != nil {
		return 0, err
	}
	defer x.Close()
	if y := foo(); y > 0 {
		bar()
	} else if z {
		baz()
	} else {
		qux()
	}
	for i := 0; i < 3; i++ {
		foo(i)
	}
	for i := range xs {
		foo(i + 1)
	}
	for _, v := range xs {
		foo(v)
	}
	for {
		break
	}
	for x < 1 {
		continue
	}
	go foo()
	go func() { bar() }()
	c := &tls.Config{InsecureSkipVerify: true, Foo: 1}
	d := tls.Config{Foo: 1}
	bs := []byte("x")
	l := []int{1, 2}
	m := map[string]int{"a": 1}
	q := m["a"]
	w := l[1:2]
	w2 := l[:]
	s, ok := q.(string)
	if _, ok := m["x"]; !ok {
		foo()
	}
	switch x {
	case 1, 2:
		foo()
	default:
		bar()
	}
	switch t := x.(type) {
	case string:
		foo(t)
	}
	select {
	case v := <-ch:
		foo(v)
	case ch <- 1:
	default:
	}
	fmt.Sprintf("a %s", b)
	r.FormValue("x")
	foo(l...)
	ch := make(chan int)
	ch <- 1
	<-ch
	x++
	x += 2
	p := new(T)
	*p = 3
	raw := `a
b`
	Map[int, string](l)
	a.b().c.Foo()
	mu.Lock()
	foo()
	mu.Unlock()
L:
	for {
		goto L
	}
	return 1, nil
}

func Gen[T any](x T) T { return x }
