package manifest

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// gemfile reads a Gemfile as far as it says things literally: it is a program of Ruby, which is not run.
type gemfile struct {
	file   *File
	text   *text.Text
	blocks []gemBlock
	deeper int // blocks inside that are passed over
	global int // sources for all gems
}

// maxGemBlocks is how many blocks of a Gemfile may be inside each other; people write two.
const maxGemBlocks = 50

// gemBlock is a "do … end", and what it says of the gems inside.
type gemBlock struct {
	groups []string
	source string
	origin checks.Origin
}

// gemCall is a call with its arguments. What stands in a list counts as if it stood there by itself.
type gemCall struct {
	method     string
	arguments  []rubyToken
	options    map[string][]rubyToken
	block      bool // ends in "do"
	start, end int
	computed   bool // the first argument is put together
}

func readGemfile(ctx context.Context, file *File, t *text.Text) error {
	g := &gemfile{file: file, text: t}
	tokens := rubyTokens(file.lines(t))
	for len(tokens) > 0 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		end, next := rubyStatement(tokens)
		if end > 0 {
			g.statement(tokens[:end])
		}
		tokens = tokens[next:]
	}
	return nil
}

// rubyStatement is how many tokens the first statement has, and where the next one begins. One goes on after a comma and
// inside brackets; "do" and the brace of a block end it, and so does what ends a block.
func rubyStatement(tokens []rubyToken) (end, next int) {
	depth := 0
	for i, token := range tokens {
		before := rubyToken{kind: rubyEnd}
		if i > 0 {
			before = tokens[i-1]
		}
		switch {
		case token.is("{") && depth == 0 && slices.Contains(gemBlockMethods, tokens[0].text), token.kind == rubyWord && token.text == "do" && !before.is("."):
			return i + 1, i + 1
		case i > 0 && depth == 0 && (token.is("}") || token.kind == rubyWord && token.text == "end" && !before.is(".")):
			return i, i
		case token.is("(") || token.is("[") || token.is("{"):
			depth++
		case token.is(")") || token.is("]") || token.is("}"):
			depth--
		case token.kind == rubyEnd && (depth <= 0 || i == len(tokens)-1) && !before.is(","):
			return i, i + 1
		case token.kind == rubyWord && (token.text == "gem" || token.text == "source") && i > 0 && before.kind == rubyEnd && depth > 0:
			return i - 1, i // a bracket that nobody closed must not hide the rest
		}
	}
	return len(tokens) - 1, len(tokens)
}

// gemBlockMethods are those of Bundler that take a block.
var gemBlockMethods = []string{"group", "source", "git", "github", "path", "platform", "platforms", "install_if"}

func (g *gemfile) statement(tokens []rubyToken) {
	call := gemCallOf(tokens)
	switch call.method {
	case "end", "}":
		switch {
		case g.deeper > 0:
			g.deeper--
		case len(g.blocks) > 0:
			g.blocks = g.blocks[:len(g.blocks)-1]
		}
		return
	case "gem", "plugin":
		g.gem(call)
	case "source":
		g.source(call)
	case "eval_gemfile":
		if len(call.arguments) > 0 && !call.computed {
			name := path.Join(path.Dir(string(g.file.Path)), call.arguments[0].text)
			if name != ".." && !strings.HasPrefix(name, "../") && !path.IsAbs(call.arguments[0].text) && !g.file.full(len(g.file.Includes)) {
				g.file.Includes = append(g.file.Includes, checks.Path(name))
			}
		}
	}
	if call.block || slices.Contains([]string{"if", "unless", "case", "begin", "while", "until", "def", "class", "module"}, call.method) {
		if len(g.blocks) == maxGemBlocks {
			g.deeper++
			return
		}
		g.blocks = append(g.blocks, g.block(call))
	}
}

func gemCallOf(tokens []rubyToken) gemCall {
	c := gemCall{options: map[string][]rubyToken{}, start: tokens[0].start, end: tokens[len(tokens)-1].end}
	if tokens[0].kind == rubyWord || tokens[0].is("}") {
		c.method = tokens[0].text
	}
	key := ""
	for i := 1; i < len(tokens); i++ {
		token := tokens[i]
		switch token.kind {
		case rubyLabel:
			key = token.text
		case rubySymbol, rubyString:
			switch {
			case i+1 < len(tokens) && tokens[i+1].is("=>"):
				key = token.text
				i++
			case key != "":
				c.options[key] = append(c.options[key], token)
			default:
				c.arguments = append(c.arguments, token)
			}
		case rubyWord:
			switch {
			case token.text == "do":
				c.block = true
			case token.text == "if" || token.text == "unless":
				if i == len(tokens)-1 || tokens[len(tokens)-1].text != "do" {
					return c
				}
			case key == "" && len(c.arguments) == 0:
				c.computed = true
			case key != "":
				c.options[key] = append(c.options[key], token)
			}
		case rubySign:
			c.block = c.block || i == len(tokens)-1 && token.text == "{"
			if len(c.arguments) == 1 && key == "" && (token.text == "+" || token.text == ".") {
				c.computed = true
			}
			if key != "" && token.text == "," && !(i+1 < len(tokens) && tokens[i+1].kind == rubySymbol && !arrowAfter(tokens, i+1)) {
				key = ""
			}
		}
	}
	if len(c.arguments) > 0 && c.arguments[0].computed {
		c.computed = true
	}
	if last := tokens[len(tokens)-1]; last.kind == rubyString && c.end < last.end+1 {
		c.end = last.end + 1
	}
	return c
}

func arrowAfter(tokens []rubyToken, i int) bool {
	return i+1 < len(tokens) && tokens[i+1].is("=>")
}

// option is the text of an option that is one string or symbol.
func (c gemCall) option(name string) string {
	if values := c.options[name]; len(values) > 0 && values[0].kind != rubyWord {
		return values[0].text
	}
	return ""
}

// block is what a block says of the gems inside.
func (g *gemfile) block(call gemCall) gemBlock {
	b := gemBlock{}
	first := ""
	if len(call.arguments) > 0 {
		first = call.arguments[0].text
	}
	switch call.method {
	case "group":
		for _, argument := range call.arguments {
			b.groups = append(b.groups, argument.text)
		}
	case "source":
		b.source = withoutCredentials(first)
	case "git", "github", "path":
		call.options[call.method] = call.arguments
		b.origin, b.source = call.origin()
	}
	return b
}

// origin is where a gem comes from that names a folder or a git repository.
func (c gemCall) origin() (checks.Origin, string) {
	if folder := c.option("path"); folder != "" {
		return checks.Local, folder
	}
	address := c.option("git")
	for _, host := range []struct{ option, address string }{{"github", "https://github.com/"}, {"gitlab", "https://gitlab.com/"}, {"bitbucket", "https://bitbucket.org/"}} {
		if name := c.option(host.option); name != "" {
			if !strings.Contains(name, "/") {
				name += "/" + name
			}
			address = host.address + name + ".git"
		}
	}
	if gist := c.option("gist"); gist != "" {
		address = "https://gist.github.com/" + gist + ".git"
	}
	if address == "" {
		return "", ""
	}
	address = "git+" + withoutCredentials(address)
	for _, key := range []string{"ref", "tag", "branch"} {
		if value := c.option(key); value != "" {
			return checks.Git, address + "?" + key + "=" + value
		}
	}
	return checks.Git, address
}

// source adds a source for all gems; one with a block is for those inside.
func (g *gemfile) source(call gemCall) {
	if call.block || call.computed || len(call.arguments) == 0 || call.arguments[0].kind != rubyString {
		return
	}
	g.global++
	g.file.addSource(Source{
		URL: withoutCredentials(call.arguments[0].text), Extra: g.global > 1, At: between(g.text, call.start, call.end),
	})
}

// gemVersion is one version; a sign for it may stand before.
var gemVersion = regexp.MustCompile(`^(?:=\s*)?([0-9]+(?:\.[0-9A-Za-z]+)*)$`)

func (g *gemfile) gem(call gemCall) {
	if call.computed || len(call.arguments) == 0 || call.arguments[0].kind != rubyString {
		if len(call.arguments) > 0 || call.computed {
			g.file.lose("a gem whose name is computed")
		}
		return
	}
	e := Entry{Ecosystem: gemEcosystem, Name: call.arguments[0].text, Direct: true, At: between(g.text, call.start, call.end)}
	g.version(&e, call.arguments[1:])
	groups := append(call.options["group"], call.options["groups"]...)
	var names []string
	for _, group := range groups {
		names = append(names, group.text)
	}
	e.Origin, e.Source = call.origin()
	if source := call.option("source"); source != "" {
		e.Source = withoutCredentials(source)
	}
	for i := len(g.blocks) - 1; i >= 0; i-- {
		names = append(names, g.blocks[i].groups...)
		if e.Source == "" {
			e.Origin, e.Source = g.blocks[i].origin, g.blocks[i].source
		}
	}
	e.Group = gemGroup(names)
	if e.Source != "" && e.Origin == "" {
		g.file.addSource(Source{URL: e.Source, Scope: e.Name, At: e.At})
	}
	g.file.add(e)
}

func (g *gemfile) version(e *Entry, requirements []rubyToken) {
	if len(requirements) == 1 && !requirements[0].computed {
		if parts := gemVersion.FindStringSubmatchIndex(requirements[0].text); parts != nil {
			start := requirements[0].start
			e.Version = requirements[0].text[parts[2]:parts[3]]
			e.Pin = pinBetween(g.text, start+parts[2], start+parts[3])
			return
		}
	}
	var wants []string
	for _, requirement := range requirements {
		wants = append(wants, requirement.text)
	}
	e.Requirement = strings.Join(wants, ", ")
}

// gemGroup is dev or test when all groups of a gem are.
func gemGroup(names []string) string {
	group := ""
	for _, name := range names {
		switch {
		case name == "development":
			group = "dev"
		case name == "test" && group == "":
			group = "test"
		case name != "test":
			return ""
		}
	}
	return group
}
