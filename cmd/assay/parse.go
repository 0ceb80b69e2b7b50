package main

import (
	"errors"
	"slices"

	"github.com/alecthomas/kong"
)

const about = `Assay reviews changes for AI security.

Exit codes of scan and review: 0 nothing at or above the threshold, 1 findings, 2 usage or configuration, 3 incomplete or internal error. Findings count for more than something that could not be scanned.`

// parseAndRun finds the command that the arguments name, and runs it.
func parseAndRun(p *process, args []string) error {
	exited := false // kong asks to end the program after --help
	parser, err := kong.New(&commands{},
		kong.Name("assay"), kong.Description(about),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(int) { exited = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Bind(p),
	)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		_, _ = parser.Parse([]string{"--help"})
		return exitUsage
	}
	command, err := parser.Parse(flagsFirst(parser.Model.Node, args))
	switch {
	case exited:
		return nil
	case err != nil:
		return usage(hint(err))
	}
	return command.Run(p)
}

// hint adds where to read on to what is wrong with a command line.
func hint(err error) error {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Command() != "" {
		return errors.New(err.Error() + "; see assay " + commandWords(parse.Context) + " --help")
	}
	return errors.New(err.Error() + "; see assay --help")
}

// commandWords are the words that name the command, without its arguments.
func commandWords(c *kong.Context) string {
	words := ""
	for _, element := range c.Path {
		if element.Command != nil {
			if words != "" {
				words += " "
			}
			words += element.Command.Name
		}
	}
	return words
}

// flagsFirst moves the flags of a command before its other arguments, since kong takes several of those only in one
// piece. What follows -- stays where it is.
func flagsFirst(root *kong.Node, args []string) []string {
	var words, flags []string
	node := root
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return slices.Concat(words[:depth(node)], flags, words[depth(node):], args[i:])
		case len(arg) < 2 || arg[0] != '-':
			if child := childOf(node, arg); child != nil && len(words) == depth(node) {
				node = child
			}
			words = append(words, arg)
		default:
			flags = append(flags, arg)
			if i+1 < len(args) && wantsValue(node, arg) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return slices.Concat(words[:depth(node)], flags, words[depth(node):])
}

// depth is how many words name a command.
func depth(node *kong.Node) int {
	n := 0
	for ; node.Parent != nil; node = node.Parent {
		n++
	}
	return n
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// wantsValue reports whether a flag is followed by its value in the next argument.
func wantsValue(node *kong.Node, arg string) bool {
	for _, group := range node.AllFlags(false) {
		for _, flag := range group {
			if arg == "--"+flag.Name || arg == "-"+string(flag.Short) {
				return !flag.IsBool()
			}
		}
	}
	return false
}
