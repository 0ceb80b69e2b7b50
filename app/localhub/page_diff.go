package localhub

import (
	"fmt"
	"strconv"
	"strings"
)

// maxShownRows keeps the page of a huge pull request readable; GitHub, too, loads large diffs on demand.
const maxShownRows = 5000

// filePages lays the diff out, with each inline comment under its line.
func (p *PullRequest) filePages() []fileView {
	var files []fileView
	rows := 0
	shown := p.diff.shown(p.hub.options.Limits)
	for i := range p.diff.files {
		f := &p.diff.files[i]
		view := fileView{Path: f.path, Previous: f.previous, Status: f.status, Additions: f.additions, Deletions: f.deletions}
		placed := map[*reviewThread]bool{}
		switch {
		case f.binary:
			view.Note = "Binary file not shown."
		case f.patch == "" && f.previous != "":
			view.Note = "File renamed without changes."
		case f.patch == "":
			view.Note = "No lines changed."
		case !shown[i] || rows > maxShownRows:
			view.Note = "Large diffs are not rendered."
		default:
			view.Rows = p.rows(f, placed)
			rows += len(view.Rows)
		}
		for _, t := range p.threads {
			if first := t.comments[0]; !placed[t] && first.Place.Path == f.path {
				view.add(p.threadPage(t, f))
			}
		}
		files = append(files, view)
	}
	return files
}

func (v *fileView) add(t threadView) {
	if len(t.Comments) > 0 {
		v.Comments = append(v.Comments, t)
	}
}

func (p *PullRequest) rows(f *fileDiff, placed map[*reviewThread]bool) []rowView {
	class := map[lineKind]string{added: "added", deleted: "deleted", unchanged: "same", noNewline: "note"}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	var rows []rowView
	for _, h := range f.hunks() {
		rows = append(rows, rowView{Class: "hunk", Header: h.header})
		for _, l := range h.lines {
			row := rowView{
				Class: class[l.kind], Old: number(l.old), New: number(l.new), Sign: string(rune(l.kind)), Text: strings.TrimSuffix(l.text[1:], "\r"),
			}
			for _, t := range p.threads {
				if first := t.comments[0]; first.standsAt(f.path, l) {
					placed[t] = true
					if view := p.threadPage(t, f); len(view.Comments) > 0 {
						row.Threads = append(row.Threads, view)
					}
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func (c *ReviewComment) standsAt(path string, l patchLine) bool {
	if c.Outdated || c.Place.File || c.Place.Path != path {
		return false
	}
	if c.Place.Side == "LEFT" {
		return l.kind == deleted && l.old == c.Place.Line
	}
	return (l.kind == added || l.kind == unchanged) && l.new == c.Place.Line
}

// threadPage is a thread with the comments of it that are left and submitted.
func (p *PullRequest) threadPage(t *reviewThread, f *fileDiff) threadView {
	first := t.comments[0]
	view := threadView{Outdated: first.Outdated, Place: first.placeText()}
	if t.resolved != nil {
		view.Resolved = t.resolved.login
	}
	public := map[int64]bool{}
	for _, r := range p.visible(nil) {
		public[r.ID] = true
	}
	for _, c := range t.comments {
		if !c.deleted && public[c.ReviewID] {
			view.Comments = append(view.Comments, remark{
				Anchor: fmt.Sprintf("discussion_r%d", c.ID), Author: c.Author, Bot: c.author.kind == "Bot", When: c.Created, Body: markdown(c.Body, f.replaced(first)), Minimised: c.Minimised,
			})
		}
	}
	return view
}

func (c *ReviewComment) placeText() string {
	at := c.Place
	if c.Outdated {
		at = c.Original
	}
	switch {
	case at.File:
		return "Comment on the file"
	case at.StartLine != 0:
		return fmt.Sprintf("Comment on lines %d to %d", at.StartLine, at.Line)
	}
	return fmt.Sprintf("Comment on line %d", at.Line)
}

// replaced are the lines that a suggestion in the comment would replace.
func (f *fileDiff) replaced(c *ReviewComment) []string {
	if c.Outdated || c.Place.File {
		return nil
	}
	from := c.Place.StartLine
	if from == 0 {
		from = c.Place.Line
	}
	var lines []string
	for _, h := range f.hunks() {
		for _, l := range h.lines {
			if (l.kind == added || l.kind == unchanged) && l.new >= from && l.new <= c.Place.Line {
				lines = append(lines, strings.TrimSuffix(l.text[1:], "\r"))
			}
		}
	}
	return lines
}
