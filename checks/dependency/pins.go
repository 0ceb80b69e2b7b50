package dependency

import (
	"cmp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/command"
)

// pins is about what a file newly uses without saying which exactly, and about the sources that its commands name.
func (r *review) pins(u *use) {
	before := &command.Found{}
	if u.base != nil {
		before = u.base.Found
	}
	r.actions(u, before)
	r.images(u, before)
	r.tools(u, before)
	r.commandSources(u, before)
}

// actions is about actions of others that are not pinned to a commit. In a file that pins all others, one that is not is
// graver: somebody there decided to.
func (r *review) actions(u *use, before *command.Found) {
	known := map[string]bool{} // an update from tag to tag is no news
	kept := len(before.Actions) > 0
	for i := range before.Actions {
		a := &before.Actions[i]
		known[a.Name] = known[a.Name] || !a.Full
		kept = kept && (a.Full || a.Local)
	}
	for i := range u.head.Actions {
		a := &u.head.Actions[i]
		owner, _, _ := strings.Cut(a.Name, "/")
		if a.Full || a.Local || known[a.Name] || r.catalogue.owners[owner] && !kept {
			continue
		}
		known[a.Name] = true
		f := r.pin(actionPin, u, a.At, a.Name, a.Ref, map[string]string{"kept": " The other actions of this file are pinned."}, kept)
		f.Package = &checks.PackageFact{Ecosystem: "GitHub Actions", Name: a.Name, Version: a.Ref}
	}
}

// images is about images that are named without a version, or with one that always moves.
func (r *review) images(u *use, before *command.Found) {
	known := map[[3]string]bool{}
	kept := len(before.Images) > 0
	for i := range before.Images {
		im := &before.Images[i]
		known[[3]string{im.Name, im.Tag, im.Digest}] = true
		kept = kept && im.Digest != ""
	}
	for i := range u.head.Images {
		im := &u.head.Images[i]
		moves := im.Tag == "" || im.Tag == "latest"
		if im.Prose && im.Server == "" && !r.catalogue.instructions.Match(u.head.path) {
			continue // people read it, and nothing runs it
		}
		if im.Digest != "" || im.Open || known[[3]string{im.Name, im.Tag, im.Digest}] || !moves && !kept {
			continue
		}
		known[[3]string{im.Name, im.Tag, im.Digest}] = true
		ref := cmp.Or(im.Tag, "latest")
		if im.Server != "" {
			r.pin(serverPin, u, im.At, im.Name, ref, map[string]string{"tool": "docker"}, false)
			continue
		}
		r.pin(imagePin, u, im.At, im.Name, ref, map[string]string{"kept": " The other images of this file have digests."}, kept)
	}
}

// tools is about packages that are fetched and run in whatever version there is on the day.
func (r *review) tools(u *use, before *command.Found) {
	known := map[string]bool{}
	for i := range before.Installs {
		if in := &before.Installs[i]; in.Version == "" && in.Runs {
			known[in.Name] = true
		}
	}
	for i := range u.head.Installs {
		in := &u.head.Installs[i]
		if !in.Runs || in.Version != "" || in.Origin != "" || in.Name == "" || known[in.Name] {
			continue
		}
		if in.Requirement != "" && in.Requirement != "latest" {
			continue // a range was chosen
		}
		if in.Prose && !r.catalogue.instructions.Match(u.head.path) {
			continue // people read it, and nothing runs it
		}
		known[in.Name] = true
		words := map[string]string{"tool": plain(in.Tool)}
		switch {
		case r.owned(u.head.path, in.Ecosystem, in.Name):
		case in.Server != "":
			r.pin(serverPin, u, in.At, in.Name, "", words, false)
		case r.known.Is(in.Ecosystem, in.Name), r.declared(u.head, in.Name):
			// A well-known tool is no stranger.
		default:
			r.pin(toolPin, u, in.At, in.Name, "", words, false)
		}
	}
}

// pin is a finding about something that is named without saying which exactly.
func (r *review) pin(id checks.RuleID, u *use, at checks.Range, name, ref string, words map[string]string, kept bool) *checks.Finding {
	if !kept {
		delete(words, "kept")
	}
	words["package"], words["name"], words["ref"] = code(name), plain(name), plain(ref)
	f := r.about(id, u.head.text, u.head.path, firstLine(u.head.text, at), name+" "+ref, words)
	f.Title += ": " + plain(name)
	if kept {
		f.Severity = r.catalogue.fixtures.Grade(r.catalogue.rules[id].Match.Kept, u.head.path)
	}
	return f
}

// commandSources is about indexes and switches that commands newly name.
func (r *review) commandSources(u *use, before *command.Found) {
	if u.head.Prose && !r.catalogue.instructions.Match(u.head.path) {
		return // people read it, and nothing runs it
	}
	known := map[string]bool{}
	for _, source := range before.Sources {
		known[source.URL] = true
	}
	r.settingsOf(u.head.path).all(func(s *settings) {
		for _, sources := range s.sources {
			for _, source := range sources {
				known[source.URL] = !r.whole()
			}
		}
	})
	for _, source := range u.head.Sources {
		words := map[string]string{"source": plain(source.URL)}
		switch {
		case known[source.URL]:
		case insecure(source.URL):
			r.about(withoutTLS, u.head.text, u.head.path, source.At, source.URL, words)
		case r.isPublicAnywhere(hostOf(source.URL)), r.isKnown(source.URL), hostOf(source.URL) == "", here(hostOf(source.URL)):
		case source.Extra:
			r.about(extraIndex, u.head.text, u.head.path, source.At, source.URL, words)
		case !r.whole():
			r.about(indexChanged, u.head.text, u.head.path, source.At, source.URL, words)
		}
	}
	switches := map[[2]string]bool{}
	for _, option := range before.Options {
		switches[[2]string{option.Name, option.Value}] = true
	}
	for _, option := range u.head.Options {
		if !switches[[2]string{option.Name, option.Value}] {
			r.option(u.head.text, u.head.path, &option)
		}
	}
}
