package manifest

import (
	"context"
	"strings"

	"github.com/assay-app/assay/checks/internal/text"
)

// readMavenExtensions reads what becomes part of Maven itself when it runs in the repository.
func readMavenExtensions(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "extensions")
	if err != nil {
		return err
	}
	p := &pom{document: d, file: file}
	for _, n := range d.children(0, "extension") {
		p.entry(n, "build")
	}
	return nil
}

// readMavenSettings reads mirrors, which take the place of repositories, and the repositories of profiles.
func readMavenSettings(ctx context.Context, file *File, t *text.Text) error {
	d, err := readXML(ctx, file, t, "settings")
	if err != nil {
		return err
	}
	p := &pom{document: d, file: file}
	for _, n := range d.all(0, "mirrors", "mirror") {
		if url := d.content(d.child(n, "url")).text; url != "" {
			of := d.content(d.child(n, "mirrorOf")).text
			everything := strings.Contains(of, "*") || strings.Contains(of, "central")
			file.addSource(Source{URL: url, Extra: !everything, At: d.place(n)})
		}
	}
	p.repositories("repositories", "repository")
	p.repositories("pluginRepositories", "pluginRepository")
	return nil
}
