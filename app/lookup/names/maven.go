package names

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maven asks a repository in Maven's layout: GET /{group as folders}/{artifact}/maven-metadata.xml. It tells versions
// and no times.
type maven struct{ *host }

func (s *maven) ask(ctx context.Context, name string, last record) (record, error) {
	group, artifact, _ := strings.Cut(name, ":")
	return s.know(ctx, document{
		name: name, last: last, accept: "application/xml, text/xml;q=0.9, */*;q=0.1",
		path: "/" + strings.ReplaceAll(group, ".", "/") + "/" + artifact + "/maven-metadata.xml",
		read: func(resp *http.Response) (record, error) { return readMavenMetadata(resp.Body, group, artifact) },
	})
}

// maxXMLDepth is more than metadata has.
const maxXMLDepth = 16

// readMavenMetadata reads the metadata of an artifact.
func readMavenMetadata(r io.Reader, group, artifact string) (record, error) {
	var all releases
	var where []string // the elements around
	var answered [2]string
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(where) == 0 {
			break
		}
		if err != nil {
			return record{}, err
		}
		switch element := token.(type) {
		case xml.StartElement:
			if where = append(where, element.Name.Local); len(where) > maxXMLDepth || where[0] != "metadata" {
				return record{}, errGarbled
			}
		case xml.EndElement:
			where = where[:len(where)-1]
		case xml.CharData:
			value := strings.TrimSpace(string(element))
			switch {
			case value == "":
			case slices.Equal(where, []string{"metadata", "groupId"}):
				answered[0] = value
			case slices.Equal(where, []string{"metadata", "artifactId"}):
				answered[1] = value
			case slices.Equal(where, []string{"metadata", "versioning", "versions", "version"}):
				all.add(value, time.Time{})
			}
		}
	}
	switch {
	case answered == [2]string{} && len(all.versions) == 0:
		return record{}, errEmpty
	case answered != [2]string{group, artifact}:
		return record{}, errForeign
	}
	return all.record()
}
