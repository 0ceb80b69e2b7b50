package command

import "strings"

var agentValued = setOf("-s --scope -t --transport -e --env -H --header --timeout --description --url --bearer-token-env-var --client-id")

// agent reads the commands of agents that add an MCP server: claude mcp add NAME [--] COMMAND…
func (r *reader) agent(c call) {
	at := -1
	for i, w := range c.words {
		if w.text == "mcp" && i+1 < len(c.words) && c.words[i+1].text == "add" {
			at = i + 2
			break
		}
	}
	if at < 0 {
		return
	}
	name, rest, ok := first(c.words[at:], arguments(c.words[at:], agentValued))
	if !ok {
		return
	}
	for i, w := range rest {
		if w.text == "--" {
			rest = rest[i+1:]
			break
		}
	}
	list := arguments(rest, agentValued)
	start, _, ok := first(rest, list)
	if !ok || r.prose && placeholder(start.word.text) {
		return
	}
	if len(r.found.Servers) >= MaxFound {
		r.lose(tooMany)
		return
	}
	s := Server{Name: name.word.text, Command: start.word.text, At: r.at(name.word.span(0, len(name.word.text)))}
	if strings.Contains(s.Command, "://") {
		s.Command, s.URL = "", withoutCredentials(s.Command)
	}
	r.found.Servers = append(r.found.Servers, s)
	outer := r.server
	r.server = s.Name
	r.command(rest[start.at:], c.depth+1)
	r.server = outer
}
