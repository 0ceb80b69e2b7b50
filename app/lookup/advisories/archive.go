package advisories

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/assay-app/assay/app/lookup/internal/record"
)

// Bounds of an archive of advisories. The largest real one, npm's, has some 220,000 members and 200 MB.
const (
	maxArchive   = 2 << 30  // bytes as it is fetched
	maxDirectory = 64 << 20 // bytes of the list of its members, which is read as a whole: at most 1.4 million
	maxMember    = 16 << 20 // bytes of one advisory, unpacked
	maxRatio     = 100      // of all that is unpacked to the archive; texts come to some ten
	ratioFree    = 64 << 20 // bytes for which the ratio does not count
)

// readers is how many members are unpacked and read at the same time.
const readers = 2

// archive is one ecosystem's advisories, as they were read.
type archive struct {
	records    int
	withdrawn  int
	unreadable int
	first      error // what is wrong with the first unreadable member
}

// readArchive adds all advisories of an archive that are about an ecosystem. A member that is no advisory costs itself
// alone; an archive that cannot be unpacked, or most of whose members are none, is an error.
func readArchive(ctx context.Context, file io.ReaderAt, size int64, ecosystem string, b *builder) (archive, error) {
	var a archive
	if size > maxArchive {
		return a, fmt.Errorf("the archive is larger than %d GiB", maxArchive>>30)
	}
	if err := checkDirectory(file, size); err != nil {
		return a, err
	}
	contents, err := zip.NewReader(file, size)
	if err != nil {
		return a, fmt.Errorf("the archive is damaged or cut off: %w", err)
	}
	var mu sync.Mutex // of a and left
	left := size*maxRatio + ratioFree
	group, ctx := errgroup.WithContext(ctx)
	members := make(chan *zip.File, readers)
	group.Go(func() error {
		defer close(members)
		for i, member := range contents.File {
			contents.File[i] = nil // what was read is not needed any more
			if !strings.HasSuffix(member.Name, ".json") {
				continue
			}
			select {
			case members <- member:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range readers {
		group.Go(func() error {
			var u unpacker
			for member := range members {
				text, err := u.unpack(member)
				if err != nil {
					return fmt.Errorf("the archive is damaged: %.200q: %w", member.Name, err)
				}
				one, err := addStatement(text, ecosystem, b)
				mu.Lock()
				left -= int64(len(text))
				if one.first != nil && a.first == nil {
					a.first = fmt.Errorf("%.200q: %w", member.Name, one.first)
				}
				a.records += one.records
				a.withdrawn += one.withdrawn
				a.unreadable += one.unreadable
				if err == nil && left < 0 {
					err = fmt.Errorf("the archive unpacks to more than %d times its size", maxRatio)
				}
				mu.Unlock()
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return a, err
	}
	switch {
	case a.unreadable > a.records+a.withdrawn:
		return a, fmt.Errorf("most of its members are no advisories: %w", a.first)
	case a.records+a.withdrawn == 0:
		return a, errors.New("there is no advisory in the archive")
	}
	return a, nil
}

// addStatement adds what one member says. Only what goes wrong on our side is an error.
func addStatement(text []byte, ecosystem string, b *builder) (archive, error) {
	statement, err := record.Read(text)
	if err != nil {
		return archive{unreadable: 1, first: err}, nil
	}
	if statement.Withdrawn {
		return archive{withdrawn: 1}, nil
	}
	about, err := statement.About(ecosystem)
	if err != nil {
		return archive{unreadable: 1, first: err}, nil
	}
	for name, r := range about {
		if err := b.add(ecosystem, name, &r); err != nil {
			return archive{}, err
		}
	}
	return archive{records: 1}, nil
}

// unpacker reads one member after the other into the same memory.
type unpacker struct{ buffer []byte }

func (u *unpacker) unpack(member *zip.File) ([]byte, error) {
	if member.UncompressedSize64 > maxMember {
		return nil, fmt.Errorf("it is larger than %d MiB", maxMember>>20)
	}
	in, err := member.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if need := int(member.UncompressedSize64) + 1; cap(u.buffer) < need {
		u.buffer = make([]byte, need+need/2)
	}
	u.buffer = u.buffer[:cap(u.buffer)]
	// One byte more than is announced brings the end of the member, and with it the check of its sum.
	n, err := io.ReadFull(in, u.buffer[:member.UncompressedSize64+1])
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return u.buffer[:n], nil
	}
	if err == nil {
		err = errors.New("it is larger than it says")
	}
	return nil, err
}

// The end of an archive, as the format has it: a record of 22 bytes before a comment that takes at most 64 KiB.
const (
	endSignature   = "PK\x05\x06"
	endSize        = 22
	maxEnd         = endSize + 1<<16
	zip64Signature = "PK\x06\x06"
)

// checkDirectory refuses an archive whose list of members is too long to be read as a whole, before somebody does.
func checkDirectory(file io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, maxEnd))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	end := strings.LastIndex(string(tail), endSignature)
	if end < 0 || len(tail)-end < endSize {
		return errors.New("this is no zip archive, or not all of one")
	}
	at := size - int64(len(tail)) + int64(end)
	// The directory ends where this record begins, or another one of at most some hundred bytes; in an archive of more
	// than 4 GiB or 65,535 members that one says where the directory begins.
	offset := int64(binary.LittleEndian.Uint32(tail[end+16:]))
	if offset == 0xffffffff {
		zip64 := strings.LastIndex(string(tail[:end]), zip64Signature)
		if zip64 < 0 || end-zip64 < 56 {
			return errors.New("this is no zip archive, or not all of one")
		}
		offset = int64(binary.LittleEndian.Uint64(tail[zip64+48:]))
	}
	if offset < 0 || offset > at {
		return errors.New("this is no zip archive, or not all of one")
	}
	if at-offset > maxDirectory {
		return fmt.Errorf("the archive's list of members is larger than %d MiB", maxDirectory>>20)
	}
	return nil
}
