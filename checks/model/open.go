package model

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/checks/model/artefact"
)

// maxWhole is how large a file may be that can only be read from its beginning to its end.
const maxWhole = 64 << 20

var errLink = errors.New("not a regular file")

// sized is a file that is read at offsets.
type sized struct {
	io.ReaderAt
	size int64
}

func (s sized) Size() int64 { return s.size }

// open opens a file of a tree as a source.
func open(tree checks.Tree, path checks.Path) (artefact.Source, func(), error) {
	file, err := tree.Open(string(path))
	if err != nil {
		return nil, nil, err
	}
	end := func() { _ = file.Close() } // it was only read
	stat, err := file.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = errLink
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	if at, ok := file.(io.ReaderAt); ok {
		return sized{at, stat.Size()}, end, nil
	}
	whole, err := io.ReadAll(io.LimitReader(file, maxWhole+1))
	if err == nil && len(whole) > maxWhole {
		err = fmt.Errorf("larger than %d MiB", maxWhole>>20)
	}
	if err != nil {
		end()
		return nil, nil, err
	}
	return bytes.NewReader(whole), end, nil
}

func unscanned(path checks.Path, at checks.Revision, why string) checks.Unscanned {
	if at == checks.AtMergeBase {
		why += " (at the merge base)"
	}
	return checks.Unscanned{Path: path, Check: checks.Model, Reason: why, Kind: checks.Failed, Revision: at}
}

// reason is an error as a phrase without the file's name.
func reason(err error) string {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return text.Unreadable(pathError)
	}
	return err.Error()
}
