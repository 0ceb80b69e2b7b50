package command

import (
	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/toml"
)

// lifecycle are the keys of a devcontainer.json whose values are commands.
var lifecycle = setOf("initializeCommand onCreateCommand updateContentCommand postCreateCommand postStartCommand postAttachCommand")

// json reads the scripts of package.json and its like, devcontainer.json, and the configurations of agents.
func (r *reader) json(f fragment, k kind) error {
	t, err := treeOfJSON(f)
	if err != nil {
		return ErrMalformed
	}
	if t.lossy {
		r.lose("more values, or deeper ones, than are read")
	}
	if len(t.nodes) == 0 || t.nodes[0].Kind != jsonc.Object {
		return nil
	}
	switch k {
	case scripts:
		for _, n := range t.members(0, "scripts", "tasks") {
			r.members(t, n)
		}
	case container:
		for n := t.child(0); n != jsonc.None; n = t.nodes[n].Next {
			switch key := t.key(n); {
			case lifecycle[key]:
				r.lifecycle(t, n)
			case key == "image" && t.is(n, jsonc.String):
				r.image(t.word(n), Service, nil)
			}
		}
	case servers:
		for n := range int32(len(t.nodes)) {
			if t.nodes[n].Kind == jsonc.Object {
				r.object(t, n, serverKeysJSON)
			}
		}
	}
	return nil
}

// members reads the members of an object as scripts; a member that is a list holds several.
func (r *reader) members(t *tree, n int32) {
	for child := t.child(n); child != jsonc.None; child = t.nodes[child].Next {
		switch {
		case t.is(child, jsonc.String):
			r.script(t.fragment(child), 0)
		case t.is(child, jsonc.Array):
			r.scripts(t, child, 0)
		case t.is(child, jsonc.Object): // a task of Deno
			if command := t.member(child, "command"); t.is(command, jsonc.String) {
				r.script(t.fragment(command), 0)
			}
		}
	}
}

// lifecycle reads a command that is a script, a list of words, or several of either by name.
func (r *reader) lifecycle(t *tree, n int32) {
	switch {
	case t.is(n, jsonc.String):
		r.script(t.fragment(n), 0)
	case t.is(n, jsonc.Array):
		r.argv(t.items(n))
	case t.is(n, jsonc.Object):
		for child := t.child(n); child != jsonc.None; child = t.nodes[child].Next {
			if t.is(child, jsonc.Object) {
				continue
			}
			if list := t.items(child); len(list) > 0 {
				r.argv(list)
			}
		}
	}
}

// toml reads the MCP servers of a configuration in TOML.
func (r *reader) toml(source string) {
	d, err := toml.Parse(source)
	if err != nil {
		r.lose(ErrMalformed.Error())
		return
	}
	if d.Incomplete {
		r.lose("more values, or deeper ones, than are read")
	}
	for n := range d.Children(d.Member(toml.Root, "mcp_servers")) {
		s := Server{Name: d.Key(n), URL: withoutCredentials(d.String(d.Member(n, "url")))}
		command := d.Member(n, "command")
		s.Command = d.String(command)
		if s.Command == "" && s.URL == "" {
			continue
		}
		if len(r.found.Servers) >= MaxFound {
			r.lose(tooMany)
			return
		}
		s.At = r.at(int(d.Nodes[n].Key.Start), int(d.Nodes[n].Key.End))
		r.found.Servers = append(r.found.Servers, s)
		r.server = s.Name
		var list []word
		for _, item := range append([]int32{command}, children(d, d.Member(n, "args"))...) {
			if d.Is(item, toml.String) && len(list) < MaxWords {
				list = append(list, wordOfTOML(d, item))
			}
		}
		r.argv(list)
		r.server = ""
	}
}

func children(d *toml.Document, n int32) []int32 {
	var list []int32
	for child := range d.Children(n) {
		list = append(list, child)
	}
	return list
}

// wordOfTOML is a string as one word. Of one with escapes only the beginning is known.
func wordOfTOML(d *toml.Document, n int32) word {
	f := piece(d.Text(n), int(d.Nodes[n].Start))
	if inside, ok := d.Inside(n); ok {
		f = piece(d.Text(n), int(inside.Start))
	}
	return whole(&f)
}
