package advisories

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// zeros is a member of so many bytes that packs well.
func zeros(t testing.TB, w *zip.Writer, name string, size int) {
	t.Helper()
	member, err := w.Create(name)
	if err == nil {
		_, err = member.Write(bytes.Repeat([]byte(" "), size))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnArchiveThatCannotBeReadLeavesTheIndexAlone(t *testing.T) {
	good := packed(t, map[string]string{"a.json": statement("GHSA-new", "npm", "left", "9.0.0"), "b.json": statement("GHSA-b", "npm", "right", "1.0.0")})
	stored := func(change func(header *zip.FileHeader)) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		header := &zip.FileHeader{Name: "a.json", Method: zip.Store, CompressedSize64: 3, UncompressedSize64: 3}
		change(header)
		member, err := w.CreateRaw(header)
		if err == nil {
			_, err = member.Write([]byte("{ }"))
		}
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
		return b.Bytes()
	}
	bomb := func(members, size int) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for i := range members {
			zeros(t, w, fmt.Sprint(i, ".json"), size)
		}
		w.Close()
		return b.Bytes()
	}
	flipped := bytes.Clone(good)
	flipped[60] ^= 0x40 // in the first member's data
	for _, test := range []struct {
		name    string
		archive []byte
		reason  string
	}{
		{"empty", nil, "this is no zip archive, or not all of one"},
		{"something else", []byte("<html>not found</html>"), "this is no zip archive, or not all of one"},
		{"cut off at half", good[:len(good)/2], "this is no zip archive, or not all of one"},
		{"cut off at its last byte", good[:len(good)-1], "this is no zip archive, or not all of one"},
		{"without its beginning", good[100:], "the archive is damaged"},
		{"a bit flipped", flipped, "the archive is damaged"},
		{"no members", packed(t, nil), "there is no advisory in the archive"},
		{"nothing but other files", packed(t, map[string]string{"README.md": "hello"}), "there is no advisory in the archive"},
		{"most members are no advisories", packed(t, map[string]string{"a.json": "nonsense", "b.json": "[]", "c.json": statement("GHSA-c", "npm", "c", "1.0.0")}), "most of its members are no advisories"},
		{"a member that unpacks to too much", bomb(1, maxMember+1), "it is larger than 16 MiB"},
		{"members that together unpack to too much", bomb(7, maxMember-1), "the archive unpacks to more than 100 times its size"},
		{"a member that is larger than it says", stored(func(h *zip.FileHeader) { h.UncompressedSize64 = 1 }), "the archive is damaged"},
		{"a member that says too much", stored(func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }), "it is larger than 16 MiB"},
		{"a member packed in a way that nobody knows", stored(func(h *zip.FileHeader) { h.Method = 99 }), "the archive is damaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := export(t, map[string][]string{"npm": {statement("GHSA-old", "npm", "left", "2.0.0")}})
			path := built(t, Options{From: dir})
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			place(t, dir, "npm", test.archive)
			if _, err := Run(t.Context(), Options{From: dir, Path: path}); err == nil || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("%v, want %s", err, test.reason)
			}
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the index before is no longer there as it was: %v", err)
			}
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("%d files are left beside the index", len(left)-1)
			}
		})
	}
}

func TestAMemberThatIsNoAdvisoryCostsItselfAlone(t *testing.T) {
	dir := t.TempDir()
	place(t, dir, "npm", packed(t, map[string]string{
		"a.json": statement("GHSA-a", "npm", "left", "2.0.0"), "b.json": statement("GHSA-b", "npm", "right", "2.0.0"), "c.json": "{", "d.txt": "no advisory at all",
	}))
	path := filepath.Join(t.TempDir(), "advisories.db")
	u, err := Run(t.Context(), Options{From: dir, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if e := u.About.Ecosystems[0]; e.Records != 2 || e.Unreadable != 1 || !strings.HasPrefix(u.Problems["npm"].Error(), `"c.json": no advisory`) {
		t.Errorf("%+v, %v", e, u.Problems)
	}
}

func TestBoundsOfAnArchive(t *testing.T) {
	b := newBuilder(t.TempDir(), enrichment{})
	t.Run("its size", func(t *testing.T) {
		if _, err := readArchive(t.Context(), bytes.NewReader(nil), maxArchive+1, "npm", b); err == nil || err.Error() != "the archive is larger than 2 GiB" {
			t.Error(err)
		}
	})
	t.Run("the list of its members", func(t *testing.T) {
		end := append([]byte(endSignature), make([]byte, endSize-4)...)
		text := append(make([]byte, maxDirectory+1), end...)
		if _, err := readArchive(t.Context(), bytes.NewReader(text), int64(len(text)), "npm", b); err == nil || err.Error() != "the archive's list of members is larger than 64 MiB" {
			t.Error(err)
		}
	})
	t.Run("the list of its members as it is told in large archives", func(t *testing.T) {
		large := append([]byte(zip64Signature), make([]byte, 52)...)
		end := append([]byte(endSignature), make([]byte, endSize-4)...)
		binary.LittleEndian.PutUint32(end[16:], 0xffffffff)
		text := append(append(make([]byte, maxDirectory+1), large...), end...)
		if _, err := readArchive(t.Context(), bytes.NewReader(text), int64(len(text)), "npm", b); err == nil || err.Error() != "the archive's list of members is larger than 64 MiB" {
			t.Error(err)
		}
	})
	t.Run("the advisories of one package", func(t *testing.T) {
		w := writer{}
		value := make([]byte, 1<<20)
		for i := range maxPackage>>20 + 1 {
			if err := w.add([]byte("npm\x00p\x00x"), value); err != nil {
				if i < maxPackage>>20-1 || err.Error() != `more than 32 MiB of advisories about "npm\x00p"` {
					t.Error(i, err)
				}
				return
			}
		}
		t.Error("all of them are taken")
	})
}

// TestMoreThanMemoryShouldHoldIsSorted: entries of several runs come out in order, and none is lost.
func TestMoreThanMemoryShouldHoldIsSorted(t *testing.T) {
	s := sorter{dir: t.TempDir(), limit: maxSpill}
	defer s.close()
	const entries = 60_000
	value := bytes.Repeat([]byte("v"), 1000)
	for i := range entries {
		key := fmt.Sprintf("%06d", i*7919%entries) // each once
		if err := s.add([]byte(key), value); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.starts) < 2 {
		t.Fatalf("%d runs were put aside, want several", len(s.starts))
	}
	n := 0
	err := s.each(func(key, v []byte) error {
		if string(key) != fmt.Sprintf("%06d", n) || len(v) != len(value) {
			return fmt.Errorf("entry %d is %s with %d bytes", n, key, len(v))
		}
		n++
		return nil
	})
	if err != nil || n != entries {
		t.Errorf("%d entries: %v", n, err)
	}
}

func TestMoreThanADiskShouldHoldIsNot(t *testing.T) {
	b := newBuilder(t.TempDir(), enrichment{})
	if b.sorted.limit != maxSpill {
		t.Errorf("the bound is %d", b.sorted.limit)
	}
	s := sorter{dir: t.TempDir(), limit: 100}
	defer s.close()
	if err := s.add([]byte("key"), make([]byte, 200)); err != nil {
		t.Fatal(err)
	}
	if err := s.each(func([]byte, []byte) error { return nil }); err == nil || err.Error() != "more than 100 bytes of advisories" {
		t.Error(err)
	}
}

// TestManyPackagesAreFound: an index of more than one transaction and one level of pages.
func TestManyPackagesAreFound(t *testing.T) {
	const packages = 20_000
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range packages {
		member, err := w.Create(fmt.Sprint(i, ".json"))
		if err == nil {
			_, err = member.Write([]byte(statement(fmt.Sprint("GHSA-", i), "npm", fmt.Sprint("package-", i), "1.0.0")))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	dir := t.TempDir()
	place(t, dir, "npm", b.Bytes())
	x := opened(t, built(t, Options{From: dir}))
	var refs []judge.Ref
	for i := range packages {
		refs = append(refs, ref("npm", fmt.Sprint("package-", i), "0.1.0"))
	}
	got, err := x.Lookup(t.Context(), refs)
	if err != nil || len(got.Advisories) != packages || x.About().Ecosystems[0].Packages != packages {
		t.Errorf("%d of %d packages are found: %v", len(got.Advisories), packages, err)
	}
}

// FuzzArchive: whatever a source sends ends in an index or an error.
func FuzzArchive(f *testing.F) {
	f.Add(packed(f, map[string]string{"a.json": statement("GHSA-a", "npm", "left", "2.0.0")}))
	f.Add(packed(f, nil))
	f.Add([]byte(endSignature + strings.Repeat("\x00", endSize-4)))
	f.Fuzz(func(t *testing.T, archive []byte) {
		b := newBuilder(t.TempDir(), enrichment{})
		defer b.close()
		_, _ = readArchive(t.Context(), bytes.NewReader(archive), int64(len(archive)), "npm", b)
	})
}
