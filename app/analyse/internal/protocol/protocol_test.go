package protocol

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func TestFramesArriveAsSent(t *testing.T) {
	sent := []Frame{
		{Type: Started, Body: []byte("secret")},
		{Type: Open, ID: 7, Body: OpenRequest{FileName: FileName{Head, "a/b"}, Ahead: true}.Append(nil)},
		{Type: Item, Body: bytes.Repeat([]byte("x"), MaxItem)},
		{Type: Done, Body: []byte{}},
	}
	var wire bytes.Buffer
	for _, f := range sent {
		if _, err := f.WriteTo(&wire); err != nil {
			t.Fatal(err)
		}
	}
	r := NewReader(&wire, Type.FromChild)
	for _, want := range sent {
		if got, err := r.Next(); err != nil || !cmp.Equal(got, want) {
			t.Errorf("type %d: %v", want.Type, err)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestFrameBounds(t *testing.T) {
	for kind := range Type(255) {
		if !kind.FromChild() && !kind.FromParent() {
			continue
		}
		header := Frame{Type: kind}.Append(nil)
		binary.BigEndian.PutUint32(header[8:], kind.maxBody()+1)
		if _, err := NewReader(bytes.NewReader(header), func(Type) bool { return true }).Next(); !violates(err) {
			t.Errorf("type %d: a body beyond its bound: %v", kind, err)
		}
		if _, err := (Frame{Type: kind, Body: make([]byte, kind.maxBody()+1)}).WriteTo(io.Discard); !violates(err) {
			t.Errorf("type %d: sending beyond its bound: %v", kind, err)
		}
	}
}

func TestFramesThatAreNone(t *testing.T) {
	good := Frame{Type: Started, Body: []byte("x")}.Append(nil)
	change := func(at int, to byte) []byte {
		b := bytes.Clone(good)
		b[at] = to
		return b
	}
	for name, wire := range map[string][]byte{
		"another version":    change(0, 2),
		"an unknown type":    change(1, 200),
		"a parent's type":    change(1, byte(Answer)),
		"a byte that is set": change(3, 1),
	} {
		if _, err := NewReader(bytes.NewReader(wire), Type.FromChild).Next(); !violates(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for cut := 1; cut < len(good); cut++ {
		if _, err := NewReader(bytes.NewReader(good[:cut]), Type.FromChild).Next(); err != io.ErrUnexpectedEOF {
			t.Errorf("cut after %d bytes: %v", cut, err)
		}
	}
}

// TestALengthAloneReservesLittle: a header that promises much is no way to make the reader swell.
func TestALengthAloneReservesLittle(t *testing.T) {
	header := Frame{Type: Change}.Append(nil)
	binary.BigEndian.PutUint32(header[8:], MaxSubject)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := NewReader(bytes.NewReader(header), Type.FromParent).Next(); err != io.ErrUnexpectedEOF {
		t.Errorf("error %v", err)
	}
	runtime.ReadMemStats(&after)
	allocated := after.TotalAlloc - before.TotalAlloc
	if allocated > 8<<20 {
		t.Errorf("%d bytes were allocated", allocated)
	}
}

func violates(err error) bool { _, ok := IsViolation(err); return ok }

func TestValidPath(t *testing.T) {
	for _, p := range []string{".", "a", "a/b", "a b", "\xff", "...", "..a/b", "a\nb", strings.Repeat("a", MaxPath)} {
		if !ValidPath(p) {
			t.Errorf("%.20q should be valid", p)
		}
	}
	for _, p := range []string{"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\x00", strings.Repeat("a", MaxPath+1)} {
		if p != "." && ValidPath(p) {
			t.Errorf("%.20q should not be valid", p)
		}
	}
}

func TestRequestsAndAnswersSurviveTheWire(t *testing.T) {
	t.Run("a read", func(t *testing.T) {
		want := ReadRequest{FileID: 3, Offset: 1 << 40, Length: MaxRead}
		if got, err := ParseRead(want.Append(nil)); err != nil || got != want {
			t.Errorf("%v (%v)", got, err)
		}
	})
	t.Run("a list of paths", func(t *testing.T) {
		want := PathList{Revision: 5, Paths: []checks.Path{"a", "b/c", "\xff"}}
		if got, err := ParsePathList(want.Append(nil)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v (%v)", got, err)
		}
	})
	t.Run("a result", func(t *testing.T) {
		want := Result{FileName{Head, "a/b"}, []string{"c", "\xff"}, []byte("[]")}
		if got, err := ParseResult(want.Append(nil)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v (%v)", got, err)
		}
	})
	t.Run("an opened file", func(t *testing.T) {
		want := Opened{Attributes{fs.ModeSymlink | 0o777, 5}, 9, []byte("hello")}
		if got, err := ParseOpened(want.Append(nil)); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v (%v)", got, err)
		}
	})
	t.Run("a directory", func(t *testing.T) {
		want := []Entry{{fs.ModeDir, "a"}, {0, "b\nc"}}
		if got, err := ParseEntries(want[1].Append(want[0].Append(nil))); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v (%v)", got, err)
		}
	})
	t.Run("a failure, and nothing of its text", func(t *testing.T) {
		for _, err := range []error{fs.ErrNotExist, ErrRefused, ErrTooManyOpen, ErrUnreadable} {
			if _, got := CutStatus([]byte{byte(StatusOf(err))}); !errors.Is(got, err) {
				t.Errorf("%v became %v", err, got)
			}
		}
		if _, got := CutStatus([]byte{byte(StatusOf(errors.New("in /srv/git")))}); got != ErrUnreadable {
			t.Errorf("became %v", got)
		}
	})
}

func TestResultsBeyondTheirBounds(t *testing.T) {
	good := Result{FileName: FileName{Head, "a"}}
	many, long, upwards, nowhere := good, good, good, good
	many.Others = slices.Repeat([]string{"b"}, checks.MaxDependencies+1)
	long.Found = make([]byte, checks.MaxResult+1)
	upwards.Others = []string{"../b"}
	nowhere.Path = "/a"
	for name, body := range map[string][]byte{
		"too many others": many.Append(nil), "too long": long.Append(nil), "other upwards": upwards.Append(nil), "no path": nowhere.Append(nil),
		"empty": nil, "cut in the path": good.Append(nil)[:6], "cut before the others": good.Append(nil)[:8],
	} {
		if _, err := ParseResult(body); !violates(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many.Others, long.Found = many.Others[1:], long.Found[1:]
	for name, r := range map[string]Result{"as many others as may be": many, "as long as may be": long} {
		if _, err := ParseResult(r.Append(nil)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzFromChild: whatever a child sends, the parent's reader gives frames, an end, or a violation.
func FuzzFromChild(f *testing.F) {
	f.Add(Frame{Type: Open, ID: 1, Body: OpenRequest{FileName: FileName{Head, "a"}}.Append(nil)}.Append(nil))
	f.Add(Frame{Type: Read, ID: 1, Body: ReadRequest{1, 2, 3}.Append(nil)}.Append(nil))
	f.Add(Frame{Type: Prefetch, Body: PathList{1, []checks.Path{"a", "b"}}.Append(nil)}.Append(nil))
	f.Add(Frame{Type: Keep, Body: Result{FileName{Head, "a"}, []string{"b", "c"}, []byte("[]")}.Append(nil)}.Append(nil))
	f.Add(Frame{Type: Close, Body: FileID(1).Append(nil)}.Append(nil))
	f.Fuzz(func(t *testing.T, wire []byte) {
		r := NewReader(bytes.NewReader(wire), Type.FromChild)
		for {
			frame, err := r.Next()
			if err != nil {
				if err != io.EOF && err != io.ErrUnexpectedEOF && !violates(err) {
					t.Fatalf("another error: %v", err)
				}
				return
			}
			parseFromChild(t, frame)
		}
	})
}

func parseFromChild(t *testing.T, frame Frame) {
	if name, err := ParseFileName(frame.Body); err == nil && !bytes.Equal(name.Append(nil), frame.Body) {
		t.Errorf("%v is not what was sent", name)
	}
	if request, err := ParseOpen(frame.Body); err == nil && !bytes.Equal(request.Append(nil), frame.Body) {
		t.Errorf("%v is not what was sent", request)
	}
	if request, err := ParseRead(frame.Body); err == nil &&
		(request.Offset < 0 || request.Offset+int64(request.Length) < 0 || request.Length < 1 || request.Length > MaxRead) {
		t.Errorf("%v was let through", request)
	}
	if list, err := ParsePathList(frame.Body); err == nil && !bytes.Equal(list.Append(nil), frame.Body) {
		t.Errorf("%v is not what was sent", list)
	}
	if result, err := ParseResult(frame.Body); err == nil && !bytes.Equal(result.Append(nil), frame.Body) {
		t.Errorf("%v is not what was sent", result)
	}
	if id, err := ParseFileID(frame.Body); err == nil && !bytes.Equal(id.Append(nil), frame.Body) {
		t.Errorf("%v is not what was sent", id)
	}
}

// FuzzFromParent: the child's readers neither panic nor invent.
func FuzzFromParent(f *testing.F) {
	f.Add(Opened{Attributes{0, 2}, 0, []byte("hi")}.Append(nil))
	f.Add(Entry{fs.ModeDir, "a"}.Append(nil))
	f.Add(Attributes{0, 1}.Append(nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		if opened, err := ParseOpened(body); err == nil && !bytes.Equal(opened.Append(nil), body) {
			t.Error("an opened file is not what was sent")
		}
		if attributes, err := ParseAttributes(body); err == nil && !bytes.Equal(attributes.Append(nil), body) {
			t.Error("attributes are not what was sent")
		}
		if entries, err := ParseEntries(body); err == nil && len(entries) > len(body)/6 {
			t.Error("a directory has more entries than bytes for them")
		}
		_, _ = CutStatus(body)
	})
}
